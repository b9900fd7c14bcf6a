//! Peak memory: a backlog of small mails, and the largest mail that the settings admit.

use super::mailbox::Mailbox;
use super::mails;
use super::rules::Ports;
use super::{figure, setting};

/// The largest mail that the settings admit unless they say otherwise.
const LARGEST: usize = 40 * 1024 * 1024;

pub(crate) fn run() {
    let count = setting("BENCH_MAILS", 5_000);
    let limit = 48.0 + 2.5 * (LARGEST >> 20) as f64;
    let Some(mut backlog) = Mailbox::new(3, count) else { return };
    tell("a backlog", &mut backlog, limit);
    // In base64 four octets stand for three; CRLF and header come on top.
    let mail = mails::large(LARGEST / 4 * 3 / 78 * 76 - 4096);
    println!("   one mail of {:.1} MB", mail.len() as f64 / 1048576.0);
    let Some(mut one) = Mailbox::of(&mail) else { return };
    tell("the largest mail", &mut one, limit);
}

fn tell(name: &str, mailbox: &mut Mailbox, limit: f64) {
    let data = tempfile::tempdir().unwrap();
    let ran = mailbox.taquilla(data.path(), Ports { moving: true, ..Ports::default() });
    let peak = format!("{:.1} MB", ran.peak as f64 / 1048576.0);
    figure(&format!("peak memory, {name}"), &peak, &format!("at most {limit:.0} MB"));
}
