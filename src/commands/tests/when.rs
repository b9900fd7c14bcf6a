//! Times.

use jiff::Zoned;

use super::monday;
use crate::commands::when::when;
use crate::mail::Language;

/// The civil time that a text means, or the first word of what is wrong.
fn read(text: &str, now: &Zoned) -> String {
    match when(text, now, Language::En) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M").to_string(),
        Err(mistake) => {
            let said = mistake.0;
            let kinds = [
                ("is not a time.", "unknown"),
                ("that is past", "past"),
                ("not in the calendar", "impossible"),
                ("more than ten years", "far"),
            ];
            kinds
                .into_iter()
                .find(|(words, _)| said.contains(words))
                .map_or(said.clone(), |(_, k)| k.to_owned())
        }
    }
}

fn check(now: &Zoned, table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(typed, expected)| read(typed, now) != *expected)
        .map(|(typed, expected)| format!("{typed:?}: {} rather than {expected}", read(typed, now)))
        .collect();
    assert!(wrong.is_empty(), "from {now}:\n{}", wrong.join("\n"));
}

#[test]
fn spans() {
    check(
        &monday(),
        &[
            ("2d", "2026-11-25 10:00"),
            ("2 d", "2026-11-25 10:00"),
            ("3h", "2026-11-23 13:00"),
            ("90m", "2026-11-23 11:30"),
            ("90 min", "2026-11-23 11:30"),
            ("1w", "2026-11-30 10:00"),
            ("1 semana", "2026-11-30 10:00"),
            ("una semana", "2026-11-30 10:00"),
            ("a week", "2026-11-30 10:00"),
            ("dos semanas", "2026-12-07 10:00"),
            ("2 días", "2026-11-25 10:00"),
            ("2 DIAS.", "2026-11-25 10:00"),
            ("2\u{A0}días", "2026-11-25 10:00"),
            ("２ｄ", "2026-11-25 10:00"),
            ("in 2 days", "2026-11-25 10:00"),
            ("en 2 días", "2026-11-25 10:00"),
            ("dentro de 3 horas", "2026-11-23 13:00"),
            ("1d12h", "2026-11-24 22:00"),
            ("1d 12h", "2026-11-24 22:00"),
            ("1 día y 4 horas", "2026-11-24 14:00"),
            ("1 day and 4 hours", "2026-11-24 14:00"),
            ("1h30m", "2026-11-23 11:30"),
            ("1 mes", "2026-12-23 10:00"),
            ("2 months", "2027-01-23 10:00"),
            ("1mo", "2026-12-23 10:00"),
            ("1 año", "2027-11-23 10:00"),
            ("10 years", "2036-11-23 10:00"),
            ("11 years", "far"),
            ("5000d", "far"),
            ("99999999999999999999d", "far"),
            ("9999999999h", "far"),
            ("0d", "past"),
            ("0m", "past"),
            ("-2d", "unknown"),
            ("2", "unknown"),
            ("2x", "unknown"),
            ("d", "unknown"),
            ("2d2", "unknown"),
            ("", "unknown"),
        ],
    );
}

#[test]
fn business_days() {
    check(
        &monday(),
        &[
            ("2bd", "2026-11-25 10:00"),
            ("5bd", "2026-11-30 10:00"),
            ("4 días hábiles", "2026-11-27 10:00"),
            ("5 business days", "2026-11-30 10:00"),
            ("1 dia habil", "2026-11-24 10:00"),
            ("10 dh", "2026-12-07 10:00"),
            ("2700bd", "far"),
            ("2701bd", "far"),
            ("9999999999bd", "far"),
        ],
    );
    let saturday: Zoned = "2026-11-28T11:00:00-05:00[America/Lima]".parse().unwrap();
    check(&saturday, &[("1bd", "2026-11-30 11:00"), ("2bd", "2026-12-01 11:00")]);
    let friday: Zoned = "2026-11-27T17:45:00-05:00[America/Lima]".parse().unwrap();
    check(&friday, &[("1bd", "2026-11-30 17:45")]);
}

