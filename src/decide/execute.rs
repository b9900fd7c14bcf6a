//! Does what a command asks: looks names up, asks for the permission, changes the draft.
//!
//! The caller runs all commands of a mail over a copy of the draft and keeps the copy only if every one succeeds.

use super::SenderTrace;
use super::draft::Draft;
use super::notify::Happening;
use super::sentences::{Say, Thing};
use crate::commands::{AutoClose, Command, Outcome, Who};
use crate::desk::{
    Actor, Agent, Attribute, Cause, Change, Desk, Found, Occasion, Queue, Right, State, StateType, Ticket,
    TicketRef, fold, may,
};
use crate::mail::Language;
use crate::outbound::data;

/// What a mail's commands want beyond changes of the ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// The text goes to the customer (`#public`), stays internal (`#note`), or as the mail's thread says.
    pub(super) visible: Option<bool>,
    /// The ticket was closed by this mail.
    pub(super) closed: bool,
    /// Closed without a word to the customer.
    pub(super) silent: bool,
    /// The list of commands.
    pub(super) help: bool,
    /// The sender made himself the one who attends.
    pub(super) took: bool,
}

/// Who commands, what, on which grounds.
pub(super) struct Order<'a> {
    pub(super) agent: &'a Agent,
    pub(super) trace: &'a SenderTrace,
    pub(super) language: Language,
    /// The mail's text: the reason of what it changes.
    pub(super) reason: &'a str,
}

/// Does one command; before and after in the agent's language, or what is wrong.
pub(super) fn execute(
    draft: &mut Draft<'_>,
    at: TicketRef,
    order: &Order<'_>,
    written: &str,
    command: &Command,
    wants: &mut Wants,
) -> Result<String, String> {
    let needed = draft.desk.trust.levels.get(command.verb()).copied().unwrap_or(2);
    let has = order.trace.level;
    if has < needed {
        return Err(Say::Level { needed, has }.text(order.language));
    }
    let grounds = order.trace.evidence.join("; ");
    let cause = Cause::new(Actor::Agent(order.agent.login.clone()), format!("{written} ({grounds})"));
    let mut doing = Doing { draft, at, order, cause };
    match command {
        Command::Close { outcome, silent } => doing.close(*outcome, *silent, wants),
        Command::Reopen => doing.reopen(),
        Command::Pend { until, then } => doing.pend(until.timestamp(), *then),
        Command::Assign(who) => doing.assign(who, wants),
        Command::Owner(who) => doing.owner(who),
        Command::Queue(name) => doing.queue(name),
        Command::Priority(priority) => {
            doing.plain(Attribute::Priority, Some(priority.value().to_string()), Occasion::PriorityChanged)
        }
        Command::State(name) => doing.state(name),
        Command::Lock(locked) => doing.lock(*locked),
        Command::Type(name) => doing.kind(name),
        Command::Service(name) => doing.service(name.as_deref()),
        Command::Title(title) => doing.plain(Attribute::Title, Some(title.clone()), None),
        Command::Tag { add, remove } => doing.tags(add, remove),
        Command::Field { name, value } => doing.plain(Attribute::Field(name.clone()), value.clone(), None),
        Command::Watch(watch) => doing.watch(*watch),
        Command::Note | Command::Public => {
            let visible = matches!(command, Command::Public);
            if wants.visible.is_some_and(|said| said != visible) {
                return Err(Say::NoteAndPublic.text(order.language));
            }
            wants.visible = Some(visible);
            Ok(String::new())
        }
        Command::Help => {
            wants.help = true;
            Ok(Say::HelpFollows.text(order.language))
        }
    }
}

struct Doing<'d, 'a, 'o> {
    draft: &'d mut Draft<'a>,
    at: TicketRef,
    order: &'o Order<'o>,
    cause: Cause,
}

