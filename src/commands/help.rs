//! The list of commands, for the mail that answers `#help` and for the guides: always the one that is read.

use serde_json::{Map, Value, json};

use super::verb::Verb;
use super::words;
use crate::mail::Language;

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpRow {
    /// `#close [successful|unsuccessful|workaround] [silent]`.
    pub form: String,
    /// What it does.
    pub does: String,
    /// A line that works.
    pub example: String,
    /// Every word for it, those of `language` first: `#cerrar`, `#close`.
    pub words: Vec<String>,
}

/// The list, in the order of a guide.
pub fn help_rows(language: Language) -> Vec<HelpRow> {
    let own = words::of(language);
    Verb::ALL
        .into_iter()
        .filter_map(|verb| {
            let entry = own.verbs.get(verb.word())?;
            let mut spelled: Vec<String> = entry.words.iter().map(|word| format!("#{word}")).collect();
            for other in words::all().filter_map(|words| words.verbs.get(verb.word())) {
                for word in other.words.iter().map(|word| format!("#{word}")) {
                    if !spelled.contains(&word) {
                        spelled.push(word);
                    }
                }
            }
            Some(HelpRow {
                form: entry.form.clone(),
                does: entry.does.clone(),
                example: entry.example.clone(),
                words: spelled,
            })
        })
        .collect()
}

/// The data of the template `help`: `rows`, each with `form`, `does`, `example` and `words` (joined), and
/// `text`, all of it ready to print.
pub fn help(language: Language) -> Map<String, Value> {
    let rows = help_rows(language);
    let text: Vec<String> = rows.iter().map(|row| format!("{}\n    {}", row.form, row.does)).collect();
    let listed: Vec<Value> = rows
        .iter()
        .map(|row| {
            json!({ "form": row.form, "does": row.does, "example": row.example, "words": row.words.join(", ") })
        })
        .collect();
    let mut data = Map::new();
    data.insert("rows".to_owned(), Value::Array(listed));
    data.insert("text".to_owned(), json!(text.join("\n")));
    data
}

/// The same as a table in Markdown, for the guides.
pub fn help_table(language: Language) -> String {
    let heads = match language {
        Language::En => ["Write", "What it does", "Also"],
        Language::Es => ["Se escribe", "Qué hace", "También"],
    };
    let mut table = format!("| {} |\n| --- | --- | --- |\n", heads.join(" | "));
    for row in help_rows(language) {
        let also: Vec<String> = row.words.iter().skip(1).map(|word| format!("`{word}`")).collect();
        let form = row.form.replace('|', "\\|");
        table.push_str(&format!("| `{form}` | {} | {} |\n", row.does, also.join(", ")));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_every_verb() {
        let rows = help_rows(Language::Es);
        assert_eq!(rows.len(), Verb::ALL.len());
        assert_eq!(rows[0].words, ["#cerrar", "#cierra", "#cierre", "#close"]);
        assert!(help(Language::En)["text"].as_str().unwrap().starts_with("#close [successful|"));
        assert!(help_table(Language::En).contains("| `#take` | Makes you responsible"));
    }
}
