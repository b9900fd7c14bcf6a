//! Whether octets name an address, also where a mail encodes its text (RFC 2045 sections 6.7 and 6.8).

use data_encoding::BASE64;

/// Whether raw octets name a text (ASCII case aside), as they stand, in quoted-printable, or in lines of base64.
pub fn mentions(raw: &[u8], text: &str) -> bool {
    if text.trim().is_empty() {
        return false;
    }
    let wanted = text.to_lowercase();
    contains(raw, &wanted) || contains(&quoted_printable(raw), &wanted) || in_base64(raw, &wanted)
}

fn contains(octets: &[u8], wanted: &str) -> bool {
    String::from_utf8_lossy(octets).to_lowercase().contains(wanted)
}

/// Lenient: what is no `=XX` stays; soft line ends go, and the `_` of encoded words is left alone.
fn quoted_printable(raw: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((octet, behind)) = rest.split_first() {
        rest = behind;
        if *octet != b'=' {
            plain.push(*octet);
            continue;
        }
        match behind {
            [b'\n', after @ ..] | [b'\r', b'\n', after @ ..] => rest = after,
            [high, low, after @ ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    plain.push(high * 16 + low);
                    rest = after;
                }
                _ => plain.push(b'='),
            },
            _ => plain.push(b'='),
        }
    }
    plain
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Every run of base64, over line ends: bodies, and the words of headers.
fn in_base64(raw: &[u8], wanted: &str) -> bool {
    let part_of = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let mut run: Vec<u8> = Vec::new();
    let found = |run: &mut Vec<u8>| {
        let whole = run.len() - run.len() % 4;
        let decoded = run.get(..whole).and_then(|run| BASE64.decode(run).ok());
        run.clear();
        decoded.is_some_and(|decoded| contains(&decoded, wanted))
    };
    for line in raw.split(|octet| *octet == b'\n') {
        let line = line.trim_ascii_end();
        if line.len() >= 4 && line.iter().all(part_of) {
            run.extend_from_slice(line);
            if !line.ends_with(b"=") {
                continue;
            }
        }
        if found(&mut run) {
            return true;
        }
        // The words of a line: `=?utf-8?B?...?=`.
        for word in line.split(|octet| !part_of(octet)).filter(|word| word.len() >= 8) {
            run.extend_from_slice(word);
            if found(&mut run) {
                return true;
            }
        }
    }
    found(&mut run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_and_encoded() {
        let address = "Ana@client.example";
        let body =
            BASE64.encode(b"a long text in front of it, then ana@CLIENT.example and more of it behind");
        let folded: String =
            body.as_bytes().chunks(40).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect();
        let word = BASE64.encode("Ángel ana@client.example".as_bytes());
        for raw in [
            "To: <ana@client.example>".to_owned(),
            "x ana=40clie=\nnt.example".to_owned(),
            format!("Content-Transfer-Encoding: base64\r\n\r\n{folded}\r\n--x--"),
            format!("Subject: =?utf-8?B?{word}?= x"),
        ] {
            assert!(mentions(raw.as_bytes(), address), "{raw}");
        }
        for raw in ["To: <eva@client.example>", "", "====\n=\n=4", "ana@client.exampl"] {
            assert!(!mentions(raw.as_bytes(), address), "{raw}");
        }
        assert!(!mentions(b"x", " "));
    }
}
