//! The few words that customers have of their own: close, reopen, stop. Only with their own token, and only about the
//! ticket that the token is for; from anybody else they are text.

use std::sync::Arc;

use super::draft::Draft;
use super::execute::closing_state;
use super::mail::Case;
use super::text::STOPPED_FIELD;
use super::{CommandTrace, Decision, NoMail, Reason, customer_mail, survey_mail};
use crate::commands::{self, CustomerWord, Outcome};
use crate::desk::{Attribute, Cause, Occasion, SenderKind, Ticket, TicketRef};
use crate::mail::Class;

/// The word that the mail says, if its sender may say it: the customer any of them, a participant `#stop`.
pub(super) fn said(draft: &Draft<'_>, case: &Case<'_>, ticket: &Ticket) -> Option<CustomerWord> {
    let incoming = case.incoming;
    let from = incoming.mail.from.as_ref()?;
    let word = commands::customer_words(&incoming.mail.body.new_text)?;
    let is_customer = ticket.now.customer.as_ref().is_some_and(|customer| customer.key() == from.key());
    let may = match word {
        CustomerWord::Close | CustomerWord::Reopen => is_customer,
        CustomerWord::Stop => ticket.has_participant(&from.address),
    };
    let person = incoming.classified.class == Class::Person && !incoming.silent;
    (may && person && case.holds_own_token(draft.context)).then_some(word)
}

/// Whether the mail says something beside its word.
pub(super) fn says_more(case: &Case<'_>) -> bool {
    let text = &case.incoming.mail.body.new_text;
    text.lines().any(|line| !line.trim().is_empty() && commands::customer_words(line).is_none())
}

/// Closes the ticket: the customer needs no help any more.
pub(super) fn close(mut draft: Draft<'_>, case: &Case<'_>, at: TicketRef) -> Decision {
    let cause = customer_mail::cause(case);
    let text = Arc::clone(&case.incoming.mail.body.text);
    let article = case.article(&draft, SenderKind::Customer, true, text);
    draft.article(at, article, &cause);
    let state = closing_state(draft.desk, Outcome::Successful);
    let change = state.and_then(|state| draft.set_state(at, state, None, &cause));
    trace(&mut draft, "#close", change.map(|change| change.to_string()));
    let mut closed = customer_mail::written(case, Occasion::Closed, at);
    closed.reply = super::notify::may_reply(case.incoming);
    // What the customer wrote is for the agents; he is told that it was done.
    closed.public = false;
    let now = draft.ticket(at).map(|ticket| &ticket.now);
    let unattended = now.is_some_and(|now| now.responsible.is_none() && now.owner.is_none());
    if unattended && says_more(case) {
        // Where nobody attends the ticket nobody hears of its end: of what is said beside it the queue does.
        let mut more = customer_mail::written(case, Occasion::CustomerFollowUp, at);
        more.reply = Err(NoMail::FollowUp);
        draft.happenings.push(more);
    }
    survey_mail::closed(&mut draft, closed, None);
    draft.finish(Reason::FollowUp, Some(at))
}

/// No automatic mail about this ticket goes to the sender any more, and no copy of an answer to a participant.
pub(super) fn stop(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let Some(from) = &case.incoming.mail.from else { return };
    let key = from.key();
    let listed = draft.ticket(at).and_then(|ticket| ticket.now.fields.get(STOPPED_FIELD)).cloned();
    let listed = listed.filter(|listed| !listed.is_empty());
    let all = listed.map_or_else(|| key.clone(), |listed| format!("{listed} {key}"));
    if !stopped(draft, at, &key) {
        draft.set(at, Attribute::Field(STOPPED_FIELD.to_owned()), Some(all), cause);
    }
    draft.remove(at, Attribute::Participant, &key, cause);
    trace(draft, "#stop", Some(format!("no more mails to {key}")));
}

/// Whether an address (lower case) has said `#stop` in this ticket.
pub(super) fn stopped(draft: &Draft<'_>, at: TicketRef, key: &str) -> bool {
    let listed = draft.ticket(at).and_then(|ticket| ticket.now.fields.get(STOPPED_FIELD));
    listed.is_some_and(|listed| listed.split_whitespace().any(|known| known == key))
}

fn trace(draft: &mut Draft<'_>, line: &str, result: Option<String>) {
    let result = result.unwrap_or_default();
    draft.trace.commands.push(CommandTrace { line: line.to_owned(), ticket: None, done: true, result });
}
