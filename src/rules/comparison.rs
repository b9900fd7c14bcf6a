//! Comparisons with numbers, sizes, times: `">= 4"`, `"> 10 MB"`, `"older 2d"`.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::desk::Priority;

/// What is on both sides of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Octets.
    Octets,
    /// 1 to 5, words too.
    Priority,
    /// A point of time: compared by date, or by how long ago.
    Time,
}

/// The right side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    /// A number, or octets.
    Number(f64),
    /// A point of time.
    Time(Timestamp),
    /// So long ago.
    Age(SignedDuration),
}

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Comparison {
    operator: Operator,
    amount: Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

impl Operator {
    fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order == Ordering::Less,
            Self::AtMost => order != Ordering::Greater,
            Self::Equal => order == Ordering::Equal,
            Self::AtLeast => order != Ordering::Less,
            Self::More => order == Ordering::Greater,
        }
    }
}

/// The operator in front, and the rest.
fn operator(text: &str) -> Option<(Operator, &str)> {
    let found = [
        (">=", Operator::AtLeast),
        ("<=", Operator::AtMost),
        (">", Operator::More),
        ("<", Operator::Less),
        ("=", Operator::Equal),
        ("older than ", Operator::More),
        ("newer than ", Operator::Less),
        ("older ", Operator::More),
        ("newer ", Operator::Less),
    ];
    found.into_iter().find_map(|(word, operator)| Some((operator, text.strip_prefix(word)?.trim())))
}

impl Comparison {
    /// Reads a comparison.
    ///
    /// # Errors
    /// What should stand there instead.
    pub(super) fn read(text: &str, unit: Unit, zone: &TimeZone) -> Result<Self, String> {
        let text = text.trim();
        let (operator, rest) = match operator(text) {
            Some(found) => found,
            None if unit == Unit::Priority => (Operator::Equal, text),
            None => return Err(example(unit)),
        };
        let amount = match unit {
            Unit::Octets => octets(rest).map(Amount::Number),
            Unit::Priority => {
                Priority::from_words(rest).map(|found| Amount::Number(f64::from(found.value())))
            }
            Unit::Time => duration(rest).map(Amount::Age).or_else(|| date(rest, zone).map(Amount::Time)),
        };
        amount.map(|amount| Self { operator, amount }).ok_or_else(|| example(unit))
    }

    /// Reads a comparison among plain texts: only where an operator and a number, a date or an age stand there.
    pub(super) fn read_among_texts(text: &str, zone: &TimeZone) -> Option<Self> {
        let (operator, rest) = operator(text.trim())?;
        let age = duration(rest).map(Amount::Age);
        if !text.trim_start().starts_with(['<', '>', '=']) {
            // `older 2d`: an age, or else two words.
            return age.map(|amount| Self { operator, amount });
        }
        let amount = match rest.parse::<f64>() {
            Ok(number) if number.is_finite() => Amount::Number(number),
            _ => age.or_else(|| date(rest, zone).map(Amount::Time))?,
        };
        Some(Self { operator, amount })
    }

    /// Whether a number compares so.
    pub(super) fn holds_for_number(&self, number: f64) -> bool {
        match self.amount {
            Amount::Number(wanted) => {
                number.partial_cmp(&wanted).is_some_and(|order| self.operator.holds(order))
            }
            Amount::Time(_) | Amount::Age(_) => false,
        }
    }

    /// Whether a point of time compares so; `older` is more, counted to `now`.
    pub(super) fn holds_for_time(&self, time: Timestamp, now: Timestamp) -> bool {
        match self.amount {
            Amount::Time(wanted) => self.operator.holds(time.cmp(&wanted)),
            Amount::Age(wanted) => self.operator.holds(now.duration_since(time).cmp(&wanted)),
            Amount::Number(_) => false,
        }
    }

    /// Whether what a text begins with, or is, compares so.
    pub(super) fn holds_for_text(&self, text: Measure, now: Timestamp) -> bool {
        match self.amount {
            Amount::Number(_) => text.number.is_some_and(|number| self.holds_for_number(number)),
            Amount::Time(_) | Amount::Age(_) => text.time.is_some_and(|time| self.holds_for_time(time, now)),
        }
    }
}

/// What of a text can be compared; read once, however many rules compare it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measure {
    /// The number that it begins with: `5.3 (+++++)` is 5.3.
    number: Option<f64>,
    /// The date that it is.
    time: Option<Timestamp>,
}

impl Measure {
    pub(super) fn of(text: &str, zone: &TimeZone) -> Self {
        let first = text.split_whitespace().next().unwrap_or_default();
        Self { number: first.parse().ok(), time: date(text, zone) }
    }
}

fn example(unit: Unit) -> String {
    match unit {
        Unit::Octets => "compare with a size: \"> 10 MB\", \"<= 500 kB\"",
        Unit::Priority => "write a priority, or compare: \"high\", 4, \">= high\"",
        Unit::Time => "compare with an age or a date: \"older 2d\", \"newer 3h\", \">= 2026-12-01\"",
    }
    .to_owned()
}

