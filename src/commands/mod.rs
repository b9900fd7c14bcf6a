//! The language of agents' mails, pure: from the leading lines of a mail to values, and back to a receipt.
//!
//! Nothing here knows a ticket: `decide` resolves names, checks rights and does what is asked.

mod command;

pub use command::{AutoClose, Block, Command, CustomerWord, Line, Mistake, Outcome, Who};
