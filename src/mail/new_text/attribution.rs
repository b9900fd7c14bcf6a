//! The line, or the few lines, that say who wrote what is quoted below.
//!
//! Verb and date do the work; the phrase itself differs from program to program and language to language.

use super::phrases::{OPENERS, VERB_FIRST, VERBS, WEAK_VERBS};
use super::rows::Row;

/// Rows over which an attribution may be wrapped.
const MAX_ROWS: usize = 5;
/// Longest attribution, in octets.
const MAX_LENGTH: usize = 500;

/// An attribution that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// First row.
    pub(super) first: usize,
    /// Octets of the first row that stand in front of it: the sender's own words on the same line.
    pub(super) shared: usize,
}

/// The attribution that ends in row `last`, if one does.
pub(super) fn ending_at(rows: &[Row], last: usize) -> Option<Found> {
    let end =
        rows.get(last).filter(|row| row.depth == 0 && !row.is_blank() && row.text.len() <= MAX_LENGTH)?;
    let next_quoted = rows.iter().skip(last + 1).find(|row| !row.is_blank()).is_some_and(|row| row.depth > 0);
    let closes = |tail: &String| tail.contains(char::is_alphanumeric) || tail.trim() == ">";
    let tail = ending(&end.text).filter(closes);
    // Old Android and Gmail: `2011/4/7 Ana <ana@example.org>`, no colon.
    let bare_date = next_quoted && end.text.trim_end().ends_with('>') && starts_with_date(&end.text);
    if bare_date && has_address(&end.text) {
        return Some(Found { first: last, shared: 0 });
    }
    // WEB.DE writes no colon: `Am 06.05.24 um 18:03 schrieb Ana Paz`.
    if tail.is_none() && next_quoted && is_complete(&format!("{}:", end.text)) && has_time(&end.text) {
        return Some(Found { first: last, shared: 0 });
    }
    // Zoho writes none either, above a mail without quote signs; there everything else must be there.
    if tail.is_none() && is_whole(&end.text) {
        return Some(Found { first: last, shared: 0 });
    }
    let tail = tail?;
    let mut first = last;
    for _ in 0..MAX_ROWS {
        let joined = joined(rows, first, last);
        if joined.len() > MAX_LENGTH {
            break;
        }
        if is_complete(&joined) {
            return Some(Found { first: opened_above(rows, first), shared: 0 });
        }
        let Some(above) = above(rows, first) else { break };
        first = above;
    }
    alone(rows, last, &tail, next_quoted).or_else(|| foreign(rows, last).filter(|_| next_quoted))
}

/// Right above a quote: an address, a date and a time up to the colon, in a language nobody foresaw.
fn foreign(rows: &[Row], last: usize) -> Option<Found> {
    let mut first = last;
    for _ in 0..3 {
        let text = joined(rows, first, last);
        if text.chars().count() > 160 {
            return None;
        }
        if has_address(&text) && has_date(&text) && has_time(&text) {
            return Some(Found { first, shared: 0 });
        }
        first = above(rows, first)?;
    }
    None
}

/// A window that begins with a time of day may have its preposition and date in the row above.
fn opened_above(rows: &[Row], first: usize) -> usize {
    let opens = |at: &usize| {
        rows.get(*at).is_some_and(|row| {
            let lower = row.text.trim().to_lowercase();
            row.depth == 0 && starts_with_opener(&lower) && has_date(&lower) && ending(&lower).is_none()
        })
    };
    let timed = rows.get(first).is_some_and(|row| starts_with_date(&row.text.to_lowercase()));
    first.checked_sub(1).filter(|above| timed && opens(above)).unwrap_or(first)
}

/// The row in which an attribution may have begun that goes on in row `first`. Blank rows lie between only
/// where a mail program broke an address apart.
fn above(rows: &[Row], first: usize) -> Option<usize> {
    let above = first.checked_sub(1)?;
    let row = rows.get(above)?;
    if !row.is_blank() {
        return (row.depth == 0).then_some(above);
    }
    let broken = rows.get(first)?.text.trim_start().starts_with(['<', '>']);
    let further = above.checked_sub(1)?;
    (broken && rows.get(further).is_some_and(|row| row.depth == 0 && !row.is_blank())).then_some(further)
}

