//! The secret of a data folder: the keys of reply tokens, and the name of the instance, in the file `keys`.
//!
//! One line each: `instance NAME`, then `key ID HEX`; the first key signs, all of them verify. To change the key,
//! put a new line with another id in front and keep the old one for as long as its tokens are good.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER_PERMISSIVE;

use super::files::sync_folder;
use crate::desk::token::Keys;

/// What the file says.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Keys of tokens.
    pub keys: Keys,
    /// Marks our own mails; random, stable for the data folder.
    pub instance: String,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the keys in {} cannot be used: {error}; the data folder must belong to the user that runs taquilla", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file says something else than keys.
    #[error(
        "line {line} of {} is neither `instance NAME` nor `key ID HEX` with an id of 0 to 15 and 64 digits; restore \
         the file from a backup (without it, replies to mails already sent are not recognised by their token)",
        path.display()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// Counted from 1; 0 where a line is missing.
        line: usize,
    },
    /// The system gives no random octets.
    #[error("the system gives no random numbers for new keys: {0}")]
    Random(String),
}

/// Reads the keys of a data folder; `None` where there are none yet.
///
/// # Errors
/// [`KeyError`], a sentence.
pub fn load(dir: &Path) -> Result<Option<Identity>, KeyError> {
    let path = dir.join("keys");
    match fs::read_to_string(&path) {
        Ok(text) => read(&path, &text).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(KeyError::Io { path, error }),
    }
}

/// Reads the keys of a data folder, which must exist; makes them (mode 600, synced) where there are none yet.
/// Two programs that do so at once end with the same keys.
///
/// # Errors
/// [`KeyError`], a sentence.
pub fn load_or_create(dir: &Path) -> Result<Identity, KeyError> {
    if let Some(identity) = load(dir)? {
        return Ok(identity);
    }
    let path = dir.join("keys");
    create(dir, &path)?;
    let text = fs::read_to_string(&path).map_err(|error| KeyError::Io { path: path.clone(), error })?;
    read(&path, &text)
}

fn read(path: &Path, text: &str) -> Result<Identity, KeyError> {
    let mut keys = Vec::new();
    let mut instance = None;
    for (at, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => continue,
            [word, ..] if word.starts_with('#') => continue,
            ["instance", name] => {
                instance = Some((*name).to_owned());
                continue;
            }
            ["key", id, hex] => {
                let id = id.parse::<u8>().ok().filter(|id| *id < 16);
                let key: Option<[u8; 32]> =
                    HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).ok().and_then(|octets| octets.try_into().ok());
                if let (Some(id), Some(key)) = (id, key) {
                    keys.push((id, key));
                    continue;
                }
            }
            _ => {}
        }
        return Err(KeyError::Line { path: path.to_owned(), line: at + 1 });
    }
    match instance {
        Some(instance) if !keys.is_empty() => Ok(Identity { keys: Keys::new(keys), instance }),
        _ => Err(KeyError::Line { path: path.to_owned(), line: 0 }),
    }
}

/// Writes a file of its own, then links it to its name: whoever comes second finds the first one's keys.
fn create(dir: &Path, path: &Path) -> Result<(), KeyError> {
    let mut random = [0_u8; 32 + 8 + 8];
    getrandom::fill(&mut random).map_err(|error| KeyError::Random(error.to_string()))?;
    let [key, instance, own] = [(0, 32), (32, 40), (40, 48)]
        .map(|(from, to)| data_encoding::HEXLOWER.encode(random.get(from..to).unwrap_or_default()));
    let draft = dir.join(format!("keys.{own}"));
    let io = |error| KeyError::Io { path: path.to_owned(), error };
    let write = |mut file: File| -> std::io::Result<()> {
        writeln!(file, "# Secret: who has this file can forge reply tokens. Keep it with the backups.")?;
        writeln!(file, "instance {instance}\nkey 0 {key}")?;
        file.sync_all()
    };
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).and_then(write).map_err(io)?;
    let linked = match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => Ok(()),
    };
    fs::remove_file(&draft).map_err(io)?;
    linked.and_then(|()| sync_folder(dir)).map_err(io)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use jiff::Timestamp;

    use super::*;
    use crate::desk::TicketNumber;
    use crate::desk::token::{Use, issue, verify};

    #[test]
    fn made_once_and_found_again() {
        let dir = tempfile::tempdir().unwrap();
        let made: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| load_or_create(dir.path()).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let number = TicketNumber::new("1000007").unwrap();
        let token = issue(&made[0].keys, Use::Thread, &number, "a@b.example", Timestamp::UNIX_EPOCH).unwrap();
        for other in made.iter().chain([&load_or_create(dir.path()).unwrap()]) {
            assert_eq!(other.instance, made[0].instance);
            assert!(verify(&other.keys, &token, Timestamp::UNIX_EPOCH).is_some());
        }
        let names: Vec<_> =
            fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["keys"]);
        assert_eq!(fs::metadata(dir.path().join("keys")).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_bad_line_is_named_and_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        for (text, line) in [
            ("instance a\nkey 0 12ab\n", "line 2 of"),
            ("instance a\nkey 16 00\n", "line 2 of"),
            ("# nothing\ninstance a\n", "line 0 of"),
        ] {
            fs::write(dir.path().join("keys"), text).unwrap();
            let told = load_or_create(dir.path()).unwrap_err().to_string();
            assert!(told.contains(line) && !told.contains("12ab"), "{told}");
        }
    }
}
