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

/// One line with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// As written.
    pub written: String,
    /// The ticket that it was for, where a mail names several.
    pub ticket: Option<String>,
    /// What came of it.
    pub result: LineResult,
}

/// Makes all of it or nothing: where one line is wrong, no other one was done.
pub fn all_or_nothing(lines: &mut [ReceiptLine]) {
    if lines.iter().any(|line| matches!(line.result, LineResult::Wrong(_))) {
        for line in lines.iter_mut().filter(|line| matches!(line.result, LineResult::Done(_))) {
            line.result = LineResult::NotDone;
        }
    }
}

/// What stands beside a line that was not done because of another.
pub fn not_done(language: Language) -> String {
    words::of(language).say.not_done.clone()
}

/// The data of the template `receipt`, as `outbound::catalog` lists it, and beside it `headline` (one
/// sentence) and `who`: `done` (everything was), `lines`, each with `line`, `done`, `result` and, where another
/// ticket begins, its number as `heading`, `idle` where the line was right and others were not, and `evidence`.
pub fn receipt(
    lines: &[ReceiptLine],
    who: &str,
    evidence: &[String],
    language: Language,
) -> Map<String, Value> {
    let own = &words::of(language).say;
    let wrong = lines.iter().filter(|line| matches!(line.result, LineResult::Wrong(_))).count();
    let headline = match wrong {
        0 => own.all_done.clone(),
        1 => own.all_refused.clone(),
        count => say(&own.all_refused_several, &[("count", &count.to_string())]),
    };
    let mut before = &None;
    let rows: Vec<Value> = lines
        .iter()
        .map(|line| {
            let (done, idle, words) = match &line.result {
                LineResult::Done(change) => (true, false, change),
                LineResult::Wrong(mistake) => (false, false, &mistake.0),
                LineResult::NotDone => (false, true, &own.not_done),
            };
            let heading = line.ticket.as_ref().filter(|_| line.ticket != *before);
            before = &line.ticket;
            json!({ "heading": heading, "line": line.written, "done": done, "idle": idle, "result": words })
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

    fn line(written: &str, result: LineResult) -> ReceiptLine {
        ReceiptLine { written: written.to_owned(), ticket: None, result }
    }

    fn done(written: &str, words: &str) -> ReceiptLine {
        line(written, LineResult::Done(words.to_owned()))
    }

    fn wrong(written: &str, words: &str) -> ReceiptLine {
        line(written, LineResult::Wrong(Mistake(words.to_owned())))
    }

    #[test]
    fn everything_was_done() {
        let lines = [done("#cerrar", "Estado: abierto → cerrado con éxito")];
        let data = receipt(&lines, "María Gómez (mgomez)", &["token".to_owned()], Language::Es);
        let expected = json!({
            "done": true,
            "headline": "Hecho.",
            "who": "María Gómez (mgomez)",
            "evidence": ["token"],
            "lines": [{ "heading": null, "line": "#cerrar", "done": true, "idle": false, "result": "Estado: abierto → cerrado con éxito" }],
        });
        assert_eq!(Value::Object(data), expected);
    }

    #[test]
    fn one_wrong_line_and_nothing_was_done() {
        let mut lines = [
            done("#lock", "lock: unlocked → locked"),
            wrong("#clsoe", "There is no command #clsoe. Did you mean #close?"),
        ];
        all_or_nothing(&mut lines);
        let data = receipt(&lines, "mgomez", &[], Language::En);
        assert_eq!(data["done"], false);
        assert_eq!(
            data["headline"],
            "Nothing was done, because one line is wrong. Correct it and send the mail again."
        );
        let not_done = "not done, because of the lines that are wrong";
        assert_eq!(
            data["lines"][0],
            json!({ "heading": null, "line": "#lock", "done": false, "idle": true, "result": not_done })
        );
        assert_eq!(data["lines"][1]["result"], "There is no command #clsoe. Did you mean #close?");
        let two = [wrong("a", "x"), wrong("b", "y")];
        assert!(receipt(&two, "", &[], Language::Es)["headline"].as_str().unwrap().contains("2 líneas"));
    }
}
