//! The answer to a mail of commands: every line, what came of it, who asked and how that was known.

use serde_json::{Map, Value, json};

use super::command::Mistake;
use super::words::{self, say};
use crate::mail::Language;

/// What came of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineResult {
    /// Done; each change as `told` says it. Empty where it was so already.
    Done(Vec<String>),
    /// Wrong, and why.
    Wrong(Mistake),
    /// Right, and not done because another line is wrong.
    NotDone,
}

impl LineResult {
    /// In one line of words.
    pub fn words(&self, language: Language) -> String {
        let own = &words::of(language).say;
        match self {
            Self::Done(changes) if changes.is_empty() => own.unchanged.clone(),
            Self::Done(changes) => changes.join("; "),
            Self::Wrong(mistake) => mistake.0.clone(),
            Self::NotDone => own.not_done.clone(),
        }
    }

    /// `done`, `wrong`, `not-done`: for templates that show them apart.
    fn kind(&self) -> &'static str {
        match self {
            Self::Done(_) => "done",
            Self::Wrong(_) => "wrong",
            Self::NotDone => "not-done",
        }
    }
}

/// The data of the template `receipt`.
///
/// `done` (all lines were), `headline`, `who`, `evidence` (list), `text` (all lines, ready to print), and
/// `lines`, each with `line`, `kind` (`done`, `wrong`, `not-done`), the same as booleans `done` and `wrong`,
/// `result` (one line of words), `changes` (list) and `text` (`#close → Estado: abierto → cerrado`).
pub fn receipt(
    lines: &[(String, LineResult)],
    who: &str,
    evidence: &[String],
    language: Language,
) -> Map<String, Value> {
    let wrong = lines.iter().filter(|(_, result)| matches!(result, LineResult::Wrong(_))).count();
    let own = &words::of(language).say;
    let headline = match wrong {
        0 => own.all_done.clone(),
        1 => own.all_refused.clone(),
        count => say(&own.all_refused_several, &[("count", &count.to_string())]),
    };
    let texts: Vec<String> =
        lines.iter().map(|(line, result)| format!("{line} → {}", result.words(language))).collect();
    let rows: Vec<Value> = lines
        .iter()
        .zip(&texts)
        .map(|((line, result), text)| {
            let changes = match result {
                LineResult::Done(changes) => changes.clone(),
                LineResult::Wrong(_) | LineResult::NotDone => Vec::new(),
            };
            json!({
                "line": line,
                "kind": result.kind(),
                "done": matches!(result, LineResult::Done(_)),
                "wrong": matches!(result, LineResult::Wrong(_)),
                "result": result.words(language),
                "changes": changes,
                "text": text,
            })
        })
        .collect();
    let mut data = Map::new();
    data.insert("done".to_owned(), json!(wrong == 0));
    data.insert("headline".to_owned(), json!(headline));
    data.insert("who".to_owned(), json!(who));
    data.insert("evidence".to_owned(), json!(evidence));
    data.insert("lines".to_owned(), Value::Array(rows));
    data.insert("text".to_owned(), json!(texts.join("\n")));
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_likes_to_read_it() {
        let lines = [
            ("#close".to_owned(), LineResult::Done(vec!["Estado: abierto → cerrado con éxito".to_owned()])),
            ("#lock".to_owned(), LineResult::Done(Vec::new())),
        ];
        let evidence = ["token of this ticket".to_owned()];
        let data = receipt(&lines, "María Gómez (mgomez)", &evidence, Language::Es);
        assert_eq!(data["headline"], "Hecho.");
        assert_eq!(data["done"], true);
        assert_eq!(data["evidence"][0], "token of this ticket");
        assert_eq!(
            data["text"],
            "#close → Estado: abierto → cerrado con éxito\n#lock → nada que cambiar, ya estaba así"
        );
        assert_eq!(data["lines"][0]["changes"][0], "Estado: abierto → cerrado con éxito");
    }

    #[test]
    fn one_wrong_line_and_nothing_is_done() {
        let wrong =
            || LineResult::Wrong(Mistake("There is no command #clsoe. Did you mean #close?".to_owned()));
        let lines = [("#note".to_owned(), LineResult::NotDone), ("#clsoe".to_owned(), wrong())];
        let data = receipt(&lines, "mgomez", &[], Language::En);
        assert_eq!(
            data["headline"],
            "Nothing was done, because one line is wrong. Correct it and send the mail again."
        );
        assert_eq!(
            (&data["lines"][0]["kind"], &data["lines"][1]["kind"]),
            (&json!("not-done"), &json!("wrong"))
        );
        assert_eq!(data["lines"][0]["result"], "not done, because of the lines that are wrong");
        assert_eq!(data["lines"][1]["text"], "#clsoe → There is no command #clsoe. Did you mean #close?");
        let two = receipt(&[("a".to_owned(), wrong()), ("b".to_owned(), wrong())], "", &[], Language::Es);
        assert!(two["headline"].as_str().unwrap().contains("2 líneas"));
    }
}
