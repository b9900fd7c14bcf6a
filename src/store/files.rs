//! Contents that are too large for the database: one file each, named by its digest, durable before any
//! transaction names it.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::StoreError;
use crate::mail::Digest;

/// Contents of so many octets and more stand in files. Below, a row is written faster than a file is made and
/// synced; above, the database would write every octet twice, to its log and to its place.
pub(crate) const FILE_FROM: usize = 256 * 1024;

/// Makes large contents durable ahead of the transaction that will name them, so that the disk is not waited for with
/// the pen in hand. What is forgotten here is done there.
#[derive(Debug, Clone)]
pub struct Keeper {
    pub(super) files: Files,
}

impl Keeper {
    /// Keeps what is large of these; what is small is left to the transaction. Waits for the disk.
    ///
    /// # Errors
    /// [`StoreError::Full`], or that the files cannot be written.
    pub fn keep_large(&self, contents: &[(Digest, Arc<[u8]>)]) -> Result<(), StoreError> {
        let large = |(_, content): &&(Digest, Arc<[u8]>)| content.len() >= FILE_FROM;
        self.files.keep(&contents.iter().filter(large).cloned().collect::<Vec<_>>())
    }
}

/// The folder `blobs`.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    dir: PathBuf,
}

/// So many files are synced at a time.
const LANES: usize = 8;

static DRAFT: AtomicU64 = AtomicU64::new(0);

impl Files {
    /// The files below a data folder.
    pub(crate) fn of(data: &Path) -> Self {
        Self { dir: data.join("blobs") }
    }

    /// `blobs/ab/cdef..`.
    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        let name = digest.to_string();
        let (folder, rest) = name.split_at_checked(2).unwrap_or(("", &name));
        self.dir.join(folder).join(rest)
    }

    /// Makes contents durable under their names. Doing so again costs nothing and harms nothing.
    ///
    /// All are written before the first is synced, and they are synced side by side: the file system brings many changes
    /// to the disk in the time of one.
    pub(crate) fn keep(&self, contents: &[(Digest, Arc<[u8]>)]) -> Result<(), StoreError> {
        let mut drafts: Vec<Draft> = Vec::new();
        let kept = self.keep_drafts(contents, &mut drafts);
        if kept.is_err() {
            // The first error is the one to tell; a draft that stays harms nobody.
            drafts.iter().for_each(|draft| drop(fs::remove_file(&draft.now)));
        }
        kept
    }

    fn keep_drafts(
        &self,
        contents: &[(Digest, Arc<[u8]>)],
        drafts: &mut Vec<Draft>,
    ) -> Result<(), StoreError> {
        let mut folders = BTreeSet::new();
        for (digest, content) in contents {
            let path = self.path(digest);
            let folder = path.parent().unwrap_or(&self.dir).to_owned();
            if !folder.is_dir() {
                let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
                made.map_err(|error| StoreError::folder(&path, error))?;
                folders.insert(self.dir.clone());
                folders.extend(self.dir.parent().map(Path::to_owned));
            }
            // A file under its own name is whole: it got the name after it was synced.
            let whole = fs::metadata(&path).is_ok_and(|found| found.len() == content.len() as u64);
            if !whole && !drafts.iter().any(|draft| draft.then == path) {
                let number = DRAFT.fetch_add(1, Ordering::Relaxed);
                let now = folder.join(format!(".draft-{}-{number}", std::process::id()));
                let mut draft = OpenOptions::new();
                let draft = draft.write(true).create(true).truncate(true).mode(0o600).open(&now);
                drafts.push(Draft { now, then: path.clone() });
                let written = draft.and_then(|mut file| file.write_all(content));
                written.map_err(|error| StoreError::folder(&path, error))?;
            }
            // Also for a file that was there: whoever wrote it may not have come to this yet.
            folders.insert(folder);
        }
        side_by_side(drafts.iter().map(|draft| draft.now.as_path()))?;
        for Draft { now, then } in drafts {
            fs::rename(now, &then).map_err(|error| StoreError::folder(then, error))?;
        }
        side_by_side(folders.iter().map(PathBuf::as_path))
    }

    /// Takes a file away for good. One that is not there is gone.
    pub(crate) fn remove(&self, digest: &Digest) -> Result<(), StoreError> {
        let path = self.path(digest);
        match fs::remove_file(&path) {
            Ok(()) => {
                path.parent().map_or(Ok(()), sync_folder).map_err(|error| StoreError::folder(&path, error))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StoreError::folder(&path, error)),
        }
    }

    /// Takes away what programs that were killed left half written.
    pub(crate) fn remove_drafts(&self) -> Result<(), StoreError> {
        let told = |error| StoreError::folder(&self.dir, error);
        if !self.dir.is_dir() {
            return Ok(());
        }
        for folder in fs::read_dir(&self.dir).map_err(told)?.flatten().map(|entry| entry.path()) {
            for file in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let draft = file.file_name().to_string_lossy().starts_with(".draft-");
                let age = file.metadata().and_then(|found| found.modified()).map(|time| time.elapsed());
                // Nobody writes at one file for an hour.
                if draft && age.is_ok_and(|age| age.is_ok_and(|age| age.as_secs() > 3600)) {
                    fs::remove_file(file.path()).map_err(told)?;
                }
            }
        }
        Ok(())
    }

    /// Reads a content and checks that it is the one. One that is not there, or not itself, is no fault of the others.
    pub(crate) fn read(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        let content = fs::read(&path).map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                StoreError::Missing(format!("file {}", path.display()))
            } else {
                StoreError::folder(&path, error)
            }
        })?;
        if Digest::of(&content) == *digest {
            return Ok(content);
        }
        Err(StoreError::Unreadable(format!("{} does not hold what its name says", path.display())))
    }
}

