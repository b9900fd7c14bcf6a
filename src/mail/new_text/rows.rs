//! A text as rows: each with its quote depth and what the markup said of it, whether it came as text or HTML.

use super::borders;
use super::labels::Label;
use crate::mail::html::{Mark, lines};

/// Rows that are looked at; the rest is one row more, so that hostile texts cost what they are long.
const MAX_ROWS: usize = 50_000;

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Without quote signs and trailing blanks.
    pub(super) text: String,
    /// As it stands, quote signs and all.
    pub(super) shown: String,
    /// Quote signs that a row of HTML gets where they are needed.
    pub(super) signs: String,
    /// How many quotes it stands in.
    pub(super) depth: u16,
    /// What the markup says of it.
    pub(super) mark: Mark,
    /// The header field that it begins with; looked up once, because several rows above ask for it.
    pub(super) label: Option<Label>,
}

impl Row {
    /// A row of text.
    pub(super) fn new(text: &str, shown: &str, depth: u16) -> Self {
        // Marks of direction stand between the digits of a date and in front of labels, and say nothing.
        let plain: String;
        let text = if text.contains(is_direction) {
            plain = text.chars().filter(|sign| !is_direction(*sign)).collect();
            plain.as_str()
        } else {
            text
        };
        Self {
            label: borders::label(text),
            text: text.trim_end().to_owned(),
            shown: shown.trim_end().to_owned(),
            signs: String::new(),
            depth,
            mark: Mark::None,
        }
    }

    /// Nothing but blanks.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// A mark of direction, embedding or isolation (Unicode TR 9).
fn is_direction(sign: char) -> bool {
    matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The rows of a plain text, the armour of OpenPGP taken off.
pub(super) fn of_text(text: &str) -> Vec<Row> {
    match without_armour(text) {
        Some(signed) => rows_of(&signed),
        None => rows_of(text),
    }
}

/// A text signed in clear (RFC 9580 section 7) without the lines around it, its dashes unescaped. Only where
/// the armour begins the text: one that is quoted or forwarded is left alone.
fn without_armour(text: &str) -> Option<String> {
    let inner = text.trim_start().strip_prefix("-----BEGIN PGP SIGNED MESSAGE-----")?;
    // `Hash: SHA256` and an empty line.
    let (_, inner) = inner.split_once("\n\n")?;
    let (signed, after) = inner.split_once("\n-----BEGIN PGP SIGNATURE-----")?;
    let (_, below) = after.split_once("-----END PGP SIGNATURE-----")?;
    let lines = signed.split('\n').map(|line| line.strip_prefix("- ").unwrap_or(line));
    Some(format!("{}{below}", lines.collect::<Vec<_>>().join("\n")))
}

/// The rows of a text as it stands.
fn rows_of(text: &str) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut angle = Angle::default();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) =
            if rows.len() < MAX_ROWS { rest.split_once('\n').unwrap_or((rest, "")) } else { (rest, "") };
        rest = after;
        let (mut depth, mut bare) = unquote(line);
        // Mailboxes of old put a sign in front of `From` (RFC 4155).
        if line.starts_with(">From ") && rows.last().is_none_or(|row| row.depth == 0) {
            (depth, bare) = (0, line);
        }
        if depth == 1 && angle.is_open() {
            (depth, bare) = (0, line);
        }
        if depth == 0 {
            angle.read(line);
        }
        rows.push(Row::new(bare, line, depth));
    }
    keep_separators(text, &mut rows);
    rows
}

/// An address that was opened with `<` and broken over rows: its `>` may begin a row and is no quote sign.
#[derive(Default)]
struct Angle {
    open: usize,
    rows: usize,
}

impl Angle {
    /// Open, and not for long.
    fn is_open(&self) -> bool {
        self.open > 0 && self.rows < 5
    }

    /// Counts the signs of a row.
    fn read(&mut self, line: &str) {
        if !self.is_open() {
            *self = Self::default();
        }
        self.rows += 1;
        for sign in line.bytes() {
            match sign {
                b'<' => self.open += 1,
                b'>' => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
    }
}

/// `-- ` ends in a blank that means something (RFC 3676 section 4.3); no other trailing blank does.
fn keep_separators(text: &str, rows: &mut [Row]) {
    for (row, line) in rows.iter_mut().zip(text.split('\n')) {
        if line == "-- " {
            line.clone_into(&mut row.text);
        }
    }
}

/// The rows of an HTML text.
pub(super) fn of_html(html: &str) -> Vec<Row> {
    lines(html)
        .into_iter()
        .map(|line| {
            // Web mail of old wrote its quote signs into the text.
            let (depth, bare) =
                if line.depth == 0 { unquote(&line.text) } else { (line.depth, line.text.as_str()) };
            Row { signs: line.prefix(), mark: line.mark, ..Row::new(bare, &line.text, depth) }
        })
        .collect()
}

/// The quote depth of a line and what stands behind its signs.
fn unquote(line: &str) -> (u16, &str) {
    let (mut depth, mut rest) = (0_u16, line);
    // Apple Mail and others indent the sign by a blank; `> >` and `>>` are the same.
    while let Some(inner) = rest.strip_prefix('>').or_else(|| rest.strip_prefix(" >")) {
        depth = depth.saturating_add(1);
        rest = inner;
    }
    // A row of signs and a link between arrows is an ornament, not a quote.
    if depth > 2 && line.ends_with("<<<") {
        return (0, line);
    }
    (depth, if depth > 0 { rest.strip_prefix(' ').unwrap_or(rest) } else { rest })
}
