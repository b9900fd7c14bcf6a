//! Who is told of what happened: from the desk's table of notifications to one notice a person.
//!
//! Whoever caused an event is not told of it, and an agent gets one notice a decision and ticket, the most telling.
//! Nothing automatic answers anything automatic (RFC 3834 section 2): those rules stand in [`Reply`].

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::{Effect, Fact, NoMail, SenderTrace, customer_word};
use crate::desk::{
    Actor, Agent, Allowance, Cause, Change, Desk, Notice, NoticeKind, Notification, Occasion, Recipient,
    Right, SenderKind, Ticket, TicketRef, may, token,
};
use crate::mail::{Address, Attachment, Language, MessageId};
use crate::outbound::data;

/// The template of what a rule tells whom it names, unless it names another.
pub(super) const RULE_NOTICE: &str = "rule-notice";

/// Something of which somebody may be told.
#[derive(Debug, Clone)]
pub(super) struct Happening {
    pub(super) occasion: Occasion,
    pub(super) ticket: Option<TicketRef>,
    /// Who caused it.
    pub(super) by: SenderKind,
    /// Lower-case address or login of who caused it.
    pub(super) actor: String,
    /// Lower-case address in whose name a program wrote: it answers whatever is sent there.
    pub(super) voice: Option<String>,
    /// Login of who attended the ticket before.
    pub(super) relieved: Option<String>,
    /// Who wrote the mail that it is about.
    pub(super) sender: Option<Address>,
    /// The text of the article.
    pub(super) text: String,
    /// Text and files are for customers too; if not, theirs is a notice without words.
    pub(super) public: bool,
    /// Files that go along to the customer.
    pub(super) attachments: Vec<Attachment>,
    /// What was changed: said to each reader in his own language.
    pub(super) change: Option<Change>,
    /// The mail that is answered.
    pub(super) answers: Option<MessageId>,
    /// What more the templates of this occasion fill in.
    pub(super) extra: Map<String, Value>,
    /// In place of the template that the table names.
    pub(super) template: Option<String>,
    /// In place of the rows of the table: what a rule says.
    pub(super) row: Option<Notification>,
    /// Whether an automatic mail to the customer may follow; if not, why not.
    pub(super) reply: Result<(), NoMail>,
}

impl Happening {
    pub(super) fn new(occasion: Occasion, ticket: Option<TicketRef>, by: &SenderTrace) -> Self {
        Self {
            occasion,
            ticket,
            by: by.kind,
            actor: by.id.to_lowercase(),
            voice: None,
            relieved: None,
            sender: None,
            text: String::new(),
            public: false,
            attachments: Vec::new(),
            change: None,
            answers: None,
            extra: Map::new(),
            template: None,
            row: None,
            reply: Ok(()),
        }
    }

    /// Whether customers get the words of an agent, and not of the program.
    fn is_human(&self) -> bool {
        self.by == SenderKind::Agent && self.public && !(self.text.is_empty() && self.attachments.is_empty())
    }

    /// The order in which a person's one notice is chosen: what asks for action first.
    fn rank(&self) -> u8 {
        if self.row.is_some() {
            return 9;
        }
        match self.occasion {
            Occasion::CustomerFollowUp
            | Occasion::SupplierFollowUp
            | Occasion::SupplierSilent
            | Occasion::Reopened
            | Occasion::PendingReached => 0,
            Occasion::ResponsibleChanged => 1,
            Occasion::OwnerChanged => 2,
            Occasion::TicketCreated => 3,
            Occasion::LevelChanged => 4,
            Occasion::QueueChanged => 5,
            Occasion::AgentAnswer
            | Occasion::Note
            | Occasion::PriorityChanged
            | Occasion::StateChanged
            | Occasion::CustomerChanged
            | Occasion::BadSurvey
            | Occasion::Closed
            | Occasion::Merged
            | Occasion::Rejected
            | Occasion::Quarantine
            | Occasion::GivenUp
            | Occasion::MailboxStalled => 6,
        }
    }
}

/// Turns the happenings of a draft into notices, its last effects.
pub(super) fn add_notices(draft: &mut Draft<'_>) {
    let mut happenings = std::mem::take(&mut draft.happenings);
    happenings.sort_by_key(Happening::rank);
    let mut told: BTreeSet<(Option<TicketRef>, String)> = BTreeSet::new();
    for happening in &happenings {
        let ticket = happening.ticket.and_then(|at| draft.ticket(at)).cloned();
        let desk = draft.desk;
        let rows: Vec<&Notification> = match &happening.row {
            Some(row) => vec![row],
            None => desk
                .notifications_of(happening.occasion, ticket.as_ref().map(|t| &t.now), happening.by)
                .collect(),
        };
        for row in rows {
            for recipient in &row.to {
                for person in people(recipient, ticket.as_ref(), happening, desk) {
                    tell(draft, row, happening, ticket.as_ref(), &person, &mut told);
                }
            }
        }
    }
}

