//! Times as people write them: `2d`, `viernes 9:00`, `16/12/2026`, `2bd`.
//!
//! Everything is read in the zone of the time given as now, the desk's. A day without an hour begins at
//! nine. An hour that summer time leaves out is the hour after it (as RFC 5545 section 3.3.5 has it); one
//! that comes twice is the first. Business days are Monday to Friday; calendars are not asked here.

use jiff::civil::{Date, Time, Weekday};
use jiff::{Span, Timestamp, ToSpan as _, Zoned};

use super::command::Mistake;
use super::words::{self, say};
use crate::desk::typed::folded;
use crate::mail::Language;

/// Nobody waits longer.
const MOST_YEARS: i64 = 10;
/// Working days in that many years, roughly; ends the loop over days.
const MOST_BUSINESS_DAYS: i64 = 2_700;
/// Longest text that is looked at, in words.
const MOST_WORDS: usize = 12;

/// Why there is no time.
enum Wrong {
    Unknown,
    Past(Zoned),
    Impossible,
    Far,
}

/// A day, or the first of a row of days at which the hour is still to come.
enum Day {
    On(Date),
    Daily,
    Weekly(Date),
    /// Month and day.
    Yearly(i8, i8),
}

/// Reads a time later than `now`, in the zone of `now`.
///
/// # Errors
/// A sentence in `language` with examples: not a time, past, impossible, more than ten years away.
pub(super) fn when(text: &str, now: &Zoned, language: Language) -> Result<Zoned, Mistake> {
    let plain = folded(text).replace(',', " ");
    let words = halves(&plain.split_whitespace().collect::<Vec<_>>());
    read(&words, now)
        .and_then(|found| check(found, now))
        .map_err(|wrong| explain(&wrong, text, now, language))
}

/// A moment for people: weekday, date, hour.
fn shown(time: &Zoned, language: Language) -> String {
    let key = weekday_key(time.weekday());
    let names = words::of(language).values.get("weekday").and_then(|days| days.get(key));
    let name = names.and_then(|names| names.first()).map_or(key, String::as_str);
    let date = match language {
        Language::En => time.strftime("%Y-%m-%d %H:%M"),
        Language::Es => time.strftime("%d/%m/%Y %H:%M"),
    };
    format!("{name} {date}")
}

fn check(found: Zoned, now: &Zoned) -> Result<Zoned, Wrong> {
    if found <= *now {
        return Err(Wrong::Past(found));
    }
    let last = now.checked_add(MOST_YEARS.years()).map_err(|_| Wrong::Far)?;
    if found > last { Err(Wrong::Far) } else { Ok(found) }
}

fn explain(wrong: &Wrong, text: &str, now: &Zoned, language: Language) -> Mistake {
    let say_this = &words::of(language).say;
    let soon = now.checked_add(7.days()).unwrap_or_else(|_| now.clone());
    let date = soon.strftime("%Y-%m-%d").to_string();
    let day_first = soon.strftime("%d/%m/%Y").to_string();
    let (sentence, time) = match wrong {
        Wrong::Unknown => (&say_this.when_unknown, String::new()),
        Wrong::Past(time) => (&say_this.when_past, shown(time, language)),
        Wrong::Impossible => (&say_this.when_impossible, String::new()),
        Wrong::Far => (&say_this.when_far, String::new()),
    };
    let value = text.trim();
    Mistake(say(sentence, &[("value", value), ("time", &time), ("date", &date), ("day_first", &day_first)]))
}

/// `9 de la mañana` as `9 am`.
fn halves<'a>(mut words: &[&'a str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    while let [first, rest @ ..] = words {
        let half = words::value("half", words).filter(|(_, used)| *used > 1);
        out.push(half.map_or(*first, |(half, _)| half));
        words = half.map_or(rest, |(_, used)| words.get(used..).unwrap_or_default());
    }
    out
}

