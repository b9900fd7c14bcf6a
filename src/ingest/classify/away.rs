//! The tables of `away.txt`: words of out-of-office answers, acknowledgements and automatic replies, per language.
//!
//! A language is added in that file and nowhere else.

use std::sync::LazyLock;

use super::fold::Phrases;

const TABLES: &str = include_str!("away.txt");

/// The tables, folded.
pub(super) struct AwayWords {
    /// Beginnings of subjects that only a program writes.
    pub(super) auto: Phrases,
    /// Beginnings of subjects of the absent, which people write too.
    pub(super) away: Phrases,
    /// Sentences with which the absent begin.
    pub(super) openings: Phrases,
    /// Promises and directions that only an answer contains.
    pub(super) responses: Phrases,
    /// Sentences by which a program says that it is one.
    pub(super) confessions: Phrases,
    /// "We have received your request."
    pub(super) acknowledgements: Phrases,
}

/// All tables, folded once.
pub(super) static WORDS: LazyLock<AwayWords> = LazyLock::new(|| AwayWords {
    auto: Phrases::table(TABLES, "auto"),
    away: Phrases::table(TABLES, "away"),
    openings: Phrases::table(TABLES, "openings"),
    responses: Phrases::table(TABLES, "responses"),
    confessions: Phrases::table(TABLES, "confessions"),
    acknowledgements: Phrases::table(TABLES, "acknowledgements"),
});
