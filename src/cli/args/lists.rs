//! The words of subcommands that show something, and of what waits to be seen to.

use std::path::PathBuf;

use clap::Args;

use super::{ListAction, RowForm};

/// `taquilla tickets`.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "Example: taquilla tickets --queue 'Soporte Técnico' --state open --json\n         \
                         taquilla tickets 'queue:soporte state:new,open older:2d responsible:none'\n         \
                         taquilla tickets 'customer:ana -state:closed impresora'")]
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
    /// As in the mail command #list: `queue:support state:open older:2d -responsible:none printer`. Keys: queue, state,
    /// owner, responsible, customer, priority, type, service, tag, field.NAME, level, number, lock, older, newer, title;
    /// a word alone stands in title, number or customer. Several values: `state:new,open`; blanks go into double quotes;
    /// a hyphen before a term asks for the opposite (behind `--` where it comes first). Closed tickets are listed as
    /// well, unless the query says otherwise.
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
    /// Write a page into this file, to read or print, with the mails as they looked.
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub html: Option<PathBuf>,
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
#[command(
    after_help = "Example: taquilla report survey --since 2026-01-01 --csv\nWithout a name every report says what it tells, how that is obtained, its columns and its totals."
)]
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