fn read(mut words: &[&str], now: &Zoned) -> Result<Zoned, Wrong> {
    while let Some(used) = words::filler("until", words) {
        words = words.get(used..).unwrap_or_default();
    }
    if words.is_empty() || words.len() > MOST_WORDS {
        return Err(Wrong::Unknown);
    }
    if let Some(steps) = duration(words) {
        return later(&steps, now);
    }
    if let [word] = words {
        // RFC 3339 with its own offset: the one form that does not ask for the desk's zone.
        if let Ok(instant) = word.to_uppercase().parse::<Timestamp>() {
            return Ok(instant.to_zoned(now.time_zone().clone()));
        }
        if let Some((day, hour)) = word.split_once('t').filter(|(day, _)| day.contains('-')) {
            return dated(&[day], Some(hour_of_day(&[hour], false, false).ok_or(Wrong::Unknown)??), now);
        }
    }
    let (days, hour) = split_hour(words);
    dated(days, hour.transpose()?, now)
}

/// `2d`, `1h30m`, `2 días hábiles`, `1 day and 4 hours`: numbers and units, nothing else.
fn duration(words: &[&str]) -> Option<Vec<(i64, &'static str)>> {
    let parts: Vec<String> = words.iter().flat_map(|word| runs(word)).collect();
    let mut rest: &[&str] = &parts.iter().map(String::as_str).collect::<Vec<_>>();
    let mut steps = Vec::new();
    while let [first, behind @ ..] = rest {
        if !steps.is_empty() && words::filler("date", rest).is_some() {
            rest = behind;
            continue;
        }
        let digits = first.bytes().all(|octet| octet.is_ascii_digit());
        let count = if digits { first } else { words::whole_value("number", first)? };
        let (unit, used) = words::value("unit", behind)?;
        // A count that no machine holds is too far away rather than unreadable.
        steps.push((count.parse().unwrap_or(i64::MAX), unit));
        rest = behind.get(used..).unwrap_or_default();
    }
    (!steps.is_empty()).then_some(steps)
}

/// `1h30m` as `1`, `h`, `30`, `m`; any other word as it is.
fn runs(word: &str) -> Vec<String> {
    if !word.starts_with(|c: char| c.is_ascii_digit()) || !word.chars().all(char::is_alphanumeric) {
        return vec![word.to_owned()];
    }
    let mut parts: Vec<String> = Vec::new();
    let mut digits = false;
    for c in word.chars() {
        let same = c.is_ascii_digit() == digits;
        match parts.last_mut().filter(|_| same) {
            Some(part) => part.push(c),
            None => parts.push(c.to_string()),
        }
        digits = c.is_ascii_digit();
    }
    parts
}

