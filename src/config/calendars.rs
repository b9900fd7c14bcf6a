//! `[[calendar]]` and `[[sla]]` of the desk file.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::fields::Fields;
use crate::desk::{Calendar, Holiday, Hours, Sla};

/// The keys of the days, Monday first.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads calendars.
pub(super) fn calendars(tables: &[Fields<'_>], zone: &TimeZone) -> Vec<Calendar> {
    tables.iter().filter_map(|fields| calendar(fields, zone)).collect()
}

fn calendar(fields: &Fields<'_>, zone: &TimeZone) -> Option<Calendar> {
    let weekdays = hours(fields, "weekdays");
    let mut week: [Vec<Hours>; 7] = std::array::from_fn(|_| Vec::new());
    for (index, (day, key)) in week.iter_mut().zip(DAYS).enumerate() {
        let own = hours(fields, key);
        // Said and empty is a day without work.
        *day = if !fields.is_given(key) && index < 5 { weekdays.clone() } else { own };
    }
    let said = DAYS.iter().chain(&["weekdays"]).any(|key| fields.is_given(key));
    let holidays = holidays(fields);
    let (name, own_zone) = (fields.text("name")?, fields.time_zone("timezone"));
    let calendar = Calendar::new(name, own_zone.unwrap_or_else(|| zone.clone()), week, holidays);
    let wrong_hours = DAYS.iter().chain(&["weekdays"]).any(|key| {
        fields.is_given(key) && fields.items(key).iter().any(|item| Hours::read(item.text()).is_err())
    });
    // Hours with mistakes were told already.
    if calendar.is_none() && !wrong_hours {
        let title = format!("calendar \"{name}\" has no working hours at all");
        let help =
            if said { "give at least one day some hours" } else { "for example: weekdays = \"08:00-17:00\"" };
        fields.add(fields.at_header(title).help(help.to_owned()));
    }
    calendar
}

/// The hours of a day in their order.
fn hours(fields: &Fields<'_>, key: &str) -> Vec<Hours> {
    let mut read: Vec<Hours> = Vec::new();
    for item in fields.items(key) {
        let wrong = |title: String| fields.mistake(&item.spot, title, "");
        match Hours::read(item.text()) {
            Ok(hours) if read.iter().any(|known| known.meets(hours)) => {
                fields.add(wrong(format!("\"{}\" overlaps other hours of that day", item.text())));
            }
            Ok(hours) => read.push(hours),
            Err(help) => {
                let title = format!("`{}` cannot be \"{}\"", fields.dotted(key), item.text());
                fields.add(wrong(title).help(help.to_owned()));
            }
        }
    }
    read
}

fn holidays(fields: &Fields<'_>) -> BTreeSet<Holiday> {
    let mut read = BTreeSet::new();
    for item in fields.items("holidays") {
        match Holiday::read(item.text()) {
            Some(holiday) => {
                read.insert(holiday);
            }
            None => {
                let mistake = fields.mistake(&item.spot, format!("\"{}\" is no day", item.text()), "");
                fields.add(mistake.help("write \"2026-12-08\", or \"12-25\" for every year".to_owned()));
            }
        }
    }
    read
}

/// Reads SLAs.
pub(super) fn slas(tables: &[Fields<'_>], calendars: &[&str]) -> Vec<Sla> {
    let read = |fields: &Fields<'_>| {
        let calendar = fields.known_name("calendar", "calendar", calendars);
        let minutes = ["first_response", "update", "solution"].map(|key| fields.int(key));
        let [first_response, update, solution] = minutes;
        let warning = fields.int("warning");
        let name = fields.text("name")?.to_owned();
        let said = ["first_response", "update", "solution"].iter().any(|key| fields.is_given(key));
        if !said {
            let mistake = fields.at_header(format!("SLA \"{name}\" promises nothing"));
            fields.add(
                mistake
                    .help("give it `first_response`, `update` or `solution`, in working minutes".to_owned()),
            );
        }
        Some(Sla { name, first_response, update, solution, warning, calendar })
    };
    tables.iter().filter_map(read).collect()
}
