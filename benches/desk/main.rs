//! Figures of the whole program, against its own neighbours: `scripts/bench`, or one of them by
//! `cargo bench --bench desk -- NAME`. Figures to compare within one run, never a test.
#![expect(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a measurement may fail loudly; the peers of the tests are used in part"
)]

use std::io::Write as _;

mod bulk;
mod idle;
mod mailbox;
mod mails;
mod memory;
mod outbox;
#[path = "../../tests/peers/mod.rs"]
mod peers;
mod program;
mod rules;
mod seed;
mod start;
mod steps;
mod words;

/// Name, what it measures.
const PARTS: [(&str, fn()); 8] = [
    ("steps", steps::run),
    ("bulk", bulk::run),
    ("mailbox", mailbox::run),
    ("outbox", outbox::run),
    ("idle", idle::run),
    ("memory", memory::run),
    ("large", mailbox::large),
    ("start", start::run),
];

fn main() {
    // Cargo adds `--bench`.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    if let Some(unknown) = wanted.iter().find(|name| PARTS.iter().all(|(part, _)| part != name)) {
        let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
        eprintln!("There is no part {unknown}; there are {}.", names.join(", "));
        std::process::exit(2);
    }
    for (name, part) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n== {name}");
            part();
        }
    }
}

/// The middle one, the lowest, the highest.
fn spread(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[sorted.len() / 2], sorted[0], sorted[sorted.len() - 1])
}

/// A figure that has a target: told now, and once more in the table at the end of `scripts/bench`.
fn figure(name: &str, value: &str, target: &str) {
    println!("   => {name}: {value} (target: {target})");
    if let Some(table) = std::env::var_os("BENCH_TABLE") {
        let mut table = std::fs::OpenOptions::new().create(true).append(true).open(table).unwrap();
        writeln!(table, "{name}|{value}|{target}").unwrap();
    }
}

/// A whole number from the environment, for shorter or longer runs.
fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
