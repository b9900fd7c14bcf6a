//! Mails that say nothing but thanks: they change nothing on a closed ticket.
//!
//! Most of them are signed, and many name the agent, so names are no words of their own here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::desk::typed::folded;

/// Letters of a mail that can say nothing but thanks.
const LONGEST: usize = 300;
/// Words of the longest phrase.
const LONGEST_PHRASE: usize = 5;

/// One language of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrases {
    thanks: Vec<String>,
    beside: Vec<String>,
}

/// Phrases of all languages, folded, and whether each is thanks: people mix languages.
static PHRASES: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    let files: BTreeMap<String, Phrases> = load().unwrap_or_default();
    let beside = files.values().flat_map(|own| &own.beside).map(|phrase| (folded(phrase), false));
    let thanks = files.values().flat_map(|own| &own.thanks).map(|phrase| (folded(phrase), true));
    beside.chain(thanks).collect()
});

fn load() -> Result<BTreeMap<String, Phrases>, toml::de::Error> {
    toml::from_str(include_str!("words/thanks.toml"))
}

/// Whether a mail says nothing but thanks ("Muchas gracias, saludos", "ok thanks, solved"), in English,
/// Spanish, Portuguese, French or German. A question, a number, or any other word makes it a real mail: "it
/// works now" is news. `names` may stand anywhere: those of who wrote it and of whom may be thanked, and the
/// office under a signature.
pub fn only_thanks<'a>(new_text: &str, names: impl IntoIterator<Item = &'a str>) -> bool {
    if new_text.chars().take(LONGEST + 1).count() > LONGEST || new_text.contains(['?', '¿', '؟', '？']) {
        return false;
    }
    let plain: String = folded(&new_text.replace('\n', " "))
        .chars()
        .map(|c| if c.is_alphanumeric() || c == '#' { c } else { ' ' })
        .collect();
    let said: Vec<&str> = plain.split_whitespace().collect();
    let signed = words_of(names);
    let mut rest = said.as_slice();
    let mut thanked = false;
    while !rest.is_empty() {
        let longest = (1..=rest.len().min(LONGEST_PHRASE)).rev().find_map(|count| {
            let phrase = rest.iter().take(count).copied().collect::<Vec<_>>().join(" ");
            Some((*PHRASES.get(&phrase)?, count))
        });
        let Some((thanks, used)) = longest.or_else(|| signed.contains(*rest.first()?).then_some((false, 1)))
        else {
            return false;
        };
        thanked |= thanks;
        rest = rest.get(used..).unwrap_or_default();
    }
    thanked
}

/// The words of names, folded, but for those that would turn thanks into something else.
fn words_of<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let words = names.into_iter().flat_map(|name| {
        let plain: String = folded(name).chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
        plain.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    });
    words.filter(|word| !matches!(word.as_str(), "no" | "ni" | "not" | "sin")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_loads() {
        if let Err(error) = load() {
            panic!("{error}");
        }
        for phrase in PHRASES.keys() {
            assert!(phrase.chars().all(|c| c.is_alphanumeric() || c == ' '), "{phrase}");
            assert!(phrase.split(' ').count() <= LONGEST_PHRASE, "{phrase}");
        }
    }

    #[test]
    fn thanks_alone() {
        for text in [
            "Gracias",
            "gracias!",
            "Muchas gracias.",
            "MUCHAS GRACIAS!!!",
            "Ok, gracias",
            "ok thanks",
            "Thanks, solved!",
            "Solved, thank you very much.",
            "Muchas gracias, ya está resuelto",
            "Perfecto, gracias. Saludos",
            "Hola,\n\nmuchas gracias por su ayuda.\n\nSaludos cordiales",
            "Gracias 👍",
            "Obrigado!",
            "Muito obrigada, resolvido",
            "Merci beaucoup, c'est résolu",
            "Bonjour, merci bien. Cordialement",
            "Vielen Dank!",
            "Danke schön, LG",
            "Thank you so much for your help! Best regards",
            "Mil gracias por la pronta respuesta",
            "thx",
            "Danke, erledigt.",
            "Gracias gracias gracias",
            "\u{200B}Gracias\u{A0}",
        ] {
            assert!(only_thanks(text, []), "{text:?}");
        }
        for text in [
            "",
            "ok",
            "Saludos",
            "👍",
            "solucionado",
            "ya funciona",
            "Gracias, pero no funciona",
            "¿Gracias?",
            "Gracias, ¿cuándo?",
            "Muchas gracias, ya funciona",
            "It works now, thanks",
            "Muchas gracias, ya funciona?",
            "No gracias",
            "Thanks, but it is broken again",
            "thanks for nothing",
            "Gracias. El otro equipo tampoco tiene red",
            "Thanks 123",
            "Merci de me rappeler",
            "Danke, aber es geht nicht",
            "#close\ngracias",
            "Thanks for the update, when is it done",
        ] {
            assert!(!only_thanks(text, []), "{text:?}");
        }
        assert!(!only_thanks(&"gracias ".repeat(1_000_000), []));
    }

    #[test]
    fn names_are_no_news() {
        let names = ["Ana Quispe Mamani", "Oficina de Logística", "Luis Rojas", "No Li"];
        let says = |text| only_thanks(text, names);
        assert!(says("Muchas gracias por su ayuda, Luis.\n\nSaludos,\nAna Quispe\nOficina de Logística"));
        assert!(!says("Gracias, Luis no vino"));
        assert!(!says("Ana Quispe"), "a name is no thanks");
        assert!(!says("No gracias"), "not even where somebody is called No");
        assert!(!only_thanks("Gracias, Pedro", names), "a name that nobody has may be news");
    }
}
