//! The words of the command line. What they do is in one file a subcommand.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::entry_words::{Agents, EntryArgs, Queues, Roles, Services};

/// Turns mailboxes into tickets, and replies into commands.
#[derive(Debug, clap::Parser)]
#[command(name = "taquilla", version, propagate_version = true, max_term_width = 100)]
#[command(
    about = "The service desk that lives in e-mail",
    long_about = "The service desk that lives in e-mail: mailboxes become tickets, replies become commands.\n\n\
                  Exit codes: 0 done; 1 the thing asked about is not well; 2 wrong usage; 75 try again later.\n\
                  Results go to standard output, everything else to standard error."
)]
#[command(after_help = "Example: taquilla init, then taquilla check, then taquilla run")]
pub struct Cli {
    /// The settings file [default: ./taquilla.toml, then /etc/taquilla/taquilla.toml].
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands that there are.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a commented, working desk into a folder.
    Init(Box<InitArgs>),
    /// Read all files of the desk and say what is wrong with them.
    Check(CheckArgs),
    /// Watch the mailboxes and work.
    Run(RunArgs),
    /// Take one mail from standard input.
    Deliver(DeliverArgs),
    /// Bring mails of long ago out of Maildirs, mboxes and folders.
    Import(ImportArgs),
    /// Say what would become of a mail, and why.
    Explain(ExplainArgs),
    /// List tickets.
    Tickets(TicketsArgs),
    /// Show one ticket whole.
    Show(ShowArgs),
    /// List the mails that came, and what became of each.
    Journal(JournalArgs),
    /// Mails that the SMTP server has not accepted yet.
    Outbox(OutboxArgs),
    /// Mails that could not be processed.
    Quarantine(QuarantineArgs),
    /// Mails that wait because their sender floods the desk.
    Parked(ParkedArgs),
    /// Mails of which a second copy is possible.
    Audit(AuditArgs),
    /// The desk at a glance.
    Status(StatusArgs),
    /// Show a mail as a template makes it.
    Preview(PreviewArgs),
    /// Compare the mail servers with the journal.
    Reconcile(ReconcileArgs),
    /// Figures.
    Report(ReportArgs),
    /// Erase everything of a person.
    Erase(EraseArgs),
    /// Agents: list them, add one.
    #[command(after_help = "Example: taquilla agent list")]
    Agent(EntryArgs<Agents>),
    /// Queues: list them, add one.
    #[command(after_help = "Example: taquilla queue list --json")]
    Queue(EntryArgs<Queues>),
    /// Services: list them, add one.
    #[command(after_help = "Example: taquilla service list")]
    Service(EntryArgs<Services>),
    /// Roles, which give agents rights: list them, add one.
    #[command(after_help = "Example: taquilla role list")]
    Role(EntryArgs<Roles>),
}

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

/// `taquilla tickets`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla tickets --queue 'Soporte Técnico' --state open --json")]
pub struct TicketsArgs {
    /// Only of this queue.
    #[arg(long, value_name = "QUEUE")]
    pub queue: Option<String>,
    /// Only in this state, or of this type of state.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only of this owner.
    #[arg(long, value_name = "LOGIN")]
    pub owner: Option<String>,
    /// Only opened since: a date, or a time such as 7d.
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Words that title, number or customer must have.
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// How to print them.
    #[command(flatten)]
    pub form: RowForm,
}

/// `taquilla show`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla show 2013121610000137")]
pub struct ShowArgs {
    /// Number of the ticket.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `taquilla journal`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla journal --since 1d --reason quarantined")]
pub struct JournalArgs {
    /// Only of this mailbox.
    #[arg(long, value_name = "NAME")]
    pub mailbox: Option<String>,
    /// Only with this reason.
    #[arg(long, value_name = "REASON")]
    pub reason: Option<String>,
    /// Only since: a date, or a time such as 7d.
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// One JSON object a row.
    #[arg(long)]
    pub json: bool,
}

/// `taquilla outbox`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example: taquilla outbox list --json")]
pub struct OutboxArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub action: ListAction,
}

/// `taquilla quarantine`.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Example: taquilla quarantine retry 17")]
pub struct QuarantineArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub action: ListAction,
}

