//! Words as rules compare them: lower case, without accents, each known word under a number of its own.
//!
//! A field of a mail is cut into words once, whatever the number of rules; a rule then compares numbers.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The letters of European languages behind ASCII that are one ASCII letter once folded; 0 for the others.
static LATIN: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let plain = |letter: char| {
        let mut out = String::new();
        fold_any(letter, &mut out);
        out.parse().ok().filter(char::is_ascii).and_then(|plain: char| u8::try_from(plain).ok()).unwrap_or(0)
    };
    ('\u{80}'..='\u{24f}').map(plain).collect()
});

/// Adds a character in lower case and without accents; marks and invisible characters add nothing, so that
/// nobody hides a word from a rule behind a zero-width space.
fn fold_char(letter: char, out: &mut String) {
    if letter.is_ascii() {
        out.push(letter.to_ascii_lowercase());
        return;
    }
    let place = usize::try_from(u32::from(letter) - 0x80).unwrap_or(usize::MAX);
    match LATIN.get(place) {
        Some(plain) if *plain > 0 => out.push(char::from(*plain)),
        _ => fold_any(letter, out),
    }
}

fn fold_any(letter: char, out: &mut String) {
    if matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}') {
        return;
    }
    let plain = std::iter::once(letter).nfkd().filter(|c| !is_combining_mark(*c));
    out.extend(plain.flat_map(char::to_lowercase).filter(|c| !is_combining_mark(*c)));
}

/// A text in lower case and without accents.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        fold_char(letter, &mut out);
    }
    out
}

/// One character as [`fold`] has it.
pub(super) fn fold_letter(letter: char) -> String {
    let mut out = String::new();
    fold_char(letter, &mut out);
    out
}

/// Scripts that write no blanks between words: each of their characters counts as a word, so that a
/// phrase of them is found wherever it stands.
fn stands_alone(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Calls `each` with every word of a text, folded: runs of letters and digits.
pub(super) fn each_word(text: &str, mut each: impl FnMut(&str)) {
    let mut word = String::new();
    let mut folded = String::new();
    let mut flush = |word: &mut String| {
        if !word.is_empty() {
            each(word);
            word.clear();
        }
    };
    for letter in text.chars() {
        if letter.is_ascii() {
            if letter.is_ascii_alphanumeric() {
                word.push(letter.to_ascii_lowercase());
            } else {
                flush(&mut word);
            }
            continue;
        }
        folded.clear();
        fold_char(letter, &mut folded);
        for plain in folded.chars() {
            if stands_alone(plain) {
                flush(&mut word);
                word.push(plain);
                flush(&mut word);
            } else if plain.is_alphanumeric() {
                word.push(plain);
            } else {
                flush(&mut word);
            }
        }
    }
    flush(&mut word);
}

/// The words that any rule names. A hash table of our own, for the one of the standard library is ordered
/// by chance; the words in it are the administrator's, so nobody can make them collide.
#[derive(Debug, Clone, Default)]
pub(super) struct Vocabulary {
    words: Vec<String>,
    /// Indexes into `words`, one more than the index, 0 for an empty place. A power of two, at most half full.
    places: Vec<u32>,
}

/// FNV-1a.
fn hash(word: &str) -> usize {
    let mixed = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, octet| {
        (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
    });
    usize::try_from((mixed ^ (mixed >> 32)) & 0xffff_ffff).unwrap_or(0)
}

impl Vocabulary {
    /// The number of a word, if a rule names it. The word is folded already.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        let mask = self.places.len().checked_sub(1)?;
        let mut at = hash(word) & mask;
        loop {
            let number = self.places.get(at)?.checked_sub(1)?;
            if self.words.get(usize::try_from(number).ok()?).is_some_and(|known| known == word) {
                return Some(number);
            }
            at = (at + 1) & mask;
        }
    }

    /// The number of a word, given to it now if it has none.
    fn add(&mut self, word: &str) -> u32 {
        if let Some(number) = self.number(word) {
            return number;
        }
        self.words.push(word.to_owned());
        if self.words.len() * 2 > self.places.len() {
            self.places = vec![0; (self.words.len() * 4).next_power_of_two()];
            for index in 0..self.words.len() {
                self.place(index);
            }
        } else {
            self.place(self.words.len() - 1);
        }
        u32::try_from(self.words.len() - 1).unwrap_or(u32::MAX)
    }

    fn place(&mut self, index: usize) {
        let Some(mask) = self.places.len().checked_sub(1) else { return };
        let mut at = hash(self.words.get(index).map_or("", String::as_str)) & mask;
        while self.places.get(at).is_some_and(|place| *place != 0) {
            at = (at + 1) & mask;
        }
        if let Some(place) = self.places.get_mut(at) {
            *place = u32::try_from(index + 1).unwrap_or(0);
        }
    }

    /// The numbers of the words of a phrase, in their order; empty where there is no word in it.
    pub(super) fn phrase(&mut self, text: &str) -> Vec<u32> {
        let mut numbers = Vec::new();
        each_word(text, |word| numbers.push(self.add(word)));
        numbers
    }
}

