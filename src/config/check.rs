//! One value against what its key says it must be. Pure; where the value stands is the caller's.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::key::Kind;
use super::nearest::did_you_mean;
use super::table::suggestion;
use crate::mail::Language;

/// A value of the right kind.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Checked {
    /// Text, a name, a word, an address, a path.
    Text(String),
    /// A number, or octets.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A time.
    Duration(SignedDuration),
    /// A language.
    Language(Language),
    /// A time zone.
    TimeZone(TimeZone),
    /// Left to whoever reads it.
    Unchecked,
}

/// A value as a file or a variable gives it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Plain<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Something that no key with one value takes.
    Other,
}

/// What is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Complaint {
    /// What the value must be or is not, in one line. Begins where the name of the key ends.
    pub(super) title: String,
    /// For beside the caret.
    pub(super) label: String,
    /// What to do.
    pub(super) help: Option<String>,
}

fn complaint(title: impl Into<String>, help: impl Into<Option<String>>) -> Complaint {
    Complaint { title: title.into(), label: String::new(), help: help.into() }
}

/// Checks one value; lists are taken apart before.
pub(super) fn check(kind: Kind, plain: Plain<'_>) -> Result<Checked, Complaint> {
    match kind {
        Kind::Bool => match plain {
            Plain::Bool(value) => Ok(Checked::Bool(value)),
            Plain::Text("true" | "false") => Err(complaint("must be true or false", quotes_off())),
            Plain::Text(_) | Plain::Int(_) | Plain::Other => Err(complaint("must be true or false", None)),
        },
        Kind::Int(low, high) => match plain {
            Plain::Int(number) if (low..=high).contains(&number) => Ok(Checked::Int(number)),
            Plain::Int(_) => Err(complaint(format!("must be a number from {low} to {high}"), None)),
            Plain::Text(text) if text.parse::<i64>().is_ok() => {
                Err(complaint("must be a whole number", quotes_off()))
            }
            Plain::Text(_) | Plain::Bool(_) | Plain::Other => Err(complaint("must be a whole number", None)),
        },
        Kind::Duration(low, high) => duration(plain, low, high),
        Kind::Size(low, high) => size(plain, low, high),
        Kind::Table | Kind::Forms => Ok(Checked::Unchecked),
        // A list within a list is not a list of single values.
        Kind::List(_) => Err(complaint("must be a list of single values", None)),
        Kind::Text
        | Kind::Name
        | Kind::Word(_)
        | Kind::Address
        | Kind::Domain
        | Kind::Host
        | Kind::Language
        | Kind::TimeZone
        | Kind::Path => match plain {
            Plain::Text(text) => text_of(kind, text),
            Plain::Int(_) => Err(complaint("must be text", Some("put it between \" \"".to_owned()))),
            Plain::Bool(_) | Plain::Other => Err(complaint("must be text", None)),
        },
    }
}

fn quotes_off() -> Option<String> {
    Some("write it without the quotes".to_owned())
}

fn text_of(kind: Kind, text: &str) -> Result<Checked, Complaint> {
    let as_is = || Ok(Checked::Text(text.to_owned()));
    if !matches!(kind, Kind::Text) {
        one_line(text)?;
    }
    match kind {
        Kind::Word(words) if !words.contains(&text) => {
            let help = suggestion(text, words);
            Err(Complaint {
                label: "unknown word".to_owned(),
                ..complaint(format!("cannot be \"{text}\""), help)
            })
        }
        Kind::Address => address(text).map(|()| Checked::Text(text.to_owned())),
        Kind::Domain if !is_domain(text) || text.parse::<std::net::IpAddr>().is_ok() => Err(complaint(
            format!("is no domain name: \"{text}\""),
            text.contains('@').then(|| "what stands behind the `@` is enough".to_owned()),
        )),
        Kind::Host if !is_host(text) => Err(host_complaint(text)),
        Kind::Domain | Kind::Host => Ok(Checked::Text(text.to_lowercase())),
        Kind::Language => Language::from_code(text).map(Checked::Language).ok_or_else(|| {
            let known = Language::ALL.map(Language::code).join(", ");
            complaint(format!("is no language of ours: \"{text}\""), Some(format!("known are: {known}")))
        }),
        Kind::TimeZone => time_zone(text),
        Kind::Text
        | Kind::Name
        | Kind::Word(_)
        | Kind::Path
        | Kind::Bool
        | Kind::Int(..)
        | Kind::Duration(..)
        | Kind::Size(..)
        | Kind::List(_)
        | Kind::Table
        | Kind::Forms => as_is(),
    }
}

