//! What the fuzzer feeds: one function for each target, from octets to assertions. `fuzz/` calls them with its own
//! inputs, `tests/crashers.rs` with those that once broke something.
//!
//! Octets that are no input for a target (a text that is not UTF-8) pass without a look.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a target says what is wrong by failing"
)]

mod commands;
mod compose;
mod decide;
mod imap;
mod machine;
mod parse;
mod rules;

/// One target.
pub(crate) type Target = fn(&[u8]);

/// All targets, by name.
pub(crate) const TARGETS: [(&str, Target); 6] = [
    ("parse", parse::run),
    ("parse_decide", decide::run),
    ("commands", commands::run),
    ("rule_files", rules::run),
    ("compose_parse", compose::run),
    ("protocol", protocol),
];

/// A server's octets begin with a greeting (RFC 3501, section 7.1); everything else is a course of events.
fn protocol(octets: &[u8]) {
    if octets.first() == Some(&b'*') { imap::run(octets) } else { machine::run(octets) }
}
