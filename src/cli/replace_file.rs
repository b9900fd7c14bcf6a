//! A new text in the place of a file, whole or not at all: written beside it, synced, renamed. Mode and owner stay.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::CliError;

/// Mode of a file that was not there, before the umask.
const USUAL: u32 = 0o644;

/// A file that nobody else of us edits while this lives. An editor does not ask: [`Edited::replace`] looks again.
#[derive(Debug)]
pub(super) struct Edited {
    /// Where it is, past all links.
    path: PathBuf,
    folder: PathBuf,
    /// Its text and what it is; absent if it is not there.
    before: Option<(Vec<u8>, Metadata)>,
    _lock: File,
}

impl Edited {
    /// Waits until it is our turn, and reads the file, which may be absent.
    ///
    /// # Errors
    /// A sentence: it is no file, read-only, or cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        let path = past_links(path)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let failed = |what: &Path, error: std::io::Error| failed(what, "be read", &error);
        let lock = File::open(&folder).map_err(|error| failed(&folder, error))?;
        flock(&lock, FlockOperation::LockExclusive).map_err(|error| failed(&folder, error.into()))?;
        let before = read(&path).map_err(|error| failed(&path, error))?;
        if let Some((_, found)) = &before {
            if !found.is_file() {
                return Err(CliError::Failed(format!("{} is no file", path.display())));
            }
            // A rename would go around it, and root may write anything.
            if found.mode() & 0o222 == 0 {
                let path = path.display();
                return Err(CliError::Failed(format!(
                    "{path} is read-only, and stays as it is; allow writing first: chmod u+w {path}"
                )));
            }
        }
        Ok(Self { path, folder, before, _lock: lock })
    }

    /// The text; empty where there is no file.
    ///
    /// # Errors
    /// It is not UTF-8.
    pub(super) fn text(&self) -> Result<String, CliError> {
        let octets = self.before.as_ref().map_or(&[] as &[u8], |(octets, _)| octets);
        String::from_utf8(octets.to_vec()).map_err(|_| {
            CliError::Failed(format!("{} is not UTF-8; save it as such first", self.path.display()))
        })
    }

    /// Puts the new text in its place, durably.
    ///
    /// # Errors
    /// A sentence. The file is as it was.
    pub(super) fn replace(self, text: &str) -> Result<(), CliError> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Hidden, so that nobody takes it for a file of the desk.
        let draft = self.folder.join(format!(".{name}.{}", std::process::id()));
        let written = self.write(&draft, text);
        if written.is_err() {
            // The first error is the one to tell.
            drop(fs::remove_file(&draft));
        }
        written
    }

    fn write(&self, draft: &Path, text: &str) -> Result<(), CliError> {
        let failed = |error: std::io::Error| failed(&self.path, "be written", &error);
        let mode = self.before.as_ref().map_or(USUAL, |_| 0o600);
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(mode).open(draft).map_err(failed)?;
        if let Some((_, before)) = &self.before {
            self.own(&file, before)?;
            file.set_permissions(fs::Permissions::from_mode(before.mode() & 0o7777)).map_err(failed)?;
        }
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        self.unchanged()?;
        fs::rename(draft, &self.path).map_err(failed)?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// Gives the new file the owner of the old one.
    fn own(&self, file: &File, before: &Metadata) -> Result<(), CliError> {
        let now = file.metadata().map_err(|error| failed(&self.path, "be written", &error))?;
        if (now.uid(), now.gid()) == (before.uid(), before.gid()) {
            return Ok(());
        }
        std::os::unix::fs::fchown(file, Some(before.uid()), Some(before.gid())).map_err(|_| {
            CliError::Failed(format!(
                "{} belongs to another user (id {}), and would not afterwards; run this as that user or as root",
                self.path.display(),
                before.uid()
            ))
        })
    }

    /// Whoever saved it meanwhile must not lose what they wrote.
    fn unchanged(&self) -> Result<(), CliError> {
        let now = read(&self.path).map_err(|error| failed(&self.path, "be read", &error))?;
        let text = |file: &Option<(Vec<u8>, Metadata)>| file.as_ref().map(|(octets, _)| octets.clone());
        if text(&now) == text(&self.before) {
            return Ok(());
        }
        Err(CliError::Later(format!("{} was changed by somebody meanwhile; try again", self.path.display())))
    }
}

fn read(path: &Path) -> std::io::Result<Option<(Vec<u8>, Metadata)>> {
    let found = match fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let octets = if found.is_file() { fs::read(path)? } else { Vec::new() };
    Ok(Some((octets, found)))
}

/// The file that a link leads to: replacing the link would leave the file itself, perhaps in a repository, as it was.
fn past_links(path: &Path) -> Result<PathBuf, CliError> {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => fs::canonicalize(path).map_err(|error| {
            CliError::Failed(format!("{} is a link that leads nowhere: {error}", path.display()))
        }),
        Ok(_) | Err(_) => Ok(path.to_owned()),
    }
}

fn failed(path: &Path, what: &str, error: &std::io::Error) -> CliError {
    CliError::Failed(format!("{} cannot {what}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(path: &Path) -> Edited {
        Edited::open(path).unwrap()
    }

    #[test]
    fn mode_links_and_the_folder_stay() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("real.toml"), folder.path().join("desk.toml"));
        fs::write(&file, "a").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink("real.toml", &link).unwrap();
        let open = edited(&link);
        assert_eq!(open.text().unwrap(), "a");
        open.replace("b").unwrap();
        assert!(link.symlink_metadata().unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "b");
        assert_eq!(file.metadata().unwrap().mode() & 0o7777, 0o640);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "no draft stays");
    }

    #[test]
    fn what_cannot_be_replaced_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        fs::write(&file, "a").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        let told = Edited::open(&file).unwrap_err().to_string();
        assert!(told.contains("read-only") && told.contains("chmod u+w"), "{told}");
        let told = Edited::open(folder.path()).unwrap_err().to_string();
        assert!(told.ends_with("is no file"), "{told}");
        let nowhere = folder.path().join("link");
        std::os::unix::fs::symlink("nothing", &nowhere).unwrap();
        assert!(Edited::open(&nowhere).unwrap_err().to_string().contains("leads nowhere"));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        fs::write(&file, b"\xff").unwrap();
        assert!(edited(&file).text().unwrap_err().to_string().contains("not UTF-8"));
    }

    #[test]
    fn what_an_editor_saved_meanwhile_is_not_lost() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        let open = edited(&file);
        fs::write(&file, "saved by an editor").unwrap();
        assert!(matches!(open.replace("ours"), Err(CliError::Later(_))));
        let open = edited(&file);
        fs::write(&file, "saved again").unwrap();
        assert!(matches!(open.replace("ours"), Err(CliError::Later(_))));
        assert_eq!(fs::read_to_string(&file).unwrap(), "saved again");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays");
    }

    #[test]
    fn two_of_us_take_turns() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.toml");
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let open = edited(&file);
                    let text = open.text().unwrap() + "x";
                    std::thread::sleep(std::time::Duration::from_millis(5));
                    open.replace(&text).unwrap();
                });
            }
        });
        assert_eq!(fs::read_to_string(&file).unwrap(), "x".repeat(8));
    }
}
