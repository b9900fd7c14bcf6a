//! The mails of an mbox (RFC 4155 and its relatives), found by reading the file once, with one line in memory.
//!
//! A mail begins behind a line `From sender date`. Where the header has a Content-Length that ends in front of such a line
//! or at the end of the file (mboxcl, mboxcl2), nothing within the mail is looked at. Elsewhere a `From ` line divides if it
//! has a date and stands behind an empty line or in front of a header field, so that a sentence that begins with "From" does
//! not. Lines of mails that begin with `From ` were written as `>From ` (mboxo), and those with `>From ` as `>>From `
//! (mboxrd): one `>` is taken back.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::fmt::strtime;

use super::Spot;

/// Octets of a line that are looked at.
const LINE: usize = 998;

/// Goes through the mails of a file.
#[derive(Debug)]
pub struct Mbox {
    path: Arc<Path>,
    reader: BufReader<File>,
    /// Where the next line begins.
    at: u64,
    line: Vec<u8>,
    /// The line that divides has a date; where the first one has none, none of them needs one.
    dated: bool,
    /// The `From ` line of the next mail was read.
    begun: Option<Option<Timestamp>>,
}

impl Mbox {
    /// Opens a file that begins as an mbox.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let reader = BufReader::with_capacity(256 * 1024, File::open(path)?);
        let mut mbox = Self { path: path.into(), reader, at: 0, line: Vec::new(), dated: true, begun: None };
        if mbox.read_line()? > 0 {
            let date = date_of(&mbox.line);
            mbox.dated = date.is_some() || has_date(&mbox.line);
            mbox.begun = Some(date);
        }
        Ok(mbox)
    }

    /// Reads a line, keeping its first octets; answers how many it has.
    fn read_line(&mut self) -> io::Result<u64> {
        self.line.clear();
        let mut length = 0_u64;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                break;
            }
            let end = buffer.iter().position(|octet| *octet == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            let room = LINE.saturating_sub(self.line.len()).min(used);
            self.line.extend_from_slice(buffer.get(..room).unwrap_or_default());
            self.reader.consume(used);
            length += u64::try_from(used).unwrap_or_default();
            if end.is_some() {
                break;
            }
        }
        self.at += length;
        Ok(length)
    }

    /// Reads the header; where a Content-Length says that the mail ends and it does, that place.
    fn header(&mut self) -> io::Result<Option<u64>> {
        let mut said = None;
        loop {
            let length = self.read_line()?;
            let line = self.line.trim_ascii();
            if length == 0 || line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_first_chunk::<15>()
                && name.eq_ignore_ascii_case(b"content-length:")
            {
                said = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse::<u64>().ok());
            }
        }
        let Some(end) = said.and_then(|octets| self.at.checked_add(octets)) else { return Ok(None) };
        let mut next = [0_u8; 8];
        let size = self.reader.get_ref().metadata()?.len();
        let read = if end > size { 0 } else { self.reader.get_ref().read_at(&mut next, end)? };
        let next = next.get(..read).unwrap_or_default();
        let behind = next.strip_prefix(b"\r").unwrap_or(next);
        let behind = behind.strip_prefix(b"\n").unwrap_or(behind);
        let fits = end <= size && (behind.is_empty() || behind.starts_with(b"From "));
        Ok(fits.then_some(end))
    }

    /// Whether the line that was just read begins a mail.
    fn divides(&self, behind_empty: bool) -> io::Result<bool> {
        if !self.line.starts_with(b"From ") || (self.dated && !has_date(&self.line)) {
            return Ok(false);
        }
        if behind_empty {
            return Ok(true);
        }
        let mut next = [0_u8; 78];
        let read = self.reader.get_ref().read_at(&mut next, self.at)?;
        Ok(self.dated && begins_field(next.get(..read).unwrap_or_default()))
    }

    fn mail(&mut self, received: Option<Timestamp>) -> io::Result<Spot> {
        let start = self.at;
        if let Some(end) = self.header()? {
            self.reader.seek(SeekFrom::Start(end))?;
            self.at = end;
            loop {
                if self.read_line()? == 0 {
                    break;
                }
                if self.line.starts_with(b"From ") {
                    self.begun = Some(date_of(&self.line));
                    break;
                }
            }
            return Ok(self.spot(start, end, received));
        }
        // The empty line that ends the header is none that stands between two mails, unless there is no text.
        let mut empty = Some(self.at);
        loop {
            let before = self.at;
            let length = self.read_line()?;
            if length == 0 {
                return Ok(self.spot(start, empty.filter(|_| before > start).unwrap_or(before), received));
            }
            if self.divides(empty.is_some())? {
                self.begun = Some(date_of(&self.line));
                return Ok(self.spot(start, empty.unwrap_or(before), received));
            }
            empty = self.line.trim_ascii().is_empty().then_some(before);
        }
    }

    fn spot(&self, start: u64, end: u64, received: Option<Timestamp>) -> Spot {
        Spot { path: Arc::clone(&self.path), range: Some((start, end.saturating_sub(start))), received }
    }
}

impl Iterator for Mbox {
    type Item = io::Result<Spot>;

    fn next(&mut self) -> Option<Self::Item> {
        let received = self.begun.take()?;
        Some(self.mail(received))
    }
}

/// A time of day and a year behind the sender.
fn has_date(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let time = |word: &str| {
        let mut parts = word.split(':');
        let two = |part: Option<&str>| part.is_some_and(|part| part.len() == 2 && part.parse::<u8>().is_ok());
        two(parts.next()) && two(parts.next())
    };
    let year =
        |word: &str| word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1970..2200).contains(&year));
    text.split_whitespace().any(time) && text.split_whitespace().any(year)
}