#[test]
fn days_by_name() {
    check(
        &monday(),
        &[
            ("friday 9:00", "2026-11-27 09:00"),
            ("friday, 9:00", "2026-11-27 09:00"),
            ("viernes", "2026-11-27 09:00"),
            ("viernes 9:00", "2026-11-27 09:00"),
            ("el viernes a las 9", "2026-11-27 09:00"),
            ("el viernes a las 16:30", "2026-11-27 16:30"),
            ("on friday at 9", "2026-11-27 09:00"),
            ("fri 2:30pm", "2026-11-27 14:30"),
            ("friday 2 p.m.", "2026-11-27 14:00"),
            ("friday 12am", "2026-11-27 00:00"),
            ("friday 12 pm", "2026-11-27 12:00"),
            ("friday 0:00", "2026-11-27 00:00"),
            ("friday 24:00", "impossible"),
            ("friday 9:60", "impossible"),
            ("friday 13pm", "impossible"),
            ("viernes 14h", "2026-11-27 14:00"),
            ("viernes 14h30", "2026-11-27 14:30"),
            ("viernes 14:30 hs", "2026-11-27 14:30"),
            ("hasta el viernes", "2026-11-27 09:00"),
            ("este viernes", "2026-11-27 09:00"),
            ("miercoles", "2026-11-25 09:00"),
            ("Miércoles", "2026-11-25 09:00"),
            ("sábado 10:15", "2026-11-28 10:15"),
            ("monday", "2026-11-30 09:00"),
            ("monday 11:00", "2026-11-23 11:00"),
            ("lunes 9:59", "2026-11-30 09:59"),
            ("next monday", "2026-11-30 09:00"),
            ("next monday 11:00", "2026-11-30 11:00"),
            ("próximo lunes", "2026-11-30 09:00"),
            ("el próximo lunes a las 8:00", "2026-11-30 08:00"),
            ("lunes próximo", "2026-11-30 09:00"),
            ("el martes que viene", "2026-11-24 09:00"),
            ("mañana", "2026-11-24 09:00"),
            ("manana 8:15", "2026-11-24 08:15"),
            ("tomorrow 14:30", "2026-11-24 14:30"),
            ("pasado mañana", "2026-11-25 09:00"),
            ("the day after tomorrow 7:00", "2026-11-25 07:00"),
            ("hoy 17:00", "2026-11-23 17:00"),
            ("today 5pm", "2026-11-23 17:00"),
            ("hoy", "past"),
            ("today 9:00", "past"),
            ("today 10:00", "past"),
            ("17:00", "2026-11-23 17:00"),
            ("a las 17:00", "2026-11-23 17:00"),
            ("9:00", "2026-11-24 09:00"),
            ("yesterday", "past"),
            ("ayer a las 10:00", "past"),
            ("viernes a las 9 de la mañana", "2026-11-27 09:00"),
            ("el viernes a las 3 de la tarde", "2026-11-27 15:00"),
            ("hoy 8 de la noche", "2026-11-23 20:00"),
            ("friday at 3 in the afternoon", "2026-11-27 15:00"),
            ("mañana a las 13 de la tarde", "impossible"),
            ("someday", "unknown"),
            ("friday 9", "unknown"),
            ("next", "unknown"),
            ("next next monday", "unknown"),
            ("friday monday", "impossible"),
        ],
    );
}

#[test]
fn dates() {
    check(
        &monday(),
        &[
            ("2026-12-01", "2026-12-01 09:00"),
            ("2026-12-01 14:30", "2026-12-01 14:30"),
            ("2026-12-01T14:30", "2026-12-01 14:30"),
            ("2026-12-01T14:30:00", "2026-12-01 14:30"),
            ("2026-12-01T14:30:00Z", "2026-12-01 09:30"),
            ("2026-12-01T14:30:00+01:00", "2026-12-01 08:30"),
            ("2026–12–01", "2026-12-01 09:00"),
            ("2026/12/01", "2026-12-01 09:00"),
            ("16/12/2026", "2026-12-16 09:00"),
            ("16/12/2026 17:00", "2026-12-16 17:00"),
            ("16-12-2026", "2026-12-16 09:00"),
            ("16.12.2026", "2026-12-16 09:00"),
            ("16.12.2026.", "2026-12-16 09:00"),
            ("16/12/26", "2026-12-16 09:00"),
            ("16/12", "2026-12-16 09:00"),
            ("1/2", "2027-02-01 09:00"),
            ("12/16/2026", "impossible"),
            ("30/02/2027", "impossible"),
            ("30/2", "impossible"),
            ("31/04/2027", "impossible"),
            ("2027-02-29", "impossible"),
            ("2027-13-01", "impossible"),
            ("0/0/2027", "impossible"),
            ("2026-12-01 25:00", "impossible"),
            ("2026-11-22", "past"),
            ("2026-11-23 10:00", "past"),
            ("2026-11-23 10:01", "2026-11-23 10:01"),
            ("16/12/2013", "past"),
            ("2036-11-23 10:00", "2036-11-23 10:00"),
            ("2036-11-23 10:01", "far"),
            ("9999-12-31", "far"),
            ("2026-12-01T", "unknown"),
            ("2026-12", "unknown"),
            ("20261201", "unknown"),
            ("1/2/3/4", "unknown"),
            ("16 de diciembre", "2026-12-16 09:00"),
            ("16 de diciembre de 2026", "2026-12-16 09:00"),
            ("el 16 de diciembre a las 10:30", "2026-12-16 10:30"),
            ("16 december", "2026-12-16 09:00"),
            ("december 16", "2026-12-16 09:00"),
            ("December 16th, 2026 9am", "2026-12-16 09:00"),
            ("1 de enero", "2027-01-01 09:00"),
            ("1º de enero", "2027-01-01 09:00"),
            ("1st of may", "2027-05-01 09:00"),
            ("16 setiembre 2027", "2027-09-16 09:00"),
            ("miércoles 16 de diciembre", "2026-12-16 09:00"),
            ("jueves 16 de diciembre", "impossible"),
            ("30 de febrero", "impossible"),
            ("16 diciembre 26", "unknown"),
            ("diciembre", "unknown"),
            ("16 december 2013", "past"),
            ("call me maybe", "unknown"),
            ("!!!", "unknown"),
        ],
    );
}

