//! What the mailboxes are told.

use super::*;
use crate::ingest::intake::{AfterTaking, LeftAlone, Position};

#[tokio::test]
async fn a_folder_from_its_first_start_to_its_renumbering() {
    let (_dir, store) = store().await;
    let position = || store.position("soporte", "INBOX", 7);
    assert_eq!(position().await.unwrap(), Position::FirstStart);
    let left = LeftAlone { through: 90, received_before: at(-1) };
    store.adopt(&place(), Some(left), at(0)).await.unwrap();
    apply(&store, &opens(1), &mail(101), &[]).await.unwrap();
    let moved = Decision { after: After::MoveTo("Spam".into()), ..decision(Reason::Discarded, None, vec![]) };
    apply(&store, &moved, &mail(100), &[]).await.unwrap();
    let known = |cursor, owed, left_alone| Position::Known { epoch: 0, cursor, owed, left_alone };
    assert_eq!(position().await.unwrap(), known(0, vec![100, 101], Some(left)));
    store.acked(&place(), &[101], 99).await.unwrap();
    assert_eq!(position().await.unwrap(), known(99, vec![100], Some(left)));
    let rows = store.known(&place(), &[99, 100, 101, 102]).await.unwrap();
    let rows: Vec<_> = rows.into_iter().map(|row| (row.uid, row.after, row.received)).collect();
    let move_it = AfterTaking::MoveTo("Spam".into());
    assert_eq!(rows, [(100, move_it, Some(at(-5))), (101, AfterTaking::Default, Some(at(-5)))]);
    // Another numbering of the same folder, another folder, a new epoch.
    let renumbered = store.position("soporte", "INBOX", 8).await.unwrap();
    assert_eq!(renumbered, Position::Renumbered { leave_before: Some(at(-1)) });
    assert_eq!(store.position("soporte", "Otro", 7).await.unwrap(), Position::FirstStart);
    store.adopt(&place(), None, at(1)).await.unwrap();
    assert_eq!(position().await.unwrap(), known(99, vec![100], None), "released, and the cursor stays");
    store.adopt(&Place { epoch: 1, ..place() }, None, at(2)).await.unwrap();
    assert!(matches!(position().await.unwrap(), Position::Known { epoch: 1, cursor: 0, .. }));
}

#[tokio::test]
async fn a_mail_is_journalled_once_under_its_first_key() {
    let (_dir, store) = store().await;
    apply(&store, &opens(1), &mail(1), &[]).await.unwrap();
    let again = Entry { message_id: None, fingerprint: None, ..mail(1) };
    let refused = apply(&store, &decision(Reason::Discarded, None, vec![]), &again, &[]).await;
    assert!(matches!(refused, Err(StoreError::AlreadyTaken)), "{refused:?}");
    // The same UID under another UIDVALIDITY or epoch is another mail.
    for other in [Place { uidvalidity: 8, ..place() }, Place { epoch: 1, ..place() }] {
        let entry = Entry { origin: Origin::Mailbox(Source { place: other, uid: 1 }), ..mail(1) };
        let duplicate = Entry { duplicate_of: Some(1), ..entry };
        apply(&store, &decision(Reason::DuplicateOf, None, vec![]), &duplicate, &[]).await.unwrap();
    }
    // The first one is the one that the others are duplicates of.
    let lookup = Lookup { fingerprint: mail(1).fingerprint, ..Lookup::default() };
    assert_eq!(store.prefetch(&lookup, at(0)).await.unwrap().duplicate.map(|(row, _)| row), Some(1));
    assert_eq!(store.after_of(1).await.unwrap(), After::Default);
}

#[tokio::test]
async fn crashes_and_failures_are_told_apart() {
    let (dir, store) = store().await;
    store.begin_attempts(&place(), &[1, 2], at(0)).await.unwrap();
    store.failed(&Source { place: place(), uid: 2 }, "the database is locked", at(0)).await.unwrap();
    drop(store);
    let store = Store::open(&dir.path().join("data"), &StoreOptions::default()).await.unwrap();
    let known = store.attempts(&place(), &[1, 2, 3]).await.unwrap();
    let counts: Vec<_> = known.iter().map(|(uid, known)| (*uid, known.crashes, known.failures)).collect();
    assert_eq!(counts, [(1, 1, 0), (2, 0, 1)]);
    for _ in 0..2 {
        store.begin_attempts(&place(), &[1], at(1)).await.unwrap();
    }
    let known = store.attempts(&place(), &[1]).await.unwrap();
    assert!(known[&1].crashes >= super::super::UNFIT_AFTER);
    apply(&store, &opens(1), &mail(1), &[]).await.unwrap();
    store.acked(&place(), &[1], 1).await.unwrap();
    assert!(store.attempts(&place(), &[1]).await.unwrap().is_empty());
}
