//! What a rule may ask for.

use std::fmt;

use jiff::Timestamp;

use crate::desk::{Priority, Recipient};

/// A priority, or a step up or down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steps {
    /// This one.
    To(Priority),
    /// So many steps higher, or lower where negative.
    By(i8),
}

/// One action of a rule, its named groups filled in. Names in it were checked when the file was read,
/// but for those that came out of a group, which `decide` checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Move to this queue.
    Queue(String),
    /// Set the type.
    Type(String),
    /// Set the service.
    Service(String),
    /// Set the SLA.
    Sla(String),
    /// Set or move the priority.
    Priority(Steps),
    /// Set the state.
    State(String),
    /// Pend until then; the state that goes with it is an action of its own, or `pending reminder`.
    PendUntil(Timestamp),
    /// Set the level: 0, 1, 2.
    Level(String),
    /// Link to the ticket of this number, as written.
    Link(String),
    /// Set the owner: a login.
    Owner(String),
    /// Set the responsible: a login.
    Responsible(String),
    /// Set the title.
    Title(String),
    /// Lock or unlock.
    Lock(bool),
    /// Add a tag.
    Tag(String),
    /// Set a free field.
    Field(String, String),
    /// Add a watcher: a login.
    Watcher(String),
    /// Add an internal note.
    Note(String),
    /// Tell somebody, with a template of the name given, else `rule-notice`.
    Notify {
        /// Whom.
        whom: Recipient,
        /// Template name.
        template: Option<String>,
    },
    /// No automatic reply to this mail.
    SuppressReply,
    /// No ticket: the journal alone keeps the mail, and the sender gets this template.
    Reject(String),
    /// No ticket: the journal alone keeps the mail.
    Discard,
    /// Into the quarantine.
    Quarantine,
    /// Move the mail to this folder of its mailbox.
    MoveMail(String),
}

/// As a trace shows it.
impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&super::trace::words(self))
    }
}