fn later(steps: &[(i64, &'static str)], now: &Zoned) -> Result<Zoned, Wrong> {
    let mut time = now.clone();
    for &(count, unit) in steps {
        let span = match unit {
            "business_day" => {
                time = business_days(count, &time)?;
                continue;
            }
            "minute" => Span::new().try_minutes(count),
            "hour" => Span::new().try_hours(count),
            "day" => Span::new().try_days(count),
            "week" => Span::new().try_weeks(count),
            "month" => Span::new().try_months(count),
            _ => Span::new().try_years(count),
        };
        time = span.and_then(|span| time.checked_add(span)).map_err(|_| Wrong::Far)?;
    }
    Ok(time)
}

fn business_days(count: i64, from: &Zoned) -> Result<Zoned, Wrong> {
    if count > MOST_BUSINESS_DAYS {
        return Err(Wrong::Far);
    }
    let mut day = from.date();
    let mut left = count;
    while left > 0 {
        day = day.tomorrow().map_err(|_| Wrong::Far)?;
        if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
            left -= 1;
        }
    }
    at(day, from.time(), from)
}

fn at(day: Date, hour: Time, now: &Zoned) -> Result<Zoned, Wrong> {
    day.to_datetime(hour).to_zoned(now.time_zone().clone()).map_err(|_| Wrong::Far)
}

/// The words of the day, and the hour where one is named.
fn split_hour<'a>(words: &'a [&'a str]) -> (&'a [&'a str], Option<Result<Time, Wrong>>) {
    for place in 0..words.len() {
        let (days, rest) = words.split_at_checked(place).unwrap_or((words, &[]));
        if let Some(used) = words::filler("hour", rest)
            && let Some(hour) = hour_of_day(rest.get(used..).unwrap_or_default(), true, true)
        {
            return (days, Some(hour));
        }
    }
    for count in [2, 1] {
        let place = words.len().saturating_sub(count);
        if let Some((days, rest)) = words.split_at_checked(place)
            && rest.len() == count
            && let Some(hour) = hour_of_day(rest, false, !days.is_empty())
        {
            return (days, Some(hour));
        }
    }
    (words, None)
}

/// `9:00`, `9:00:00`, `9am`, `2:30 p.m.`, `14h30`; `14h` where `with_unit`, `14` where `bare`. `None` if
/// that is no hour at all.
fn hour_of_day(words: &[&str], bare: bool, with_unit: bool) -> Option<Result<Time, Wrong>> {
    if words.is_empty() || words.len() > 2 {
        return None;
    }
    let mut text = words.concat();
    if let Some((hour, minute)) = text.split_once('h')
        && !minute.is_empty()
        && minute.bytes().all(|octet| octet.is_ascii_digit())
    {
        text = format!("{hour}:{minute}");
    }
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (digits, suffix) = text.split_at_checked(end)?;
    let half = words::whole_value("half", suffix);
    let unit = suffix.len() <= 3 && words::whole_value("unit", suffix) == Some("hour");
    let said = match suffix {
        "" => bare || digits.contains(':'),
        _ => half.is_some() || (unit && (with_unit || digits.contains(':'))),
    };
    let numbers: Option<Vec<i8>> =
        digits.split(':').map(|part| part.parse().ok().filter(|_| (1..=2).contains(&part.len()))).collect();
    let (hour, minute, second) = match numbers?.as_slice() {
        [hour] => (*hour, 0, 0),
        [hour, minute] => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return Some(Err(Wrong::Impossible)),
        Some("pm") => hour % 12 + 12,
        Some(_) => hour % 12,
        None => hour,
    };
    said.then(|| Time::new(hour, minute, second, 0).map_err(|_| Wrong::Impossible))
}

/// A day by its words, at an hour; nine o'clock where none is named.
fn dated(words: &[&str], hour: Option<Time>, now: &Zoned) -> Result<Zoned, Wrong> {
    let clock = hour.unwrap_or_else(|| Time::constant(9, 0, 0, 0));
    // `viernes 16 de diciembre`: the weekday has to agree.
    if let [first, rest @ ..] = words
        && !rest.is_empty()
        && let Some(named) = weekday(first)
        && words::value("next", rest).is_none()
    {
        let found = dated(rest, hour, now)?;
        return if found.weekday() == named { Ok(found) } else { Err(Wrong::Impossible) };
    }
    let first_to_come = |days: &mut dyn Iterator<Item = Date>| {
        let mut last = Wrong::Impossible;
        for day in days {
            match at(day, clock, now).and_then(|time| check(time, now)) {
                Ok(time) => return Ok(time),
                Err(wrong) => last = wrong,
            }
        }
        Err(last)
    };
    match day(words, now)? {
        Day::On(day) => at(day, clock, now),
        Day::Daily => first_to_come(&mut now.date().series(1.day()).take(3)),
        Day::Weekly(day) => first_to_come(&mut day.series(7.days()).take(2)),
        Day::Yearly(month, day) => {
            let year = now.year();
            // 29 February may be eight years away: 2096 is followed by 2104.
            first_to_come(
                &mut (year..=year.saturating_add(8)).filter_map(|year| Date::new(year, month, day).ok()),
            )
        }
    }
}

fn day(words: &[&str], now: &Zoned) -> Result<Day, Wrong> {
    let today = now.date();
    let in_days = |count: i64| today.checked_add(count.days()).map(Day::On).map_err(|_| Wrong::Far);
    if words.is_empty() {
        return Ok(Day::Daily);
    }
    match words::whole_value("day", &words.join(" ")) {
        Some("yesterday") => return in_days(-1),
        Some("today") => return in_days(0),
        Some("tomorrow") => return in_days(1),
        Some(_) => return in_days(2),
        None => {}
    }
    if let [first] = words
        && let Some(named) = weekday(first)
    {
        let first = if today.weekday() == named { Ok(today) } else { today.nth_weekday(1, named) };
        return first.map(Day::Weekly).map_err(|_| Wrong::Far);
    }
    if let Some(named) = next_weekday(words) {
        return today.nth_weekday(1, named).map(Day::On).map_err(|_| Wrong::Far);
    }
    match words {
        [one] => by_numbers(one),
        _ => by_month(words),
    }
}

fn next_weekday(words: &[&str]) -> Option<Weekday> {
    if let Some((_, used)) = words::value("next", words) {
        return match words.get(used..) {
            Some([name]) => weekday(name),
            _ => None,
        };
    }
    let (name, rest) = words.split_first()?;
    let (_, used) = words::value("next", rest)?;
    (used == rest.len()).then(|| weekday(name))?
}

/// `2026-12-16`, `16/12/2026`, `16.12.26`, `16/12`.
fn by_numbers(word: &str) -> Result<Day, Wrong> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    if !parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|o| o.is_ascii_digit())) {
        return Err(Wrong::Unknown);
    }
    let number = |part: &str| part.parse::<i16>().map_err(|_| Wrong::Unknown);
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => on(number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 4 => on(number(year)?, number(month)?, number(day)?),
        [day, month, year] if year.len() == 2 => on(2000 + number(year)?, number(month)?, number(day)?),
        [day, month] if day.len() <= 2 => every_year(number(month)?, number(day)?),
        _ => Err(Wrong::Unknown),
    }
}