/// `From sender Tue Mar  3 10:00:00 2020`, in UTC (RFC 4155).
fn date_of(line: &[u8]) -> Option<Timestamp> {
    let text = String::from_utf8_lossy(line);
    let words: Vec<&str> = text.split_whitespace().skip(2).collect();
    let from = words.iter().position(|word| word.len() == 3 && word.is_ascii())?;
    let date = words.get(from..from + 5)?.join(" ");
    let read = strtime::parse("%a %b %d %H:%M:%S %Y", &date).ok()?;
    Some(read.to_datetime().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

/// A header field's name and its colon (RFC 5322 section 2.2).
fn begins_field(line: &[u8]) -> bool {
    let colon = line.iter().position(|octet| *octet == b':');
    let name = colon.and_then(|colon| line.get(..colon)).unwrap_or_default();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Takes back one `>` in front of `From `.
pub(super) fn unquoted(raw: Vec<u8>) -> Vec<u8> {
    let quoted = |line: &[u8]| {
        let quotes = line.iter().take_while(|octet| **octet == b'>').count();
        quotes > 0 && line.get(quotes..).is_some_and(|rest| rest.starts_with(b"From "))
    };
    if !raw.split(|octet| *octet == b'\n').any(quoted) {
        return raw;
    }
    let mut plain = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|octet| *octet == b'\n') {
        plain.extend_from_slice(if quoted(line) { line.get(1..).unwrap_or_default() } else { line });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::super::Content;
    use super::*;

    const FROM: &str = "From ana@x.example Tue Mar  3 10:00:00 2020\n";

    fn mails(text: &str) -> Vec<String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("box");
        std::fs::write(&path, text).unwrap();
        let spots = Mbox::open(&path).unwrap().map(Result::unwrap);
        spots
            .map(|spot| match spot.read(1_000_000).unwrap() {
                Content::Whole(raw) => String::from_utf8(raw).unwrap(),
                Content::Header { .. } => panic!("none is large"),
            })
            .collect()
    }

    #[test]
    fn one_after_another() {
        let text = format!("{FROM}Subject: 1\n\none\n\n{FROM}Subject: 2\n\ntwo\n\n\n{FROM}Subject: 3\n\n");
        assert_eq!(mails(&text), ["Subject: 1\n\none\n", "Subject: 2\n\ntwo\n\n", "Subject: 3\n\n"]);
        let dos = text.replace('\n', "\r\n");
        assert_eq!(mails(&dos)[..1], ["Subject: 1\r\n\r\none\r\n"]);
        assert_eq!(mails(FROM), [""]);
        assert_eq!(mails(&format!("{FROM}Subject: cut")), ["Subject: cut"]);
        assert!(mails("").is_empty());
    }

    #[test]
    fn quoted_lines_and_sentences() {
        let text = format!(
            "{FROM}Subject: 1\n\n>From me\n>>From you\n> From\n\nFrom here on it is text\n\nFrom 10:30 on, too\n\n{FROM}Subject: 2\n\nx\n"
        );
        let all = mails(&text);
        assert_eq!(
            all[0],
            "Subject: 1\n\nFrom me\n>From you\n> From\n\nFrom here on it is text\n\nFrom 10:30 on, too\n"
        );
        assert_eq!(all.len(), 2);
        // No empty line between two mails.
        let text = format!("{FROM}Subject: 1\n\none\n{FROM}Subject: 2\n\ntwo\n{FROM}not a header\n");
        assert_eq!(mails(&text).len(), 2);
    }

    #[test]
    fn lengths_are_believed_where_they_fit() {
        let body = format!("one\n\n{FROM}Subject: inside\n\nx\n");
        let text = format!("{FROM}Content-Length: {}\n\n{body}\n{FROM}Subject: 2\n\ntwo\n", body.len());
        assert_eq!(
            mails(&text),
            [format!("Content-Length: {}\n\n{body}", body.len()), "Subject: 2\n\ntwo\n".into()]
        );
        for wrong in ["3", "99999999999999", "x", "18446744073709551615"] {
            let text = format!("{FROM}Content-Length: {wrong}\n\none two\n\n{FROM}Subject: 2\n\ntwo\n");
            assert_eq!(mails(&text).len(), 2, "{wrong}");
        }
    }

    #[test]
    fn dates_of_many_programs() {
        for (line, date) in [
            (FROM, Some("2020-03-03T10:00:00Z")),
            ("From - Tue Mar 03 10:00:00 2020\n", Some("2020-03-03T10:00:00Z")),
            ("From \"a b\"@x Tue Mar  3 10:00:00 2020 -0500\n", Some("2020-03-03T10:00:00Z")),
            ("From MAILER-DAEMON Thu Feb 29 23:59:59 2024\n", Some("2024-02-29T23:59:59Z")),
            ("From x\n", None),
        ] {
            assert_eq!(date_of(line.as_bytes()).map(|date| date.to_string()).as_deref(), date, "{line}");
        }
        // Where the first line has no date, none needs one.
        assert_eq!(mails("From x\nSubject: 1\n\none\n\nFrom y\nSubject: 2\n\n").len(), 2);
    }

    #[test]
    fn a_line_without_end_costs_nothing() {
        let text = format!("{FROM}Subject: 1\n\n{}\n\n{FROM}Subject: 2\n\n", "x".repeat(900_000));
        assert_eq!(mails(&text).len(), 2);
    }
}