/// Names go into headers, logs and one-line lists: no line end, no control character may stand in them.
fn one_line(text: &str) -> Result<(), Complaint> {
    if text.trim().is_empty() {
        return Err(complaint("must not be empty", None));
    }
    if text.chars().any(char::is_control) {
        return Err(complaint("must be one line without control characters", None));
    }
    if text.trim() != text {
        return Err(complaint("must not begin or end with a blank", None));
    }
    Ok(())
}

/// Whether a text can be an address of the desk; else a sentence that says why not.
///
/// # Errors
/// What is wrong with it, and how an address is written.
pub(crate) fn desk_address(text: &str) -> Result<(), String> {
    address(text).map_err(|wrong| match wrong.help {
        Some(help) => format!("{}; {help}", wrong.title),
        None => wrong.title,
    })
}

/// An address that can stand in an envelope and in a list of them without any quoting.
fn address(text: &str) -> Result<(), Complaint> {
    let help = || Some("an address is written local@domain, without a name beside it".to_owned());
    let no_address = || complaint(format!("is no address: \"{text}\""), help());
    let (local, domain) = text.rsplit_once('@').ok_or_else(no_address)?;
    // RFC 5321 section 4.5.3.1.1.
    let fits = !local.is_empty() && local.len() <= 64;
    let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let dots = !local.starts_with('.') && !local.ends_with('.') && !local.contains("..");
    if fits && dots && local.chars().all(plain) && is_domain(domain) { Ok(()) } else { Err(no_address()) }
}

/// Letters, digits and hyphens between dots (RFC 1123 section 2.1); other scripts' letters are letters.
fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    text.len() <= 253 && text.split('.').all(label)
}

fn is_host(text: &str) -> bool {
    is_domain(text) || text.parse::<std::net::IpAddr>().is_ok()
}

fn host_complaint(text: &str) -> Complaint {
    let help = if text.contains("://") {
        Some("write the name alone, without a scheme such as imaps://".to_owned())
    } else if text.contains(':') {
        Some("the port is a key of its own".to_owned())
    } else {
        None
    };
    complaint(format!("is no host name: \"{text}\""), help)
}

fn time_zone(text: &str) -> Result<Checked, Complaint> {
    TimeZone::get(text).map(Checked::TimeZone).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
        let help = did_you_mean(text, &known)
            .unwrap_or_else(|| "names are those of the IANA database, such as America/Lima".to_owned());
        complaint(format!("is no time zone: \"{text}\""), help)
    })
}

