//! Transfer encodings and charsets, undone so that something readable is always left.

use std::borrow::Cow;

use mail_parser::decoders::charsets::map::charset_decoder;
use memchr::memchr2;

/// Text, and the label nobody knows if there was one.
pub(super) struct Decoded<'o> {
    pub(super) text: Cow<'o, str>,
    pub(super) unknown: Option<String>,
}

/// Decodes `octets` by a charset label; without one, and for ASCII, by what the octets look like.
pub(super) fn decode<'o>(octets: &'o [u8], label: Option<&str>) -> Decoded<'o> {
    let label = label.map(clean_label).unwrap_or_default();
    let known = |text: Cow<'o, str>| Decoded { text: without_mark(text), unknown: None };
    match label.as_str() {
        "" | "us-ascii" | "ascii" | "7bit" | "8bit" | "utf-8" | "utf8" | "unknown-8bit" | "x-unknown"
        | "unknown" | "default" | "binary" => known(guess(octets)),
        // Programs that write UTF-8 and say Latin 1: by chance, a Latin text is never sound UTF-8.
        "iso-8859-1" | "iso-8859-15" | "windows-1252" | "latin1" if is_utf8(octets) => known(guess(octets)),
        label => match charset_decoder(label.as_bytes()) {
            Some(decoder) if label.starts_with("iso-2022-jp") => {
                known(decoder(&without_idle_escapes(octets)).into())
            }
            Some(decoder) => known(decoder(octets).into()),
            None => Decoded { text: without_mark(guess(octets)), unknown: Some(label.to_owned()) },
        },
    }
}

/// More than ASCII, and every octet of it sound.
fn is_utf8(octets: &[u8]) -> bool {
    !octets.is_ascii() && std::str::from_utf8(octets).is_ok()
}

/// An escape right behind another one is an error to the decoder, and what joining encoded words leads to.
fn without_idle_escapes(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((&octet, after)) = rest.split_first() {
        let idle = octet == 0x1b && matches!(rest.get(..4), Some([_, b'(' | b'$', _, 0x1b]));
        if idle {
            rest = rest.get(3..).unwrap_or_default();
            continue;
        }
        out.push(octet);
        rest = after;
    }
    out
}

/// A label as the table spells it: what mailers add around it is cut off.
fn clean_label(label: &str) -> String {
    let bare = label.trim().trim_matches(['"', '\'', '=', ' ']);
    let bare = bare.split([';', ',', ' ']).next().unwrap_or_default().to_ascii_lowercase();
    match bare.as_str() {
        "cp-1252" | "win-1252" | "ansi" | "x-ansi" => "windows-1252".to_owned(),
        "cp-850" | "ibm-850" => "cp850".to_owned(),
        "utf-8-sig" | "utf8mb4" | "x-utf-8" | "unicode-1-1-utf-8" => "utf-8".to_owned(),
        "cp932" | "ms932" | "windows-932" | "sjis" => "shift_jis".to_owned(),
        "cp949" | "uhc" => "euc-kr".to_owned(),
        "cp950" => "big5".to_owned(),
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-ms" | "cp50220" | "cp50221" => {
            "iso-2022-jp".to_owned()
        }
        "8859-1" | "iso-8859-1-windows-3.1-latin-1" | "latin-1" => "iso-8859-1".to_owned(),
        _ => bare,
    }
}

/// UTF-8 where it is, else what the octets look like, else Windows-1252, which gives every octet a meaning.
/// Text that is mostly UTF-8 with a few broken octets (cut by a gateway) stays UTF-8.
fn guess(octets: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(octets) {
        Ok(text) => text.into(),
        Err(_) => {
            let lossy = String::from_utf8_lossy(octets);
            let broken = lossy.chars().filter(|&character| character == '\u{fffd}').count();
            let sound = lossy.chars().filter(|character| !character.is_ascii()).count() - broken;
            match charset_decoder(detected(octets).as_bytes()) {
                Some(decoder) if broken > sound => decoder(octets).into(),
                _ => lossy,
            }
        }
    }
}

