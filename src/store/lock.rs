//! One `run` for each data folder.
//!
//! The lock is the kernel's (flock on the file `lock`), so that it ends with the process, however that ends.
//! It says nothing about who writes: the database sees to that, and other commands write beside `run`.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

/// Held for as long as it lives.
#[derive(Debug)]
pub struct RunLock {
    _file: File,
}

/// Why the folder could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error(
        "another taquilla ({}) works on the data folder {}; stop it first, or give this one a folder of its own",
        process.as_deref().unwrap_or("of unknown process id"), dir.display()
    )]
    Taken {
        /// The folder.
        dir: PathBuf,
        /// `process 4711`, as far as it is known.
        process: Option<String>,
    },
    /// The lock file cannot be made.
    #[error("{} cannot be locked: {error}; the data folder must belong to the user that runs taquilla", path.display())]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
}

impl RunLock {
    /// Locks the data folder, which must exist, or says at once that somebody else has it.
    ///
    /// # Errors
    /// [`LockError`], a sentence for whoever started the second one.
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let path = dir.join("lock");
        let io = |error| LockError::Io { path: path.clone(), error };
        let mut file = open(&path).map_err(io)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut text = String::new();
                let told = (&file).take(32).read_to_string(&mut text).is_ok();
                let process = text.trim().parse::<u32>().ok().filter(|_| told);
                return Err(LockError::Taken {
                    dir: dir.to_owned(),
                    process: process.map(|id| format!("process {id}")),
                });
            }
            Err(error) => return Err(io(error.into())),
        }
        // For the sentence above alone: nothing is decided by it.
        file.set_len(0).map_err(io)?;
        file.rewind().map_err(io)?;
        writeln!(file, "{}", std::process::id()).map_err(io)?;
        Ok(Self { _file: file })
    }
}

/// Waits for a short exclusive use of the folder: two programs must not make the same schema at once.
pub(crate) fn brief(dir: &Path) -> std::io::Result<File> {
    let file = open(&dir.join("lock.open"))?;
    flock(&file, FlockOperation::LockExclusive)?;
    Ok(file)
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let first = RunLock::take(dir.path()).unwrap();
        let told = RunLock::take(dir.path()).unwrap_err().to_string();
        assert!(told.contains(&format!("process {}", std::process::id())), "{told}");
        assert!(told.contains("stop it first"), "{told}");
        drop(first);
        RunLock::take(dir.path()).unwrap();
    }

    #[test]
    fn a_missing_folder_is_named() {
        let told = RunLock::take(Path::new("/nowhere/at/all")).unwrap_err().to_string();
        assert!(told.contains("/nowhere/at/all/lock"), "{told}");
    }
}
