//! Who is told of what: which event sends which template to whom, and under which conditions.
//!
//! Data only. `decide` asks for the notifications of an event, resolves their recipients and makes the
//! notices. Whoever caused an event is not told of it, and one person gets one mail about it: the one of the
//! first notification that names them.

use super::{Desk, NewTicket, Priority, SenderKind};
use crate::mail::Address;

/// An event of which somebody may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Occasion {
    /// A ticket was opened.
    TicketCreated,
    /// A customer or a participant wrote into a ticket.
    CustomerFollowUp,
    /// A supplier wrote into a ticket.
    SupplierFollowUp,
    /// An agent wrote to the customer.
    AgentAnswer,
    /// An internal note was added.
    Note,
    /// The ticket has another owner.
    OwnerChanged,
    /// The ticket has another responsible.
    ResponsibleChanged,
    /// The ticket was moved into another queue.
    QueueChanged,
    /// The ticket was handed to another level.
    LevelChanged,
    /// The priority changed.
    PriorityChanged,
    /// The state changed, other than by closing or reopening.
    StateChanged,
    /// The ticket is another customer's now.
    CustomerChanged,
    /// A customer was not content.
    BadSurvey,
    /// A supplier has not answered and was reminded.
    SupplierSilent,
    /// The date until which a ticket was pending has come.
    PendingReached,
    /// The ticket was closed.
    Closed,
    /// A closed ticket was opened again; where a mail did it, this comes in place of the follow-up.
    Reopened,
    /// The ticket became part of another one.
    Merged,
    /// A mail was refused, by a rule or by the queue's policy.
    Rejected,
    /// A mail could not be processed.
    Quarantine,
    /// A mail of ours was given up.
    GivenUp,
    /// A mailbox cannot be read.
    MailboxStalled,
}

impl Occasion {
    /// All occasions, in the order of the documentation.
    pub const ALL: [Self; 22] = [
        Self::TicketCreated,
        Self::CustomerFollowUp,
        Self::SupplierFollowUp,
        Self::AgentAnswer,
        Self::Note,
        Self::OwnerChanged,
        Self::ResponsibleChanged,
        Self::QueueChanged,
        Self::LevelChanged,
        Self::PriorityChanged,
        Self::StateChanged,
        Self::CustomerChanged,
        Self::BadSurvey,
        Self::SupplierSilent,
        Self::PendingReached,
        Self::Closed,
        Self::Reopened,
        Self::Merged,
        Self::Rejected,
        Self::Quarantine,
        Self::GivenUp,
        Self::MailboxStalled,
    ];

    /// The word in `notifications.toml`.
    pub fn word(self) -> &'static str {
        match self {
            Self::TicketCreated => "ticket-created",
            Self::CustomerFollowUp => "customer-follow-up",
            Self::SupplierFollowUp => "supplier-follow-up",
            Self::AgentAnswer => "agent-answer",
            Self::Note => "note",
            Self::OwnerChanged => "owner-changed",
            Self::ResponsibleChanged => "responsible-changed",
            Self::QueueChanged => "queue-changed",
            Self::LevelChanged => "level-changed",
            Self::PriorityChanged => "priority-changed",
            Self::StateChanged => "state-changed",
            Self::CustomerChanged => "customer-changed",
            Self::BadSurvey => "bad-survey",
            Self::SupplierSilent => "supplier-silent",
            Self::PendingReached => "pending-reached",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
            Self::Merged => "merged",
            Self::Rejected => "rejected",
            Self::Quarantine => "quarantine",
            Self::GivenUp => "given-up",
            Self::MailboxStalled => "mailbox-stalled",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|occasion| occasion.word() == word)
    }
}

/// Somebody by their part in a ticket, or by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recipient {
    /// Who asks.
    Customer,
    /// The others who take part: To and Cc of the customer's mails.
    Participants,
    /// Who sent the mail that the event is about; where it is no customer of a ticket.
    Sender,
    /// The supervisor.
    Owner,
    /// Who attends the ticket. After a change: the new one.
    Responsible,
    /// Who attended the ticket until it was given to somebody else, or to nobody.
    Relieved,
    /// Whoever has to act: the responsible, else the owner, else the members of the queue.
    Attending,
    /// Agents who asked to be told.
    Watchers,
    /// The members of the ticket's queue. After a move: of the new one.
    Members,
    /// The agents of the ticket's level who attend its queue. After a change: of the new one.
    Level,
    /// The desk's administrator.
    Administrator,
    /// The agent with this login.
    Agent(String),
    /// The agents with this role.
    Role(String),
    /// Anybody.
    Address(Address),
}

