//! Status codes: `d.d.d` of RFC 3463, read where they stand, derived where they do not.
//!
//! The class digit is the report's own word before anything else; subject and detail come from whoever is more
//! precise: an enhanced code, then a phrase. `5.0.0` and the like say nothing, so they give way.

use crate::ingest::classify::fold::fold;
use crate::mail::BounceAction;

use super::{address, causes};

/// Reply codes of SMTP servers (RFC 5321 section 4.2.3 and what is in use beside it).
const REPLIES: &[&str] = &[
    "421", "422", "431", "432", "441", "442", "446", "447", "449", "450", "451", "452", "453", "454", "455",
    "458", "459", "465", "471", "500", "501", "502", "503", "504", "510", "511", "512", "513", "515", "516",
    "517", "521", "522", "523", "524", "525", "530", "531", "533", "534", "535", "538", "540", "541", "542",
    "543", "544", "546", "547", "550", "551", "552", "553", "554", "555", "556", "557", "559", "561", "570",
    "571", "572", "574", "577",
];

/// What a report says, as far as the status needs it.
pub(super) struct Told<'a> {
    /// The action, told or taken from the text.
    pub(super) action: BounceAction,
    /// The status field.
    pub(super) field: Option<&'a str>,
    /// What the other server said.
    pub(super) diagnostic: Option<&'a str>,
    /// The whole report text.
    pub(super) text: &'a str,
    /// The subject of the bounce.
    pub(super) subject: &'a str,
}

/// The status, as precise as it can be said.
pub(super) fn of(told: &Told<'_>) -> Option<String> {
    let field = told.field.map(str::to_owned);
    if let Some(code) = field.as_deref().filter(|code| !is_vague(code)) {
        return Some(code.to_owned());
    }
    // Texts from the most to the least telling; of each: a code, a reply with a phrase, a phrase.
    let texts = [told.diagnostic.unwrap_or_default(), told.text, told.subject];
    let failing = matches!(told.action, BounceAction::Failed | BounceAction::Delayed);
    let class = field.as_deref().and_then(|code| code.chars().next());
    let mut reply = None;
    let mut cause = None;
    for (at, text) in texts.into_iter().enumerate() {
        // The subject repeats ours, and there `2.0.12` is the version of something. Nothing fails with success.
        let code = enhanced(text).filter(|_| at < 2).filter(|code| !(failing && code.starts_with('2')));
        let code = code.filter(|code| class.is_none_or(|class| code.starts_with(class)));
        let vague = code.as_deref().filter(|code| is_vague(code)).and_then(|code| code.chars().next());
        if let Some(code) = code.filter(|code| !is_vague(code)) {
            return Some(code);
        }
        reply = reply.or_else(|| reply_class(text)).or(vague);
        cause = cause.or_else(|| causes::of(&fold(&address::without(text), 8_000)));
        if reply.is_some() && cause.is_some() {
            break;
        }
    }
    let class =
        class.or(reply).or_else(|| cause.and_then(|cause| cause.class)).unwrap_or(match told.action {
            BounceAction::Failed => '5',
            BounceAction::Delayed => '4',
            BounceAction::Delivered | BounceAction::Relayed | BounceAction::Expanded => '2',
        });
    let detail = match (class, cause) {
        ('2', _) | (_, None) => field.as_deref().and_then(|code| code.get(2..)).unwrap_or("0.0").to_owned(),
        (_, Some(cause)) => cause.detail.to_owned(),
    };
    Some(format!("{class}.{detail}"))
}

/// `5.0.0`: a class and nothing more.
fn is_vague(code: &str) -> bool {
    code.ends_with(".0.0")
}

