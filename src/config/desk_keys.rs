//! Every key of `desk.toml`, `customers.toml` and `notifications.toml`.

use super::key::Kind::{Address, Bool, Duration, Int, Language, List, Name, Text, TimeZone, Word};
use super::key::Presence::{Default, Optional, Required};
use super::key::{FileSpec, Section, keys};

const DAY: i64 = 24 * 60 * 60;

/// `desk.toml`.
pub const DESK_FILE: FileSpec = FileSpec {
    name: "desk.toml",
    about: "The desk as its people see it: queues, agents, services. Without it there is one queue with the name of \
            the desk, and no agents.",
    sections: &[&TOP, &QUEUE, &AGENT, &ROLE, &SUPPLIER, &SERVICE, &CALENDAR, &SLA, &STATE, &SURVEY],
};

/// `customers.toml`.
pub const CUSTOMERS_FILE: FileSpec = FileSpec {
    name: "customers.toml",
    about: "What is known of customers beyond their mails; nobody has to be in it. The same may stand in \
            `customers.csv`: a first line with the names of the columns, then a line a customer, divided by commas or \
            semicolons, fields with `\"` around them where needed, several services divided by `|`.",
    sections: &[&CUSTOMER],
};

/// `notifications.toml`.
pub const NOTIFICATIONS_FILE: FileSpec = FileSpec {
    name: "notifications.toml",
    about: "Which event sends which mail to whom. What is shipped holds without it; an entry with the name of a shipped \
            one replaces that one. Whoever caused an event is not told of it, and one person gets one mail about it.",
    sections: &[&NOTIFICATION],
};

/// `macros.toml`.
pub const MACROS_FILE: FileSpec = FileSpec {
    name: "macros.toml",
    about: "Named lists of commands: an agent writes `#macro NAME`, and its lines are done as if they stood there.",
    sections: &[&MACRO],
};

/// The keys on top of `desk.toml`.
pub const TOP: Section = Section {
    name: "",
    many: false,
    about: "On top of the file, before the first `[`.",
    open: None,
    keys: keys! {
        /// Types of tickets; the first one is what a new ticket has.
        "types": List(&Name), Default("[\"incident\", \"request\"]"), "[\"incident\", \"request\"]";
        /// The queue of tickets for which neither mailbox nor rule names one. If absent: the first one.
        "default_queue": Name, Optional, "\"Mesa de Ayuda\"";
        /// Priority of a new ticket: 1 to 5, or its English or Spanish word.
        "default_priority": Name, Default("\"normal\""), "\"normal\"";
    },
};

/// Queues.
pub const QUEUE: Section = Section {
    name: "queue",
    many: true,
    about: "A circuit of work.",
    open: None,
    keys: keys! {
        /// Its name, unique.
        "name": Name, Required, "\"Soporte Técnico\"";
        /// What its mails are sent from. If absent: the desk's address.
        "address": Address, Optional, "\"tecnico@minem.example\"";
        /// Logins of the agents who work it. If absent: all agents.
        "members": List(&Name), Default("[]"), "[\"lrojas\", \"mgomez\"]";
        /// Login of the supervisor who owns its tickets, where the service names none.
        "owner": Name, Optional, "\"csalas\"";
        /// Name of the calendar with its working hours. If absent: all time counts.
        "calendar": Name, Optional, "\"oficina\"";
        /// Name of the SLA of a new ticket here, where no rule names one.
        "sla": Name, Optional, "\"8 horas\"";
        /// Closes every mail to a customer; may name `{{agent}}` and `{{queue}}`.
        "signature": Text, Optional, "\"{{agent}}\\nSoporte Técnico\"";
        /// Language of its mails where neither customer nor mail says. If absent: the desk's.
        "language": Language, Optional, "\"es\"";
        /// A customer's mail to a closed ticket reopens it within this time after closing.
        "reopen_within": Duration(0, 3660 * DAY), Default("\"14d\""), "\"14d\"";
        /// What such a mail does later: reopens all the same, opens a new ticket linked to the closed one, or is
        /// answered with a notice.
        "later": Word(&["reopen", "new-linked", "reject"]), Default("\"new-linked\""), "\"new-linked\"";
        /// How long an agent's answer waits before it leaves, so that it can be undone.
        "hold": Duration(0, DAY), Default("\"2m\""), "\"2m\"";
        /// Whether closing a ticket here asks the customer how it was.
        "survey": Bool, Default("true"), "false";
    },
};

