//! What the store is told beside the decision, and what it answers.

use std::sync::Arc;

use jiff::Timestamp;

use crate::decide::Decision;
use crate::desk::{Allowance, EnvelopeSender, Notice, NoticeKind, TicketId, TicketNumber, TicketRef};
use crate::ingest::intake::Source;
use crate::mail::{Address, Class, Digest, MessageId};
use crate::outbound::compose::Composed;

/// Where an event came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A mail in a mailbox; this is its first key.
    Mailbox(Source),
    /// `taquilla deliver`, for this mailbox where one was named.
    Deliver(Option<String>),
    /// `taquilla import`.
    Import,
    /// A timer.
    Timer,
    /// The command line, or the program itself.
    Request,
    /// A mail that was journalled before and is decided anew (confirmed, or retried out of the quarantine): its row
    /// gets the new reason and ticket. The look-up of such a mail must not name its fingerprint.
    Again(i64),
}

/// The journal row of one event.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Where it came from.
    pub origin: Origin,
    /// When it happened; the time of history lines and surveys too. For mails of history it is long ago.
    pub at: Timestamp,
    /// When it is decided, where that is later.
    pub journalled: Option<Timestamp>,
    /// The mail's own id.
    pub message_id: Option<MessageId>,
    /// The second key of a mail.
    pub fingerprint: Option<Digest>,
    /// Names what a signature of the mail covers (`Lookup::signed`).
    pub signed: Option<Digest>,
    /// What our own check of its signatures found ([`Signed::to_text`](crate::decide::Signed::to_text)).
    pub dkim: Option<String>,
    /// When the server received it.
    pub received: Option<Timestamp>,
    /// The raw mail, kept with the row.
    pub raw: Option<(Digest, Arc<[u8]>)>,
    /// Size by the server's account, octets.
    pub size: u64,
    /// Its class.
    pub class: Option<Class>,
    /// Who wrote it.
    pub author: Option<Address>,
    /// Its subject.
    pub subject: Option<String>,
    /// Verdicts and how the decision was reached, in words.
    pub evidence: String,
    /// Which attempt it is, counted from 1.
    pub attempt: u32,
    /// The row of which the mail is a duplicate (`Context::duplicate`), where it is decided to be one.
    pub duplicate_of: Option<i64>,
    /// Key of the counter that the numbers of new tickets were taken from (`Lookup::counter`).
    pub counter: String,
}

impl Entry {
    /// The row of an event that is no mail.
    pub fn of_event(origin: Origin, at: Timestamp, counter: &str) -> Self {
        Self {
            origin,
            at,
            journalled: None,
            message_id: None,
            fingerprint: None,
            signed: None,
            dkim: None,
            received: None,
            raw: None,
            size: 0,
            class: None,
            author: None,
            subject: None,
            evidence: String::new(),
            attempt: 1,
            duplicate_of: None,
            counter: counter.to_owned(),
        }
    }
}

/// A rendered mail for the outbox: one recipient.
#[derive(Debug, Clone)]
pub struct OutboxRow {
    /// The ticket it is about.
    pub ticket: Option<TicketRef>,
    /// Its own id.
    pub message_id: MessageId,
    /// Envelope sender.
    pub sender: EnvelopeSender,
    /// The one recipient of the envelope.
    pub recipient: Address,
    /// Subject, for lists.
    pub subject: String,
    /// Template name.
    pub template: String,
    /// Who speaks; all but [`NoticeKind::Human`] count as automatic.
    pub kind: NoticeKind,
    /// Not to be sent earlier.
    pub not_before: Option<Timestamp>,
    /// What the caps of automatic mail say.
    pub allowance: Allowance,
    /// All octets of the mail.
    pub content: Vec<u8>,
}

impl OutboxRow {
    /// The row of a notice and the mail that was composed of it.
    pub fn of(notice: &Notice, mail: Composed) -> Self {
        Self {
            ticket: notice.ticket,
            message_id: mail.message_id,
            sender: mail.envelope_sender,
            recipient: notice.to.clone(),
            subject: mail.subject,
            template: notice.template.clone(),
            kind: notice.kind,
            not_before: notice.not_before,
            allowance: notice.allowance.clone(),
            content: mail.content,
        }
    }
}

/// One decision to be written, and what goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// The decision.
    pub decision: &'a Decision,
    /// Its journal row.
    pub entry: &'a Entry,
    /// The mails that were rendered for it.
    pub mails: &'a [OutboxRow],
}

/// What a decision became.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Its journal row.
    pub journal: i64,
    /// The tickets that it created, in the order of [`TicketRef::New`].
    pub tickets: Vec<(TicketId, TicketNumber)>,
    /// Rows of mails that wait for confirmation.
    pub held: Vec<i64>,
    /// Rows in the outbox, in the order of the mails given.
    pub outbox: Vec<i64>,
    /// What an erasure met.
    pub erased: Option<Erased>,
}

/// What an erasure met, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Tickets of the person, husks from then on.
    pub tickets: u64,
    /// Tickets of others that lost something.
    pub other_tickets: u64,
    /// Articles.
    pub articles: u64,
    /// Attachments of these.
    pub attachments: u64,
    /// Articles of others in which words were replaced.
    pub other_articles: u64,
    /// Raw mails of others that named the person.
    pub other_raws: u64,
    /// Mails in the journal.
    pub mails: u64,
    /// Outgoing mails.
    pub outgoing: u64,
    /// Mails in quarantine.
    pub quarantined: u64,
    /// Mails that waited for confirmation.
    pub held: u64,
    /// Surveys.
    pub surveys: u64,
    /// Contents that nobody else had.
    pub contents: u64,
}

impl Applied {
    /// The row id of a ticket that the decision speaks of; `None` for a number of creations that it has not.
    pub fn ticket(&self, ticket: TicketRef) -> Option<TicketId> {
        match ticket {
            TicketRef::Existing(id) => Some(id),
            TicketRef::New(nth) => self.tickets.get(nth).map(|(id, _)| *id),
        }
    }
}