impl<'a> Doing<'_, 'a, '_> {
    fn desk(&self) -> &'a Desk {
        self.draft.desk
    }

    fn say(&self, say: &Say<'_>) -> String {
        say.text(self.order.language)
    }

    fn ticket(&self) -> Result<&Ticket, String> {
        self.draft.ticket(self.at).ok_or_else(|| self.say(&Say::NoTicket))
    }

    fn allowed(&self, right: Right) -> Result<(), String> {
        let queue = self.ticket()?.now.queue.clone();
        self.allowed_in(right, &queue)
    }

    fn allowed_in(&self, right: Right, queue: &str) -> Result<(), String> {
        may(self.desk(), self.order.agent, right, queue).map_err(|refusal| {
            self.say(&Say::NotAllowed { right: refusal.right.word(), queue: &refusal.queue })
        })
    }

    fn shown(&self, change: &Change) -> String {
        data::change_line(self.desk(), self.order.language, change)
    }

    /// Before and after, or the sentence that nothing changed: which is no mistake.
    fn told(&self, change: Option<Change>, value: &str) -> String {
        match change {
            Some(change) => self.shown(&change),
            None => self.say(&Say::Already(value)),
        }
    }

    fn happened(&mut self, occasion: Occasion, change: &Change) {
        let mut happening = Happening::new(occasion, Some(self.at), self.order.trace);
        let (desk, language) = (self.desk(), self.desk().language);
        let before = change.before.as_deref();
        let before = before.map(|value| data::value_label(desk, language, &change.attribute, value));
        happening.extra.insert("by".to_owned(), self.order.agent.name.clone().into());
        happening.extra.insert("agent".to_owned(), self.order.agent.name.clone().into());
        happening.extra.insert("before".to_owned(), before.into());
        happening.text = self.order.reason.to_owned();
        self.draft.happenings.push(happening);
    }

    fn plain(
        &mut self,
        attribute: Attribute,
        after: Option<String>,
        occasion: impl Into<Option<Occasion>>,
    ) -> Result<String, String> {
        self.allowed(Right::Priority)?;
        let label = |value: &String| data::value_label(self.desk(), self.order.language, &attribute, value);
        let value = after.as_ref().map(label).unwrap_or_default();
        let change = self.draft.set(self.at, attribute, after, &self.cause);
        if let (Some(occasion), Some(change)) = (occasion.into(), &change) {
            self.happened(occasion, change);
        }
        Ok(self.told(change, &value))
    }

    fn close(&mut self, outcome: Outcome, silent: bool, wants: &mut Wants) -> Result<String, String> {
        self.allowed(Right::Close)?;
        let state = closing_state(self.desk(), outcome).ok_or_else(|| self.unknown_state("closed"))?;
        if self.ticket()?.now.state_type == StateType::Closed && self.ticket()?.now.state == state.name {
            return Ok(self.say(&Say::Already(state.label(self.order.language))));
        }
        let change = self.draft.set_state(self.at, state, None, &self.cause);
        wants.closed = true;
        wants.silent = silent;
        Ok(self.told(change, state.label(self.order.language)))
    }

    fn reopen(&mut self) -> Result<String, String> {
        self.allowed(Right::Close)?;
        if self.ticket()?.now.state_type.is_open() {
            return Err(self.say(&Say::NotClosed));
        }
        let state = self.desk().first_state(StateType::Open).ok_or_else(|| self.unknown_state("open"))?;
        let change = self.draft.set_state(self.at, state, None, &self.cause);
        if let Some(change) = &change {
            self.happened(Occasion::Reopened, change);
        }
        Ok(self.told(change, &state.name))
    }

    fn pend(&mut self, until: jiff::Timestamp, then: Option<AutoClose>) -> Result<String, String> {
        self.allowed(Right::Close)?;
        if !self.ticket()?.now.state_type.is_open() {
            return Err(self.say(&Say::Closed));
        }
        let desk = self.desk();
        let state = match then {
            None => desk.first_state(StateType::PendingReminder),
            Some(sign) => pending_auto_state(desk, sign),
        };
        let state = state.ok_or_else(|| self.unknown_state("pending"))?;
        // Nobody means a fraction of a second.
        let until = jiff::Timestamp::from_second(until.as_second()).unwrap_or(until);
        let change = self.draft.set_state(self.at, state, Some(until), &self.cause);
        let language = self.order.language;
        let date = data::date(desk, language, until);
        if let Some(change) = &change {
            self.happened(Occasion::StateChanged, change);
        }
        let told = match change.filter(|change| change.attribute == Attribute::State) {
            Some(change) => self.shown(&change),
            None => state.label(language).to_owned(),
        };
        Ok(format!("{told}, {date}"))
    }

    fn find(&self, who: &Who) -> Result<Option<&'a Agent>, String> {
        let desk = self.desk();
        let name = match who {
            Who::Me => return Ok(desk.agent(&self.order.agent.login)),
            Who::Nobody => return Ok(None),
            Who::Named(name) => name,
        };
        match desk.find_agent(name) {
            Found::One(agent) => Ok(Some(agent)),
            Found::Several(agents) => {
                let candidates =
                    agents.iter().map(|agent| format!("{} ({})", agent.login, agent.name)).collect();
                Err(self.say(&Say::Ambiguous { name, candidates }))
            }
            Found::Nobody => {
                let all: Vec<&str> = desk.agents.iter().map(|agent| agent.login.as_str()).collect();
                Err(self.say(&unknown(Thing::Agent, name, all)))
            }
        }
    }

    /// A ticket can be given to a member of its queue, and to whoever may answer there.
    fn attends(&self, agent: &Agent) -> Result<(), String> {
        let name = self.ticket()?.now.queue.clone();
        let Some(queue) = self.desk().queue(&name) else { return Ok(()) };
        if is_member(queue, agent) || may(self.desk(), agent, Right::Answer, &name).is_ok() {
            return Ok(());
        }
        let members = queue.members.iter().map(String::as_str).collect();
        Err(self.say(&Say::NotInQueue { login: &agent.login, queue: &name, members }))
    }

    fn assign(&mut self, who: &Who, wants: &mut Wants) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let agent = self.find(who)?;
        if let Some(agent) = agent {
            self.attends(agent)?;
        }
        let login = agent.map(|agent| agent.login.clone());
        let value = agent.map_or("-", |agent| agent.name.as_str());
        wants.took = login.as_ref() == Some(&self.order.agent.login);
        let change = self.draft.set(self.at, Attribute::Responsible, login, &self.cause);
        self.draft.set_lock(self.at, agent.is_some(), &self.cause);
        if let Some(change) = &change {
            self.happened(Occasion::ResponsibleChanged, change);
            self.begin();
        }
        Ok(self.told(change, value))
    }

    /// A ticket that somebody takes is no longer new.
    fn begin(&mut self) {
        let is_new = self.draft.ticket(self.at).is_some_and(|ticket| ticket.now.state_type == StateType::New);
        if is_new && let Some(open) = self.desk().first_state(StateType::Open) {
            self.draft.set_state(self.at, open, None, &self.cause);
        }
    }

    fn owner(&mut self, who: &Who) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let agent = self.find(who)?;
        let value = agent.map_or("-", |agent| agent.name.as_str());
        let login = agent.map(|agent| agent.login.clone());
        let change = self.draft.set(self.at, Attribute::Owner, login, &self.cause);
        if let Some(change) = &change {
            self.happened(Occasion::OwnerChanged, change);
        }
        Ok(self.told(change, value))
    }

    fn queue(&mut self, typed: &str) -> Result<String, String> {
        let desk = self.desk();
        let wanted = fold(typed);
        let Some(queue) = desk.queues.iter().find(|queue| fold(&queue.name) == wanted) else {
            let all = desk.queues.iter().map(|queue| queue.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Queue, typed, all)));
        };
        // Out of the one queue and into the other: or whoever may move in one would take every ticket there.
        self.allowed(Right::Move)?;
        if !self.order.agent.roles.is_empty() {
            self.allowed_in(Right::Move, &queue.name)?;
        }
        let change = self.draft.set(self.at, Attribute::Queue, Some(queue.name.clone()), &self.cause);
        if let Some(change) = &change {
            self.happened(Occasion::QueueChanged, change);
            self.leave_responsible();
        }
        Ok(self.told(change, &queue.name))
    }

    /// Who is no member of the new queue attends the ticket no longer: it was handed on.
    fn leave_responsible(&mut self) {
        let now = self.draft.ticket(self.at).map(|ticket| &ticket.now);
        let queue = now.and_then(|now| self.desk().queue(&now.queue));
        let responsible = now.and_then(|now| self.desk().agent(now.responsible.as_deref()?));
        let (Some(queue), Some(agent)) = (queue, responsible) else { return };
        if !is_member(queue, agent) {
            self.draft.set(self.at, Attribute::Responsible, None, &self.cause);
            self.draft.set_lock(self.at, false, &self.cause);
        }
    }

    fn unknown_state(&self, typed: &str) -> String {
        let all = self.desk().states.iter().map(|state| state.label(self.order.language)).collect();
        self.say(&unknown(Thing::State, typed, all))
    }

    fn state(&mut self, typed: &str) -> Result<String, String> {
        self.allowed(Right::Close)?;
        let wanted = fold(typed);
        let found = self
            .desk()
            .states
            .iter()
            .find(|state| Language::ALL.iter().any(|language| fold(state.label(*language)) == wanted));
        let state = found.ok_or_else(|| self.unknown_state(typed))?;
        let label = state.label(self.order.language);
        match state.kind {
            StateType::Closed => return Err(self.say(&Say::UseClose(label))),
            StateType::PendingReminder | StateType::PendingAuto => return Err(self.say(&Say::UsePend(label))),
            StateType::Merged | StateType::Removed => return Err(self.unknown_state(typed)),
            StateType::New | StateType::Open => {}
        }
        let change = self.draft.set_state(self.at, state, None, &self.cause);
        if let Some(change) = &change {
            self.happened(Occasion::StateChanged, change);
        }
        Ok(self.told(change, label))
    }

    fn lock(&mut self, locked: bool) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let change = self.draft.set_lock(self.at, locked, &self.cause);
        Ok(self.told(change, data::lock_label(self.order.language, locked)))
    }

    fn kind(&mut self, typed: &str) -> Result<String, String> {
        let desk = self.desk();
        let wanted = fold(typed);
        let named = |kind: &&String| {
            fold(kind) == wanted
                || Language::ALL.iter().any(|language| fold(&data::type_label(*language, kind)) == wanted)
        };
        let Some(kind) = desk.types.iter().find(named) else {
            let all = desk.types.iter().map(String::as_str).collect();
            return Err(self.say(&unknown(Thing::Type, typed, all)));
        };
        self.plain(Attribute::Type, Some(kind.clone()), None)
    }

    fn service(&mut self, typed: Option<&str>) -> Result<String, String> {
        let desk = self.desk();
        let Some(typed) = typed else { return self.plain(Attribute::Service, None, None) };
        let wanted = fold(typed);
        let Some(service) = desk.services.iter().find(|service| fold(&service.name) == wanted) else {
            let all = desk.services.iter().map(|service| service.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Service, typed, all)));
        };
        self.plain(Attribute::Service, Some(service.name.clone()), None)
    }

    fn tags(&mut self, add: &[String], remove: &[String]) -> Result<String, String> {
        self.allowed(Right::Priority)?;
        let mut told = Vec::new();
        for tag in add {
            if self.draft.set(self.at, Attribute::Tag, Some(tag.clone()), &self.cause).is_some() {
                told.push(format!("+{tag}"));
            }
        }
        for tag in remove {
            if self.draft.remove(self.at, Attribute::Tag, tag, &self.cause).is_some() {
                told.push(format!("-{tag}"));
            }
        }
        if told.is_empty() {
            let now: Vec<String> = self.ticket()?.now.tags.iter().cloned().collect();
            return Ok(self.say(&Say::Already(&now.join(", "))));
        }
        Ok(told.join(" "))
    }

    fn watch(&mut self, watch: bool) -> Result<String, String> {
        self.allowed(Right::Read)?;
        let login = self.order.agent.login.clone();
        let change = if watch {
            self.draft.set(self.at, Attribute::Watcher, Some(login.clone()), &self.cause)
        } else {
            self.draft.remove(self.at, Attribute::Watcher, &login, &self.cause)
        };
        Ok(self.told(change, &login))
    }
}