/// The charset that octets without a label are in, by their frequencies. A few accents in a Latin text prove
/// nothing, so that they stay Windows-1252.
fn detected(octets: &[u8]) -> String {
    const LATIN: &str = "windows-1252";
    const SAMPLE: usize = 16_384;
    let sample = octets.get(..SAMPLE).unwrap_or(octets);
    let high = sample.iter().filter(|octet| !octet.is_ascii()).count();
    let letters = sample.iter().filter(|octet| octet.is_ascii_alphabetic()).count();
    if high < 4 || high < letters / 3 {
        return LATIN.to_owned();
    }
    let mut detector = chardetng::EncodingDetector::new();
    detector.feed(sample, sample.len() == octets.len());
    detector.guess(None, false).name().to_ascii_lowercase()
}

/// Drops a byte order mark.
fn without_mark(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => text.strip_prefix('\u{feff}').unwrap_or(text).into(),
        Cow::Owned(mut text) => {
            if text.starts_with('\u{feff}') {
                text.remove(0);
            }
            text.into()
        }
    }
}

/// Undoes a Content-Transfer-Encoding (RFC 2045 section 6); unknown ones are taken as they stand, without a copy.
/// No more than about `most` octets are made: what stands behind them is not looked at.
pub(super) fn transfer<'o>(octets: &'o [u8], encoding: &str, most: usize) -> Cow<'o, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(without_foot(octets), most).into(),
        "x-uuencode" | "x-uue" | "uuencode" | "uue" => {
            super::uuencode::first(octets).map_or(Cow::Borrowed(octets), Cow::Owned)
        }
        "quoted-printable" => quoted_printable(octets, most).into(),
        _ => Cow::Borrowed(octets),
    }
}

/// Lists put their foot, in clear, below an encoded text; no line of base64 begins with dashes.
fn without_foot(octets: &[u8]) -> &[u8] {
    let foot = |mark: &[u8]| octets.windows(mark.len()).position(|window| window == mark);
    let end = [b"\n--".as_slice(), b"\n___"].into_iter().filter_map(foot).min().unwrap_or(octets.len());
    octets.get(..end).unwrap_or(octets)
}

/// Base64 that skips whatever does not belong to it (RFC 2045 section 6.8) and goes on behind padding,
/// for gateways that glue encoded blocks together.
///
/// It ends behind `most` octets, or one or two more.
pub(super) fn base64(octets: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity((octets.len() / 4 * 3).min(most) + 3);
    let (mut bits, mut count) = (0_u32, 0_u8);
    let mut rest = octets;
    loop {
        // Between line ends there is nothing but groups of four digits.
        while count == 0
            && out.len() < most
            && let Some((&[a, b, c, d], after)) = rest.split_first_chunk()
            && let (a, b, c, d) = (digit(a), digit(b), digit(c), digit(d))
            && (a | b | c | d) < SKIPPED
        {
            let group = u32::from(a) << 18 | u32::from(b) << 12 | u32::from(c) << 6 | u32::from(d);
            let [_, first, second, third] = group.to_be_bytes();
            out.extend_from_slice(&[first, second, third]);
            rest = after;
        }
        let Some((&octet, after)) = rest.split_first().filter(|_| out.len() < most) else { break };
        rest = after;
        match digit(octet) {
            PADDING => (bits, count) = flush(&mut out, bits, count),
            SKIPPED => {}
            value => {
                bits = bits << 6 | u32::from(value);
                count += 1;
                if count == 4 {
                    out.extend_from_slice(bits.to_be_bytes().get(1..).unwrap_or_default());
                    (bits, count) = (0, 0);
                }
            }
        }
    }
    flush(&mut out, bits, count);
    out
}

/// What stands for an octet that is no digit, and for `=`. Both are larger than any digit, in one bit.
const SKIPPED: u8 = 64;
const PADDING: u8 = 65;

