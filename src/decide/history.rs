//! Mails of long ago: an import, or the old stock of a mailbox. They make tickets and articles as they were, and nothing
//! happens because of them any more: no mail, no timer, no command.
//!
//! The time of the decision is the mail's own, so tickets begin and end when they did. Threads are taken as they are:
//! whoever wrote into one belongs to it, though he becomes no participant by that; a closed ticket does not part a thread;
//! and a mail may come after those that answer it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::lookup::{other_numbers, thread};
use super::mail::{Case, concerning_none};
use super::matching::{Apart, Match};
use super::obey_rules::obey_rules;
use super::{Decision, Effect, Event, History, Incoming, Reason, customer_mail, program_mail};
use crate::desk::{
    Actor, Attribute, Cause, Relation, SenderKind, State, StateType, Ticket, TicketId, TicketRef,
};
use crate::mail::{Address, Class, LOOP_HEADER, MessageId};
use crate::rules::{Action, RuleEvent};

/// How far the writer's clock may be from that of the server that received the mail, in hours: a mail may wait five days
/// for a server (RFC 5321 section 4.5.4.1).
const CLOCKS_APART: i64 = 7 * 24;
/// Ids of one mail's thread that are remembered.
const REMEMBERED_IDS: usize = 20;

/// When an event happened: now, but for a mail of history, which has its own time. That is `Date`, unless it is far from
/// when a server received the mail; then it is the latter. Nothing is later than now.
pub fn dated(event: &Event, now: Timestamp) -> Timestamp {
    match event {
        Event::Mail(incoming) if incoming.silent => {
            time_of_history(incoming.mail.date, incoming.received, now)
        }
        Event::Mail(_) | Event::Timer(_) | Event::Request(_) => now,
    }
}

/// The time of a mail of history by its `Date` and by when it was received.
pub fn time_of_history(date: Option<Timestamp>, received: Option<Timestamp>, now: Timestamp) -> Timestamp {
    let apart = |date: &Timestamp, received: Timestamp| date.duration_since(received).abs();
    let near = |date: &Timestamp| {
        received.is_none_or(|received| apart(date, received) <= SignedDuration::from_hours(CLOCKS_APART))
    };
    let written = date.filter(|date| *date > Timestamp::UNIX_EPOCH && near(date));
    written.or(received).map_or(now, |date| date.min(now))
}

/// Decides a mail of history.
pub(super) fn history(draft: Draft<'_>, case: &Case<'_>) -> Decision {
    let instance = case.policy.desk.instance.as_str();
    match case.incoming.classified.class {
        // What this desk sent stands in its tickets already.
        Class::Own if case.incoming.mail.header(LOOP_HEADER).any(|mark| mark.trim() == instance) => {
            concerning_none(draft, Reason::OwnMail)
        }
        // An automatic mail of the desk before this one.
        Class::Own => program_mail::auto_reply(draft, case),
        Class::Bounce => program_mail::bounce(draft, case),
        Class::AutoReply => program_mail::auto_reply(draft, case),
        Class::Complaint => program_mail::complaint(draft, case),
        Class::Person | Class::SurveyAnswer | Class::Automatic | Class::List => match case.matched {
            Match::FollowUp(id) => follow_up(draft, case, id, false),
            Match::Apart(id, Apart::Stranger) => follow_up(draft, case, id, true),
            Match::Apart(id, Apart::NewTopic) => new_ticket(draft, case, Some(id)),
            Match::New => new_ticket(draft, case, None),
        },
    }
}

/// Who asks: the author, but of a mail that the desk wrote to somebody, that one.
pub(super) fn customer(case: &Case<'_>) -> Option<Address> {
    let mail = &case.incoming.mail;
    if case.incoming.silent && outgoing(case) {
        return mail.recipients().find(|to| is_foreign(case, to)).cloned();
    }
    mail.from.clone()
}

/// Whether the desk speaks: from its own address, or an agent who answers somebody outside or writes to him alone.
fn outgoing(case: &Case<'_>) -> bool {
    let (desk, mail) = (&case.policy.desk, &case.incoming.mail);
    let by_desk = mail.from.as_ref().is_some_and(|from| desk.is_own(&from.address));
    let answers = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
    let to_desk = mail.recipients().any(|to| desk.is_own(&to.address));
    let outside = mail.recipients().any(|to| is_foreign(case, to));
    by_desk || (case.sender.agent.is_some() && outside && (answers || !to_desk))
}

fn is_foreign(case: &Case<'_>, address: &Address) -> bool {
    let desk = &case.policy.desk;
    !desk.is_own(&address.address) && desk.agent_by_address(&address.address).is_none()
}