/// An attribution without a beginning that tells: the verb must stand last.
fn alone(rows: &[Row], last: usize, tail: &str, next_quoted: bool) -> Option<Found> {
    let text = rows.get(last)?.text.as_str();
    let verb = VERBS.iter().any(|verb| ends_with_word(tail, verb));
    if let Some(shared) = shared_length(text).filter(|_| verb || weak(tail)) {
        return Some(Found { first: last, shared });
    }
    let dashed = text.trim_start().starts_with("--") && text.trim_end().ends_with("--");
    let evidence = has_address(text) || (has_date(text) && has_time(text));
    let short = text.chars().count() <= 120;
    // `* Ana Paz <ana@example.org> [2024-05-06 18:03]:`
    if next_quoted && short && has_address(text) && has_date(text) {
        return Some(Found { first: last, shared: 0 });
    }
    // `wrote:` alone in its row, the address in the row above.
    let tailed = text.split_whitespace().count() <= 2
        && above(rows, last)
            .and_then(|at| rows.get(at))
            .is_some_and(|row| has_address(&row.text) && row.text.len() <= 200);
    let evidence = evidence || tailed || text.contains(" via ");
    if !verb || !(evidence || dashed || (next_quoted && short)) {
        return None;
    }
    // `<ana@example.org> wrote:` goes on from the row above.
    let broken = tailed || text.trim_start().starts_with(['<', '>']);
    let first = if broken { above(rows, last).unwrap_or(last) } else { last };
    Some(Found { first, shared: 0 })
}

/// Whether one row is an attribution with all that belongs to one: opener, date, time, address, and the verb
/// at its end, the colon there or not.
pub(super) fn is_whole(text: &str) -> bool {
    // Most rows have none, and the rest is dear.
    if !text.contains('@') {
        return false;
    }
    let bare = text.trim().trim_end_matches([':', '：']).trim_end().to_lowercase();
    bare.len() <= MAX_LENGTH
        && (starts_with_opener(&bare) || starts_with_date(&bare))
        && VERBS.iter().any(|verb| ends_with_word(&bare, verb))
        && has_date(&bare)
        && has_time(&bare)
        && has_address(&bare)
}

/// Whether a text is an attribution from its first word to its colon.
fn is_complete(text: &str) -> bool {
    let lower = text.to_lowercase();
    let Some(tail) = ending(text) else { return false };
    let dated = has_date(text);
    let verb = VERBS.iter().any(|verb| contains_word(&lower, verb)) || weak(&tail);
    let bare = lower
        .trim_start_matches(|sign: char| sign.is_whitespace() || is_dash(sign) || "*_\"“(".contains(sign));
    if dated && VERB_FIRST.iter().any(|phrase| bare.starts_with(phrase)) {
        return true;
    }
    if dated && verb && (starts_with_opener(bare) || starts_with_date(bare)) {
        return true;
    }
    // `2020年10月5日 12:30 Ana <ana@example.org>:`, no verb at all.
    let addressed =
        tail.ends_with(['>', ')']) || tail.rsplit(' ').next().is_some_and(|word| word.contains('@'));
    if starts_with_date(bare) && has_time(text) && has_address(text) && addressed {
        return true;
    }
    if has_address(text) && VERB_FIRST.iter().any(|phrase| bare.starts_with(phrase)) {
        return true;
    }
    // `アナさんは書きました (2024/05/06 18:03):`, the date in brackets.
    let bracketed =
        tail.strip_suffix(')').and_then(|tail| tail.rsplit_once('(')).is_some_and(|(before, date)| {
            has_date(date) && VERBS.iter().any(|verb| ends_with_word(before.trim_end(), verb))
        });
    if bracketed && has_time(text) {
        return true;
    }
    if dated && has_time(text) && verb_and_date_last(bare) {
        return true;
    }
    // `Ana <ana@example.org> escreveu no dia segunda, 5/10/2020 às 12:30:`, the name first.
    dated && verb && name_first(bare)
}

/// `Ana Paz/ORG wrote on 05/06/2024 06:03:11 PM:`: nothing but a date behind the verb.
fn verb_and_date_last(lower: &str) -> bool {
    const PAIRS: [&str; 14] = [
        " wrote on ",
        " wrote at ",
        " schrieb am ",
        " escribió el ",
        " escreveu em ",
        " escreveu no dia ",
        " a écrit le ",
        " ha scritto il ",
        " schreef op ",
        " skrev den ",
        " skrev ",
        " kirjoitti ",
        " napsal dne ",
        " napisał dnia ",
    ];
    PAIRS.iter().any(|pair| {
        lower.split_once(pair).is_some_and(|(name, after)| {
            name.split_whitespace().count() <= 8
                && after.split_whitespace().count() <= 8
                && has_date(after)
                && has_time(after)
        })
    })
}

/// `Name <address> ..`, the address near the start and a verb, a date or 于 right behind it.
fn name_first(lower: &str) -> bool {
    let Some((name, after)) = lower.split_once(['>', ')', ']']) else { return false };
    let named = name.len() <= 150 && name.contains('@') && !name.contains(". ");
    let after = after.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    let begins = VERBS.iter().any(|verb| after.starts_with(verb));
    named
        && (begins
            || ["于", "於", "님이", "ezt ", "tarihinde", "kirjutas"]
                .iter()
                .any(|word| after.starts_with(word))
            || starts_with_date(after))
}

/// The rows `first..=last` in one line.
fn joined(rows: &[Row], first: usize, last: usize) -> String {
    let texts: Vec<&str> = rows.iter().take(last + 1).skip(first).map(|row| row.text.trim()).collect();
    texts.join(" ")
}

