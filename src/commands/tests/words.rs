//! The word files: complete, unambiguous, and every example in them works.

use std::collections::BTreeMap;

use super::monday;
use crate::commands::verb::Verb;
use crate::commands::{read, words};
use crate::desk::Priority;
use crate::desk::typed::folded;
use crate::mail::Language;

#[test]
fn every_file_loads() {
    for language in Language::ALL {
        if let Err(error) = words::load(language) {
            panic!("{}: {error}", language.code());
        }
    }
}

#[test]
fn nothing_is_missing_in_any_language() {
    let english = words::of(Language::En);
    for language in Language::ALL {
        let (own, code) = (words::of(language), language.code());
        let verbs: Vec<&str> = Verb::ALL.iter().map(|verb| verb.word()).collect();
        for verb in &verbs {
            let entry = own.verbs.get(*verb).unwrap_or_else(|| panic!("{code}: verb {verb}"));
            assert!(
                !entry.words.is_empty() && !entry.form.is_empty() && !entry.does.is_empty(),
                "{code}: {verb}"
            );
        }
        assert_eq!(own.verbs.len(), verbs.len(), "{code}: a verb too many");
        assert_eq!(keys(&own.values), keys(&english.values), "{code}");
        for (kind, names) in &own.values {
            assert_eq!(keys(names), keys(&english.values[kind]), "{code}: {kind}");
            assert!(names.values().all(|words| !words.is_empty()), "{code}: {kind}");
        }
        assert_eq!(keys(&own.fillers), keys(&english.fillers), "{code}");
        assert_eq!(keys(&own.customer), keys(&english.customer), "{code}");
        let texts = own.say.all().into_iter().zip(english.say.all());
        for ((name, text), (_, original)) in texts {
            assert!(!text.is_empty(), "{code}: {name}");
            assert_eq!(placeholders(text), placeholders(original), "{code}: {name}");
        }
        assert!(!own.yes.words.is_empty());
    }
}

#[test]
fn no_word_means_two_things() {
    let mut verbs: BTreeMap<String, String> = BTreeMap::new();
    let mut values: BTreeMap<(String, String), String> = BTreeMap::new();
    for own in words::all() {
        let named = own.verbs.iter().map(|(verb, entry)| (verb, &entry.words));
        for (verb, spellings) in named {
            for word in spellings {
                let before = verbs.insert(folded(word), verb.clone());
                assert!(before.is_none_or(|before| before == *verb), "#{word} is ambiguous");
            }
        }
        for (kind, names) in &own.values {
            for (name, spellings) in names {
                for word in spellings {
                    let before = values.insert((kind.clone(), folded(word)), name.clone());
                    assert!(before.is_none_or(|before| before == *name), "{kind}: {word} is ambiguous");
                }
            }
        }
    }
    assert!(verbs.len() > 80 && values.len() > 150, "{} verbs, {} values", verbs.len(), values.len());
}

#[test]
fn every_word_is_found_in_every_language() {
    for own in words::all() {
        for (verb, entry) in &own.verbs {
            for word in &entry.words {
                let plain = folded(word);
                let typed: Vec<&str> = plain.split(' ').collect();
                let Some((found, used)) = words::verb(&typed) else { panic!("{word}") };
                assert_eq!((found.word(), used), (verb.as_str(), typed.len()), "{word}");
            }
        }
        for (kind, names) in &own.values {
            for (name, spellings) in names {
                for word in spellings {
                    let plain = folded(word);
                    let typed: Vec<&str> = plain.split(' ').collect();
                    assert_eq!(
                        words::value(kind, &typed),
                        Some((name.as_str(), typed.len())),
                        "{kind}: {word}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_words_for_priorities_are_those_of_the_desk() {
    for language in Language::ALL {
        for number in 1..=5 {
            let priority = Priority::new(number).unwrap();
            let found = words::whole_value("priority", priority.word(language));
            assert_eq!(found, Some(number.to_string().as_str()), "{}", priority.word(language));
        }
    }
}

#[test]
fn every_example_works_in_every_language() {
    for own in words::all() {
        for (verb, entry) in &own.verbs {
            for language in Language::ALL {
                let block = read(&entry.example, &monday(), language, 25);
                if verb == "end" {
                    assert!(block.lines.is_empty());
                    continue;
                }
                let command = block.lines[0].read.as_ref();
                let word = command
                    .map(|command| command.verb())
                    .unwrap_or_else(|m| panic!("{}: {m:?}", entry.example));
                assert_eq!(word, verb, "{}", entry.example);
                assert!(entry.form.starts_with('#'), "{}", entry.form);
            }
        }
    }
}

#[test]
fn sentences_are_filled_in_once() {
    assert_eq!(words::say("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
    assert_eq!(words::say("open { brace", &[]), "open  brace");
    assert_eq!(words::say("{unknown}.", &[]), ".");
}

fn keys<T>(map: &BTreeMap<String, T>) -> Vec<&str> {
    map.keys().map(String::as_str).collect()
}

fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<&str> =
        text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect();
    found.sort_unstable();
    found.dedup();
    found
}
