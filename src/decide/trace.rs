//! How a decision was reached.

use super::Evidence;
use crate::desk::SenderKind;
use crate::rules::RuleTrace;

/// How the sender was identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderTrace {
    /// Customer, agent, ...
    pub kind: SenderKind,
    /// Login of an agent, address of anyone else, empty where there is none.
    pub id: String,
    /// 0 to 3.
    pub level: u8,
    /// Why that level.
    pub evidence: Vec<Evidence>,
}

impl SenderTrace {
    /// The program itself: timers, rules, reports.
    pub fn of_program() -> Self {
        Self { kind: SenderKind::System, id: String::new(), level: 0, evidence: Vec::new() }
    }
}

/// New, follow-up, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// Opens a ticket.
    New,
    /// Belongs to one.
    FollowUp,
    /// Concerns no ticket.
    None,
}

impl MatchKind {
    /// The word that scripts rely on.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::FollowUp => "follow-up",
            Self::None => "none",
        }
    }
}

/// How the ticket was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchTrace {
    /// The verdict.
    pub kind: MatchKind,
    /// Number of the ticket found, also where the mail was then kept out of it.
    pub ticket: Option<String>,
    /// By what.
    pub evidence: String,
}

/// One command line, tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandTrace {
    /// The line as written.
    pub line: String,
    /// Number of the ticket, where the mail names several.
    pub ticket: Option<String>,
    /// Whether it could be (and, unless another one failed, was) done.
    pub done: bool,
    /// Before and after, or what is wrong, in the sender's language.
    pub result: String,
}

/// How a decision was reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The sender; absent for timers and requests.
    pub sender: Option<SenderTrace>,
    /// The match; absent for timers and requests.
    pub matched: Option<MatchTrace>,
    /// The rules, in their order.
    pub rules: Vec<RuleTrace>,
    /// The commands, in their order.
    pub commands: Vec<CommandTrace>,
    /// Policies that had a say, in words.
    pub remarks: Vec<String>,
}
