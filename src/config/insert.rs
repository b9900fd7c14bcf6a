//! Further tables in a text file, put between two of its lines: everything that stands there stays as it is, to the
//! last blank and comment. Pure; whether the file still makes sense is for whoever reads it next.

use std::ops::Range;

use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table};

/// Lines that a difference shows on either side of what is new.
const AROUND: usize = 3;

/// A text with what was put in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inserted {
    /// All of it.
    pub text: String,
    /// The octets that are new.
    pub new: Range<usize>,
    /// Line of the first new table's header, counted from 1.
    pub line: usize,
}

/// Why nothing can be put in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InsertError {
    /// The file is no TOML; a reader of the whole desk shows the place.
    #[error("the file has a mistake")]
    Syntax,
    /// `agent = [{ .. }]`, or no list of tables at all.
    #[error("`{0}` is written as one value here; write its entries as [[{0}]] first")]
    OneValue(&'static str),
}

/// Puts tables of one kind, `[[name]]`, behind the last one of that kind, or at the end where there is none.
///
/// # Errors
/// [`InsertError`].
pub fn insert(text: &str, name: &'static str, tables: &[Table]) -> Result<Inserted, InsertError> {
    let at = place(text, name)?;
    let (before, behind) = text.split_at_checked(at).unwrap_or((text, ""));
    let written: Vec<String> = tables.iter().map(|table| shown(name, table)).collect();
    let mut new = String::new();
    if !before.is_empty() && !before.ends_with('\n') {
        new.push('\n');
    }
    // One empty line on either side, unless there is one.
    if before.lines().next_back().is_some_and(|line| !line.trim().is_empty()) {
        new.push('\n');
    }
    let head = new.matches('\n').count();
    new.push_str(&written.join("\n"));
    if behind.lines().next().is_some_and(|line| !line.trim().is_empty()) {
        new.push('\n');
    }
    if text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) {
        new = new.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    let line = before.matches('\n').count() + head + 1;
    Ok(Inserted { text: [before, &new, behind].concat(), new: at..at + new.len(), line })
}

/// What the file gets, as `diff -u` shows it.
pub fn difference(file: &str, old: &str, inserted: &Inserted) -> String {
    let start = inserted.new.start;
    let (before, behind) = old.split_at_checked(start).unwrap_or((old, ""));
    let new = inserted.text.get(inserted.new.clone()).unwrap_or_default();
    let above: Vec<&str> = before.lines().collect();
    let above = above.get(above.len().saturating_sub(AROUND)..).unwrap_or_default();
    let below: Vec<&str> = behind.lines().take(AROUND).collect();
    // A last line without its end gets one: that is no line of its own.
    let new: Vec<&str> = if before.is_empty() || before.ends_with('\n') {
        new.lines().collect()
    } else {
        new.lines().skip(1).collect()
    };
    let from = before.lines().count().saturating_sub(above.len());
    let around = above.len() + below.len();
    let (old_from, new_from) = (if around == 0 { 0 } else { from + 1 }, from + 1);
    let mut lines = vec![
        format!("--- {file}"),
        format!("+++ {file}"),
        format!("@@ -{old_from},{around} +{new_from},{} @@", around + new.len()),
    ];
    lines.extend(above.iter().map(|line| format!(" {line}")));
    lines.extend(new.iter().map(|line| format!("+{line}")));
    lines.extend(below.iter().map(|line| format!(" {line}")));
    lines.join("\n")
}

/// `[[name]]` and its keys.
fn shown(name: &str, table: &Table) -> String {
    let mut document = DocumentMut::new();
    let mut tables = ArrayOfTables::new();
    tables.push(table.clone());
    document.insert(name, Item::ArrayOfTables(tables));
    document.to_string()
}

/// Where the next table of a kind belongs: behind the last one and what is said about it in the lines below, or at the
/// end of the file.
fn place(text: &str, name: &'static str) -> Result<usize, InsertError> {
    let document = Document::parse(text).map_err(|_| InsertError::Syntax)?;
    let last = match document.get(name) {
        None => return Ok(text.len()),
        Some(Item::ArrayOfTables(tables)) => tables.iter().last().and_then(end),
        Some(Item::None | Item::Value(_) | Item::Table(_)) => return Err(InsertError::OneValue(name)),
    };
    let Some(last) = last else { return Ok(text.len()) };
    let mut at = behind_line(text, last);
    let mut below = at;
    while let Some(line) = text.get(below..).and_then(|rest| rest.split_inclusive('\n').next()) {
        if !line.trim_start().starts_with('#') {
            // A comment right above a header belongs to that.
            if line.trim().is_empty() {
                at = below;
            }
            return Ok(at);
        }
        below += line.len();
    }
    Ok(text.len())
}

