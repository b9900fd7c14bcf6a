//! A mailbox in Dovecot to committed tickets with automatic replies in the outbox, against mbsync pulling the same
//! mailbox into a Maildir. Both begin with a Dovecot that was just started and has not seen the mails.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use taquilla::store::Store;

use super::peers::dovecot::{Dovecot, Options, PASSWORD};
use super::program::{self, Ran};
use super::rules::{self, Ports};
use super::{figure, mails, seed, setting, spread};

const USER: &str = "soporte";

/// A mailbox that can be put back as it was.
pub(crate) struct Mailbox {
    template: tempfile::TempDir,
    dovecot: Dovecot,
    count: usize,
}

impl Mailbox {
    /// So many mails of a seed.
    pub(crate) fn new(seed: u64, count: usize) -> Option<Self> {
        // Dovecot as it comes, other than in the tests, where it never syncs.
        let dovecot = Dovecot::start(Options { extra: "mail_fsync = optimized", ..Options::default() })?;
        let template = tempfile::Builder::new().prefix("taquilla-mails").tempdir().unwrap();
        let mean = mails::maildir(template.path(), seed, 0..count);
        println!("   {count} mails of {:.1} KB in the mean", mean as f64 / 1024.0);
        let mailbox = Self { template, dovecot, count };
        mailbox.own();
        Some(mailbox)
    }

    /// A mailbox of one mail.
    pub(crate) fn of(mail: &[u8]) -> Option<Self> {
        let dovecot = Dovecot::start(Options::default())?;
        let template = tempfile::Builder::new().prefix("taquilla-mails").tempdir().unwrap();
        fs::write(template.path().join("1764200000.M1P1.bench"), mail).unwrap();
        let mailbox = Self { template, dovecot, count: 1 };
        mailbox.own();
        Some(mailbox)
    }

    fn own(&self) {
        let (user, group) = super::peers::owner();
        for entry in fs::read_dir(self.template.path()).unwrap() {
            std::os::unix::fs::chown(entry.unwrap().path(), Some(user), Some(group)).unwrap();
        }
    }

    /// Puts all mails back as new ones into a Dovecot that knows nothing of them.
    pub(crate) fn fresh(&mut self) {
        self.dovecot.kill();
        let home = self.dovecot.maildir(USER, "INBOX");
        fs::remove_dir_all(home.parent().unwrap()).unwrap();
        let new = self.dovecot.maildir(USER, "INBOX").join("new");
        for entry in fs::read_dir(self.template.path()).unwrap() {
            let entry = entry.unwrap();
            fs::hard_link(entry.path(), new.join(entry.file_name())).unwrap();
        }
        self.dovecot.restart();
    }

    pub(crate) fn port(&self) -> u16 {
        self.dovecot.imap
    }

    /// Pulls everything into a Maildir with mbsync as it comes.
    fn mbsync(&mut self, program: &Path) -> Duration {
        self.fresh();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().display();
        let rc = folder.path().join("mbsyncrc");
        let port = self.port();
        fs::write(
            &rc,
            format!(
                "IMAPAccount a\nHost 127.0.0.1\nPort {port}\nUser {USER}\nPass {PASSWORD}\nSSLType None\n\n\
                 IMAPStore far\nAccount a\n\nMaildirStore near\nPath {root}/\nInbox {root}/INBOX\n\n\
                 Channel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nCreate Near\nSyncState *\n"
            ),
        )
        .unwrap();
        let begun = Instant::now();
        let done =
            Command::new(program).arg("-c").arg(&rc).args(["-q", "c"]).stdin(Stdio::null()).output().unwrap();
        let time = begun.elapsed();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let got: usize = ["new", "cur"]
            .iter()
            .map(|part| fs::read_dir(folder.path().join("INBOX").join(part)).unwrap().count())
            .sum();
        assert_eq!(got, self.count, "mails that mbsync pulled");
        time
    }

    /// Makes tickets of everything.
    pub(crate) fn taquilla(&mut self, data: &Path, ports: Ports) -> Ran {
        self.fresh();
        let folder = tempfile::tempdir().unwrap();
        let config = rules::desk(folder.path(), data, Ports { imap: Some(self.port()), ..ports });
        program::once(&config)
    }
}

/// Tickets, and mails in the outbox.
pub(crate) fn made(data: &Path) -> (u64, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::look(data).await.unwrap();
        let status = store.status().await.unwrap();
        store.close().await;
        (status.tickets.iter().map(|(_, _, count)| count).sum(), status.outbox.values().sum())
    })
}

fn rates(name: &str, count: usize, times: &[Duration]) -> f64 {
    let rates: Vec<f64> = times.iter().map(|time| count as f64 / time.as_secs_f64()).collect();
    let (median, low, high) = spread(&rates);
    println!("   {name:<58} {median:>6.0} mails/s  ({low:.0} to {high:.0}, {} rounds)", rates.len());
    median
}

pub(crate) fn run() {
    let count = setting("BENCH_MAILS", 5_000);
    let rounds = setting("BENCH_ROUNDS", 5);
    let Some(mbsync) = super::peers::program("mbsync", "isync") else { return };
    let Some(mut mailbox) = Mailbox::new(1, count) else { return };
    let kinds = [
        ("taquilla, mails stay where they are", Ports::default()),
        ("taquilla, mails are moved", Ports { moving: true, ..Ports::default() }),
        (
            "taquilla, moved, the queue's members told as well",
            Ports { moving: true, notices: true, ..Ports::default() },
        ),
    ];
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); kinds.len() + 1];
    let mut outcome = vec![(0, 0); kinds.len()];
    for _ in 0..rounds {
        times[0].push(mailbox.mbsync(&mbsync));
        for (at, (_, ports)) in kinds.iter().enumerate() {
            let data = tempfile::tempdir().unwrap();
            times[at + 1].push(mailbox.taquilla(data.path(), *ports).time);
            outcome[at] = made(data.path());
        }
    }
    let theirs = rates("mbsync, default settings (fsync)", count, &times[0]);
    for (at, (name, _)) in kinds.iter().enumerate() {
        let ours = rates(name, count, &times[at + 1]);
        let (tickets, replies) = outcome[at];
        println!("      {tickets} tickets, {replies} mails in the outbox");
        figure(name, &format!("{:.2} of mbsync", ours / theirs), "at least 0.7");
    }
}

/// The same mailbox into a desk of a thousand tickets and into one of a million.
pub(crate) fn large() {
    let count = setting("BENCH_MAILS", 5_000);
    let rounds = setting("BENCH_ROUNDS", 3);
    let before = [1_000, setting("BENCH_TICKETS", 1_000_000)];
    let seeded = before.map(seed::folder);
    let Some(mut mailbox) = Mailbox::new(100, count) else { return };
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..rounds {
        for (seeded, times) in seeded.iter().zip(&mut times) {
            // A copy of it, so that each round and each run begins with the same tickets.
            let data = seed::copy(seeded);
            times.push(mailbox.taquilla(data.path(), Ports { moving: true, ..Ports::default() }).time);
        }
    }
    let small = rates(&format!("{} tickets before", before[0]), count, &times[0]);
    let large = rates(&format!("{} tickets before", before[1]), count, &times[1]);
    let name = format!("mailbox, {} tickets before", before[1]);
    figure(&name, &format!("{:.2} of {}", large / small, before[0]), "at least 0.95");
}
