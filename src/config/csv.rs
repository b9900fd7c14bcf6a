//! Comma separated values (RFC 4180), as spreadsheets write them, with the place of each field. Pure.
//!
//! Semicolons serve as well: that is what spreadsheets of Spanish-speaking offices put between fields.

use std::ops::Range;

/// One field: its text without quotes, and the octets of the file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) text: String,
    pub(super) span: Range<usize>,
}

/// The rows of a file, each a list of fields; empty lines are left out.
///
/// # Errors
/// The place of a quote that nothing closes, or of text behind a closing quote.
pub(super) fn rows(text: &str) -> Result<Vec<Vec<Field>>, (Range<usize>, &'static str)> {
    let divider = divider(text);
    let mut rows: Vec<Vec<Field>> = Vec::new();
    let mut row: Vec<Field> = Vec::new();
    let mut letters = text.char_indices().peekable();
    // Written at the start of a file by spreadsheets, and no part of its first field.
    letters.next_if(|(_, letter)| *letter == '\u{feff}');
    while let Some(&(start, first)) = letters.peek() {
        let mut field = String::new();
        let quoted = first == '"';
        if quoted {
            letters.next();
            let mut closed = false;
            while let Some((_, letter)) = letters.next() {
                if letter != '"' {
                    field.push(letter);
                } else if letters.next_if(|(_, next)| *next == '"').is_some() {
                    field.push('"');
                } else {
                    closed = true;
                    break;
                }
            }
            if !closed {
                return Err((start..start + 1, "nothing closes this quote"));
            }
        } else {
            while let Some((_, letter)) = letters.next_if(|(_, c)| *c != divider && *c != '\n' && *c != '\r')
            {
                field.push(letter);
            }
        }
        let end = letters.peek().map_or(text.len(), |(at, _)| *at);
        row.push(Field { text: field.trim().to_owned(), span: start..end });
        match letters.next() {
            Some((_, letter)) if letter == divider => {
                // A divider at the very end is followed by one more, empty field.
                if letters.peek().is_none_or(|(_, next)| matches!(next, '\n' | '\r')) {
                    row.push(Field { text: String::new(), span: end + 1..end + 1 });
                    skip_line_end(&mut letters);
                    finish_row(&mut rows, &mut row);
                }
            }
            Some((_, '\n')) | None => finish_row(&mut rows, &mut row),
            Some((_, '\r')) => {
                letters.next_if(|(_, next)| *next == '\n');
                finish_row(&mut rows, &mut row);
            }
            Some((at, _)) => return Err((at..at + 1, "text behind the closing quote")),
        }
    }
    Ok(rows)
}

fn skip_line_end(letters: &mut std::iter::Peekable<std::str::CharIndices<'_>>) {
    letters.next_if(|(_, next)| *next == '\r');
    letters.next_if(|(_, next)| *next == '\n');
}

fn finish_row(rows: &mut Vec<Vec<Field>>, row: &mut Vec<Field>) {
    let row = std::mem::take(row);
    if row.iter().any(|field| !field.text.is_empty()) {
        rows.push(row);
    }
}

/// Whichever of the two stands in the first line more often.
fn divider(text: &str) -> char {
    let first = text.lines().next().unwrap_or_default();
    if first.matches(';').count() > first.matches(',').count() { ';' } else { ',' }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<Vec<String>> {
        let rows = rows(text).unwrap();
        rows.into_iter().map(|row| row.into_iter().map(|field| field.text).collect()).collect()
    }

    #[test]
    fn what_spreadsheets_write() {
        assert_eq!(texts("a,b\n1,2\n"), [["a", "b"], ["1", "2"]]);
        assert_eq!(texts("\u{feff}a;b\r\n1;\"x; \"\"y\"\"\r\nz\"\r\n"), [["a", "b"], ["1", "x; \"y\"\r\nz"]]);
        assert_eq!(texts("a,b\n\n1,\n,\n"), [["a", "b"], ["1", ""]]);
        assert_eq!(texts("a,b\r1,"), [["a", "b"], ["1", ""]]);
        assert!(texts("").is_empty());
    }

    #[test]
    fn spans_point_at_fields() {
        let text = "é,\"b\"\n1,2";
        let rows = rows(text).unwrap();
        assert_eq!(rows[0][1].span, 3..6);
        assert_eq!(text.get(rows[1][1].span.clone()), Some("2"));
    }

    #[test]
    fn broken_quotes() {
        assert_eq!(rows("a,\"b\n").unwrap_err(), (2..3, "nothing closes this quote"));
        assert_eq!(rows("\"a\"b,c\n").unwrap_err(), (3..4, "text behind the closing quote"));
    }
}
