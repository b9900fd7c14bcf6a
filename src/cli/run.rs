//! `taquilla run`: the daemon.

use std::path::Path;

use super::args::RunArgs;
use super::output::{colours_on_stderr, tell};
use super::{CliError, Exit, open};
use crate::config::diagnostic::render_all;
use crate::daemon::{self, Mode};

/// Runs the desk.
pub(super) async fn run(config: Option<&Path>, args: &RunArgs) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    if !loaded.warnings.is_empty() {
        tell(render_all(&loaded.warnings, colours_on_stderr()).trim_end());
    }
    // First the lock: opening the store brings it up to date, which must not happen under a daemon that runs.
    let lock = open::lock(&loaded)?;
    let pipeline = open::pipeline(&loaded).await?;
    let mode = Mode { once: args.once, backlog: args.backlog };
    match daemon::run(loaded, pipeline, lock, mode).await {
        Ok(()) => Ok(Exit::Done),
        Err(troubles) => Err(CliError::Later(troubles.join("\n"))),
    }
}
