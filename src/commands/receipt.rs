//! The answer to a mail of commands: every line, what came of it, who asked and how that was known.

use serde_json::{Map, Value, json};

use super::command::Mistake;
use super::words::{self, say};
use crate::mail::Language;

/// What came of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineResult {
    /// Done: before and after, in the reader's words.
    Done(String),
    /// Wrong, and what to write instead.
    Wrong(Mistake),
    /// Right by itself, and not done because another line is wrong.
    NotDone,
}

/// Makes all of it or nothing: where one line is wrong, no other one was done.
pub fn all_or_nothing(lines: &mut [(String, LineResult)]) {
    if lines.iter().any(|(_, result)| matches!(result, LineResult::Wrong(_))) {
        for (_, result) in lines.iter_mut().filter(|(_, result)| matches!(result, LineResult::Done(_))) {
            *result = LineResult::NotDone;
        }
    }
}

/// What stands beside a line that was not done because of another.
pub fn not_done(language: Language) -> String {
    words::of(language).say.not_done.clone()
}

/// The data of the template `receipt`, as `outbound::catalog` lists it, and beside it `headline` (one
/// sentence) and `who`: `done` (everything was), `lines`, each with `line`, `done` and `result`, and
/// `evidence`.
pub fn receipt(
    lines: &[(String, LineResult)],
    who: &str,
    evidence: &[String],
    language: Language,
) -> Map<String, Value> {
    let own = &words::of(language).say;
    let wrong = lines.iter().filter(|(_, result)| matches!(result, LineResult::Wrong(_))).count();
    let headline = match wrong {
        0 => own.all_done.clone(),
        1 => own.all_refused.clone(),
        count => say(&own.all_refused_several, &[("count", &count.to_string())]),
    };
    let rows: Vec<Value> = lines
        .iter()
        .map(|(line, result)| {
            let (done, words) = match result {
                LineResult::Done(change) => (true, change),
                LineResult::Wrong(mistake) => (false, &mistake.0),
                LineResult::NotDone => (false, &own.not_done),
            };
            json!({ "line": line, "done": done, "result": words })
        })
        .collect();
    let mut data = Map::new();
    data.insert("done".to_owned(), json!(wrong == 0));
    data.insert("headline".to_owned(), json!(headline));
    data.insert("who".to_owned(), json!(who));
    data.insert("evidence".to_owned(), json!(evidence));
    data.insert("lines".to_owned(), Value::Array(rows));
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(words: &str) -> LineResult {
        LineResult::Done(words.to_owned())
    }

    fn wrong(words: &str) -> LineResult {
        LineResult::Wrong(Mistake(words.to_owned()))
    }

    #[test]
    fn everything_was_done() {
        let lines = [("#cerrar".to_owned(), done("Estado: abierto → cerrado con éxito"))];
        let data = receipt(&lines, "María Gómez (mgomez)", &["token".to_owned()], Language::Es);
        let expected = json!({
            "done": true,
            "headline": "Hecho.",
            "who": "María Gómez (mgomez)",
            "evidence": ["token"],
            "lines": [{ "line": "#cerrar", "done": true, "result": "Estado: abierto → cerrado con éxito" }],
        });
        assert_eq!(Value::Object(data), expected);
    }

    #[test]
    fn one_wrong_line_and_nothing_was_done() {
        let mut lines = [
            ("#lock".to_owned(), done("lock: unlocked → locked")),
            ("#clsoe".to_owned(), wrong("There is no command #clsoe. Did you mean #close?")),
        ];
        all_or_nothing(&mut lines);
        let data = receipt(&lines, "mgomez", &[], Language::En);
        assert_eq!(data["done"], false);
        assert_eq!(
            data["headline"],
            "Nothing was done, because one line is wrong. Correct it and send the mail again."
        );
        let not_done = "not done, because of the lines that are wrong";
        assert_eq!(data["lines"][0], json!({ "line": "#lock", "done": false, "result": not_done }));
        assert_eq!(data["lines"][1]["result"], "There is no command #clsoe. Did you mean #close?");
        let two = [("a".to_owned(), wrong("x")), ("b".to_owned(), wrong("y"))];
        assert!(receipt(&two, "", &[], Language::Es)["headline"].as_str().unwrap().contains("2 líneas"));
    }
}
