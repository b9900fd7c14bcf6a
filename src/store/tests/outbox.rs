//! A mail from the outbox to the server, and all the ways in which it does not get there.

use super::*;
use crate::desk::Limits;
use crate::store::{InDoubt, LeftOver, Page};

/// One mail for each of these addresses, due at once.
async fn with_mails(addresses: &[&str]) -> (tempfile::TempDir, Store, Vec<i64>) {
    let (dir, store) = store().await;
    let mails: Vec<_> = addresses.iter().map(|to| outgoing(&format!("{to}/1"), to)).collect();
    let rows = apply(&store, &opens(1), &mail(1), &mails).await.unwrap().outbox;
    (dir, store, rows)
}

async fn states(store: &Store) -> Vec<(i64, String)> {
    let rows = store.outbox(Page::FIRST).await.unwrap();
    rows.into_iter().map(|row| (row.id, row.state)).collect()
}

#[tokio::test]
async fn due_sent_accepted_and_gone_from_the_list() {
    let (_dir, store, rows) = with_mails(&["ana@x.example", "eva@x.example"]).await;
    let due = store.outbox_due(at(0), 10).await.unwrap();
    assert_eq!(due.iter().map(|mail| mail.id).collect::<Vec<_>>(), rows);
    assert_eq!((due[1].recipient.as_str(), due[1].automatic, due[1].attempts), ("eva@x.example", true, 0));
    assert_eq!((&due[0].sender, due[0].bytes), (&EnvelopeSender::Null, 23));
    assert_eq!(store.outbox_content(rows[0]).await.unwrap(), outgoing("x", "x").content);
    assert_eq!(store.mark_sending(&rows, at(1)).await.unwrap(), rows);
    assert!(store.mark_sending(&rows, at(1)).await.unwrap().is_empty(), "taken once");
    assert!(store.outbox_due(at(9), 10).await.unwrap().is_empty());
    store.mark_data_sent(rows[0], at(2)).await.unwrap();
    store.mark_accepted(rows[0], "250 2.0.0 queued as 7", at(2)).await.unwrap();
    assert_eq!(states(&store).await, [(rows[1], "sending".to_owned())]);
    assert!(matches!(store.outbox_content(rows[0]).await, Err(StoreError::Missing(_))));
    // Sent all the same, and counted.
    let lookup = Lookup {
        message_ids: [id("ana@x.example/1")].into(),
        recipients: ["ana@x.example".to_owned()].into(),
        ..Lookup::default()
    };
    let context = store.prefetch(&lookup, at(10)).await.unwrap();
    assert_eq!((context.by_message_id.len(), context.sent["ana@x.example"]), (1, 1));
    assert_eq!(store.outbox_row(rows[0]).await.unwrap().state, "accepted");
}

fn over(domain: &str) -> Allowance {
    Allowance::Over {
        domain: Some(domain.into()),
        why: "20 automatic mails within an hour, the cap is 20".into(),
    }
}

#[tokio::test]
async fn what_must_wait_waits() {
    let (_dir, store) = store().await;
    let later =
        OutboxRow { not_before: Some(at(120)), kind: NoticeKind::Human, ..outgoing("1@t", "ana@x.example") };
    let held = OutboxRow { allowance: over("x.example"), ticket: None, ..outgoing("2@t", "eva@x.example") };
    let rows = apply(&store, &opens(1), &mail(1), &[later, held]).await.unwrap().outbox;
    assert!(store.outbox_due(at(119), 10).await.unwrap().is_empty());
    assert_eq!(store.outbox_next().await.unwrap(), Some(at(120)));
    assert!(!store.outbox_due(at(120), 10).await.unwrap()[0].automatic);
    assert_eq!(store.outbox_row(rows[1]).await.unwrap().state, "held");
    store.outbox_retry(rows[1], at(3)).await.unwrap();
    assert_eq!(store.outbox_due(at(3), 10).await.unwrap()[0].id, rows[1]);
}

/// 20 an hour for one recipient and 100 for one domain, whatever was held before.
#[tokio::test]
async fn held_mails_leave_as_the_hour_allows() {
    let (_dir, store) = store().await;
    let limits = Limits::default();
    let mails: Vec<OutboxRow> = (0..150)
        .map(|n| {
            let to = format!("a{}@x.example", n % 3);
            OutboxRow { allowance: over("x.example"), ..outgoing(&format!("{n}@t"), &to) }
        })
        .collect();
    apply(&store, &opens(1), &mail(1), &mails).await.unwrap();
    let line = store.outbox(Page::FIRST).await.unwrap().remove(0);
    assert!(line.last_error.unwrap().contains("the cap is 20"), "the list says why");
    assert_eq!(store.outbox_release(&limits, at(0)).await.unwrap(), 60, "20 for each");
    assert_eq!(store.outbox_release(&limits, at(3599)).await.unwrap(), 0);
    assert_eq!(store.outbox_release(&limits, at(3601)).await.unwrap(), 60);
    assert_eq!(store.outbox_due(at(3601), 1).await.unwrap()[0].id, 1, "the oldest first");
    assert_eq!(store.outbox_release(&limits, at(7202)).await.unwrap(), 30);
    assert_eq!(store.outbox_release(&limits, at(9999)).await.unwrap(), 0, "nothing is left");

    let many: Vec<OutboxRow> = (0..101)
        .map(|n| OutboxRow {
            allowance: over("y.example"),
            ..outgoing(&format!("y{n}@t"), &format!("b{n}@y.example"))
        })
        .collect();
    apply(&store, &opens(2), &mail(2), &many).await.unwrap();
    assert_eq!(store.outbox_release(&limits, at(9999)).await.unwrap(), 100, "of one domain");
    let left = store.outbox(Page { after: 150, limit: 500 }).await.unwrap();
    let held: Vec<_> = left.iter().filter(|line| line.state == "held").collect();
    assert_eq!(held.len(), 1);
    assert_eq!(store.outbox_too_old(at(9999)).await.unwrap(), [held[0].id]);
    // What an operator lets go is counted as well.
    store.outbox_retry(held[0].id, at(9999)).await.unwrap();
    let lookup = Lookup { domains: ["y.example".to_owned()].into(), ..Lookup::default() };
    assert_eq!(store.prefetch(&lookup, at(9999)).await.unwrap().sent_to_domains["y.example"], 101);
}

