//! All that a decision may know of the past: named first, read at once, then passed in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Asked, Seen};
use crate::desk::{Change, Counter, NewArticle, Ticket, TicketId, TicketNumber};
use crate::mail::{Address, Digest, MessageId};

/// What must be read for an event; made by `lookup` (pure), answered by `store::prefetch`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lookup {
    /// Message-IDs that may name a mail we sent or stored.
    pub message_ids: BTreeSet<MessageId>,
    /// Ticket numbers.
    pub numbers: BTreeSet<TicketNumber>,
    /// Numbers that other desks gave, as [`OtherNumbers`](crate::desk::OtherNumbers) finds them.
    pub other_numbers: BTreeSet<String>,
    /// Row ids of tickets.
    pub tickets: BTreeSet<TicketId>,
    /// The second key of a mail: keyed hash of its canonical form.
    pub fingerprint: Option<Digest>,
    /// Names what a signature of an agent's mail covers: [`Mail::signed_key`](crate::mail::Mail::signed_key).
    pub signed: Option<Digest>,
    /// Hashes of one-time codes that the mail carries.
    pub codes: BTreeSet<Digest>,
    /// Row id of a held mail.
    pub held: Option<i64>,
    /// Addresses (lower case) to which automatic mails of the last hour are to be counted.
    pub recipients: BTreeSet<String>,
    /// Domains for which the same is done.
    pub domains: BTreeSet<String>,
    /// People of the desk (lower case) whose questions and alarms of the last hour are to be counted.
    pub told: BTreeSet<String>,
    /// Address (lower case) of who wrote the mail: whose tickets of the last hour and parked mails are looked for.
    pub sender: Option<String>,
    /// The number of articles within the hour from which a ticket counts as crowded.
    pub crowd: Option<u32>,
    /// Articles of each of the tickets, by their place in it, counted from 1.
    pub articles: BTreeSet<u32>,
    /// What an agent wants to take back.
    pub undo: Option<UndoKey>,
    /// What an agent asks to see.
    pub asked: Asked,
    /// Key of the counter of ticket numbers.
    pub counter: String,
}

/// The answer to a [`Lookup`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Context {
    /// Every ticket that a key led to, and those that it was merged into.
    pub tickets: BTreeMap<TicketId, Ticket>,
    /// Tickets by number.
    pub by_number: BTreeMap<TicketNumber, TicketId>,
    /// Tickets by Message-ID of a mail sent or stored.
    pub by_message_id: BTreeMap<MessageId, TicketId>,
    /// Tickets by numbers that other desks gave.
    pub by_other_number: BTreeMap<String, TicketId>,
    /// Journal row and ticket of the same mail, seen before under another key.
    pub duplicate: Option<(i64, Option<TicketId>)>,
    /// A mail with the same [`Lookup::signed`] was journalled before.
    pub signed_before: bool,
    /// The mail that waits for one of the codes, or that a timer is about.
    pub held: Option<HeldMail>,
    /// The same mail where it waits once more, for another answer than the one that it got.
    pub held_again: Option<HeldMail>,
    /// Automatic mails of the last hour, by recipient: those asked for, and the people of the tickets.
    pub sent: BTreeMap<String, u32>,
    /// The same by domain.
    pub sent_to_domains: BTreeMap<String, u32>,
    /// Questions and alarms of the last hour, to those of [`Lookup::told`].
    pub told: Vec<Told>,
    /// Tickets that the sender opened within the last hour.
    pub opened: u32,
    /// When the last one of the sender's parked mails has its turn.
    pub parked_until: Option<Timestamp>,
    /// Tickets that got [`Lookup::crowd`] articles within the last hour.
    pub crowded: BTreeSet<TicketId>,
    /// Those that got so many even without what programs answered, returned and reported.
    pub crowded_by_people: BTreeSet<TicketId>,
    /// Surveys about the tickets.
    pub surveys: Vec<Surveyed>,
    /// The counter asked for.
    pub counter: Option<Counter>,
    /// Tickets that belong to one of `tickets`, by number.
    pub kin: BTreeMap<TicketNumber, Kin>,
    /// The articles asked for.
    pub articles: Vec<KnownArticle>,
    /// What is to be taken back; the tickets that it touched are among `tickets`.
    pub undo: Option<Doings>,
    /// What was asked for to be seen.
    pub seen: Seen,
}

/// Names what one mail did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoKey {
    /// The agent who did it.
    pub login: String,
    /// Hash of the token of its receipt; without one the agent's last doing about the ticket of the mail.
    pub code: Option<Digest>,
}

