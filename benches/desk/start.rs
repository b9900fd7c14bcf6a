//! From the start of the program to "ready", with a large database.

use super::rules::{self, Ports};
use super::{figure, program, seed, setting, spread};

pub(crate) fn run() {
    for tickets in [1_000, setting("BENCH_TICKETS", 1_000_000)] {
        let data = seed::folder(tickets);
        let folder = tempfile::tempdir().unwrap();
        let config = rules::desk(folder.path(), &data, Ports::default());
        let times: Vec<f64> = (0..7)
            .map(|_| {
                let (child, time) = program::daemon(&config);
                program::stop(child);
                time.as_secs_f64() * 1000.0
            })
            .collect();
        let (median, low, high) = spread(&times);
        println!("   {tickets} tickets: ready after {median:.0} ms ({low:.0} to {high:.0})");
        let name = format!("start to ready, {tickets} tickets");
        figure(&name, &format!("{median:.0} ms"), "at most 200 ms");
    }
}
