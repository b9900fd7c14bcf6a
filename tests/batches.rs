//! Mails taken in one batch become what they would become one by one: same tickets, articles, history, replies, in the
//! same order. Batches are made by chance, of mails that answer each other, repeat each other, name each other's
//! tickets, and come from so few people that the limits of automatic mail are met.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test says what is wrong by failing"
)]

mod support;

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::Timestamp;
use support::golden::house;
use taquilla::clock::Clock;
use taquilla::pipeline::{Letter, Pipeline};
use taquilla::store::{JournalFilter, Origin, Page, Store, StoreOptions};
use tempfile::TempDir;

/// SplitMix64: chance that can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// So many mails.
fn mails(seed: u64, count: u64) -> Vec<Arc<[u8]>> {
    let mut chance = Chance(seed);
    let mut mails: Vec<Arc<[u8]>> = Vec::new();
    for n in 0..count {
        if n > 0 && chance.below(10) == 0 {
            // The same mail again, under another key.
            let again = chance.below(n) as usize;
            mails.push(Arc::clone(&mails[again]));
            continue;
        }
        let people = [
            "Ana <ana@minem.example>",
            "beto@clients.example",
            "carla@clients.example",
            "Programa <noreply@monitor.minem.example>",
            "María Gómez <mgomez@minem.example>",
        ];
        let from = people[chance.below(5) as usize];
        let mut mail =
            format!("From: {from}\r\nTo: soporte@minem.example\r\nMessage-ID: <m{n}@clients.example>\r\n");
        if n > 0 && chance.below(3) == 0 {
            let parent = chance.below(n);
            write!(mail, "In-Reply-To: <m{parent}@clients.example>\r\n").unwrap();
        }
        // Numbers of this desk on that day: the first ones exist or come up in this very batch.
        let number = match chance.below(4) {
            0 => taquilla::desk::Numbering::default()
                .subject(&house().policy.desk.numbering.number(day(), chance.below(6) + 1, 0), ""),
            _ => String::new(),
        };
        let attached = if chance.below(4) == 0 { "begin 644 a.txt\r\n#0V%T\r\n`\r\nend\r\n" } else { "" };
        write!(
            mail,
            "Date: Wed, 18 Dec 2013 10:00:00 -0500\r\nSubject: {number} Aviso {}\r\n\r\n",
            chance.below(4)
        )
        .unwrap();
        let text = ["La impresora no imprime.", "#cerrar\r\nListo.", "prioridad: alta", "Gracias."];
        write!(mail, "{}\r\n{attached}{n}\r\n", text[chance.below(4) as usize]).unwrap();
        mails.push(mail.into_bytes().into());
    }
    mails
}

fn now() -> Timestamp {
    "2013-12-18T15:30:00Z".parse().unwrap()
}

fn day() -> jiff::civil::Date {
    now().to_zoned(house().policy.desk.time_zone.clone()).date()
}

/// Takes mails by so many, and tells what became of them; ids of our own mails are random and left out.
async fn told(mails: &[Arc<[u8]>], by: usize) -> String {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
    let pipeline = Pipeline::new(store, house(), Clock::Fixed(now()));
    let mut out = String::new();
    for some in mails.chunks(by) {
        let letters = some.iter().map(|raw| Letter::of(Arc::clone(raw), "soporte", Origin::Deliver(None)));
        for outcome in pipeline.take(letters.collect()).await.unwrap() {
            let outcome = outcome.unwrap_or_else(|error| panic!("{error}"));
            writeln!(out, "{} {:?}", outcome.decision.reason, outcome.applied).unwrap();
        }
    }
    let store = &pipeline.store;
    for line in store.journal(&JournalFilter::default(), Page::FIRST).await.unwrap() {
        writeln!(out, "journal {} {:?} {} {}", line.id, line.ticket, line.reason, line.evidence).unwrap();
    }
    let mut tickets = store.tickets(&Default::default(), Page::FIRST).await.unwrap();
    tickets.sort_by_key(|line| line.id);
    for line in tickets {
        let ticket = store.ticket(&line.number).await.unwrap().unwrap();
        let thread = ticket.thread.iter().filter(|id| id.as_str().starts_with('m')).collect::<Vec<_>>();
        let (watchers, merged) = (&ticket.watchers, ticket.merged_into);
        writeln!(
            out,
            "ticket {:?} {thread:?} of {} {watchers:?} {merged:?}",
            ticket.now,
            ticket.thread.len()
        )
        .unwrap();
        for article in store.articles(line.id, Page::FIRST).await.unwrap() {
            writeln!(out, "  article {:?}", article).unwrap();
        }
        for line in store.history(line.id, Page::FIRST).await.unwrap() {
            writeln!(out, "  history {line:?}").unwrap();
        }
    }
    for line in store.outbox(Page::FIRST).await.unwrap() {
        // A code of the confirmation stands in its subject.
        let subject = if line.template == "confirmation" { "" } else { line.subject.as_str() };
        writeln!(out, "outbox {} {:?} {} {} {subject}", line.id, line.ticket, line.to, line.template)
            .unwrap();
    }
    store.close().await;
    out
}

#[tokio::test]
async fn a_batch_is_what_its_mails_are_one_by_one() {
    for seed in 0..12 {
        let mails = mails(seed, 40);
        let one_by_one = told(&mails, 1).await;
        for by in [7, 40] {
            let batch = told(&mails, by).await;
            if batch != one_by_one {
                let differ = batch.lines().zip(one_by_one.lines()).find(|(ours, theirs)| ours != theirs);
                panic!("seed {seed}, by {by}: {differ:#?}");
            }
        }
    }
}

#[tokio::test]
async fn what_cannot_be_kept_takes_nothing_with_it_that_came_before() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
    let pipeline = Pipeline::new(store, house(), Clock::Fixed(now()));
    // Large mails stand as files, in a folder that cannot be: another thing has its name.
    std::fs::write(folder.path().join("blobs"), b"").unwrap();
    let mut mails = mails(1, 70);
    let large =
        format!("From: eva@clients.example\r\nSubject: large\r\n\r\n{}\r\n", "a line\r\n".repeat(40_000));
    mails[45] = large.into_bytes().into();
    let letters = mails.iter().map(|raw| Letter::of(Arc::clone(raw), "soporte", Origin::Deliver(None)));
    let outcomes = pipeline.take(letters.collect()).await.unwrap();
    assert_eq!(outcomes.len(), 70, "an answer for each");
    let taken = outcomes.iter().take_while(|outcome| outcome.is_ok()).count();
    assert_eq!(taken, 32, "those that were read before it");
    assert!(outcomes.iter().skip(taken).all(Result::is_err));
    let rows = pipeline.store.journal(&JournalFilter::default(), Page::FIRST).await.unwrap();
    assert_eq!(rows.len(), taken, "what has an answer is in the journal, and nothing else");
}
