//! `--since`: a date, a time, or so long ago.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::CliError;

/// Reads `2026-01-31`, `2026-01-31T09:00:00-05:00`, `7d`, `12h`, `30m`, `2w`.
///
/// # Errors
/// Anything else, with an example.
pub(super) fn since(
    text: Option<&str>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Option<Timestamp>, CliError> {
    let Some(text) = text.map(str::trim) else { return Ok(None) };
    let ago = || {
        let unit = text.chars().last()?;
        let number: i64 = text.strip_suffix(unit)?.parse().ok().filter(|number| *number >= 0)?;
        let seconds = match unit {
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            _ => return None,
        };
        now.checked_sub(SignedDuration::from_secs(number.checked_mul(seconds)?)).ok()
    };
    let date = || text.parse::<Date>().ok()?.to_zoned(zone.clone()).ok().map(|start| start.timestamp());
    let time = ago().or_else(date).or_else(|| text.parse().ok());
    time.map(Some)
        .ok_or_else(|| CliError::Usage(format!("\"{text}\" is no date; write for example 2026-01-31 or 7d")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ages() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let lima = TimeZone::get("America/Lima").unwrap();
        let read = |text: &str| since(Some(text), now, &lima).ok().flatten().map(|time| time.to_string());
        assert_eq!(read("1d").as_deref(), Some("2026-02-28T12:00:00Z"));
        assert_eq!(read("30m").as_deref(), Some("2026-03-01T11:30:00Z"));
        assert_eq!(read("2024-02-29").as_deref(), Some("2024-02-29T05:00:00Z"));
        assert_eq!(read("2026-01-01T00:00:00Z").as_deref(), Some("2026-01-01T00:00:00Z"));
        for wrong in ["", "d", "-1d", "99999999999999999d", "2026-02-30", "ñ"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
