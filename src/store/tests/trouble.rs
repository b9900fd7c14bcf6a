//! Crashes, crowds, full disks, foreign programs.

use std::time::Duration;

use super::*;
use crate::decide::Context;
use crate::desk::Attribute;
use crate::store::Disposition;

fn options() -> StoreOptions {
    StoreOptions { busy_timeout: Duration::from_millis(100), ..StoreOptions::default() }
}

/// What a program does for each event: read, decide, write.
async fn open_ticket(store: &Store, uid: u32) -> Result<TicketNumber, StoreError> {
    let mut writing = store.begin().await?;
    let lookup = Lookup { counter: "2013-12-16".into(), ..Lookup::default() };
    let context: Context = writing.prefetch(&lookup, at(0)).await?;
    let next = context.counter.unwrap().used + 1;
    let applied = writing.apply(&opens(next), &mail(uid), &[], &State::shipped()).await?;
    writing.commit().await?;
    Ok(applied.tickets[0].1.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_at_once_never_double_a_number() {
    let (dir, store) = store().await;
    // Half of them as another program would: with a connection of their own.
    let other = Store::open(&dir.path().join("data"), &StoreOptions::default()).await.unwrap();
    let tasks: Vec<_> = (0..8_u32)
        .map(|task| {
            let store = if task % 2 == 0 { store.clone() } else { other.clone() };
            tokio::spawn(async move {
                for n in 0..10 {
                    open_ticket(&store, task * 100 + n).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let numbers: Vec<String> =
        sqlx::query_scalar("SELECT number FROM tickets ORDER BY id").fetch_all(&store.readers).await.unwrap();
    let expected: Vec<String> = (1..=80).map(|n| ticket(n).number.to_string()).collect();
    assert_eq!(numbers, expected, "without a gap, in order");
}

#[tokio::test]
async fn a_number_given_away_can_be_stepped_over() {
    let (_dir, store) = store().await;
    open_ticket(&store, 1).await.unwrap();
    // Somebody restored the counter alone.
    sqlx::query("UPDATE counters SET used = 0").execute(&store.writer).await.unwrap();
    let mut writing = store.begin().await.unwrap();
    writing.savepoint().await.unwrap();
    let taken = writing.apply(&opens(1), &mail(2), &[], &State::shipped()).await.unwrap_err();
    assert!(matches!(taken, StoreError::NumberTaken), "{taken:?}");
    assert_eq!(taken.disposition(), Disposition::Transient);
    writing.rollback_to().await.unwrap();
    writing.spend_number("2013-12-16", 1).await.unwrap();
    writing.commit().await.unwrap();
    assert_eq!(open_ticket(&store, 2).await.unwrap(), ticket(2).number);
}

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    let (dir, store) = store().await;
    open_ticket(&store, 1).await.unwrap();
    let mut writing = store.begin().await.unwrap();
    writing.apply(&opens(2), &mail(2), &[], &State::shipped()).await.unwrap();
    drop(writing);
    // The pen is free again, at once and after a restart.
    assert_eq!(open_ticket(&store, 3).await.unwrap(), ticket(2).number);
    store.close().await;
    let store = Store::open(&dir.path().join("data"), &StoreOptions::default()).await.unwrap();
    let known = store.known(&place(), &[1, 2, 3]).await.unwrap();
    assert_eq!(known.iter().map(|known| known.uid).collect::<Vec<_>>(), [1, 3]);
}

#[tokio::test]
async fn one_failing_event_leaves_the_others_of_its_batch() {
    let (_dir, store) = store().await;
    let mut writing = store.begin().await.unwrap();
    for uid in 1..=3_u32 {
        writing.savepoint().await.unwrap();
        let mut decided = opens(u64::from(uid));
        if uid == 2 {
            let change =
                crate::desk::Change { attribute: Attribute::Priority, before: None, after: Some("9".into()) };
            decided.effects.push(Effect::Set { ticket: TicketRef::New(0), change, cause: cause() });
        }
        match writing.apply(&decided, &mail(uid), &[], &State::shipped()).await {
            Ok(_) => writing.release().await.unwrap(),
            Err(_) => writing.rollback_to().await.unwrap(),
        }
    }
    // An event sees what those before it did.
    let context = writing.prefetch(&by_numbers([1, 2, 3].map(|n| ticket(n).number)), at(0)).await.unwrap();
    assert_eq!(context.tickets.len(), 2);
    writing.commit().await.unwrap();
    assert_eq!(store.known(&place(), &[1, 2, 3]).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_large_mail_is_a_file_before_the_commit() {
    let (_dir, store) = store().await;
    let raw: Arc<[u8]> = vec![b'x'; 300_000].into();
    let digest = Digest::of(&raw);
    let file = store.files.path(&digest);
    let contents = [(digest, Arc::clone(&raw)), (Digest::of(b"small"), Arc::from(*b"small"))];
    store.keeper().keep_large(&contents).unwrap();
    assert!(file.is_file());
    assert!(!store.files.path(&Digest::of(b"small")).exists());
    std::fs::remove_file(&file).unwrap();
    let mut writing = store.begin().await.unwrap();
    let entry = Entry { raw: Some((digest, raw)), ..mail(1) };
    writing.apply(&opens(1), &entry, &[], &State::shipped()).await.unwrap();
    assert!(file.is_file(), "what was not kept ahead is kept here");
    writing.commit().await.unwrap();
    assert_eq!(store.blob(&digest).await.unwrap().len(), 300_000);
}

#[tokio::test]
async fn a_full_disk_is_said_and_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let small = StoreOptions { max_pages: Some(120), ..options() };
    let store = Store::open(&data, &small).await.unwrap();
    let mut taken = 0;
    let full = loop {
        let uid = taken + 1;
        let entry = Entry { evidence: "e".repeat(4000), ..mail(uid) };
        match apply(&store, &opens(u64::from(uid)), &entry, &[]).await {
            Ok(_) => taken = uid,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, StoreError::Full(_)), "{full:?}");
    assert_eq!(full.disposition(), Disposition::Transient);
    assert!(full.to_string().contains("free some space"), "{full}");
    assert!(taken > 0);
    // SQLite has rolled back by itself; the store goes on all the same.
    for _ in 0..3 {
        let again = Entry { evidence: "e".repeat(400_000), ..mail(taken + 1) };
        let again = apply(&store, &opens(u64::from(taken + 1)), &again, &[]).await.unwrap_err();
        assert!(matches!(again, StoreError::Full(_)), "{again:?}");
    }
    store.close().await;
    let store = Store::open(&data, &options()).await.unwrap();
    let uids: Vec<u32> = (1..=taken + 1).collect();
    assert_eq!(store.known(&place(), &uids).await.unwrap().len(), taken as usize);
    apply(&store, &opens(u64::from(taken + 1)), &mail(taken + 1), &[]).await.unwrap();
}

#[tokio::test]
async fn who_waits_too_long_for_the_pen_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let first = Store::open(&data, &options()).await.unwrap();
    let second = Store::open(&data, &options()).await.unwrap();
    let pen = first.begin().await.unwrap();
    let busy = second.begin().await.unwrap_err();
    assert!(matches!(busy, StoreError::Busy), "{busy:?}");
    assert_eq!(busy.disposition(), Disposition::Transient);
    // Reading goes on beside.
    second.prefetch(&by_numbers([ticket(1).number]), at(0)).await.unwrap();
    pen.rollback().await;
    open_ticket(&second, 1).await.unwrap();
    open_ticket(&first, 2).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_opened_is_explained() {
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| {
        let path = dir.path().join(name);
        async move { Store::open(&path, &options()).await.map(drop).unwrap_err() }
    };
    std::fs::write(dir.path().join("file"), "in the way").unwrap();
    let error = open("file").await;
    assert!(matches!(error, StoreError::Folder { .. }) && error.to_string().contains("/file"), "{error}");

    std::fs::create_dir(dir.path().join("other")).unwrap();
    std::fs::write(dir.path().join("other/taquilla.db"), "this is a text, not a database".repeat(200))
        .unwrap();
    let error = open("other").await;
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error:?}");
    assert!(error.to_string().contains("other/taquilla.db"), "{error}");

    let store = Store::open(&dir.path().join("newer"), &options()).await.unwrap();
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9000, 'later', '2030-01-01', true, x'00', 0)")
        .execute(&store.writer)
        .await
        .unwrap();
    store.close().await;
    let error = open("newer").await;
    assert!(matches!(error, StoreError::Newer { schema: 9000, .. }), "{error:?}");
    assert_eq!(error.disposition(), Disposition::Permanent);
}

#[tokio::test]
async fn a_short_system_is_no_fault_of_the_decision() {
    let (_dir, store) = store().await;
    let said = async |sql: &'static str| {
        StoreError::from(sqlx::query(sql).execute(&store.writer).await.unwrap_err())
    };
    // SQLITE_CANTOPEN, which it also says where there are no file descriptors left.
    let closed = said("ATTACH '/nowhere/at/all.db' AS other").await;
    assert!(matches!(closed, StoreError::Folder { .. }) && !closed.is_of_one_decision(), "{closed:?}");
    let large = said("SELECT zeroblob(3000000000)").await;
    assert!(large.is_of_one_decision(), "{large:?}");
    let constraint = said("INSERT INTO outbox_content (id, content) VALUES (77, NULL)").await;
    assert!(
        matches!(constraint, StoreError::Unwritable(_)) && constraint.is_of_one_decision(),
        "{constraint:?}"
    );
}
