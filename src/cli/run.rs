//! `taquilla run`: the daemon.

use std::path::Path;
use std::process::ExitCode;

use super::open::{self, CliError};
use crate::daemon::{self, Mode};

/// Watches the mailboxes, makes tickets, obeys agents, sends mails; until SIGTERM.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  taquilla run\n  taquilla run --once       # for cron: take what is there, send, end\n  \
                        taquilla run --backlog    # tickets of the old mails, too; no mail is sent for them\n\n\
                        SIGHUP reads the files of the desk anew. SIGTERM finishes what is in hand within 10 s; a \
                        second signal ends at once.")]
pub struct Args {
    /// Take what is in the mailboxes, empty the outbox as far as the server allows, and end.
    #[arg(long)]
    once: bool,
    /// Make tickets of the old mails that were left alone at the first start; no mail is sent for them.
    #[arg(long)]
    backlog: bool,
}

/// Runs the desk.
pub async fn run(args: Args, config: Option<&Path>) -> Result<ExitCode, CliError> {
    let loaded = open::files(config)?;
    // The folder may not exist yet: opening the store makes it, and the lock stands in it.
    let pipeline = open::pipeline(&loaded).await?;
    let lock = open::lock(&loaded)?;
    let mode = Mode { once: args.once, backlog: args.backlog };
    match daemon::run(loaded, pipeline, lock, mode).await {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(troubles) => {
            for trouble in troubles {
                tracing::error!("{trouble}");
            }
            Ok(ExitCode::from(super::TRY_AGAIN))
        }
    }
}
