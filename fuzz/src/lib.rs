//! The targets are those of `tests/support/targets`, which `cargo test` feeds with old crashers.

use std::panic;
use std::sync::Once;

#[path = "../../tests/support/golden.rs"]
#[allow(dead_code, reason = "shared with tests that use more of it")]
mod golden;
#[path = "../../tests/support/targets/mod.rs"]
mod targets;

/// Libraries whose panics the program catches where it calls them; a mail or an answer with a defect is what comes of
/// it. Everybody else's panic is a crash.
const CAUGHT: [&str; 2] = ["imap-proto", "mail-parser"];

/// Feeds the target of this name.
pub fn feed(name: &str, octets: &[u8]) {
    static ONCE: Once = Once::new();
    ONCE.call_once(forgive);
    let (_, target) = targets::TARGETS.iter().find(|(known, _)| *known == name).expect("a target of this name");
    target(octets);
}

/// The fuzzer ends the process at any panic, before anybody can catch it.
fn forgive() {
    let crash = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let caught = |file: &str| CAUGHT.iter().any(|name| file.contains(&format!("/{name}-")));
        if !info.location().is_some_and(|place| caught(place.file())) {
            crash(info);
        }
    }));
}
