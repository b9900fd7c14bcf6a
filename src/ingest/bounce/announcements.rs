//! The tables of `announcements.txt`: how mail systems announce that something was not delivered.
//!
//! An announcement alone never makes a bounce: people write the same words. It counts beside a sender that is
//! a mail system, the null sender, or a returned mail (see `signs`).

use std::sync::LazyLock;

use crate::ingest::classify::fold::{Phrases, fold};

const TABLES: &str = include_str!("announcements.txt");

static FORMAL: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "formal"));
static ANNOUNCED: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "announced"));
static DELAYED: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "delayed"));
static PERMANENT: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "permanent"));
static DELIVERED: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "delivered"));
static BEGINS_DELIVERED: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::table(TABLES, "delivered at the start"));
static SEPARATORS: LazyLock<Phrases> = LazyLock::new(|| Phrases::table(TABLES, "separators"));

/// A sentence that only mail systems write; the text is folded.
pub(super) fn formal(folded: &str) -> Option<&'static str> {
    FORMAL.within(folded)
}

/// An announcement in any language; the text is folded.
pub(super) fn announced(folded: &str) -> Option<&'static str> {
    ANNOUNCED.within(folded)
}

/// The text speaks of a delay.
pub(super) fn delayed(folded: &str) -> bool {
    DELAYED.within(folded).is_some()
}

/// The text says that it is over.
pub(super) fn permanent(folded: &str) -> bool {
    PERMANENT.within(folded).is_some()
}

/// The subject speaks of success.
pub(super) fn delivered(folded: &str) -> bool {
    DELIVERED.within(folded).is_some() || BEGINS_DELIVERED.at_start(folded).is_some()
}

/// A line behind which the returned mail stands.
pub(super) fn separator(line: &str) -> bool {
    let folded = fold(line, 120);
    let bare = folded.trim_matches(|c: char| !c.is_alphanumeric());
    let ornaments = bare.len() < folded.len();
    (ornaments && bare == "original message") || SEPARATORS.at_start(bare).is_some()
}
