//! One request with its history.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Priority, StateType, TicketNumber, TicketSupplier};
use crate::mail::{Address, Language, MessageId};

/// The free field that says which class of program opened a ticket; absent for persons.
pub const SOURCE_FIELD: &str = "source";
/// The free field that says why nothing automatic goes to a ticket's customer, until a mail proves who that is.
pub const UNPROVED_FIELD: &str = "unproved";
/// The free field that names the addresses to which no automatic mail about the ticket goes any more.
pub const STOPPED_FIELD: &str = "stopped";
/// The free fields that are the program's own marks: each of them keeps automatic mail from somebody.
pub const MARKS: [&str; 3] = [SOURCE_FIELD, UNPROVED_FIELD, STOPPED_FIELD];

/// Whether a free field is one of [`MARKS`], which nobody else may set.
pub fn is_mark(name: &str) -> bool {
    MARKS.contains(&name.to_lowercase().as_str())
}

/// Row id of a ticket; never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TicketId(pub i64);

/// A ticket within one decision: one that exists, or the n-th that the decision creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TicketRef {
    /// Stored.
    Existing(TicketId),
    /// The n-th `Effect::Create` of the same decision, counted from 0.
    New(usize),
}

/// How two tickets belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkKind {
    /// One origin, no order.
    Normal,
    /// The first is the parent of the second.
    Parent,
}

impl LinkKind {
    /// The word in lists and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Parent => "parent",
        }
    }
}

/// The part that another ticket has beside one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// They are of one origin.
    Linked,
    /// It stands above.
    Parent,
    /// It stands below.
    Child,
}

impl Relation {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Linked, Self::Parent, Self::Child];

    /// The word in the history.
    pub fn word(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Parent => "parent",
            Self::Child => "child",
        }
    }

    /// The part of the first one beside the second.
    pub fn back(self) -> Self {
        match self {
            Self::Linked => Self::Linked,
            Self::Parent => Self::Child,
            Self::Child => Self::Parent,
        }
    }
}

/// A ticket about to be created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    /// Its number, the next one of the counter that was read with the context.
    pub number: TicketNumber,
    /// Subject without prefixes and tags; never empty.
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
    /// Locked for owner and responsible.
    pub locked: bool,
    /// Login of the supervisor.
    pub owner: Option<String>,
    /// Login of the agent who attends.
    pub responsible: Option<String>,
    /// Who asks.
    pub customer: Option<Address>,
    /// Who else takes part: To and Cc of the customer's mail less our own addresses.
    pub participants: Vec<Address>,
    /// Language of mails to the customer.
    pub language: Language,
    /// Level that attends: 0, 1, 2, or a supplier's name.
    pub level: String,
    /// Tags.
    pub tags: BTreeSet<String>,
    /// Free fields.
    pub fields: BTreeMap<String, String>,
    /// When it was opened.
    pub created: Timestamp,
}

/// A ticket as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Row id.
    pub id: TicketId,
    /// What [`NewTicket`] says, as it stands now (`created` included).
    pub now: NewTicket,
    /// SLA name.
    pub sla: Option<String>,
    /// Until when it is pending.
    pub pending_until: Option<Timestamp>,
    /// When it was last closed, while it is closed.
    pub closed_at: Option<Timestamp>,
    /// Logins of agents who want to be told.
    pub watchers: BTreeSet<String>,
    /// Ids of the visible mails so far, oldest first, at most the first and the last nineteen: what the
    /// next mail to the customer refers to.
    pub thread: Vec<MessageId>,
    /// Where its follow-ups go since it was merged.
    pub merged_into: Option<TicketId>,
    /// Minutes estimated.
    pub estimate: Option<i64>,
    /// Minutes booked.
    pub booked: i64,
    /// The tickets that belong to it, by their number, with the part of each.
    pub links: BTreeSet<(Relation, TicketNumber)>,
    /// Suppliers to whom it was handed, the first one first.
    pub suppliers: Vec<TicketSupplier>,
}

impl Ticket {
    /// A ticket as it begins.
    pub fn begun(id: TicketId, now: NewTicket) -> Self {
        Self {
            id,
            now,
            sla: None,
            pending_until: None,
            closed_at: None,
            watchers: BTreeSet::new(),
            thread: Vec::new(),
            merged_into: None,
            estimate: None,
            booked: 0,
            links: BTreeSet::new(),
            suppliers: Vec::new(),
        }
    }

    /// Whether an address (any case) is the customer's or a participant's.
    pub fn has_participant(&self, address: &str) -> bool {
        let key = address.to_lowercase();
        self.now.customer.iter().chain(&self.now.participants).any(|known| known.key() == key)
    }
}