/// A content under a name that nobody looks for.
#[derive(Debug)]
struct Draft {
    now: PathBuf,
    then: PathBuf,
}

/// Syncs files, or the names in folders, a few at a time.
fn side_by_side<'a>(paths: impl Iterator<Item = &'a Path>) -> Result<(), StoreError> {
    let paths: Vec<&Path> = paths.collect();
    let sync = |path: &Path| sync_folder(path).map_err(|error| StoreError::folder(path, error));
    let (Some((first, rest)), lanes) = (paths.split_first(), LANES.min(paths.len())) else { return Ok(()) };
    if rest.is_empty() {
        return sync(first);
    }
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let lane = || {
            while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                sync(path)?;
            }
            Ok(())
        };
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        let ended = lanes.into_iter().map(|lane| {
            lane.join().unwrap_or_else(|_| Err(StoreError::Disk("a sync of files panicked".to_owned())))
        });
        ended.fold(Ok(()), Result::and)
    })
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(dir: &Path) -> std::io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_once_read_back_and_checked() {
        let data = tempfile::tempdir().unwrap();
        let files = Files::of(data.path());
        let digest = Digest::of(b"a large mail");
        let content = [(digest, Arc::from(*b"a large mail"))];
        files.keep(&content).unwrap();
        files.keep(&[content.clone(), content.clone()].concat()).unwrap();
        let path = files.path(&digest);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft stays");
        assert_eq!(files.read(&digest).unwrap(), b"a large mail");
        // Torn by something else than us: written anew.
        fs::write(&path, b"a lar").unwrap();
        assert!(matches!(files.read(&digest), Err(StoreError::Unreadable(_))));
        files.keep(&content).unwrap();
        assert_eq!(files.read(&digest).unwrap(), b"a large mail");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("blobs"), b"a file in the way").unwrap();
        let told =
            Files::of(data.path()).keep(&[(Digest::of(b"x"), Arc::from(*b"x"))]).unwrap_err().to_string();
        assert!(told.contains("blobs"), "{told}");
    }
}
