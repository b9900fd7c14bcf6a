//! The machine of `ingest/protocol.rs` against a model of a server and of the journal, through everything that a seed
//! can think of: crashes, cuts, commits that fail or whose answer is lost, mails that come late, go, or cannot be had,
//! new UIDVALIDITY, backups put back. After each run there is a quiet time, and then the invariants must hold.
//!
//! A seed that fails is named in the message; `SIMULATION_SEED=n cargo test --test simulation one_seed` runs it alone.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]
#![expect(clippy::wildcard_enum_match_arm, reason = "a model cares about few of the cases")]

mod chance;
mod server;
mod store;
mod world;
mod wrong;

use world::World;
use wrong::Flaw;

fn run(seeds: std::ops::Range<u64>) {
    for seed in seeds {
        if let Err(broken) = World::run(seed, Flaw::None) {
            panic!("seed {seed}: {broken}");
        }
    }
}

macro_rules! seeds {
    ($($name:ident $range:expr;)*) => { $(#[test] fn $name() { run($range); })* };
}

seeds! {
    seeds_from_0 0..2_500;
    seeds_from_2_500 2_500..5_000;
    seeds_from_5_000 5_000..7_500;
    seeds_from_7_500 7_500..10_000;
    seeds_from_10_000 10_000..12_500;
    seeds_from_12_500 12_500..15_000;
    seeds_from_15_000 15_000..17_500;
    seeds_from_17_500 17_500..20_000;
}

/// `SIMULATION_SEEDS=from..to cargo test --release --test simulation more_seeds`: as many as there is time for.
#[test]
fn more_seeds() {
    let Ok(range) = std::env::var("SIMULATION_SEEDS") else { return };
    let (from, to) = range.split_once("..").unwrap();
    run(from.parse().unwrap()..to.parse().unwrap());
}

/// The seeds do reach what is rare.
#[test]
fn everything_happens() {
    let reported: std::collections::BTreeSet<String> =
        (0..1_000).flat_map(|seed| World::run(seed, Flaw::None).unwrap().reported).collect();
    let expected = ["AckRefused", "BacklogLeftAlone", "Renumbered", "Rewound", "Unfetchable"];
    assert_eq!(reported.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}

#[test]
fn one_seed() {
    let Ok(seed) = std::env::var("SIMULATION_SEED") else { return };
    let seed: u64 = seed.parse().unwrap();
    run(seed..seed + 1);
}

/// The wrong machine is caught soon, and for the right reason.
fn caught(flaw: Flaw, invariants: &[&str]) {
    let broken = (0..3_000).find_map(|seed| World::run(seed, flaw).err());
    let broken = broken.unwrap_or_else(|| panic!("{flaw:?} was not caught"));
    assert!(
        invariants.iter().any(|invariant| broken.starts_with(invariant)),
        "{flaw:?} was caught as something else: {broken}"
    );
}

#[test]
fn wrong_machines_are_caught() {
    caught(Flaw::AckBeforeCommit, &["I1"]);
    caught(Flaw::AckForgotten, &["I2", "F3"]);
    caught(Flaw::CursorPassesFailed, &["I2"]);
    caught(Flaw::MissingIsGone, &["I2", "F1"]);
    caught(Flaw::FailedIsTaken, &["I1", "I2"]);
    caught(Flaw::NeverGivesUp, &["F1", "F4"]);
    caught(Flaw::TrustsUids, &["I1", "F1"]);
    caught(Flaw::NoSweep, &["F1", "F3"]);
    caught(Flaw::TakesOldStock, &["I5"]);
}

#[test]
fn wrong_journals_are_caught() {
    caught(Flaw::KeyWithoutUidvalidity, &["I1", "I2", "F1"]);
    caught(Flaw::NoSecondKey, &["I3"]);
}
