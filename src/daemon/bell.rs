//! How other programs of the desk (`deliver`, `outbox retry`) wake the daemon: they write to a file in the data folder,
//! which the daemon watches. What they decided stands in the database; a bell that nobody hears costs up to a minute.

use std::path::Path;
use std::sync::Arc;

use notify::Watcher as _;
use tokio::sync::{mpsc, watch};

use crate::pipeline::Pipeline;

const FILE: &str = "bell";

/// Wakes the daemon of this data folder, if there is one.
pub fn ring(dir: &Path) {
    if let Err(error) = std::fs::write(dir.join(FILE), "\n") {
        tracing::debug!(%error, "the daemon is not woken, it looks by itself");
    }
}

/// Hears the bell until `stop` says so.
pub(super) async fn listen(pipeline: Arc<Pipeline>, mut stop: watch::Receiver<bool>) {
    let (rung, mut rings) = mpsc::channel::<()>(1);
    let _watcher = watch_file(pipeline.store.dir(), rung.clone());
    loop {
        tokio::select! {
            ring = rings.recv() => {
                if ring.is_none() { return }
                pipeline.outbox.notify_one();
                pipeline.timers.notify_one();
            }
            ended = stop.changed() => {
                if ended.is_err() || *stop.borrow() { return }
            }
        }
    }
}

fn watch_file(dir: &Path, rung: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    // A file that is not there cannot be watched.
    ring(dir);
    let notice = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel holds a ring already: one is enough.
            rung.try_send(()).unwrap_or_default();
        }
    };
    let watched = notify::recommended_watcher(notice).and_then(|mut watcher| {
        watcher.watch(&dir.join(FILE), notify::RecursiveMode::NonRecursive)?;
        Ok(watcher)
    });
    watched
        .map_err(|error| tracing::warn!(%error, "other programs of the desk cannot wake this one, it looks each minute"))
        .ok()
}
