//! Commands as values.

use jiff::Zoned;

use crate::desk::{Channel, Priority, Relation, TicketNumber};
use crate::mail::Address;

/// Whom a command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// `me`, `mí`.
    Me,
    /// `nobody`, `nadie`.
    Nobody,
    /// Login, address or part of a name, as typed.
    Named(String),
}

/// Somebody who need not be an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Someone {
    /// By an address, with the name beside it where one was typed.
    Address(Address),
    /// By a name, or a part of one, as typed.
    Named(String),
}

/// How a ticket is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Solved.
    Successful,
    /// Not solved.
    Unsuccessful,
    /// Solved for the time being.
    Workaround,
}

/// What a pending ticket becomes by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoClose {
    /// `close+`.
    Successful,
    /// `close-`.
    Unsuccessful,
}

/// Where `#escalate` hands a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Escalation {
    /// To the level that attends its priority.
    ByPriority,
    /// To this level: 0, 1, 2.
    Level(u8),
    /// To a supplier: its name or a part of it as typed, or the only one.
    Supplier(Option<String>),
}

/// The tickets that lines are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Targets {
    /// By their numbers.
    Numbers(Vec<TicketNumber>),
    /// All that a query finds, as typed; `crate::desk::query` reads it.
    Query(String),
}

/// One command, understood. Names are as typed; `decide` looks them up.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// The mail is a new ticket on behalf of a customer, who asked this way; as the mail shows where nothing is said.
    New(Option<Channel>),
    /// The customer.
    Customer(Someone),
    /// Close; the customer is not written to where silent.
    Close {
        /// How.
        outcome: Outcome,
        /// No closing mail, no survey.
        silent: bool,
    },
    /// Open again.
    Reopen,
    /// Wait until a time, then remind or close.
    Pend {
        /// Until when, in the desk's time zone.
        until: Zoned,
        /// Close by itself.
        then: Option<AutoClose>,
    },
    /// Make somebody responsible and lock.
    Assign(Who),
    /// Change the owner.
    Owner(Who),
    /// Move to a queue.
    Queue(String),
    /// Hand over to a level or a supplier.
    Escalate(Escalation),
    /// Hand over to an agent, a queue, a level or a supplier, whichever has this name.
    Derive {
        /// As typed.
        to: String,
        /// What the words say if neither an agent nor a queue has this name.
        meant: Option<Escalation>,
    },
    /// Set the priority.
    Priority(Priority),
    /// Set the state by its name.
    State(String),
    /// Lock or unlock.
    Lock(bool),
    /// Set the type by its name, as typed; the shipped ones are known in
    /// every language.
    Type(String),
    /// Set the service; `None` takes it away.
    Service(Option<String>),
    /// Set the SLA; `None` takes it away.
    Sla(Option<String>),
    /// Set the title.
    Title(String),
    /// Add and take away tags, lower case, without signs.
    Tag {
        /// To add, in order.
        add: Vec<String>,
        /// To take away, in order.
        remove: Vec<String>,
    },
    /// Set a free field; `None` empties it.
    Field {
        /// Name, lower case.
        name: String,
        /// Value as typed.
        value: Option<String>,
    },
    /// Who takes part beside the customer.
    Cc {
        /// From now on.
        add: Vec<Someone>,
        /// No longer.
        remove: Vec<Someone>,
    },
    /// Start (or stop) to be told about this ticket.
    Watch(bool),
    /// Book minutes of work; less than nothing takes some back.
    Time(i64),
    /// Estimate minutes of work; `None` takes the estimate away.
    Estimate(Option<i64>),
    /// The canned answer of this name goes to the customer, with the text.
    Template(String),
    /// The commands of this name; read in its place, so that none is left where there is one of the name.
    Macro(String),
    /// The text is internal.
    Note,
    /// The text goes to the customer.
    Public,
    /// Send the list of commands.
    Help,
    /// The ticket becomes part of another one.
    Merge(TicketNumber),
    /// Another ticket belongs to it.
    Link {
        /// Which one.
        number: TicketNumber,
        /// The part of the other one.
        relation: Relation,
    },
    /// Another ticket belongs to it no longer.
    Unlink(TicketNumber),
    /// A new ticket out of the text of the mail, or out of an article, counted from 1; the lines below are about it.
    Split(Option<u32>),
    /// The lines below, and the text, are about these tickets.
    For(Targets),
    /// So many tickets may be meant by a query at most.
    Limit(u32),
    /// Send the tickets that a query finds, as typed.
    List(String),
    /// Send a ticket whole; the mail's own where none is named.
    Show(Option<TicketNumber>),
    /// Send the history of a ticket.
    History(Option<TicketNumber>),
    /// Send a report.
    Report {
        /// Its name, as typed.
        name: String,
        /// From when on, as typed.
        since: Option<String>,
    },
    /// Take back what an earlier mail did: the one whose receipt carries this token (lower case), else the sender's
    /// last one about the ticket.
    Undo(Option<String>),
    /// Change nothing, say what would be done.
    Dry,
    /// Do what can be done, whatever cannot.
    Partial,
}

