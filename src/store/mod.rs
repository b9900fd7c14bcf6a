//! Everything that is SQL, and the files of the data folder.
//!
//! Whoever writes holds the pen from reading to commit ([`Store::begin`]): what a decision was made of cannot have
//! changed when it is written, and each event of a batch sees what those before it did. The store decides nothing.
//!
//! The statements keep to what SQLite and PostgreSQL share (`$1`, RETURNING, ON CONFLICT); three idioms are SQLite's:
//! lists as JSON (`json_each`), texts compared by `GLOB`, and what stands in `migrations/sqlite`.

mod apply;
mod clear;
mod doings;
mod entry;
mod error;
mod files;
mod held;
mod intake;
pub mod keys;
mod limits;
mod lock;
mod marks;
mod open;
mod outbox;
mod prefetch;
mod query;
mod reading;
#[cfg(test)]
mod tests;
mod timers;
mod values;
mod whole_ticket;
mod writing;

pub use crate::config::smtp::InDoubt;
pub use crate::desk::{HistoryLine, LinkedTicket, ShownArticle, SurveyLine, TicketLine};
pub use entry::{Applied, Decided, Entry, Erased, Origin, OutboxRow};
pub use error::{Disposition, StoreError};
pub use files::Keeper;
pub use held::KeptMail;
pub use intake::{Attempts, UNFIT_AFTER};
pub use limits::HeldBack;
pub use lock::{LockError, RunLock};
pub use open::{Store, StoreOptions};
pub use outbox::{DueMail, LeftOver};
pub use prefetch::COUNTED_TEMPLATES;
pub use reading::{JournalFilter, JournalLine, KeptLine, OutboxLine, Page, Shelf, Status};
pub use writing::Writing;
