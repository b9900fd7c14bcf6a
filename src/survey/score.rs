//! A score in one line: a digit, a word, stars, a thumb.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::desk::typed::{clean, folded};
use crate::mail::Language;

/// Letters of a line that can be or begin with a score.
const LONGEST: usize = 400;

/// A score found, and what stands behind it on its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Scored {
    /// 1 to 5.
    pub(super) score: u8,
    /// The rest of the line, as written.
    pub(super) behind: String,
}

/// One language file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    labels: BTreeSet<String>,
    out_of: BTreeSet<String>,
    stars: BTreeSet<String>,
    nouns: BTreeSet<String>,
    thanks: BTreeSet<String>,
    alone: BTreeSet<String>,
    scores: BTreeMap<String, BTreeSet<String>>,
}

/// All languages together, folded.
#[derive(Debug, Default)]
struct Words {
    labels: BTreeSet<String>,
    out_of: BTreeSet<String>,
    stars: BTreeSet<String>,
    beside: BTreeSet<String>,
    alone: BTreeSet<String>,
    scores: BTreeMap<String, u8>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut all = Words::default();
    for file in Language::ALL.into_iter().filter_map(|language| load(language).ok()) {
        let plain = |words: &BTreeSet<String>| words.iter().map(|word| folded(word)).collect::<Vec<_>>();
        all.labels.extend(plain(&file.labels));
        all.out_of.extend(plain(&file.out_of));
        all.stars.extend(plain(&file.stars));
        all.beside.extend(plain(&file.nouns));
        all.beside.extend(plain(&file.thanks));
        all.alone.extend(plain(&file.alone));
        for (digit, words) in &file.scores {
            let Ok(score) = digit.parse() else { continue };
            all.scores.extend(plain(words).into_iter().map(|word| (word, score)));
        }
    }
    all
});

fn load(language: Language) -> Result<File, toml::de::Error> {
    toml::from_str(match language {
        Language::En => include_str!("words/en.toml"),
        Language::Es => include_str!("words/es.toml"),
    })
}

/// The score with which a line begins, where it is meant as one.
pub(super) fn score(line: &str) -> Option<Scored> {
    if line.chars().take(LONGEST + 1).count() > LONGEST {
        return None;
    }
    let line = clean(line);
    let line = line.trim().trim_start_matches(['(', '[', '"', '\'', '¡', '«']);
    let line = line.strip_prefix("- ").unwrap_or(line).trim_start();
    drawn(line).or_else(|| digit(without_label(line))).or_else(|| word(without_label(line)))
}

/// Whether nothing stands behind the score.
pub(super) fn alone(line: &str) -> Option<u8> {
    score(line).filter(|scored| scored.behind.is_empty()).map(|scored| scored.score)
}

/// `***`, `★★★★☆`, a thumb; nothing else on the line.
fn drawn(line: &str) -> Option<Scored> {
    let marks: Vec<char> =
        line.chars().filter(|c| !c.is_whitespace() && !('\u{1F3FB}'..='\u{1F3FF}').contains(c)).collect();
    let full = |c: &char| matches!(c, '*' | '★' | '⭐' | '🌟');
    let empty = |c: &char| matches!(c, '☆' | '✩');
    let count = marks.iter().filter(|c| full(c)).count();
    let score = match marks.as_slice() {
        ['👍', ..] if marks.iter().all(|c| *c == '👍') => 5,
        ['👎', ..] if marks.iter().all(|c| *c == '👎') => 1,
        marks if marks.len() <= 5 && marks.iter().all(|c| full(c) || empty(c)) => u8::try_from(count).ok()?,
        _ => return None,
    };
    (1..=5).contains(&score).then(|| Scored { score, behind: String::new() })
}

/// `Nota: 4` without its label.
fn without_label(line: &str) -> &str {
    let places = line.match_indices([' ', ':', '=']).map(|(place, _)| place).take(6);
    let label = places
        .filter(|place| line.get(..*place).is_some_and(|label| WORDS.labels.contains(&folded(label))))
        .last();
    match label.and_then(|place| line.get(place..)) {
        Some(behind) => behind.trim_start_matches([' ', ':', '=', '-']),
        None => line,
    }
}