/// Who wrote it, as the cause of what follows.
fn cause(case: &Case<'_>) -> Cause {
    match case.sender.agent {
        Some(agent) if case.incoming.classified.class == Class::Person => {
            Cause::new(Actor::Agent(agent.login.clone()), "history")
        }
        Some(_) | None if outgoing(case) => Cause::new(Actor::System, "history"),
        Some(_) | None => customer_mail::cause(case),
    }
}

fn new_ticket(mut draft: Draft<'_>, case: &Case<'_>, parent: Option<TicketId>) -> Decision {
    let cause = cause(case);
    let at = customer_mail::open(&mut draft, case, &cause);
    if let Some(parent) = parent {
        draft.link(TicketRef::Existing(parent), at, Relation::Linked, &cause);
    }
    let sender = if outgoing(case) { SenderKind::Agent } else { SenderKind::Customer };
    let article = case.article(&draft, sender, true, Arc::clone(&case.incoming.mail.body.text));
    draft.article(at, article, &cause);
    rules(&mut draft, case, at, RuleEvent::New);
    if sender == SenderKind::Agent {
        answered(&mut draft, case, at, &cause);
    }
    if let Some(state) = state(case, draft.desk, draft.now()) {
        draft.set_state(at, state, None, &cause);
    }
    remember(&mut draft, case, at, None, None);
    let reason = if parent.is_some() { Reason::NewLinkedTicket } else { Reason::NewTicket };
    draft.finish(reason, Some(at))
}

fn follow_up(mut draft: Draft<'_>, case: &Case<'_>, id: TicketId, stranger: bool) -> Decision {
    let at = TicketRef::Existing(id);
    let Some(ticket) = draft.ticket(at).cloned() else { return new_ticket(draft, case, None) };
    let cause = cause(case);
    let mail = &case.incoming.mail;
    let asks =
        |address: &str| ticket.now.customer.as_ref().is_some_and(|c| c.key() == address.to_lowercase());
    let own_request = case.sender.agent.is_some() && mail.from.iter().any(|from| asks(&from.address));
    let by_desk = mail.from.as_ref().is_some_and(|from| draft.desk.is_own(&from.address));
    let of_agent = by_desk || (case.sender.agent.is_some() && !own_request);
    let sender = if of_agent { SenderKind::Agent } else { SenderKind::Customer };
    let article = case.article(&draft, sender, true, Arc::clone(&mail.body.text));
    draft.article(at, article, &cause);
    if case.incoming.classified.class == Class::Person && !stranger {
        let from = mail.from.iter().filter(|_| !of_agent);
        draft.add_participants(at, from.chain(mail.recipients()), &cause);
    }
    let (now, began) = (draft.now(), ticket.now.created);
    if now < began {
        begin(&mut draft, case, at, &ticket, of_agent, &cause);
    } else if of_agent {
        answered(&mut draft, case, at, &cause);
    }
    if !of_agent {
        rules(&mut draft, case, at, RuleEvent::FollowUp);
    }
    let closed = follow_state(&mut draft, case, at, &ticket, &cause);
    let since = (now < began).then_some(now);
    link_others(&mut draft, case, id, &cause);
    remember(&mut draft, case, at, since, closed);
    draft.finish(Reason::FollowUp, Some(at))
}

/// The ticket began earlier than was known: with this mail.
fn begin(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    ticket: &Ticket,
    of_agent: bool,
    cause: &Cause,
) {
    let mail = &case.incoming.mail;
    let nobody = ticket.now.customer.as_ref().is_none_or(|known| !is_foreign(case, known));
    if let Some(from) = mail.from.as_ref().filter(|_| nobody && !of_agent) {
        draft.set(at, Attribute::Customer, Some(from.to_string()), cause);
    }
    let title = super::text::title(mail, draft.desk);
    draft.set(at, Attribute::Title, Some(title), cause);
}

/// An answer takes the ticket out of "new", and whoever gives the first one attends it.
fn answered(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let Some(now) = draft.ticket(at).map(|ticket| ticket.now.clone()) else { return };
    if let (None, Some(agent)) = (&now.responsible, case.sender.agent)
        && now.state_type.is_open()
    {
        draft.set(at, Attribute::Responsible, Some(agent.login.clone()), cause);
    }
    if now.state_type == StateType::New
        && let Some(open) = draft.desk.first_state(StateType::Open)
    {
        draft.set_state(at, open, None, cause);
    }
}

/// A closed ticket stays closed where its new mail is closed, too, and opens where it is not. What was closed later than
/// the mail was written stays as it is. Answers since when it is closed.
fn follow_state(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    ticket: &Ticket,
    cause: &Cause,
) -> Option<Timestamp> {
    let now = draft.now();
    let closed = ticket.closed_at.filter(|closed| *closed <= now)?;
    if ticket.now.state_type != StateType::Closed {
        return None;
    }
    if state(case, draft.desk, now).is_some() {
        return (closed < now).then_some(now);
    }
    if case.incoming.classified.class == Class::Person
        && let Some(open) = draft.desk.first_state(StateType::Open)
    {
        draft.set_state(at, open, None, cause);
    }
    None
}