/// A queue without members is everybody's.
fn is_member(queue: &Queue, agent: &Agent) -> bool {
    queue.members.is_empty() || queue.members.contains(&agent.login)
}

/// The state that `#close OUTCOME` sets: by OTRS's name, else the first closed one.
pub(super) fn closing_state(desk: &Desk, outcome: Outcome) -> Option<&State> {
    let name = match outcome {
        Outcome::Successful => "closed successful",
        Outcome::Unsuccessful => "closed unsuccessful",
        Outcome::Workaround => "closed with workaround",
    };
    desk.state(name).or_else(|| desk.first_state(StateType::Closed))
}

fn pending_auto_state(desk: &Desk, sign: AutoClose) -> Option<&State> {
    let outcome = match sign {
        AutoClose::Successful => Outcome::Successful,
        AutoClose::Unsuccessful => Outcome::Unsuccessful,
    };
    let next = closing_state(desk, outcome)?;
    let leads_there = |state: &&State| {
        state.kind == StateType::PendingAuto && state.next.as_deref() == Some(next.name.as_str())
    };
    desk.states.iter().find(leads_there).or_else(|| desk.first_state(StateType::PendingAuto))
}

fn unknown<'s>(what: Thing, name: &'s str, all: Vec<&'s str>) -> Say<'s> {
    let near = crate::desk::spelling::nearest(name, all.iter().copied());
    // A long list hides what matters; the nearest one is enough then.
    let all = if all.len() <= 12 { all } else { Vec::new() };
    Say::Unknown { what, name, near, all }
}
