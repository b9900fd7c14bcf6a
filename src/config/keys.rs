//! Every key of `taquilla.toml`.

use super::key::Kind::{
    Address, Bool, Domain, Duration, Forms, Host, Int, Language, List, Name, Path, Size, Table, Text,
    TimeZone, Word,
};
use super::key::Presence::{Default, Optional, Required};
use super::key::{FileSpec, Section, keys};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const KB: i64 = 1024;
const MB: i64 = 1024 * KB;

/// How connections may be protected.
pub(super) const TLS: &[&str] = &["implicit", "starttls", "none"];

/// `taquilla.toml`.
pub const SETTINGS: FileSpec = FileSpec {
    name: "taquilla.toml",
    about: "The settings of the daemon: where mails come from and go to, where data lie, whom to believe. The \
            only file that must exist.",
    sections: &[&DESK, &TICKET, &DATA, &MAILBOX, &SMTP, &TRUST, &LIMITS, &WEB],
};

/// The desk itself.
pub const DESK: Section = Section {
    name: "desk",
    many: false,
    about: "The desk itself.",
    open: None,
    keys: keys! {
        /// What the desk is called: the name beside its address in every mail.
        "name": Name, Default("\"Help desk\""), "\"Mesa de Ayuda\"";
        /// Gets alarms: a mailbox that stalls, a refused rule set, a mail in quarantine. Must not be an address
        /// of the desk itself. If absent, nobody does and `check` warns.
        "administrator": Address, Optional, "\"admin@minem.example\"";
        /// Our own domains. If absent: the domain of `address`.
        "domains": List(&Domain), Optional, "[\"minem.example\"]";
        /// What users write to and replies come from. If absent: the login of the first mailbox, where that is
        /// an address.
        "address": Address, Optional, "\"soporte@minem.example\"";
        /// Other addresses that are this desk too, such as old names and aliases. Mails from them are our own
        /// come back; nobody is written to at them.
        "aliases": List(&Address), Default("[]"), "[\"mesadeayuda@minem.example\"]";
        /// Language of texts where neither customer nor mail nor queue says another one: `en` or `es`.
        "language": Language, Default("\"en\""), "\"es\"";
        /// The time zone in which days begin and dates are shown.
        "timezone": TimeZone, Default("\"UTC\""), "\"America/Lima\"";
    },
};

/// Ticket numbers.
pub const TICKET: Section = Section {
    name: "ticket",
    many: false,
    about: "Ticket numbers, and how subjects carry them.",
    open: None,
    keys: keys! {
        /// How numbers are made: date, counter of the day and check digit; the same without check digit; a
        /// plain counter; random digits.
        "number": Word(&["date-checksum", "date", "increment", "random"]), Default("\"date-checksum\""), "\"date-checksum\"";
        /// A part of every number that tells several desks apart.
        "system_id": Int(0, 9999), Default("10"), "10";
        /// What stands before the number in a subject. Mails that answer an older desk are found by it, so keep
        /// what that desk had.
        "hook": Name, Default("\"Ticket#\""), "\"Ticket#\"";
        /// What stands between hook and number.
        "divider": Text, Default("\"\""), "\": \"";
        /// On which side of the title `[Ticket#NUMBER]` stands.
        "side": Word(&["left", "right"]), Default("\"left\""), "\"left\"";
        /// What numbers of other desks look like in a subject (an older desk's, a supplier's): regular expressions, case
        /// does not matter. A mail that carries such a number goes to the ticket that the number was first seen with.
        "other_numbers": List(&Name), Default("[]"), "['GLPI #\\d+', 'OS-\\d{6}']";
    },
};

/// Data.
pub const DATA: Section = Section {
    name: "data",
    many: false,
    about: "Where data lie.",
    open: None,
    keys: keys! {
        /// Folder of database, raw mails and locks. It is created if it is missing; one running daemon a folder.
        "dir": Path, Default("\"data\""), "\"/var/lib/taquilla\"";
        /// The database: `sqlite`, a file in that folder. PostgreSQL is planned and refused for now.
        "database": Name, Default("\"sqlite\""), "\"sqlite\"";
    },
};

