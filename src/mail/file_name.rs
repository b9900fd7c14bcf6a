//! Names of files that others chose, made harmless wherever they are shown or stored.

/// Longest name kept, in characters; file systems take 255 octets.
const MAX_CHARACTERS: usize = 120;

/// No path, no control, direction or zero-width character, nothing a shell or Windows dislikes, no dot in front, and no
/// name that Windows takes for a device. Empty where nothing is left.
pub fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|&character| !character.is_control() && !is_invisible(character))
        .map(|character| if "<>:\"|?*".contains(character) { '_' } else { character })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = shorten(clean.trim_matches(['.', ' ']));
    if is_device(&name) { format!("_{name}") } else { name }
}

/// Characters that hide or turn what a name says (`photo\u{202e}gpj.exe`).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{180e}' | '\u{e0000}'..='\u{e007f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// `CON`, `nul.txt`: on Windows devices, whatever the ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|c| c.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
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
    let stem: String = stem.chars().take(room).collect();
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
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
            ("nul", "_nul"),
            ("Com1.txt", "_Com1.txt"),
            ("console.txt", "console.txt"),
            ("a\u{e0041}b.txt", "ab.txt"),
        ] {
            assert_eq!(safe(given), wanted, "{given:?}");
        }
        assert_eq!(safe(&format!("{}.pdf", "x".repeat(500))).chars().count(), 120);
        assert!(safe(&format!("{}.pdf", "x".repeat(500))).ends_with(".pdf"));
    }
}
