//! Taquilla: the service desk that lives in e-mail.

pub mod mail;
