//! The one permission function: mail, rules, command line and web all ask here.

use std::fmt;

use super::{Agent, Desk, NewTicket, Right};

/// Why something is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Who asked.
    pub login: String,
    /// What was asked.
    pub right: Right,
    /// Where.
    pub queue: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} has no right \"{}\" in queue \"{}\"", self.login, self.right.word(), self.queue)
    }
}

/// Whether an agent may do something in a queue.
///
/// Roles say so; an agent without roles may do everything in the queues that have the agent as member
/// and in those that have no members at all.
///
/// # Errors
/// The refusal, in words.
pub fn may(desk: &Desk, agent: &Agent, right: Right, queue: &str) -> Result<(), Refusal> {
    let allowed = if agent.roles.is_empty() {
        desk.queue(queue).is_none_or(|queue| queue.members.is_empty() || queue.members.contains(&agent.login))
    } else {
        desk.roles.iter().filter(|role| agent.roles.contains(&role.name)).any(|role| {
            role.rights.contains(&right)
                && (role.queues.is_empty() || role.queues.iter().any(|name| name == queue))
        })
    };
    if allowed {
        return Ok(());
    }
    Err(Refusal { login: agent.login.clone(), right, queue: queue.to_owned() })
}

/// The queues whose tickets an agent may read, as a list to look for them by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readable {
    /// The desk's queues that may be read.
    pub queues: Vec<String>,
    /// All of the desk's queues.
    pub known: Vec<String>,
    /// Whether tickets may be read whose queue the desk has no more.
    pub others: bool,
}

impl Readable {
    /// What [`may`] says of every queue.
    pub fn by(desk: &Desk, agent: &Agent) -> Self {
        let reads = |queue: &str| may(desk, agent, Right::Read, queue).is_ok();
        let known: Vec<String> = desk.queues.iter().map(|queue| queue.name.clone()).collect();
        // No queue has a name without letters.
        Self { queues: known.iter().filter(|name| reads(name)).cloned().collect(), known, others: reads("") }
    }
}

/// Who holds a locked ticket against an agent: its responsible, else its owner. `None` where the agent is one of the
/// two, and where nobody is there to hold it.
pub fn held_by<'t>(ticket: &'t NewTicket, agent: &Agent) -> Option<&'t str> {
    let holders = || ticket.responsible.iter().chain(&ticket.owner);
    let mine = holders().any(|login| *login == agent.login);
    holders().next().filter(|_| ticket.locked && !mine).map(String::as_str)
}
