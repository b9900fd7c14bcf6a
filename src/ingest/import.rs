//! Mails that lie in files: Maildir, mbox, folders of single mails. They are found file by file and read one at a time,
//! so that the size of what is brought costs no memory.
//!
//! What they mean is not decided here, and nothing is changed in what is read.

mod mbox;
mod walk;

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::parse;
pub use mbox::Mbox;
pub use walk::{Kind, MailFile, Walk};

/// Octets that are read to learn a mail's date.
const HEAD: u64 = 64 * 1024;
/// Octets of the header that is kept of a mail over the limit.
const LARGE_HEAD: u64 = 256 * 1024;

/// What could not be read, and why; the rest goes on.
#[derive(Debug)]
pub struct Trouble {
    /// File or folder.
    pub path: PathBuf,
    /// What the system says.
    pub error: io::Error,
}

/// Where one mail lies.
#[derive(Debug, Clone)]
pub struct Spot {
    /// The file.
    pub path: Arc<Path>,
    /// Its place in the file, where there are several: first octet, octets.
    pub range: Option<(u64, u64)>,
    /// When it was received, as the file's name or the line between two mails says.
    pub received: Option<Timestamp>,
}

/// What was read of a mail.
#[derive(Debug)]
pub enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// Its header, because all of it is over the limit.
    Header {
        /// The header.
        raw: Vec<u8>,
        /// Octets of the whole mail.
        size: u64,
    },
}

impl Spot {
    /// Octets of the mail, as far as they can be known.
    pub fn octets(&self) -> u64 {
        self.range.map_or_else(|| self.path.metadata().map_or(0, |found| found.len()), |(_, length)| length)
    }

    /// `Date`, and when the mail was received: by its topmost Received field (RFC 5321 section 4.4), else as the file
    /// says.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn dates(&self) -> io::Result<(Option<Timestamp>, Option<Timestamp>)> {
        let (date, received) = parse::dates(&self.open(HEAD)?.0);
        Ok((date, received.or(self.received)))
    }

    /// The mail; of one with more octets than `limit` the header.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self, limit: u64) -> io::Result<Content> {
        let (mut raw, size) = self.open(limit.saturating_add(1))?;
        if size > limit {
            raw.truncate(usize::try_from(LARGE_HEAD).unwrap_or(usize::MAX));
            let end = raw.windows(2).position(|two| two == b"\n\n" || two == b"\n\r");
            raw.truncate(end.map_or(raw.len(), |end| end + 1));
            return Ok(Content::Header { raw, size });
        }
        Ok(Content::Whole(if self.range.is_some() { mbox::unquoted(raw) } else { raw }))
    }

    /// The first octets, and the number of all.
    fn open(&self, most: u64) -> io::Result<(Vec<u8>, u64)> {
        let mut file = File::open(&self.path)?;
        let size = match self.range {
            Some((start, length)) => {
                file.seek(SeekFrom::Start(start))?;
                length
            }
            None => file.metadata()?.len(),
        };
        // Not more than the limit is ever held, and of a mail over it no more than its header.
        let wanted = if size >= most { LARGE_HEAD.min(size) } else { size };
        let mut raw = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
        file.take(wanted).read_to_end(&mut raw)?;
        Ok((raw, size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(dir: &Path, text: &[u8]) -> Spot {
        let path = dir.join("a.eml");
        std::fs::write(&path, text).unwrap();
        Spot { path: path.into(), range: None, received: None }
    }

    #[test]
    fn of_a_large_mail_the_header_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let mail = [b"Subject: x\n\n".as_slice(), &[b'x'; 1000]].concat();
        let spot = spot(dir.path(), &mail);
        let Content::Header { raw, size } = spot.read(1000).unwrap() else { panic!("it is larger") };
        assert_eq!((raw.as_slice(), size), (b"Subject: x\n".as_slice(), 1012));
        let Content::Whole(raw) = spot.read(1012).unwrap() else { panic!("it is not larger") };
        assert_eq!(raw, mail);
    }

    #[test]
    fn when_it_was_written_and_received() {
        let dir = tempfile::tempdir().unwrap();
        let text = "Received: from a by b; Tue, 3 Mar 2020 10:00:05 +0000\nReceived: from c by a; Tue, 3 Mar 2020 09:00:00 \
                    +0000\nDate: Tue, 3 Mar 2020 04:59:00 -0500\nSubject: x\n\nReceived: x; Mon, 1 Jan 2001 00:00:00 +0000\n";
        let (date, received) = spot(dir.path(), text.as_bytes()).dates().unwrap();
        assert_eq!(date.unwrap().to_string(), "2020-03-03T09:59:00Z");
        assert_eq!(received.unwrap().to_string(), "2020-03-03T10:00:05Z");
        let (date, received) = spot(dir.path(), b"").dates().unwrap();
        assert_eq!((date, received), (None, None));
    }
}