impl Recipient {
    /// The recipients that are named by their part, and their words in `notifications.toml`.
    pub const PARTS: [(&'static str, Self); 11] = [
        ("customer", Self::Customer),
        ("participants", Self::Participants),
        ("sender", Self::Sender),
        ("owner", Self::Owner),
        ("responsible", Self::Responsible),
        ("relieved", Self::Relieved),
        ("attending", Self::Attending),
        ("watchers", Self::Watchers),
        ("queue", Self::Members),
        ("level", Self::Level),
        ("administrator", Self::Administrator),
    ];

    /// The word in `notifications.toml`: `customer`, a login, `role:NAME`, an address.
    pub fn word(&self) -> String {
        match self {
            Self::Agent(login) => login.clone(),
            Self::Role(name) => format!("role:{name}"),
            Self::Address(address) => address.address.clone(),
            Self::Customer
            | Self::Participants
            | Self::Sender
            | Self::Owner
            | Self::Responsible
            | Self::Relieved
            | Self::Attending
            | Self::Watchers
            | Self::Members
            | Self::Level
            | Self::Administrator => Self::PARTS
                .iter()
                .find(|(_, part)| part == self)
                .map_or_else(String::new, |(word, _)| (*word).to_owned()),
        }
    }
}

/// One line of the table: when this happens, these people get that mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// Its name, unique; a file replaces or switches off a shipped one by it.
    pub name: String,
    /// When.
    pub event: Occasion,
    /// Whom.
    pub to: Vec<Recipient>,
    /// Template name.
    pub template: String,
    /// Only in these queues; empty means all.
    pub queues: Vec<String>,
    /// Only for these types; empty means all.
    pub types: Vec<String>,
    /// Only for these services and what is below them; empty means all.
    pub services: Vec<String>,
    /// Only from this priority on.
    pub priority: Option<Priority>,
    /// Only when one of these caused it; empty means anybody.
    pub by: Vec<SenderKind>,
}

impl Notification {
    /// One without conditions.
    pub fn new(name: &str, event: Occasion, to: Vec<Recipient>, template: &str) -> Self {
        Self {
            name: name.to_owned(),
            event,
            to,
            template: template.to_owned(),
            queues: Vec::new(),
            types: Vec::new(),
            services: Vec::new(),
            priority: None,
            by: Vec::new(),
        }
    }

    /// Whether it holds for a ticket as it stands after the event, and for who caused it. Without a ticket
    /// (a rejected mail, a stalled mailbox) the conditions about tickets do not count.
    pub fn holds(&self, ticket: Option<&NewTicket>, by: SenderKind) -> bool {
        let of_ticket = ticket.is_none_or(|ticket| {
            (self.queues.is_empty() || self.queues.contains(&ticket.queue))
                && (self.types.is_empty() || self.types.contains(&ticket.kind))
                && (self.services.is_empty()
                    || ticket.service.as_deref().is_some_and(|service| {
                        self.services.iter().any(|wanted| is_at_or_below(service, wanted))
                    }))
                && self.priority.is_none_or(|least| ticket.priority >= least)
        });
        of_ticket && (self.by.is_empty() || self.by.contains(&by))
    }

