//! Files that old programs wrote into the text: `begin 644 name`, lines of six-bit signs, `end` (POSIX uuencode).
//!
//! Only whole blocks count, so that a text about uuencode stays a text.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;

/// How a block begins.
const BEGIN: &[u8] = b"begin ";

/// Blocks looked for in one text.
const MAX_FILES: usize = 100;

/// A file out of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    /// As the text says it.
    pub(super) name: String,
    pub(super) content: Arc<[u8]>,
}

/// The text without its files, and the files. Lines end in LF or CRLF.
pub(super) fn extract(text: &[u8]) -> (Cow<'_, [u8]>, Vec<File>) {
    if !text.starts_with(BEGIN) && memmem::find(text, b"\nbegin ").is_none() {
        return (text.into(), Vec::new());
    }
    let mut files = Vec::new();
    let mut out = Vec::new();
    let mut rest = text;
    // Octets behind the last `end`: no block begins there. A block never runs over the beginning of another,
    // so that nothing is read more than thrice.
    let tail = memmem::rfind(text, b"\nend").map_or(text.len(), |at| text.len() - at);
    while let Some((line, after)) = split_line(rest) {
        let block = name(line).filter(|_| after.len() + 1 >= tail && files.len() < MAX_FILES);
        if let Some((name, (content, after))) = block.and_then(|name| Some((name, content(after)?))) {
            files.push(File { name, content });
            rest = after;
            continue;
        }
        out.extend_from_slice(rest.get(..rest.len() - after.len()).unwrap_or_default());
        rest = after;
    }
    (out.into(), files)
}

/// The content of the first file, for bodies that are encoded as a whole.
pub(super) fn first(octets: &[u8]) -> Option<Vec<u8>> {
    extract(octets).1.into_iter().next().map(|file| file.content.to_vec())
}

/// The first line and what follows it.
fn split_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1);
    let (line, after) = text.split_at_checked(end)?;
    (!text.is_empty()).then(|| (line.trim_ascii_end(), after))
}

/// The name in `begin 644 name`.
fn name(line: &[u8]) -> Option<String> {
    let line = String::from_utf8_lossy(line.strip_prefix(BEGIN)?);
    let (mode, name) = line.split_once(' ')?;
    let octal = (3..=4).contains(&mode.len()) && mode.bytes().all(|digit| matches!(digit, b'0'..=b'7'));
    let name = name.trim();
    (octal && !name.is_empty()).then(|| name.to_owned())
}

/// The octets up to `end`, and the text below; nothing if a line is no line of the encoding.
fn content(text: &[u8]) -> Option<(Arc<[u8]>, &[u8])> {
    let (mut octets, mut after_end) = (0_usize, None);
    let mut rest = text;
    while let Some((line, after)) = split_line(rest) {
        rest = after;
        if line == b"end" {
            after_end = Some(after);
            break;
        }
        octets += decode(line, |_| {})?;
    }
    let after_end = after_end?;
    // A file may be as large as half of the mail: it is made once, in its place.
    let mut made: Arc<[u8]> = std::iter::repeat_n(0, octets).collect();
    let mut places = Arc::get_mut(&mut made)?.iter_mut();
    let mut put = |octet| {
        if let Some(place) = places.next() {
            *place = octet;
        }
    };
    let lines = std::iter::successors(split_line(text), |(_, after)| split_line(after));
    for (line, _) in lines.take_while(|(line, _)| *line != b"end") {
        decode(line, &mut put)?;
    }
    Some((made, after_end))
}

/// One line: a sign for the number of octets, then four signs for each three. Says how many there were.
fn decode(line: &[u8], mut put: impl FnMut(u8)) -> Option<usize> {
    let Some((&count, signs)) = line.split_first() else { return Some(0) };
    let count = usize::from(value(count)?);
    // Trailing blanks, which are zeros, get lost; more is missing nowhere.
    if signs.len() > count.div_ceil(3) * 4 + 4 {
        return None;
    }
    let mut padded = signs.iter().copied().chain(std::iter::repeat(b' '));
    let mut left = count;
    while left > 0 {
        let mut bits = 0_u32;
        for _ in 0..4 {
            bits = bits << 6 | u32::from(value(padded.next()?)?);
        }
        let [_, octets @ ..] = bits.to_be_bytes();
        octets.into_iter().take(left).for_each(&mut put);
        left = left.saturating_sub(3);
    }
    Some(count)
}

/// The six bits of a sign; a back quote is a blank.
fn value(sign: u8) -> Option<u8> {
    matches!(sign, b' '..=b'`').then(|| (sign - b' ') & 0x3f)
}

#[cfg(test)]
mod tests {
    use super::{extract, first};

    #[test]
    fn files_leave_the_text() {
        let (text, files) = extract(b"see file\n\nbegin 644 a note.txt\n%:&5L;&\\\n`\nend\nbye\n");
        assert_eq!(&*text, b"see file\n\nbye\n");
        let file = files.first().unwrap();
        assert_eq!((file.name.as_str(), &*file.content), ("a note.txt", b"hello".as_slice()));
        assert_eq!(first(b"begin 644 a\r\n%:&5L;&\\\r\n`\r\nend\r\n").unwrap(), b"hello");
    }

    #[test]
    fn what_only_looks_so_stays() {
        for text in [
            "begin 644 a\nDear all, this is text\nend\n",
            "begin 644 a\n%:&5L;&\\\n",
            "begin 9xx a\nend\n",
            "begin\nend\n",
        ] {
            assert_eq!(extract(text.as_bytes()), (text.as_bytes().into(), Vec::new()));
        }
        let many = format!("{}\nend\n", "begin 644 a\nabc\n".repeat(50_000));
        assert_eq!(extract(many.as_bytes()).1.len(), 0);
    }
}
