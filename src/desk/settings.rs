//! A desk: all that its files say, checked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;

use super::token::Keys;
use super::{
    Agent, Calendar, CannedAnswer, Customer, Found, Macro, Notification, Numbering, Priority, Queue, Right,
    Role, Service, Sla, State, StateType, Supplier,
};
use crate::mail::{Address, Language};

/// Whom the desk believes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    /// The authserv-id of the border that writes Authentication-Results (RFC 8601); none is believed
    /// where absent.
    pub border: Option<String>,
    /// Whether `auth=pass` of the border counts.
    pub submission: bool,
    /// A header field that the border removes from outside mail: name and value.
    pub internal_header: Option<(String, String)>,
    /// Whether our own check of DKIM signatures counts.
    pub dkim: bool,
    /// Put the reply token into Reply-To too (`plus`).
    pub plus: bool,
    /// Ask for the border's word and the token.
    pub strict: bool,
    /// Verbs (English word, without `#`) that need another level than the shipped one.
    pub levels: BTreeMap<String, u8>,
}

/// When a survey is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurveySettings {
    /// Whether closing asks at all.
    pub enabled: bool,
}

/// Limits that decisions keep; each is a documented setting of `[limits]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Commands in one mail.
    pub commands: usize,
    /// Automatic mails an hour to one recipient; none for our own domains.
    pub notices_per_recipient: u32,
    /// The same to all of one domain together.
    pub notices_per_domain: u32,
    /// The same to one recipient of our own domains or one of the desk's people, because of mails that this one wrote.
    pub notices_per_own_recipient: u32,
    /// New tickets an hour of one sender outside our own domains.
    pub tickets_per_sender: u32,
    /// Articles an hour of one ticket.
    pub articles_per_ticket: u32,
    /// Tickets that a query of `#for` may find where the mail does not say `#limit`.
    pub bulk_unless_said: u32,
    /// Tickets that a query of `#for` may find, whatever `#limit` says.
    pub bulk: u32,
    /// Octets of text that a rule looks at.
    pub rule_text_bytes: usize,
    /// Octets that regular expressions of rules search for one mail, all together.
    pub rule_work_bytes: usize,
    /// Octets of the largest mail that is read.
    pub mail_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            commands: 25,
            notices_per_recipient: 20,
            notices_per_domain: 100,
            notices_per_own_recipient: 500,
            tickets_per_sender: 30,
            articles_per_ticket: 60,
            bulk_unless_said: 50,
            bulk: 2_000,
            rule_text_bytes: 64 * 1024,
            rule_work_bytes: 4 * 1024 * 1024,
            mail_bytes: 40 * 1024 * 1024,
        }
    }
}

/// A checked desk. Names in it refer to each other without fail.
#[derive(Debug, Clone)]
pub struct Desk {
    /// `Mesa de Ayuda`.
    pub name: String,
    /// Gets alarms and refused rule sets.
    pub administrator: Option<Address>,
    /// Our own domains, lower case.
    pub domains: Vec<String>,
    /// What users write to and replies come from, with the desk's name.
    pub address: Address,
    /// Every address that is the desk itself, lower case: its own, its queues', its mailboxes'.
    pub own_addresses: Vec<String>,
    /// Language of texts where nothing else says.
    pub language: Language,
    /// The zone in which days begin and dates are shown.
    pub time_zone: TimeZone,
    /// Ticket numbers.
    pub numbering: Numbering,
    /// Marks our own mails (`X-Taquilla-Loop`), stable for a data folder.
    pub instance: String,
    /// Queues; never empty.
    pub queues: Vec<Queue>,
    /// The queue of a mailbox that names none.
    pub default_queue: String,
    /// Agents.
    pub agents: Vec<Agent>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Suppliers.
    pub suppliers: Vec<Supplier>,
    /// Services.
    pub services: Vec<Service>,
    /// Working hours.
    pub calendars: Vec<Calendar>,
    /// What is promised of tickets.
    pub slas: Vec<Sla>,
    /// What agents say by a name, by name.
    pub answers: Vec<CannedAnswer>,
    /// What agents do by a name.
    pub macros: Vec<Macro>,
    /// Names of the mailboxes.
    pub mailboxes: Vec<String>,
    /// Type names; never empty. The first one is the default.
    pub types: Vec<String>,
    /// States; at least one of each type that the program itself sets.
    pub states: Vec<State>,
    /// Priority of new tickets.
    pub default_priority: Priority,
    /// Customers by lower-case address.
    pub customers: BTreeMap<String, Customer>,
    /// Columns of the customers file that are the administrator's own, folded.
    pub customer_columns: BTreeSet<String>,
    /// Whom to believe.
    pub trust: Trust,
    /// Who is told of what.
    pub notifications: Vec<Notification>,
    /// Surveys.
    pub survey: SurveySettings,
    /// Limits.
    pub limits: Limits,
    /// Keys of tokens.
    pub keys: Keys,
}

impl Desk {
    /// The empty default desk: one queue, no agents. What `explain` uses where there is no configuration.
    pub fn empty(keys: Keys) -> Self {
        let address = Address::named("Help desk", "helpdesk@localhost");
        Self {
            name: "Help desk".to_owned(),
            administrator: None,
            domains: vec!["localhost".to_owned()],
            own_addresses: vec![address.key()],
            address,
            language: Language::En,
            time_zone: TimeZone::UTC,
            numbering: Numbering::default(),
            instance: "default".to_owned(),
            queues: vec![Queue::named("Help desk")],
            default_queue: "Help desk".to_owned(),
            agents: Vec::new(),
            roles: Vec::new(),
            suppliers: Vec::new(),
            services: Vec::new(),
            calendars: Vec::new(),
            slas: Vec::new(),
            answers: Vec::new(),
            macros: Vec::new(),
            mailboxes: Vec::new(),
            types: vec!["incident".to_owned(), "request".to_owned()],
            states: State::shipped(),
            default_priority: Priority::NORMAL,
            customers: BTreeMap::new(),
            customer_columns: BTreeSet::new(),
            trust: Trust::default(),
            notifications: Notification::shipped(),
            survey: SurveySettings { enabled: true },
            limits: Limits::default(),
            keys,
        }
    }

