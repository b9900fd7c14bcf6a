//! How mail comes in: from the IMAP servers to the journal.

pub mod bounce;
pub mod classify;
pub mod intake;
pub mod parse;
pub mod protocol;
