//! Takes back what one mail of an agent did, while nothing that it touched has changed since.
//!
//! What was done stands in the history, so the values before are known. A mail that has left cannot be taken back and
//! is named; one that waits in the hold is dropped, and the answer that it carried is no longer the customer's.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::Draft;
use super::execute::Order;
use super::sentences::Say;
use super::{Doings, Effect, Fact};
use crate::desk::{Attribute, Cause, Change, StateType, TicketId, TicketRef};
use crate::outbound::{catalog, data};

/// Tickets of which the receipt names each change.
const MOST_TOLD: usize = 25;

/// For how many days a doing can be taken back.
pub(super) const DAYS: i64 = 7;

/// What one attribute of one ticket was before the event, and after it. A list has one of these for each value.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
struct Slot {
    ticket: TicketId,
    attribute: Attribute,
    /// The value, of a list.
    member: Option<String>,
}

/// Takes back; what was restored and what could not be, in words. `named` where the mail says by a token which doing it means.
pub(super) fn undo(
    draft: &mut Draft<'_>,
    order: &Order<'_>,
    named: bool,
    cause: &Cause,
) -> Result<String, String> {
    let say = |say: &Say<'_>| say.text(order.language);
    let doings = draft.context.undo.as_ref().filter(|doings| doings.login == order.agent.login);
    let Some(doings) = doings else { return Err(say(&Say::NothingToUndo)) };
    if doings.done {
        return Err(say(if named { &Say::UndoneBefore } else { &Say::LastUndoneBefore }));
    }
    if draft.now() > doings.expires {
        return Err(say(&Say::UndoExpired(DAYS)));
    }
    let slots = slots(doings);
    let changed = slots.iter().filter_map(|(slot, (_, after))| changed(draft, order, slot, after.as_deref()));
    // What came into a ticket since it was opened would go with it.
    let since: Vec<String> = changed.chain(went_on(draft, doings)).collect();
    if !since.is_empty() {
        let shown = since.iter().take(MOST_TOLD).cloned().collect::<Vec<_>>().join("; ");
        return Err(say(&Say::ChangedSince(&shown)));
    }
    let (mut told, untouched) = (Vec::new(), draft.effects.len());
    for (slot, (before, _)) in &slots {
        told.extend(restore(draft, order, slot, before.as_deref(), &slots, cause));
    }
    told.extend(remove_created(draft, order, doings, cause));
    told.extend(take_mails_back(draft, order, doings, cause));
    if draft.effects.len() == untouched {
        // It goes on being what was done last: whoever asks again hears the same.
        let words = told.join("; ");
        return Err(if told.is_empty() { say(&Say::NothingLeftToUndo) } else { words });
    }
    let mut touched: BTreeSet<TicketId> = slots.keys().map(|slot| slot.ticket).collect();
    touched.extend(doings.articles.iter().map(|(ticket, ..)| *ticket));
    touched.extend(doings.created.iter().copied());
    for ticket in touched {
        draft.fact(TicketRef::Existing(ticket), Fact::Undone(doings.at), cause);
    }
    draft.effects.push(Effect::Undo { undo: doings.id });
    let more = told.len().saturating_sub(MOST_TOLD);
    told.truncate(MOST_TOLD);
    if more > 0 {
        told.push(format!("\u{2026} (+{more})"));
    }
    Ok(told.join("; "))
}

/// Every attribute that the event changed: its value before the first change and after the last one. What hangs on a
/// ticket that the event itself opened goes with that ticket.
fn slots(doings: &Doings) -> BTreeMap<Slot, (Option<String>, Option<String>)> {
    let mut slots: BTreeMap<Slot, (Option<String>, Option<String>)> = BTreeMap::new();
    for (ticket, change) in &doings.changes {
        if doings.created.contains(ticket) {
            continue;
        }
        let member = change.attribute.is_list().then(|| member(change)).flatten();
        let slot = Slot { ticket: *ticket, attribute: change.attribute.clone(), member };
        let slot = slots.entry(slot).or_insert_with(|| (change.before.clone(), None));
        slot.1.clone_from(&change.after);
    }
    slots.retain(|_, (before, after)| before != after);
    slots
}

/// The value of a list that came or went; an address by its key.
fn member(change: &Change) -> Option<String> {
    let value = change.after.as_deref().or(change.before.as_deref())?;
    let is_address = matches!(change.attribute, Attribute::Participant | Attribute::Supplier);
    Some(if is_address { crate::mail::Address::read(value).key() } else { value.to_owned() })
}

/// The opened tickets in which something has happened since.
fn went_on(draft: &Draft<'_>, doings: &Doings) -> Vec<String> {
    let tickets = doings.went_on.iter().filter_map(|ticket| draft.ticket(TicketRef::Existing(*ticket)));
    tickets.map(|ticket| format!("{} {}", ticket.now.number, ticket.now.title)).collect()
}

