//! Second half of matching: which ticket a mail belongs to, out of what was read.
//!
//! In this order: reply token; Message-IDs that we sent or stored; the number in the subject; another desk's number there,
//! or the supplier's that writes. Whether the sender may write into the ticket is asked at the end, once, whatever led to it.

use super::draft::Draft;
use super::lookup::{Carried, Place, other_numbers, supplier_numbers, thread};
use super::{Context, Incoming, MatchKind, MatchTrace};
use crate::desk::{Desk, Recipient, Ticket, TicketId, TicketNumber, TicketRef, token};
use crate::mail::{Class, Mail, MessageId};

/// The ticket that a mail names, and what that means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Match {
    /// It names none.
    New,
    /// It belongs to this one.
    FollowUp(TicketId),
    /// It names this one, and has to be a ticket of its own that is linked to it.
    Apart(TicketId, Apart),
}

/// Why a mail that names a ticket stays out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Apart {
    /// The sender takes no part in it.
    Stranger,
    /// A token address with a new subject and no references is a new topic.
    NewTopic,
}

impl Match {
    pub(super) fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::New => None,
            Self::FollowUp(id) | Self::Apart(id, _) => Some(*id),
        }
    }
}

/// Finds the ticket of a mail.
pub(super) fn find_match(
    incoming: &Incoming,
    carried: &[Carried],
    context: &Context,
    desk: &Desk,
) -> (Match, MatchTrace) {
    let mail = &incoming.mail;
    let Some((id, evidence, holder)) = named(incoming, carried, context, desk) else {
        let trace = MatchTrace { kind: MatchKind::New, ticket: None, evidence: nothing_found(mail, desk) };
        return (Match::New, trace);
    };
    let Some(ticket) = context.tickets.get(&id) else {
        let trace = MatchTrace { kind: MatchKind::New, ticket: None, evidence };
        return (Match::New, trace);
    };
    let number = Some(ticket.now.number.to_string());
    // A supplier's own desk writes under subjects of its own.
    let of_supplier = carried.iter().any(|carried| {
        carried.claim.purpose == token::Use::Supplier && resolve(context, &carried.claim.number) == Some(id)
    });
    if holder == Some(Place::Address) && !of_supplier && new_topic(mail, ticket, desk) {
        let evidence = format!("{evidence}; a new subject and no references: a new topic");
        let trace = MatchTrace { kind: MatchKind::New, ticket: number, evidence };
        return (Match::Apart(id, Apart::NewTopic), trace);
    }
    match part_in(incoming, ticket, holder, desk) {
        Ok(part) => {
            let evidence = format!("{evidence}; {part}");
            (Match::FollowUp(id), MatchTrace { kind: MatchKind::FollowUp, ticket: number, evidence })
        }
        Err(why) => {
            let evidence = format!("{evidence}; {why}");
            (Match::Apart(id, Apart::Stranger), MatchTrace { kind: MatchKind::New, ticket: number, evidence })
        }
    }
}

/// The stored ticket of a number, past all merges.
pub(super) fn resolve(context: &Context, number: &TicketNumber) -> Option<TicketId> {
    context.by_number.get(number).map(|id| follow_merges(context, *id))
}

/// A ticket of the draft by its number, stored or new, merged or not.
pub(super) fn resolve_any(draft: &Draft<'_>, number: &TicketNumber) -> Option<TicketRef> {
    draft.all().find(|(_, ticket)| ticket.now.number == *number).map(|(at, _)| at)
}

/// Where the follow-ups of a ticket go. The store reads the whole chain; a circle ends where it began.
fn follow_merges(context: &Context, start: TicketId) -> TicketId {
    let mut at = start;
    for _ in 0..context.tickets.len() {
        match context.tickets.get(&at).and_then(|ticket| ticket.merged_into) {
            Some(next) if next != start => at = next,
            Some(_) | None => break,
        }
    }
    at
}

/// The ticket that a mail names, by what, and where the token stood if it was one.
fn named(
    incoming: &Incoming,
    carried: &[Carried],
    context: &Context,
    desk: &Desk,
) -> Option<(TicketId, String, Option<Place>)> {
    let mail = &incoming.mail;
    for carried in carried.iter().filter(|carried| carried.claim.purpose != token::Use::Survey) {
        if let Some(id) = resolve(context, &carried.claim.number) {
            let age = if carried.claim.expired { "expired reply token" } else { "reply token" };
            // One that has expired, or whose agent is gone, still names its ticket; it lets nobody in.
            let holder = (!carried.claim.expired && !is_revoked(carried, desk)).then_some(carried.place);
            return Some((id, format!("{age} for {}", carried.claim.number), holder));
        }
    }
    for id in thread(mail) {
        if let Some(ticket) = context.by_message_id.get(id) {
            return Some((follow_merges(context, *ticket), format!("answers {id}"), None));
        }
    }
    if let Some((id, ticket)) = history_id(incoming).and_then(|id| Some((id, context.by_message_id.get(id)?)))
    {
        return Some((follow_merges(context, *ticket), format!("{id} is answered there"), None));
    }
    // What a bounce returns is known by its own Message-ID (RFC 3464 section 2).
    let returned = incoming.classified.bounce.as_ref().and_then(|bounce| bounce.original_message_id.as_ref());
    if let Some((id, ticket)) = returned.and_then(|id| Some((id, context.by_message_id.get(id)?))) {
        return Some((follow_merges(context, *ticket), format!("returns {id}"), None));
    }
    for number in desk.numbering.in_subject(&mail.subject) {
        if !desk.numbering.plausible(&number) {
            continue;
        }
        if let Some(id) = resolve(context, &number) {
            return Some((id, format!("number {number} in the subject"), None));
        }
    }
    let mut others = other_numbers(mail, desk).chain(supplier_numbers(mail, carried, desk));
    others.find_map(|name| {
        let ticket = context.by_other_number.get(&name)?;
        Some((follow_merges(context, *ticket), format!("{name} in the subject"), None))
    })
}

