//! Settings: what the rest of the program is given, checked and with every default filled in.
//!
//! [`diagnostic`], [`nearest`] and [`table`] are what all text files of a desk are read with.

pub mod diagnostic;
pub mod mailbox;
pub mod nearest;
pub mod secret;
pub mod table;
