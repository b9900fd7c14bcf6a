//! The language of agents' mails, pure: from the leading lines of a mail to values, and back to a receipt.
//!
//! Nothing here knows a ticket: `decide` resolves names, checks rights and does what is asked.

mod answers;
mod arguments;
mod command;
mod help;
mod minutes;
mod read;
mod receipt;
mod someone;
#[cfg(test)]
mod tests;
mod thanks;
mod verb;
mod when;
mod words;

pub use answers::{codes, confirms, customer_words, denies};
pub use command::{
    AutoClose, Block, Command, Concerns, CustomerWord, Escalation, Line, Mistake, Outcome, Someone, Targets,
    Who,
};
pub use help::{help, help_table, word};
pub use read::{mended, read, same_commands, too_many};
pub use receipt::{LineResult, ReceiptLine, all_or_nothing, not_done, receipt};
pub use thanks::only_thanks;