    /// What a desk sends that says nothing about notifications. The answer of an agent to the customer
    /// is among them and cannot be switched off: it is the point of the desk.
    pub fn shipped() -> Vec<Self> {
        use Recipient::{
            Administrator, Attending, Customer, Level, Members, Owner, Participants, Relieved, Responsible,
            Sender, Watchers,
        };
        let rows = [
            ("acknowledge", Occasion::TicketCreated, vec![Customer], "ticket-created"),
            ("new ticket", Occasion::TicketCreated, vec![Members, Watchers], "new-ticket-agent"),
            ("follow-up", Occasion::CustomerFollowUp, vec![Attending, Watchers], "customer-follow-up"),
            ("supplier", Occasion::SupplierFollowUp, vec![Attending, Watchers], "supplier-wrote"),
            ("supplier silent", Occasion::SupplierSilent, vec![Attending], "supplier-silent"),
            (Self::ANSWER, Occasion::AgentAnswer, vec![Customer, Participants], "agent-answer"),
            ("note", Occasion::Note, vec![Responsible, Owner, Watchers], "note-added"),
            ("assigned", Occasion::ResponsibleChanged, vec![Responsible], "assigned"),
            ("relieved", Occasion::ResponsibleChanged, vec![Relieved], "ticket-changed"),
            ("owner", Occasion::OwnerChanged, vec![Owner], "owner-changed"),
            ("escalated", Occasion::LevelChanged, vec![Level], "level-changed"),
            ("moved", Occasion::QueueChanged, vec![Members], "queue-changed"),
            ("reminder", Occasion::PendingReached, vec![Attending], "pending-reminder"),
            ("closed", Occasion::Closed, vec![Customer, Participants], "closed"),
            ("closed for agents", Occasion::Closed, vec![Responsible, Owner, Watchers], "closed-agent"),
            ("merged", Occasion::Merged, vec![Customer], "merged"),
            ("bad survey", Occasion::BadSurvey, vec![Attending], "survey-bad"),
            ("rejected", Occasion::Rejected, vec![Sender], "rejected"),
            ("quarantine", Occasion::Quarantine, vec![Administrator], "quarantine"),
            ("given up", Occasion::GivenUp, vec![Attending], "given-up"),
            ("stalled", Occasion::MailboxStalled, vec![Administrator], "alarm"),
        ];
        let mut shipped: Vec<Self> = rows
            .into_iter()
            .map(|(name, event, to, template)| Self::new(name, event, to, template))
            .collect();
        // A customer's wakes whoever attends; of a colleague's hear those whose ticket it is.
        let to_whom = [
            ("reopened", SenderKind::Customer, vec![Attending, Watchers]),
            ("reopened by agent", SenderKind::Agent, vec![Responsible, Owner, Watchers]),
        ];
        shipped.extend(to_whom.into_iter().map(|(name, by, to)| {
            let one = Self::new(name, Occasion::Reopened, to, "reopened");
            Self { by: vec![by], ..one }
        }));
        shipped
    }

    /// The name of the shipped notification that carries an agent's answer.
    pub const ANSWER: &'static str = "answer";
}

/// Whether a service is another one or stands below it: `Equipos::PC` is below `Equipos`.
fn is_at_or_below(service: &str, above: &str) -> bool {
    service.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl Desk {
    /// The notifications of an event that hold, in their order.
    pub fn notifications_of<'a>(
        &'a self,
        event: Occasion,
        ticket: Option<&'a NewTicket>,
        by: SenderKind,
    ) -> impl Iterator<Item = &'a Notification> {
        self.notifications.iter().filter(move |one| one.event == event && one.holds(ticket, by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::token::Keys;

    #[test]
    fn words_come_back() {
        for occasion in Occasion::ALL {
            assert_eq!(Occasion::from_word(occasion.word()), Some(occasion));
        }
        for (word, part) in Recipient::PARTS {
            assert_eq!(part.word(), word);
        }
        assert_eq!(Recipient::Role("stats".to_owned()).word(), "role:stats");
    }

    #[test]
    fn shipped_names_are_unique() {
        let shipped = Notification::shipped();
        let names: std::collections::BTreeSet<&str> = shipped.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names.len(), shipped.len());
        assert!(names.contains(Notification::ANSWER));
    }

    #[test]
    fn services_below_count() {
        assert!(is_at_or_below("Equipos::PC", "Equipos"));
        assert!(is_at_or_below("Equipos", "Equipos"));
        assert!(!is_at_or_below("EquiposX", "Equipos"));
        assert!(!is_at_or_below("Equipos", "Equipos::PC"));
    }

    #[test]
    fn only_a_customer_reopening_wakes_the_queue() {
        let desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
        let of = |by| -> Vec<Recipient> {
            desk.notifications_of(Occasion::Reopened, None, by).flat_map(|one| one.to.clone()).collect()
        };
        assert_eq!(of(SenderKind::Customer), [Recipient::Attending, Recipient::Watchers]);
        assert_eq!(of(SenderKind::Agent), [Recipient::Responsible, Recipient::Owner, Recipient::Watchers]);
        assert_eq!(of(SenderKind::System), []);
    }
}
