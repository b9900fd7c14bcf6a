//! The list of commands, for the mail that answers `#help` and for the guides: always the one that is read.

use super::verb::Verb;
use super::words;
use crate::mail::Language;

/// Every command in the order of a guide: how it is written, what it does.
pub fn help(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = words::of(language);
    Verb::ALL
        .into_iter()
        .filter_map(|verb| own.verbs.get(verb.word()))
        .map(|entry| (entry.form.as_str(), entry.does.as_str()))
}

/// The word of a verb, by its English name, as a language shows it.
pub fn word(verb: &'static str, language: Language) -> &'static str {
    let entry = words::of(language).verbs.get(verb);
    entry.and_then(|entry| entry.words.first()).map_or(verb, String::as_str)
}

/// The same as a table in Markdown, with an example and all the words for each command, those of `language`
/// first.
pub fn help_table(language: Language) -> String {
    let heads = match language {
        Language::En => "| Write | What it does | Example | Also |",
        Language::Es => "| Se escribe | Qué hace | Ejemplo | También |",
    };
    let mut table = format!("{heads}\n| --- | --- | --- | --- |\n");
    for verb in Verb::ALL {
        let Some(entry) = words::of(language).verbs.get(verb.word()) else { continue };
        let everywhere =
            words::all().filter_map(|own| own.verbs.get(verb.word())).flat_map(|entry| &entry.words);
        let mut also: Vec<String> = Vec::new();
        for word in entry.words.iter().chain(everywhere).skip(1).map(|word| format!("`#{word}`")) {
            if !also.contains(&word) && entry.words.first().is_none_or(|shown| word != format!("`#{shown}`"))
            {
                also.push(word);
            }
        }
        let form = entry.form.replace('|', "\\|");
        let row = [format!("`{form}`"), entry.does.clone(), format!("`{}`", entry.example), also.join(", ")];
        table.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_verb() {
        assert_eq!(help(Language::Es).count(), Verb::ALL.len());
        assert!(help(Language::En).next().unwrap().0.starts_with("#close [successful|"));
        let spanish = help_table(Language::Es);
        assert!(spanish.contains("`#cerrar temporal` | `#cierra`, `#cierre`, `#close` |"), "{spanish}");
        let english = help_table(Language::En);
        assert!(
            english.contains("| `#take` | Makes you responsible and locks the ticket. | `#take` | `#tomar`")
        );
    }
}