#[tokio::test]
async fn failed_attempts_are_counted_and_given_up_visibly() {
    let (_dir, store, rows) = with_mails(&["ana@x.example"]).await;
    let row = rows[0];
    store.mark_sending(&rows, at(1)).await.unwrap();
    store.mark_retry(row, at(60), "451 greylisted", at(1)).await.unwrap();
    let line = store.outbox_row(row).await.unwrap();
    assert_eq!((line.state.as_str(), line.attempts, line.next_attempt), ("pending", 1, Some(at(60))));
    assert_eq!(line.last_error.as_deref(), Some("451 greylisted"));
    store.mark_sending(&rows, at(60)).await.unwrap();
    store.mark_unsent(&rows, at(60)).await.unwrap();
    assert_eq!(store.outbox_row(row).await.unwrap().attempts, 1, "not looked at, not counted");
    let mut writing = store.begin().await.unwrap();
    assert!(writing.mark_given_up(row, "550 no such user", false, at(61)).await.unwrap());
    assert!(!writing.mark_given_up(row, "550 no such user", false, at(61)).await.unwrap(), "once");
    writing.commit().await.unwrap();
    assert_eq!(states(&store).await, [(row, "failed".to_owned())]);
    assert!(store.outbox_due(at(9999), 10).await.unwrap().is_empty());
    store.outbox_retry(row, at(70)).await.unwrap();
    assert_eq!(store.outbox_content(row).await.unwrap().len(), 23, "still there for the retry");
    store.outbox_drop(row, at(71)).await.unwrap();
    assert!(states(&store).await.is_empty());
    for refused in [store.outbox_drop(row, at(72)).await, store.outbox_retry(row, at(72)).await] {
        assert!(matches!(refused, Err(StoreError::Missing(_))));
    }
}

#[tokio::test]
async fn what_is_given_up_in_doubt_is_a_row_of_audit() {
    let (_dir, store, rows) = with_mails(&["ana@x.example", "eva@x.example"]).await;
    store.mark_sending(&rows, at(1)).await.unwrap();
    for (row, in_doubt) in rows.iter().zip([true, false]) {
        store.mark_data_sent(*row, at(2)).await.unwrap();
        let mut writing = store.begin().await.unwrap();
        assert!(writing.mark_given_up(*row, "no answer", in_doubt, at(3)).await.unwrap());
        writing.commit().await.unwrap();
    }
    let audit = store.audit(Page::FIRST).await.unwrap();
    assert_eq!(audit.iter().map(|line| line.id).collect::<Vec<_>>(), rows[..1]);
}

#[tokio::test]
async fn a_mail_dropped_while_it_was_read_is_not_sent() {
    let (_dir, store, rows) = with_mails(&["ana@x.example"]).await;
    assert_eq!(store.outbox_due(at(0), 10).await.unwrap().len(), 1);
    store.outbox_drop(rows[0], at(1)).await.unwrap();
    assert!(store.mark_sending(&rows, at(1)).await.unwrap().is_empty());
    assert!(store.mark_data_sent(rows[0], at(1)).await.is_err());
    store.mark_retry(rows[0], at(2), "late", at(2)).await.unwrap();
    assert_eq!(store.outbox_row(rows[0]).await.unwrap().state, "dropped");
}

#[tokio::test]
async fn after_a_crash_what_is_in_doubt_is_listed() {
    for (policy, state) in [(InDoubt::Retry, "pending"), (InDoubt::Hold, "held")] {
        let (dir, store, rows) =
            with_mails(&["a@x.example", "b@x.example", "c@x.example", "d@x.example"]).await;
        store.mark_sending(&rows[..3], at(1)).await.unwrap();
        store.mark_data_sent(rows[1], at(1)).await.unwrap();
        store.mark_data_sent(rows[2], at(1)).await.unwrap();
        // One connection broke, then the program ended.
        store.mark_in_doubt(rows[2], policy, at(30), "connection reset", at(2)).await.unwrap();
        drop(store);
        let store = Store::open(&dir.path().join("data"), &StoreOptions::default()).await.unwrap();
        let left = store.outbox_left_over(policy, at(10)).await.unwrap();
        assert_eq!(left, LeftOver { unsent: 1, in_doubt: 1 });
        let now: Vec<_> = states(&store).await.into_iter().map(|(_, state)| state).collect();
        assert_eq!(now, ["pending", state, state, "pending"]);
        let audit = store.audit(Page::FIRST).await.unwrap();
        assert_eq!(
            audit.iter().map(|row| (row.id, row.in_doubt)).collect::<Vec<_>>(),
            [(rows[1], Some(at(10))), (rows[2], Some(at(2)))]
        );
        // Also once it was accepted: there may be two copies now.
        store.mark_accepted(rows[1], "250 ok", at(20)).await.unwrap();
        assert_eq!(store.audit(Page::FIRST).await.unwrap().len(), 2);
        assert_eq!(store.outbox_left_over(policy, at(11)).await.unwrap(), LeftOver::default());
    }
}
