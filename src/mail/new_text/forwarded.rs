//! A forwarded mail within a text: who wrote it, when, about what, and its words.
//!
//! Outlook, Gmail, Apple Mail and Thunderbird put a block of header fields above it, each in its own order, with its own
//! divider and its own way to write a date. Nothing is guessed: a date that can be read in two ways is none.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, civil};

use super::borders::{is_divider, is_rule, label};
use super::labels::Label;
use crate::mail::Address;

/// Rows that may stand above the block: dividers and blank ones.
const MOST_ABOVE: usize = 8;
/// Rows of the block; a field with many addressees takes several.
const MOST_ROWS: usize = 40;
/// Addresses of a field that are read.
const MOST_ADDRESSES: usize = 50;
/// Longest field that is looked at, in characters.
const LONGEST: usize = 4_000;

/// A mail within the text of another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forwarded {
    /// Who wrote it, where its address stands there.
    pub from: Option<Address>,
    /// The name alone, where no address does: Outlook leaves it out within a house.
    pub name: Option<String>,
    /// When.
    pub date: Option<Written>,
    /// Its subject, prefixes and all.
    pub subject: Option<String>,
    /// Who got copies.
    pub cc: Vec<Address>,
    /// Its text, with what it quotes.
    pub text: String,
}

/// A time as it is written there: of which zone, not every program says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Day and hour.
    pub at: DateTime,
    /// Its offset, where it is said.
    pub offset: Option<Offset>,
}

impl Written {
    /// The moment, in this zone where the mail names none.
    pub fn moment(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self.offset {
            Some(offset) => offset.to_timestamp(self.at).ok(),
            None => self.at.to_zoned(zone.clone()).ok().map(|there| there.timestamp()),
        }
    }
}

/// The mail with which a text begins, a divider above it perhaps; `None` where it begins with none.
pub fn forwarded(text: &str) -> Option<Forwarded> {
    let rows: Vec<&str> = text.lines().collect();
    let above = |row: &str| {
        let bare = unquoted(row);
        bare.trim().is_empty() || is_divider(bare) || is_rule(bare)
    };
    let first = rows.iter().take(MOST_ABOVE + 1).position(|row| !above(row))?;
    let quoted = rows.get(first)?.trim_start().starts_with('>');
    let bare = |row: &&str| if quoted { unquoted(row).to_owned() } else { (*row).to_owned() };
    let rows: Vec<String> = rows.get(first..)?.iter().map(bare).collect();
    let (fields, end) = block(&rows);
    let mut mail = Forwarded::default();
    let mut spanish = false;
    for (kind, name, value) in &fields {
        spanish |= ["de", "enviado", "enviado el", "fecha", "para", "asunto"].contains(&name.as_str());
        match kind {
            Label::From => {
                mail.from = addresses(value).into_iter().next();
                mail.name = Some(display(value)).filter(|name| mail.from.is_none() && !name.is_empty());
            }
            Label::Subject => mail.subject = Some(value.clone()),
            Label::Cc => mail.cc = addresses(value),
            Label::Date | Label::To | Label::Other => {}
        }
    }
    let date = fields.iter().find(|(kind, ..)| *kind == Label::Date);
    mail.date = date.and_then(|(_, _, value)| date_of(value, spanish));
    let has = |wanted: Label| fields.iter().any(|(kind, ..)| *kind == wanted);
    // A form may have a row "From: Lima" too.
    let whole = has(Label::From) && (has(Label::Date) || has(Label::Subject) && has(Label::To));
    if !whole || (mail.from.is_none() && mail.name.is_none()) {
        return None;
    }
    let text: Vec<&str> = rows.get(end..)?.iter().map(|row| row.trim_end()).collect();
    text.join("\n").trim_matches('\n').trim_end().clone_into(&mut mail.text);
    Some(mail)
}

/// A row without one level of quote signs.
fn unquoted(row: &str) -> &str {
    let bare = row.trim_start();
    bare.strip_prefix('>').map_or(row, |rest| rest.strip_prefix(' ').unwrap_or(rest))
}