/// The digit that an octet is, in the alphabets of RFC 4648 sections 4 and 5.
fn digit(octet: u8) -> u8 {
    const DIGITS: [u8; 256] = {
        let mut digits = [SKIPPED; 256];
        let mut octet = 0_u8;
        loop {
            #[expect(clippy::indexing_slicing, reason = "256 of them, at the time of compiling")]
            {
                digits[octet as usize] = match octet {
                    b'A'..=b'Z' => octet - b'A',
                    b'a'..=b'z' => octet - b'a' + 26,
                    b'0'..=b'9' => octet - b'0' + 52,
                    b'+' | b'-' => 62,
                    b'/' | b'_' => 63,
                    b'=' => PADDING,
                    _ => SKIPPED,
                };
            }
            if octet == u8::MAX {
                break digits;
            }
            octet += 1;
        }
    };
    DIGITS.get(usize::from(octet)).copied().unwrap_or(SKIPPED)
}

/// Writes the one or two octets of an unfinished group of four digits.
fn flush(out: &mut Vec<u8>, bits: u32, count: u8) -> (u32, u8) {
    let octets = match count {
        2 => (bits << 12).to_be_bytes(),
        3 => (bits << 6).to_be_bytes(),
        _ => return (0, 0),
    };
    out.extend_from_slice(octets.get(1..usize::from(count)).unwrap_or_default());
    (0, 0)
}

/// Quoted-printable (RFC 2045 section 6.7); a `=` that starts nothing stays. It ends behind `most` octets.
pub(super) fn quoted_printable(octets: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len().min(most));
    let mut rest = octets;
    while out.len() < most {
        let plain = memchr2(b'=', b'\n', rest).unwrap_or(rest.len());
        let (run, special) = rest.split_at_checked(plain.min(most - out.len())).unwrap_or((rest, &[]));
        out.extend_from_slice(run);
        let Some((&octet, after)) = special.split_first().filter(|_| out.len() < most) else { break };
        rest = after;
        match octet {
            b'=' => match hex(after) {
                Some(value) => {
                    out.push(value);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => match soft_break(after) {
                    Some(length) => rest = after.get(length..).unwrap_or_default(),
                    None => out.push(b'='),
                },
            },
            // Blanks at the end of a line were added on the way and are no part of it.
            b'\n' => {
                let carriage = out.ends_with(b"\r");
                if carriage {
                    out.pop();
                }
                while out.last().is_some_and(|octet| matches!(octet, b' ' | b'\t')) && !ends_encoded(&out) {
                    out.pop();
                }
                out.push(b'\n');
            }
            other => out.push(other),
        }
    }
    out
}

/// Blanks that the sender meant are written `=20`; they cannot be told apart once decoded, and the blank
/// of `-- ` and of format=flowed matters, so that one blank is kept.
fn ends_encoded(out: &[u8]) -> bool {
    !out.ends_with(b"  ") && !out.ends_with(b"\t")
}

/// Length of the soft line break behind a `=`, blanks on the way included.
fn soft_break(after: &[u8]) -> Option<usize> {
    let blanks = after.iter().take_while(|octet| matches!(octet, b' ' | b'\t' | b'\r')).count();
    match after.get(blanks) {
        Some(b'\n') => Some(blanks + 1),
        None => Some(blanks),
        Some(_) => None,
    }
}

/// The Q encoding of RFC 2047 section 4.2.
pub(super) fn quoted_word(octets: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = octets.iter().map(|&octet| if octet == b'_' { b' ' } else { octet }).collect();
    let mut out = Vec::with_capacity(spaced.len());
    let mut rest = spaced.as_slice();
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match (octet, hex(after)) {
            (b'=', Some(value)) => {
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => out.push(octet),
        }
    }
    out
}

