//! The store against folders of its own.

mod effects;
mod intake;
mod outbox;
mod reading;
mod trouble;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use super::{Applied, Entry, Origin, OutboxRow, Store, StoreError, StoreOptions};
use crate::decide::{After, Decision, Effect, Lookup, Reason, Trace};
use crate::desk::{
    Actor, Allowance, Attribute, Cause, Change, Channel, EnvelopeSender, NewArticle, NewTicket, NoticeKind,
    Numbering, Priority, Relation, SenderKind, State, StateType, TicketNumber, TicketRef,
};
use crate::ingest::intake::{Place, Source};
use crate::mail::{Address, Attachment, Digest, Language, MessageId};

pub(super) async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(&dir.path().join("data"), &StoreOptions::default()).await.unwrap();
    (dir, store)
}

/// A time so many seconds after the first of all tests.
pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

pub(super) fn cause() -> Cause {
    Cause::new(Actor::System, "a test")
}

pub(super) fn id(text: &str) -> MessageId {
    MessageId::new(text).unwrap()
}

pub(super) fn place() -> Place {
    Place { mailbox: "soporte".into(), folder: "INBOX".into(), uidvalidity: 7, epoch: 0 }
}

pub(super) fn mail(uid: u32) -> Entry {
    let raw = format!("Subject: mail {uid}\n\ntext\n").into_bytes();
    Entry {
        message_id: Some(id(&format!("m{uid}@example.org"))),
        fingerprint: Some(Digest::of(format!("canonical {uid}").as_bytes())),
        received: Some(at(-5)),
        size: raw.len() as u64,
        raw: Some((Digest::of(&raw), raw.into())),
        class: Some(crate::mail::Class::Person),
        author: Some(Address::named("Ana", "Ana@minem.example")),
        subject: Some(format!("mail {uid}")),
        evidence: "dmarc=pass".into(),
        ..Entry::of_event(Origin::Mailbox(Source { place: place(), uid }), at(0), "2013-12-16")
    }
}

pub(super) fn ticket(counter: u64) -> NewTicket {
    NewTicket {
        number: Numbering::default().number("2013-12-16".parse().unwrap(), counter, 0),
        title: "Pc sin internet".into(),
        queue: "Mesa de Ayuda".into(),
        kind: "incident".into(),
        service: Some("Equipos::Impresoras".into()),
        state: "new".into(),
        state_type: StateType::New,
        priority: Priority::NORMAL,
        locked: false,
        owner: Some("mgomez".into()),
        responsible: None,
        customer: Some(Address::named("Ana", "Ana@minem.example")),
        participants: vec![Address::bare("Z@b.example"), Address::named("A \"q\" ñ", "a@b.example")],
        language: Language::Es,
        level: "1".into(),
        tags: BTreeSet::from(["red".to_owned(), "piso 3".to_owned()]),
        fields: BTreeMap::from([("host".to_owned(), "srv'1\"\\".to_owned())]),
        created: at(0),
    }
}

pub(super) fn create(counter: u64) -> Effect {
    Effect::Create { ticket: Box::new(ticket(counter)), counter, cause: cause() }
}

/// The ticket of that counter value belongs to this one, in this part.
pub(super) fn link(ticket: TicketRef, relation: Relation, other: u64) -> Effect {
    let after = Some(self::ticket(other).number.to_string());
    let change = Change { attribute: Attribute::Link(relation), before: None, after };
    Effect::Set { ticket, change, cause: cause() }
}

pub(super) fn article(message_id: &str, sender: SenderKind) -> NewArticle {
    NewArticle {
        channel: Channel::Mail,
        sender,
        visible: true,
        from: Some(Address::named("Ana", "Ana@minem.example")),
        to: vec![Address::bare("soporte@minem.example")],
        cc: vec![],
        subject: "Pc sin internet".into(),
        text: "No navega.\n".into(),
        message_id: Some(id(message_id)),
        attachments: vec![],
        raw: None,
        at: at(0),
    }
}

pub(super) fn attachment(content: &[u8]) -> Attachment {
    Attachment {
        name: "foto.png".into(),
        content_type: "image/png".into(),
        content_id: Some("c1".into()),
        inline: true,
        digest: Digest::of(content),
        content: Arc::from(content),
    }
}

pub(super) fn outgoing(message_id: &str, recipient: &str) -> OutboxRow {
    OutboxRow {
        ticket: Some(TicketRef::New(0)),
        message_id: id(message_id),
        sender: EnvelopeSender::Null,
        recipient: Address::bare(recipient),
        subject: "[Ticket#1] Pc sin internet".into(),
        template: "ticket-created".into(),
        kind: NoticeKind::AutoReply,
        not_before: None,
        allowance: Allowance::Within { domain: Some("x.example".into()) },
        content: b"From: soporte\r\n\r\nhola\r\n".to_vec(),
    }
}

pub(super) fn decision(reason: Reason, ticket: Option<TicketRef>, effects: Vec<Effect>) -> Decision {
    Decision { reason, ticket, effects, trace: Trace::default(), after: After::Default }
}

/// A mail that opens the ticket with this counter value.
pub(super) fn opens(counter: u64) -> Decision {
    let article = article(&format!("m{counter}@example.org"), SenderKind::Customer);
    let article = Effect::Article { ticket: TicketRef::New(0), article: Box::new(article), cause: cause() };
    decision(Reason::NewTicket, Some(TicketRef::New(0)), vec![create(counter), article])
}

/// One decision, one transaction.
pub(super) async fn apply(
    store: &Store,
    decision: &Decision,
    entry: &Entry,
    mails: &[OutboxRow],
) -> Result<Applied, StoreError> {
    let mut writing = store.begin().await?;
    let applied = writing.apply(decision, entry, mails, &State::shipped()).await?;
    writing.commit().await?;
    Ok(applied)
}

pub(super) fn by_numbers(numbers: impl IntoIterator<Item = TicketNumber>) -> Lookup {
    Lookup { numbers: numbers.into_iter().collect(), ..Lookup::default() }
}
