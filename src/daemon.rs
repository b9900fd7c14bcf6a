//! `taquilla run`: mailboxes, timers and the outbox worker over one pipeline, until told to stop.

pub mod bell;
mod reload;
mod signals;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::{Clock, random_seed};
use crate::config::load::Loaded;
use crate::ingest::mailbox::{self, Manner, Until};
use crate::outbound::worker::Worker;
use crate::pipeline::Pipeline;
use crate::store::RunLock;
use crate::timers;

/// What is in hand is finished within this time after a signal; with what follows it must be less than 10 seconds.
const GRACE: Duration = Duration::from_secs(9);

/// How to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// Take what is there, send what can be sent, end.
    pub once: bool,
    /// Make tickets of the old mails that were left alone at the first start.
    pub backlog: bool,
}

/// Runs the desk. The lock is held until the end.
///
/// # Errors
/// With [`Mode::once`]: what could not be reached or taken, a sentence each. Otherwise: a part of the daemon died.
pub async fn run(loaded: Loaded, pipeline: Pipeline, lock: RunLock, mode: Mode) -> Result<(), Vec<String>> {
    let pipeline = Arc::new(pipeline);
    let (stop, stopping) = watch::channel(false);
    signals::stop_on_signal(stop.clone(), GRACE);
    let manner = Manner {
        until: if mode.once { Until::CaughtUp } else { Until::Stopped },
        backlog: mode.backlog,
        clock: Clock::System,
        seed: seed(),
    };
    let smtp = loaded.settings.smtp.clone();
    let worker = smtp.map(|smtp| Worker::new(smtp, Arc::clone(&pipeline), seed()));
    let troubles = if mode.once {
        once(&loaded, &pipeline, worker, manner, stopping).await
    } else {
        forever(&loaded, &pipeline, worker, manner, (&stop, stopping)).await
    };
    pipeline.store.close().await;
    drop(lock);
    if troubles.is_empty() { Ok(()) } else { Err(troubles) }
}

fn seed() -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = random_seed().unwrap_or_default();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// All mailboxes at once, then the timers, then the outbox.
async fn once(
    loaded: &Loaded,
    pipeline: &Arc<Pipeline>,
    worker: Option<Worker<Pipeline>>,
    manner: Manner,
    stopping: watch::Receiver<bool>,
) -> Vec<String> {
    let mut mailboxes = JoinSet::new();
    for settings in &loaded.settings.mailboxes {
        let settings = Arc::new(settings.clone());
        let (pipeline, stopping) = (Arc::clone(pipeline), stopping.clone());
        mailboxes.spawn(async move { mailbox::watch(settings, pipeline, manner, stopping).await });
    }
    let mut troubles = Vec::new();
    while let Some(ended) = mailboxes.join_next().await {
        match ended {
            Ok(Ok(())) => {}
            Ok(Err(trouble)) => troubles.push(trouble),
            Err(error) => troubles.push(error.to_string()),
        }
    }
    timers::fire_all(pipeline).await;
    if let Some(worker) = worker {
        let drained = worker.drain(stopping).await;
        troubles.extend(drained.trouble);
    }
    troubles
}

async fn forever(
    loaded: &Loaded,
    pipeline: &Arc<Pipeline>,
    worker: Option<Worker<Pipeline>>,
    manner: Manner,
    (stop, stopping): (&watch::Sender<bool>, watch::Receiver<bool>),
) -> Vec<String> {
    let mut tasks = JoinSet::new();
    for settings in &loaded.settings.mailboxes {
        let settings = Arc::new(settings.clone());
        let (pipeline, stopping) = (Arc::clone(pipeline), stopping.clone());
        tasks.spawn(async move {
            if let Err(trouble) = mailbox::watch(settings, pipeline, manner, stopping).await {
                tracing::error!(%trouble, "a mailbox is no longer watched");
            }
        });
    }
    tasks.spawn(timers::run(Arc::clone(pipeline), stopping.clone()));
    tasks.spawn(bell::listen(Arc::clone(pipeline), stopping.clone()));
    if let Some(hangup) = reload::hangup() {
        let (config, watched) = (loaded.path.clone(), loaded.watched.clone());
        tasks.spawn(reload::run(config, watched, Arc::clone(pipeline), hangup, stopping.clone()));
    }
    match worker {
        Some(worker) => {
            tasks.spawn(worker.run(stopping.clone()));
        }
        None => tracing::warn!("there is no [smtp]: mails are decided on, kept in the outbox, and not sent"),
    }
    tracing::info!(mailboxes = loaded.settings.mailboxes.len(), "ready");
    let mut stopping = stopping;
    let died = loop {
        tokio::select! {
            changed = stopping.changed() => if changed.is_err() || *stopping.borrow() { break false },
            // Not without mails, not without timers: whoever supervises the program starts it anew.
            Some(ended) = tasks.join_next() => if let Err(error) = ended {
                tracing::error!(%error, "a part of the daemon ended by a mistake in this program");
                break true;
            },
        }
    };
    tracing::info!("stopping");
    if died {
        stop.send_replace(true);
    }
    let ended = tokio::time::timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!("not everything ended in time; what was in hand is taken again at the next start");
    }
    let died =
        died.then(|| "a part of the daemon ended by a mistake in this program; see the log".to_owned());
    died.into_iter().collect()
}