#[test]
fn leap_days_and_year_ends() {
    check(
        &monday(),
        &[
            ("29/02/2028", "2028-02-29 09:00"),
            ("29 de febrero", "2028-02-29 09:00"),
            ("29/2/2027", "impossible"),
            ("31/12/2026 23:59", "2026-12-31 23:59"),
            ("2027-01-01 0:00", "2027-01-01 00:00"),
        ],
    );
    let eve: Zoned = "2027-12-31T23:30:00-05:00[America/Lima]".parse().unwrap();
    check(
        &eve,
        &[
            ("1h", "2028-01-01 00:30"),
            ("mañana", "2028-01-01 09:00"),
            ("0:00", "2028-01-01 00:00"),
            ("60d", "2028-02-29 23:30"),
            ("2 months", "2028-02-29 23:30"),
            ("31/12", "2028-12-31 09:00"),
            ("31/12 23:45", "2027-12-31 23:45"),
            ("friday", "2028-01-07 09:00"),
        ],
    );
    let leap: Zoned = "2028-02-29T12:00:00-05:00[America/Lima]".parse().unwrap();
    check(&leap, &[("1 year", "2029-02-28 12:00"), ("29/2", "2032-02-29 09:00"), ("1d", "2028-03-01 12:00")]);
    let last_century: Zoned = "2096-03-01T12:00:00+00:00[UTC]".parse().unwrap();
    check(&last_century, &[("29/2", "2104-02-29 09:00")]);
}

#[test]
fn summer_time() {
    // Madrid: 29 March 2026, 2:00 becomes 3:00; 25 October 2026, 3:00 becomes 2:00.
    let spring: Zoned = "2026-03-28T12:00:00+01:00[Europe/Madrid]".parse().unwrap();
    check(
        &spring,
        &[("tomorrow 2:30", "2026-03-29 03:30"), ("1d", "2026-03-29 12:00"), ("24h", "2026-03-29 13:00")],
    );
    let autumn: Zoned = "2026-10-24T12:00:00+02:00[Europe/Madrid]".parse().unwrap();
    check(&autumn, &[("1d", "2026-10-25 12:00"), ("24h", "2026-10-25 11:00")]);
    let twice = when("tomorrow 2:30", &autumn, Language::En).unwrap();
    assert_eq!(twice.offset().seconds(), 7200, "the first of the two");
    // Havana springs forward at midnight: the day has no 0:00.
    let havana: Zoned = "2026-03-07T12:00:00-05:00[America/Havana]".parse().unwrap();
    check(&havana, &[("tomorrow 0:00", "2026-03-08 01:00"), ("mañana", "2026-03-08 09:00")]);
}

#[test]
fn says_what_to_write_instead() {
    let said = when("30/02/2027", &monday(), Language::Es).unwrap_err().0;
    assert_eq!(
        said,
        "«30/02/2027» no existe en el calendario. Primero va el día: 30/11/2026; o escriba 2026-11-30."
    );
    let said = when("16/12/2013", &monday(), Language::Es).unwrap_err().0;
    assert!(said.starts_with("«16/12/2013» es lunes 16/12/2013 09:00, y eso ya pasó."), "{said}");
    // Every time that a sentence proposes is one.
    for language in Language::ALL {
        for example in
            ["2d", "3h", "2w", "friday 9:00", "viernes 9:00", "tomorrow 14:30", "mañana 9:00", "30/11/2026"]
        {
            assert!(when(example, &monday(), language).is_ok(), "{example}");
        }
    }
}
