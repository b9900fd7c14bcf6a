//! How mail comes in: from the IMAP servers to the journal.

pub mod backoff;
pub mod bounce;
pub mod classify;
pub mod dkim;
pub mod evidence;
pub mod imap;
pub mod import;
pub mod intake;
pub mod mailbox;
pub mod parse;
pub mod protocol;
pub mod reconcile;