/// What one mail of an agent did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doings {
    /// Row id.
    pub id: i64,
    /// Who did it.
    pub login: String,
    /// When.
    pub at: Timestamp,
    /// Until when it can be taken back.
    pub expires: Timestamp,
    /// It was taken back already.
    pub done: bool,
    /// Every change of a ticket, in order.
    pub changes: Vec<(TicketId, Change)>,
    /// Tickets that it opened.
    pub created: Vec<TicketId>,
    /// Those of them in which something was written or done since.
    pub went_on: BTreeSet<TicketId>,
    /// Articles: ticket, row id, visible to the customer.
    pub articles: Vec<(TicketId, i64, bool)>,
    /// Mails that it caused, but for those to the agent about his own mail.
    pub mails: Vec<LeftMail>,
}

/// A mail of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftMail {
    /// Row id.
    pub id: i64,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// For whom.
    pub recipient: String,
    /// Its template.
    pub template: String,
    /// It is being sent or was: nobody can take it back.
    pub left: bool,
}

/// An article of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownArticle {
    /// Of which ticket.
    pub ticket: TicketId,
    /// Its place there, counted from 1.
    pub nth: u32,
    /// The article; its files carry no content.
    pub article: NewArticle,
}

/// What has to be known of a ticket that belongs to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// Its title.
    pub title: String,
    /// It is not closed.
    pub open: bool,
}

/// What became of a mail that waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldOutcome {
    /// It was done.
    Confirmed,
    /// It was not: nobody confirmed it in time, its supposed author denied it, or its author thought better of it.
    Expired,
}

/// What the agent in whose name a mail waits is asked: yes and no are answers to that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HeldFor {
    /// Whether it is his at all, and whether all of it is to be done.
    Proof,
    /// Whether it is meant as it stands; it is his.
    Author,
    /// Whether he takes the ticket that somebody else has locked; it is his, and meant.
    Lock {
        /// Login of whoever held the ticket when this was asked.
        holder: String,
    },
}

impl HeldFor {
    /// The word of the store.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Proof => "proof",
            Self::Author => "author",
            Self::Lock { .. } => "lock",
        }
    }
}

/// A mail that waits for its sender to confirm it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMail {
    /// Row id.
    pub id: i64,
    /// Hash of the code.
    pub code: Digest,
    /// The agent who has to confirm.
    pub login: String,
    /// Its journal row.
    pub journal: i64,
    /// The raw mail.
    pub raw: Digest,
    /// The ticket that it would change.
    pub ticket: Option<TicketId>,
    /// What was asked about it.
    pub held_for: HeldFor,
    /// The mail host, a check of ours or the agent vouched for it: more than a token does.
    pub vouched: bool,
    /// Which tickets a query of it found when its sender was asked.
    pub targets: Option<Digest>,
    /// Subject, for the notice.
    pub subject: String,
    /// Until when it can be confirmed.
    pub expires: Timestamp,
    /// What became of it; `None` while it waits.
    pub outcome: Option<HeldOutcome>,
    /// Since when it waits no longer.
    pub ended: Option<Timestamp>,
}

impl HeldMail {
    /// Whether it waits no longer because nobody answered in time.
    pub fn timed_out(&self) -> bool {
        self.outcome == Some(HeldOutcome::Expired) && self.ended.is_some_and(|ended| ended >= self.expires)
    }
}

/// Notices of one kind to one person of the desk within the last hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Lower case.
    pub address: String,
    /// Name of their template.
    pub template: String,
    /// How many.
    pub count: u32,
}

impl Context {
    /// Notices to an address within the last hour, of these templates.
    pub(super) fn told_of(&self, to: &Address, templates: &[&str]) -> u32 {
        let key = to.key();
        let of_these = |told: &&Told| told.address == key && templates.contains(&told.template.as_str());
        self.told.iter().filter(of_these).map(|told| told.count).sum()
    }
}

/// A survey that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surveyed {
    /// Row id.
    pub id: i64,
    /// About which ticket.
    pub ticket: TicketId,
    /// Whom it asked, lower case.
    pub customer: String,
    /// The answer, once there is one.
    pub score: Option<u8>,
    /// Its mail has not left.
    pub waits: bool,
}

/// What the world gives to a decision: the time and chance.
#[derive(Debug, Clone)]
pub struct Given {
    /// Now.
    pub now: Timestamp,
    /// Random octets; every use draws its own from them.
    pub seed: [u8; 32],
    /// Whether somebody reads how each rule was tried. What is decided is the same.
    pub told: bool,
}