/// One who is to be told.
enum Person<'a> {
    Agent(&'a Agent),
    /// The customer, a participant, or the sender of a rejected mail.
    Customer(Address),
    /// An address of the configuration.
    Other(Address),
}

fn people<'a>(
    who: &Recipient,
    ticket: Option<&Ticket>,
    about: &Happening,
    desk: &'a Desk,
) -> Vec<Person<'a>> {
    let by_login = |login: Option<&String>| -> Vec<Person<'a>> {
        login.and_then(|login| desk.agent(login)).map(Person::Agent).into_iter().collect()
    };
    let members = || -> Vec<Person<'a>> {
        let queue = ticket.and_then(|ticket| desk.queue(&ticket.now.queue));
        queue.map(|queue| desk.members(queue).map(Person::Agent).collect()).unwrap_or_default()
    };
    let customer = || ticket.and_then(|ticket| ticket.now.customer.clone()).map(Person::Customer);
    match who {
        Recipient::Customer => customer().into_iter().collect(),
        Recipient::Participants => ticket
            .into_iter()
            .flat_map(|t| t.now.participants.iter().cloned())
            .map(Person::Customer)
            .collect(),
        Recipient::Sender => about.sender.clone().map(Person::Customer).into_iter().collect(),
        Recipient::Owner => by_login(ticket.and_then(|ticket| ticket.now.owner.as_ref())),
        Recipient::Responsible => by_login(ticket.and_then(|ticket| ticket.now.responsible.as_ref())),
        Recipient::Relieved => by_login(about.relieved.as_ref()),
        Recipient::Attending => {
            let now = ticket.map(|ticket| &ticket.now);
            let known = now.and_then(|now| now.responsible.as_ref().or(now.owner.as_ref()));
            let found = by_login(known);
            if found.is_empty() { members() } else { found }
        }
        Recipient::Watchers => ticket
            .into_iter()
            .flat_map(|t| &t.watchers)
            .filter_map(|login| desk.agent(login))
            .map(Person::Agent)
            .collect(),
        Recipient::Members => members(),
        Recipient::Level => {
            let now = ticket.map(|ticket| &ticket.now);
            let agents = now.and_then(|now| Some(desk.level_agents(&now.queue, now.level.parse().ok()?)));
            agents.unwrap_or_default().into_iter().map(Person::Agent).collect()
        }
        Recipient::Administrator => desk.administrator.clone().map(Person::Other).into_iter().collect(),
        Recipient::Agent(login) => by_login(Some(login)),
        Recipient::Role(role) => {
            desk.agents.iter().filter(|agent| agent.roles.contains(role)).map(Person::Agent).collect()
        }
        Recipient::Address(address) => match desk.agent_by_address(&address.address) {
            Some(agent) => vec![Person::Agent(agent)],
            None => vec![Person::Other(address.clone())],
        },
    }
}