/// Mailboxes.
pub const MAILBOX: Section = Section {
    name: "mailbox",
    many: true,
    about: "One mailbox that is watched with IMAP; any number of them. Exactly one of `password_file`, \
            `password_env`, `password` and `oauth2` says how to log in.",
    open: None,
    keys: keys! {
        /// What journal, log and alarms call it; unique. If absent: `user`.
        "name": Name, Optional, "\"soporte\"";
        /// The IMAP server; its certificate must be for this name.
        "host": Host, Required, "\"imap.minem.example\"";
        /// TCP port. If absent: 993 with `tls = "implicit"`, else 143.
        "port": Int(1, 65535), Optional, "993";
        /// TLS from the first octet (`implicit`), a connection that must become TLS before anything else is
        /// said (`starttls`), or no protection (`none`: for the loopback interface only).
        "tls": Word(TLS), Default("\"implicit\""), "\"implicit\"";
        /// A PEM file with further trust anchors: a company's own certificate authority.
        "ca_file": Path, Optional, "\"/etc/ssl/minem-ca.pem\"";
        /// Login name.
        "user": Name, Required, "\"soporte@minem.example\"";
        /// A file of which the first line is the password. Nobody else should be able to read it.
        "password_file": Path, Optional, "\"secrets/imap\"";
        /// A variable of the environment that holds the password.
        "password_env": Name, Optional, "\"SOPORTE_PASSWORD\"";
        /// The password itself. `check` warns: a settings file is read by more people than a password should be.
        "password": Text, Optional, "\"correct horse battery staple\"";
        /// Log in with an OAuth 2 access token (XOAUTH2 or OAUTHBEARER) instead of a password: a program, with its
        /// arguments, that prints one.
        "oauth2": Forms, Optional, "{ token_command = [\"/usr/local/bin/mail-token\", \"soporte\"] }";
        /// Folders that are watched.
        "folders": List(&Name), Default("[\"INBOX\"]"), "[\"INBOX\", \"Printers\"]";
        /// What becomes of a mail on the server once it is stored: moved to a folder, given a keyword, left
        /// alone, deleted.
        "after": Forms, Default("{ move = \"Processed\" }"), "{ flag = \"Processed\" }";
        /// The queue of tickets that come from here. If absent: the desk's default queue.
        "queue": Name, Optional, "\"Mesa de Ayuda\"";
        /// Time between two looks where the server cannot push (IDLE), and between two attempts.
        "poll": Duration(1, DAY), Default("\"60s\""), "\"60s\"";
        /// Time after which a push connection is renewed, with a look in between whatever the server said.
        "idle_renewal": Duration(10, 29 * MINUTE), Default("\"9m\""), "\"9m\"";
        /// Longest silence of the server that is waited for.
        "command_timeout": Duration(1, HOUR), Default("\"60s\""), "\"60s\"";
        /// Larger mails are fetched in pieces of this size.
        "piece": Size(16 * KB, 64 * MB), Default("\"1 MB\""), "\"1 MB\"";
    },
};

/// The SMTP server.
pub const SMTP: Section = Section {
    name: "smtp",
    many: false,
    about: "The server that takes our mails. Without this section mails are decided on and stay in the outbox.",
    open: None,
    keys: keys! {
        /// The server; its certificate must be for this name.
        "host": Host, Required, "\"smtp.minem.example\"";
        /// TCP port. If absent: 465 with `tls = "implicit"`, 587 with `starttls`, 25 with `none`.
        "port": Int(1, 65535), Optional, "587";
        /// As for a mailbox.
        "tls": Word(TLS), Default("\"starttls\""), "\"starttls\"";
        /// A PEM file with further trust anchors.
        "ca_file": Path, Optional, "\"/etc/ssl/minem-ca.pem\"";
        /// Login name. If absent, no login.
        "user": Name, Optional, "\"soporte@minem.example\"";
        /// As for a mailbox.
        "password_file": Path, Optional, "\"secrets/smtp\"";
        /// As for a mailbox.
        "password_env": Name, Optional, "\"SMTP_PASSWORD\"";
        /// As for a mailbox; `check` warns.
        "password": Text, Optional, "\"correct horse battery staple\"";
        /// As for a mailbox.
        "oauth2": Forms, Optional, "{ token_command = [\"/usr/local/bin/mail-token\", \"smtp\"] }";
        /// Who bounces go to. `auto`: nobody for a program's mails, the queue's address for a person's; the login,
        /// where the server accepts no other. Or always this address.
        "envelope_sender": Name, Default("\"auto\""), "\"auto\"";
        /// Mails a minute. If absent, no limit; Microsoft 365 allows 30.
        "rate": Int(1, 100_000), Optional, "30";
        /// Connections at a time.
        "connections": Int(1, 20), Default("4"), "2";
        /// Longest wait for a connection or for the answer to a command.
        "timeout": Duration(1, HOUR), Default("\"5m\""), "\"1m\"";
        /// Longest wait for the answer to the end of a mail. A short one makes second copies.
        "data_timeout": Duration(1, HOUR), Default("\"10m\""), "\"10m\"";
        /// A mail of which nobody knows whether the server has it, because the connection ended before the
        /// answer: send it again (the recipient may get it twice), or hold it until `taquilla outbox` decides.
        "in_doubt": Word(&["retry", "hold"]), Default("\"retry\""), "\"hold\"";
        /// For how long a mail is tried. Then it is given up, and the ticket and its agents are told.
        "give_up_after": Duration(MINUTE, 30 * DAY), Default("\"4d\""), "\"4d\"";
    },
};

