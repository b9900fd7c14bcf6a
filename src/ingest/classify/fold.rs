//! Text made comparable: lower case, no accents, one blank between words, plain quotes and dashes.
//!
//! Phrase tables and mails go through the same function, so that an accent left out, a full-width colon or a
//! folded line changes nothing. It is for comparing only and never shown to anybody.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// The comparable form of the first `limit` characters of `text`. Line ends become blanks.
pub(in crate::ingest) fn fold(text: &str, limit: usize) -> String {
    let mut folded = String::with_capacity(text.len().min(limit.saturating_mul(2)));
    let mut blank = true;
    let mut put = |character: char| {
        if character.is_whitespace() {
            if !blank {
                folded.push(' ');
            }
            blank = true;
        } else if let Some(plain) = plain(character) {
            folded.push(plain);
            blank = false;
        }
    };
    for character in text.chars().take(limit) {
        if character.is_ascii() {
            put(character.to_ascii_lowercase());
        } else {
            // NFKD but for the order of marks on one letter, none of which is kept.
            decompose_compatible(character, |part| part.to_lowercase().for_each(&mut put));
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// One character without its ornaments; `None` for what has no place of its own.
fn plain(character: char) -> Option<char> {
    Some(match character {
        '`' => '\'',
        ascii if ascii.is_ascii() => ascii,
        '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{00ad}' => return None,
        mark if is_combining_mark(mark) => return None,
        '\u{2018}' | '\u{2019}' | '\u{02bc}' | '\u{00b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{00ab}' | '\u{00bb}' => '"',
        '\u{2010}'..='\u{2015}' => '-',
        'ı' => 'i',
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        other => other,
    })
}

/// The tables of a file: `[name]`, then phrases with ` | ` between them; lines that begin with `#` are comments.
pub(in crate::ingest) fn tables(
    file: &'static str,
) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let mut found: Vec<(&'static str, Vec<&'static str>)> = Vec::new();
    for line in file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(name) => found.push((name, Vec::new())),
            None => {
                if let Some((_, phrases)) = found.last_mut() {
                    phrases.extend(line.split('|').map(str::trim).filter(|phrase| !phrase.is_empty()));
                }
            }
        }
    }
    found.into_iter()
}

/// Phrases, folded once, for "does this text contain one of them".
pub(in crate::ingest) struct Phrases(Vec<(String, &'static str)>);

impl Phrases {
    /// Folds phrases.
    pub(in crate::ingest) fn new(phrases: impl IntoIterator<Item = &'static str>) -> Self {
        Self(phrases.into_iter().map(|phrase| (fold(phrase, usize::MAX), phrase)).collect())
    }

    /// Folds one table of a file of tables.
    pub(in crate::ingest) fn table(file: &'static str, name: &str) -> Self {
        Self::new(tables(file).filter(|(found, _)| *found == name).flat_map(|(_, phrases)| phrases))
    }

    /// The first phrase of the table that stands in `folded`, as the table spells it.
    pub(in crate::ingest) fn within(&self, folded: &str) -> Option<&'static str> {
        self.0.iter().find(|(phrase, _)| folded.contains(phrase.as_str())).map(|(_, phrase)| *phrase)
    }

    /// The longest phrase with which `folded` begins, and what follows it.
    pub(in crate::ingest) fn at_start<'a>(&self, folded: &'a str) -> Option<(&'static str, &'a str)> {
        let fits = |(phrase, shown): &(String, &'static str)| {
            folded.strip_prefix(phrase.as_str()).map(|rest| (*shown, rest))
        };
        self.0.iter().filter_map(fits).min_by_key(|(_, rest)| rest.len())
    }
}

#[cfg(test)]
mod tests {
    use super::{Phrases, fold, tables};

    #[test]
    fn accents_case_and_blanks_do_not_matter() {
        assert_eq!(fold("  Réponse \r\n Automatique\u{a0}: x ", 99), "reponse automatique : x");
        assert_eq!(fold("Fuera de la OFICINA", 5), "fuera");
        assert_eq!(fold("İŞYERİ dışında", 99), "isyeri disinda");
        assert_eq!(fold("自動応答：", 99), fold("自動応答:", 99));
    }

    #[test]
    fn files_of_tables() {
        const FILE: &str = "# words\n[a]\none | two\n\n# more\nthree\n[b]\nfour";
        let read: Vec<_> = tables(FILE).collect();
        assert_eq!(read, [("a", vec!["one", "two", "three"]), ("b", vec!["four"])]);
        assert_eq!(Phrases::table(FILE, "b").within("four"), Some("four"));
        assert_eq!(Phrases::table(FILE, "c").within("four"), None);
    }

    #[test]
    fn the_longest_beginning_wins() {
        let phrases = Phrases::new(["out of", "Out of Office"]);
        assert_eq!(phrases.at_start("out of office: x"), Some(("Out of Office", ": x")));
        assert_eq!(phrases.within("i am out of it"), Some("out of"));
    }
}