fn tell(
    draft: &mut Draft<'_>,
    row: &Notification,
    about: &Happening,
    ticket: Option<&Ticket>,
    person: &Person<'_>,
    told: &mut BTreeSet<(Option<TicketRef>, String)>,
) {
    let desk = draft.desk;
    let (to, language, of_customer) = match person {
        Person::Agent(agent) => (agent.address(), agent.language.unwrap_or(desk.language), false),
        Person::Customer(address) => {
            (address.clone(), ticket.map_or(desk.language, |t| t.now.language), true)
        }
        Person::Other(address) => (address.clone(), desk.language, false),
    };
    let is_actor =
        |agent: &Agent| about.actor == agent.login.to_lowercase() || agent.has_address(&about.actor);
    let caused = match person {
        Person::Agent(agent) => is_actor(agent),
        // A participant who is an agent needs no copy of his own answer.
        Person::Customer(address) => {
            about.by == SenderKind::Agent && desk.agent_by_address(&address.address).is_some_and(is_actor)
        }
        Person::Other(address) => address.key() == about.actor,
    };
    let answers_itself = match (person, &about.voice) {
        (Person::Agent(agent), Some(voice)) => agent.has_address(voice),
        (Person::Customer(address) | Person::Other(address), Some(voice)) => address.key() == *voice,
        (_, None) => false,
    };
    if caused || answers_itself || to.address.is_empty() || desk.is_own(&to.address) {
        return;
    }
    // Whom a rule names has the template that the rule names; without one the table's mail, which can be answered.
    if !of_customer
        && (about.row.is_none() || row.template == RULE_NOTICE)
        && !told.insert((about.ticket, to.key()))
    {
        return;
    }
    let human = of_customer && about.is_human();
    // Copies are of what somebody wrote.
    let customer = ticket.and_then(|ticket| ticket.now.customer.as_ref());
    let is_copy = of_customer && customer.is_some_and(|customer| customer.key() != to.key());
    if is_copy && !human && about.occasion == Occasion::Closed {
        return;
    }
    let stopped = about.ticket.is_some_and(|at| customer_word::stopped(draft, at, &to.key()));
    if of_customer && !human && stopped {
        draft.trace.remarks.push(format!("no {} to {}: #stop", row.template, to.address));
        return;
    }
    let automatic =
        || about.reply.clone().and_then(|()| about.ticket.map_or(Ok(()), |at| automatic(draft, at)));
    if of_customer
        && !human
        && let Err(why) = automatic()
    {
        if let Some(at) = about.ticket {
            let system = Cause::new(Actor::System, "automatic mails (RFC 3834)");
            let (to, template) = (to.address.clone(), row.template.clone());
            draft.fact(at, Fact::NotNotified { to, template, why: why.clone() }, &system);
        }
        draft.trace.remarks.push(format!("no {} to {}: {why}", row.template, to.address));
        return;
    }
    let notice = notice(draft, row, about, ticket, to, language, of_customer);
    draft.effects.push(Effect::Notify(Box::new(notice)));
}

fn notice(
    draft: &Draft<'_>,
    row: &Notification,
    about: &Happening,
    ticket: Option<&Ticket>,
    to: Address,
    language: Language,
    of_customer: bool,
) -> Notice {
    let desk = draft.desk;
    let human = of_customer && about.is_human();
    let shown = !of_customer || about.public;
    let mut fill = ticket.map(|t| data::of_ticket(desk, t, language, draft.now())).unwrap_or_default();
    if let Some(ticket) = ticket.filter(|_| !of_customer)
        && let Some(customer) = &ticket.now.customer
    {
        let copies = others(ticket, customer, desk);
        fill.insert("copies".to_owned(), copies.iter().map(|copy| json!(copy.called())).collect());
    }
    fill.insert("text".to_owned(), json!(if shown { data::shown(&about.text) } else { String::new() }));
    if let Some(change) = &about.change {
        let before = change.before.as_deref();
        let before = before.map(|value| data::value_label(desk, language, &change.attribute, value));
        fill.insert("before".to_owned(), json!(before));
        fill.insert("changes".to_owned(), json!([data::change_line(desk, language, change)]));
    }
    fill.extend(about.extra.clone());
    if of_customer {
        fill.remove("note");
    }
    if !shown {
        // What a file is called may say as much as the text.
        fill.remove("attachments");
    }
    let queue = ticket.map(|ticket| ticket.now.queue.as_str()).unwrap_or_default();
    let (in_reply_to, references) = thread(about, ticket, of_customer);
    // Whoever may not answer in this queue adds a note: a text is not to be refused that the mail itself asked for.
    let inside = !of_customer
        && desk
            .agent_by_address(&to.address)
            .is_some_and(|agent| may(desk, agent, Right::Answer, queue).is_err());
    Notice {
        ticket: about.ticket,
        number: ticket.map(|ticket| ticket.now.number.clone()),
        template: about.template.clone().unwrap_or_else(|| row.template.clone()),
        language,
        from: desk.queue_address(queue),
        cc: ticket.filter(|_| human).map(|ticket| others(ticket, &to, desk)).unwrap_or_default(),
        to,
        data: fill,
        kind: if human {
            NoticeKind::Human
        } else if of_customer && matches!(about.occasion, Occasion::TicketCreated | Occasion::Rejected) {
            // Also where the mail has no Message-ID to refer to.
            NoticeKind::AutoReply
        } else {
            NoticeKind::Generated
        },
        in_reply_to,
        references,
        token: ticket.map(
            |ticket| {
                if inside { token::Use::Internal } else { token_use(about, ticket, of_customer) }
            },
        ),
        not_before: human.then(|| hold(draft, queue)).flatten(),
        attachments: if of_customer && shown { about.attachments.clone() } else { Vec::new() },
        allowance: Allowance::Uncounted,
    }
}

