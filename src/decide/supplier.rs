//! Mails to a supplier: what an agent writes to it, and reminders until it answers.
//!
//! They stand in a thread of their own and say nothing of the ticket but its number and title: no customer, no note, no
//! text that an agent did not write for the supplier.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};

use super::draft::Draft;
use super::notify::{Happening, hold};
use super::{Decision, Effect, Fact, Reason, SenderTrace};
use crate::desk::{
    Actor, Agent, Allowance, Cause, Notice, NoticeKind, Occasion, Ticket, TicketRef, TicketSupplier,
    TimerKind, token,
};
use crate::mail::Attachment;
use crate::outbound::data;

/// A supplier of a ticket, by its name.
pub(super) fn of<'t>(ticket: &'t Ticket, name: &str) -> Option<&'t TicketSupplier> {
    ticket.suppliers.iter().find(|supplier| supplier.name() == name)
}

/// What an agent writes to it.
pub(super) struct Words<'w> {
    pub(super) agent: &'w Agent,
    pub(super) text: &'w str,
    pub(super) files: &'w [Attachment],
}

/// Puts the mail into the outbox, where it waits as an answer to a customer does, and awaits the answer.
pub(super) fn write_to(draft: &mut Draft<'_>, at: TicketRef, name: &str, words: &Words<'_>) {
    let mut fill = Map::new();
    fill.insert("agent".to_owned(), json!(words.agent.name));
    fill.insert("text".to_owned(), json!(data::shown(words.text)));
    fill.insert("attachments".to_owned(), data::attachment_names(words.files));
    let Some(mut notice) = notice(draft, at, name, "supplier-request", fill) else { return };
    notice.kind = NoticeKind::Human;
    notice.not_before = draft.ticket(at).and_then(|ticket| hold(draft, &ticket.now.queue));
    notice.attachments = words.files.to_vec();
    draft.effects.push(Effect::Notify(Box::new(notice)));
    await_answer(draft, at, name);
}

/// The timer that reminds it, in place of one that is set already; nobody waits for what is said at the end.
fn await_answer(draft: &mut Draft<'_>, at: TicketRef, name: &str) {
    let open = draft.ticket(at).is_some_and(|ticket| ticket.now.state_type.is_open());
    if let Some(due) = reminder(draft, name).filter(|_| open) {
        draft.effects.push(Effect::Timer { ticket: at, kind: TimerKind::SupplierReminder, due });
    }
}

fn reminder(draft: &Draft<'_>, name: &str) -> Option<Timestamp> {
    let remind: SignedDuration = draft.desk.supplier(name)?.remind?;
    draft.now().checked_add(remind).ok()
}

/// A mail to a supplier of the ticket; `None` where it is none.
fn notice(
    draft: &Draft<'_>,
    at: TicketRef,
    name: &str,
    template: &str,
    mut fill: Map<String, serde_json::Value>,
) -> Option<Notice> {
    let desk = draft.desk;
    let ticket = draft.ticket(at)?;
    let party = of(ticket, name)?;
    let language = desk.supplier(name).and_then(|supplier| supplier.language).unwrap_or(desk.language);
    for (key, value) in [("number", ticket.now.number.as_str()), ("title", &ticket.now.title)] {
        fill.insert(key.to_owned(), json!(value));
    }
    // For the queue's signature.
    fill.insert("queue".to_owned(), json!(ticket.now.queue));
    Some(Notice {
        ticket: Some(at),
        number: Some(ticket.now.number.clone()),
        template: template.to_owned(),
        language,
        from: desk.queue_address(&ticket.now.queue),
        to: party.address.clone(),
        cc: Vec::new(),
        data: fill,
        kind: NoticeKind::Generated,
        in_reply_to: party.thread.last().cloned(),
        references: party.thread.clone(),
        token: Some(token::Use::Supplier),
        not_before: None,
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    })
}

/// Its time is over: it is reminded, and whoever attends the ticket hears of it. Only while the ticket is with it.
pub(super) fn remind(mut draft: Draft<'_>, at: TicketRef, ticket: &Ticket) -> Decision {
    let name = ticket.now.level.clone();
    let waits = ticket.now.state_type.is_open() && reminder(&draft, &name).is_some();
    let Some(party) = of(ticket, &name).filter(|_| waits) else {
        return draft.finish(Reason::TimerVoid, Some(at));
    };
    let since = |language| json!(data::date(draft.desk, language, party.since));
    let language = draft.desk.supplier(&name).and_then(|supplier| supplier.language);
    let fill = Map::from_iter([("since".to_owned(), since(language.unwrap_or(draft.desk.language)))]);
    let mut silent = Happening::new(Occasion::SupplierSilent, Some(at), &SenderTrace::of_program());
    silent.extra.insert("since".to_owned(), since(draft.desk.language));
    silent.extra.insert("supplier".to_owned(), json!(name));
    if let Some(notice) = notice(&draft, at, &name, "supplier-reminder", fill) {
        draft.effects.push(Effect::Notify(Box::new(notice)));
    }
    let cause = Cause::new(Actor::Timer(TimerKind::SupplierReminder.word()), "");
    draft.fact(at, Fact::SupplierReminded(name.clone()), &cause);
    draft.happenings.push(silent);
    await_answer(&mut draft, at, &name);
    draft.finish(Reason::TimerFired, Some(at))
}
