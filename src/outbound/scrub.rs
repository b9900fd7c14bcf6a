//! What must not reach a customer in an agent's answer: agents' own addresses, reply tokens, pieces of our
//! own notices.
//!
//! Addresses and tokens are taken out. Whatever else shows that a piece of a notice survived the trimming is
//! reported, so that the answer can wait until its author has said what is meant; nothing is decided here.

use std::collections::BTreeSet;

use crate::desk::typed::folded;
use crate::desk::{Desk, token};
use crate::mail::CUT_LINE_MARK;

/// The end of a cut line.
const CUT_LINE_END: &str = "-##";
/// How a token line begins; `outbound::compose` writes it.
const REF: &str = "[ref:";
/// Letters of a line that a report shows.
const SHOWN: usize = 80;
/// Pieces that are reported; one is enough to ask.
const MOST_LEFTOVERS: usize = 10;

/// Fixed words of the notices to agents, folded. A test holds them against the templates.
const NOTICE_WORDS: [&str; 8] = [
    "your reply goes to",
    "begin it with #note to keep it internal",
    "your reply stays internal; begin it with #public",
    "commands for the first lines of your reply:",
    "su respuesta se enviara a",
    "empiecela con #nota para que quede interna",
    "su respuesta quedara como nota interna; empiecela con #publico",
    "comandos para las primeras lineas de su respuesta:",
];

/// What is private to a desk.
#[derive(Debug, Clone, Default)]
pub struct Private {
    agents: BTreeSet<String>,
    desk: String,
}

impl Private {
    /// Agents' addresses (any case), to be shown as `desk_address`.
    pub fn new<'a>(agent_addresses: impl IntoIterator<Item = &'a str>, desk_address: &str) -> Self {
        Self {
            agents: agent_addresses.into_iter().map(str::to_lowercase).collect(),
            desk: desk_address.to_owned(),
        }
    }

    /// The addresses of all agents of a desk, except those that are the desk itself.
    pub fn of(desk: &Desk) -> Self {
        let addresses = desk.agents.iter().flat_map(|agent| &agent.addresses).map(String::as_str);
        Self::new(addresses.filter(|address| !desk.is_own(address)), &desk.address.address)
    }
}

/// A text fit to be sent, if nothing was left over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scrubbed {
    /// The text without cut lines and tokens, with the desk's address for agents' addresses.
    pub text: String,
    /// Why the author should be asked first: what of a notice was found, a line each; never a token. At most
    /// ten.
    pub leftovers: Vec<String>,
}

/// Takes out what is private.
pub fn scrub(text: &str, private: &Private) -> Scrubbed {
    let mut kept: Vec<String> = Vec::new();
    let mut leftovers: Vec<String> = Vec::new();
    let mut in_token = false;
    for line in text.lines() {
        let mut report = |what: &str| {
            let what: String = what.trim().chars().take(SHOWN).collect();
            if leftovers.len() < MOST_LEFTOVERS && !leftovers.contains(&what) {
                leftovers.push(what);
            }
        };
        if is_cut_line(line) {
            report(line);
            continue;
        }
        let Tokenless { line: without, found, open } = without_tokens(line, in_token);
        in_token = open;
        if found {
            report("[ref:\u{2026}]");
            if bare(&without).is_empty() {
                continue;
            }
        }
        if is_notice(&without) {
            report(&without);
        }
        kept.push(without_addresses(&without, private));
    }
    Scrubbed { text: kept.join("\n").trim_end().to_owned(), leftovers }
}

/// Our own cut line, whatever quote signs or blanks stand in front.
fn is_cut_line(line: &str) -> bool {
    let line = bare(line);
    line.starts_with(CUT_LINE_MARK) || (line.starts_with("##") && line.trim_end().ends_with(CUT_LINE_END))
}

/// A line without the signs of quoting in front.
fn bare(line: &str) -> &str {
    line.trim_start_matches(|sign: char| sign.is_whitespace() || ">|*".contains(sign)).trim_end()
}

fn is_notice(line: &str) -> bool {
    // A notice's lines are short; the limit keeps a mail of one long line cheap.
    let head: String = line.chars().take(1_000).collect();
    let plain = folded(bare(&head));
    let number = plain
        .strip_prefix("ticket: ")
        .is_some_and(|rest| rest.len() >= 6 && rest.bytes().all(|octet| octet.is_ascii_digit()));
    number || NOTICE_WORDS.iter().any(|words| plain.contains(words))
}

/// A line and what was found in it.
struct Tokenless {
    line: String,
    found: bool,
    /// The line ended within the brackets of a token.
    open: bool,
}

