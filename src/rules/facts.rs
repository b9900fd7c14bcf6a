//! What a rule can see of an event.

use jiff::Timestamp;

use crate::desk::{Customer, SenderKind, Ticket};
use crate::mail::{Classified, Mail};

/// Which event a rule is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleEvent {
    /// The mail opens a ticket.
    New,
    /// The mail belongs to a ticket.
    FollowUp,
}

impl RuleEvent {
    /// The word of `when.event`.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::FollowUp => "follow-up",
        }
    }
}

/// All that the conditions of a rule may ask about.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The mail.
    pub mail: &'a Mail,
    /// Its class.
    pub classified: &'a Classified,
    /// New or follow-up.
    pub event: RuleEvent,
    /// Whose mail it is.
    pub sender: SenderKind,
    /// `pass`, `fail` or `none`: what the trusted border says.
    pub authentication: &'a str,
    /// Name of the mailbox.
    pub mailbox: &'a str,
    /// The ticket: of a follow-up as it stands, of a new mail as it would be opened without any rule.
    pub ticket: Option<&'a Ticket>,
    /// What the customers file says of the sender.
    pub customer: Option<&'a Customer>,
    /// Octets of text to look at, at most.
    pub text_limit: usize,
    /// Octets that regular expressions search, all rules together, at most: what time is to a program that asks no clock.
    pub work_limit: usize,
    /// The time of the decision: ages are counted to it, and pending dates from it.
    pub now: Timestamp,
    /// Whether somebody reads how each rule was tried. The answers are the same.
    pub told: bool,
}
