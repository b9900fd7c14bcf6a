//! The words of the command line. What they do is in one file a subcommand.

mod lists;
mod work;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub use lists::{
    AuditArgs, JournalArgs, OutboxArgs, ParkedArgs, PreviewArgs, QuarantineArgs, ReportArgs, ShowArgs,
    StatusArgs, TicketsArgs,
};
pub use work::{
    CheckArgs, DeliverArgs, EraseArgs, ExplainArgs, ImportArgs, InitArgs, ReconcileArgs, RunArgs,
};

use super::entry_words::{Agents, EntryArgs, Queues, Roles, Services, Suppliers};

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
    /// Suppliers, to whom tickets are handed: list them, add one.
    #[command(after_help = "Example: taquilla supplier list")]
    Supplier(EntryArgs<Suppliers>),
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

    #[test]
    fn the_words_fit_together() {
        Cli::command().debug_assert();
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
            assert_eq!(Cli::try_parse_from(line.split(' ')).is_ok(), good, "{line}");
        }
    }

    #[test]
    fn every_subcommand_has_an_example() {
        for command in Cli::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.starts_with(&format!("Example: taquilla {}", command.get_name())), "{help}");
        }
    }
}
