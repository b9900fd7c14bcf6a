//! The outbox to Postfix's `smtp-sink` over four connections.

use std::time::Instant;

use super::mailbox::{Mailbox, made};
use super::peers::smtp_sink::Sink;
use super::rules::{self, Ports};
use super::{figure, program, setting, spread};

pub(crate) fn run() {
    let count = setting("BENCH_MAILS", 5_000);
    let rounds = setting("BENCH_ROUNDS", 3);
    let Some(mut mailbox) = Mailbox::new(2, count) else { return };
    let mut rates = Vec::new();
    for _ in 0..rounds {
        let Some(sink) = Sink::discarding() else { return };
        let data = tempfile::tempdir().unwrap();
        mailbox.taquilla(data.path(), Ports::default());
        let (_, waiting) = made(data.path());
        let folder = tempfile::tempdir().unwrap();
        let config =
            rules::desk(folder.path(), data.path(), Ports { smtp: Some(sink.port), ..Ports::default() });
        let begun = Instant::now();
        program::once(&config);
        let time = begun.elapsed();
        assert_eq!(made(data.path()).1, 0, "mails are left");
        rates.push(waiting as f64 / time.as_secs_f64());
        println!("   {waiting} mails in {time:.2?}");
    }
    let (median, low, high) = spread(&rates);
    println!("   {median:.0} mails/s over 4 connections ({low:.0} to {high:.0})");
    figure("outbox over 4 connections", &format!("{median:.0} mails/s"), "at least 1000");
}
