//! One task for each watched folder: connect, catch up, wait for news, and begin again when something fails.
//!
//! What to do and in which order is the machine's (`protocol.rs`); here its steps meet a server and the journal. A
//! folder that fails keeps no other one waiting: each has its own connection, its own machine and its own waits.

mod folder;
mod told;
mod work;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::imap::ImapError;
use super::intake::{Condition, Intake, IntakeError};
use crate::clock::Clock;
use crate::config::mailbox::MailboxSettings;

use folder::Folder;
use told::Told;

/// Wait after a fault of our own.
const AFTER_PANIC: Duration = Duration::from_secs(60);

/// How long to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Until the daemon stops.
    Stopped,
    /// Until everything that is there was taken.
    CaughtUp,
}

/// How a mailbox is watched.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// How long to go on.
    pub until: Until,
    /// Also take the old mails that were left alone at the first start.
    pub backlog: bool,
    /// The clock that says what is old.
    pub clock: Clock,
    /// Chance, for the waits after failures.
    pub seed: u64,
}

/// Why a session ended before its time.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Imap(#[from] ImapError),
    #[error(transparent)]
    Journal(#[from] IntakeError),
}

/// Watches all folders of a mailbox until `stop` becomes true, or until everything was taken.
///
/// # Errors
/// With [`Until::CaughtUp`]: the folders that could not be read, and why. Otherwise failures are reported through the
/// intake and tried again.
pub async fn watch<I: Intake + 'static>(
    settings: Arc<MailboxSettings>,
    intake: Arc<I>,
    manner: Manner,
    stop: watch::Receiver<bool>,
) -> Result<(), String> {
    let told = Arc::new(Told::default());
    let mut tasks = JoinSet::new();
    for (index, name) in (0u64..).zip(&settings.folders) {
        let manner = Manner { seed: manner.seed.wrapping_add(index), ..manner };
        let name = name.clone();
        let (settings, intake, told) = (Arc::clone(&settings), Arc::clone(&intake), Arc::clone(&told));
        let stop = stop.clone();
        tasks.spawn(async move { supervise(name, settings, intake, told, manner, stop).await });
    }
    let mut failures = Vec::new();
    while let Some(ended) = tasks.join_next().await {
        if let Ok(Err(failure)) = ended {
            failures.push(failure);
        }
    }
    if failures.is_empty() { Ok(()) } else { Err(failures.join("; ")) }
}

/// Runs one folder, and begins anew should it panic: a fault of ours in one mailbox must not silence it for good.
async fn supervise<I: Intake + 'static>(
    name: String,
    settings: Arc<MailboxSettings>,
    intake: Arc<I>,
    told: Arc<Told>,
    manner: Manner,
    mut stop: watch::Receiver<bool>,
) -> Result<(), String> {
    loop {
        let folder =
            Folder::new(&name, Arc::clone(&settings), Arc::clone(&intake), Arc::clone(&told), manner);
        let ended = AssertUnwindSafe(folder.run(stop.clone())).catch_unwind().await;
        if let Ok(result) = ended {
            return result.map_err(|reason| format!("{name}: {reason}"));
        }
        tracing::error!(mailbox = settings.name, folder = name, "the task of this folder panicked");
        let reason = "a fault in the program, see its log".to_owned();
        told.begins(intake.as_ref(), &settings.name, &name, Condition::Stalled(reason.clone())).await;
        if manner.until == Until::CaughtUp {
            return Err(format!("{name}: {reason}"));
        }
        tokio::select! {
            () = tokio::time::sleep(AFTER_PANIC) => {}
            _ = stop.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

/// True if the daemon stops, or whoever could say so is gone.
fn stopping(stop: &watch::Receiver<bool>) -> bool {
    *stop.borrow() || stop.has_changed().is_err()
}
