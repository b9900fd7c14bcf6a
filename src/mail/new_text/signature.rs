//! Signatures: `-- `, what the markup calls one, and the lines that telephones add.

use super::attribution::has_address;
use super::phrases::{MORE_SENT_FROM, SENT_FROM, SENT_FROM_ENDINGS};
use super::rows::Row;
use crate::mail::html::Mark;

/// A signature behind a separator that lost its blank has no more rows than this.
const MAX_BARE: usize = 12;

/// The rows of a stretch of new text without its signature. `last`: nothing new follows below.
pub(super) fn without<'a>(rows: &'a [Row], last: bool) -> Vec<&'a Row> {
    let separator = rows.iter().enumerate().position(|(at, row)| is_separator(rows, at, row));
    let kept = rows.get(..separator.unwrap_or(rows.len())).unwrap_or_default();
    let mut kept: Vec<&'a Row> = kept.iter().filter(|row| row.mark != Mark::Signature).collect();
    if last {
        strip_sent_from(&mut kept);
    }
    kept
}

/// `-- ` (RFC 3676 section 4.3), or `--` with a short text below.
fn is_separator(rows: &[Row], at: usize, row: &Row) -> bool {
    if row.depth > 0 {
        return false;
    }
    if row.text == "-- " {
        return true;
    }
    if matches!(row.text.trim(), "---" | "__" | "___" | "____" | "\u{2014}") {
        return is_card(rows, at);
    }
    let text = row.text.trim();
    if text.chars().count() > 3 && text.chars().all(|sign| sign == '\u{2014}') {
        return is_name_card(rows, at);
    }
    let bare = matches!(row.text.trim(), "--" | "\u{2013}\u{2013}" | "\u{2014}\u{2014}");
    bare && rows.iter().skip(at + 1).filter(|row| !row.is_blank()).take(MAX_BARE + 1).count() <= MAX_BARE
}

/// A few short rows below other text, with an address, a link or a telephone number among them.
fn is_card(rows: &[Row], at: usize) -> bool {
    let below: Vec<&Row> =
        rows.iter().skip(at + 1).filter(|row| !row.is_blank()).take(MAX_BARE + 1).collect();
    let short =
        !below.is_empty() && below.len() < MAX_BARE && below.iter().all(|row| row.text.chars().count() <= 70);
    let reachable = |row: &&Row| {
        let digits = row.text.chars().filter(char::is_ascii_digit).count();
        digits >= 7 || row.text.contains("www.") || row.text.contains("://") || has_address(&row.text)
    };
    let stands_below = rows.iter().take(at).any(|row| !row.is_blank());
    stands_below && short && below.iter().any(reachable)
}

/// A name and a title below a drawn line, and nothing else.
fn is_name_card(rows: &[Row], at: usize) -> bool {
    let below: Vec<&Row> = rows.iter().skip(at + 1).filter(|row| !row.is_blank()).take(5).collect();
    let sentence = |row: &&Row| row.text.trim_end().ends_with(['.', '?', '!', ':', '。', '？', '！', '：']);
    (1..5).contains(&below.len())
        && below.iter().all(|row| row.text.chars().count() <= 40)
        && !below.iter().any(sentence)
        && rows.iter().take(at).any(|row| !row.is_blank())
}

/// Drops `Sent from my ..` at the foot.
fn strip_sent_from(rows: &mut Vec<&Row>) {
    for _ in 0..3 {
        let Some(at) = rows.iter().rposition(|row| !row.is_blank()) else { return };
        if !rows.get(at).is_some_and(|row| row.depth == 0 && is_sent_from(&row.text)) {
            return;
        }
        rows.truncate(at);
    }
}

/// What such lines are written on.
const DEVICES: [&str; 13] = [
    "iphone",
    "iphon",
    "ipad",
    "android",
    "samsung",
    "galaxy",
    "outlook",
    "yahoo",
    "windows",
    "手机",
    "スマホ",
    "모바일",
    "携帯",
];

/// One short line, not a sentence that goes on.
fn is_sent_from(text: &str) -> bool {
    if text.len() > 300 {
        return false;
    }
    let bare = without_links(text).to_lowercase();
    let bare = bare.trim_matches(|sign: char| sign.is_whitespace() || "*_-~.!|<>()[]".contains(sign));
    let begins = SENT_FROM.iter().chain(&MORE_SENT_FROM).any(|phrase| bare.starts_with(phrase));
    let has_device = |text: &str| DEVICES.iter().any(|word| text.contains(word));
    // K-9 Mail and many people ask for pardon behind it: "Please excuse my brevity."
    let (bare, pardon) = match bare.split_once(". ") {
        Some((first, pardon)) if begins && has_device(first) => (first, pardon),
        _ => (bare, ""),
    };
    let words = bare.split_whitespace().count();
    let device = has_device(bare);
    let goes_on = bare.contains(", ") && !(begins && device) || bare.contains(". ");
    if words > 12 || pardon.split_whitespace().count() > 12 || bare.chars().count() > 90 || goes_on {
        return false;
    }
    begins && is_program(bare) || device && SENT_FROM_ENDINGS.iter().any(|ending| bare.ends_with(ending))
}

/// Possessives, devices and programs.
const PARTS: [&str; 68] = [
    " my ",
    " mi ",
    " meu ",
    " mon ",
    " ma ",
    " mein",
    " mio ",
    " mia ",
    " mijn ",
    " min ",
    " mitt ",
    " a ",
    "iphon",
    "ipad",
    "android",
    "samsung",
    "galaxy",
    "nine",
    "dispositivo",
    "устройство",
    "huawei",
    "xiaomi",
    "redmi",
    "motorola",
    "nokia",
    "pixel",
    "blackberry",
    "outlook",
    "mail",
    "gmx",
    "web.de",
    "yahoo",
    "aol",
    "windows",
    "ios",
    "phone",
    "handy",
    "mobil",
    "móvil",
    "movil",
    "celular",
    "telefon",
    "téléphone",
    "tablet",
    "smartphone",
    "sparrow",
    "acompli",
    "mailbox",
    "airmail",
    "spark",
    "proton",
    "posteingang",
    "correo",
    "courrier",
    "posta",
    "e-mail",
    "app",
    "телефон",
    "мобильн",
    "устройства",
    "почт",
    "我的",
    "手机",
    "minun",
    "puhelime",
    "iphonen",
    "laitteest",
    "mojego",
];

/// `sent by courier` is somebody's sentence; a possessive, a device or a program makes it a foot line.
fn is_program(bare: &str) -> bool {
    let padded = format!("{bare} ");
    PARTS.iter().any(|part| padded.contains(part))
}

/// A line without `<https://..>`, `(https://..)` and `[https://..]`.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '(', '[']) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let end = from.find(['>', ')', ']']);
        match end.and_then(|end| Some((from.get(1..end)?, from.get(end + 1..)?))) {
            Some((inner, after)) if inner.contains("://") || inner.starts_with("mailto:") => rest = after,
            _ => {
                let mut signs = from.chars();
                out.extend(signs.next());
                rest = signs.as_str();
            }
        }
    }
    out.push_str(rest);
    out
}
