//! The borders behind which everything is the other mail: dividing lines, header blocks, our own cut line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::CUT_LINE_MARK;
use super::attribution::{has_address, is_dash};
use super::labels::{LABELS, Label};
use super::phrases::{DIVIDERS, MORE_DIVIDERS, REPLY_LINES};
use super::rows::Row;

/// Rows that one header block may take.
const MAX_BLOCK: usize = 16;
/// Longest row that is looked at, in octets.
const MAX_LENGTH: usize = 300;

/// The titles of dividing lines by their first letter, in the order of their tables: every row of every mail is held
/// against them.
static TITLES: LazyLock<BTreeMap<char, Vec<&str>>> = LazyLock::new(|| {
    let mut titles: BTreeMap<char, Vec<&str>> = BTreeMap::new();
    for title in DIVIDERS.into_iter().chain(MORE_DIVIDERS) {
        if let Some(first) = title.chars().next() {
            titles.entry(first).or_default().push(title);
        }
    }
    titles
});

/// The titles that begin with the letter that a text begins with, whatever its case.
fn titles_like(text: &str) -> &'static [&'static str] {
    let first = text.chars().flat_map(char::to_lowercase).next();
    first.and_then(|first| TITLES.get(&first)).map_or(&[], Vec::as_slice)
}

/// Our own cut line, whatever quote signs or blanks stand in front.
pub(super) fn is_cut_line(row: &Row) -> bool {
    let text = row.text.trim_start_matches(|sign: char| sign.is_whitespace() || ">|*".contains(sign));
    text.starts_with(CUT_LINE_MARK)
}

/// `-----Original Message-----` and its like; `Begin forwarded message:` has no dashes.
pub(super) fn is_divider(text: &str) -> bool {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return false;
    }
    let ornament = |sign: char| is_dash(sign) || sign.is_whitespace() || "_=*#:：>".contains(sign);
    let bare = text.trim_matches(ornament);
    let titles = titles_like(bare);
    if titles.is_empty() {
        return false;
    }
    let bare = bare.to_lowercase().replace('\u{2019}', "'");
    let known = |phrase: &&&str| bare.starts_with(**phrase) && bare.len() <= phrase.len() + 12;
    let Some(phrase) = titles.iter().find(known) else {
        return false;
    };
    let drawn = text.starts_with(|sign: char| is_dash(sign) || "_=*#".contains(sign));
    drawn
        || (phrase.len() + 2 >= bare.len() || text.ends_with([':', '：']))
            && (text.ends_with([':', '：']) || bare.len() > 20)
}

/// A divider that lost its dashes; one only right above a header block.
fn is_undrawn(text: &str) -> bool {
    let bare = text.trim().trim_end_matches([':', '：']);
    let titles = titles_like(bare);
    !titles.is_empty() && titles.contains(&bare.to_lowercase().as_str())
}

/// A line drawn with dashes or underscores, words in it or not.
pub(super) fn is_rule(text: &str) -> bool {
    let text = text.trim().trim_matches('*').trim();
    let mark = |sign: char| is_dash(sign) || "_=".contains(sign);
    let drawn = text.chars().take(3).filter(|sign| mark(*sign)).count() == 3;
    drawn && text.ends_with(mark) && text.len() <= MAX_LENGTH
}

/// Whether a header block (`From: .. Sent: .. To: .. Subject: ..`) starts in row `first`.
pub(super) fn is_header_block(rows: &[Row], first: usize) -> bool {
    let Some(start) = rows.get(first) else { return false };
    if !matches!(start.label, Some(Label::From | Label::Date | Label::Subject | Label::To)) {
        return false;
    }
    let depth = start.depth;
    let mut seen = BTreeSet::new();
    let (mut addressed, mut timed, mut dated) = (false, false, false);
    let mut followed = false;
    let mut loose = 0;
    for (at, row) in rows.iter().enumerate().skip(first).take(MAX_BLOCK) {
        if row.is_blank() {
            // Converters put empty lines between the fields.
            let next = rows.iter().skip(at + 1).find(|row| !row.is_blank());
            if next.is_none_or(|next| next.label.is_none()) {
                followed = next.is_some();
                break;
            }
            continue;
        }
        if row.depth != depth {
            break;
        }
        match row.label {
            Some(kind) => {
                loose = 0;
                // Each field stands once in a block.
                if !seen.insert(kind) && kind != Label::Other {
                    break;
                }
                addressed |= matches!(kind, Label::From | Label::To) && has_address(&row.text);
                timed |= kind == Label::Date && has_clock(&row.text);
                dated |= kind == Label::Date && has_year(&row.text);
                if kind == Label::From {
                    timed |= has_second_label(&row.text) && has_clock(&row.text);
                }
            }
            None => {
                // A long list of addressees, or a wrapped field.
                loose += 1;
                followed = true;
                if loose > 3 {
                    break;
                }
            }
        }
    }
    seen.remove(&Label::Other);
    let anchored =
        seen.contains(&Label::From) || seen.contains(&Label::Date) && seen.contains(&Label::Subject);
    let whole = seen.len() >= 3 && anchored;
    // Two fields do where they can be nothing else: an address and a time of day.
    let half = addressed && timed && (seen.contains(&Label::From) || seen.contains(&Label::To));
    // Forms have such fields too ("From: Lima, To: Cusco"): an address or a point in time tells, or else a day
    // and a text below.
    let told = addressed || timed || dated && followed && seen.contains(&Label::Subject);
    whole && told || half
}

