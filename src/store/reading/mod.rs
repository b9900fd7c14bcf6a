//! Reading for people: lists by pages, so that no table is ever in memory whole.

mod blob;
mod journal;
mod kept;
mod outbox;
mod signatures;
mod status;
mod suppliers;
mod surveys;
mod thread;
mod tickets;

pub use journal::{JournalFilter, JournalLine};
pub use kept::{KeptLine, Shelf};
pub use outbox::OutboxLine;
pub use status::Status;
pub(super) use surveys::line as survey_line;
pub(super) use thread::{ARTICLE_AT, ENDS, LINKS_OF, article, history_line, linked};
pub(super) use tickets::line as ticket_line;

/// A part of a list: rows behind a row id, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Row id of the last row that the reader has; 0 at the beginning.
    pub after: i64,
    /// At most so many rows. Fewer mean that the list is at its end.
    pub limit: u32,
}

impl Page {
    /// The first page of a list, as long as is sensible.
    pub const FIRST: Self = Self { after: 0, limit: 500 };
}