/// Agents.
pub const AGENT: Section = Section {
    name: "agent",
    many: true,
    about: "Someone who works at the desk.",
    open: None,
    keys: keys! {
        /// Short unique name, without blanks.
        "login": Name, Required, "\"lrojas\"";
        /// Full name.
        "name": Name, Required, "\"Luis Rojas\"";
        /// Address, or list of addresses, from which the agent writes; the first one is written to. None may be
        /// the desk's or another agent's.
        "address": List(&Address), Required, "[\"lrojas@minem.example\", \"luis.rojas@correo.example\"]";
        /// Language of receipts and notices. If absent: the desk's.
        "language": Language, Optional, "\"es\"";
        /// Names of roles. An agent without roles may do everything in the queues that have the agent as member,
        /// and in those that name no members.
        "roles": List(&Name), Default("[]"), "[\"técnico\"]";
        /// 0 help desk; 1 attends very low to normal priority; 2 attends high and very high: those whom `#escalate` tells.
        "level": Int(0, 2), Default("0"), "1";
    },
};

/// Roles.
pub const ROLE: Section = Section {
    name: "role",
    many: true,
    about: "A named set of rights, for agents.",
    open: None,
    keys: keys! {
        /// Its name, unique.
        "name": Name, Required, "\"técnico\"";
        /// The queues it holds for. If absent: all.
        "queues": List(&Name), Default("[]"), "[\"Soporte Técnico\"]";
        /// What it allows there; `all` is everything.
        "rights": List(&Word(RIGHTS)), Required, "[\"read\", \"note\", \"answer\", \"close\"]";
    },
};

/// Suppliers.
pub const SUPPLIER: Section = Section {
    name: "supplier",
    many: true,
    about: "A firm outside the house to which tickets are handed with `#escalate supplier NAME`. It gets what the agent writes \
            and the ticket's title, in a thread of its own that the customer never sees; its answers go into the ticket, \
            for agents' eyes.",
    open: None,
    keys: keys! {
        /// Its name, unique; agents type it.
        "name": Name, Required, "\"Suministros Andinos\"";
        /// Address, or list of addresses, from which it writes; the first one is written to. None may be the desk's, an
        /// agent's or another supplier's.
        "address": List(&Address), Required, "[\"soporte@andinos.example\", \"avisos@andinos.example\"]";
        /// Language of mails to it. If absent: the desk's.
        "language": Language, Optional, "\"es\"";
        /// It is reminded after so long without an answer, and again until it answers; `"0s"`: never. An automatic reply
        /// is no answer.
        "remind": Duration(0, 366 * DAY), Default("\"2d\""), "\"3d\"";
        /// What its own numbers look like in a subject: regular expressions, case does not matter. A number is kept with
        /// the ticket in which it is first seen; a later mail of this supplier with nothing but the number goes there.
        "numbers": List(&Name), Default("[]"), "['REQ-\\d{6}']";
    },
};

/// The words of rights, and `all`.
pub(super) const RIGHTS: &[&str] =
    &["read", "note", "answer", "move", "owner", "priority", "close", "create", "all"];

/// Services.
pub const SERVICE: Section = Section {
    name: "service",
    many: true,
    about: "What the desk offers. A grouping level that is not listed is there all the same.",
    open: None,
    keys: keys! {
        /// Its name, unique; levels are divided by `::`.
        "name": Name, Required, "\"Equipos::Impresoras\"";
        /// Login of the supervisor answerable for it, who owns its tickets. If absent: that of the level above.
        "owner": Name, Optional, "\"csalas\"";
        /// The queue that attends it. If absent: that of the level above.
        "queue": Name, Optional, "\"Soporte Técnico\"";
    },
};

