//! Settings: what the rest of the program is given, checked and with every default filled in.

pub mod mailbox;
pub mod secret;
