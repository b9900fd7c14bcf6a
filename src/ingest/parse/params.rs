//! Content-Type and Content-Disposition (RFC 2045 section 5.1, RFC 2183) with the parameters of RFC 2231.

use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use super::charset;
use super::words;

/// A longer value is cut: the crate compares each parameter with all others.
const MAX_VALUE: usize = 16_384;

/// `type/subtype` or a disposition, and its parameters.
#[derive(Debug, Default, Clone)]
pub(super) struct Params {
    /// `text/plain`, `attachment`, ..., lower case.
    pub(super) kind: String,
    /// Names in lower case, values decoded.
    values: Vec<(String, String)>,
}

impl Params {
    /// A parameter, decoded.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `text` of `text/plain`.
    pub(super) fn main_type(&self) -> &str {
        self.kind.split('/').next().unwrap_or_default()
    }
}

/// Reads a value that is unfolded already. The crate reads type and plain parameters; what RFC 2231 adds is
/// read here, because segments must be joined before their charset is undone.
pub(super) fn read(value: &str) -> Params {
    let mut end = value.len().min(MAX_VALUE);
    while !value.is_char_boundary(end) {
        end -= 1;
    }
    let value = value.get(..end).unwrap_or_default();
    let value = &with_semicolon(value);
    let line = format!("{value}\n");
    let HeaderValue::ContentType(read) = MessageStream::new(line.as_bytes()).parse_content_type() else {
        return Params::default();
    };
    let kind = match read.subtype() {
        Some(subtype) => format!("{}/{}", read.ctype(), subtype),
        None => read.ctype().to_owned(),
    };
    let mut values = extended(value);
    // Encoded words in quotes and paths with bare backslashes are more than the crate reads.
    for (name, text) in pieces(value) {
        if (text.contains("=?") || text.contains('\\')) && !values.iter().any(|(known, _)| *known == name) {
            values.push((name, words::decode(&text)));
        }
    }
    for attribute in read.attributes().unwrap_or_default() {
        let name = attribute.name.to_ascii_lowercase();
        if !values.iter().any(|(known, _)| *known == name) {
            values.push((name, words::decode(&attribute.value)));
        }
    }
    Params { kind: kind.to_ascii_lowercase(), values }
}

/// `text/plain charset=utf-8`, with the semicolon that was forgotten.
fn with_semicolon(value: &str) -> String {
    let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
    match kind.trim().split_once(char::is_whitespace) {
        Some((kind, parameter)) if kind.contains('/') && parameter.contains('=') => {
            format!("{kind}; {};{rest}", parameter.trim())
        }
        _ => value.to_owned(),
    }
}

/// One `name*0*=...` piece.
struct Segment {
    name: String,
    number: u32,
    encoded: bool,
    value: String,
}

/// The parameters in RFC 2231's forms `name*=`, `name*0=` and `name*0*=`.
fn extended(value: &str) -> Vec<(String, String)> {
    let mut segments: Vec<Segment> = pieces(value).into_iter().filter_map(segment).collect();
    segments.sort_by(|one, other| (&one.name, one.number).cmp(&(&other.name, other.number)));
    let mut out: Vec<(String, String)> = Vec::new();
    for group in segments.chunk_by(|one, other| one.name == other.name) {
        if let Some(first) = group.first() {
            out.push((first.name.clone(), joined(group)));
        }
    }
    out
}

/// Joins the segments of one parameter; the charset stands in front of the first (RFC 2231 section 4.1).
fn joined(group: &[Segment]) -> String {
    let mut label = None;
    let mut octets = Vec::new();
    let encoded = group.iter().any(|segment| segment.encoded);
    for (index, segment) in group.iter().enumerate() {
        let mut value = segment.value.as_str();
        if index == 0 && segment.encoded {
            let mut quoted = value.splitn(3, '\'');
            if let (Some(charset), Some(_), Some(rest)) = (quoted.next(), quoted.next(), quoted.next()) {
                label = Some(charset.to_owned());
                value = rest;
            }
        }
        if segment.encoded {
            octets.extend(charset::percent(value.as_bytes()));
        } else {
            octets.extend_from_slice(value.as_bytes());
        }
    }
    let text = charset::decode(&octets, label.as_deref()).text;
    if encoded { text.into_owned() } else { words::decode(&text) }
}

/// A piece, if its name has a star.
fn segment((name, value): (String, String)) -> Option<Segment> {
    let (base, stars) = name.split_once('*')?;
    let encoded = stars.is_empty() || stars.ends_with('*');
    let number = stars.trim_end_matches('*');
    let number = if number.is_empty() { 0 } else { number.parse().ok()? };
    Some(Segment { name: base.trim().to_owned(), number, encoded, value })
}

/// All `name=value` pieces, quotes and backslashes undone.
fn pieces(value: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let (mut name, mut current) = (None::<String>, String::new());
    let (mut quoted, mut escaped) = (false, false);
    let mut characters = value.chars().chain([';']).peekable();
    while let Some(character) = characters.next() {
        match character {
            _ if escaped => {
                current.push(character);
                escaped = false;
            }
            // A path is often written with backslashes that escape nothing.
            '\\' if quoted && matches!(characters.peek(), Some('"' | '\\')) => escaped = true,
            '"' => quoted = !quoted,
            ';' if !quoted => {
                if let Some(name) = name.take() {
                    out.push((name.trim().to_owned(), std::mem::take(&mut current)));
                }
                current.clear();
            }
            '=' if !quoted && name.is_none() => {
                name = Some(std::mem::take(&mut current).to_ascii_lowercase())
            }
            blank if blank.is_whitespace() && !quoted => {}
            other => current.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_names_of_all_kinds() {
        for (value, name, wanted) in [
            ("attachment; filename=a.pdf", "filename", "a.pdf"),
            ("attachment; filename=\"a b.pdf\"", "filename", "a b.pdf"),
            ("attachment; filename*=UTF-8''caf%C3%A9.pdf", "filename", "café.pdf"),
            ("attachment; filename=x.pdf; filename*=iso-8859-1'fr'%E9t%E9.pdf", "filename", "été.pdf"),
            ("attachment; filename*0=\"long \"; filename*1=\"name.pdf\"", "filename", "long name.pdf"),
            ("attachment; filename*1*=%A9.pdf; filename*0*=UTF-8''caf%C3", "filename", "café.pdf"),
            ("attachment; filename*0*=UTF-8''a%20; filename*1=b.txt", "filename", "a b.txt"),
            ("attachment; filename=\"=?utf-8?Q?caf=C3=A9.pdf?=\"", "filename", "café.pdf"),
            ("application/pdf; name=\"a;b.pdf\"", "name", "a;b.pdf"),
            ("application/pdf; name=\"=?utf-8?Q?a?= =?utf-8?Q?b?=\"", "name", "ab"),
            ("attachment; filename=\"C:\\tmp\\x.pdf\"", "filename", "C:\\tmp\\x.pdf"),
            ("text/plain charset=utf-8", "charset", "utf-8"),
            ("text/plain charset=utf-8; format=flowed", "format", "flowed"),
            ("Text/Plain; Charset=UTF-8; format=flowed", "charset", "UTF-8"),
        ] {
            assert_eq!(read(value).get(name), Some(wanted), "{value}");
        }
        assert_eq!(read("Text/Plain; Charset=UTF-8").kind, "text/plain");
    }
}