/// `10 MB`, `500kB`, `2000`: octets, by powers of 1024 as mail servers count.
fn octets(text: &str) -> Option<f64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.get(digits.len()..)?.to_ascii_lowercase();
    let factor = match unit.as_str() {
        "" | "b" => 1.0,
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let number: f64 = digits.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number * factor)
}

/// `30m`, `2h`, `2d`, `1w`, with or without a blank, up to 100 years.
pub(super) fn duration(text: &str) -> Option<SignedDuration> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let minutes = match text.get(digits.len()..)?.trim() {
        "m" | "min" | "minute" | "minutes" => 1,
        "h" | "hour" | "hours" => 60,
        "d" | "day" | "days" => 24 * 60,
        "w" | "week" | "weeks" => 7 * 24 * 60,
        _ => return None,
    };
    let number: i64 = digits.parse().ok()?;
    let total = number.checked_mul(minutes)?;
    (0..=100 * 366 * 24 * 60).contains(&total).then(|| SignedDuration::from_mins(total))
}

/// `2026-12-01`, `2026-12-01 09:00`, or with an offset: a point of time; a date alone is its beginning.
pub(super) fn date(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    // A civil time alone: text with a zone was read above, and "20261201" is a number to people.
    if !text.contains('-') {
        return None;
    }
    let civil = text
        .parse::<jiff::civil::DateTime>()
        .ok()
        .or_else(|| text.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0)))?;
    Some(civil.to_zoned(zone.clone()).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_compare() {
        let zone = TimeZone::get("America/Lima").unwrap();
        let now: Timestamp = "2026-11-23T12:00:00-05:00".parse().unwrap();
        for (text, unit, left, holds) in [
            ("4", Unit::Priority, "4", true),
            (">= 4", Unit::Priority, "4", true),
            ("> 4", Unit::Priority, "4", false),
            ("= 4", Unit::Priority, "5", false),
            ("> 10 MB", Unit::Octets, "10485761", true),
            ("> 10 MB", Unit::Octets, "10485760", false),
            ("<500kB", Unit::Octets, "511999", true),
            (">= high", Unit::Priority, "4", true),
            ("alto", Unit::Priority, "4", true),
            ("< 4", Unit::Priority, "4", false),
        ] {
            let comparison = Comparison::read(text, unit, &zone).unwrap();
            assert_eq!(comparison.holds_for_number(left.parse().unwrap()), holds, "{left} {text}");
        }
        for (text, left, holds) in [
            ("older 2d", "2026-11-21T11:59:59-05:00", true),
            ("older 2d", "2026-11-21T12:00:00-05:00", false),
            ("older than 2 days", "2026-11-20T12:00:00-05:00", true),
            ("newer 3h", "2026-11-23T10:00:00-05:00", true),
            ("> 30m", "2026-11-23T11:00:00-05:00", true),
            (">= 2026-11-23", "2026-11-23T00:00:00-05:00", true),
            (">= 2026-11-23", "2026-11-22T23:59:59-05:00", false),
            ("< 2026-11-23 09:00", "2026-11-23T08:59:59-05:00", true),
            ("< 2026-11-23T14:00:00Z", "2026-11-23T08:59:59-05:00", true),
        ] {
            let comparison = Comparison::read(text, Unit::Time, &zone).unwrap();
            assert_eq!(comparison.holds_for_time(left.parse().unwrap(), now), holds, "{left} {text}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        let zone = TimeZone::UTC;
        for (text, unit) in [
            ("", Unit::Priority),
            ("10 MB", Unit::Octets),
            ("> -1 MB", Unit::Octets),
            ("> 10 miles", Unit::Octets),
            ("urgent", Unit::Priority),
            ("> 6", Unit::Priority),
            ("2d", Unit::Time),
            ("older yesterday", Unit::Time),
            ("older 99999999999999999999d", Unit::Time),
            ("older 9999999999999999d", Unit::Time),
            ("> 20261201", Unit::Time),
        ] {
            assert!(Comparison::read(text, unit, &zone).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_compare_as_numbers_or_dates() {
        let zone = TimeZone::UTC;
        for (text, left, holds) in [
            (">= 3", Some("12"), Some(true)),
            (">= 3", Some("third"), Some(false)),
            ("<=4.5", Some("4"), Some(true)),
            (">= NaN", None, None),
            ("< 2026-12-01", Some("2026-11-30"), Some(true)),
            (">= 5", Some("5.3 (+++++)"), Some(true)),
            ("> 2d", Some("2026-11-20"), Some(true)),
            ("older 2d", Some("2026-11-22"), Some(false)),
            ("older 2d", Some("2"), Some(false)),
            ("older houses", None, None),
            (">= the third", None, None),
            ("3", None, None),
        ] {
            let read = Comparison::read_among_texts(text, &zone);
            let now = "2026-11-23T12:00:00Z".parse().unwrap();
            assert_eq!(
                read.map(|read| read.holds_for_text(Measure::of(left.unwrap_or(""), &zone), now)),
                holds,
                "{text}"
            );
        }
    }
}