/// The state that was asked for, for a mail of that age.
fn state<'a>(case: &Case<'_>, desk: &'a crate::desk::Desk, at: Timestamp) -> Option<&'a State> {
    let (name, before) = case.incoming.history.state.as_ref()?;
    desk.state(name).filter(|_| at < *before)
}

fn rules(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, event: RuleEvent) {
    if !case.incoming.history.without_rules {
        // What they say of the mail itself is left undone, see `obeys`.
        obey_rules(draft, case, at, event);
    }
    if let Some(queue) = &case.incoming.history.queue
        && event == RuleEvent::New
    {
        let cause = Cause::new(Actor::Operator, "the queue that was asked for");
        draft.set(at, Attribute::Queue, Some(queue.clone()), &cause);
    }
}

/// Whether history has an action of a rule done: whatever sets up the ticket, nothing that keeps the mail out of it, tells
/// somebody, or is due later.
///
/// # Errors
/// Why not.
pub(super) fn obeys(said: &History, action: &Action) -> Result<(), String> {
    let what = match action {
        Action::Discard => "discard",
        Action::Reject(_) => "reject",
        Action::Quarantine => "quarantine",
        Action::PendUntil(_) => "pending date",
        Action::Queue(_) if said.queue.is_some() => "queue",
        Action::Queue(_)
        | Action::SuppressReply
        | Action::MoveMail(_)
        | Action::Note(_)
        | Action::Notify { .. }
        | Action::Type(_)
        | Action::Service(_)
        | Action::Sla(_)
        | Action::Priority(_)
        | Action::State(_)
        | Action::Owner(_)
        | Action::Responsible(_)
        | Action::Title(_)
        | Action::Lock(_)
        | Action::Tag(_)
        | Action::Field(..)
        | Action::Level(_)
        | Action::Link(_)
        | Action::Watcher(_) => return Ok(()),
    };
    Err(format!("no {what} in history"))
}

/// By what later mails find the ticket: whatever this one answers, known or not, and other desks' numbers.
fn remember(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    since: Option<Timestamp>,
    closed: Option<Timestamp>,
) {
    let (incoming, context) = (case.incoming, draft.context);
    let unknown = |id: &&MessageId| !context.by_message_id.contains_key(*id);
    let message_ids: Vec<MessageId> =
        thread(&incoming.mail).filter(unknown).take(REMEMBERED_IDS).cloned().collect();
    let other_numbers = new_numbers(incoming, draft);
    if message_ids.is_empty() && other_numbers.is_empty() && since.is_none() && closed.is_none() {
        return;
    }
    draft.effects.push(Effect::Past { ticket: at, message_ids, other_numbers, since, closed });
}

/// Numbers of other desks that a mail of today carries, by the patterns of the settings: later mails find the ticket by
/// them.
pub(super) fn learn_numbers(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef) {
    let found = draft.desk.numbering.others_in_subject(&case.incoming.mail.subject);
    learn(draft, at, found);
}

/// Keeps numbers with a ticket, but for those that lead to one already.
pub(super) fn learn(draft: &mut Draft<'_>, at: TicketRef, found: Vec<String>) {
    let known = |name: &String| draft.context.by_other_number.contains_key(name);
    let other_numbers: Vec<String> = found.into_iter().filter(|name| !known(name)).collect();
    if !other_numbers.is_empty() {
        let (since, closed) = (None, None);
        draft.effects.push(Effect::Past {
            ticket: at,
            message_ids: Vec::new(),
            other_numbers,
            since,
            closed,
        });
    }
}

/// Numbers that lead to no ticket yet.
fn new_numbers(incoming: &Incoming, draft: &Draft<'_>) -> Vec<String> {
    let known = |name: &String| draft.context.by_other_number.contains_key(name);
    other_numbers(&incoming.mail, draft.desk).filter(|name| !known(name)).collect()
}

/// Two tickets that turn out to be one thread, because a mail between them came last, belong together.
fn link_others(draft: &mut Draft<'_>, case: &Case<'_>, id: TicketId, cause: &Cause) {
    let mail = &case.incoming.mail;
    let ids = thread(mail).chain(&mail.message_id);
    let mut others: Vec<TicketId> =
        ids.filter_map(|known| draft.context.by_message_id.get(known)).copied().collect();
    others.sort_unstable();
    others.dedup();
    for other in others.into_iter().filter(|other| *other != id) {
        draft.link(TicketRef::Existing(id), TicketRef::Existing(other), Relation::Linked, cause);
    }
}