/// The fields at the head of the rows with their folded labels, and the row behind them.
fn block(rows: &[String]) -> (Vec<(Label, String, String)>, usize) {
    let mut fields: Vec<(Label, String, String)> = Vec::new();
    let mut end = 0;
    for (at, row) in rows.iter().enumerate().take(MOST_ROWS) {
        if row.trim().is_empty() {
            // Converters of HTML put blank rows between the fields.
            let next = rows.iter().skip(at + 1).find(|row| !row.trim().is_empty());
            let more = next.and_then(|next| label(next)).is_some_and(|kind| known(&fields, kind).is_none());
            if more && !fields.is_empty() {
                continue;
            }
            break;
        }
        match label(row) {
            // Each field stands once.
            Some(kind) if kind != Label::Other && known(&fields, kind).is_some() => break,
            Some(kind) => {
                let (name, value) = row.split_once([':', '：']).unwrap_or((row, ""));
                let name =
                    name.trim_matches(|c: char| c.is_whitespace() || "*_>•|".contains(c)).to_lowercase();
                fields.push((kind, name, plain(value)));
            }
            // A field that goes on.
            None => match fields.last_mut() {
                Some((_, _, value)) if value.chars().count() < LONGEST => {
                    value.push(' ');
                    value.push_str(&plain(row));
                }
                Some(_) | None => break,
            },
        }
        end = at + 1;
    }
    (fields, end)
}

fn known(fields: &[(Label, String, String)], kind: Label) -> Option<&str> {
    fields.iter().find(|(known, ..)| *known == kind).map(|(_, _, value)| value.as_str())
}

/// A value without the stars of bold text, blanks folded, no-break ones among them.
fn plain(value: &str) -> String {
    let head: String = value.chars().take(LONGEST).filter(|c| !c.is_control() || c.is_whitespace()).collect();
    let folded = head.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.trim_matches(['*', '_', ' ']).to_owned()
}

/// `Ana Quispe <ana@x>`, `Ana [mailto:ana@x]`, `ana@x<mailto:ana@x>`, several divided by commas or semicolons.
fn addresses(value: &str) -> Vec<Address> {
    let mut found: Vec<Address> = Vec::new();
    let mut name_from = 0;
    let is_border = |c: char| c.is_whitespace() || "<>[]()\"',;".contains(c);
    let mut at = 0;
    for word in value.split_inclusive(is_border) {
        let start = at;
        at += word.len();
        let bare = word.trim_end_matches(is_border);
        let bare = bare.strip_prefix("mailto:").unwrap_or(bare);
        if bare.split('@').filter(|part| !part.is_empty()).count() == 2 && bare.matches('@').count() == 1 {
            let name = display(value.get(name_from..start).unwrap_or_default());
            let address = Address::named(name, bare);
            if !found.iter().any(|known| known.key() == address.key()) && found.len() < MOST_ADDRESSES {
                found.push(address);
            }
            name_from = at;
        }
    }
    found
}

/// A name without what divides it from its address.
fn display(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || "<>[]()\"',;:".contains(c))
        .trim_end_matches("mailto")
        .trim()
        .to_owned()
}

const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "enero", "ene"],
    &["february", "feb", "febrero"],
    &["march", "mar", "marzo"],
    &["april", "apr", "abril", "abr"],
    &["may", "mayo"],
    &["june", "jun", "junio"],
    &["july", "jul", "julio"],
    &["august", "aug", "agosto", "ago"],
    &["september", "sep", "sept", "septiembre", "setiembre", "set"],
    &["october", "oct", "octubre"],
    &["november", "nov", "noviembre"],
    &["december", "dec", "diciembre", "dic"],
];

fn month(word: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.contains(&word))?;
    i8::try_from(at + 1).ok()
}

