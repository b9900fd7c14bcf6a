//! Queues and services.

use jiff::SignedDuration;

use crate::mail::{Address, Language};

/// What a follow-up to a closed ticket does once [`FollowUpPolicy::reopen_within`] is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// Reopens all the same.
    Reopen,
    /// Opens a new ticket linked to the closed one.
    NewLinked,
    /// Is answered with a notice and kept in the journal only.
    Reject,
}

/// What a customer's mail to a closed ticket does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUpPolicy {
    /// Within this time after closing, it reopens.
    pub reopen_within: SignedDuration,
    /// Afterwards.
    pub later: Later,
}

impl Default for FollowUpPolicy {
    fn default() -> Self {
        Self { reopen_within: SignedDuration::from_hours(14 * 24), later: Later::NewLinked }
    }
}

/// A circuit of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// What its mails are sent from; the desk's address where absent.
    pub address: Option<Address>,
    /// Logins of the agents who work it. Empty: all agents.
    pub members: Vec<String>,
    /// The owner (supervisor) of new tickets, where the service names none.
    pub owner: Option<String>,
    /// Name of its calendar.
    pub calendar: Option<String>,
    /// Name of the SLA of new tickets, where no rule names one.
    pub sla: Option<String>,
    /// Closes every mail to a customer, LF line ends; may name `{{agent}}` and `{{queue}}`.
    pub signature: Option<String>,
    /// Language of its mails where neither customer nor mail says.
    pub language: Option<Language>,
    /// Follow-ups to closed tickets.
    pub follow_up: FollowUpPolicy,
    /// How long an agent's answer waits before it leaves.
    pub hold: SignedDuration,
    /// Whether closing a ticket here asks the customer.
    pub survey: bool,
}

impl Queue {
    /// A queue of which only the name is known.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            address: None,
            members: Vec::new(),
            owner: None,
            calendar: None,
            sla: None,
            signature: None,
            language: None,
            follow_up: FollowUpPolicy::default(),
            hold: SignedDuration::from_mins(2),
            survey: true,
        }
    }
}

/// What the desk offers; levels are divided by `::`, and a grouping level is a service too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `Equipos::Impresoras`.
    pub name: String,
    /// The supervisor answerable for it: owner of its tickets.
    pub owner: Option<String>,
    /// The queue that attends it, for rules that name only the service.
    pub queue: Option<String>,
}