/// What stands there now in place of what the event left; `None` where it is as it was left.
fn changed(draft: &Draft<'_>, order: &Order<'_>, slot: &Slot, left: Option<&str>) -> Option<String> {
    let at = TicketRef::Existing(slot.ticket);
    let ticket = draft.ticket(at)?;
    let now = match &slot.member {
        Some(member) => draft.has(at, &slot.attribute, member).then(|| member.clone()),
        None => draft.value(at, &slot.attribute),
    };
    let same = match &slot.member {
        Some(_) => now.is_some() == left.is_some(),
        None => now.as_deref() == left,
    };
    let change = Change { attribute: slot.attribute.clone(), before: left.map(str::to_owned), after: now };
    let line = data::change_line(draft.desk, order.language, &change);
    (!same).then(|| format!("{} {line}", ticket.now.number))
}

/// Puts one value back; the line for the receipt.
fn restore(
    draft: &mut Draft<'_>,
    order: &Order<'_>,
    slot: &Slot,
    before: Option<&str>,
    slots: &BTreeMap<Slot, (Option<String>, Option<String>)>,
    cause: &Cause,
) -> Option<String> {
    let at = TicketRef::Existing(slot.ticket);
    let change = match (&slot.attribute, &slot.member, before) {
        (Attribute::State, ..) => {
            let state = draft.desk.state(before?)?.clone();
            let pending = Slot { attribute: Attribute::PendingUntil, ..slot.clone() };
            let until = match slots.get(&pending) {
                Some((until, _)) => until.as_deref().and_then(|until| until.parse().ok()),
                None => draft.ticket(at)?.pending_until,
            };
            draft.set_state(at, &state, until, cause)
        }
        (Attribute::PendingUntil, _, until) => {
            // With the state, where that changed too; else in the state that it has.
            let state = draft.desk.state(&draft.ticket(at)?.now.state)?.clone();
            let until = until.and_then(|until| until.parse().ok());
            draft.set_state(at, &state, until, cause)
        }
        (attribute, Some(_), Some(before)) => {
            draft.set(at, attribute.clone(), Some(before.to_owned()), cause)
        }
        (attribute, Some(member), None) => draft.remove(at, attribute.clone(), member, cause),
        (attribute, None, before) => draft.set(at, attribute.clone(), before.map(str::to_owned), cause),
    }?;
    let number = draft.ticket(at)?.now.number.clone();
    Some(format!("{number} {}", data::change_line(draft.desk, order.language, &change)))
}

/// Tickets that the event opened are there no longer.
fn remove_created(draft: &mut Draft<'_>, order: &Order<'_>, doings: &Doings, cause: &Cause) -> Vec<String> {
    let Some(removed) = draft.desk.first_state(StateType::Removed).cloned() else { return Vec::new() };
    let mut told = Vec::new();
    for ticket in &doings.created {
        let at = TicketRef::Existing(*ticket);
        let change = draft.set_state(at, &removed, None, cause);
        let number = draft.ticket(at).map(|ticket| ticket.now.number.to_string()).unwrap_or_default();
        told.extend(
            change
                .map(|change| format!("{number} {}", data::change_line(draft.desk, order.language, &change))),
        );
        let links = draft.ticket(at).map(|ticket| ticket.links.clone()).unwrap_or_default();
        for (relation, other) in links {
            if let Some(other) = super::matching::resolve_any(draft, &other) {
                draft.unlink(at, other, relation, cause);
            }
        }
    }
    told
}

/// Whether customers get the mails of a template. Nobody knows whom a desk's own template is for: theirs, to be safe.
fn of_customer(template: &str) -> bool {
    catalog::find(template).is_none_or(|spec| spec.audience == catalog::Audience::Customer)
}

/// Drops what waits, names what has left, and hides from the customer the answers that he never got.
fn take_mails_back(draft: &mut Draft<'_>, order: &Order<'_>, doings: &Doings, cause: &Cause) -> Vec<String> {
    let mut told = Vec::new();
    let mut left_of: BTreeSet<Option<TicketId>> = BTreeSet::new();
    for mail in &doings.mails {
        let say = if mail.left {
            if of_customer(&mail.template) {
                left_of.insert(mail.ticket);
            }
            Say::MailHasLeft(&mail.recipient)
        } else {
            // A survey goes with the closing that asked it, and stays where the ticket stays closed.
            if mail.template == "survey" {
                continue;
            }
            draft.effects.push(Effect::DropMail { mail: mail.id });
            Say::MailTakenBack(&mail.recipient)
        };
        told.push(say.text(order.language));
    }
    for (ticket, article, visible) in &doings.articles {
        let at = TicketRef::Existing(*ticket);
        if *visible && !left_of.contains(&Some(*ticket)) && !doings.created.contains(ticket) {
            draft.effects.push(Effect::Withdraw { ticket: at, article: *article });
            draft.fact(at, Fact::Withdrawn, cause);
        }
    }
    told
}
