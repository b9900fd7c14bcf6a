//! The real program among real servers: what customers, agents and administrators see of it.
//!
//! Nothing is looked at but mailboxes, files, the program's output and its exit codes. Each test has a desk and servers
//! of its own. A missing server is a visible skip, and in CI (`CI=true`) a failure.

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

#[path = "../support/dns.rs"]
#[expect(unreachable_pub, dead_code, reason = "the other tests use the rest")]
mod dns;
#[path = "../support/link.rs"]
mod link;

mod desk;
mod letter;
mod mail_host;

mod canaries;
mod contract;
mod crash;
mod disk;
mod erase;
mod evidence;
mod handing_on;
mod import;
mod line;
mod neomutt;
mod on_behalf;
mod reconcile;
mod running;
mod tickets;
mod trouble;
mod views;

use std::time::{Duration, Instant};

/// Longest wait for something that should happen at once: machines that build beside testing are slow.
const SOON: Duration = Duration::from_secs(60);

/// Waits until there is an answer; what was waited for is said where it does not come.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + SOON;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
