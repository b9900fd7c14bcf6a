//! How mail comes in: from the IMAP servers to the journal.

pub mod intake;
pub mod parse;
