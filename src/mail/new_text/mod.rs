//! The new text of a reply, apart from quote, signature and forwarded mail.
//!
//! A text becomes rows, rows become stretches (new or quoted), and borders end the text: what stands below
//! them is the other mail. Text and HTML take the same way; HTML adds what its markup says. The work is
//! bounded by the length of the text. Nothing here decides what a text means (`commands`).

mod attribution;
mod borders;
mod forwarded;
mod labels;
mod phrases;
mod rows;
mod signature;
#[cfg(test)]
mod tests;

use super::html::Mark;
pub use forwarded::{Forwarded, Written, forwarded};
use rows::Row;

/// How our own cut line begins: everything from it on is our notice, quoted. The line ends in ` -##`.
pub const CUT_LINE_MARK: &str = "##- ";

/// How our reference begins; it ends in `]`.
pub const REFERENCE_MARK: &str = "[ref:";

/// A text taken apart.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cut {
    /// What the sender wrote now. Never blank where the text is not.
    pub new_text: String,
    /// The quoted rest.
    pub quoted_text: String,
}

/// Takes a plain text apart (LF line ends, format=flowed undone).
pub fn of_text(text: &str) -> Cut {
    let (head, rest) = looked_at(text);
    let mut cut = cut(rows::of_text(head), false);
    if !rest.is_empty() {
        // It goes on as the part before it ended.
        let end = if cut.quoted_text.is_empty() { &mut cut.new_text } else { &mut cut.quoted_text };
        end.push('\n');
        end.push_str(rest.trim_end());
    }
    cut
}

/// The part of a text in which quotes are looked for, and the rest: nobody writes so much, and rows are dear.
fn looked_at(text: &str) -> (&str, &str) {
    const MOST: usize = 1024 * 1024;
    if text.len() <= MOST {
        return (text, "");
    }
    let (head, _) = text.split_at(text.floor_char_boundary(MOST));
    let end = head.rfind('\n').map_or(head.len(), |at| at + 1);
    text.split_at(end)
}

/// Takes an HTML text apart.
pub fn of_html(source: &str) -> Cut {
    cut(rows::of_html(source), true)
}

/// A text part in which no quote was found, cut where the HTML part of the same mail ends its new text: its
/// markup knows quotes that no words give away.
pub fn cut_like(cut: Cut, html_new_text: &str) -> Cut {
    let mut wanted = html_new_text.chars().filter(|sign| !sign.is_whitespace()).peekable();
    if !cut.quoted_text.is_empty() || wanted.peek().is_none() {
        return cut;
    }
    let mut end = 0;
    for (at, sign) in cut.new_text.char_indices().filter(|(_, sign)| !sign.is_whitespace()) {
        match wanted.next() {
            Some(same) if same == sign => end = at + sign.len_utf8(),
            Some(_) => return cut,
            None => break,
        }
    }
    let (new, rest) = cut.new_text.split_at_checked(end).unwrap_or((&cut.new_text, ""));
    // Only between lines, and only where the HTML says less.
    if wanted.next().is_some() || !rest.trim_start_matches([' ', '\t']).starts_with('\n') {
        return cut;
    }
    Cut { new_text: new.to_owned(), quoted_text: rest.trim().to_owned() }
}

/// A stretch of rows of one kind.
#[derive(Debug)]
struct Stretch {
    rows: std::ops::Range<usize>,
    quoted: bool,
    /// A quote that says who wrote it.
    introduced: bool,
    /// Where the quoted words begin, behind the attribution.
    words: usize,
}

