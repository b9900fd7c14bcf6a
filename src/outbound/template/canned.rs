//! Canned answers: the plain text of a mail, with the variables of a ticket. Never HTML, and no pieces.

use handlebars::Handlebars;
use handlebars::no_escape;
use serde_json::{Map, Value};

use super::set::{bounded, register_multiline};
use super::{Form, Mistake, Source, check, clean};
use clean::{Fill, sample};

/// The variable in whose place the agent's own words stand.
const TEXT: &str = "text";

/// What is wrong with an answer before anybody uses it.
///
/// # Errors
/// Every mistake, with line and column.
pub fn examine(source: &Source) -> Result<(), Vec<Mistake>> {
    check::compile(source)?;
    for fill in [Fill::Everything, Fill::Little] {
        let data = sample(&source.name, fill, "x");
        if let Err(text) = fill_in(&source.text, &source.name, &data) {
            return Err(vec![Mistake { path: source.path.clone(), line: 0, column: 0, text }]);
        }
    }
    Ok(())
}

/// The words of an answer about a ticket, `data` being what templates about tickets fill in. The agent's own text stands
/// where the answer says `{{text}}`, else below it.
///
/// # Errors
/// The answer cannot be filled in, and why.
pub fn answer(words: &str, name: &str, data: &Map<String, Value>) -> Result<String, String> {
    let filled = fill_in(words, name, data)?;
    let own = data.get(TEXT).and_then(Value::as_str).unwrap_or_default().trim();
    if own.is_empty() || names_text(words) {
        return Ok(filled);
    }
    Ok(format!("{filled}\n\n{own}"))
}

fn fill_in(words: &str, name: &str, data: &Map<String, Value>) -> Result<String, String> {
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_escape_fn(no_escape);
    registry.unregister_helper("log");
    register_multiline(&mut registry);
    let source = Source {
        path: std::path::PathBuf::new(),
        language: crate::mail::Language::En,
        name: name.to_owned(),
        form: Form::Text,
        text: words.to_owned(),
    };
    let first = |mistakes: Vec<Mistake>| mistakes.into_iter().next().map(|one| one.text).unwrap_or_default();
    let template = check::compile(&source).map_err(first)?;
    registry.register_template(name, template);
    let mut data = clean::filled(name, data);
    // An answer begins with a name; one for nobody begins without.
    if data.get("customer").is_none_or(Value::is_null) {
        data.insert("customer".to_owned(), serde_json::json!({ "name": "", "address": "" }));
    }
    let text = bounded(&registry, name, data)?;
    Ok(clean::tidy(&text).trim().to_owned())
}

/// Whether an answer has a place for the agent's own words.
fn names_text(words: &str) -> bool {
    words.split("{{").skip(1).any(|piece| {
        let tag = piece.split("}}").next().unwrap_or_default();
        tag.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == TEXT)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(text: &str) -> Map<String, Value> {
        let mut data = sample("x", Fill::Little, "x");
        data.insert("number".into(), "2026030210000012".into());
        data.insert("customer".into(), serde_json::json!({ "name": "Ana & Eva", "address": "ana@x" }));
        data.insert("text".into(), text.into());
        data
    }

    #[test]
    fn the_agents_words_stand_where_the_answer_says() {
        let said = |words: &str, text: &str| answer(words, "clave", &data(text)).unwrap();
        let greeting = "Hola {{customer.name}}:\n";
        assert_eq!(said(greeting, ""), "Hola Ana & Eva:");
        assert_eq!(said(greeting, "Ya está."), "Hola Ana & Eva:\n\nYa está.");
        let around = "Hola:\n{{#if text}}\n{{multiline text}}\n{{/if}}\nTicket {{number}}";
        assert_eq!(said(around, "Ya\nestá."), "Hola:\nYa\nestá.\nTicket 2026030210000012");
        assert_eq!(said(around, ""), "Hola:\nTicket 2026030210000012");
    }

    #[test]
    fn mistakes_have_places() {
        let source = |text: &str| Source {
            path: "answers/es/clave.txt".into(),
            language: crate::mail::Language::Es,
            name: "clave".to_owned(),
            form: Form::Text,
            text: text.to_owned(),
        };
        assert!(examine(&source("Hola {{customer.name}}, {{service}} {{age}}")).is_ok());
        for (text, expected) in [
            (
                "Hola\n{{titel}}",
                "answers/es/clave.txt:2:1: there is no variable \"titel\" in \"clave\"; did you mean",
            ),
            ("{{{title}}}", "answers/es/clave.txt:1:1: \"{{{\" and"),
            ("{{> part-ticket}}", "answers/es/clave.txt:"),
            ("{{#if title}}", "answers/es/clave.txt:"),
        ] {
            let mistakes = examine(&source(text)).unwrap_err();
            assert!(mistakes[0].to_string().starts_with(expected), "{text}: {}", mistakes[0]);
        }
    }
}