/// A date as a mail program writes it above a forwarded mail.
fn date_of(value: &str, day_first: bool) -> Option<Written> {
    let lower = value.to_lowercase().replace(['\u{a0}', '\u{202f}'], " ");
    // "a. m.", "p.m.": one word each.
    let lower =
        lower.replace("a. m.", "am").replace("p. m.", "pm").replace("a.m.", "am").replace("p.m.", "pm");
    let words: Vec<&str> = lower
        .split([' ', ',', '(', ')'])
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .take(20)
        .collect();
    let day = by_words(&words).or_else(|| words.iter().find_map(|word| by_numbers(word, day_first)))?;
    let time = clock(&words)?;
    Some(Written { at: DateTime::from_parts(day, time), offset: words.iter().find_map(|word| offset(word)) })
}

/// `2 de marzo de 2026`, `Mar 2 2026`. The day before the month is tried first: "mar 7 abr" is a Tuesday.
fn by_words(words: &[&str]) -> Option<Date> {
    let rest: Vec<&str> = words.iter().copied().filter(|word| !["de", "del", "of"].contains(word)).collect();
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || "ºª°".contains(c));
        (word.chars().count() - digits.chars().count() <= 2).then(|| digits.parse::<i8>().ok())?
    };
    let year = rest.iter().find_map(|word| {
        word.parse::<i16>().ok().filter(|year| word.len() == 4 && (1970..=2100).contains(year))
    })?;
    let pairs = || rest.windows(2);
    let day_month = pairs().find_map(|two| match two {
        [day, name] => Some((number(day)?, month(name)?)),
        _ => None,
    });
    let month_day = || {
        pairs().find_map(|two| match two {
            [name, day] => Some((number(day)?, month(name)?)),
            _ => None,
        })
    };
    let (day, month) = day_month.or_else(month_day)?;
    Date::new(year, month, day).ok()
}

/// `2026-03-02`, `02/03/2026`, `3/2/2026`.
fn by_numbers(word: &str, day_first: bool) -> Option<Date> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<i16>().ok();
    let (a_value, b_value, c_value) = (number(a)?, number(b)?, number(c)?);
    let date = |year: i16, month: i16, day: i16| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    if a.len() == 4 {
        return date(a_value, b_value, c_value);
    }
    let year = if c.len() == 2 { 2000 + c_value } else { c_value };
    if day_first || a_value > 12 || a_value == b_value {
        date(year, b_value, a_value)
    } else if b_value > 12 {
        date(year, a_value, b_value)
    } else {
        // The third of February, or the second of March.
        None
    }
}

/// `9:00`, `9:00:00 pm`.
fn clock(words: &[&str]) -> Option<Time> {
    let (at, parts) = words.iter().enumerate().find_map(|(at, word)| {
        let half = word.trim_end_matches(|c: char| c.is_alphabetic());
        let parts: Vec<i8> = half.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        (2..=3).contains(&parts.len()).then_some((at, parts))
    })?;
    let next = words.get(at + 1).copied().unwrap_or_default();
    let half = |half: &str| next == half || words.get(at).is_some_and(|word| word.ends_with(half));
    let (hour, minute) = (*parts.first()?, *parts.get(1)?);
    let hour = match (half("am"), half("pm"), hour) {
        (true, _, 12) => 0,
        (_, true, 1..=11) => hour + 12,
        _ => hour,
    };
    civil::Time::new(hour, minute, parts.get(2).copied().unwrap_or_default(), 0).ok()
}

