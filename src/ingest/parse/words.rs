//! Encoded words of RFC 2047, read leniently: anywhere, also inside quoted strings, longer than 75
//! octets, with blanks in them, and with a character cut in two between neighbours.

use super::charset;

/// Nobody writes longer ones; the limit keeps the search for `?=` linear on hostile headers.
const MAX_WORD: usize = 4_000;

/// One encoded word, its transfer encoding undone.
struct Word<'a> {
    charset: &'a str,
    octets: Vec<u8>,
    /// Length in the source.
    length: usize,
}

/// Decodes all encoded words of `text`.
pub(super) fn decode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let (before, from_word) = rest.split_at(at);
        out.push_str(before);
        let Some(first) = word(from_word) else {
            out.push_str("=?");
            rest = from_word.get(2..).unwrap_or_default();
            continue;
        };
        rest = run(first, from_word, &mut out);
    }
    out.push_str(rest);
    out
}

/// Decodes a run of neighbouring words and returns what follows it. Neighbours in one charset are joined
/// before decoding, for mailers that cut a character in two (against RFC 2047 section 5).
fn run<'a>(first: Word<'a>, from_word: &'a str, out: &mut String) -> &'a str {
    let mut rest = from_word.get(first.length..).unwrap_or_default();
    let mut open = first;
    // RFC 2047 section 6.2: blanks between two encoded words are no part of the text.
    while let Some(next) = word(rest.trim_start()) {
        rest = rest.trim_start().get(next.length..).unwrap_or_default();
        if next.charset.eq_ignore_ascii_case(open.charset) {
            open.octets.extend_from_slice(&next.octets);
        } else {
            out.push_str(&charset::decode(&open.octets, Some(open.charset)).text);
            open = next;
        }
    }
    out.push_str(&charset::decode(&open.octets, Some(open.charset)).text);
    rest
}

/// Reads the encoded word at the very start of `text`.
fn word(text: &str) -> Option<Word<'_>> {
    let inner = text.strip_prefix("=?")?;
    let (label, after_label) = bounded_split(inner, "?", 100)?;
    let (encoding, after_encoding) = bounded_split(after_label, "?", 2)?;
    // The data of a Q word may itself begin with `=`, so `?=` is looked for behind the second `?`.
    let (data, after) = bounded_split(after_encoding, "?=", MAX_WORD)?;
    let octets = match encoding {
        "q" | "Q" => charset::quoted_word(data.as_bytes()),
        "b" | "B" => charset::base64(data.as_bytes(), usize::MAX),
        _ => return None,
    };
    // RFC 2231 section 5 allows `charset*language`.
    let charset = label.split('*').next().filter(|label| !label.is_empty())?;
    Some(Word { charset, octets, length: text.len() - after.len() })
}

/// `split_once`, looking no further than `limit` octets.
fn bounded_split<'a>(text: &'a str, separator: &str, limit: usize) -> Option<(&'a str, &'a str)> {
    let mut end = text.len().min(limit);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let at = text.get(..end)?.find(separator)?;
    Some((text.get(..at)?, text.get(at + separator.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn decodes_what_mailers_write() {
        for (encoded, decoded) in [
            ("plain", "plain"),
            ("=?utf-8?Q?caf=C3=A9?=", "café"),
            ("=?UTF-8?B?Y2Fmw6k=?= noir", "café noir"),
            ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
            ("=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            ("=?iso-8859-1?Q?a_b=E9?=", "a bé"),
            ("=?iso-8859-1*fr?Q?=E9t=E9?=", "été"),
            ("=?utf-8?Q?with blanks inside?=", "with blanks inside"),
            ("=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
            ("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"),
            ("=?utf-8?Q?x?=tail", "xtail"),
            ("=?utf-8?X?x?=", "=?utf-8?X?x?="),
            ("=?never closed", "=?never closed"),
            ("=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"),
            ("=?ISO-2022-JP?B?GyRCRnwbKEI=?= =?ISO-2022-JP?B?GyRCS1wbKEI=?=", "日本"),
            ("=?nowhere-1?Q?abc?=", "abc"),
        ] {
            assert_eq!(decode(encoded), decoded, "{encoded}");
        }
    }

    #[test]
    fn hostile_words_take_linear_time() {
        for hostile in ["=?a?q?", "=?", "=?a?b?=", "=?a?q?x?= "] {
            assert!(decode(&hostile.repeat(150_000)).len() <= 150_000 * hostile.len());
        }
    }
}