    /// A queue by its exact name.
    pub fn queue(&self, name: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.name == name)
    }

    /// A service by its exact name.
    pub fn service(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|service| service.name == name)
    }

    /// The queue that somebody means: by its name, or by the last part of it where no other queue ends so.
    pub fn queue_meant(&self, typed: &str) -> Option<&Queue> {
        meant(&self.queues, |queue| queue.name.as_str(), typed)
    }

    /// The service that somebody means, in the same way: `impresoras` for `Equipos::Impresoras`.
    pub fn service_meant(&self, typed: &str) -> Option<&Service> {
        meant(&self.services, |service| service.name.as_str(), typed)
    }

    /// A calendar by its exact name.
    pub fn calendar(&self, name: &str) -> Option<&Calendar> {
        self.calendars.iter().find(|calendar| calendar.name == name)
    }

    /// An SLA by its exact name.
    pub fn sla(&self, name: &str) -> Option<&Sla> {
        self.slas.iter().find(|sla| sla.name == name)
    }

    /// The working hours that count for a ticket: those of its SLA, else of its queue; none: all time counts.
    pub fn calendar_of(&self, sla: Option<&Sla>, queue: &str) -> Option<&Calendar> {
        let named = sla.and_then(|sla| sla.calendar.as_deref());
        let of_queue = || self.queue(queue)?.calendar.as_deref();
        self.calendar(named.or_else(of_queue)?)
    }

    /// A state by its exact name.
    pub fn state(&self, name: &str) -> Option<&State> {
        self.states.iter().find(|state| state.name == name)
    }

    /// The first state of a type.
    pub fn first_state(&self, kind: StateType) -> Option<&State> {
        self.states.iter().find(|state| state.kind == kind)
    }

    /// The agent with a login.
    pub fn agent(&self, login: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.login == login)
    }

    /// The agent who has registered an address.
    pub fn agent_by_address(&self, address: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.has_address(address))
    }

    /// An agent by login, address, or unambiguous part of the name; case and accents do not matter.
    pub fn find_agent(&self, who: &str) -> Found<'_> {
        let wanted = fold(who);
        if wanted.is_empty() {
            return Found::Nobody;
        }
        let exact = |agent: &&Agent| fold(&agent.login) == wanted || agent.has_address(who.trim());
        if let Some(agent) = self.agents.iter().find(exact) {
            return Found::One(agent);
        }
        let parts: Vec<&Agent> =
            self.agents.iter().filter(|agent| fold(&agent.name).contains(&wanted)).collect();
        match parts.as_slice() {
            [] => Found::Nobody,
            [one] => Found::One(one),
            _ => Found::Several(parts),
        }
    }

    /// The agents who work a queue.
    pub fn members<'a>(&'a self, queue: &'a Queue) -> impl Iterator<Item = &'a Agent> {
        self.agents
            .iter()
            .filter(move |agent| queue.members.is_empty() || queue.members.contains(&agent.login))
    }

    /// The agents of a level who attend a queue: its members of that level, else those of that level who may answer
    /// there.
    pub fn level_agents(&self, queue: &str, level: u8) -> Vec<&Agent> {
        let of_level = |agent: &&Agent| agent.level == level;
        let members = self.queue(queue).into_iter().flat_map(|queue| self.members(queue));
        let members: Vec<&Agent> = members.filter(of_level).collect();
        if !members.is_empty() {
            return members;
        }
        let may_answer = |agent: &&Agent| super::may(self, agent, Right::Answer, queue).is_ok();
        self.agents.iter().filter(of_level).filter(may_answer).collect()
    }

    /// What a queue's mails are sent from.
    pub fn queue_address(&self, queue: &str) -> Address {
        self.queue(queue).and_then(|queue| queue.address.clone()).unwrap_or_else(|| self.address.clone())
    }

    /// Whether an address is the desk itself, also with a reply token behind a plus.
    pub fn is_own(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let bare = || {
            let (local, domain) = address.rsplit_once('@')?;
            let (local, _) = local.split_once('+')?;
            Some(format!("{local}@{domain}"))
        };
        self.own_addresses.contains(&address) || bare().is_some_and(|bare| self.own_addresses.contains(&bare))
    }

    /// Whether a domain is one of ours.
    pub fn is_own_domain(&self, domain: &str) -> bool {
        self.domains.contains(&domain.to_lowercase())
    }
}

/// The one of these that has this name, or is the only one whose name ends with it, behind a `::`.
pub fn meant<'a, T>(all: &'a [T], name: impl Fn(&T) -> &str, typed: &str) -> Option<&'a T> {
    let wanted = fold(typed);
    let whole = all.iter().find(|one| fold(name(one)) == wanted);
    let mut ends = all.iter().filter(|one| last_part(name(one)).is_some_and(|last| fold(last) == wanted));
    whole.or_else(|| ends.next().filter(|_| ends.next().is_none()))
}

/// What stands behind the last `::` of a name that has levels.
pub fn last_part(name: &str) -> Option<&str> {
    name.rsplit_once("::").map(|(_, last)| last)
}

/// Lower case without accents or surrounding blanks: how names are compared when people type them.
pub fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    text.trim().nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}
