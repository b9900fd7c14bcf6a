//! Does what a command asks: looks names up, asks for the permission, changes the draft.
//!
//! One `match` names every command; the verbs themselves stand in a file for each family. A command checks everything
//! before it changes anything, so one that fails has done nothing. The caller runs all commands of a mail over a copy
//! of the draft and keeps the copy only if every one succeeds.

mod asking;
mod attributes;
mod level;
mod participants;
mod people;
mod state;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use level::{HandOver, hand_over};
pub(super) use participants::someone;
pub(super) use state::closing_state;

use super::draft::Draft;
use super::notify::Happening;
use super::on_behalf::Behalf;
use super::sentences::{Say, Thing};
use super::{SenderTrace, canned, evidence, undo};
use crate::commands::{Command, Targets};
use crate::desk::{
    Actor, Agent, Attribute, Cause, Change, Desk, NewTicket, Occasion, Queue, Report, Right, State, Ticket,
    TicketId, TicketNumber, TicketRef, may,
};
use crate::mail::Language;
use crate::outbound::data;

/// Octets of a customer's first words that a notice shows: `#show` has all of them.
const REQUEST: usize = 4000;

/// What a mail's commands want beyond changes of tickets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// The text goes to the customer (`#public`), stays internal (`#note`), or as the mail's thread says.
    pub(super) visible: Option<bool>,
    /// The supplier that gets the text, of each ticket that the mail hands to one.
    pub(super) suppliers: BTreeMap<TicketRef, String>,
    /// The proof that a command turned out to need, beyond what its verb says.
    pub(super) proof: u8,
    /// Tickets closed by this mail, and whether without a word to the customer.
    pub(super) closed: BTreeMap<TicketRef, bool>,
    /// Tickets of which the sender made himself the one who attends.
    pub(super) took: BTreeSet<TicketRef>,
    /// Tickets whose supervisor the mail names: no queue or service brings another one.
    pub(super) owned: BTreeSet<TicketRef>,
    /// The ticket that the mail opens for a customer.
    pub(super) on_behalf: Option<TicketRef>,
    /// `#new` was said.
    pub(super) announced: bool,
    /// The canned answer that the text is, or goes with.
    pub(super) canned: Option<String>,
    /// `#customer` says whose it is.
    pub(super) customer_named: bool,
    /// The text is a mail to the customer of the new ticket.
    pub(super) outgoing: bool,
    /// Mails that were forwarded beside the request of the new ticket.
    pub(super) others: usize,
    /// The queue into which a line moves the tickets that it is about, wherever the line stands.
    pub(super) bound_for: Option<String>,
    /// It takes back what another mail did.
    pub(super) undoes: bool,
    /// What is answered by a mail of its own.
    pub(super) answers: BTreeSet<Answer>,
    /// Tickets that this mail merged, and where each of them goes on.
    pub(super) merged: BTreeMap<TicketRef, TicketRef>,
    /// Tickets that lines of this mail open beside its own.
    pub(super) opened: BTreeSet<TicketRef>,
    /// Tickets below one that was closed, and still open.
    pub(super) children: Vec<Child>,
    /// Tickets that queries of the mail find.
    pub(super) queried: BTreeSet<TicketId>,
    /// The tickets that the lines below, and the text, are about from now on.
    pub(super) targets: Option<Vec<TicketRef>>,
}

impl Wants {
    /// What a mail wants before its first line: it may open a ticket for a customer.
    pub(super) fn begun(on_behalf: Option<TicketRef>, behalf: Option<&Behalf>) -> Self {
        let outgoing = behalf.is_some_and(|behalf| behalf.outgoing);
        let customer_named = behalf.is_some_and(|behalf| behalf.named);
        let others = behalf.map_or(0, Behalf::others);
        Self {
            on_behalf,
            outgoing,
            customer_named,
            others,
            visible: outgoing.then_some(true),
            ..Self::default()
        }
    }

    /// The ticket, or the one that this mail merged it into.
    pub(super) fn now(&self, at: TicketRef) -> TicketRef {
        self.merged.get(&at).copied().unwrap_or(at)
    }
}

/// An open ticket below one that was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Child {
    pub(super) number: TicketNumber,
    pub(super) title: String,
}

/// What is answered by a mail of its own, beside the receipt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    /// The list of commands.
    Help,
    /// The tickets of a query, by its words.
    List(String),
    /// A ticket whole.
    Show(TicketId),
    /// The history of a ticket.
    History(TicketId),
    /// A report, and since when, as typed.
    Report(Report, Option<String>),
}