/// Where the last of a table's values ends.
fn end(table: &Table) -> Option<usize> {
    let of_item = |item: &Item| match item {
        Item::Table(inner) => end(inner),
        Item::ArrayOfTables(inner) => inner.iter().filter_map(end).max(),
        Item::Value(_) | Item::None => item.span().map(|span| span.end),
    };
    let values = table.iter().filter_map(|(_, item)| of_item(item)).max();
    values.max(table.span().map(|span| span.end))
}

/// The beginning of the line behind the one in which an octet is the last.
fn behind_line(text: &str, end: usize) -> usize {
    let from = end.saturating_sub(1);
    let found = text.as_bytes().get(from..).and_then(|rest| rest.iter().position(|octet| *octet == b'\n'));
    found.map_or(text.len(), |at| from + at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(login: &str) -> Table {
        let mut table = Table::new();
        table.insert("login", toml_edit::value(login));
        table
    }

    fn agent(text: &str) -> Inserted {
        insert(text, "agent", &[table("x")]).unwrap()
    }

    #[test]
    fn a_table_stands_behind_those_of_its_kind() {
        let text = "# top\ndefault_queue = 'A'\n\n[[agent]] # one\nlogin = 'a' # first\n# level = 2\n\n# ---- queues\n[[queue]]\nname = 'A'\n";
        let got = agent(text);
        assert_eq!(
            got.text,
            text.replace("# level = 2\n", "# level = 2\n\n[[agent]]\nlogin = \"x\"\n"),
            "{}",
            got.text
        );
        assert_eq!(got.text.lines().nth(got.line - 1), Some("[[agent]]"));
        let close = "[[agent]]\nlogin = 'a'\n# the queues\n[[queue]]\nname = 'A'\n";
        assert_eq!(
            agent(close).text,
            "[[agent]]\nlogin = 'a'\n\n[[agent]]\nlogin = \"x\"\n\n# the queues\n[[queue]]\nname = 'A'\n"
        );
    }

    #[test]
    fn ends_of_files_and_lines() {
        for (text, wanted) in [
            ("", "[[agent]]\nlogin = \"x\"\n"),
            ("\u{feff}", "\u{feff}\n\n[[agent]]\nlogin = \"x\"\n"),
            ("a = 1", "a = 1\n\n[[agent]]\nlogin = \"x\"\n"),
            ("a = 1\n\n", "a = 1\n\n[[agent]]\nlogin = \"x\"\n"),
            ("# only\n", "# only\n\n[[agent]]\nlogin = \"x\"\n"),
            ("[[agent]]\nlogin = 'ñ'", "[[agent]]\nlogin = 'ñ'\n\n[[agent]]\nlogin = \"x\"\n"),
            ("[[agent]]", "[[agent]]\n\n[[agent]]\nlogin = \"x\"\n"),
            (
                "a = 1\r\n[[agent]]\r\nlogin = 'a'\r\n\r\n[[queue]]\r\n",
                "a = 1\r\n[[agent]]\r\nlogin = 'a'\r\n\r\n[[agent]]\r\nlogin = \"x\"\r\n\r\n[[queue]]\r\n",
            ),
            (
                "[[agent]]\nname = '''\n[[queue]]\n'''\n[[queue]]\n",
                "[[agent]]\nname = '''\n[[queue]]\n'''\n\n[[agent]]\nlogin = \"x\"\n\n[[queue]]\n",
            ),
        ] {
            let got = agent(text);
            assert_eq!(got.text, wanted, "{text:?}");
            let header = got.text.lines().nth(got.line - 1);
            assert_eq!(header, Some("[[agent]]"), "{text:?}");
        }
    }

    #[test]
    fn what_is_written_otherwise_is_left_alone() {
        assert_eq!(insert("agent = []\n", "agent", &[table("x")]), Err(InsertError::OneValue("agent")));
        assert_eq!(insert("[agent]\n", "agent", &[table("x")]), Err(InsertError::OneValue("agent")));
        assert_eq!(insert("agent = ", "agent", &[table("x")]), Err(InsertError::Syntax));
    }

    #[test]
    fn a_difference_is_that_of_diff() {
        let text = "a = 1\nb = 2\nc = 3\nd = 4\n[[agent]]\nlogin = 'a'\n[[queue]]\n";
        let shown = difference("desk.toml", text, &agent(text));
        assert_eq!(
            shown,
            "--- desk.toml\n+++ desk.toml\n@@ -4,4 +4,8 @@\n d = 4\n [[agent]]\n login = 'a'\n+\n+[[agent]]\n\
             +login = \"x\"\n+\n [[queue]]"
        );
        let shown = difference("desk.toml", "", &agent(""));
        assert_eq!(shown, "--- desk.toml\n+++ desk.toml\n@@ -0,0 +1,2 @@\n+[[agent]]\n+login = \"x\"");
    }
}
