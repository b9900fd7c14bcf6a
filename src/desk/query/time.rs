//! Times in queries: so long ago, or a day.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use super::Asker;
use crate::desk::typed::folded;

/// Days that are looked back at most.
const FARTHEST: i64 = 36_500;

/// The time that `2d`, `12 horas`, `1w`, `2026-01-31`, `31/01/2026`, `ayer` name; a day is its beginning in the desk's
/// zone. `None` for anything else.
pub fn moment(typed: &str, asker: &Asker<'_>) -> Option<Timestamp> {
    let plain = folded(typed);
    let zone = &asker.desk.time_zone;
    let today = asker.now.to_zoned(zone.clone()).date();
    let start = |date: Date| date.to_zoned(zone.clone()).ok().map(|start| start.timestamp());
    match plain.as_str() {
        "today" | "hoy" => return start(today),
        "yesterday" | "ayer" => return start(today.checked_sub(1.day()).ok()?),
        _ => {}
    }
    if let Some(ago) = ago(&plain) {
        return asker.now.checked_sub(ago).ok();
    }
    let date = plain.parse::<Date>().ok().or_else(|| day_first(&plain));
    date.and_then(start).or_else(|| typed.trim().parse().ok())
}

/// `2d`, `2 d`, `2 dias`.
fn ago(plain: &str) -> Option<SignedDuration> {
    let digits = plain.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = plain.split_at_checked(digits)?;
    let number: i64 = number.parse().ok()?;
    let minutes = match unit.trim() {
        "m" | "min" | "minute" | "minutes" | "minuto" | "minutos" => 1,
        "h" | "hour" | "hours" | "hora" | "horas" => 60,
        "d" | "day" | "days" | "dia" | "dias" => 60 * 24,
        "w" | "week" | "weeks" | "sem" | "semana" | "semanas" => 60 * 24 * 7,
        "month" | "months" | "mes" | "meses" => 60 * 24 * 30,
        "y" | "year" | "years" | "ano" | "anos" => 60 * 24 * 365,
        _ => return None,
    };
    let all = number.checked_mul(minutes).filter(|all| *all <= FARTHEST * 24 * 60)?;
    SignedDuration::try_from_mins(all)
}

/// `31/01/2026`, `31-1-2026`, `31.1.2026`.
fn day_first(plain: &str) -> Option<Date> {
    let mut parts = plain.split(['/', '-', '.']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}