/// The whole way.
fn cut(mut rows: Vec<Row>, html: bool) -> Cut {
    let (stretches, border) = stretches(&mut rows);
    let (kept, inline) = kept(&rows, &stretches, border, html);
    let text = |strip: bool| written(&chosen(&rows, &stretches, &kept, strip), inline);
    let mut new_text = text(true);
    if is_bare(&new_text) {
        new_text = text(false);
    }
    let whole = is_bare(&new_text);
    if whole {
        let all: Vec<&Row> = rows.iter().collect();
        new_text = written(&all, false);
    }
    let dropped = stretches.iter().zip(&kept).filter(|(stretch, kept)| stretch.quoted && !**kept);
    let mut quoted: Vec<&Row> = Vec::new();
    for (stretch, _) in dropped.filter(|_| !whole) {
        quoted.extend(rows.get(stretch.rows.clone()).unwrap_or_default());
    }
    if !whole {
        quoted.extend(rows.get(border..).unwrap_or_default());
    }
    Cut { new_text, quoted_text: written(&quoted, true) }
}

/// Nothing that anybody would have written.
fn is_bare(text: &str) -> bool {
    !text.chars().any(|sign| !sign.is_whitespace() && !"_-*=>\u{200b}\u{feff}".contains(sign))
}

/// Rows cut in two in one text: each moves all rows below it.
const MOST_SPLITS: usize = 50;

/// The stretches above the border, and the row at which the border stands.
fn stretches(rows: &mut Vec<Row>) -> (Vec<Stretch>, usize) {
    let mut out: Vec<Stretch> = Vec::new();
    let mut at = 0;
    let mut splits = 0;
    while at < rows.len() {
        if let Some(border) = border_at(rows, at) {
            close(&mut out, border);
            return (out, border);
        }
        let Some(row) = rows.get(at) else { break };
        if row.depth > 0 || row.mark == Mark::Attribution {
            let mut introduced = row.mark == Mark::Attribution || introduces_itself(rows, at);
            if let Some(rule) = borders::rule_above_quote(rows, at) {
                close(&mut out, rule);
                push(&mut out, rule..at, true, true);
                introduced = true;
            }
            at = add_quote(rows, at, introduced, &mut out);
            continue;
        }
        let found = attribution::ending_at(rows, at).filter(|it| it.shared == 0 || splits < MOST_SPLITS);
        let Some(found) = found else {
            at += 1;
            continue;
        };
        splits += usize::from(found.shared > 0);
        let first = split_shared(rows, found);
        let last = at + (first - found.first);
        let next = rows.iter().skip(last + 1).position(|row| !row.is_blank()).map(|skip| last + 1 + skip);
        let quote = next.filter(|&next| rows.get(next).is_some_and(|row| row.depth > 0));
        let Some(quote) = quote else {
            // The other mail stands below as it is.
            let border = borders::with_rule(rows, first);
            close(&mut out, border);
            return (out, border);
        };
        let from = borders::with_rule(rows, first);
        close(&mut out, from);
        push(&mut out, from..quote, true, true);
        at = add_quote(rows, quote, true, &mut out);
    }
    let end = rows.len();
    close(&mut out, end);
    (out, end)
}

/// The border that stands in row `at`, with the rule above it.
fn border_at(rows: &[Row], at: usize) -> Option<usize> {
    let row = rows.get(at)?;
    if borders::is_cut_line(row) || borders::is_reply_line(&row.text) {
        return Some(above_cut_line(rows, at));
    }
    if row.depth > 0 {
        return None;
    }
    let border = row.mark == Mark::Rest
        || borders::is_divider(&row.text)
        || borders::is_header_block(rows, at)
        || borders::is_list_foot(rows, at);
    border.then(|| borders::with_rule(rows, at))
}

/// Whatever introduces our notice in a language nobody foresaw: the paragraph above that ends in a colon.
fn above_cut_line(rows: &[Row], at: usize) -> usize {
    let Some(last) = rows.get(..at).and_then(|above| above.iter().rposition(|row| !row.is_blank())) else {
        return at;
    };
    let ends = rows.get(last).is_some_and(|row| row.text.trim_end().ends_with([':', '：']) || row.depth > 0);
    if !ends {
        return at;
    }
    let above = rows.get(..last).unwrap_or_default();
    let blank = above.iter().rposition(Row::is_blank).map_or(0, |blank| blank + 1);
    // One row of a long paragraph at most: the rest of it may be the answer itself.
    if last - blank > 3 { last } else { blank }
}