/// `-0500`, `GMT-5`, `UTC+05:30`, `GMT`.
fn offset(word: &str) -> Option<Offset> {
    let named = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc"));
    if named == Some("") || word == "z" {
        return Some(Offset::UTC);
    }
    let signed = named.unwrap_or(word).replace('\u{2212}', "-");
    let (sign, digits) = match (signed.strip_prefix('+'), signed.strip_prefix('-')) {
        (Some(rest), _) => (1, rest),
        (_, Some(rest)) => (-1, rest),
        (None, None) => return None,
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) => (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?),
        (None, 4) => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        (None, 1 | 2) if named.is_some() => (digits.parse().ok()?, 0),
        (None, _) => return None,
    };
    (hours <= 14 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(written: Option<Written>) -> String {
        let Some(Written { at, offset }) = written else { return "none".to_owned() };
        format!("{at}{}", offset.map(|offset| format!(" {offset}")).unwrap_or_default())
    }

    #[test]
    fn dates_of_mail_programs() {
        for (value, spanish, expected) in [
            ("Mon, 2 Mar 2026 09:00:00 -0500", false, "2026-03-02T09:00:00 -05"),
            ("Mon, Mar 2, 2026 at 9:00 AM", false, "2026-03-02T09:00:00"),
            ("Monday, March 2, 2026 9:05 PM", false, "2026-03-02T21:05:00"),
            ("March 2, 2026 at 12:00:00 AM GMT-5", false, "2026-03-02T00:00:00 -05"),
            ("2 March 2026 at 09:00:00 CET", false, "2026-03-02T09:00:00"),
            ("lun, 2 mar 2026 a las 9:00", true, "2026-03-02T09:00:00"),
            ("mar, 7 abr 2026 a las 9:00", true, "2026-04-07T09:00:00"),
            ("El mar., 7 de abr. de 2026 a la(s) 9:00 a. m.", true, "2026-04-07T09:00:00"),
            ("lunes, 2 de marzo de 2026 9:00", true, "2026-03-02T09:00:00"),
            ("lunes, 2 de marzo de 2026 12:30 p. m.", true, "2026-03-02T12:30:00"),
            ("lunes, 2 de marzo de 2026 1:30\u{a0}p.\u{a0}m.", true, "2026-03-02T13:30:00"),
            ("2 de marzo de 2026, 9:00:00 a.m. GMT-5", true, "2026-03-02T09:00:00 -05"),
            ("02/03/2026 09:00", true, "2026-03-02T09:00:00"),
            ("25/03/2026 09:00", false, "2026-03-25T09:00:00"),
            ("3/25/2026 9:00 PM", false, "2026-03-25T21:00:00"),
            ("3/2/2026 9:00 PM", false, "none"),
            ("2026-03-02 09:00 UTC+05:30", false, "2026-03-02T09:00:00 +05:30"),
            ("2 de marzo de 2026", true, "none"),
            ("31 de febrero de 2026 9:00", true, "none"),
            ("", true, "none"),
            ("pronto", true, "none"),
        ] {
            assert_eq!(shown(date_of(value, spanish)), expected, "{value}");
        }
    }

    #[test]
    fn addresses_in_all_their_forms() {
        for (value, expected) in [
            ("Ana Quispe <ana@x.example>", "Ana Quispe <ana@x.example>"),
            ("\"Quispe, Ana\" <ana@x.example>", "Quispe, Ana <ana@x.example>"),
            ("Ana Quispe [mailto:ana@x.example]", "Ana Quispe <ana@x.example>"),
            ("Ana Quispe <ana@x.example<mailto:ana@x.example>>", "Ana Quispe <ana@x.example>"),
            ("ana@x.example", "ana@x.example"),
            ("Ana; Luis <luis@x.example>, eva@x.example", "Ana; Luis <luis@x.example> + eva@x.example"),
            ("Ana Quispe", ""),
            ("@ana", ""),
        ] {
            let found: Vec<String> = addresses(value).iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" + "), expected, "{value}");
        }
    }

    #[test]
    fn what_is_no_forwarded_mail() {
        for text in [
            "",
            "Hola",
            "> Hola",
            "De: Lima\nPara: Cusco\n\nUn pasaje.",
            "El lun, 2 mar 2026, Ana <ana@x.example> escribió:\n> Hola",
            "--\nAna\n\nDe: Ana <ana@x.example>\nEnviado: lunes, 2 de marzo de 2026 9:00",
        ] {
            assert_eq!(forwarded(text), None, "{text}");
        }
        assert_eq!(forwarded(&"\n".repeat(100_000)), None);
        assert_eq!(forwarded(&"> ".repeat(100_000)), None);
        let long = format!("De: ana@x.example\nFecha: {}\nAsunto: x\n", "a ".repeat(1_000_000));
        assert_eq!(forwarded(&long).unwrap().date, None);
    }
}
