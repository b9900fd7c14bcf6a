//! Amounts of work as people write them: `15m`, `1h30`, `1:30`, `1,5 horas`, `half an hour`.
//!
//! A number alone is minutes. A day of work has eight hours and a week five days: what is booked is work, not time of
//! the calendar.

use super::words;
use crate::desk::typed::folded;

/// Nobody works longer at one ticket, minutes; a mistyped amount is asked about.
const MOST: i64 = 60_000;
/// Longest text that is looked at, in words.
const MOST_WORDS: usize = 8;

/// Reads an amount of work in minutes, less than nothing behind a minus.
pub(super) fn minutes(text: &str) -> Option<i64> {
    let plain = folded(text);
    let (negative, plain) = match plain.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, plain.strip_prefix('+').unwrap_or(&plain).trim_start()),
    };
    let found = clock(plain).or_else(|| amount(plain))?;
    (found <= MOST).then_some(if negative { -found } else { found })
}

/// `1:30`.
fn clock(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let digits = |part: &str| part.bytes().all(|octet| octet.is_ascii_digit()).then(|| part.parse().ok())?;
    let (hours, minutes): (i64, i64) = (digits(hours)?, digits(minutes)?);
    (minutes < 60 && hours <= MOST).then(|| hours * 60 + minutes)
}

/// Numbers with their units, added; the minutes behind hours need none.
fn amount(text: &str) -> Option<i64> {
    let parts: Vec<String> = text.split_whitespace().flat_map(runs).take(MOST_WORDS * 2 + 1).collect();
    let mut rest: &[&str] = &parts.iter().map(String::as_str).collect::<Vec<_>>();
    if rest.is_empty() || rest.len() > MOST_WORDS * 2 {
        return None;
    }
    let (mut total, mut before) = (0_i64, None);
    while let [first, behind @ ..] = rest {
        if before.is_some() && words::filler("list", rest).is_some() {
            rest = behind;
            continue;
        }
        let (tenths, mut behind) = match words::value("fraction", rest) {
            // "half an hour"; "una hora y media".
            Some((_, used)) => {
                let behind = rest.get(used..)?;
                let article = behind.first().and_then(|word| words::whole_value("number", word)) == Some("1");
                (50, if article { behind.get(1..)? } else { behind })
            }
            None => (hundredths(first)?, behind),
        };
        let unit = match words::value("unit", behind) {
            Some((unit, used)) => {
                behind = behind.get(used..)?;
                unit
            }
            None => match before {
                None if behind.is_empty() => "minute",
                Some("hour") if behind.is_empty() && tenths != 50 => "minute",
                Some(unit) if behind.is_empty() => unit,
                Some(_) | None => return None,
            },
        };
        let each = match unit {
            "minute" => 1,
            "hour" => 60,
            "day" | "business_day" => 8 * 60,
            "week" => 5 * 8 * 60,
            _ => return None,
        };
        let hundredths = tenths.checked_mul(each)?;
        // Nobody books a part of a minute.
        total = total.checked_add((hundredths % 100 == 0).then_some(hundredths / 100)?)?;
        before = Some(unit);
        rest = behind;
    }
    Some(total)
}

/// A number with at most two places behind its point or comma, times a hundred; "an", "una" is one.
fn hundredths(word: &str) -> Option<i64> {
    let word = words::whole_value("number", word).unwrap_or(word);
    let (whole, part) = word.split_once(['.', ',']).unwrap_or((word, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 6 || part.len() > 2 {
        return None;
    }
    let part: i64 = format!("{part:0<2}").parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 100 + part)
}

/// `1h30m` as `1`, `h`, `30`, `m`.
fn runs(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut number = false;
    for c in word.chars() {
        let belongs = c.is_ascii_digit() || ".,".contains(c);
        match parts.last_mut().filter(|_| belongs == number) {
            Some(part) => part.push(c),
            None => parts.push(c.to_string()),
        }
        number = belongs;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_work() {
        for (text, expected) in [
            ("15", Some(15)),
            ("15m", Some(15)),
            ("15 min.", Some(15)),
            ("15 minutos", Some(15)),
            ("1h", Some(60)),
            ("1h30", Some(90)),
            ("1h 30m", Some(90)),
            ("1 hora y 30 minutos", Some(90)),
            ("1 hour and 5 minutes", Some(65)),
            ("1:30", Some(90)),
            ("0:05", Some(5)),
            ("1,5h", Some(90)),
            ("1.25 hours", Some(75)),
            ("2 horas", Some(120)),
            ("una hora", Some(60)),
            ("an hour", Some(60)),
            ("una hora y media", Some(90)),
            ("media hora", Some(30)),
            ("half an hour", Some(30)),
            ("2d", Some(960)),
            ("-15m", Some(-15)),
            ("– 15m", Some(-15)),
            ("+15m", Some(15)),
            ("0", Some(0)),
            ("60000", Some(60_000)),
            ("60001", None),
            ("1:60", None),
            ("1.333h", None),
            ("0.01h", None),
            ("2 months", None),
            ("pronto", None),
            ("15 x", None),
            ("h", None),
            ("", None),
            ("-", None),
            ("99999999999999999999h", None),
            ("1 2", None),
        ] {
            assert_eq!(minutes(text), expected, "{text}");
        }
        assert_eq!(minutes(&"1h ".repeat(100_000)), None);
    }
}