/// `taquilla parked`.
#[derive(Debug, Clone, Args)]
#[command(
    long_about = "Mails over [limits] tickets_per_sender or articles_per_ticket. They are decided one after another as \
                  the hour allows it; `retry` lets them in at once.",
    after_help = "Example: taquilla parked list --json"
)]
pub struct ParkedArgs {
    /// What to do with it.
    #[command(subcommand)]
    pub action: ListAction,
}

/// What can be done with rows that wait.
#[derive(Debug, Clone, Subcommand)]
pub enum ListAction {
    /// All of them.
    List {
        /// One JSON object a row.
        #[arg(long)]
        json: bool,
    },
    /// One of them, whole.
    Show {
        /// Number of the row.
        id: i64,
        /// One JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Try again now.
    Retry {
        /// Numbers of rows; none means all.
        ids: Vec<i64>,
    },
    /// Give up.
    Drop {
        /// Numbers of rows.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// `taquilla audit`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "List the mails of which a second copy is possible: the connection broke after the content was \
                  given and before the server said yes.",
    after_help = "Example: taquilla audit --json"
)]
pub struct AuditArgs {
    /// One JSON object a row.
    #[arg(long)]
    pub json: bool,
}

/// `taquilla status`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla status --json")]
pub struct StatusArgs {
    /// One JSON object.
    #[arg(long)]
    pub json: bool,
}

/// `taquilla preview`.
#[derive(Debug, Clone, Default, Args)]
#[command(
    long_about = "Show a mail as a template makes it for a ticket. Nothing is sent.",
    after_help = "Example: taquilla preview ticket-created --ticket 2013121610000137 --language es"
)]
pub struct PreviewArgs {
    /// Name of the template.
    #[arg(value_name = "TEMPLATE")]
    pub template: String,
    /// Number of the ticket; without one it is filled with samples.
    #[arg(long, value_name = "NUMBER")]
    pub ticket: Option<String>,
    /// Language [default: the ticket's, else the desk's].
    #[arg(long, value_parser = ["en", "es"])]
    pub language: Option<String>,
    /// For whom it is.
    #[arg(long, value_name = "ADDRESS")]
    pub to: Option<String>,
}

/// `taquilla report`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla report backlog --since 2026-01-01 --csv")]
pub struct ReportArgs {
    /// Name of the report; without one they are listed.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Since: a date, or a time such as 30d.
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// How to print it.
    #[command(flatten)]
    pub form: RowForm,
    /// Write a page into this file.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["json", "csv"])]
    pub html: Option<PathBuf>,
}

/// How rows are printed; a table for people where nothing is said.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RowForm {
    /// One JSON object a row.
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Comma separated values, with a head.
    #[arg(long)]
    pub csv: bool,
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};

    use super::*;

    /// The words of subcommands that are declared and not yet registered are checked too.
    #[derive(Debug, clap::Parser)]
    struct All {
        #[command(subcommand)]
        command: Every,
    }

    #[derive(Debug, Subcommand)]
    enum Every {
        Init(Box<InitArgs>),
        Check(CheckArgs),
        Run(RunArgs),
        Deliver(DeliverArgs),
        Explain(ExplainArgs),
        Tickets(TicketsArgs),
        Show(ShowArgs),
        Journal(JournalArgs),
        Outbox(OutboxArgs),
        Quarantine(QuarantineArgs),
        Parked(ParkedArgs),
        Audit(AuditArgs),
        Status(StatusArgs),
        Preview(PreviewArgs),
        Report(ReportArgs),
    }

    #[test]
    fn the_words_fit_together() {
        Cli::command().debug_assert();
        All::command().debug_assert();
        for (line, good) in [
            ("x tickets --queue Redes --json a b", true),
            ("x tickets --json --csv", false),
            ("x explain", false),
            ("x explain --from-agent 4 m.eml", false),
            ("x outbox retry", true),
            ("x outbox drop", false),
            ("x init --password-stdin --password-file p", false),
            ("x report backlog --html f --csv", false),
        ] {
            assert_eq!(All::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
        }
    }

    #[test]
    fn every_subcommand_has_an_example() {
        for command in Cli::command().get_subcommands().chain(All::command().get_subcommands()) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(&format!("Example: taquilla {}", command.get_name())), "{help}");
        }
    }
}
