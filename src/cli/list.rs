//! Rows as a table for people, as one JSON object a line, or as comma separated values.

use serde_json::{Map, Value};

use super::CliError;
use super::args::RowForm;
use super::output::say;
use crate::store::{Page, StoreError};

/// Rows read and printed at a time; no list is ever in memory whole.
pub(super) const PAGE: u32 = 500;

/// How rows are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
    Csv,
}

impl From<&RowForm> for Form {
    fn from(form: &RowForm) -> Self {
        match (form.json, form.csv) {
            (true, _) => Self::Json,
            (false, true) => Self::Csv,
            (false, false) => Self::Table,
        }
    }
}

impl From<bool> for Form {
    fn from(json: bool) -> Self {
        if json { Self::Json } else { Self::Table }
    }
}

/// A list in the making: rows are given page by page.
pub(super) struct List {
    form: Form,
    /// The columns that a table shows; JSON and CSV have all.
    columns: &'static [&'static str],
    begun: bool,
}

impl List {
    pub(super) fn new(form: impl Into<Form>, columns: &'static [&'static str]) -> Self {
        Self { form: form.into(), columns, begun: false }
    }

    /// Prints a page of rows.
    pub(super) fn rows(&mut self, rows: Vec<Map<String, Value>>) -> Result<(), CliError> {
        match self.form {
            Form::Json => {
                for row in rows {
                    say(&Value::Object(row).to_string())?;
                }
            }
            Form::Csv => {
                for row in &rows {
                    if !self.begun {
                        say(&row.keys().map(|key| csv(key)).collect::<Vec<_>>().join(","))?;
                        self.begun = true;
                    }
                    say(&row.values().map(|value| csv(&words(value))).collect::<Vec<_>>().join(","))?;
                }
            }
            Form::Table => self.table(&rows)?,
        }
        Ok(())
    }

    fn table(&mut self, rows: &[Map<String, Value>]) -> Result<(), CliError> {
        if rows.is_empty() {
            return Ok(());
        }
        let cell = |row: &Map<String, Value>, column: &str| row.get(column).map(words).unwrap_or_default();
        let widths: Vec<usize> = self
            .columns
            .iter()
            .map(|column| {
                let widest = rows.iter().map(|row| cell(row, column).chars().count()).max();
                widest.unwrap_or(0).max(column.len()).min(60)
            })
            .collect();
        let line = |cells: Vec<String>| {
            let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        if !self.begun {
            say(&line(self.columns.iter().map(|column| (*column).to_owned()).collect()))?;
            self.begun = true;
        }
        for row in rows {
            say(&line(self.columns.iter().map(|column| shorten(&cell(row, column))).collect()))?;
        }
        Ok(())
    }
}

/// Reads a whole list, page by page; `id` is by what its rows are in order.
pub(super) async fn pages<T>(
    mut read: impl AsyncFnMut(Page) -> Result<Vec<T>, StoreError>,
    id: impl Fn(&T) -> i64,
    mut take: impl FnMut(Vec<T>) -> Result<(), CliError>,
) -> Result<(), CliError> {
    let full = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let mut page = Some(first());
    while let Some(this) = page {
        let rows = read(this).await?;
        page = rows.last().filter(|_| rows.len() >= full).map(|row| Page { after: id(row), limit: PAGE });
        take(rows)?;
    }
    Ok(())
}

/// The first page of a whole list.
pub(super) fn first() -> Page {
    Page { after: 0, limit: PAGE }
}

/// A row of fields in their order.
pub(super) fn row<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A value as a person reads it; control characters of hostile mails do not reach the terminal.
fn words(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    };
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Text of a mail for a terminal: line ends stay, other control characters do not.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(59).chain(['…']).collect() }
}

/// A field of RFC 4180. One that a spreadsheet would take for a formula is made text.
fn csv(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_values_stay_values() {
        assert_eq!(csv("=1+1"), "'=1+1");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(words(&Value::from("a\u{1b}[2Jb\nc")), "a [2Jb c");
        assert_eq!(words(&Value::from(vec!["a\n", "b"])), "a , b");
        assert_eq!(plain("a\u{1b}\nb"), "a\u{fffd}\nb");
    }
}
