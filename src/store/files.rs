//! Contents that are too large for the database: one file each, named by its digest, durable before any
//! transaction names it.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::StoreError;
use crate::mail::Digest;

/// Contents of so many octets and more stand in files. Below, a row is written faster than a file is made and
/// synced; above, the database would write every octet twice, to its log and to its place.
pub(crate) const FILE_FROM: usize = 64 * 1024;

/// The folder `blobs`.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    dir: PathBuf,
}

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

    /// Makes the content durable under its name. Doing so again costs nothing and harms nothing.
    pub(crate) fn keep(&self, digest: &Digest, content: &[u8]) -> Result<(), StoreError> {
        let path = self.path(digest);
        self.write(&path, content).map_err(|error| StoreError::folder(&path, error))
    }

    fn write(&self, path: &Path, content: &[u8]) -> std::io::Result<()> {
        let folder = path.parent().unwrap_or(&self.dir);
        let made = !folder.is_dir();
        if made {
            DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        // A file under its own name is whole: it got the name after it was synced.
        if !fs::metadata(path).is_ok_and(|found| found.len() == content.len() as u64) {
            let number = DRAFT.fetch_add(1, Ordering::Relaxed);
            let draft = folder.join(format!(".draft-{}-{number}", std::process::id()));
            let written = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)
                .and_then(|mut file| file.write_all(content).and_then(|()| file.sync_all()))
                .and_then(|()| fs::rename(&draft, path));
            if let Err(error) = written {
                // The first error is the one to tell; a draft that stays harms nobody.
                drop(fs::remove_file(&draft));
                return Err(error);
            }
        }
        // Also for a file that was there: whoever wrote it may not have come to this yet.
        sync_folder(folder)?;
        if made {
            sync_folder(&self.dir)?;
            self.dir.parent().map_or(Ok(()), sync_folder)?;
        }
        Ok(())
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

    /// Reads a content and checks that it is the one.
    pub(crate) fn read(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let path = self.path(digest);
        let content = fs::read(&path).map_err(|error| StoreError::folder(&path, error))?;
        if Digest::of(&content) == *digest {
            return Ok(content);
        }
        Err(StoreError::Damaged(format!("{} does not hold what its name says", path.display())))
    }
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
        files.keep(&digest, b"a large mail").unwrap();
        files.keep(&digest, b"a large mail").unwrap();
        let path = files.path(&digest);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft stays");
        assert_eq!(files.read(&digest).unwrap(), b"a large mail");
        // Torn by something else than us: written anew.
        fs::write(&path, b"a lar").unwrap();
        assert!(matches!(files.read(&digest), Err(StoreError::Damaged(_))));
        files.keep(&digest, b"a large mail").unwrap();
        assert_eq!(files.read(&digest).unwrap(), b"a large mail");
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("blobs"), b"a file in the way").unwrap();
        let told = Files::of(data.path()).keep(&Digest::of(b"x"), b"x").unwrap_err().to_string();
        assert!(told.contains("blobs"), "{told}");
    }
}
