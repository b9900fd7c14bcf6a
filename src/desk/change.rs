//! One change of one attribute of a ticket, with its cause: a line of history, of a receipt, of a trace.

use std::fmt;

use super::Relation;

/// What of a ticket can change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attribute {
    /// Subject line of the ticket.
    Title,
    /// Queue name.
    Queue,
    /// Type name.
    Type,
    /// Service name.
    Service,
    /// SLA name.
    Sla,
    /// State name.
    State,
    /// Number 1 to 5.
    Priority,
    /// `locked` or `unlocked`.
    Lock,
    /// Login.
    Owner,
    /// Login.
    Responsible,
    /// `Name <address>`, as [`crate::mail::Address`] shows and reads it.
    Customer,
    /// 0, 1, 2 or a supplier's name.
    Level,
    /// RFC 3339 timestamp until which the ticket is pending.
    PendingUntil,
    /// Before: a tag taken away; after: a tag added.
    Tag,
    /// Before: an address (lower case) that no longer takes part; after: `Name <address>` of one that does from now
    /// on.
    Participant,
    /// Before: a supplier with whom it is no longer; after: `Name <address>` of one with whom it is from now on.
    Supplier,
    /// Before: a login that stops watching; after: one that starts.
    Watcher,
    /// A free field of this name.
    Field(String),
    /// Code of the language of mails to the customer.
    Language,
    /// Minutes of work, estimated.
    Estimate,
    /// Minutes of work, done.
    Booked,
    /// Before: number of a ticket that belongs to this one no longer; after: of one that does from now on. In the
    /// part that the other one has.
    Link(Relation),
    /// Number of the ticket to which its follow-ups go.
    MergedInto,
}

/// The word in history and traces; `field.NAME` for free fields.
impl fmt::Display for Attribute {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Title => "title",
            Self::Queue => "queue",
            Self::Type => "type",
            Self::Service => "service",
            Self::Sla => "sla",
            Self::State => "state",
            Self::Priority => "priority",
            Self::Lock => "lock",
            Self::Owner => "owner",
            Self::Responsible => "responsible",
            Self::Customer => "customer",
            Self::Level => "level",
            Self::PendingUntil => "pending until",
            Self::Tag => "tag",
            Self::Participant => "participant",
            Self::Supplier => "supplier",
            Self::Watcher => "watcher",
            Self::Field(name) => return write!(out, "field.{name}"),
            Self::Language => "language",
            Self::Estimate => "estimate",
            Self::Booked => "time",
            Self::Link(relation) => relation.word(),
            Self::MergedInto => "merged into",
        };
        out.write_str(word)
    }
}

impl Attribute {
    /// Reads the word of the history back.
    pub fn from_word(word: &str) -> Option<Self> {
        if let Some(name) = word.strip_prefix("field.") {
            return Some(Self::Field(name.to_owned()));
        }
        let plain = [
            Self::Title,
            Self::Queue,
            Self::Type,
            Self::Service,
            Self::Sla,
            Self::State,
            Self::Priority,
            Self::Lock,
            Self::Owner,
            Self::Responsible,
            Self::Customer,
            Self::Level,
            Self::PendingUntil,
            Self::Tag,
            Self::Participant,
            Self::Supplier,
            Self::Watcher,
            Self::Language,
            Self::Estimate,
            Self::Booked,
            Self::MergedInto,
        ];
        let links = Relation::ALL.map(Self::Link);
        plain.into_iter().chain(links).find(|attribute| attribute.to_string() == word)
    }

    /// Whether a ticket has several values of it, which come and go one by one.
    pub fn is_list(&self) -> bool {
        matches!(self, Self::Tag | Self::Participant | Self::Supplier | Self::Watcher | Self::Link(_))
    }
}

/// One attribute, from one value to another. Absent means "none".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub attribute: Attribute,
    /// The value until now.
    pub before: Option<String>,
    /// The value from now on.
    pub after: Option<String>,
}

/// `queue: Mesa de Ayuda -> Sistemas`.
impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        write!(out, "{}: {} -> {}", self.attribute, shown(&self.before), shown(&self.after))
    }
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRef {
    /// Its name.
    pub name: String,
    /// File name within the rules folder.
    pub file: String,
    /// Line, counted from 1.
    pub line: usize,
    /// First 12 hexadecimal digits of the digest of the whole rule set.
    pub set: String,
}

/// Who caused something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A customer's mail, by address.
    Customer(String),
    /// A supplier's mail, by its name.
    Supplier(String),
    /// An agent's mail or command, by login.
    Agent(String),
    /// A rule.
    Rule(RuleRef),
    /// A timer that fell due, by its kind's word.
    Timer(&'static str),
    /// A person at the command line.
    Operator,
    /// The program itself: defaults, policies.
    System,
}

/// `agent mgomez`, `rule "Printers go to hardware" (10-hardware.toml:3, set 0a1b2c3d4e5f)`.
impl fmt::Display for Actor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Customer(address) if address.is_empty() => out.write_str("nobody"),
            Self::Customer(address) => write!(out, "customer {address}"),
            Self::Supplier(name) => write!(out, "supplier {name}"),
            Self::Agent(login) => write!(out, "agent {login}"),
            Self::Rule(rule) => {
                write!(out, "rule \"{}\" ({}:{}, set {})", rule.name, rule.file, rule.line, rule.set)
            }
            Self::Timer(kind) => write!(out, "timer {kind}"),
            Self::Operator => out.write_str("operator"),
            Self::System => out.write_str("system"),
        }
    }
}

/// Who, and on what grounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// Who.
    pub actor: Actor,
    /// The command line, the evidence of the sender, the policy: free words, never a secret.
    pub detail: String,
}

impl Cause {
    /// A cause with its grounds.
    pub fn new(actor: Actor, detail: impl Into<String>) -> Self {
        Self { actor, detail: detail.into() }
    }
}
