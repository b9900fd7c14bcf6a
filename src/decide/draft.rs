//! A decision in the making: tickets as they will stand, and the effects that bring them there.
//!
//! Every change of a ticket passes through [`Draft::set`], which knows the value before, leaves out what changes
//! nothing, and keeps what hangs together in step: a state and its timers, closing and the lock.

mod list;

use std::collections::BTreeMap;

use jiff::Timestamp;

use list::List;

use super::notify::Happening;
use super::{After, Context, Decision, Effect, Fact, Given, Reason, Trace};
use crate::desk::{
    Actor, Attribute, Cause, Change, Desk, NewArticle, NewTicket, Priority, Relation, State, StateType,
    Ticket, TicketId, TicketRef, TimerKind,
};
use crate::mail::{Address, Language};

/// Every answer goes to all of them: a mail with a thousand addresses in Cc must not make the desk write to them.
pub(super) const MOST_PARTICIPANTS: usize = 50;

/// See the file's head.
#[derive(Clone)]
pub(super) struct Draft<'a> {
    pub(super) desk: &'a Desk,
    pub(super) context: &'a Context,
    pub(super) given: &'a Given,
    pub(super) effects: Vec<Effect>,
    pub(super) trace: Trace,
    pub(super) after: After,
    pub(super) happenings: Vec<Happening>,
    /// History: no mail leaves.
    pub(super) silent: bool,
    /// Address (lower case) of who wrote the mail that is decided.
    pub(super) author: Option<String>,
    tickets: BTreeMap<TicketRef, Ticket>,
    created: usize,
}

impl<'a> Draft<'a> {
    pub(super) fn new(desk: &'a Desk, context: &'a Context, given: &'a Given) -> Self {
        let stored = context.tickets.iter().map(|(id, ticket)| (TicketRef::Existing(*id), ticket.clone()));
        Self {
            desk,
            context,
            given,
            effects: Vec::new(),
            trace: Trace::default(),
            after: After::Default,
            happenings: Vec::new(),
            silent: false,
            author: None,
            tickets: stored.collect(),
            created: 0,
        }
    }

    /// The finished decision; the notices of all that happened come last.
    pub(super) fn finish(mut self, reason: Reason, ticket: Option<TicketRef>) -> Decision {
        self.promise();
        if self.silent {
            // Nor later: no timer is left that would write a mail about something of long ago.
            self.effects.retain(|effect| {
                !matches!(effect, Effect::Notify(_) | Effect::AskSurvey { .. } | Effect::Timer { .. })
            });
        } else {
            super::notify::add_notices(&mut self);
            super::caps::weigh(&mut self);
        }
        Decision { reason, ticket, effects: self.effects, trace: self.trace, after: self.after }
    }

    /// New tickets for which nobody named an SLA get that of the queue in which they came to stand. Nothing is promised
    /// of what is history already.
    fn promise(&mut self) {
        for at in (0..if self.silent { 0 } else { self.created }).map(TicketRef::New) {
            let Some(ticket) = self.ticket(at).filter(|ticket| ticket.sla.is_none()) else { continue };
            let queue = ticket.now.queue.clone();
            let sla = self.desk.queue(&queue).and_then(|queue| queue.sla.clone());
            if sla.is_some() {
                let cause = Cause::new(Actor::System, format!("the SLA of queue {queue}"));
                self.set(at, Attribute::Sla, sla, &cause);
            }
        }
    }

