//! Hostile mails, as far as a build without optimization reads them in a moment: each becomes something. How long and
//! how much they take is measured by `cargo bench --bench hostile`.

mod support;

use support::desk::Bench;
use support::hostile;
use taquilla::pipeline::Letter;
use taquilla::store::{JournalFilter, Origin, Page};

#[tokio::test]
async fn every_hostile_mail_becomes_a_ticket_or_a_row_with_a_reason() {
    let bench = Bench::new().await;
    let mut wrong = Vec::new();
    let mut count = 0;
    for mail in hostile::small() {
        count += 1;
        // Each from somebody else: how many of one sender are too many is another question.
        let raw = String::from_utf8_lossy(&mail.raw).replace("eve@evil", &format!("eve{count}@evil{count}"));
        let letter = Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None));
        let outcome = bench.pipeline.take(vec![letter]).await.unwrap().remove(0);
        match outcome {
            Ok(outcome) if outcome.decision.ticket.is_some() => {}
            Ok(outcome) if mail.name.contains("bounce") || mail.name.contains("out-of-office") => {
                assert!(outcome.applied.outbox.is_empty(), "{}", mail.name);
            }
            other => wrong.push(format!("{}: {other:?}", mail.name)),
        }
    }
    assert!(count > 30 && wrong.is_empty(), "{count} mails\n{}", wrong.join("\n"));
    let mut rows = 0;
    let mut page = Page::FIRST;
    loop {
        let lines = bench.pipeline.store.journal(&JournalFilter::default(), page).await.unwrap();
        let Some(last) = lines.last() else { break };
        page.after = last.id;
        rows += lines.len();
    }
    assert_eq!(rows, count, "a row for each");
}