/// `4`, `4/5`, `4 de 5`, `4 estrellas`, `4.`, `4, gracias`, `4 - todo bien`. Never a time, a date, a telephone
/// number, a number of two digits or with a fraction.
fn digit(line: &str) -> Option<Scored> {
    let first = line.chars().next()?;
    let score = first.to_digit(10).and_then(|digit| u8::try_from(digit).ok())?;
    let behind = line.strip_prefix(first)?;
    if !(1..=5).contains(&score) || behind.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let spaced = behind.trim_start();
    let behind = without_scale(spaced).or_else(|| without_stars(spaced)).unwrap_or(behind);
    // Punctuation directly behind a digit must not lead to more digits: 4:30, 4.5, 4-6, 4/5/2026.
    let rest =
        behind.trim_start_matches(['.', ',', ';', ':', '!', ')', ']', '"', '\'', '»', '-', '–', '—', ' ']);
    let ended = rest.is_empty();
    let marked = behind.len() > rest.len() && !behind.starts_with(' ')
        || behind.starts_with(" -")
        || behind.starts_with(" –");
    let beside = WORDS.beside.contains(&folded(rest.trim_end_matches(['!', '.'])));
    let number = rest.starts_with(|c: char| c.is_ascii_digit());
    let apart = marked && behind.contains(' ');
    (ended || (!number && (apart || beside))).then(|| Scored { score, behind: rest.trim().to_owned() })
}

/// What stands behind `/5`, `de 5`, `out of 5`.
fn without_scale(behind: &str) -> Option<&str> {
    let rest = match behind.strip_prefix('/') {
        Some(rest) => rest,
        None => {
            let place = behind.match_indices(' ').map(|(place, _)| place).take(2).find(|place| {
                behind.get(..*place).is_some_and(|words| WORDS.out_of.contains(&folded(words)))
            })?;
            behind.get(place..)?
        }
    };
    let rest = rest.trim_start().strip_prefix('5')?;
    (!rest.starts_with(|c: char| c.is_alphanumeric() || c == '/')).then_some(rest)
}

/// What stands behind `estrellas`, `★`.
fn without_stars(behind: &str) -> Option<&str> {
    if let Some(rest) = behind.strip_prefix(['★', '⭐', '*']) {
        return Some(rest);
    }
    let end = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
    let (word, rest) = behind.split_at_checked(end)?;
    WORDS.stars.contains(&folded(word)).then_some(rest)
}

