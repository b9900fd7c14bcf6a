//! Limits that `tests/floods.rs` shows from the one side only: whom they do not hold for, and the last mail that still fits.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use jiff::Timestamp;
use support::desk::Bench;
use support::golden::house;
use taquilla::clock::Clock;
use taquilla::desk::Limits;
use taquilla::pipeline::Letter;
use taquilla::rules::RuleSet;
use taquilla::store::{Origin, Page};

async fn bench(change: impl FnOnce(&mut Limits)) -> Bench {
    let mut house = house();
    change(&mut house.policy.desk.limits);
    // Of the example one puts forged mails into the quarantine.
    house.policy.rules = RuleSet::none();
    let mut bench = Bench::of(house).await;
    bench.pipeline.clock = Clock::Fixed(Timestamp::from_second(1_772_460_000).unwrap());
    bench
}

fn mail(from: &str, nth: usize) -> String {
    format!(
        "From: {from}\r\nTo: soporte@minem.example\r\nSubject: Question {nth}\r\nMessage-ID: <q{nth}.{from}>\r\n\
         Date: Mon, 2 Mar 2026 09:00:00 -0500\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         How does this work, part {nth}?\r\n"
    )
}

/// The reason of a mail of the backlog.
async fn of_backlog(bench: &Bench, raw: String) -> String {
    let letter =
        Letter { silent: true, ..Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None)) };
    let outcome = bench.pipeline.take(vec![letter]).await.unwrap().remove(0).unwrap();
    outcome.decision.reason.word().to_owned()
}

#[tokio::test]
async fn the_backlog_of_one_sender_is_no_flood() {
    let bench = bench(|limits| limits.tickets_per_sender = 2).await;
    for nth in 0..5 {
        assert_eq!(of_backlog(&bench, mail("eva@proveedor.example", nth)).await, "new-ticket", "{nth}");
    }
    let written = bench.sent().await;
    assert!(written.iter().all(|mail| mail.to != "eva@proveedor.example"), "and nobody hears of it");
    // The others of the same hour are counted.
    let live = ["new-ticket", "new-ticket", "parked"];
    for (nth, expected) in live.into_iter().enumerate() {
        assert_eq!(bench.mail(&mail("ana@otro.example", nth)).await, expected, "{nth}");
    }
}

#[tokio::test]
async fn the_last_notice_of_the_hour_still_leaves() {
    let bench = bench(|limits| limits.notices_per_domain = 3).await;
    for nth in 0..4 {
        bench.mail(&mail(&format!("p{nth}@proveedor.example"), nth)).await;
        let lines = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
        let held = lines.iter().filter(|line| line.state == "held").count();
        assert_eq!(held, usize::from(nth == 3), "{nth}");
    }
}

#[tokio::test]
async fn a_forged_name_of_ours_is_counted_as_anybody() {
    let bench = bench(|limits| limits.tickets_per_sender = 2).await;
    let forged = |nth| {
        let failed = "Authentication-Results: mx.minem.example; dmarc=fail header.from=minem.example\r\n";
        format!("{failed}{}", mail("quispe@minem.example", nth))
    };
    for (nth, expected) in ["new-ticket", "new-ticket", "parked"].into_iter().enumerate() {
        assert_eq!(bench.mail(&forged(nth)).await, expected, "{nth}");
    }
    let lines = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
    assert!(lines.iter().all(|line| line.to != "quispe@minem.example"), "nothing answers what failed DMARC");
}