/// Calendars.
pub const CALENDAR: Section = Section {
    name: "calendar",
    many: true,
    about: "When people work: `when.hours` of rules asks for it, and what an SLA promises is counted in it. Hours are \
            written `\"08:00-17:00\"`, or as a list of such; a day without any is free. Past midnight they belong to \
            the next day, from `00:00`.",
    open: None,
    keys: keys! {
        /// Its name, unique.
        "name": Name, Required, "\"oficina\"";
        /// Monday to Friday, for those days that have no key of their own.
        "weekdays": List(&Name), Default("[]"), "[\"08:00-13:00\", \"14:00-17:00\"]";
        /// Mondays.
        "monday": List(&Name), Optional, "[\"08:00-17:00\"]";
        /// Tuesdays.
        "tuesday": List(&Name), Optional, "[\"08:00-17:00\"]";
        /// Wednesdays.
        "wednesday": List(&Name), Optional, "[\"08:00-17:00\"]";
        /// Thursdays.
        "thursday": List(&Name), Optional, "[\"08:00-17:00\"]";
        /// Fridays. An empty list makes a free day of it.
        "friday": List(&Name), Optional, "[]";
        /// Saturdays.
        "saturday": List(&Name), Optional, "[\"09:00-13:00\"]";
        /// Sundays.
        "sunday": List(&Name), Optional, "[\"00:00-24:00\"]";
        /// Days on which nobody works: `"2026-12-08"`, or `"12-25"` for every year.
        "holidays": List(&Name), Default("[]"), "[\"01-01\", \"12-25\", \"2026-12-07\"]";
        /// The zone in which the hours are meant. If absent: the desk's.
        "timezone": TimeZone, Optional, "\"America/Lima\"";
    },
};

/// SLAs.
pub const SLA: Section = Section {
    name: "sla",
    many: true,
    about: "What is promised of a ticket, in working minutes. `taquilla show` says until when; nobody is reminded of it \
            yet.",
    open: None,
    keys: keys! {
        /// Its name, unique.
        "name": Name, Required, "\"8 horas\"";
        /// Working minutes from opening to the first answer.
        "first_response": Int(1, 1_000_000), Optional, "60";
        /// Working minutes in which a customer who wrote again is answered.
        "update": Int(1, 1_000_000), Optional, "240";
        /// Working minutes from opening to closing.
        "solution": Int(1, 1_000_000), Optional, "480";
        /// Percentage of that time after which `taquilla show` calls it pressing. If absent: never.
        "warning": Int(1, 99), Optional, "80";
        /// Name of the calendar in which the minutes are counted. If absent: that of the ticket's queue.
        "calendar": Name, Optional, "\"oficina\"";
    },
};

/// States.
pub const STATE: Section = Section {
    name: "state",
    many: true,
    about: "A state beside the shipped ones, or another form of a shipped one of the same name.",
    open: None,
    keys: keys! {
        /// Its name, unique.
        "name": Name, Required, "\"waiting for supplier\"";
        /// What it means to the program.
        "type": Word(STATE_TYPES), Required, "\"pending-reminder\"";
        /// How Spanish texts show it. If absent: its name.
        "spanish": Name, Optional, "\"a la espera del proveedor\"";
        /// For `pending-auto`: the closed state that follows.
        "next": Name, Optional, "\"closed successful\"";
    },
};

/// The words of state types.
pub(super) const STATE_TYPES: &[&str] =
    &["new", "open", "pending-reminder", "pending-auto", "closed", "merged", "removed"];

/// Surveys.
pub const SURVEY: Section = Section {
    name: "survey",
    many: false,
    about: "The question after closing.",
    open: None,
    keys: keys! {
        /// Whether closing a ticket asks the customer at all.
        "enabled": Bool, Default("true"), "false";
    },
};