/// What stands in front of the closing colon (or the closing dashes), lowered.
fn ending(text: &str) -> Option<String> {
    let text = text
        .trim_end_matches(|sign: char| sign.is_whitespace() || "*_\u{200e}\u{200f}\u{202c}".contains(sign));
    let dashed = text.trim_end_matches(is_dash);
    let bare = match text.strip_suffix([':', '：']) {
        Some(bare) => bare,
        None if dashed.len() + 1 < text.len() => dashed,
        None => return None,
    };
    Some(bare.trim_end_matches(|sign: char| sign.is_whitespace() || "*_:".contains(sign)).to_lowercase())
}

/// Where an attribution begins in the middle of a row: `see you On Wed, Apr 4, 2012 .. wrote:`.
fn shared_length(text: &str) -> Option<usize> {
    const OPENING: [&str; 9] = ["On ", "El ", "Em ", "Le ", "Il ", "Am ", "Op ", "Den ", "W dniu "];
    let dated = |at: usize, word: &str| {
        let after = text.get(at..).unwrap_or_default();
        let lead: String = after.chars().skip(word.chars().count()).take(20).collect();
        lead.chars().any(|sign| sign.is_ascii_digit()) && has_date(after)
    };
    let at = OPENING
        .iter()
        .flat_map(|word| text.match_indices(word).take(20))
        .filter(|(at, word)| *at > 0 && dated(*at, word))
        .map(|(at, _)| at)
        .min()?;
    let own = text.get(..at)?.trim_end_matches(|sign: char| sign.is_whitespace() || is_dash(sign));
    (!own.is_empty()).then_some(own.len())
}

/// Whether a text ends in a verb that proves little.
fn weak(text: &str) -> bool {
    WEAK_VERBS.iter().any(|verb| ends_with_word(text, verb))
}

/// A preposition and a date close behind it.
fn starts_with_opener(lower: &str) -> bool {
    OPENERS.iter().any(|opener| {
        let Some(after) = lower.strip_prefix(opener) else { return false };
        let parted = after.starts_with(|sign: char| sign.is_whitespace() || is_digit(sign) || sign == ',');
        parted && after.chars().take(30).any(is_digit)
    })
}

/// A digit, or a short word such as the day of the week and then a digit.
fn starts_with_date(text: &str) -> bool {
    let text = text.trim_start_matches(|sign: char| "(\"*_".contains(sign) || sign.is_whitespace());
    if text.starts_with(is_digit) {
        let first = text.split([' ', '\u{a0}']).next().unwrap_or_default();
        let plain = first.chars().all(|sign| !sign.is_ascii_alphabetic() && sign != '@');
        return plain && has_date(text);
    }
    let word = text.chars().take_while(|sign| sign.is_alphabetic()).count();
    let after: String = text.chars().skip(word).take(4).collect();
    let after = after.trim_start_matches([',', '.', ' ', '\u{a0}']);
    (1..=14).contains(&word) && after.starts_with(is_digit) && has_date(text)
}

/// Something like a date: a year, `1/2/12`, or a time with a month.
fn has_date(text: &str) -> bool {
    let mut digits = 0;
    let mut groups = 0;
    // Digits of addresses are no date.
    let words = text.split_whitespace().filter(|word| !word.contains('@'));
    for sign in words.flat_map(|word| word.chars().chain([' '])) {
        if is_digit(sign) {
            digits += 1;
            continue;
        }
        if digits == 4 {
            return true;
        }
        if (1..=2).contains(&digits) {
            groups += 1;
        }
        digits = 0;
    }
    // Day, hour and minute; or day, month and year in two digits each.
    groups >= 3
}

/// `12:30`, `12.30`, `12h30`.
fn has_time(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    signs.windows(4).any(|window| match window {
        [hour, mark, ten, one] => {
            is_digit(*hour) && ":.h時时".contains(*mark) && is_digit(*ten) && is_digit(*one)
        }
        _ => false,
    })
}

/// Digits, also those of Arabic and Persian.
fn is_digit(sign: char) -> bool {
    sign.is_ascii_digit() || matches!(sign, '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// An address.
pub(super) fn has_address(text: &str) -> bool {
    text.split(|sign: char| sign.is_whitespace() || "<>()[]\"".contains(sign)).any(|word| {
        word.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
    })
}

/// Dashes of all kinds; Proton Mail draws its line with U+2010.
pub(super) fn is_dash(sign: char) -> bool {
    matches!(sign, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether `text` ends in a word, and not in the tail of a longer one.
fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| is_bound(before.chars().next_back(), word))
}

/// Whether `text` has a word that is not the tail of a longer one.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).take(50).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        is_bound(before, word) && is_bound(after, word)
    })
}

/// Whether a word may start or end beside a character; scripts without blanks have no such bounds.
fn is_bound(beside: Option<char>, word: &str) -> bool {
    let spaced = word.chars().all(|sign| u32::from(sign) < 0x3000);
    !spaced || !beside.is_some_and(char::is_alphabetic)
}
