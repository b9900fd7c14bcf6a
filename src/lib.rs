//! Taquilla: the service desk that lives in e-mail.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod daemon;
pub mod decide;
pub mod desk;
pub mod ingest;
pub mod journal;
pub mod log;
pub mod mail;
pub mod outbound;
pub mod pipeline;
pub mod rules;
pub mod store;
pub mod survey;
pub mod timers;
pub mod tls;