/// Percent encoding of RFC 2231 section 4.
pub(super) fn percent(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let Some((&octet, after)) = rest.split_first() {
        rest = after;
        match (octet, hex(after)) {
            (b'%', Some(value)) => {
                out.push(value);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => out.push(octet),
        }
    }
    out
}

/// Two hexadecimal digits at the start of `octets`.
fn hex(octets: &[u8]) -> Option<u8> {
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    match octets {
        [high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_lenient() {
        assert_eq!(base64(b"SGVsbG8=", usize::MAX), b"Hello");
        assert_eq!(base64(b"SGVs\r\nbG8", usize::MAX), b"Hello");
        assert_eq!(base64(b"SGVsbG8=SGVsbG8=", usize::MAX), b"HelloHello");
        assert_eq!(base64(b"!!!!", usize::MAX), b"");
        assert_eq!(base64(b"QQ", usize::MAX), b"A");
        assert_eq!(base64(b"SGV\r\nsbG8sIHdvcmxk", usize::MAX), b"Hello, world");
        assert_eq!(base64(b"SGVsbG8sIHdvcmxk", 4), b"Hello,");
        assert_eq!(base64(b"S\xffGVsbG8=QQ==\nSGVsbG8-_w", usize::MAX), b"HelloAHello>\xff");
    }

    #[test]
    fn quoted_printable_is_lenient() {
        assert_eq!(quoted_printable(b"a=3Db=\r\nc", usize::MAX), b"a=bc");
        assert_eq!(quoted_printable(b"50 = 50 =zz =", usize::MAX), b"50 = 50 =zz ");
        assert_eq!(quoted_printable(b"line   \r\nnext", usize::MAX), b"line \nnext");
        assert_eq!(quoted_printable(b"-- \r\nme", usize::MAX), b"-- \nme");
        assert_eq!(quoted_printable(b"=41=42=43", 2), b"AB");
        assert_eq!(quoted_printable(b"a= \t\nb", usize::MAX), b"ab");
    }

    #[test]
    fn charsets_never_lose_the_text() {
        assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")).text, "café");
        assert_eq!(decode(b"caf\xe9", None).text, "café");
        assert_eq!(decode("café".as_bytes(), Some("us-ascii")).text, "café");
        assert_eq!(decode(b"\xef\xbb\xbfhi", Some("UTF-8")).text, "hi");
        // Nobody said so, and it is all the same KOI8-R, GB 2312, Windows-1251 and Shift_JIS.
        assert_eq!(decode(b"\xf0\xd2\xc9\xd7\xc5\xd4, \xd0\xd2\xc9\xce\xd4\xc5\xd2 \xce\xc5 \xd2\xc1\xc2\xcf\xd4\xc1\xc5\xd4", None).text, "Привет, принтер не работает");
        assert_eq!(
            decode(b"\xcf\xf0\xe8\xed\xf2\xe5\xf0 \xed\xe5 \xf0\xe0\xe1\xee\xf2\xe0\xe5\xf2", None).text,
            "Принтер не работает"
        );
        assert_eq!(
            decode(b"\xb4\xf2\xd3\xa1\xbb\xfa\xb2\xbb\xc4\xdc\xb4\xf2\xd3\xa1\xc1\xcb", None).text,
            "打印机不能打印了"
        );
        assert_eq!(decode(b"Die H\xe4schen und die Fr\xf6sche", None).text, "Die Häschen und die Frösche");
        let odd = decode("día".as_bytes(), Some("x-klingon"));
        assert_eq!((&*odd.text, odd.unknown.as_deref()), ("día", Some("x-klingon")));
        assert_eq!(decode(b"\xc4\xe3\xba\xc3", Some("\"GB2312\"")).text, "你好");
        for label in
            ["windows-1251", "koi8-r", "iso-8859-15", "shift_jis", "euc-kr", "big5", "utf-16le", "utf-7"]
        {
            assert!(decode(b"abcd", Some(label)).unknown.is_none(), "{label}");
        }
    }
}
