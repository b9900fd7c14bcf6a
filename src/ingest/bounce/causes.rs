//! The table of `causes.txt`: what mail systems say when they fail, and the code of RFC 3463 that it means.
//!
//! The class (4 or 5) is the report's, unless the phrase tells it: an attempt that "timed out" is what the report
//! makes of it, "retry timeout exceeded" is always a fault that might have passed.

use std::sync::LazyLock;

use crate::ingest::classify::fold::{Phrases, tables};

const TABLES: &str = include_str!("causes.txt");

/// What a phrase means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cause {
    /// `4` or `5` where the phrase itself tells it.
    pub(super) class: Option<char>,
    /// Subject and detail: `1.1`.
    pub(super) detail: &'static str,
}

/// The cause that a text tells of; the text is folded.
pub(super) fn of(folded: &str) -> Option<Cause> {
    FOLDED.iter().find(|(phrases, _)| phrases.within(folded).is_some()).map(|(_, cause)| *cause)
}

static FOLDED: LazyLock<Vec<(Phrases, Cause)>> =
    LazyLock::new(|| tables(TABLES).map(|(code, phrases)| (Phrases::new(phrases), cause(code))).collect());

/// `4:2.2` or `2.2` as a cause.
fn cause(code: &'static str) -> Cause {
    match code.split_once(':') {
        Some((class, detail)) => Cause { class: class.chars().next(), detail },
        None => Cause { class: None, detail: code },
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::ingest::classify::fold::fold;

    #[test]
    fn phrases_mean_what_they_say() {
        let cases = [
            ("550 sorry, no mailbox here by that name", "1.1"),
            ("El buzon del destinatario está lleno", "2.2"),
            ("Le domaine inconnu", "1.2"),
            ("Domain does not exist", "1.2"),
            ("Recipient address rejected: User unknown in virtual mailbox table", "1.1"),
            ("Recipient address rejected: Access denied", "7.1"),
            ("あて先不明のため", "1.1"),
            ("552 Message size exceeds fixed limit", "3.4"),
            ("Connection refused by [192.0.2.1]", "4.1"),
            ("Too many hops 26", "4.6"),
        ];
        for (text, detail) in cases {
            assert_eq!(of(&fold(text, 500)).map(|cause| cause.detail), Some(detail), "{text}");
        }
        assert_eq!(of("nothing of interest"), None);
    }
}