/// Whom to believe.
pub const TRUST: Section = Section {
    name: "trust",
    many: false,
    about: "Whose word counts for who sent a mail. Without it agents work by the tokens of their mails, and by \
            confirmation.",
    open: None,
    keys: keys! {
        /// The name (authserv-id, RFC 8601) under which our own border writes `Authentication-Results`. If
        /// absent, none is believed. The border must remove such fields from outside mail.
        "border": Host, Optional, "\"mx.minem.example\"";
        /// Whether the border's `auth=pass` (the sender logged in to our server as this address) counts.
        "submission": Bool, Default("true"), "true";
        /// A header field with its value that the border removes from outside mail, and that therefore proves
        /// an inside sender. Empty: none.
        "internal_header": Text, Default("\"\""), "\"X-MS-Exchange-Organization-AuthAs: Internal\"";
        /// Check DKIM signatures (RFC 6376) of agents' mails ourselves, and take one of the domain of their address for
        /// proof: over From, To, Subject, Date and the whole text, not older than a week, of a mail that names the
        /// desk in To or Cc. Keys are asked of the DNS. Only for domains whose servers let nobody write under the
        /// address of another.
        "dkim": Bool, Default("false"), "true";
        /// The DNS server that is asked for keys, with its port. If absent, those of the operating system.
        "resolver": Name, Optional, "\"127.0.0.1:53\"";
        /// Where the proof of a reply is carried: in the Message-ID alone, or in a plus-address in Reply-To
        /// too, for mail hosts that know them.
        "reply_token": Word(&["message-id", "plus"]), Default("\"message-id\""), "\"message-id\"";
        /// Ask of agents both the border's word and the token.
        "strict": Bool, Default("false"), "false";
        /// Verbs (English, without `#`) that need another level of proof than the shipped one: 1 to 3. A trial
        /// desk may lower them; `check` then warns.
        "levels": Table, Default("{}"), "{ close = 3 }";
    },
};

/// Limits.
pub const LIMITS: Section = Section {
    name: "limits",
    many: false,
    about: "How much of anything is too much. Whatever is over a limit is kept, listed and told, never dropped.",
    open: None,
    keys: keys! {
        /// Larger mails are not fetched: their header is kept, they go to quarantine, the sender is told once.
        "mail_size": Size(64 * KB, 1024 * MB), Default("\"40 MB\""), "\"25 MB\"";
        /// Levels of MIME parts in one another; deeper ones become attachments.
        "mime_levels": Int(5, 1000), Default("100"), "100";
        /// MIME parts of one mail.
        "mime_parts": Int(10, 100_000), Default("10000"), "10000";
        /// Octets of a mail's header that are read.
        "header_size": Size(16 * KB, 16 * MB), Default("\"1 MB\""), "\"1 MB\"";
        /// Addresses of one header field that are read.
        "addresses": Int(10, 100_000), Default("1000"), "1000";
        /// Octets of decoded text that are read, all parts together.
        "text_size": Size(64 * KB, 256 * MB), Default("\"10 MB\""), "\"10 MB\"";
        /// Commands in one mail.
        "commands": Int(1, 1000), Default("25"), "25";
        /// Tickets that a query of `#for` may find where the mail does not say `#limit`. Where there are more, nothing is
        /// done, and the agent hears how many there are.
        "bulk_unless_said": Int(1, 100_000), Default("50"), "20";
        /// Tickets that a query of `#for` may find, whatever `#limit` says.
        "bulk": Int(1, 100_000), Default("2000"), "500";
        /// Octets of a mail's text that a rule looks at.
        "rule_text": Size(KB, 10 * MB), Default("\"64 KB\""), "\"64 KB\"";
        /// Octets that regular expressions of rules search for one mail, all rules together: some 50 ms of work, counted
        /// and not timed, so that a mail is decided alike on every machine. Rules behind it are not asked, and the
        /// ticket's history says so.
        "rule_work": Size(64 * KB, 1024 * MB), Default("\"4 MB\""), "\"4 MB\"";
        /// Automatic mails an hour to one recipient outside our own domains. More are held: `taquilla outbox list` shows
        /// them, they leave when the hour allows it or with `taquilla outbox retry`, and the administrator is told.
        /// The desk's agents, its administrator and addresses in `notifications.toml` are not counted.
        "notices_per_recipient": Int(1, 100_000), Default("20"), "20";
        /// The same to all addresses of one foreign domain together.
        "notices_per_domain": Int(1, 1_000_000), Default("100"), "100";
        /// Automatic mails an hour to one address of our own domains, or to one agent about mails of this agent. People
        /// never come near; it ends the loop with a program that answers every mail of ours with a new one.
        "notices_per_own_recipient": Int(1, 1_000_000), Default("500"), "500";
        /// New tickets an hour of one sender outside our own domains. More mails are parked: `taquilla parked list` shows
        /// them, they become tickets one after another as the hour allows it or with `taquilla parked retry`, and the
        /// administrator is told. The backlog of the first start is not counted.
        "tickets_per_sender": Int(1, 100_000), Default("30"), "30";
        /// Articles an hour of one ticket; more mails to it are parked in the same way. Agents' mails never are.
        "articles_per_ticket": Int(1, 100_000), Default("60"), "60";
    },
};

/// The small web server.
pub const WEB: Section = Section {
    name: "web",
    many: false,
    about: "The page on which customers answer surveys. Kept for that page, which is not there yet.",
    open: None,
    keys: keys! {
        /// Address and port to listen on.
        "listen": Name, Optional, "\"127.0.0.1:8080\"";
        /// The same place as customers see it.
        "url": Name, Optional, "\"https://encuestas.minem.example\"";
    },
};
