//! What people type, as mail programs and telephones deliver it: invisible characters, clever quotes,
//! full-width letters. Everything that reads words out of a mail reads them through here.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// One line as a person would retype it: no invisible characters, plain blanks and quotes, no full-width
/// forms. Case, accents and dashes stay, because names may have them.
pub fn clean(line: &str) -> String {
    line.chars().filter(|c| !is_invisible(*c)).map(plain).collect()
}

/// One line for comparing with known words: [`clean`], hyphens for all dashes, lower case, no accents,
/// single blanks, without one final full stop.
pub fn folded(line: &str) -> String {
    let marks_off = line.chars().filter(|c| !is_invisible(*c)).map(plain).map(hyphen).nfkd();
    let lower: String =
        marks_off.filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).map(plain).collect();
    let mut words = lower.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.ends_with('.') && !words.ends_with("..") {
        words.pop();
    }
    words.truncate(words.trim_end().len());
    words
}

/// Text without the quotes or guillemets around it, blanks trimmed.
pub fn unquoted(text: &str) -> &str {
    let text = text.trim();
    for (open, close) in [('"', '"'), ('\'', '\''), ('«', '»')] {
        if let Some(inner) = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inner.trim();
        }
    }
    text
}

/// Nothing that a reader sees: marks of direction and joining, byte order marks, soft hyphens, variation
/// selectors and the frame of key-cap emoji (a telephone may write `#` as one), controls.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{20E3}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E01EF}')
        || (c.is_control() && !c.is_whitespace())
}

fn plain(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => {
            // Full-width forms stand in the order of ASCII.
            char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c)
        }
        '\u{FE5F}' => '#',
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{60}' | '\u{B4}' => '\'',
        '\u{201C}'..='\u{201F}' | '\u{2033}' => '"',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn hyphen(c: char) -> char {
    if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}') { '-' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_programs_add() {
        let cases = [
            ("#Cerrar.", "#cerrar"),
            ("\u{FEFF}#close", "#close"),
            ("＃ＣＬＯＳＥ", "#close"),
            ("#\u{FE0F}\u{20E3}close", "#close"),
            ("\u{200F}#close\u{200E}", "#close"),
            ("#pend\u{A0}2d\u{A0}", "#pend 2d"),
            ("#pend 2d close–", "#pend 2d close-"),
            ("#pend 2d close\u{2212}", "#pend 2d close-"),
            ("#Público", "#publico"),
            ("#PU\u{301}BLICO", "#publico"),
            ("  a \t b  ", "a b"),
            ("and so on...", "and so on..."),
            ("mañana .", "manana"),
            ("“Mesa”", "\"mesa\""),
            ("", ""),
        ];
        for (typed, expected) in cases {
            assert_eq!(folded(typed), expected, "{typed:?}");
        }
        assert_eq!(clean("\u{200B}Título – “x”"), "Título – \"x\"");
        assert_eq!(unquoted(" \"Mesa de Ayuda\" "), "Mesa de Ayuda");
        assert_eq!(unquoted("«Sistemas»"), "Sistemas");
        assert_eq!(unquoted("\""), "\"");
    }
}