/// `16 de diciembre de 2026`, `1st december`, `december 16 2026`.
fn by_month(words: &[&str]) -> Result<Day, Wrong> {
    let words: Vec<&str> =
        words.iter().copied().filter(|word| words::filler("date", &[word]).is_none()).collect();
    let month = |word: &str| words::whole_value("month", word).and_then(|number| number.parse::<i16>().ok());
    let (day, month, year) = match words.as_slice() {
        [a, b] | [a, b, _] if month(b).is_some() => (*a, month(b), words.get(2)),
        [a, b] | [a, b, _] => (*b, month(a), words.get(2)),
        _ => return Err(Wrong::Unknown),
    };
    let month = month.ok_or(Wrong::Unknown)?;
    // Ordinals: 1st, 2nd, 16th, 1ro, 1º.
    let digits = day.trim_end_matches(|c: char| c.is_alphabetic());
    let ordinal = day.len() - digits.len() <= 2;
    let day = digits.parse::<i16>().ok().filter(|_| ordinal).ok_or(Wrong::Unknown)?;
    match year {
        None => every_year(month, day),
        Some(year) if year.len() == 4 => on(year.parse().map_err(|_| Wrong::Unknown)?, month, day),
        Some(_) => Err(Wrong::Unknown),
    }
}

fn on(year: i16, month: i16, day: i16) -> Result<Day, Wrong> {
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(Wrong::Impossible);
    };
    Date::new(year, month, day).map(Day::On).map_err(|_| Wrong::Impossible)
}

fn every_year(month: i16, day: i16) -> Result<Day, Wrong> {
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else {
        return Err(Wrong::Impossible);
    };
    // 2000 is a leap year: whatever is no day in it is a day in no year.
    Date::new(2000, month, day).map(|_| Day::Yearly(month, day)).map_err(|_| Wrong::Impossible)
}

fn weekday(word: &str) -> Option<Weekday> {
    let key = words::whole_value("weekday", word)?;
    WEEKDAYS.into_iter().find(|(known, _)| *known == key).map(|(_, day)| day)
}

fn weekday_key(day: Weekday) -> &'static str {
    WEEKDAYS.into_iter().find(|(_, known)| *known == day).map_or("", |(key, _)| key)
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