/// Customer and participants but for one: those whom an answer shows as its other recipients. Agents among them get
/// it too, and are not shown.
pub(super) fn others(ticket: &Ticket, to: &Address, desk: &Desk) -> Vec<Address> {
    let all = ticket.now.customer.iter().chain(&ticket.now.participants);
    all.filter(|other| other.key() != to.key() && desk.agent_by_address(&other.address).is_none())
        .cloned()
        .collect()
}

/// An agent's answer to these notices goes to the customer, or to the one supplier that it can be for; an answer to any
/// other stays internal.
fn token_use(about: &Happening, ticket: &Ticket, of_customer: bool) -> token::Use {
    if about.occasion == Occasion::SupplierFollowUp && !of_customer && ticket.suppliers.len() == 1 {
        return token::Use::Relay;
    }
    // What an agent says on opening a ticket again is a note.
    let by_customer = about.by == SenderKind::Customer;
    let carries_on = matches!(about.occasion, Occasion::CustomerFollowUp | Occasion::TicketCreated)
        || (about.occasion == Occasion::Reopened && by_customer);
    match (of_customer, carries_on) {
        (true, _) => token::Use::Copy,
        (false, true) => token::Use::Thread,
        (false, false) => token::Use::Internal,
    }
}

pub(super) fn hold(draft: &Draft<'_>, queue: &str) -> Option<jiff::Timestamp> {
    let hold = draft.desk.queue(queue)?.hold;
    (!hold.is_zero()).then(|| draft.now().checked_add(hold).unwrap_or(draft.now()))
}

/// What the mail answers and the thread above it. Customers see their own mails and the desk's visible ones.
fn thread(
    about: &Happening,
    ticket: Option<&Ticket>,
    of_customer: bool,
) -> (Option<MessageId>, Vec<MessageId>) {
    if !of_customer {
        return (None, Vec::new());
    }
    let mut references: Vec<MessageId> = ticket.map(|ticket| ticket.thread.clone()).unwrap_or_default();
    let parent = about.answers.clone().or_else(|| references.last().cloned());
    if let Some(parent) = &parent {
        references.retain(|id| id != parent);
        references.push(parent.clone());
    }
    (parent, references)
}

/// Programs get answers of people, never automatic mails: not at once and not later.
pub(super) fn automatic(draft: &Draft<'_>, at: TicketRef) -> Result<(), NoMail> {
    let field = |name: &str| draft.ticket(at).and_then(|ticket| ticket.now.fields.get(name));
    if let Some(class) = field(super::text::SOURCE_FIELD) {
        return Err(NoMail::OpenedByProgram(class.clone()));
    }
    match field(super::text::UNPROVED_FIELD) {
        Some(why) => Err(NoMail::Unproved(why.clone())),
        None => Ok(()),
    }
}

/// Whether somebody other than these addresses works on the ticket and hears of what happens to it.
pub(super) fn is_attended(draft: &Draft<'_>, at: TicketRef, but: &[String]) -> bool {
    let ticket = draft.ticket(at);
    let about = Happening::new(Occasion::GivenUp, Some(at), &SenderTrace::of_program());
    people(&Recipient::Attending, ticket, &about, draft.desk)
        .iter()
        .any(|person| matches!(person, Person::Agent(agent) if !but.iter().any(|address| agent.has_address(address))))
}

/// The sentence why a mail's sender may be somebody else, by the border's own checks.
pub(super) fn disproved(verdicts: &super::Verdicts) -> Option<NoMail> {
    if verdicts.fail {
        Some(NoMail::CheckFailed)
    } else if verdicts.spam {
        Some(NoMail::Spam)
    } else {
        None
    }
}

/// Whether the sender of a mail may get automatic mails because of it; RFC 3834 section 2.
pub(super) fn may_reply(incoming: &super::Incoming) -> Result<(), NoMail> {
    let mail = &incoming.mail;
    if mail.from.is_none() {
        return Err(NoMail::NoSender);
    }
    if !matches!(incoming.classified.class, crate::mail::Class::Person) {
        return Err(NoMail::NotPerson(incoming.classified.class));
    }
    if incoming.classified.no_answer {
        return Err(NoMail::AsksNot);
    }
    if mail.return_path.as_deref() == Some("") {
        return Err(NoMail::NullReturnPath);
    }
    if let Some(why) = disproved(&incoming.verdicts) {
        return Err(why);
    }
    Ok(())
}
