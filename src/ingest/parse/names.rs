//! File names of attachments: decoded, and harmless wherever they are shown or stored.

use super::mime::Node;

/// Longest name kept, in characters; file systems take 255 octets.
const MAX_CHARACTERS: usize = 120;

/// Endings for parts that came without a name.
const ENDINGS: [(&str, &str); 24] = [
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/ms-tnef", "dat"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/pgp-encrypted", "asc"),
    ("application/pgp-signature", "asc"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pkcs7-signature", "p7s"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("message/global", "eml"),
    ("message/rfc822", "eml"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/rfc822-headers", "txt"),
    ("text/vcard", "vcf"),
];

/// The name of the `number`th attachment. Two may share one, as in the mail; their digests differ.
pub(super) fn name(node: &Node<'_>, number: usize) -> String {
    let given = given(node).map(safe).unwrap_or_default();
    if !given.is_empty() {
        return given;
    }
    let kind = node.content_type.kind.as_str();
    let other = if kind.starts_with("message/") || kind.starts_with("text/") { "txt" } else { "bin" };
    let ending = ENDINGS.iter().find(|(known, _)| *known == kind).map_or(other, |(_, ending)| ending);
    format!("attachment-{number}.{ending}")
}

/// The name of a file out of another container, made harmless.
pub(super) fn of_file(name: &str) -> Option<String> {
    Some(safe(name)).filter(|name| !name.is_empty())
}

/// What the mail says: Content-Disposition before Content-Type (RFC 2183 section 2.3).
pub(super) fn given<'a>(node: &'a Node<'_>) -> Option<&'a str> {
    let named = |text: &&str| !text.trim().is_empty();
    node.disposition.get("filename").filter(named).or_else(|| node.content_type.get("name").filter(named))
}

/// No path, no control, direction or zero-width character, nothing a shell or Windows dislikes, no dot in front.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|&character| !character.is_control() && !is_invisible(character))
        .map(|character| if "<>:\"|?*".contains(character) { '_' } else { character })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    shorten(clean.trim_matches(['.', ' ']))
}

/// Characters that hide or turn what a name says (`photo\u{202e}gpj.exe`).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cuts a long name but keeps its ending.
fn shorten(name: &str) -> String {
    if name.chars().count() <= MAX_CHARACTERS {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let room = MAX_CHARACTERS.saturating_sub(ending.chars().count());
    stem.chars().take(room).chain(ending.chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn names_are_harmless() {
        for (given, wanted) in [
            ("report.pdf", "report.pdf"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ana\\informe final.docx", "informe final.docx"),
            ("a\u{202e}fdp.exe", "afdp.exe"),
            ("a\r\nb\0.txt", "ab.txt"),
            ("...", ""),
            (".htaccess", "htaccess"),
            ("what?.txt", "what_.txt"),
            ("/", ""),
        ] {
            assert_eq!(safe(given), wanted, "{given:?}");
        }
        assert_eq!(safe(&format!("{}.pdf", "x".repeat(500))).chars().count(), 120);
        assert!(safe(&format!("{}.pdf", "x".repeat(500))).ends_with(".pdf"));
    }
}
