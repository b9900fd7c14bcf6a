//! Settings: what the rest of the program is given, checked and with every default filled in.
//!
//! [`diagnostic`], [`nearest`] and [`table`] are what all text files of a desk are read with. [`keys`] and
//! [`desk_keys`] say which keys there are; files are checked and documents written from them.

pub mod account;
mod calendars;
pub(crate) mod check;
mod csv;
mod customers;
mod desk_file;
pub mod desk_keys;
pub mod diagnostic;
pub mod document;
mod fields;
pub mod insert;
pub mod key;
pub mod keys;
mod layers;
pub mod load;
mod macros;
pub mod mailbox;
mod mailboxes;
pub mod nearest;
mod notifications;
mod people;
pub mod rely;
pub mod secret;
mod services;
pub mod settings;
pub mod smtp;
mod smtp_section;
mod suppliers;
pub mod table;
mod trust;
