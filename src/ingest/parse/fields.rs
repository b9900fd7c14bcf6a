//! The header section cut into fields, by hand, so that no octet of a broken header is lost.
//!
//! Does not interpret any field; see `words`, `addresses` and `params`.

use super::charset;
use super::words;
use crate::mail::Header;

/// Fields beyond this many are not read: a mail of 1 MB of `a:` lines is no mail.
const MAX_FIELDS: usize = 10_000;

/// One field as it stands in the mail: the value still folded and encoded.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a [u8],
}

/// A header section and where its body begins.
pub(super) struct Head<'a> {
    pub(super) fields: Vec<Field<'a>>,
    /// Offset of the body from the start of what was given.
    pub(super) body_at: usize,
    /// Fields were left unread.
    pub(super) over_limit: bool,
}

impl<'a> Head<'a> {
    /// The raw value of the first field of that name.
    pub(super) fn first(&self, name: &str) -> Option<&'a [u8]> {
        self.fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    }
}

/// The line that starts at `at`, without its line end, and where the next one starts.
pub(super) fn line_at(raw: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = raw.get(at..).filter(|rest| !rest.is_empty())?;
    let length = rest.iter().position(|&octet| octet == b'\n');
    let line = rest.get(..length.unwrap_or(rest.len())).unwrap_or_default();
    let next = length.map_or(raw.len(), |length| at + length + 1);
    Some((line.strip_suffix(b"\r").unwrap_or(line), next))
}

/// Cuts the header section off `raw`, reading at most `limit` octets of it.
///
/// Lenient as RFC 5322 section 4 asks: an mbox `From ` line, a byte order mark and blank lines in front
/// are skipped, a stray line between two fields is dropped, and a line that can be no field ends the
/// header, because a lost blank line must not cost the text.
pub(super) fn split(raw: &[u8], limit: usize) -> Head<'_> {
    let mut fields = Vec::new();
    let mut at = skip_leading(raw);
    let mut over_limit = false;
    while let Some((line, next)) = line_at(raw, at) {
        if line.is_empty() {
            at = next;
            break;
        }
        let Some((name, value_at)) = field_name(line) else {
            let stray = !fields.is_empty() && !line.starts_with(b"--");
            if stray && line_at(raw, next).is_some_and(|(line, _)| field_name(line).is_some()) {
                at = next;
                continue;
            }
            break;
        };
        let end = continuation_end(raw, next);
        if end > limit || fields.len() >= MAX_FIELDS {
            over_limit = true;
            at = skip_section(raw, at);
            break;
        }
        let value = raw.get(at + value_at..end).unwrap_or_default().trim_ascii();
        fields.push(Field { name, value });
        at = end;
    }
    Head { fields, body_at: at.min(raw.len()), over_limit }
}

/// Where the first field may stand.
fn skip_leading(raw: &[u8]) -> usize {
    let mut at = if raw.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    while let Some((line, next)) = line_at(raw, at) {
        // `From : ana@example.org` is a field (RFC 5322 section 4.5).
        let mbox = (line.starts_with(b"From ") || line.starts_with(b">From ")) && field_name(line).is_none();
        if !line.trim_ascii().is_empty() && !mbox {
            break;
        }
        at = next;
    }
    // Nothing but blank lines: there is no header, and nothing to lose.
    at
}

/// The name of a field and where its value starts, if the line begins one (RFC 5322 section 2.2).
fn field_name(line: &[u8]) -> Option<(&str, usize)> {
    let colon = line.iter().position(|&octet| octet == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    let valid = !name.is_empty() && name.iter().all(|octet| octet.is_ascii_graphic());
    valid.then(|| std::str::from_utf8(name).ok()).flatten().map(|name| (name, colon + 1))
}

/// Where the folded lines of a field end.
fn continuation_end(raw: &[u8], mut at: usize) -> usize {
    while let Some((line, next)) = line_at(raw, at) {
        // A folded line of blanks only belongs to the field (RFC 5322 section 4.2), an empty one does not.
        let folded = line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t'));
        if !folded && !is_lost_parameter(raw, at, line) {
            break;
        }
        at = next;
    }
    at
}

/// `boundary="..."` behind a `;`, its indentation lost on the way.
fn is_lost_parameter(raw: &[u8], at: usize, line: &[u8]) -> bool {
    let above = raw.get(..at).unwrap_or_default().trim_ascii_end();
    let name = line
        .iter()
        .position(|&octet| octet == b'=')
        .and_then(|equals| line.get(..equals))
        .unwrap_or_default();
    let plain = name.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'*'));
    above.ends_with(b";") && !name.is_empty() && plain
}

/// The end of the header section, for one that is too long to be read.
fn skip_section(raw: &[u8], mut at: usize) -> usize {
    while let Some((line, next)) = line_at(raw, at) {
        at = next;
        if line.is_empty() {
            break;
        }
    }
    at
}

/// A value as text: unfolded, in UTF-8, still with its encoded words; the flag says that raw octets
/// outside UTF-8 were guessed, by the charset the mail declares for its text.
pub(super) fn unfold(value: &[u8], declared: Option<&str>) -> (String, bool) {
    let (text, raw) = match std::str::from_utf8(value) {
        Ok(text) if !text.contains("\u{1b}$") => (text.to_owned(), false),
        Ok(_) => (charset::decode(value, Some("iso-2022-jp")).text.into_owned(), true),
        Err(_) => (charset::decode(value, declared).text.into_owned(), true),
    };
    (text.replace("\r\n", "").replace('\n', ""), raw)
}

/// A value for people: unfolded, decoded, in one line, without control characters.
pub(super) fn shown(value: &str) -> (String, bool) {
    strip_controls(words::decode(value).trim())
}

/// Removes control characters; a tab becomes a blank. The flag says that there were some.
pub(super) fn strip_controls(text: &str) -> (String, bool) {
    let mut removed = false;
    let clean = text
        .chars()
        .filter_map(|character| match character {
            '\t' => Some(' '),
            '\n' => Some(' '),
            control if control.is_control() => {
                removed = true;
                None
            }
            other => Some(other),
        })
        .collect();
    (clean, removed)
}

/// All fields as the rest of the program sees them.
pub(super) fn headers(head: &Head<'_>, declared: Option<&str>) -> (Vec<Header>, bool, bool) {
    let (mut raw_octets, mut controls) = (false, false);
    let headers = head
        .fields
        .iter()
        .map(|field| {
            let (text, raw) = unfold(field.value, declared);
            let (value, removed) = shown(&text);
            raw_octets |= raw;
            controls |= removed;
            Header { name: field.name.to_owned(), value }
        })
        .collect();
    (headers, raw_octets, controls)
}