/// Cuts `[ref:...]` (also where a mail program broke it into two lines) and every run of letters that may be
/// a token.
fn without_tokens(line: &str, in_token: bool) -> Tokenless {
    let mut out = String::with_capacity(line.len());
    let (mut rest, mut found, mut open) = (line, false, false);
    if in_token
        && let Some((letters, behind)) = rest.split_once(']')
        && bare(letters).len() <= token::LENGTH
        && bare(letters).bytes().all(|octet| octet.is_ascii_alphanumeric())
    {
        (rest, found) = (behind, true);
    }
    while let Some((before, behind)) = split_once_folded(rest, REF) {
        out.push_str(before);
        found = true;
        match behind.split_once(']') {
            Some((_, after)) => rest = after,
            None => (rest, open) = ("", true),
        }
    }
    out.push_str(rest);
    if let Some(cleared) = without_runs(&out) {
        (out, found) = (cleared, true);
    }
    Tokenless { line: out.trim_end().to_owned(), found, open }
}

/// Splits at the first place where `mark` (which begins with a bracket) stands in any case.
fn split_once_folded<'a>(text: &'a str, mark: &str) -> Option<(&'a str, &'a str)> {
    text.match_indices('[').find_map(|(place, _)| {
        let (before, here) = text.split_at_checked(place)?;
        let (found, behind) = here.split_at_checked(mark.len())?;
        found.eq_ignore_ascii_case(mark).then_some((before, behind))
    })
}

/// The line without its token candidates and without a `+` before them; `None` where there are none.
fn without_runs(line: &str) -> Option<String> {
    let candidates: BTreeSet<&str> = token::candidates(line).collect();
    if candidates.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(line.len());
    for run in line.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let letters = run.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        match run.strip_prefix(letters).filter(|_| candidates.contains(letters)) {
            Some(behind) => {
                if out.ends_with('+') {
                    out.pop();
                }
                out.push_str(behind);
            }
            None => out.push_str(run),
        }
    }
    Some(out)
}

