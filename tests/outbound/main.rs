//! Giving mail to SMTP servers: to real ones (smtp-sink, Postfix), and to one that says what a test tells it to.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test says what is wrong by failing"
)]

#[path = "../peers/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod peers;

mod outbox;
mod postfix;
mod scripted;
mod server;
mod sink;