    /// A ticket as it will stand.
    pub(super) fn ticket(&self, at: TicketRef) -> Option<&Ticket> {
        self.tickets.get(&at)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (TicketRef, &Ticket)> {
        self.tickets.iter().map(|(at, ticket)| (*at, ticket))
    }

    /// The value of an attribute that has one, as the history writes it.
    pub(super) fn value(&self, at: TicketRef, attribute: &Attribute) -> Option<String> {
        let mut copy = self.tickets.get(&at)?.clone();
        match (attribute, copy.merged_into) {
            (Attribute::MergedInto, into) => self.number_of(TicketRef::Existing(into?)),
            (attribute, _) => put(&mut copy, attribute, None, self.now()),
        }
    }

    /// Whether a list has a value; an address by its key.
    pub(super) fn has(&self, at: TicketRef, attribute: &Attribute, value: &str) -> bool {
        let mut copy = self.tickets.get(&at).cloned();
        let list = copy.as_mut().and_then(|ticket| List::of(ticket, attribute, self.now()));
        list.is_some_and(|list| list.has(value))
    }

    fn number_of(&self, at: TicketRef) -> Option<String> {
        self.ticket(at).map(|ticket| ticket.now.number.to_string())
    }

    pub(super) fn now(&self) -> Timestamp {
        self.given.now
    }

    /// Opens a ticket with the next number of the counter.
    pub(super) fn create(&mut self, build: impl FnOnce(&mut NewTicket), cause: &Cause) -> TicketRef {
        let counter = self.context.counter.as_ref().map_or(0, |counter| counter.used);
        let counter = counter + 1 + u64::try_from(self.created).unwrap_or(0);
        // The counter's own day: history is numbered on the day on which it is taken.
        let day = self.context.counter.as_ref().and_then(|counter| counter.key.parse().ok());
        let day = day.unwrap_or_else(|| self.now().to_zoned(self.desk.time_zone.clone()).date());
        let number =
            self.desk.numbering.number(day, counter, self.random(&format!("number {}", self.created)));
        let mut ticket = self.blank(number);
        build(&mut ticket);
        let at = TicketRef::New(self.created);
        self.created += 1;
        self.effects.push(Effect::Create { ticket: Box::new(ticket.clone()), counter, cause: cause.clone() });
        self.tickets.insert(at, Ticket::begun(TicketId(0), ticket));
        at
    }

    fn blank(&self, number: crate::desk::TicketNumber) -> NewTicket {
        let desk = self.desk;
        let owner = desk.queue(&desk.default_queue).and_then(|queue| queue.owner.clone());
        NewTicket {
            number,
            title: String::new(),
            queue: desk.default_queue.clone(),
            kind: desk.types.first().cloned().unwrap_or_default(),
            service: None,
            state: desk.first_state(StateType::New).map(|state| state.name.clone()).unwrap_or_default(),
            state_type: StateType::New,
            priority: desk.default_priority,
            locked: false,
            owner,
            responsible: None,
            customer: None,
            participants: Vec::new(),
            language: desk.language,
            level: "0".to_owned(),
            tags: std::collections::BTreeSet::new(),
            fields: BTreeMap::new(),
            created: self.now(),
        }
    }

    /// A number out of the given chance, its own for every use.
    pub(super) fn random(&self, purpose: &str) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = *self.chance(purpose).as_bytes();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }

    /// 32 octets out of the given chance, their own for every use.
    pub(super) fn chance(&self, purpose: &str) -> crate::mail::Digest {
        crate::mail::Digest::of(&[self.given.seed.as_slice(), purpose.as_bytes()].concat())
    }

    /// 128 random bits as 26 letters and digits.
    pub(super) fn code(&self, purpose: &str) -> String {
        let octets: Vec<u8> = self.chance(purpose).as_bytes().iter().copied().take(16).collect();
        data_encoding::BASE32_NOPAD.encode(&octets).to_lowercase()
    }

    pub(super) fn fact(&mut self, at: TicketRef, fact: Fact, cause: &Cause) {
        self.effects.push(Effect::Note { ticket: at, fact, cause: cause.clone() });
    }

    pub(super) fn article(&mut self, at: TicketRef, article: NewArticle, cause: &Cause) {
        if let Some(ticket) = self.tickets.get_mut(&at)
            && article.visible
        {
            ticket.thread.extend(article.message_id.clone());
        }
        self.effects.push(Effect::Article { ticket: at, article: Box::new(article), cause: cause.clone() });
    }

    /// Makes two tickets belong together: `relation` is the part of the second beside the first. Both histories say
    /// so.
    pub(super) fn link(
        &mut self,
        first: TicketRef,
        second: TicketRef,
        relation: Relation,
        cause: &Cause,
    ) -> Option<Change> {
        let (one, other) = (self.number_of(first)?, self.number_of(second)?);
        self.set(second, Attribute::Link(relation.back()), Some(one), cause);
        self.set(first, Attribute::Link(relation), Some(other), cause)
    }

    /// The opposite of [`link`](Self::link).
    pub(super) fn unlink(
        &mut self,
        first: TicketRef,
        second: TicketRef,
        relation: Relation,
        cause: &Cause,
    ) -> Option<Change> {
        let (one, other) = (self.number_of(first)?, self.number_of(second)?);
        self.remove(second, Attribute::Link(relation.back()), &one, cause);
        self.remove(first, Attribute::Link(relation), &other, cause)
    }