/// The code at the beginning of a status field: `5.1.1 (bad address)`.
pub(super) fn leading_code(value: &str) -> Option<String> {
    let word = value.trim().split(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
    well_formed(word).then(|| word.to_owned())
}

/// The first `d.d.d` in a text that is neither an address, a version nor a date. One behind a reply code wins.
pub(super) fn enhanced(text: &str) -> Option<String> {
    let words = || {
        let separators = |c: char| !(c.is_ascii_digit() || c == '.');
        text.split(separators).filter(|word| !word.is_empty()).take(20_000)
    };
    let mut before = "";
    let mut first = None;
    for word in words() {
        let code = word.trim_end_matches('.');
        if well_formed(code) {
            if REPLIES.contains(&before) {
                return Some(code.to_owned());
            }
            first = first.or(Some(code));
        }
        before = word;
    }
    first.map(str::to_owned)
}

/// Class 2, 4 or 5, a subject of one digit, a detail of one to three.
fn well_formed(word: &str) -> bool {
    let mut parts = word.split('.');
    let class = parts.next().is_some_and(|part| matches!(part, "2" | "4" | "5"));
    let subject = parts.next().is_some_and(|part| part.len() == 1);
    let detail = parts.next().is_some_and(|part| (1..=3).contains(&part.len()));
    class && subject && detail && parts.next().is_none()
}

/// The class of the first SMTP reply code in a text.
pub(super) fn reply_class(text: &str) -> Option<char> {
    let lines = text.lines().take(2_000);
    lines.filter_map(|line| reply_in_line(line)).next().and_then(|code| code.chars().next())
}

/// A reply code that stands by itself in a line and counts nothing.
pub(super) fn reply_in_line(line: &str) -> Option<&str> {
    let mut words = line
        .split(|c: char| {
            c.is_whitespace()
                || matches!(
                    c,
                    '<' | '>' | '(' | ')' | '[' | ']' | ':' | ';' | ',' | '\'' | '"' | '#' | '-' | '='
                )
        })
        .filter(|word| !word.is_empty())
        .take(500)
        .peekable();
    while let Some(word) = words.next() {
        let code = word.trim_end_matches('.');
        if REPLIES.contains(&code) {
            let next = words.peek().map(|next| next.to_ascii_lowercase()).unwrap_or_default();
            let counts = [
                "second",
                "sec",
                "minute",
                "min",
                "hour",
                "day",
                "week",
                "byte",
                "kb",
                "mb",
                "octet",
                "message",
                "recipient",
                "mail",
                "line",
            ];
            if !counts.iter().any(|unit| next.starts_with(unit)) || next.starts_with("mailbox") {
                return Some(code);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Told, enhanced, leading_code, of, reply_in_line};
    use crate::mail::BounceAction;

    #[test]
    fn codes_are_found_where_they_are_codes() {
        assert_eq!(leading_code("5.1.1 (bad)").as_deref(), Some("5.1.1"));
        assert_eq!(leading_code("5.0.-"), None);
        assert_eq!(enhanced("mx[5.1.1.2] said: 550-5.7.26 no").as_deref(), Some("5.7.26"));
        assert_eq!(enhanced("sorry (#5.1.1 - chkusr)").as_deref(), Some("5.1.1"));
        assert_eq!(
            enhanced("Exim 4.96.2 or 5.5.1960.3 of 5.1.2024"),
            Some("4.96.2".into()).filter(|_| false)
        );
        assert_eq!(reply_in_line("<<< 550 no"), Some("550"));
        assert_eq!(reply_in_line("ERROR_CODE :554, gone"), Some("554"));
        assert_eq!(reply_in_line("after 450 minutes"), None);
        assert_eq!(reply_in_line("192.0.2.550"), None);
    }

    #[test]
    fn the_most_precise_word_wins_and_the_report_keeps_its_class() {
        let told = |action, field, diagnostic, text| {
            of(&Told { action, field, diagnostic, text, subject: "" }).unwrap()
        };
        use BounceAction::{Delayed, Delivered, Failed};
        assert_eq!(told(Failed, Some("5.1.1"), Some("550 5.7.1 no"), ""), "5.1.1");
        assert_eq!(told(Failed, Some("5.0.0"), Some("550 5.7.1 no"), ""), "5.7.1");
        assert_eq!(told(Failed, Some("4.0.0"), Some("550 5.7.1 blocked by policy"), ""), "4.7.1");
        assert_eq!(told(Failed, None, Some("550 user unknown"), ""), "5.1.1");
        assert_eq!(told(Failed, None, None, "Mailbox full"), "5.2.2");
        assert_eq!(told(Delayed, None, None, "Mailbox full"), "4.2.2");
        assert_eq!(told(Delayed, None, None, "who knows"), "4.0.0");
        assert_eq!(told(Failed, None, Some("452 mailbox full"), ""), "4.2.2");
        assert_eq!(told(Failed, None, None, "User unknown on release 2.0.12"), "5.1.1");
        assert_eq!(told(Delivered, Some("2.0.0"), None, "found nothing not found"), "2.0.0");
    }
}