/// Who commands, what, on which grounds.
pub(super) struct Order<'a> {
    pub(super) agent: &'a Agent,
    pub(super) trace: &'a SenderTrace,
    pub(super) language: Language,
    /// The mail's text: the reason of what it changes.
    pub(super) reason: &'a str,
}

/// Does one command; before and after in the agent's language, or what is wrong. `at` is the ticket that it is about,
/// where there is one. Whether the sender is proved well enough was asked before.
pub(super) fn execute(
    draft: &mut Draft<'_>,
    at: Option<TicketRef>,
    order: &Order<'_>,
    written: &str,
    command: &Command,
    wants: &mut Wants,
) -> Result<String, String> {
    let before = at.and_then(|at| draft.ticket(at)).map(|ticket| ticket.now.clone());
    let happened = draft.happenings.len();
    let words = done(draft, at, order, written, command, wants)?;
    let moves = matches!(
        command,
        Command::Assign(_)
            | Command::Queue(_)
            | Command::Escalate(_)
            | Command::Derive { .. }
            | Command::Service(_)
    );
    let after = at.and_then(|at| draft.ticket(at)).map(|ticket| ticket.now.clone());
    let (Some(at), Some(before), Some(after), true) = (at, before, after, moves && !wants.is_on_behalf(at))
    else {
        return Ok(words);
    };
    let told = draft.happenings.iter().skip(happened).any(|one| one.occasion == Occasion::ResponsibleChanged);
    if before.responsible != after.responsible && !told {
        let change = Change {
            attribute: Attribute::Responsible,
            before: before.responsible.clone(),
            after: after.responsible.clone(),
        };
        relieve(draft, at, order, &change);
    }
    Ok(with_what_followed(draft.desk, order.language, words, [&before, &after]))
}

/// Tells whoever attended a ticket that somebody else took it, or took it away.
pub(super) fn relieve(draft: &mut Draft<'_>, at: TicketRef, order: &Order<'_>, change: &Change) {
    let mut happening = Happening::new(Occasion::ResponsibleChanged, Some(at), order.trace);
    happening.relieved.clone_from(&change.before);
    happening.extra.insert("by".to_owned(), order.agent.name.clone().into());
    happening.extra.insert("agent".to_owned(), order.agent.name.clone().into());
    happening.change = Some(change.clone());
    happening.text = order.reason.to_owned();
    draft.happenings.push(happening);
}

/// Adds who lost the ticket, and where it is now: what else a command did than its name says.
fn with_what_followed(
    desk: &Desk,
    language: Language,
    words: String,
    [before, after]: [&NewTicket; 2],
) -> String {
    let followed = [
        (Attribute::Queue, Some(&before.queue), Some(&after.queue)),
        (Attribute::Level, Some(&before.level), Some(&after.level)),
        (Attribute::Owner, before.owner.as_ref(), after.owner.as_ref()),
        (Attribute::Responsible, before.responsible.as_ref(), after.responsible.as_ref()),
    ];
    let changed = followed.into_iter().filter(|(_, before, after)| before != after).map(
        |(attribute, before, after)| {
            let change = Change { attribute, before: before.cloned(), after: after.cloned() };
            data::change_line(desk, language, &change)
        },
    );
    let more: Vec<String> = changed.filter(|line| !words.contains(line)).collect();
    if more.is_empty() { words } else { format!("{}; {}", words.trim_end_matches('.'), more.join("; ")) }
}