/// The field that a row begins with.
pub(super) fn label(text: &str) -> Option<Label> {
    let text = text.trim_start_matches(|sign: char| sign.is_whitespace() || "*_>•|".contains(sign));
    let (end, _) = text.char_indices().take(30).find(|(_, sign)| matches!(sign, ':' | '：'))?;
    let name = text.get(..end)?;
    let name = name.trim_matches(|sign: char| sign.is_whitespace() || "*_".contains(sign)).to_lowercase();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ").replace('\u{2019}', "'");
    LABELS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(kind, _)| *kind)
}

/// `From: .. Date: ..` in one row, as converters write it.
fn has_second_label(text: &str) -> bool {
    ["date:", "sent:", "fecha:", "enviado:", "gesendet:", "datum:"]
        .iter()
        .any(|word| text.to_lowercase().contains(word))
}

/// `12:30`.
fn has_clock(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(4).enumerate().any(|(at, window)| match window {
        [hour, mark @ (b':' | b'.'), ten, one] => {
            let clock = hour.is_ascii_digit() && ten.is_ascii_digit() && one.is_ascii_digit();
            // `12.5.2024` is a day.
            let year = *mark == b'.' && bytes.get(at + 4).is_some_and(u8::is_ascii_digit);
            clock && !year
        }
        _ => false,
    })
}

/// `2024`, or a day in three numbers.
fn has_year(text: &str) -> bool {
    let numbers = || text.split(|sign: char| !sign.is_ascii_digit()).filter(|number| !number.is_empty());
    numbers().any(|number| number.len() == 4) || numbers().count() >= 3
}

/// The row at which a border really begins: rules, dividers and empty rows right above belong to it.
pub(super) fn with_rule(rows: &[Row], first: usize) -> usize {
    let mut start = first;
    for at in (first.saturating_sub(5)..first).rev() {
        let Some(row) = rows.get(at) else { break };
        // Yandex puts `To:` and `Subject:` between its rule and the attribution.
        if row.is_blank()
            || row.depth == 0 && matches!(row.label, Some(Label::To | Label::Cc | Label::Subject))
        {
            continue;
        }
        if row.depth == 0 && (is_rule(&row.text) || is_divider(&row.text) || is_undrawn(&row.text)) {
            start = at;
            continue;
        }
        break;
    }
    start
}

/// The row of a long rule right above the quote in row `quote`, which is a header block with quote signs:
/// Centrum and Orange write so.
pub(super) fn rule_above_quote(rows: &[Row], quote: usize) -> Option<usize> {
    let at = quote.checked_sub(1)?;
    let text = rows.get(at).filter(|row| row.depth == 0)?.text.trim();
    let long = text.len() >= 20 && text.chars().all(|sign| sign == '_' || sign == '-');
    (long && is_header_block(rows, quote)).then_some(at)
}

/// The foot of a mailing list: a rule and the name of the list below it.
pub(super) fn is_list_foot(rows: &[Row], at: usize) -> bool {
    let Some(row) = rows.get(at).filter(|row| row.depth == 0) else { return false };
    let text = row.text.trim();
    let drawn = text.chars().all(|sign| sign == '_' || sign == '-' || sign == '=');
    let rows_below = match text.len() {
        20.. if drawn => 3,
        // Some lists, or mail programs on the way, leave two signs of it.
        2..20 if drawn && text != "--" => 1,
        _ => return false,
    };
    rows.iter().skip(at + 1).take(rows_below).any(|row| {
        let lower = row.text.to_lowercase();
        ["mailing list", "lista de correo", "mailingliste", "liste de diffusion", "unsubscribe"]
            .iter()
            .any(|word| lower.contains(word))
    })
}

/// The line of another desk above which one is to answer: `## Please type your reply above this line ##`.
pub(super) fn is_reply_line(text: &str) -> bool {
    let text = text.trim();
    if text.len() > MAX_LENGTH || text.len() < 12 {
        return false;
    }
    let ornament = |sign: char| is_dash(sign) || "#=*_~>|".contains(sign);
    let drawn = text.starts_with(ornament) && text.trim_start_matches(ornament).len() + 2 <= text.len();
    let lower = if drawn { text.to_lowercase() } else { return false };
    REPLY_LINES.iter().any(|phrase| lower.contains(phrase))
}
