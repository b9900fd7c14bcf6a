//! The language a text is written in, where it is one of those we have texts for.

use std::sync::LazyLock;

use whatlang::{Detector, Lang};

use super::Language;

/// Shorter texts are not judged: "ok, thanks" is no evidence.
const MIN_LETTERS: usize = 25;
/// How sure the detector must be; neighbours such as Portuguese come close to Spanish.
const SURE: f64 = 0.6;
/// No more than this is read, in octets; a language shows itself early.
const MAX_READ: usize = 600;

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
    let mut end = text.len().min(MAX_READ);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    // Addresses and links are in no language.
    let words: Vec<&str> =
        text.split_whitespace().filter(|word| !word.contains('@') && !word.contains("://")).collect();
    let text = words.join(" ");
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
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