const MILLIS: &[(&str, i64)] = &[
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("min", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
    ("w", 604_800_000),
];

fn duration(plain: Plain<'_>, low: i64, high: i64) -> Result<Checked, Complaint> {
    let example = || Some("a time has a unit: \"90s\", \"2m\", \"12h\", \"14d\"".to_owned());
    let no_time = || complaint("must be a time", example());
    let Plain::Text(text) = plain else { return Err(no_time()) };
    let millis = quantity(text, MILLIS).ok_or_else(no_time)?;
    if !(low.saturating_mul(1000)..=high.saturating_mul(1000)).contains(&millis) {
        let title = format!("must be a time from {} to {}", shown_time(low), shown_time(high));
        return Err(complaint(title, None));
    }
    Ok(Checked::Duration(SignedDuration::from_millis(millis)))
}

const OCTETS: &[(&str, i64)] = &[("B", 1), ("KB", 1 << 10), ("MB", 1 << 20), ("GB", 1 << 30)];

fn size(plain: Plain<'_>, low: i64, high: i64) -> Result<Checked, Complaint> {
    let no_size = || complaint("must be a size", Some("a size has a unit: \"64 KB\", \"40 MB\"".to_owned()));
    let Plain::Text(text) = plain else { return Err(no_size()) };
    let octets = quantity(text, OCTETS).ok_or_else(no_size)?;
    if !(low..=high).contains(&octets) {
        let title = format!("must be a size from {} to {}", shown_size(low), shown_size(high));
        return Err(complaint(title, None));
    }
    Ok(Checked::Int(octets))
}

/// Numbers with their units, added: `1h30m`.
fn quantity(text: &str, units: &[(&str, i64)]) -> Option<i64> {
    let mut rest = text.trim();
    let mut total: i64 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let behind = behind.trim_start();
        let letters = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(letters)?;
        let (_, times) = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*times)?)?;
        rest = behind.trim_start();
    }
    Some(total)
}

/// The largest unit that shows seconds as a whole number.
pub(crate) fn shown_time(seconds: i64) -> String {
    let units = [(86_400, "d"), (3600, "h"), (60, "m")];
    let (times, unit) =
        units.into_iter().find(|(times, _)| seconds != 0 && seconds % times == 0).unwrap_or((1, "s"));
    format!("{}{unit}", seconds / times)
}

/// The largest unit that shows octets as a whole number.
pub(super) fn shown_size(octets: i64) -> String {
    let found = OCTETS.iter().rev().find(|(_, times)| octets != 0 && octets % times == 0);
    let (unit, times) = found.copied().unwrap_or(("B", 1));
    format!("{} {unit}", octets / times)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities() {
        for (text, millis) in [
            ("90s", Some(90_000)),
            ("1h30m", Some(5_400_000)),
            ("1 h 30 min", Some(5_400_000)),
            ("14d", Some(1_209_600_000)),
            ("250ms", Some(250)),
            ("60", None),
            ("", None),
            ("s", None),
            ("5 fortnights", None),
            ("99999999999999999999s", None),
            ("9223372036854775807w", None),
            ("-5s", None),
            ("1.5h", None),
        ] {
            assert_eq!(quantity(text, MILLIS), millis, "{text}");
        }
        assert_eq!(quantity("40 MB", OCTETS), Some(40 << 20));
        assert_eq!(quantity("64kb", OCTETS), Some(64 << 10));
        assert_eq!((shown_size(40 << 20), shown_size(1)), ("40 MB".to_owned(), "1 B".to_owned()));
        assert_eq!(
            (shown_time(1740), shown_time(86_400), shown_time(0)),
            ("29m".into(), "1d".into(), "0s".into())
        );
    }

    #[test]
    fn addresses_and_hosts() {
        for good in ["a@b", "soporte@minem.example", "x+y@sub.minem.example", "josé@correo.example"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a b@c", "A <a@b>", "a@b,c@d", "a..b@c", "a@b.", "\"a b\"@c", "a@-b"]
        {
            assert!(address(bad).is_err(), "{bad}");
        }
        for good in ["localhost", "imap.minem.example", "127.0.0.1", "::1"] {
            assert!(is_host(good), "{good}");
        }
        for bad in ["", "imaps://x", "host:993", "a b", "a..b"] {
            assert!(!is_host(bad), "{bad}");
        }
    }

    #[test]
    fn bounds_hold_on_both_sides() {
        let port = Kind::Int(1, 65535);
        for (number, good) in [(0, false), (1, true), (65535, true), (65536, false)] {
            assert_eq!(check(port, Plain::Int(number)).is_ok(), good, "{number}");
        }
        let poll = Kind::Duration(1, 60);
        for (text, good) in [("999ms", false), ("1s", true), ("1m", true), ("61s", false)] {
            assert_eq!(check(poll, Plain::Text(text)).is_ok(), good, "{text}");
        }
    }
}
