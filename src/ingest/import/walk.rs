//! Which files below a path hold mails.
//!
//! - A Maildir: every file in `cur` and `new`; `tmp` holds what is not delivered yet. Folders within it, with the dot of
//!   Maildir++ or without, are Maildirs of their own.
//! - In any other folder: `*.eml`, files whose names are numbers (MH), and mboxes, which are known by their name or their
//!   first line. Other files there are no mails.
//! - A file that is named itself: an mbox, or one mail whatever its name.
//!
//! Links to folders are followed only where they are named themselves, and only regular files are opened: whoever waits at
//! a named pipe waits for ever.

use std::fs::{self, File, ReadDir};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::Trouble;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One mail.
    Mail,
    /// Mails behind one another.
    Mbox,
}

/// A file with mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Which.
    pub path: PathBuf,
    /// What it holds.
    pub kind: Kind,
    /// Its octets.
    pub size: u64,
    /// When its mail was received, as the name in a Maildir says.
    pub received: Option<Timestamp>,
}

/// Goes through all files below some paths.
#[derive(Debug)]
pub struct Walk {
    paths: std::vec::IntoIter<PathBuf>,
    open: Vec<Folder>,
    /// Files of folders that are no mails.
    pub others: u64,
}

#[derive(Debug)]
struct Folder {
    entries: ReadDir,
    /// `cur` or `new`: every file is a mail.
    mails: bool,
    /// The folder of a Maildir: what lies beside its mails is the server's.
    maildir: bool,
}

impl Walk {
    /// Files below these paths, in the order of the paths.
    pub fn new(paths: Vec<PathBuf>) -> Self {
        Self { paths: paths.into_iter(), open: Vec::new(), others: 0 }
    }

    fn enter(&mut self, path: &Path) -> Result<(), Trouble> {
        let entries = fs::read_dir(path).map_err(|error| trouble(path, error))?;
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let mails = matches!(name, "cur" | "new");
        let maildir = ["cur", "new"].iter().any(|part| path.join(part).is_dir());
        self.open.push(Folder { entries, mails, maildir });
        Ok(())
    }

    /// A path that was named: what it is decides, whatever its name.
    fn named(&mut self, path: PathBuf) -> Option<Result<MailFile, Trouble>> {
        match fs::metadata(&path) {
            Err(error) => Some(Err(trouble(&path, error))),
            Ok(found) if found.is_dir() => self.enter(&path).err().map(Err),
            Ok(found) if found.is_file() => {
                let received = received(&path);
                let kind = match begins_as_mbox(&path) {
                    Ok(true) => Kind::Mbox,
                    Ok(false) => Kind::Mail,
                    Err(error) => return Some(Err(trouble(&path, error))),
                };
                Some(Ok(MailFile { path, kind, size: found.len(), received }))
            }
            Ok(_) => {
                let error = io::Error::new(io::ErrorKind::InvalidInput, "neither a file nor a folder");
                Some(Err(trouble(&path, error)))
            }
        }
    }

    fn entry(
        &mut self,
        entry: &fs::DirEntry,
        mails: bool,
        maildir: bool,
    ) -> Option<Result<MailFile, Trouble>> {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder {
            return if name == "tmp" && maildir { None } else { self.enter(&path).err().map(Err) };
        }
        if maildir || name.starts_with('.') {
            return None;
        }
        let found = match fs::metadata(&path) {
            Ok(found) if found.is_file() => found,
            Ok(_) => return None,
            // A Maildir in use: the server has moved the mail from new to cur, or it was deleted.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => return Some(Err(trouble(&path, error))),
        };
        let file = |kind| {
            Some(Ok(MailFile { received: received(&path), kind, size: found.len(), path: path.clone() }))
        };
        if mails {
            return file(Kind::Mail);
        }
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let single = ending.as_deref() == Some("eml") || name.bytes().all(|octet| octet.is_ascii_digit());
        match begins_as_mbox(&path) {
            Ok(true) => file(Kind::Mbox),
            Ok(false) if single => file(Kind::Mail),
            Ok(false) => {
                self.others += 1;
                None
            }
            Err(error) => Some(Err(trouble(&path, error))),
        }
    }
}

