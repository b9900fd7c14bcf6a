//! Floods: more new tickets of one sender, or more articles of one ticket, than people can read within an hour. The mail
//! is parked: kept whole, listed, and decided when its time comes, as if it had come then.

use jiff::{SignedDuration, Timestamp};

use super::draft::Draft;
use super::mail::{Case, concerning_none};
use super::{Decision, Effect, Reason};
use crate::desk::TicketId;
use crate::mail::Class;

const HOUR: i64 = 60 * 60;

/// Why one more ticket of this sender would be too much.
pub(super) fn of_sender(draft: &Draft<'_>, case: &Case<'_>) -> Option<String> {
    let mail = &case.incoming.mail;
    let from = mail.from.as_ref()?;
    // A name of ours that a check found forged is no name of ours.
    let own = draft.desk.is_own_domain(&from.domain()) && !case.incoming.verdicts.fail;
    if own || exempt(case) {
        return None;
    }
    let (opened, cap) = (draft.context.opened, draft.desk.limits.tickets_per_sender);
    (opened >= cap)
        .then(|| format!("{opened} new tickets of {} within an hour, the limit is {cap}", from.key()))
}

/// Why one more article of the ticket that a mail belongs to would be too much.
pub(super) fn of_match(draft: &Draft<'_>, case: &Case<'_>) -> Option<String> {
    case.matched.ticket().and_then(|ticket| of_ticket(draft, case, ticket))
}

/// Why one more article of this ticket would be too much.
fn of_ticket(draft: &Draft<'_>, case: &Case<'_>, ticket: TicketId) -> Option<String> {
    // Programs' mails come from anywhere and under any name: however many of them shut out themselves alone.
    let program =
        matches!(case.incoming.classified.class, Class::Bounce | Class::AutoReply | Class::Complaint);
    let crowded = if program { &draft.context.crowded } else { &draft.context.crowded_by_people };
    if exempt(case) || !crowded.contains(&ticket) {
        return None;
    }
    let number = draft.context.tickets.get(&ticket).map(|ticket| ticket.now.number.to_string());
    let cap = draft.desk.limits.articles_per_ticket;
    Some(format!("ticket {} got {cap} articles within an hour, the limit", number.unwrap_or_default()))
}

/// Agents whose mail proves who they are, history, and what a person let in.
fn exempt(case: &Case<'_>) -> bool {
    case.incoming.silent || case.incoming.let_in || (case.sender.agent.is_some() && case.sender.level() >= 2)
}

/// Parks a mail behind those of the same sender that wait already: they come back one after another, as many an hour as
/// the limit allows.
pub(super) fn park(mut draft: Draft<'_>, case: &Case<'_>, why: String) -> Decision {
    let cap = i64::from(draft.desk.limits.tickets_per_sender.max(1));
    let after =
        |from: Timestamp, seconds| from.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(from);
    let soonest = after(draft.now(), HOUR);
    let due =
        draft.context.parked_until.map_or(soonest, |last| after(last, (HOUR / cap).max(1)).max(soonest));
    let sender = case.incoming.mail.from.as_ref().map(crate::mail::Address::key).unwrap_or_default();
    draft.trace.remarks.push(format!("parked: {why}"));
    draft.effects.push(Effect::Park { sender, due, why });
    concerning_none(draft, Reason::Parked)
}