impl Command {
    /// The English verb, without `#`.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::New(_) => "new",
            Self::Customer(_) => "customer",
            Self::Close { .. } => "close",
            Self::Reopen => "reopen",
            Self::Pend { .. } => "pend",
            Self::Assign(Who::Me) => "take",
            Self::Assign(_) => "assign",
            Self::Owner(_) => "owner",
            Self::Queue(_) => "queue",
            Self::Escalate(_) => "escalate",
            Self::Derive { .. } => "derive",
            Self::Priority(_) => "priority",
            Self::State(_) => "state",
            Self::Lock(true) => "lock",
            Self::Lock(false) => "unlock",
            Self::Type(_) => "type",
            Self::Service(_) => "service",
            Self::Sla(_) => "sla",
            Self::Title(_) => "title",
            Self::Tag { .. } => "tag",
            Self::Field { .. } => "field",
            Self::Cc { .. } => "cc",
            Self::Time(_) => "time",
            Self::Estimate(_) => "estimate",
            Self::Watch(true) => "watch",
            Self::Watch(false) => "unwatch",
            Self::Template(_) => "template",
            Self::Macro(_) => "macro",
            Self::Note => "note",
            Self::Public => "public",
            Self::Help => "help",
            Self::Merge(_) => "merge",
            Self::Link { .. } => "link",
            Self::Unlink(_) => "unlink",
            Self::Split(_) => "split",
            Self::For(_) => "for",
            Self::Limit(_) => "limit",
            Self::List(_) => "list",
            Self::Show(_) => "show",
            Self::History(_) => "history",
            Self::Report { .. } => "report",
            Self::Undo(_) => "undo",
            Self::Dry => "dry",
            Self::Partial => "partial",
        }
    }

    /// What it is about.
    pub fn concerns(&self) -> Concerns {
        match self {
            Self::New(_)
            | Self::Customer(_)
            | Self::Close { .. }
            | Self::Reopen
            | Self::Pend { .. }
            | Self::Assign(_)
            | Self::Owner(_)
            | Self::Queue(_)
            | Self::Escalate(_)
            | Self::Derive { .. }
            | Self::Priority(_)
            | Self::State(_)
            | Self::Lock(_)
            | Self::Type(_)
            | Self::Service(_)
            | Self::Sla(_)
            | Self::Title(_)
            | Self::Tag { .. }
            | Self::Field { .. }
            | Self::Cc { .. }
            | Self::Watch(_)
            | Self::Time(_)
            | Self::Estimate(_)
            | Self::Merge(_)
            | Self::Link { .. }
            | Self::Unlink(_) => Concerns::Ticket,
            Self::For(_) | Self::Split(_) => Concerns::Targets,
            Self::Note | Self::Public => Concerns::Text,
            Self::Template(_) | Self::Macro(_) => Concerns::Ticket,
            Self::Undo(_) => Concerns::Answer,
            Self::Help | Self::List(_) | Self::Show(_) | Self::History(_) | Self::Report { .. } => {
                Concerns::Answer
            }
            Self::Dry | Self::Partial | Self::Limit(_) => Concerns::Manner,
        }
    }

    /// Whether it asks for a mail and changes nothing.
    pub fn only_asks(&self) -> bool {
        self.concerns() == Concerns::Answer && !matches!(self, Self::Undo(_))
    }

    /// The tickets that it names by number: to be read before it is decided upon.
    pub fn numbers(&self) -> &[TicketNumber] {
        match self {
            Self::For(Targets::Numbers(numbers)) => numbers,
            Self::Show(Some(number)) | Self::History(Some(number)) => std::slice::from_ref(number),
            Self::Merge(number) | Self::Link { number, .. } | Self::Unlink(number) => {
                std::slice::from_ref(number)
            }
            Self::New(_)
            | Self::Customer(_)
            | Self::Close { .. }
            | Self::Reopen
            | Self::Pend { .. }
            | Self::Assign(_)
            | Self::Owner(_)
            | Self::Queue(_)
            | Self::Escalate(_)
            | Self::Derive { .. }
            | Self::Priority(_)
            | Self::State(_)
            | Self::Lock(_)
            | Self::Type(_)
            | Self::Service(_)
            | Self::Sla(_)
            | Self::Title(_)
            | Self::Tag { .. }
            | Self::Field { .. }
            | Self::Cc { .. }
            | Self::Watch(_)
            | Self::Time(_)
            | Self::Estimate(_)
            | Self::Split(_)
            | Self::For(Targets::Query(_))
            | Self::Limit(_)
            | Self::List(_)
            | Self::Show(None)
            | Self::History(None)
            | Self::Report { .. }
            | Self::Template(_)
            | Self::Macro(_)
            | Self::Note
            | Self::Public
            | Self::Help
            | Self::Undo(_)
            | Self::Dry
            | Self::Partial => &[],
        }
    }
}

/// What a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concerns {
    /// A ticket: the mail's own, or those that a line above names.
    Ticket,
    /// Which tickets the lines below it, and the text, are about.
    Targets,
    /// The text of the mail.
    Text,
    /// Nothing but a mail that answers it: it needs no ticket.
    Answer,
    /// How all the others are done.
    Manner,
}

/// Why a line could not be understood, in the sender's language, with what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake(pub String);

/// One line that begins with `#`.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// As written, blanks trimmed, at most 200 characters.
    pub written: String,
    /// What it says.
    pub read: Result<Command, Mistake>,
}

/// The leading block of a mail and what follows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Block {
    /// The command lines in their order.
    pub lines: Vec<Line>,
    /// Lines of `rest` that look like commands and were not read as such, because they stand behind text:
    /// the author has to say what is meant before they reach a customer. Empty after an `#end`.
    pub stray: Vec<String>,
    /// The text behind the block, without command lines; empty for a mail of commands alone.
    pub rest: String,
}

/// The few words that customers have, alone on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerWord {
    /// `#close`, `#cerrar`.
    Close,
    /// `#reopen`, `#reabrir`.
    Reopen,
    /// `#stop`, `#parar`: no more mails about this ticket.
    Stop,
    /// `#resume`, `#reanudar`: mails again after `#stop`.
    Resume,
}
