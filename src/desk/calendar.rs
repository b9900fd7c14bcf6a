//! Working time: the hours of each weekday, holidays, and the zone in which they are meant.
//!
//! Hours are those of the clock on the wall. Where it is put forward, an hour that does not exist counts as the one
//! after it; where it is put back, an hour that exists twice counts the first time (RFC 5545 section 3.3.5).

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Days that are looked through for the end of a span of working time.
const MOST_DAYS: usize = 20 * 366;

/// Hours of one day, in minutes since midnight; `24:00` is 1,440.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hours {
    from: u16,
    to: u16,
}

impl Hours {
    /// Reads `08:00-13:00`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        let (from, to) = text.split_once('-').ok_or("hours are written \"08:00-13:00\"")?;
        let minutes = |text: &str| minutes(text.trim()).ok_or("hours are written \"08:00-13:00\", to 24:00");
        let hours = Self { from: minutes(from)?, to: minutes(to)? };
        if hours.from >= hours.to {
            return Err("it ends before it begins: hours past midnight belong to the next day, from 00:00");
        }
        Ok(hours)
    }

    /// Whether some time belongs to both.
    pub fn meets(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// `8:00`, `24:00`: minutes since midnight.
fn minutes(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.bytes().all(|octet| octet.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

/// A day without work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holiday {
    /// Once.
    On(Date),
    /// Every year: month and day. 29 February is one in leap years alone.
    Yearly(i8, i8),
}

impl Holiday {
    /// Reads `2026-12-08` or, for every year, `12-25`.
    pub fn read(text: &str) -> Option<Self> {
        if let Some((month, day)) = text.split_once('-')
            && month.len() == 2
            && day.len() == 2
        {
            // Of a leap year, or 29 February would be no day.
            let date = Date::new(2000, month.parse().ok()?, day.parse().ok()?).ok()?;
            return Some(Self::Yearly(date.month(), date.day()));
        }
        // The year first, and nothing beside it: other forms of ISO 8601 surprise whoever reads them.
        let plain = text.len() == 10 && text.bytes().all(|octet| octet.is_ascii_digit() || octet == b'-');
        plain.then(|| text.parse().ok().map(Self::On))?
    }
}

/// When the people of a desk work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    zone: TimeZone,
    /// Monday first; the hours of a day in their order.
    week: [Vec<Hours>; 7],
    holidays: BTreeSet<Holiday>,
}

impl Calendar {
    /// A calendar; none where it has no hours at all.
    pub fn new(
        name: impl Into<String>,
        zone: TimeZone,
        mut week: [Vec<Hours>; 7],
        holidays: BTreeSet<Holiday>,
    ) -> Option<Self> {
        week.iter_mut().for_each(|day| day.sort_unstable());
        let works = week.iter().any(|day| !day.is_empty());
        works.then(|| Self { name: name.into(), zone, week, holidays })
    }

    /// Whether it is working time.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let today = at.to_zoned(self.zone.clone()).date();
        // The shifted end of the evening before may lie beyond midnight.
        let days = [today.yesterday().ok(), Some(today)];
        days.into_iter().flatten().flat_map(|day| self.opened(day)).any(|(from, to)| (from..to).contains(&at))
    }

    /// The time at which so many minutes of working time have passed. None where there are not so many within
    /// twenty years.
    pub fn add(&self, start: Timestamp, minutes: i64) -> Option<Timestamp> {
        let mut left = SignedDuration::from_mins(minutes.max(0));
        let mut at = start;
        let mut day = start.to_zoned(self.zone.clone()).date().yesterday().ok()?;
        for _ in 0..MOST_DAYS {
            for (from, to) in self.opened(day) {
                at = at.max(from);
                let there = to.duration_since(at);
                if there >= left {
                    return at.checked_add(left).ok();
                }
                left -= there.max(SignedDuration::ZERO);
                at = at.max(to);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The working time of a day, in its order.
    fn opened(&self, day: Date) -> Vec<(Timestamp, Timestamp)> {
        let yearly = Holiday::Yearly(day.month(), day.day());
        if self.holidays.contains(&Holiday::On(day)) || self.holidays.contains(&yearly) {
            return Vec::new();
        }
        let hours = self.week.get(index(day.weekday())).map_or(&[][..], Vec::as_slice);
        hours.iter().filter_map(|hours| Some((self.at(day, hours.from)?, self.at(day, hours.to)?))).collect()
    }

    fn at(&self, day: Date, minutes: u16) -> Option<Timestamp> {
        let civil = if minutes == 24 * 60 {
            day.tomorrow().ok()?.to_datetime(Time::midnight())
        } else {
            let (hour, minute) = (i8::try_from(minutes / 60).ok()?, i8::try_from(minutes % 60).ok()?);
            day.at(hour, minute, 0, 0)
        };
        self.zone.to_ambiguous_timestamp(civil).compatible().ok()
    }
}

/// Monday is 0.
fn index(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(all: &[&str]) -> Vec<Hours> {
        all.iter().map(|text| Hours::read(text).unwrap()).collect()
    }

    /// Monday to Friday from eight to one and from two to five.
    fn office(zone: &str, holidays: &[&str]) -> Calendar {
        let day = || hours(&["14:00-17:00", "08:00-13:00"]);
        let week = [day(), day(), day(), day(), day(), Vec::new(), Vec::new()];
        let holidays = holidays.iter().map(|text| Holiday::read(text).unwrap()).collect();
        Calendar::new("office", TimeZone::get(zone).unwrap(), week, holidays).unwrap()
    }

    fn always(zone: &str, all: &[&str]) -> Calendar {
        let zone = TimeZone::get(zone).unwrap();
        Calendar::new("always", zone, std::array::from_fn(|_| hours(all)), BTreeSet::new()).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_calendar_without_hours_is_none() {
        let week = std::array::from_fn(|_| Vec::new());
        assert_eq!(Calendar::new("none", TimeZone::UTC, week, BTreeSet::new()), None);
    }

    #[test]
    fn hours_are_read() {
        for (text, good) in [
            ("08:00-13:00", true),
            ("8:00 - 13:00", true),
            ("00:00-24:00", true),
            ("08:00-08:00", false),
            ("22:00-06:00", false),
            ("08:00-24:01", false),
            ("08:60-09:00", false),
            ("+8:00-09:00", false),
            ("8-13", false),
            ("08:00", false),
            ("", false),
        ] {
            assert_eq!(Hours::read(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn holidays_are_read() {
        let date = |text: &str| Some(Holiday::On(text.parse().unwrap()));
        for (text, holiday) in [
            ("2026-12-08", date("2026-12-08")),
            ("12-25", Some(Holiday::Yearly(12, 25))),
            ("02-29", Some(Holiday::Yearly(2, 29))),
            ("02-30", None),
            ("2026-02-29", None),
            ("13-01", None),
            ("1-1", None),
            ("20261208", None),
            ("2026-12-08T10:00", None),
            ("christmas", None),
        ] {
            assert_eq!(Holiday::read(text), holiday, "{text}");
        }
    }

    #[test]
    fn hours_are_those_of_the_wall() {
        let office = office("America/Lima", &["2026-12-08", "12-25", "02-29"]);
        for (time, open) in [
            // Friday.
            ("2026-11-27T07:59:59-05:00", false),
            ("2026-11-27T08:00:00-05:00", true),
            ("2026-11-27T12:59:59.999-05:00", true),
            ("2026-11-27T13:00:00-05:00", false),
            ("2026-11-27T16:59:59-05:00", true),
            ("2026-11-27T17:00:00-05:00", false),
            // Saturday, midnight, a holiday, one of every year, a leap day, the same day of another year.
            ("2026-11-28T10:00:00-05:00", false),
            ("2026-11-30T00:00:00-05:00", false),
            ("2026-12-08T10:00:00-05:00", false),
            ("2029-12-25T10:00:00-05:00", false),
            ("2028-02-29T10:00:00-05:00", false),
            ("2028-02-28T10:00:00-05:00", true),
        ] {
            assert_eq!(office.is_open(at(time)), open, "{time}");
        }
        let night = always("America/Lima", &["00:00-06:00", "22:00-24:00"]);
        for (time, open) in [
            ("2026-11-27T23:59:59-05:00", true),
            ("2026-11-28T00:00:00-05:00", true),
            ("2026-11-28T06:00:00-05:00", false),
        ] {
            assert_eq!(night.is_open(at(time)), open, "{time}");
        }
    }

    #[test]
    fn working_time_passes_only_while_people_work() {
        let office = office("America/Lima", &["2026-12-08", "12-25", "02-29"]);
        for (start, minutes, end) in [
            // Within a morning, over lunch, to the end of the day, over a weekend.
            ("2026-11-27T09:00:00-05:00", 30, "2026-11-27T09:30:00-05:00"),
            ("2026-11-27T12:30:00-05:00", 60, "2026-11-27T14:30:00-05:00"),
            ("2026-11-27T08:00:00-05:00", 480, "2026-11-27T17:00:00-05:00"),
            ("2026-11-27T16:30:00-05:00", 60, "2026-11-30T08:30:00-05:00"),
            ("2026-11-28T03:00:00-05:00", 1, "2026-11-30T08:01:00-05:00"),
            // Nothing to wait for ends when work begins.
            ("2026-11-28T03:00:00-05:00", 0, "2026-11-30T08:00:00-05:00"),
            ("2026-11-27T09:00:00-05:00", -5, "2026-11-27T09:00:00-05:00"),
            // Over the holiday of Tuesday; over Christmas and a leap day.
            ("2026-12-07T16:00:00-05:00", 120, "2026-12-09T09:00:00-05:00"),
            ("2026-12-24T16:59:30-05:00", 1, "2026-12-28T08:00:30-05:00"),
            ("2028-02-28T16:00:00-05:00", 120, "2028-03-01T09:00:00-05:00"),
        ] {
            assert_eq!(office.add(at(start), minutes), Some(at(end)), "{start} + {minutes}");
        }
    }

    #[test]
    fn the_clocks_change() {
        // Madrid: 2026-03-29 02:00 becomes 03:00; 2026-10-25 03:00 becomes 02:00.
        let madrid = always("Europe/Madrid", &["00:00-24:00"]);
        for (start, minutes, end) in [
            ("2026-03-29T00:00:00+01:00", 23 * 60, "2026-03-30T00:00:00+02:00"),
            ("2026-10-25T00:00:00+02:00", 25 * 60, "2026-10-26T00:00:00+01:00"),
            ("2026-03-28T23:30:00+01:00", 180, "2026-03-29T03:30:00+02:00"),
        ] {
            assert_eq!(madrid.add(at(start), minutes), Some(at(end)), "{start} + {minutes}");
        }
        let small = always("Europe/Madrid", &["02:15-02:45"]);
        for (time, open) in [
            // Half past two does not exist: the hour after it counts.
            ("2026-03-29T03:20:00+02:00", true),
            ("2026-03-29T01:50:00+01:00", false),
            // It exists twice: the first one counts.
            ("2026-10-25T02:20:00+02:00", true),
            ("2026-10-25T02:20:00+01:00", false),
        ] {
            assert_eq!(small.is_open(at(time)), open, "{time}");
        }
        assert_eq!(small.add(at("2026-10-25T02:30:00+02:00"), 30), Some(at("2026-10-26T02:30:00+01:00")));
        // Midnight itself does not exist: Beirut 2025-03-30.
        let beirut = always("Asia/Beirut", &["00:00-01:00", "23:00-24:00"]);
        assert!(beirut.is_open(at("2025-03-29T23:59:59+02:00")));
        assert_eq!(beirut.add(at("2025-03-29T23:30:00+02:00"), 60), Some(at("2025-03-30T23:30:00+03:00")));
    }

    #[test]
    fn hours_that_nobody_ever_works_have_no_end() {
        let every_day = (1..=12).flat_map(|month| (1..=31).map(move |day| Holiday::Yearly(month, day)));
        let week = std::array::from_fn(|_| hours(&["08:00-09:00"]));
        let never = Calendar::new("never", TimeZone::UTC, week, every_day.collect()).unwrap();
        assert_eq!(never.add(at("2026-11-27T09:00:00Z"), 1), None);
        assert_eq!(office("America/Lima", &[]).add(at("2026-11-27T09:00:00Z"), i64::MAX / 100), None);
        assert_eq!(office("America/Lima", &[]).add(Timestamp::MAX, 1), None);
    }

    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            /// What is added one by one comes to the same as all at once, later is never earlier, and the end of some
            /// working time lies in working time or at its end.
            #[test]
            fn working_time_adds_up(second in 1_700_000_000_i64..1_900_000_000, a in 0_i64..5_000, b in 0_i64..5_000) {
                let office = office("Europe/Madrid", &["12-25", "2026-03-30"]);
                let start = Timestamp::from_second(second).unwrap();
                let whole = office.add(start, a + b).unwrap();
                prop_assert!(whole >= start);
                if b > 0 {
                    prop_assert_eq!(office.add(office.add(start, a).unwrap(), b), Some(whole));
                    let just_before = whole - SignedDuration::from_nanos(1);
                    prop_assert!(office.is_open(just_before));
                }
            }
        }
    }
}