/// Cuts a row in two where an attribution begins in the middle of it; returns the row of the attribution.
fn split_shared(rows: &mut Vec<Row>, found: attribution::Found) -> usize {
    if found.shared == 0 {
        return found.first;
    }
    let Some(row) = rows.get_mut(found.first) else { return found.first };
    let introduction = row.text.get(found.shared..).unwrap_or_default().to_owned();
    row.text.truncate(found.shared);
    row.shown.clone_from(&row.text);
    let row = Row::new(&introduction, &introduction, 0);
    rows.insert(found.first + 1, row);
    found.first + 1
}

/// A quote that begins, within its own signs, by saying whose mail it is: Apple Mail forwards so.
fn introduces_itself(rows: &[Row], from: usize) -> bool {
    let first = rows.iter().enumerate().skip(from).take(3).find(|(_, row)| !row.is_blank());
    first.is_some_and(|(at, row)| {
        row.depth > 0
            && (borders::is_divider(&row.text)
                || borders::is_header_block(rows, at)
                || attribution::is_whole(&row.text))
    })
}

/// Adds the quote that starts in row `from`; returns the row behind it.
fn add_quote(rows: &[Row], from: usize, introduced: bool, out: &mut Vec<Stretch>) -> usize {
    close(out, from);
    let mut end = from;
    for (at, row) in rows.iter().enumerate().skip(from) {
        if row.depth > 0 || row.mark == Mark::Attribution || is_fragment(rows, at) {
            end = at + 1;
        } else if !row.is_blank() {
            break;
        }
        if at > from && borders::is_cut_line(row) {
            end = at;
            break;
        }
    }
    let end = end.max(from + 1);
    push(out, from..end, true, introduced);
    end
}

/// A piece of a link, or of a long row, that a mail program broke off a quoted row.
fn is_fragment(rows: &[Row], at: usize) -> bool {
    let quoted = |at: Option<usize>| at.and_then(|at| rows.get(at)).is_some_and(|row| row.depth > 0);
    let Some(text) = rows.get(at).map(|row| row.text.trim()) else { return false };
    if text.is_empty() || !quoted(at.checked_sub(1)) || !quoted(Some(at + 1)) {
        return false;
    }
    // A long quoted row that was broken again on its way: it goes on in lower case, without a sign.
    let long =
        at.checked_sub(1).and_then(|at| rows.get(at)).is_some_and(|row| row.text.chars().count() >= 60);
    if long && text.starts_with(char::is_lowercase) && text.chars().count() <= 60 {
        return true;
    }
    let one_word = !text.contains(char::is_whitespace)
        && text.chars().any(|sign| !sign.is_alphanumeric() && !"!?.,".contains(sign));
    one_word || text.contains("://") && text.split_whitespace().count() <= 2
}

/// Adds a stretch, joined to the one before if both are one quote.
fn push(out: &mut Vec<Stretch>, rows: std::ops::Range<usize>, quoted: bool, introduced: bool) {
    if rows.is_empty() {
        return;
    }
    if let Some(last) =
        out.last_mut().filter(|last| last.quoted && quoted && last.rows.end == rows.start && last.introduced)
    {
        last.words = rows.start;
        last.rows.end = rows.end;
        return;
    }
    out.push(Stretch { words: rows.start, rows, quoted, introduced });
}

/// Everything since the last stretch is new text, up to row `end`.
fn close(out: &mut Vec<Stretch>, end: usize) {
    while out.last().is_some_and(|last| last.rows.start >= end) {
        out.pop();
    }
    let from = out.last().map_or(0, |last| last.rows.end);
    if let Some(last) = out.last_mut().filter(|last| last.rows.end > end) {
        last.rows.end = end;
    }
    push(out, from..end.max(from), false, false);
}