/// The command itself.
fn done(
    draft: &mut Draft<'_>,
    at: Option<TicketRef>,
    order: &Order<'_>,
    written: &str,
    command: &Command,
    wants: &mut Wants,
) -> Result<String, String> {
    let grounds = evidence::line(&order.trace.evidence, Language::En);
    let cause = Cause::new(Actor::Agent(order.agent.login.clone()), format!("{written} ({grounds})"));
    let mut doing = Doing { draft, at, order, cause, wants };
    match command {
        Command::New(_) => doing.new_ticket(),
        Command::Customer(who) => doing.customer(who),
        Command::Close { outcome, silent } => doing.close(*outcome, *silent),
        Command::Reopen => doing.reopen(),
        Command::Pend { until, then } => doing.pend(until.timestamp(), *then),
        Command::State(name) => doing.state(name),
        Command::Assign(who) => doing.assign(who),
        Command::Owner(who) => doing.owner(who),
        Command::Lock(locked) => doing.lock(*locked),
        Command::Watch(watch) => doing.watch(*watch),
        Command::Cc { add, remove } => doing.cc(add, remove),
        Command::Time(minutes) => doing.time(*minutes),
        Command::Estimate(minutes) => doing.estimate(*minutes),
        Command::Queue(name) => doing.queue(name),
        Command::Escalate(escalation) => doing.escalate(escalation),
        Command::Derive { to, meant } => doing.derive(to, meant.as_ref()),
        Command::Priority(priority) => {
            doing.plain(Attribute::Priority, Some(priority.value().to_string()), Occasion::PriorityChanged)
        }
        Command::Type(name) => doing.kind(name),
        Command::Service(name) => doing.service(name.as_deref()),
        Command::Sla(name) => doing.sla(name.as_deref()),
        Command::Title(title) => doing.plain(Attribute::Title, Some(title.clone()), None),
        Command::Tag { add, remove } => doing.tags(add, remove),
        Command::Field { name, value } => doing.plain(Attribute::Field(name.clone()), value.clone(), None),
        Command::Merge(number) => doing.merge(number),
        Command::Link { number, relation } => doing.link(number, *relation),
        Command::Unlink(number) => doing.unlink(number),
        Command::Split(nth) => doing.split(*nth),
        Command::For(Targets::Numbers(numbers)) => doing.these(numbers),
        Command::For(Targets::Query(text)) => doing.found(text),
        Command::List(text) => doing.list(text),
        Command::Show(number) => doing.whole(number.as_ref(), Answer::Show),
        Command::History(number) => doing.whole(number.as_ref(), Answer::History),
        Command::Report { name, since } => doing.report(name, since.as_deref()),
        Command::Template(name) => doing.template(name),
        // One that has a macro was read as its lines.
        Command::Macro(name) => doing.no_such_macro(name),
        Command::Note => doing.text_for(false),
        Command::Public => doing.text_for(true),
        Command::Undo(token) => doing.undo(token.is_some()),
        Command::Help => doing.answer(Answer::Help),
        // They say how the others are done, and were read before.
        Command::Dry | Command::Partial | Command::Limit(_) => Ok(String::new()),
    }
}

struct Doing<'d, 'a, 'o> {
    draft: &'d mut Draft<'a>,
    at: Option<TicketRef>,
    order: &'o Order<'o>,
    cause: Cause,
    wants: &'d mut Wants,
}

