//! What comes out of a decision.

use std::fmt;

use super::effect::Effect;
use super::reason::Reason;
use super::trace::Trace;
use crate::desk::{Notice, TicketRef};

/// What happens to the mail on its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// What the mailbox is set to.
    Default,
    /// Into this folder.
    MoveTo(String),
    /// It stays.
    Keep,
}

impl fmt::Display for After {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("as the mailbox says"),
            Self::MoveTo(folder) => write!(out, "move to {folder}"),
            Self::Keep => out.write_str("keep"),
        }
    }
}

/// What is to be done, why, and how that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The named reason.
    pub reason: Reason,
    /// The ticket that the journal row names.
    pub ticket: Option<TicketRef>,
    /// What to write, in order.
    pub effects: Vec<Effect>,
    /// How it was reached.
    pub trace: Trace,
    /// What becomes of the mail on the server.
    pub after: After,
}

impl Decision {
    /// The notices among the effects, in order.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.effects.iter().filter_map(Effect::notice)
    }
}
