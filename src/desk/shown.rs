//! What is read of tickets to be shown: a line of a list, articles, history, links, surveys.

use jiff::Timestamp;

use super::{Article, Cause, Priority, StateType, TicketId, TicketNumber};
use crate::mail::Address;

/// One ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketLine {
    /// Row id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its title.
    pub title: String,
    /// Queue name.
    pub queue: String,
    /// Type name.
    pub kind: String,
    /// Service name.
    pub service: Option<String>,
    /// State name.
    pub state: String,
    /// What the state means.
    pub state_type: StateType,
    /// Priority.
    pub priority: Priority,
    /// Level that attends: 0, 1, 2, or a supplier's name.
    pub level: String,
    /// Login of the supervisor.
    pub owner: Option<String>,
    /// Login of the agent who attends.
    pub responsible: Option<String>,
    /// Locked for these two.
    pub locked: bool,
    /// Who asks.
    pub customer: Option<Address>,
    /// When it was opened.
    pub created: Timestamp,
    /// Until when it is pending.
    pub pending_until: Option<Timestamp>,
}

/// An article; its attachments carry no content, which the store reads by digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownArticle {
    /// The article.
    pub article: Article,
    /// Octets of each attachment, in their order.
    pub attachment_bytes: Vec<u64>,
}

/// One line of history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// Row id.
    pub id: i64,
    /// Journal row of the event.
    pub journal: i64,
    /// When.
    pub at: Timestamp,
    /// `change`, or the word of a fact (`created`, `article`, `stranger` ..).
    pub kind: String,
    /// What was changed, for `change`.
    pub attribute: Option<String>,
    /// The value until then.
    pub before: Option<String>,
    /// The value from then on.
    pub after: Option<String>,
    /// The line in words.
    pub text: String,
    /// Who, and on what grounds.
    pub cause: Cause,
}

/// A ticket that belongs to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedTicket {
    /// Its number.
    pub number: TicketNumber,
    /// Its title.
    pub title: String,
    /// Its state.
    pub state: String,
    /// `normal`, `parent` (it is the parent) or `child`.
    pub relation: &'static str,
}

/// One survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveyLine {
    /// Row id.
    pub id: i64,
    /// About which ticket.
    pub ticket: TicketNumber,
    /// Its title.
    pub title: String,
    /// Its queue now.
    pub queue: String,
    /// Who attended it.
    pub responsible: Option<String>,
    /// Whom it asked.
    pub customer: String,
    /// When it was sent.
    pub asked: Timestamp,
    /// 1 to 5, once it is answered.
    pub score: Option<u8>,
    /// In the customer's words.
    pub comment: Option<String>,
    /// When it was answered.
    pub answered: Option<Timestamp>,
}

/// A supplier to whom a ticket was handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplierLine {
    /// Its name and the address that is written to.
    pub address: Address,
    /// Since when.
    pub since: Timestamp,
}