impl<'a> Doing<'_, 'a, '_> {
    fn desk(&self) -> &'a Desk {
        self.draft.desk
    }

    fn say(&self, say: &Say<'_>) -> String {
        say.text(self.order.language)
    }

    fn ticket(&self) -> Result<&Ticket, String> {
        self.at.and_then(|at| self.draft.ticket(at)).ok_or_else(|| self.say(&Say::NoTicket))
    }

    fn set(&mut self, attribute: Attribute, after: Option<String>) -> Option<Change> {
        self.draft.set(self.at?, attribute, after, &self.cause)
    }

    fn remove(&mut self, attribute: Attribute, value: &str) -> Option<Change> {
        self.draft.remove(self.at?, attribute, value, &self.cause)
    }

    fn set_state(&mut self, state: &State, until: Option<jiff::Timestamp>) -> Option<Change> {
        self.draft.set_state(self.at?, state, until, &self.cause)
    }

    /// The supervisor of a queue or service comes with it, unless the mail names one.
    fn supervise(&mut self, owner: Option<String>) {
        if let Some(at) = self.at.filter(|at| !self.wants.owned.contains(at)) {
            self.draft.supervise(at, owner, &self.cause);
        }
    }

    fn set_lock(&mut self, locked: bool) -> Option<Change> {
        self.draft.set_lock(self.at?, locked, &self.cause)
    }

    fn allowed(&self, right: Right) -> Result<(), String> {
        let queue = self.ticket()?.now.queue.clone();
        self.allowed_in(right, &queue)
    }

    fn allowed_in(&self, right: Right, queue: &str) -> Result<(), String> {
        may(self.desk(), self.order.agent, right, queue)
            .map_err(|refusal| self.say(&Say::NotAllowed { right: refusal.right, queue: &refusal.queue }))
    }

    fn shown(&self, change: &Change) -> String {
        data::change_line(self.desk(), self.order.language, change)
    }

    /// An attribute as it stands, where it was set when the ticket was opened.
    fn now_is(&self, attribute: &Attribute) -> String {
        let value = self.at.and_then(|at| self.draft.value(at, attribute)).unwrap_or_default();
        let language = self.order.language;
        let label = data::attribute_label(language, attribute);
        format!("{label}: {}", data::value_label(self.desk(), language, attribute, &value))
    }

    /// Before and after, or the sentence that nothing changed: which is no mistake.
    fn told(&self, change: Option<Change>, value: &str) -> String {
        match change {
            Some(change) => self.shown(&change),
            None => self.say(&Say::Already(value)),
        }
    }

    fn happened(&mut self, occasion: Occasion, change: &Change) {
        let mut happening = Happening::new(occasion, self.at, self.order.trace);
        happening.extra.insert("by".to_owned(), self.order.agent.name.clone().into());
        happening.extra.insert("agent".to_owned(), self.order.agent.name.clone().into());
        happening.change = Some(change.clone());
        happening.text = self.order.reason.to_owned();
        happening.extra.insert("request".to_owned(), self.request().into());
        if occasion == Occasion::ResponsibleChanged {
            happening.relieved.clone_from(&change.before);
        }
        self.draft.happenings.push(happening);
    }

    /// What the customer wrote first, for whoever sees the ticket for the first time.
    fn request(&self) -> Option<String> {
        let TicketRef::Existing(id) = self.at? else { return None };
        let first = self.draft.context.articles.iter().find(|known| known.ticket == id && known.nth == 1)?;
        let text =
            first.article.visible.then(|| first.article.text.trim()).filter(|text| !text.is_empty())?;
        let end = text.floor_char_boundary(REQUEST);
        let shown = text.get(..end).unwrap_or(text);
        Some(if end < text.len() { format!("{shown}\u{2026}") } else { shown.to_owned() })
    }

    /// Whom the mail's text is for.
    fn text_for(&mut self, customer: bool) -> Result<String, String> {
        if !self.wants.suppliers.is_empty() {
            return Err(self.say(&Say::SupplierAlone));
        }
        if self.wants.visible.is_some_and(|said| said != customer) {
            return Err(self.say(&Say::NoteAndPublic));
        }
        self.wants.visible = Some(customer);
        Ok(String::new())
    }

    /// `#template`: a canned answer, whose words are found when the ticket stands as it will.
    fn template(&mut self, typed: &str) -> Result<String, String> {
        let desk = self.desk();
        let Some(answer) = desk.canned_answer(typed) else {
            let all = desk.answers.iter().map(|answer| answer.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Answer, typed, all)));
        };
        if self.wants.canned.as_ref().is_some_and(|before| *before != answer.name) {
            return Err(self.say(&Say::OneAnswer));
        }
        if let Some(at) = self.at {
            canned::words(self.draft, at, &answer.name, self.order.agent, self.order.reason)?;
        }
        self.wants.canned = Some(answer.name.clone());
        Ok(answer.name.clone())
    }

    fn no_such_macro(&self, typed: &str) -> Result<String, String> {
        let all = self.desk().macros.iter().map(|one| one.name.as_str()).collect();
        Err(self.say(&unknown(Thing::Macro, typed, all)))
    }

    /// Which mail it takes back was named before anything was read.
    fn undo(&mut self, named: bool) -> Result<String, String> {
        if std::mem::replace(&mut self.wants.undoes, true) {
            return Err(self.say(&Say::UndoneBefore));
        }
        undo::undo(self.draft, self.order, named, &self.cause)
    }

    fn answer(&mut self, answer: Answer) -> Result<String, String> {
        self.wants.answers.insert(answer);
        Ok(self.say(&Say::AnswerFollows))
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
        let change = self.set(attribute, after);
        if let (Some(occasion), Some(change)) = (occasion.into(), &change) {
            self.happened(occasion, change);
        }
        Ok(self.told(change, &value))
    }
}

/// A queue without members is everybody's.
fn is_member(queue: &Queue, agent: &Agent) -> bool {
    queue.members.is_empty() || queue.members.contains(&agent.login)
}

fn unknown<'s>(what: Thing, name: &'s str, all: Vec<&'s str>) -> Say<'s> {
    let of_parts = || {
        let lasts: Vec<&str> = all.iter().filter_map(|name| crate::desk::last_part(name)).collect();
        let last = crate::desk::nearest_name(name, &lasts)?;
        all.iter().copied().find(|name| crate::desk::last_part(name) == Some(last))
    };
    let near = crate::desk::nearest_name(name, &all).or_else(of_parts);
    // A long list hides what matters; the nearest one is enough then.
    let all = if all.len() <= 12 { all } else { Vec::new() };
    Say::Unknown { what, name, near, all }
}