/// `Excelente`, `muy bueno!`, `pésimo: nadie vino`, `Excelente atención`. A word that also begins other
/// sentences counts only by itself.
fn word(line: &str) -> Option<Scored> {
    let ends = line.char_indices().filter(|(_, c)| !c.is_alphanumeric() && *c != '-').map(|(place, _)| place);
    // The longest phrase first: "muy bueno" before "muy".
    let mut places: Vec<usize> = ends.take(5).chain([line.len()]).collect();
    places.reverse();
    for place in places {
        let Some((said, behind)) = line.split_at_checked(place) else { continue };
        let plain = folded(said);
        let Some(score) = WORDS.scores.get(&plain).copied() else { continue };
        let rest = behind.trim_start_matches(|c: char| !c.is_alphanumeric());
        let beside = WORDS.beside.contains(&folded(rest.trim_end_matches(['!', '.', ' '])));
        let marked = behind.trim_start().starts_with(['.', ',', ';', ':', '!', '-', '–', '—']);
        if rest.is_empty() || beside || (marked && !WORDS.alone.contains(&plain)) {
            return Some(Scored { score, behind: rest.trim().to_owned() });
        }
        return None;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_load_and_no_word_has_two_scores() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for language in Language::ALL {
            let file = load(language).unwrap_or_else(|error| panic!("{}: {error}", language.code()));
            assert_eq!(file.scores.keys().collect::<Vec<_>>(), ["1", "2", "3", "4", "5"]);
            for (digit, words) in file.scores {
                for word in words {
                    let before = seen.insert(folded(&word), digit.clone());
                    assert!(before.is_none_or(|before| before == digit), "{word}");
                }
            }
            for word in file.alone {
                assert!(WORDS.scores.contains_key(&folded(&word)), "{word}");
            }
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn lines_that_are_scores() {
        let cases: [(&str, u8); 75] = [
            ("4", 4),
            (" 4 ", 4),
            ("4.", 4),
            ("4)", 4),
            ("(4)", 4),
            ("\"4\"", 4),
            ("4!!", 4),
            ("- 4", 4),
            ("４", 4),
            ("4\u{FE0F}\u{20E3}", 4),
            ("\u{200B}4\u{A0}", 4),
            ("4/5", 4),
            ("4 / 5", 4),
            ("4/5.", 4),
            ("5/5!", 5),
            ("4 de 5", 4),
            ("4 sobre 5", 4),
            ("4 out of 5", 4),
            ("4 of 5", 4),
            ("4 estrellas", 4),
            ("1 estrella", 1),
            ("4 stars", 4),
            ("4★", 4),
            ("3 puntos", 3),
            ("Nota: 4", 4),
            ("Nota 4", 4),
            ("NOTA = 4", 4),
            ("Mi nota es 5", 5),
            ("Mi calificación: 4/5", 4),
            ("Puntaje: 3 puntos", 3),
            ("Score: 2", 2),
            ("My rating is 4 out of 5", 4),
            ("Les pongo 5", 5),
            ("Nota: excelente", 5),
            ("5 gracias", 5),
            ("5, muchas gracias!", 5),
            ("4, todo bien", 4),
            ("4. Tardaron un poco", 4),
            ("4 - muy amables", 4),
            ("4: bien", 4),
            ("***", 3),
            ("*", 1),
            ("* * * *", 4),
            ("*****", 5),
            ("★★★★☆", 4),
            ("★★☆☆☆", 2),
            ("⭐⭐⭐", 3),
            ("⭐️⭐️⭐️⭐️⭐️", 5),
            ("👍", 5),
            ("👍🏽", 5),
            ("👍👍", 5),
            ("👎", 1),
            ("Excelente", 5),
            ("EXCELENTE!!!", 5),
            ("¡Excelente!", 5),
            ("Excelente servicio", 5),
            ("Excelente, gracias", 5),
            ("Excelente: todo rápido", 5),
            ("Muy bueno", 5),
            ("muy bien.", 5),
            ("Muy buena atención", 5),
            ("Bueno", 4),
            ("Buena atención", 4),
            ("good", 4),
            ("Good service!", 4),
            ("Very good", 5),
            ("ok", 3),
            ("Regular", 3),
            ("más o menos", 3),
            ("malo", 2),
            ("Muy malo", 1),
            ("Pésimo, nadie vino", 1),
            ("pesimo", 1),
            ("very bad", 1),
            ("cinco", 5),
        ];
        for (line, expected) in cases {
            assert_eq!(score(line).map(|scored| scored.score), Some(expected), "{line:?}");
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn lines_that_are_not() {
        let lines = [
            "",
            " ",
            "0",
            "6",
            "7",
            "9",
            "10",
            "45",
            "04",
            "4.5",
            "4,5",
            "4-6",
            "4 - 6",
            "3-4",
            "4 o 5",
            "4, 5 y 6",
            "4/10",
            "8/10",
            "4/5/2026",
            "4/5/26",
            "5-5-2026",
            "4 de mayo",
            "4 de 10",
            "4 de 50",
            "4:30",
            "4:30 pm",
            "4 personas esperan",
            "4 PCs",
            "4a",
            "4x",
            "-4",
            "#4",
            "4%",
            "+51 999 123 456",
            "5551234",
            "5 555 1234",
            "2 veces llamé",
            "1er piso",
            "2026-11-23",
            "nota",
            "Nota: 6",
            "Nota: 10",
            "******",
            "☆☆☆",
            "---",
            "👍👎",
            "Good morning",
            "Bueno, sigo con el problema",
            "Ok, pero no funciona",
            "Bien, pero tarde",
            "Malogrado",
            "no muy bueno",
            "not good",
            "Regular, pero",
            "Excelentemente",
            "Muy",
            "Hola",
            "Sí",
            "Gracias",
            "Goodbye",
            "Badly",
            "Great, now it is broken again",
            "one more thing",
            "dos cosas",
            "Normal que falle",
        ];
        for line in lines {
            assert_eq!(score(line), None, "{line:?}");
        }
        assert_eq!(score(&"5 ".repeat(1_000_000)), None);
    }
}
