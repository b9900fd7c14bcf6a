//! Taquilla: the service desk that lives in e-mail.

pub mod config;
pub mod ingest;
pub mod mail;
