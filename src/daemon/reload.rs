//! New files of the desk while it runs: on SIGHUP, and when a file changes. Either all of them hold, or none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::Watcher as _;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::config::diagnostic::render_all;
use crate::config::load;
use crate::decide::Request;
use crate::pipeline::{House, Pipeline};
use crate::store::keys;

/// An editor writes a file in several steps, `git pull` several files: wait until it is quiet for so long.
const QUIET: Duration = Duration::from_millis(500);

/// Runs until `stop` says so.
pub(super) async fn run(
    config: PathBuf,
    watched: Vec<PathBuf>,
    pipeline: Arc<Pipeline>,
    mut stop: watch::Receiver<bool>,
) {
    let (changed, mut changes) = mpsc::channel::<()>(1);
    let _watcher = watch_files(&watched, changed.clone());
    let Ok(mut hangup) = signal(SignalKind::hangup()) else { return };
    loop {
        tokio::select! {
            _ = hangup.recv() => {}
            change = changes.recv() => {
                if change.is_none() { return }
                while tokio::time::timeout(QUIET, changes.recv()).await.is_ok() {}
            }
            ended = stop.changed() => {
                if ended.is_err() || *stop.borrow() { return }
            }
        }
        reload(&config, &pipeline).await;
    }
}

fn watch_files(paths: &[PathBuf], changed: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let notice = move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // A full channel holds a change already: that one is enough.
            changed.try_send(()).unwrap_or_default();
        }
    };
    let mut watcher = notify::recommended_watcher(notice)
        .map_err(|error| tracing::warn!(%error, "changes of files are not seen; send SIGHUP"))
        .ok()?;
    for path in paths.iter().filter(|path| path.exists()) {
        if let Err(error) = watcher.watch(path, notify::RecursiveMode::Recursive) {
            tracing::warn!(%error, path = %path.display(), "changes here are not seen; send SIGHUP");
        }
    }
    Some(watcher)
}

/// The files as they are now; or every mistake in them, ready to print.
fn read(config: &Path, data: &Path) -> Result<House, String> {
    let shown = |mistakes: Vec<_>| render_all(&mistakes, false);
    let loaded = load::load(Some(config)).map_err(shown)?;
    let identity = keys::load_or_create(data).map_err(|error| error.to_string())?;
    House::of(&loaded, &identity).map_err(shown)
}

async fn reload(config: &Path, pipeline: &Pipeline) {
    match read(config, pipeline.store.dir()) {
        Ok(house) => {
            let set = house.policy.rules.digest();
            pipeline.reload(house);
            tracing::info!(rules = %set, "the files of the desk were read anew");
        }
        Err(mistakes) => {
            tracing::error!("the new files of the desk are refused, the old ones stay:\n{mistakes}");
            let subject = "The new files of the desk are refused, the old ones stay".to_owned();
            if let Err(error) = pipeline.request(Request::Alarm { subject, text: mistakes }).await {
                tracing::error!(%error, "the administrator could not be told");
            }
        }
    }
}