/// Which stretches belong to the new text, and whether it answers a quote point by point.
fn kept(rows: &[Row], stretches: &[Stretch], border: usize, html: bool) -> (Vec<bool>, bool) {
    let says = |stretch: &Stretch| {
        let part = rows.get(stretch.rows.clone()).unwrap_or_default();
        !stretch.quoted && !is_bare(&written(&signature::without(part, false), false))
    };
    let last_new = stretches.iter().rposition(says);
    let first_new = stretches.iter().position(says);
    let Some(last_new) = last_new else {
        return (stretches.iter().map(|stretch| !stretch.quoted).collect(), false);
    };
    let inner: Vec<&Stretch> = stretches.iter().take(last_new).filter(|stretch| stretch.quoted).collect();
    let resumed = stretches.iter().skip(last_new).any(|stretch| stretch.quoted && !stretch.introduced);
    let answers_inline =
        inner.len() > 1 || inner.len() == 1 && resumed && inner.iter().any(|stretch| stretch.introduced);
    let tail_cut = border < rows.len() || stretches.iter().any(|stretch| stretch.introduced);
    let kept = stretches
        .iter()
        .enumerate()
        .map(|(at, stretch)| {
            if !stretch.quoted {
                return true;
            }
            if at > last_new {
                // Only the quote that ends the mail goes; one above it was quoted on purpose.
                let more = stretches.iter().skip(at + 1).any(|later| later.quoted && later.introduced);
                let cited = rows
                    .get(stretch.rows.clone())
                    .unwrap_or_default()
                    .iter()
                    .all(|row| row.mark == Mark::Cited || row.is_blank());
                return !stretch.introduced && (more || cited && !tail_cut);
            }
            let framed = html && first_new.is_some_and(|first| first < at);
            answers_inline || !stretch.introduced && !framed
        })
        .collect();
    (kept, answers_inline)
}

/// The rows of the stretches that are kept, without signatures if they are to be stripped.
fn chosen<'a>(rows: &'a [Row], stretches: &[Stretch], kept: &[bool], strip: bool) -> Vec<&'a Row> {
    let mut out: Vec<&Row> = Vec::new();
    let last = stretches.iter().zip(kept).rposition(|(stretch, kept)| *kept && !stretch.quoted);
    for (at, (stretch, _)) in stretches.iter().zip(kept).enumerate().filter(|(_, (_, kept))| **kept) {
        let part = rows.get(stretch.rows.clone()).unwrap_or_default();
        if strip && !stretch.quoted {
            out.extend(signature::without(part, last == Some(at)));
        } else if strip {
            // Answers need the words they answer, not the line that says who wrote them.
            let lead = stretch.words.saturating_sub(stretch.rows.start);
            out.extend(part.iter().skip(lead).filter(|row| row.mark != Mark::Attribution));
        } else {
            out.extend(part);
        }
    }
    out
}

/// Rows as text: no reference lines, no more than one empty line in a row, none at the ends. `signs`: with
/// quote signs also where they were markup.
fn written(rows: &[&Row], signs: bool) -> String {
    let mut out = String::new();
    let mut gap = false;
    for row in rows {
        let line = without_reference(&row.shown);
        let line = line.trim_end();
        if line.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push('\n');
        }
        if signs {
            out.push_str(&row.signs);
        }
        out.push_str(line);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// A row without our references.
fn without_reference(line: &str) -> std::borrow::Cow<'_, str> {
    let Some((before, from)) = line.split_once(REFERENCE_MARK) else { return line.into() };
    let Some((token, after)) = from.split_once(']') else { return line.into() };
    let ours = token.len() >= 16
        && token.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-.=_".contains(&octet));
    if ours { format!("{}{}", before.trim_end(), after).into() } else { line.into() }
}