    /// Changes one attribute; `None` where it has that value already.
    pub(super) fn set(
        &mut self,
        at: TicketRef,
        attribute: Attribute,
        after: Option<String>,
        cause: &Cause,
    ) -> Option<Change> {
        let merged = (attribute == Attribute::MergedInto).then(|| self.value(at, &attribute));
        let now = self.now();
        let ticket = self.tickets.get_mut(&at)?;
        let before = merged.unwrap_or_else(|| put(ticket, &attribute, after.as_deref(), now));
        if before == after {
            return None;
        }
        let change = Change { attribute, before, after };
        self.effects.push(Effect::Set { ticket: at, change: change.clone(), cause: cause.clone() });
        Some(change)
    }

    /// Takes a tag or a watcher away; `None` where it is not there.
    pub(super) fn remove(
        &mut self,
        at: TicketRef,
        attribute: Attribute,
        value: &str,
        cause: &Cause,
    ) -> Option<Change> {
        let now = self.now();
        let gone = List::of(self.tickets.get_mut(&at)?, &attribute, now)?.take(value);
        if !gone {
            return None;
        }
        if attribute == Attribute::Supplier {
            self.effects.push(Effect::CancelTimer { ticket: at, kind: TimerKind::SupplierReminder });
        }
        let change = Change { attribute, before: Some(value.to_owned()), after: None };
        self.effects.push(Effect::Set { ticket: at, change: change.clone(), cause: cause.clone() });
        Some(change)
    }

    /// Changes the state with all that hangs on it: pending date and timer, time of closing, lock.
    pub(super) fn set_state(
        &mut self,
        at: TicketRef,
        state: &State,
        until: Option<Timestamp>,
        cause: &Cause,
    ) -> Option<Change> {
        let now = self.now();
        let was_closed = self.ticket(at).is_some_and(|ticket| ticket.now.state_type == StateType::Closed);
        let change = self.set(at, Attribute::State, Some(state.name.clone()), cause);
        if let Some(ticket) = self.tickets.get_mut(&at) {
            ticket.now.state_type = state.kind;
            ticket.closed_at = (state.kind == StateType::Closed).then_some(ticket.closed_at.unwrap_or(now));
        }
        let until = until.filter(|_| state.kind.is_pending());
        let moved = self.set(at, Attribute::PendingUntil, until.map(|until| until.to_string()), cause);
        if change.is_some() || moved.is_some() {
            self.pending_timers(at, state.kind, until);
        }
        if state.kind == StateType::Closed {
            // Whoever reopens it finds it free.
            self.set(at, Attribute::Lock, Some(lock_word(false)), cause);
        } else if was_closed {
            self.withdraw_survey(at, cause);
        }
        change.or(moved)
    }

    /// Nobody is asked how the work was while it goes on.
    fn withdraw_survey(&mut self, at: TicketRef, cause: &Cause) {
        let waits = |survey: &&super::Surveyed| {
            TicketRef::Existing(survey.ticket) == at && survey.waits && survey.score.is_none()
        };
        if let Some(survey) = self.context.surveys.iter().find(waits) {
            self.effects.push(Effect::WithdrawSurvey { ticket: at, survey: survey.id });
            self.fact(at, Fact::SurveyWithdrawn, cause);
        }
    }

    fn pending_timers(&mut self, at: TicketRef, kind: StateType, until: Option<Timestamp>) {
        let wanted = match kind {
            StateType::PendingReminder => Some(TimerKind::PendingReminder),
            StateType::PendingAuto => Some(TimerKind::PendingAuto),
            StateType::New | StateType::Open | StateType::Closed | StateType::Merged | StateType::Removed => {
                None
            }
        };
        for timer in [TimerKind::PendingReminder, TimerKind::PendingAuto] {
            if Some(timer) != wanted {
                self.effects.push(Effect::CancelTimer { ticket: at, kind: timer });
            }
        }
        if let (Some(kind), Some(due)) = (wanted, until) {
            self.effects.push(Effect::Timer { ticket: at, kind, due });
        }
    }

    /// Locks or unlocks.
    pub(super) fn set_lock(&mut self, at: TicketRef, locked: bool, cause: &Cause) -> Option<Change> {
        self.set(at, Attribute::Lock, Some(lock_word(locked)), cause)
    }

    /// The supervisor of a queue or service comes with it, into a ticket that is being opened or that has none; one who
    /// is there already changes by `#owner` alone, whoever moves the ticket.
    pub(super) fn supervise(&mut self, at: TicketRef, owner: Option<String>, cause: &Cause) {
        let stands = |ticket: &Ticket| matches!(at, TicketRef::Existing(_)) && ticket.now.owner.is_some();
        if owner.is_some() && !self.ticket(at).is_none_or(stands) {
            self.set(at, Attribute::Owner, owner, cause);
        }
    }

