//! What goes into a template: every variable present, every string of its kind and within its limit.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::outbound::catalog::{self, Kind, Variable};
use crate::outbound::data::TEXT;

/// Octets of one line.
const LINE: usize = 4 * 1024;
/// Entries of a list.
const ENTRIES: usize = 100;
/// Octets of one string in a list.
const LISTED: usize = 2 * 1024;
/// Stands where something was cut off.
const CUT: &str = " […]";

/// The data with all variables of the catalogue, and nothing in them that a mail must not carry: control characters,
/// line ends where one line is meant, more than the limit.
pub(super) fn filled(template: &str, data: &Map<String, Value>) -> Map<String, Value> {
    let known = catalog::variables(template);
    let mut out: Map<String, Value> = known
        .map(|variable| {
            let value = data.get(variable.name).filter(|value| !value.is_null());
            let value = value.map_or_else(|| none(variable.kind), |value| value_of(variable.kind, value));
            (variable.name.to_owned(), value)
        })
        .collect();
    // What a decision gives beyond the catalogue may serve a template of the house.
    for (name, value) in data.iter().filter(|(name, _)| !name.is_empty()) {
        if !out.contains_key(name) {
            out.insert(name.clone(), any(value, 0));
        }
    }
    out
}

/// No value, of its kind: `{{#each}}` runs over an empty list, and fails on nothing.
fn none(kind: Kind) -> Value {
    match kind {
        Kind::Lines | Kind::List(_) | Kind::Rows(_) | Kind::Blocks(_) => Value::Array(Vec::new()),
        Kind::Flag => Value::from(false),
        Kind::Line | Kind::Text | Kind::Person => Value::Null,
    }
}

fn value_of(kind: Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Text, Value::String(text)) => Value::from(lines(text)),
        (Kind::Line, Value::Number(number)) => Value::from(number.to_string()),
        (Kind::Person, Value::String(address)) => {
            serde_json::json!({ "name": line(address), "address": line(address) })
        }
        (Kind::Blocks(_), Value::Array(entries)) => entries.iter().take(ENTRIES).map(block).collect(),
        (
            Kind::Line
            | Kind::Text
            | Kind::Flag
            | Kind::Person
            | Kind::Lines
            | Kind::List(_)
            | Kind::Rows(_)
            | Kind::Blocks(_),
            other,
        ) => any(other, 0),
    }
}

/// An entry whose `text` keeps its lines.
fn block(entry: &Value) -> Value {
    let mut out = any(entry, 1);
    if let (Some(fields), Some(text)) = (out.as_object_mut(), entry.get("text").and_then(Value::as_str)) {
        fields.insert("text".to_owned(), Value::from(lines(text)));
    }
    out
}

fn any(value: &Value, depth: usize) -> Value {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        Value::String(text) => Value::from(line_of(text, if depth == 0 { LINE } else { LISTED })),
        Value::Array(_) | Value::Object(_) if depth > 3 => Value::Null,
        Value::Array(entries) => entries.iter().take(ENTRIES).map(|entry| any(entry, depth + 1)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().take(ENTRIES).map(|(name, value)| (name.clone(), any(value, depth + 1))).collect(),
        ),
    }
}

/// Characters that change how their surroundings are shown (Unicode Bidi_Control): they can make a name or a file
/// look like another one. And the byte order mark, which decoders take away from the beginning of an encoded word.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{feff}')
}

/// One line: every run of white space and control characters is one blank.
pub(in crate::outbound) fn line(text: &str) -> String {
    line_of(text, LINE)
}

fn line_of(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(limit));
    for c in cut(text, limit).chars() {
        if c.is_whitespace() || c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_unseen(c) {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Lines with LF between them; no other control characters but tabs.
fn lines(text: &str) -> String {
    let unix = cut(text, TEXT).replace("\r\n", "\n").replace('\r', "\n");
    unix.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect::<String>()
        .trim_end()
        .to_owned()
}

/// A text cut to what a template would take of it.
pub(in crate::outbound) fn bounded_text(text: &str) -> Cow<'_, str> {
    cut(text, TEXT)
}

fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let end = (0..=limit).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}{CUT}", text.get(..end).unwrap_or_default()))
}

/// A rendered text without blanks at the end of lines (but for the signature's `-- `), with at most one empty line in
/// a row, and one LF at its end.
pub(super) fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim_matches('\n').split('\n') {
        let line = if line == "-- " { line } else { line.trim_end() };
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 3 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// How much a sample holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Every variable.
    Everything,
    /// Those that always have a value.
    Little,
    /// None.
    Nothing,
}

/// Data for a template with `word` in each place: for checks, tests and `taquilla preview` without a ticket.
pub fn sample(template: &str, fill: Fill, word: &str) -> Map<String, Value> {
    let about_ticket = catalog::find(template).is_some_and(|spec| spec.about_ticket);
    let of_ticket = |variable: &Variable| catalog::TICKET.iter().any(|known| known == variable);
    catalog::variables(template)
        .filter(|variable| match fill {
            Fill::Everything => true,
            Fill::Little => !variable.optional && (about_ticket || !of_ticket(variable)),
            Fill::Nothing => false,
        })
        .filter(|variable| variable.name != "subject")
        .map(|variable| (variable.name.to_owned(), sample_value(variable.kind, word)))
        .collect()
}

fn sample_value(kind: Kind, word: &str) -> Value {
    match kind {
        Kind::Line => Value::from(word),
        Kind::Text => Value::from(format!("{word}\n{word}")),
        Kind::Flag => Value::from(true),
        Kind::Person => serde_json::json!({ "name": word, "address": word }),
        Kind::Lines => Value::from(vec![word, word]),
        Kind::List(fields) | Kind::Blocks(fields) => list(fields, word, &[]),
        Kind::Rows(fields) => {
            let button = serde_json::json!({ "label": word, "href": word, "command": word });
            list(fields, word, &[("buttons", Value::from(vec![button]))])
        }
    }
}

fn list(fields: &[&str], word: &str, more: &[(&str, Value)]) -> Value {
    let words = fields.iter().map(|field| ((*field).to_owned(), Value::from(word)));
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let entry: Map<String, Value> = words.chain(more).collect();
    Value::from(vec![Value::Object(entry.clone()), Value::Object(entry)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stays_one_line() {
        assert_eq!(line(" a\r\nBcc: b\u{0}\t c\u{2028}d\u{202e}\u{feff} "), "a Bcc: b c d");
        assert_eq!(line(&"ñ".repeat(LINE)).len(), LINE + CUT.len());
        assert_eq!(lines("a\r\n\tb\rc\u{7}\n\n"), "a\n\tb\nc");
    }

    #[test]
    fn tidy_keeps_the_signature_line() {
        assert_eq!(tidy("\n\na  \n\n\n\n\nb\n-- \nc\n\n\n"), "a\n\n\nb\n-- \nc\n");
    }

    #[test]
    fn all_variables_are_there() {
        let mut data = Map::new();
        data.insert("text".into(), "a\r\nb".into());
        data.insert("title".into(), "a\r\nb".into());
        data.insert("of_the_house".into(), vec!["a\nb"].into());
        let filled = filled("closed", &data);
        assert_eq!(filled["text"], "a\nb");
        assert_eq!(filled["title"], "a b");
        assert_eq!(filled["of_the_house"], Value::from(vec!["a b"]));
        assert!(catalog::TICKET.iter().chain(catalog::COMMON).all(|known| filled.contains_key(known.name)));
    }
}
