//! Taking mail from IMAP servers: from a real one (Dovecot), and from one that means ill.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing"
)]

#[path = "../peers/mod.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod peers;

mod dovecot;
mod hostile;
mod journal;