/// Whether a token was an agent's who is none any more, or has another address now. Others whom the desk's files have told of
/// tickets answer with theirs.
fn is_revoked(carried: &Carried, desk: &Desk) -> bool {
    let of_agent =
        matches!(carried.claim.purpose, token::Use::Thread | token::Use::Internal | token::Use::Relay);
    let agents = desk.agents.iter().flat_map(|agent| &agent.addresses).map(String::as_str);
    let named = desk
        .notifications
        .iter()
        .flat_map(|row| &row.to)
        .filter_map(|to| if let Recipient::Address(address) = to { Some(address) } else { None });
    let others = desk.administrator.iter().chain(named).map(|other| other.address.as_str());
    of_agent && !agents.chain(others).any(|address| carried.claim.issued_to(address))
}

/// Whether a mail names its ticket by what nobody can guess: a token, or the Message-ID of a mail in it.
pub(super) fn knows_it(incoming: &Incoming, carried: &[Carried], context: &Context) -> bool {
    let token = |carried: &Carried| {
        carried.claim.purpose != token::Use::Survey && resolve(context, &carried.claim.number).is_some()
    };
    let returned = incoming.classified.bounce.as_ref().and_then(|bounce| bounce.original_message_id.as_ref());
    carried.iter().any(token)
        || thread(&incoming.mail).chain(returned).any(|id| context.by_message_id.contains_key(id))
}

/// The id of a mail of history: those that answer it may have come before it.
fn history_id(incoming: &Incoming) -> Option<&MessageId> {
    incoming.mail.message_id.as_ref().filter(|_| incoming.silent)
}

fn nothing_found(mail: &Mail, desk: &Desk) -> String {
    let wrong: Vec<String> = desk
        .numbering
        .in_subject(&mail.subject)
        .iter()
        .map(|number| {
            if desk.numbering.plausible(number) {
                format!("number {number} in the subject is no ticket of ours")
            } else {
                format!("number {number} in the subject has a wrong check digit")
            }
        })
        .collect();
    if wrong.is_empty() { "no token, no known thread, no number".to_owned() } else { wrong.join("; ") }
}

fn new_topic(mail: &Mail, ticket: &Ticket, desk: &Desk) -> bool {
    let plain = |subject: &str| crate::desk::fold(&super::text::bare_subject(subject, desk));
    mail.in_reply_to.is_empty()
        && mail.references.is_empty()
        && plain(&mail.subject) != plain(&ticket.now.title)
}

/// The name of the ticket's supplier that writes from an address.
pub(super) fn supplier_at(ticket: &Ticket, address: &str, desk: &Desk) -> Option<String> {
    let key = address.to_lowercase();
    let known = desk.supplier_by_address(address).map(|supplier| supplier.name.as_str());
    let party =
        ticket.suppliers.iter().find(|party| party.address.key() == key || Some(party.name()) == known);
    party.map(|party| party.name().to_owned())
}

/// What part the sender has in the ticket, in words.
fn part_in(
    incoming: &Incoming,
    ticket: &Ticket,
    holder: Option<Place>,
    desk: &Desk,
) -> Result<String, String> {
    if holder.is_some() {
        return Ok("the sender holds a token".to_owned());
    }
    // A program that answers, returns or reports a mail of ours writes under any address.
    if matches!(incoming.classified.class, Class::Bounce | Class::AutoReply | Class::Complaint) {
        return Ok(format!("a program wrote it ({})", incoming.classified.class));
    }
    let Some(from) = &incoming.mail.from else {
        return Err("the mail has no sender".to_owned());
    };
    if let Some(agent) = desk.agent_by_address(&from.address) {
        return Ok(format!("the sender is agent {}", agent.login));
    }
    if ticket.has_participant(&from.address) {
        return Ok("the sender is a participant".to_owned());
    }
    if let Some(supplier) = supplier_at(ticket, &from.address, desk) {
        return Ok(format!("the sender is supplier {supplier}"));
    }
    Err(format!("{} takes no part in it and holds no token", from.address))
}
