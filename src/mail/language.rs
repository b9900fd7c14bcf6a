//! The language a text is written in, where it is one of those we have texts for.

use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::Language;

/// Shorter texts are not judged: "ok, thanks" is no evidence.
const MIN_LETTERS: usize = 25;
/// How sure the detector must be; neighbours such as Portuguese come close to Spanish.
const SURE: f64 = 0.6;
/// No more octets than this are judged; a language shows itself early.
const MAX_READ: usize = 600;
/// So far they are looked for: links may stand in front of the text.
const MAX_SEEN: usize = 4_096;

/// Ours, and those that could be taken for them or are written by neighbours. Each costs a comparison with its most common
/// triples of letters, and of seventy most only add doubt.
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| {
    Detector::with_allowlist(vec![
        Lang::Eng,
        Lang::Spa,
        Lang::Por,
        Lang::Cat,
        Lang::Fra,
        Lang::Ita,
        Lang::Ron,
        Lang::Lat,
        Lang::Deu,
        Lang::Nld,
        Lang::Swe,
        Lang::Dan,
        Lang::Nob,
        Lang::Pol,
        Lang::Ces,
        Lang::Tur,
        Lang::Ind,
        // Other scripts, so that they are not pressed into one of the above.
        Lang::Rus,
        Lang::Cmn,
        Lang::Jpn,
        Lang::Kor,
        Lang::Ara,
        Lang::Heb,
        Lang::Ell,
    ])
});

/// English or Spanish, if the text is long enough and the detector is sure of itself.
pub fn of(text: &str) -> Option<Language> {
    let seen = text.get(..text.floor_char_boundary(MAX_SEEN.min(text.len())))?;
    let mut text = String::with_capacity(MAX_READ);
    // Addresses and links are in no language.
    for word in seen.split_whitespace().filter(|word| !word.contains('@') && !word.contains("://")) {
        text.push_str(word);
        text.push(' ');
        if text.len() >= MAX_READ {
            break;
        }
    }
    text.truncate(text.floor_char_boundary(MAX_READ.min(text.len())));
    if text.chars().filter(|character| character.is_alphabetic()).count() < MIN_LETTERS {
        return None;
    }
    let found = DETECTOR.detect(&text).filter(|found| found.confidence() >= SURE)?;
    #[expect(clippy::wildcard_enum_match_arm, reason = "seventy languages, two of which have texts here")]
    match found.lang() {
        Lang::Eng => Some(Language::En),
        Lang::Spa => Some(Language::Es),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_sure() {
        for (text, wanted) in [
            (
                "Hello, the printer on the second floor has stopped working since this morning.",
                Some(Language::En),
            ),
            ("Buenos días, la impresora del segundo piso no funciona desde esta mañana.", Some(Language::Es)),
            ("Guten Morgen, der Drucker im zweiten Stock funktioniert seit heute früh nicht mehr.", None),
            ("ok", None),
            ("", None),
            ("a@example.org https://example.org/x", None),
            (
                &format!(
                    "https://example.org/{0} https://example.org/{0} Buenos días, la impresora del segundo piso no \
                          funciona desde esta mañana.",
                    "x".repeat(900)
                ),
                Some(Language::Es),
            ),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