impl Iterator for Walk {
    type Item = Result<MailFile, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.open.last_mut() {
                None => {
                    let path = self.paths.next()?;
                    self.named(path)
                }
                Some(folder) => {
                    let (mails, maildir) = (folder.mails, folder.maildir);
                    match folder.entries.next() {
                        None => {
                            self.open.pop();
                            None
                        }
                        Some(Ok(entry)) => self.entry(&entry, mails, maildir),
                        Some(Err(error)) => {
                            self.open.pop();
                            Some(Err(trouble(Path::new("a folder"), error)))
                        }
                    }
                }
            };
            if found.is_some() {
                return found;
            }
        }
    }
}

fn trouble(path: &Path, error: io::Error) -> Trouble {
    Trouble { path: path.to_owned(), error }
}

fn begins_as_mbox(path: &Path) -> io::Result<bool> {
    let mut start = Vec::with_capacity(5);
    File::open(path)?.take(5).read_to_end(&mut start)?;
    Ok(start == b"From ")
}

/// A name in a Maildir begins with the time of delivery, in seconds.
fn received(path: &Path) -> Option<Timestamp> {
    let (seconds, _) = path.file_name()?.to_str()?.split_once('.')?;
    let plausible = (9..=10).contains(&seconds.len());
    seconds.parse().ok().filter(|_| plausible).and_then(|seconds| Timestamp::from_second(seconds).ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text =
                if file.contains("box") { "From a@b Tue Mar  3 10:00:00 2020\n\n" } else { "Subject: x\n\n" };
            fs::write(path, text).unwrap();
        }
        dir
    }

    fn found(dir: &Path, paths: &[&str]) -> (Vec<(String, Kind)>, u64, usize) {
        let paths: Vec<PathBuf> = paths.iter().map(|path| dir.join(path)).collect();
        let mut walk = Walk::new(paths);
        let (mut files, mut troubles) = (Vec::new(), 0);
        for file in walk.by_ref() {
            match file {
                Ok(file) => {
                    let name = file.path.strip_prefix(dir).unwrap().to_string_lossy().into_owned();
                    files.push((name, file.kind));
                }
                Err(_) => troubles += 1,
            }
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        (files, walk.others, troubles)
    }

    #[test]
    fn maildirs_with_folders_of_both_kinds() {
        let dir = tree(&[
            "m/cur/1583229600.M1.host:2,S",
            "m/new/1583229601.M2.host",
            "m/tmp/1583229602.M3.host",
            "m/dovecot-uidlist",
            "m/.Sent/cur/1.a",
            "m/.Sent/tmp/2.b",
            "m/Archivo/cur/3.c",
            "m/Archivo/2020/new/4.d",
        ]);
        let (files, others, troubles) = found(dir.path(), &["m"]);
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let expected = [
            "m/.Sent/cur/1.a",
            "m/Archivo/2020/new/4.d",
            "m/Archivo/cur/3.c",
            "m/cur/1583229600.M1.host:2,S",
            "m/new/1583229601.M2.host",
        ];
        assert_eq!((names.as_slice(), others, troubles), (expected.as_slice(), 0, 0));
        assert_eq!(found(dir.path(), &["m/cur"]).0.len(), 1);
        let time = received(Path::new("m/cur/1583229600.M1.host:2,S")).unwrap();
        assert_eq!(time.to_string(), "2020-03-03T10:00:00Z");
        assert_eq!(received(Path::new("1.eml")), None);
    }

    #[test]
    fn folders_of_files() {
        let dir =
            tree(&["f/a.eml", "f/b.EML", "f/sub/7", "f/Inbox", "f/box.eml", "f/leeme.txt", "f/.hidden.eml"]);
        symlink(dir.path(), dir.path().join("f/loop")).unwrap();
        symlink(dir.path().join("f/a.eml"), dir.path().join("f/c.eml")).unwrap();
        let (files, others, troubles) = found(dir.path(), &["f", "nowhere", "f/leeme.txt"]);
        let shown: Vec<String> = files.iter().map(|(name, kind)| format!("{name} {kind:?}")).collect();
        let expected = [
            "f/Inbox Mbox",
            "f/a.eml Mail",
            "f/b.EML Mail",
            "f/box.eml Mbox",
            "f/c.eml Mail",
            "f/leeme.txt Mail",
            "f/sub/7 Mail",
        ];
        assert_eq!(shown, expected);
        assert_eq!((others, troubles), (1, 1), "leeme.txt is no mail where it is not named; nowhere is told");
    }
}
