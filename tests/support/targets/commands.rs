//! The text of an agent's or a customer's mail to commands, in both languages.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use taquilla::commands::{
    Block, Command, codes, confirms, customer_words, denies, only_thanks, read, same_commands,
};
use taquilla::mail::{Language, html, new_text};

/// Commands of one mail.
const LIMIT: usize = 10;

pub(super) fn run(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    // A leap day, an hour before midnight; the month says which time zone.
    let zone = if octets.len().is_multiple_of(2) { "America/Lima" } else { "America/Santiago" };
    let now: Timestamp = "2028-03-01T03:30:00Z".parse().unwrap();
    let now = now.to_zoned(TimeZone::get(zone).unwrap());
    let blocks = Language::ALL.map(|language| read(text, &now, language, LIMIT));
    for block in &blocks {
        check(block, text, &now);
    }
    let [en, es] = &blocks;
    let understood = |block: &Block| -> Vec<Option<Command>> {
        block.lines.iter().map(|line| line.read.clone().ok()).collect()
    };
    assert_eq!(understood(en), understood(es), "every language is understood at once");
    assert_eq!((&en.rest, &en.stray), (&es.rest, &es.stray));
    assert!(same_commands(text, text));
    let word = customer_words(text);
    assert_eq!(
        word,
        customer_words(&text.replace('\n', "\r\n").replace("\r\r\n", "\r\n")),
        "line ends decide nothing"
    );
    assert!(!(confirms(text) && denies(text)), "yes and no at once");
    assert!(codes(text).all(|code| !code.is_empty()));
    let _thanks = only_thanks(text, ["Ana", "Mesa de Ayuda"]);
    let _cut = new_text::of_text(text);
    let _plain = html::to_text(text);
}

fn check(block: &Block, text: &str, now: &Zoned) {
    assert!(block.lines.len() <= LIMIT + 1, "{} commands", block.lines.len());
    for line in &block.lines {
        assert!(line.written.chars().count() <= 201, "{:?}", line.written);
        match &line.read {
            Ok(Command::Pend { until, .. }) => assert!(until > now, "pending until the past: {until}"),
            Ok(command) => assert!(!command.verb().is_empty()),
            Err(mistake) => {
                assert!(!mistake.0.trim().is_empty(), "{:?} is wrong, and nobody says why", line.written);
                // What was typed is repeated, braces and all.
                let unfilled = mistake.0.contains("{{") && !line.written.contains("{{");
                assert!(!unfilled, "an unfilled sentence: {}", mistake.0);
            }
        }
    }
    let within = |line: &str| line.trim().is_empty() || text.contains(line.trim());
    assert!(block.rest.lines().all(within), "text that nobody wrote: {:?}", block.rest);
}
