//! The words of the command language: one file a language, read once, all languages at the same time.
//!
//! What a word means does not depend on the language of the mail; only sentences do.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::verb::Verb;
use crate::desk::spelling;
use crate::desk::typed::folded;
use crate::mail::Language;

/// Longest phrase that is one word of the language, counted in blanks: "the day after tomorrow".
const LONGEST_PHRASE: usize = 4;

/// One language, as its file has it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// What can be done, by English verb.
    pub(super) verbs: BTreeMap<String, VerbWords>,
    /// Kind of argument, its English name, its words.
    pub(super) values: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Small words that may stand before an argument.
    pub(super) fillers: BTreeMap<String, Vec<String>>,
    /// What customers may write.
    pub(super) customer: BTreeMap<String, Vec<String>>,
    /// What confirms.
    pub(super) yes: Yes,
    /// Sentences.
    pub(super) say: Sentences,
}

/// One verb.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VerbWords {
    /// Its words; the first one is shown.
    pub(super) words: Vec<String>,
    /// How it is written.
    pub(super) form: String,
    /// A line that works.
    pub(super) example: String,
    /// What it does, for people.
    pub(super) does: String,
}

/// Words that confirm.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Yes {
    /// Any of them.
    pub(super) words: Vec<String>,
}

macro_rules! texts {
    ($(#[$doc:meta])* $name:ident { $($field:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name { $(pub(super) $field: String,)+ }

        impl $name {
            /// All of them by name, for tests of the files.
            #[cfg(test)]
            pub(super) fn all(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($field), self.$field.as_str()),)+]
            }
        }
    };
}

texts! {
    /// Sentences with `{placeholders}`; a language file without one of them does not load.
    Sentences {
        unknown_verb, unknown_verb_near, too_many, too_long, one_a_line, alone, needs, unknown_value,
        unknown_value_near, twice, number, note_and_public, title_long, field_name, field_mark, when_unknown,
        when_past,
        when_impossible, when_far, not_done, all_done, all_refused, all_refused_several,
    }
}

struct Lexicon {
    languages: Vec<(Language, Words)>,
    nothing: Words,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon {
    // A file that does not load cannot pass the tests of this folder; at run time it would only be missing.
    languages: Language::ALL
        .into_iter()
        .filter_map(|language| Some((language, load(language).ok()?)))
        .collect(),
    nothing: Words::default(),
});

type Index = (BTreeMap<String, Verb>, BTreeMap<(String, String), &'static str>);

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut verbs = BTreeMap::new();
    let mut values = BTreeMap::new();
    for (_, words) in &LEXICON.languages {
        for verb in Verb::ALL {
            for word in words.verbs.get(verb.word()).into_iter().flat_map(|entry| &entry.words) {
                verbs.insert(folded(word), verb);
            }
        }
        for (kind, names) in &words.values {
            for (name, spellings) in names {
                values
                    .extend(spellings.iter().map(|word| ((kind.clone(), folded_whole(word)), name.as_str())));
            }
        }
    }
    (verbs, values)
});

/// Reads one language file.
pub(super) fn load(language: Language) -> Result<Words, toml::de::Error> {
    toml::from_str(match language {
        Language::En => include_str!("words/en.toml"),
        Language::Es => include_str!("words/es.toml"),
    })
}

/// The words of one language.
pub(super) fn of(language: Language) -> &'static Words {
    LEXICON
        .languages
        .iter()
        .find(|(known, _)| *known == language)
        .map_or(&LEXICON.nothing, |(_, words)| words)
}

/// All languages.
pub(super) fn all() -> impl Iterator<Item = &'static Words> {
    LEXICON.languages.iter().map(|(_, words)| words)
}

/// What the leading words mean as a verb, in any language, and how many of them it took.
pub(super) fn verb(words: &[&str]) -> Option<(Verb, usize)> {
    longest(words, |phrase| INDEX.0.get(phrase).copied())
}

/// What the leading words mean as a value of a kind, in any language, and how many of them it took.
pub(super) fn value(kind: &str, words: &[&str]) -> Option<(&'static str, usize)> {
    longest(words, |phrase| INDEX.1.get(&(kind.to_owned(), phrase.to_owned())).copied())
}

/// What all the words together mean as a value of a kind.
pub(super) fn whole_value(kind: &str, phrase: &str) -> Option<&'static str> {
    INDEX.1.get(&(kind.to_owned(), phrase.to_owned())).copied()
}

/// How many of the leading words are fillers of a kind.
pub(super) fn filler(kind: &str, words: &[&str]) -> Option<usize> {
    let known = |phrase: &str| {
        all().filter_map(|words| words.fillers.get(kind)).flatten().any(|filler| folded(filler) == phrase)
    };
    longest(words, |phrase| known(phrase).then_some(())).map(|((), used)| used)
}

/// The verb that a misspelt one was meant to be, as shown, those of the reader's language first.
pub(super) fn near_verb(word: &str, language: Language) -> Option<&'static str> {
    let own = INDEX.0.keys().filter(|known| {
        of(language).verbs.values().flat_map(|entry| &entry.words).any(|shown| folded(shown) == **known)
    });
    let candidates: Vec<&'static str> = own.chain(INDEX.0.keys()).map(String::as_str).collect();
    let near = spelling::nearest(word, candidates.iter().copied()).or_else(|| begun(word, &candidates))?;
    all()
        .flat_map(|words| words.verbs.values())
        .flat_map(|entry| &entry.words)
        .find(|shown| folded(shown) == near)
        .map(String::as_str)
}

/// The value of a kind that a misspelt one was meant to be, as shown.
pub(super) fn near_value(kind: &str, phrase: &str, language: Language) -> Option<&'static str> {
    let shown =
        |words: &'static Words| words.values.get(kind).into_iter().flat_map(|names| names.values()).flatten();
    let candidates: Vec<&'static String> = shown(of(language)).chain(all().flat_map(shown)).collect();
    let plain: Vec<String> = candidates.iter().map(|word| folded_whole(word)).collect();
    let near = spelling::nearest(phrase, plain.iter().map(String::as_str))?;
    candidates.iter().zip(&plain).find(|(_, known)| *known == near).map(|(word, _)| word.as_str())
}

/// A sentence with its `{placeholders}` filled in. What is filled in is not searched again.
pub(super) fn say(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut said = String::with_capacity(sentence.len() + 40);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        said.push_str(before);
        match after.split_once('}') {
            Some((name, behind)) => {
                said.push_str(values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value));
                rest = behind;
            }
            None => rest = after,
        }
    }
    said.push_str(rest);
    said
}

/// `a.m.` keeps its full stop: it is part of the word.
fn folded_whole(word: &str) -> String {
    if word.contains('.') { word.to_lowercase() } else { folded(word) }
}

/// The only verb that begins with at least three letters typed.
fn begun(word: &str, known: &[&'static str]) -> Option<&'static str> {
    if word.chars().count() < 3 {
        return None;
    }
    let mut found = known.iter().filter(|candidate| candidate.starts_with(word));
    let first = found.next()?;
    let meaning = INDEX.0.get(*first);
    found.all(|other| INDEX.0.get(*other) == meaning).then_some(*first)
}

fn longest<T>(words: &[&str], meaning: impl Fn(&str) -> Option<T>) -> Option<(T, usize)> {
    (1..=words.len().min(LONGEST_PHRASE)).rev().find_map(|count| {
        Some((meaning(&words.iter().take(count).copied().collect::<Vec<_>>().join(" "))?, count))
    })
}
