//! Agents, and what roles let them do.

use std::collections::BTreeSet;

use crate::mail::{Address, Language};

/// One right of a role in a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// See tickets and lists.
    Read,
    /// Write internal notes.
    Note,
    /// Write to the customer.
    Answer,
    /// Move into this queue.
    Move,
    /// Change owner, responsible and lock.
    Owner,
    /// Change the priority and the other attributes of a ticket.
    Priority,
    /// Close, reopen, pend.
    Close,
    /// Open tickets for a customer.
    Create,
}

impl Right {
    /// Every right; `all` in a role file.
    pub const ALL: [Self; 8] = [
        Self::Read,
        Self::Note,
        Self::Answer,
        Self::Move,
        Self::Owner,
        Self::Priority,
        Self::Close,
        Self::Create,
    ];

    /// The word in role files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Note => "note",
            Self::Answer => "answer",
            Self::Move => "move",
            Self::Owner => "owner",
            Self::Priority => "priority",
            Self::Close => "close",
            Self::Create => "create",
        }
    }
}

/// A named set of rights in some queues.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Name, as agents list it.
    pub name: String,
    /// The queues it holds for; empty means all.
    pub queues: Vec<String>,
    /// What it allows there.
    pub rights: BTreeSet<Right>,
}

/// Someone who works at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Short unique name.
    pub login: String,
    /// Full name.
    pub name: String,
    /// Registered addresses, the first one is written to. Never empty.
    pub addresses: Vec<String>,
    /// Language of receipts and notices; the desk's where absent.
    pub language: Option<Language>,
    /// Names of roles; an agent without roles may do everything in the queues that have the agent as
    /// member, or that have no members at all.
    pub roles: Vec<String>,
    /// 0 help desk, 1, 2.
    pub level: u8,
}

impl Agent {
    /// The registered address, with the name.
    pub fn address(&self) -> Address {
        Address::named(&self.name, self.addresses.first().map_or("", String::as_str))
    }

    /// Whether an address (any case) is one of this agent's.
    pub fn has_address(&self, address: &str) -> bool {
        let key = address.to_lowercase();
        self.addresses.iter().any(|own| own.to_lowercase() == key)
    }
}

/// The answer to "who is `gomez`?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// Exactly one agent.
    One(&'a Agent),
    /// Several: the sender has to say which.
    Several(Vec<&'a Agent>),
    /// None.
    Nobody,
}
