//! Data folders with many tickets, written through the store as the program writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use taquilla::decide::{After, Decision, Effect, Reason, Trace};
use taquilla::desk::{
    Actor, Cause, Channel, NewArticle, NewTicket, Numbering, Priority, SenderKind, State, StateType,
    TicketRef,
};
use taquilla::mail::{Address, Class, Digest, Language, MessageId};
use taquilla::store::{Decided, Entry, Origin, Store, StoreOptions};

/// Tickets of one day.
const A_DAY: usize = 1_000;

/// Days of one transaction.
const DAYS: usize = 10;

/// A data folder with so many tickets, kept for the next run. It is not to be written to: see [`copy`].
pub(crate) fn folder(tickets: usize) -> PathBuf {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let schema = fs::read_dir(migrations).unwrap().count();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("desk-{tickets}-of-schema-{schema}"));
    let whole = dir.join("whole");
    if !whole.exists() {
        let begun = Instant::now();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let written = runtime.block_on(fill(&dir, tickets));
        fs::write(whole, "").unwrap();
        println!("   {written} tickets written in {:.1?}", begun.elapsed());
    }
    dir
}

/// A copy that may be written to, durable and gone when it is dropped.
pub(crate) fn copy(seeded: &Path) -> tempfile::TempDir {
    let copy = tempfile::Builder::new().prefix("desk").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for entry in fs::read_dir(seeded).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            let to = copy.path().join(entry.file_name());
            fs::copy(entry.path(), &to).unwrap();
            // What the disk still has to do is not to be measured.
            fs::File::open(to).unwrap().sync_all().unwrap();
        }
    }
    copy
}

/// Writes the tickets that are not there yet: a run that was ended goes on where it was. How many it wrote.
async fn fill(dir: &Path, tickets: usize) -> usize {
    let store = Store::open(dir, &StoreOptions::default()).await.unwrap();
    let states = State::shipped();
    let there: u64 = store.status().await.unwrap().tickets.iter().map(|(_, _, count)| count).sum();
    let mut next = there as usize;
    while next < tickets {
        let mut writing = store.begin().await.unwrap();
        let end = (next + DAYS * A_DAY).min(tickets);
        while next < end {
            let some: Vec<_> = (next..(next + A_DAY).min(end)).map(ticket).collect();
            let decided: Vec<_> =
                some.iter().map(|(decision, entry)| Decided { decision, entry, mails: &[] }).collect();
            writing.apply_all(&decided, &states).await.unwrap();
            next += some.len();
        }
        writing.commit().await.unwrap();
    }
    store.close().await;
    tickets - there as usize
}

/// The n-th ticket, of some day of the past: closed.
pub(crate) fn new_ticket(n: usize, numbering: &Numbering) -> NewTicket {
    let at: Timestamp = "2014-01-01T12:00:00Z".parse().unwrap();
    let at = at + SignedDuration::from_hours(24 * (n / A_DAY) as i64);
    let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    // Fifty of each customer, one after the other: it is the number of rows that counts, and SQLite writes them sooner
    // in the order of its indexes.
    let customer = n / 50;
    NewTicket {
        number: numbering.number(date, (n % A_DAY) as u64 + 1, 0),
        title: format!("Avería {n} de la impresora"),
        queue: "Mesa de Ayuda".into(),
        kind: "incident".into(),
        service: None,
        state: "closed successful".into(),
        state_type: StateType::Closed,
        priority: Priority::NORMAL,
        locked: false,
        owner: Some("mgomez".into()),
        responsible: None,
        customer: Some(Address::named(
            format!("Usuario {customer}"),
            format!("old{customer:07}@clients.example"),
        )),
        participants: Vec::new(),
        language: Language::Es,
        level: "0".into(),
        tags: BTreeSet::from(["old".to_owned()]),
        fields: BTreeMap::new(),
        created: at,
    }
}

/// What a customer's mail that made it was decided to be.
fn ticket(n: usize) -> (Decision, Entry) {
    let new = new_ticket(n, &Numbering::default());
    let at = new.created;
    let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let customer = new.customer.clone().unwrap();
    let cause = Cause::new(Actor::Customer(customer.address.clone()), "a mail");
    let id = MessageId::new(&format!("{n:07}.old@mail.clients.example")).unwrap();
    let mut fingerprint = [0x55; 32];
    fingerprint[..8].copy_from_slice(&(n as u64).to_be_bytes());
    let article = NewArticle {
        channel: Channel::Mail,
        sender: SenderKind::Customer,
        visible: true,
        from: Some(customer.clone()),
        to: vec![Address::bare("soporte@minem.example")],
        cc: Vec::new(),
        subject: new.title.clone(),
        text: "La impresora del piso no imprime desde ayer, gracias por revisarla mañana.\n".repeat(3).into(),
        message_id: Some(id.clone()),
        attachments: Vec::new(),
        raw: None,
        at,
    };
    let ticket = TicketRef::New(0);
    let decision = Decision {
        reason: Reason::NewTicket,
        ticket: Some(ticket),
        effects: vec![
            Effect::Create { ticket: Box::new(new), counter: (n % A_DAY) as u64 + 1, cause: cause.clone() },
            Effect::Article { ticket, article: Box::new(article), cause },
        ],
        trace: Trace::default(),
        after: After::Default,
    };
    let entry = Entry {
        message_id: Some(id),
        fingerprint: Some(Digest::from_bytes(fingerprint)),
        received: Some(at),
        size: 2_000,
        class: Some(Class::Person),
        author: Some(customer),
        subject: Some("Avería".into()),
        ..Entry::of_event(Origin::Import, at, &date.to_string())
    };
    (decision, entry)
}
