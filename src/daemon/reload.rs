//! New files of the desk while it runs: on SIGHUP, and when a file changes. Either all of them hold, or none.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::Watcher as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{mpsc, watch};

use crate::config::diagnostic::render_all;
use crate::config::load;
use crate::pipeline::{House, Pipeline};
use crate::store::keys;

/// An editor writes a file in several steps, `git pull` several files: wait until it is quiet for so long.
const QUIET: Duration = Duration::from_millis(500);

/// SIGHUP from now on; until this is called it ends the process. So it is called before the daemon says that it is
/// ready, and not by the task that waits for it.
pub(super) fn hangup() -> Option<Signal> {
    let heard = signal(SignalKind::hangup());
    heard.map_err(|error| tracing::error!(%error, "SIGHUP cannot be received")).ok()
}

/// Runs until `stop` says so.
pub(super) async fn run(
    config: PathBuf,
    watched: Vec<PathBuf>,
    pipeline: Arc<Pipeline>,
    mut hangup: Signal,
    mut stop: watch::Receiver<bool>,
) {
    let (changed, mut changes) = mpsc::channel::<()>(1);
    let mut watcher = watch_files(&watched, changed.clone());
    let mut there = needed(&watched);
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
        // A folder that came into being is watched from now on.
        drop(watcher);
        watcher = watch_files(&watched, changed.clone());
        if reload(&config, &pipeline, &there).await {
            there = needed(&watched);
        }
    }
}

/// What a running desk does not lose by accident: its queues and people, and its rules. Files that are absent mean that
/// there is nothing to say, which is right at the start, and in the middle of a copy would open tickets without rules.
fn needed(watched: &[PathBuf]) -> Vec<PathBuf> {
    let needed = |path: &&PathBuf| path.ends_with("desk.toml") || path.ends_with("rules");
    watched.iter().filter(needed).filter(|path| path.exists()).cloned().collect()
}

/// What was there and is gone, in words.
fn gone(there: &[PathBuf]) -> Option<String> {
    let gone: Vec<String> =
        there.iter().filter(|path| !path.exists()).map(|path| path.display().to_string()).collect();
    (!gone.is_empty()).then(|| {
        format!(
            "{} was there and is gone. Put it back; an empty one says that there is nothing in it, and a restart takes \
             what there is.\n",
            gone.join(", ")
        )
    })
}

/// Watches folders, not files: editors and `git pull` put a new file in the place of the old one, and a watch on the
/// old one would see nothing of what comes after.
fn watch_files(paths: &[PathBuf], changed: mpsc::Sender<()>) -> Option<notify::RecommendedWatcher> {
    let wanted: Vec<PathBuf> = paths.iter().map(|path| whole(path)).collect();
    let parents: BTreeSet<PathBuf> =
        wanted.iter().filter_map(|path| path.parent()).map(Path::to_owned).collect();
    let folders: Vec<PathBuf> = wanted.iter().filter(|path| path.is_dir()).cloned().collect();
    let notice = move |event: notify::Result<notify::Event>| {
        let ours = |path: &PathBuf| wanted.iter().any(|wanted| path.starts_with(wanted));
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(ours)) {
            // A full channel holds a change already: that one is enough.
            changed.try_send(()).unwrap_or_default();
        }
    };
    let mut watcher = notify::recommended_watcher(notice)
        .map_err(|error| tracing::warn!(%error, "changes of files are not seen; send SIGHUP"))
        .ok()?;
    let mut watch = |path: &Path, mode| {
        if let Err(error) = watcher.watch(path, mode) {
            tracing::warn!(%error, path = %path.display(), "changes here are not seen; send SIGHUP");
        }
    };
    // Not what is below: the data folder often stands beside the files.
    parents.iter().for_each(|path| watch(path, notify::RecursiveMode::NonRecursive));
    folders.iter().for_each(|path| watch(path, notify::RecursiveMode::Recursive));
    Some(watcher)
}

/// The path as the kernel names it in an event.
fn whole(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name))
}

/// The files as they are now; or every mistake in them, ready to print.
fn read(config: &Path, data: &Path) -> Result<House, String> {
    let shown = |mistakes: Vec<_>| render_all(&mistakes, false);
    let loaded = load::load(Some(config)).map_err(shown)?;
    let identity = keys::load_or_create(data).map_err(|error| error.to_string())?;
    House::of(&loaded, &identity).map_err(shown)
}

/// Whether the new files hold.
async fn reload(config: &Path, pipeline: &Pipeline, there: &[PathBuf]) -> bool {
    let read = gone(there).map_or_else(|| read(config, pipeline.store.dir()), Err);
    let well = read.is_ok();
    match read {
        Ok(house) => {
            let set = house.policy.rules.digest();
            pipeline.reload(house);
            tracing::info!(rules = %set, "the files of the desk were read anew");
        }
        Err(mistakes) => {
            tracing::error!("the new files of the desk are refused, the old ones stay:\n{mistakes}");
            if let Err(error) = pipeline.request(pipeline.refused_files(mistakes)).await {
                tracing::error!(%error, "the administrator could not be told");
            }
        }
    }
    well
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn seen(changes: &mut mpsc::Receiver<()>) -> bool {
        let seen = tokio::time::timeout(Duration::from_secs(5), changes.recv()).await.is_ok();
        while tokio::time::timeout(Duration::from_millis(100), changes.recv()).await.is_ok() {}
        seen
    }

    #[test]
    fn a_folder_that_vanishes_is_no_empty_folder() {
        let base = tempfile::tempdir().unwrap();
        let [rules, desk, customers] =
            ["rules", "desk.toml", "customers.csv"].map(|name| base.path().join(name));
        let watched = [rules.clone(), desk.clone(), customers.clone()];
        assert!(needed(&watched).is_empty());
        std::fs::create_dir(&rules).unwrap();
        std::fs::write(&customers, "").unwrap();
        let there = needed(&watched);
        assert_eq!(there, std::slice::from_ref(&rules));
        assert_eq!(gone(&there), None);
        std::fs::remove_dir(&rules).unwrap();
        std::fs::remove_file(&customers).unwrap();
        let told = gone(&there).unwrap();
        assert!(told.contains("rules was there and is gone") && !told.contains("customers"), "{told}");
        std::fs::create_dir(&rules).unwrap();
        assert_eq!(gone(&there), None);
    }

    #[tokio::test]
    async fn a_file_is_seen_again_after_it_was_replaced() {
        let base = tempfile::tempdir().unwrap();
        let file = base.path().join("desk.toml");
        std::fs::create_dir(base.path().join("data")).unwrap();
        let (changed, mut changes) = mpsc::channel(1);
        let _watcher = watch_files(&[file.clone(), base.path().join("rules")], changed);
        for text in ["a", "b"] {
            let draft = base.path().join("desk.toml.new");
            std::fs::write(&draft, text).unwrap();
            std::fs::rename(&draft, &file).unwrap();
            assert!(seen(&mut changes).await, "{text}");
        }
        std::fs::create_dir(base.path().join("rules")).unwrap();
        assert!(seen(&mut changes).await);
        std::fs::write(base.path().join("data").join("x"), "x").unwrap();
        std::fs::write(base.path().join("other"), "x").unwrap();
        assert!(tokio::time::timeout(Duration::from_millis(300), changes.recv()).await.is_err());
    }
}