/// Customers.
pub const CUSTOMER: Section = Section {
    name: "customer",
    many: true,
    about: "One customer.",
    open: Some("Any other name: a field of the customer that rules can ask about and mails can show."),
    keys: keys! {
        /// Their address, unique.
        "address": Address, Required, "\"ana.quispe@minem.example\"";
        /// Full name.
        "name": Name, Optional, "\"Ana Quispe\"";
        /// Department.
        "department": Name, Optional, "\"Logística\"";
        /// Language of mails to them.
        "language": Language, Optional, "\"es\"";
        /// Services on offer to them. If absent: all.
        "services": List(&Name), Default("[]"), "[\"Equipos\", \"Correo\"]";
    },
};

/// Macros.
pub const MACRO: Section = Section {
    name: "macro",
    many: true,
    about: "Commands under one name.",
    open: None,
    keys: keys! {
        /// Its name, unique, as agents type it; case and accents do not matter.
        "name": Name, Required, "\"visita\"";
        /// The commands, a line each, in any language, as they stand in a mail; at most 25, none of them a macro.
        "commands": List(&Name), Required, "[\"#take\", \"#pend 2d\", \"#template visita\"]";
    },
};

/// Notifications.
pub const NOTIFICATION: Section = Section {
    name: "notification",
    many: true,
    about: "One mail to some people when something happens.",
    open: None,
    keys: keys! {
        /// Its name, unique. That of a shipped one replaces it.
        "name": Name, Required, "\"new ticket\"";
        /// When. If absent, for a shipped name: as shipped.
        "event": Word(EVENTS), Optional, "\"ticket-created\"";
        /// Whom: `customer`, `participants`, `sender`, `owner`, `responsible`, `relieved` (who attended it
        /// until now), `attending` (the responsible, else the owner, else the members of the queue), `watchers`, `queue` (its
        /// members), `level` (the agents of the ticket's level in the queue), `administrator`, a login, `role:NAME`, or an address. If absent, for a shipped name: as shipped.
        "to": List(&Name), Optional, "[\"queue\", \"role:jefes\"]";
        /// Name of the template. If absent, for a shipped name: as shipped.
        "template": Name, Optional, "\"new-ticket-agent\"";
        /// Only in these queues. If absent: all.
        "queues": List(&Name), Default("[]"), "[\"Redes\"]";
        /// Only for tickets of these types. If absent: all.
        "types": List(&Name), Default("[]"), "[\"incident\"]";
        /// Only for these services and those below them. If absent: all.
        "services": List(&Name), Default("[]"), "[\"Sistemas\"]";
        /// Only from this priority on: 1 to 5, or its word.
        "priority": Name, Optional, "\"high\"";
        /// Only when one of these caused it: `customer`, `agent`, `system`, `supplier`. If absent: anybody.
        "by": List(&Word(&["customer", "agent", "system", "supplier"])), Default("[]"), "[\"customer\"]";
        /// `false` switches a shipped one off. The mail that carries an agent's answer cannot be switched off.
        "enabled": Bool, Default("true"), "false";
    },
};

/// The words of events.
pub(super) const EVENTS: &[&str] = &[
    "ticket-created",
    "customer-follow-up",
    "supplier-follow-up",
    "agent-answer",
    "note",
    "owner-changed",
    "responsible-changed",
    "queue-changed",
    "level-changed",
    "priority-changed",
    "state-changed",
    "customer-changed",
    "bad-survey",
    "supplier-silent",
    "pending-reached",
    "closed",
    "reopened",
    "merged",
    "rejected",
    "quarantine",
    "given-up",
    "mailbox-stalled",
];

#[cfg(test)]
mod tests {
    use crate::desk::{Occasion, Right, StateType};

    #[test]
    fn words_are_those_of_the_desk() {
        assert_eq!(super::EVENTS, Occasion::ALL.map(Occasion::word));
        assert_eq!(super::STATE_TYPES, StateType::ALL.map(StateType::word));
        let rights: Vec<&str> = Right::ALL.into_iter().map(Right::word).chain(["all"]).collect();
        assert_eq!(super::RIGHTS, rights);
    }
}