/// Stands for a word that no rule names.
const UNKNOWN: u32 = u32::MAX;

/// The words of one text.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// In the order of the text.
    sequence: Vec<u32>,
    /// Those that rules name, sorted, each with its places.
    known: Vec<(u32, usize)>,
}

impl Words {
    pub(super) fn of(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut sequence = Vec::new();
        each_word(text, |word| sequence.push(vocabulary.number(word).unwrap_or(UNKNOWN)));
        let places = sequence.iter().copied().zip(0..);
        let mut known: Vec<(u32, usize)> = places.filter(|(number, _)| *number != UNKNOWN).collect();
        known.sort_unstable();
        Self { sequence, known }
    }

    /// Whether the words of a phrase follow each other here: looked for where its rarest word stands.
    pub(super) fn contain(&self, phrase: &[u32]) -> bool {
        let mut rarest: Option<(usize, &[(u32, usize)])> = None;
        for (index, number) in phrase.iter().enumerate() {
            let places = self.places(*number);
            if places.is_empty() {
                return false;
            }
            if rarest.is_none_or(|(_, fewest)| places.len() < fewest.len()) {
                rarest = Some((index, places));
            }
        }
        let Some((index, places)) = rarest else { return false };
        phrase.len() == 1
            || places.iter().any(|(_, place)| {
                let begin = place.checked_sub(index);
                begin.and_then(|begin| self.sequence.get(begin..begin + phrase.len())) == Some(phrase)
            })
    }

    /// Where a word stands.
    fn places(&self, number: u32) -> &[(u32, usize)] {
        let begin = self.known.partition_point(|(known, _)| *known < number);
        let rest = self.known.get(begin..).unwrap_or_default();
        let count = rest.partition_point(|(known, _)| *known == number);
        rest.get(..count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(word.to_owned()));
        words
    }

    #[test]
    fn words_are_folded_and_cut_at_all_that_is_no_letter() {
        for (text, expected) in [
            ("La IMPRESORA no imprime.", "la|impresora|no|imprime"),
            ("tóner, TO\u{301}NER; to\u{301}ner", "toner|toner|toner"),
            ("im\u{200b}pre\u{ad}sora", "impresora"),
            ("e-mail a_b c/d", "e|mail|a|b|c|d"),
            ("ＦＵＬＬ ½", "full|1|2"),
            ("İstanbul", "istanbul"),
            ("打印机 ok", "打|印|机|ok"),
            ("…¡!", ""),
            ("", ""),
        ] {
            assert_eq!(split(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn phrases_need_their_words_side_by_side() {
        let mut vocabulary = Vocabulary::default();
        let phrase = vocabulary.phrase("No hay internet");
        let single = vocabulary.phrase("internet");
        for (text, whole, one) in [
            ("Buenas, no hay Internet desde ayer", true, true),
            ("no   hay\n- internet", true, true),
            ("no hay, creo, internet", false, true),
            ("internet no hay", false, true),
            ("no hay internets", false, false),
            ("", false, false),
        ] {
            let words = Words::of(text, &vocabulary);
            assert_eq!((words.contain(&phrase), words.contain(&single)), (whole, one), "{text}");
        }
        assert!(!Words::of("x", &vocabulary).contain(&[]));
    }

    #[test]
    fn every_word_finds_its_number_again() {
        let mut vocabulary = Vocabulary::default();
        let numbers: Vec<u32> = (0..5000).flat_map(|n| vocabulary.phrase(&format!("w{n}"))).collect();
        assert_eq!(numbers, (0..5000).collect::<Vec<u32>>());
        for n in 0..5000 {
            assert_eq!(vocabulary.number(&format!("w{n}")), Some(n));
        }
        assert_eq!(vocabulary.number("w5000"), None);
        assert_eq!(Vocabulary::default().number("a"), None);
    }

    #[test]
    fn folding_is_that_of_names() {
        for text in ["Soporte Técnico", "ÑANDÚ", "straße", "plain"] {
            assert_eq!(fold(text), crate::desk::fold(text));
        }
    }
}
