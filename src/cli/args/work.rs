//! The words of subcommands that do something.

use std::path::PathBuf;

use clap::Args;

/// `taquilla init`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Write a commented, working desk into a folder.\n\nWhat no option says is asked for on a \
                  terminal; elsewhere it has a default. Files that exist are never overwritten.",
    after_help = "Example: taquilla init --user soporte@minem.example --imap-host imap.minem.example /etc/taquilla"
)]
pub struct InitArgs {
    /// The folder to write into; created if it is missing.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// Name of the desk, as mails show it.
    #[arg(long)]
    pub name: Option<String>,
    /// Login on the mail servers; nearly always the address.
    #[arg(long)]
    pub user: Option<String>,
    /// What users write to [default: the login].
    #[arg(long)]
    pub address: Option<String>,
    /// Who gets alarms: an address outside the desk.
    #[arg(long)]
    pub administrator: Option<String>,
    /// The desk's own domain, several times if there are several [default: that of the address].
    #[arg(long)]
    pub domain: Vec<String>,
    /// The IMAP server [default: imap.DOMAIN].
    #[arg(long, visible_alias = "host")]
    pub imap_host: Option<String>,
    /// Its port, if it is not the usual one.
    #[arg(long)]
    pub imap_port: Option<u16>,
    /// Protection of that connection.
    #[arg(long, value_parser = ["implicit", "starttls", "none"])]
    pub imap_tls: Option<String>,
    /// The SMTP server [default: smtp.DOMAIN].
    #[arg(long)]
    pub smtp_host: Option<String>,
    /// Its port, if it is not the usual one.
    #[arg(long)]
    pub smtp_port: Option<u16>,
    /// Protection of that connection.
    #[arg(long, value_parser = ["implicit", "starttls", "none"])]
    pub smtp_tls: Option<String>,
    /// The SMTP server wants no login.
    #[arg(long)]
    pub smtp_no_login: bool,
    /// A file that holds the password; the settings name it where it is.
    #[arg(long, value_name = "FILE", group = "secret")]
    pub password_file: Option<PathBuf>,
    /// Read the password from standard input and store it in secrets/.
    #[arg(long, group = "secret")]
    pub password_stdin: bool,
    /// A program, with arguments, that prints an OAuth 2 access token.
    #[arg(long, value_name = "COMMAND", group = "secret")]
    pub token_command: Option<String>,
    /// Language of the desk.
    #[arg(long, value_parser = ["en", "es"])]
    pub language: Option<String>,
    /// Time zone of the desk, such as America/Lima [default: this machine's].
    #[arg(long)]
    pub timezone: Option<String>,
    /// Ask nothing: take the defaults.
    #[arg(long, short)]
    pub yes: bool,
}

/// `taquilla check`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Read all files of the desk and say what is wrong with them: file, line, column, the line itself, \
                  and what was probably meant.\n\nExits 0 if nothing is wrong (there may be warnings), else 1.",
    after_help = "Example: taquilla check --config /etc/taquilla/taquilla.toml"
)]
pub struct CheckArgs {
    /// One JSON object a mistake: severity, title, file, line, column, help.
    #[arg(long)]
    pub json: bool,
    /// Log in to both servers, send one mail to the desk itself, and say what was found. Not while `run` works.
    #[arg(long, conflicts_with = "json")]
    pub probe: bool,
}

/// `taquilla run`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Watch the mailboxes and work, until SIGTERM or SIGINT.\n\nOne daemon a data folder; a second one \
                  refuses. On SIGTERM what is in hand is finished within 10 seconds; a second signal ends at once.",
    after_help = "Example: taquilla run --config /etc/taquilla/taquilla.toml"
)]
pub struct RunArgs {
    /// Take what is in the mailboxes, empty the outbox as far as the server allows, and end.
    #[arg(long)]
    pub once: bool,
    /// Make tickets of the old mails that the first start left alone, and send no mail for them.
    #[arg(long)]
    pub backlog: bool,
}