    /// Adds those who take part from now on: neither the desk nor anyone who does already.
    pub(super) fn add_participants<'b>(
        &mut self,
        at: TicketRef,
        addresses: impl Iterator<Item = &'b Address>,
        cause: &Cause,
    ) {
        let desk = self.desk;
        for address in addresses {
            if self.ticket(at).is_none_or(|ticket| ticket.now.participants.len() >= MOST_PARTICIPANTS) {
                self.trace.remarks.push(format!("no more than {MOST_PARTICIPANTS} take part in a ticket"));
                return;
            }
            // Who works the queue is told as an agent; other agents in Cc are readers like anybody.
            let agent = desk.agent_by_address(&address.address);
            let queue = self.ticket(at).and_then(|ticket| desk.queue(&ticket.now.queue));
            if agent.is_some_and(|agent| queue.is_some_and(|queue| queue.members.contains(&agent.login))) {
                continue;
            }
            let known = self.ticket(at).is_none_or(|ticket| ticket.has_participant(&address.address));
            let known = known || super::customer_word::stopped(self, at, &address.key());
            if !known && !self.desk.is_own(&address.address) && address.address.contains('@') {
                let written = address.to_string();
                self.set(at, Attribute::Participant, Some(written), cause);
            }
        }
    }
}

/// Where nothing was booked there is no value.
fn minutes_of(value: Option<&str>) -> i64 {
    value.and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The value of [`Attribute::Lock`].
pub(super) fn lock_word(locked: bool) -> String {
    if locked { "locked" } else { "unlocked" }.to_owned()
}

/// Puts a value into a ticket and gives back the one that was there. For tags, participants and watchers, which
/// are sets, a value that is there already comes back as "before".
fn put(ticket: &mut Ticket, attribute: &Attribute, after: Option<&str>, since: Timestamp) -> Option<String> {
    let owned = after.map(str::to_owned);
    let now = &mut ticket.now;
    match attribute {
        Attribute::Title => Some(std::mem::replace(&mut now.title, owned.unwrap_or_default())),
        Attribute::Queue => Some(std::mem::replace(&mut now.queue, owned.unwrap_or_default())),
        Attribute::Type => Some(std::mem::replace(&mut now.kind, owned.unwrap_or_default())),
        Attribute::State => Some(std::mem::replace(&mut now.state, owned.unwrap_or_default())),
        Attribute::Level => Some(std::mem::replace(&mut now.level, owned.unwrap_or_default())),
        Attribute::Service => std::mem::replace(&mut now.service, owned),
        Attribute::Sla => std::mem::replace(&mut ticket.sla, owned),
        Attribute::Owner => std::mem::replace(&mut now.owner, owned),
        Attribute::Responsible => std::mem::replace(&mut now.responsible, owned),
        Attribute::Priority => {
            let before = now.priority;
            now.priority = after.and_then(Priority::from_words).unwrap_or(before);
            Some(before.value().to_string())
        }
        Attribute::Lock => {
            let before = std::mem::replace(&mut now.locked, after == Some("locked"));
            Some(lock_word(before))
        }
        Attribute::Customer => {
            let before = now.customer.take();
            now.customer = after.map(Address::read);
            before.map(|address| address.to_string())
        }
        Attribute::PendingUntil => {
            let before = ticket.pending_until.map(|until| until.to_string());
            ticket.pending_until = after.and_then(|text| text.parse().ok());
            before
        }
        Attribute::Estimate => {
            let before = ticket.estimate.map(|minutes| minutes.to_string());
            ticket.estimate = after.and_then(|text| text.parse().ok());
            before
        }
        Attribute::Booked => {
            let before = std::mem::replace(&mut ticket.booked, minutes_of(after));
            (before != 0).then(|| before.to_string())
        }
        Attribute::Language => {
            let before = now.language;
            now.language = after.and_then(Language::from_code).unwrap_or(before);
            Some(before.code().to_owned())
        }
        // Where follow-ups go is read with the next mail; within one decision nobody asks.
        Attribute::MergedInto => None,
        Attribute::Field(name) => match owned {
            Some(value) => now.fields.insert(name.clone(), value),
            None => now.fields.remove(name),
        },
        Attribute::Link(_)
        | Attribute::Tag
        | Attribute::Watcher
        | Attribute::Supplier
        | Attribute::Participant => {
            let value = after?;
            let new = List::of(ticket, attribute, since).is_some_and(|mut list| list.add(value));
            (!new).then(|| value.to_owned())
        }
    }
}
