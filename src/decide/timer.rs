//! A timer that is due. It fired once, whatever happens here; if its reason is gone, nothing happens.

use serde_json::{Map, json};

use super::draft::Draft;
use super::notify::Happening;
use super::{Context, Decision, Effect, Fact, Given, Policy, Reason, SenderTrace, supplier, survey_mail};
use crate::desk::{
    Actor, Allowance, Cause, Notice, NoticeKind, Occasion, StateType, Ticket, TicketRef, Timer, TimerKind,
};
use crate::outbound::data;

pub(super) fn decide_timer(timer: &Timer, context: &Context, policy: &Policy, given: &Given) -> Decision {
    let draft = Draft::new(&policy.desk, context, given);
    match timer.kind {
        TimerKind::HeldExpired => held_expired(draft),
        TimerKind::PendingReminder | TimerKind::PendingAuto | TimerKind::SupplierReminder => {
            let at = timer.ticket.map(TicketRef::Existing);
            let ticket = at.and_then(|at| draft.ticket(at)).cloned();
            match (at, ticket) {
                (Some(at), Some(ticket)) if timer.kind == TimerKind::SupplierReminder => {
                    supplier::remind(draft, at, &ticket)
                }
                (Some(at), Some(ticket)) => pending(draft, timer, at, &ticket),
                (Some(_), None) | (None, _) => draft.finish(Reason::TimerVoid, at),
            }
        }
    }
}

fn pending(mut draft: Draft<'_>, timer: &Timer, at: TicketRef, ticket: &Ticket) -> Decision {
    let wanted = match timer.kind {
        TimerKind::PendingReminder => StateType::PendingReminder,
        TimerKind::PendingAuto | TimerKind::SupplierReminder | TimerKind::HeldExpired => {
            StateType::PendingAuto
        }
    };
    let still =
        ticket.now.state_type == wanted && ticket.pending_until.is_some_and(|until| until <= draft.now());
    if !still {
        return draft.finish(Reason::TimerVoid, Some(at));
    }
    let desk = draft.desk;
    let cause = Cause::new(Actor::Timer(timer.kind.word()), "");
    let by = SenderTrace::of_program();
    draft.fact(at, Fact::Reminded, &cause);
    if wanted == StateType::PendingReminder {
        let mut happening = Happening::new(Occasion::PendingReached, Some(at), &by);
        let until = data::date(desk, desk.language, ticket.pending_until.unwrap_or(timer.due));
        happening.extra.insert("pending_until".to_owned(), json!(until));
        draft.happenings.push(happening);
        return draft.finish(Reason::TimerFired, Some(at));
    }
    let next = desk.state(&ticket.now.state).and_then(|state| state.next.as_deref());
    let next = next.and_then(|name| desk.state(name)).or_else(|| desk.first_state(StateType::Closed));
    if let Some(next) = next {
        draft.set_state(at, next, None, &cause);
    }
    let mut closed = Happening::new(Occasion::Closed, Some(at), &by);
    closed.extra.insert("by".to_owned(), json!(desk.name));
    survey_mail::closed(&mut draft, closed, None);
    draft.finish(Reason::TimerFired, Some(at))
}

/// Nobody confirmed: the mail stays where it is kept, and its supposed author hears of it.
fn held_expired(mut draft: Draft<'_>) -> Decision {
    let Some(held) = draft.context.held.clone().filter(|held| held.outcome.is_none()) else {
        return draft.finish(Reason::TimerVoid, None);
    };
    let at = held.ticket.map(TicketRef::Existing);
    draft.effects.push(Effect::Release { held: held.id, confirmed: false });
    if let Some(at) = at {
        let cause = Cause::new(Actor::Timer(TimerKind::HeldExpired.word()), "");
        draft.fact(at, Fact::HeldExpired(held.login.clone()), &cause);
    }
    let desk = draft.desk;
    if let Some(agent) = desk.agent(&held.login) {
        let language = agent.language.unwrap_or(desk.language);
        let mut fill = Map::new();
        fill.insert("mail_subject".to_owned(), json!(held.subject));
        draft.effects.push(Effect::Notify(Box::new(Notice {
            ticket: None,
            number: None,
            template: "confirmation-expired".to_owned(),
            language,
            from: desk.address.clone(),
            to: agent.address(),
            cc: Vec::new(),
            data: fill,
            kind: NoticeKind::Generated,
            in_reply_to: None,
            references: Vec::new(),
            token: None,
            not_before: None,
            attachments: Vec::new(),
            allowance: Allowance::Uncounted,
        })));
    }
    draft.finish(Reason::TimerFired, at)
}
