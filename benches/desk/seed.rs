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
use taquilla::store::{Entry, Origin, Store, StoreOptions};

/// Tickets of one day.
const A_DAY: usize = 1_000;

/// A data folder with so many tickets. A large one is kept for the next run.
pub(crate) fn folder(tickets: usize) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("desk-{tickets}"));
    let whole = dir.join("whole");
    if !whole.exists() || tickets < 100_000 {
        let _none = fs::remove_dir_all(&dir);
        let begun = Instant::now();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(fill(&dir, tickets));
        fs::write(whole, "").unwrap();
        println!("   {tickets} tickets written in {:.1?}", begun.elapsed());
    }
    dir
}

async fn fill(dir: &Path, tickets: usize) {
    let store = Store::open(dir, &StoreOptions::default()).await.unwrap();
    let states = State::shipped();
    for day in 0..tickets.div_ceil(A_DAY) {
        let mut writing = store.begin().await.unwrap();
        for n in day * A_DAY..((day + 1) * A_DAY).min(tickets) {
            let (decision, entry) = ticket(day, n);
            writing.apply(&decision, &entry, &[], &states).await.unwrap();
        }
        writing.commit().await.unwrap();
    }
    store.close().await;
}

/// A closed ticket of one mail, of some day of the past.
fn ticket(day: usize, n: usize) -> (Decision, Entry) {
    let at: Timestamp = "2014-01-01T12:00:00Z".parse().unwrap();
    let at = at + SignedDuration::from_hours(24 * day as i64);
    let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
    let numbering = Numbering::default();
    let customer =
        Address::named(format!("Usuario {}", n % 20_000), format!("old{}@clients.example", n % 20_000));
    let cause = Cause::new(Actor::Customer(customer.address.clone()), "a mail");
    let id = MessageId::new(&format!("{n}.old@mail.clients.example")).unwrap();
    let counter = (n % A_DAY) as u64 + 1;
    let new = NewTicket {
        number: numbering.number(date, counter, 0),
        title: format!("Avería {n} de la impresora"),
        queue: "Mesa de Ayuda".into(),
        kind: "incident".into(),
        service: None,
        state: "closed".into(),
        state_type: StateType::Closed,
        priority: Priority::NORMAL,
        locked: false,
        owner: Some("mgomez".into()),
        responsible: None,
        customer: Some(customer.clone()),
        participants: Vec::new(),
        language: Language::Es,
        level: "0".into(),
        tags: BTreeSet::from(["old".to_owned()]),
        fields: BTreeMap::new(),
        created: at,
    };
    let article = NewArticle {
        channel: Channel::Mail,
        sender: SenderKind::Customer,
        visible: true,
        from: Some(customer.clone()),
        to: vec![Address::bare("soporte@minem.example")],
        cc: Vec::new(),
        subject: new.title.clone(),
        text: "La impresora del piso no imprime desde ayer, gracias por revisarla mañana.\n".repeat(6),
        html: None,
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
            Effect::Create { ticket: Box::new(new), counter, cause: cause.clone() },
            Effect::Article { ticket, article: Box::new(article), cause },
        ],
        trace: Trace::default(),
        after: After::Default,
    };
    let entry = Entry {
        message_id: Some(id),
        fingerprint: Some(Digest::of(&n.to_le_bytes())),
        received: Some(at),
        size: 2_000,
        class: Some(Class::Person),
        author: Some(customer),
        subject: Some("Avería".into()),
        ..Entry::of_event(Origin::Import, at, &date.to_string())
    };
    (decision, entry)
}