/// The line with the desk's address wherever an agent's stands, alone or within other text.
fn without_addresses(line: &str, private: &Private) -> String {
    if !line.contains('@') {
        return line.to_owned();
    }
    let of_address = |c: char| c.is_alphabetic() || c.is_ascii_digit() || "@._%+-'".contains(c);
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let end = rest.find(|c| !of_address(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(&without_address(word, private));
        let next = behind.find(of_address).unwrap_or(behind.len());
        let (between, behind) = behind.split_at_checked(next).unwrap_or((behind, ""));
        out.push_str(between);
        rest = behind;
    }
    out
}

/// One run of characters of an address. Marks at its ends may be punctuation, a `+x` in it a detail
/// (RFC 5233).
fn without_address(word: &str, private: &Private) -> String {
    let inner = word.trim_matches(['.', '\'', '-', '_']);
    let is_agents = |address: &str| private.agents.contains(&address.to_lowercase());
    let detailed = || {
        let (local, domain) = inner.rsplit_once('@')?;
        let (local, _) = local.split_once('+')?;
        Some(format!("{local}@{domain}"))
    };
    if !word.contains('@') {
        word.to_owned()
    } else if is_agents(word) {
        private.desk.clone()
    } else if is_agents(inner) || detailed().is_some_and(|address| is_agents(&address)) {
        word.replacen(inner, &private.desk, 1)
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::mail::Language;

    const TOKEN: &str = "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnop";

    fn private() -> Private {
        Private::new(["MGomez@minem.example", "o'brien@minem.example"], "soporte@minem.example")
    }

    fn text(text: &str) -> String {
        scrub(text, &private()).text
    }

    #[test]
    fn agents_addresses_become_the_desks() {
        let cases = [
            ("mgomez@minem.example", "soporte@minem.example"),
            ("Escriba a MGOMEZ@Minem.Example.", "Escriba a soporte@minem.example."),
            ("María <mgomez@minem.example>,", "María <soporte@minem.example>,"),
            ("[mailto:mgomez@minem.example]", "[mailto:soporte@minem.example]"),
            ("(mgomez@minem.example)", "(soporte@minem.example)"),
            ("'mgomez@minem.example'", "'soporte@minem.example'"),
            ("mgomez+casa@minem.example", "soporte@minem.example"),
            ("o'brien@minem.example;mgomez@minem.example", "soporte@minem.example;soporte@minem.example"),
            ("_mgomez@minem.example_", "_soporte@minem.example_"),
            ("xmgomez@minem.example", "xmgomez@minem.example"),
            ("mgomez@minem.example.org", "mgomez@minem.example.org"),
            ("ana@minem.example", "ana@minem.example"),
            ("mgomez @ minem.example", "mgomez @ minem.example"),
            ("@", "@"),
            ("ñandú@", "ñandú@"),
        ];
        for (typed, expected) in cases {
            assert_eq!(text(typed), expected);
            assert!(scrub(typed, &private()).leftovers.is_empty(), "{typed}");
        }
    }

    #[test]
    fn tokens_are_cut_and_reported_without_being_shown() {
        let line = format!("[ref:{TOKEN}]");
        let cases = [
            (format!("Hola\n{line}\nAdiós"), "Hola\nAdiós"),
            (format!("Hola\n> {line}"), "Hola"),
            (format!("Hola\n[REF: {}]", TOKEN.to_uppercase()), "Hola"),
            (format!("Ver {line} aquí"), "Ver  aquí"),
            (format!("Hola\n[ref:{}\n{}]\nAdiós", TOKEN.split_at(30).0, TOKEN.split_at(30).1), "Hola\nAdiós"),
            (format!("soporte+{TOKEN}@minem.example"), "soporte@minem.example"),
            (format!("<t.{TOKEN}@minem.example>"), "<t.@minem.example>"),
            (format!("{TOKEN} {TOKEN}"), ""),
        ];
        for (typed, expected) in cases {
            let scrubbed = scrub(&typed, &private());
            assert_eq!(scrubbed.text, expected, "{typed}");
            assert_eq!(scrubbed.leftovers, ["[ref:…]"], "{typed}");
        }
        let almost = TOKEN.strip_suffix('p').unwrap();
        assert_eq!(scrub(almost, &private()), Scrubbed { text: almost.to_owned(), leftovers: vec![] });
    }

    #[test]
    fn pieces_of_notices_are_reported() {
        let cut = [
            "##- Write your answer above this line -##",
            "> ##- Escriba su respuesta por encima de esta línea -##",
            "## Escriba su respuesta -##",
        ];
        for line in cut {
            let scrubbed = scrub(&format!("Hola\n{line}"), &private());
            assert_eq!((scrubbed.text.as_str(), scrubbed.leftovers.len()), ("Hola", 1), "{line}");
        }
        let kept = [
            "Your reply goes to Ana; begin it with #note to keep it internal.",
            "> SU RESPUESTA SE ENVIARÁ A Ana",
            "Ticket: 2013121610000137",
        ];
        for line in kept {
            let scrubbed = scrub(line, &private());
            assert_eq!((scrubbed.text.as_str(), scrubbed.leftovers.len()), (line, 1), "{line}");
        }
        for line in
            ["## Pasos", "Ticket: el suyo", "Su respuesta me sirvió", "- ## -", "Ticket#2013121610000137"]
        {
            assert_eq!(scrub(line, &private()), Scrubbed { text: line.to_owned(), leftovers: vec![] });
        }
    }

    #[test]
    fn every_sentence_of_the_layout_is_known() {
        for language in Language::ALL {
            let path =
                format!("{}/templates/email/{}/layout.text.hbs", env!("CARGO_MANIFEST_DIR"), language.code());
            let layout = std::fs::read_to_string(path).unwrap();
            let without_tags = |line: &str| -> String {
                line.split("}}").filter_map(|part| part.split("{{").next()).collect()
            };
            let long: Vec<String> = layout.lines().map(without_tags).filter(|line| line.len() > 20).collect();
            assert!(long.len() >= 3, "{long:?}");
            for line in long {
                assert!(is_notice(&line), "{}: {line:?}", language.code());
            }
        }
    }

    #[test]
    fn large_texts_cost_little() {
        let runs = format!("{TOKEN} mgomez@minem.example [ref:x ").repeat(50_000);
        assert!(!scrub(&runs, &private()).text.contains("mgomez@minem.example"));
        assert_eq!(text(&"[ref:x]".repeat(200_000)), "");
        let at = "@".repeat(2_000_000);
        assert_eq!(text(&at), at);
    }

    proptest! {
        #[test]
        fn never_panics_nor_lets_an_address_through(a in "\\PC{0,60}", b in "[ ,;:!?)>\n]\\PC{0,60}") {
            let scrubbed = scrub(&format!("{a} mgomez@minem.example{b}"), &private());
            prop_assert!(!scrubbed.text.to_lowercase().contains(" mgomez@minem.example"));
        }
    }
}