/// `taquilla deliver`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Take one mail from standard input, for the pipe of a mail server. Exits 75 if it should be \
                  delivered again later.",
    after_help = "Example: taquilla deliver --mailbox soporte < mail.eml"
)]
pub struct DeliverArgs {
    /// The mailbox that it came by.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
}

/// `taquilla import`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Bring mails of long ago out of Maildirs (with their folders), mboxes and folders of .eml files: tickets \
                  and articles with the dates and threads that they had. No mail is sent for any of them, now or later. \
                  Works beside a running daemon. What was taken before is not taken again, wherever it lies, so an import \
                  that was broken off is started anew and goes on.\n\n\
                  Rules set up the tickets; what they say about rejecting, discarding, telling somebody or waiting is not \
                  done. Exits 1 if a mail or a folder could not be read; all others were.",
    after_help = "Example: taquilla import --state closed --older 30d --queue 'Mesa de Ayuda' ~/Maildir archivo.mbox"
)]
pub struct ImportArgs {
    /// The queue of the tickets, whatever the rules say.
    #[arg(long, value_name = "QUEUE")]
    pub queue: Option<String>,
    /// The state of the tickets: its name, or new, open or closed.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only tickets whose last mail is older than this get the state: a time such as 30d, or a date.
    #[arg(long, value_name = "AGE", requires = "state")]
    pub older: Option<String>,
    /// Do not ask the rules.
    #[arg(long)]
    pub no_rules: bool,
    /// The result as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Maildirs, mboxes, mails, folders of any of them.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `taquilla erase`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Erase everything that the data folder holds of a person: mails, articles, attachments, outgoing mails, mails in \
                  quarantine and mails that wait, answers to surveys, names. Tickets of the person stay for the figures, with \
                  number, queue and times; open ones are removed from the work. Tickets of others lose the person's articles, \
                  address and name.\n\nThe database is written anew, so that nothing stands in its free pages. Works beside a \
                  running daemon, which waits meanwhile; a mail that the mail server is being given at that moment leaves. \
                  Mails on the mail server, backups and the files of the desk are not touched.",
    after_help = "Example: taquilla erase --dry-run ana@minem.example"
)]
pub struct EraseArgs {
    /// Say what would be erased, and do nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask.
    #[arg(long, short)]
    pub yes: bool,
    /// The result as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Address of the person.
    #[arg(value_name = "ADDRESS")]
    pub address: String,
}

/// `taquilla reconcile`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Compare what lies in the watched folders with the journal, both ways: mails that were never journalled, mails \
                  that were taken and should have been moved or deleted, mails that the journal believes there and that are \
                  gone. Old stock that was left alone is named as such. Folders are opened for reading alone; nothing in them \
                  changes. Works beside a running daemon.\n\nExits 1 if something is not well.",
    after_help = "Example: taquilla reconcile --take"
)]
pub struct ReconcileArgs {
    /// Take the mails that have no journal row, as the daemon takes new ones.
    #[arg(long)]
    pub take: bool,
    /// One JSON object a mail.
    #[arg(long)]
    pub json: bool,
}

/// `taquilla explain`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Say what would become of a mail, and why: class, sender, ticket, each rule with each of its \
                  conditions, commands, notifications. Nothing is stored or sent. Works beside a running daemon, and \
                  without any settings, then for an empty desk.",
    after_help = "Example: taquilla explain --from-agent 2 mail.eml"
)]
pub struct ExplainArgs {
    /// One JSON object a mail, one a line.
    #[arg(long)]
    pub json: bool,
    /// Suppose that an agent in From is proved to this level.
    #[arg(long, value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub from_agent: Option<u8>,
    /// The mails; `-` is standard input.
    #[arg(required = true, value_name = "MAIL")]
    pub mails: Vec<PathBuf>,
}
