//! The few words that customers have of their own: close, reopen, stop, resume. Only with their own token, and only about the
//! ticket that the token is for; from anybody else they are text.

use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use super::execute::closing_state;
use super::mail::Case;
use super::text::STOPPED_FIELD;
use super::{CommandTrace, Decision, Effect, Fact, NoMail, Reason, customer_mail, notify, survey_mail};
use crate::commands::{self, CustomerWord, Outcome};
use crate::desk::{
    Actor, Allowance, Attribute, Cause, Notice, NoticeKind, Occasion, SenderKind, Ticket, TicketRef, token,
};
use crate::mail::{Address, Class};
use crate::outbound::data;

/// The word that the mail says, if its sender may say it: the customer any of them, a participant `#stop`, and whoever said that
/// `#resume`.
pub(super) fn said(draft: &Draft<'_>, case: &Case<'_>, ticket: &Ticket) -> Option<CustomerWord> {
    let incoming = case.incoming;
    let from = incoming.mail.from.as_ref()?;
    let word = commands::customer_words(&incoming.mail.body.new_text)?;
    let is_customer = ticket.now.customer.as_ref().is_some_and(|customer| customer.key() == from.key());
    let may = match word {
        CustomerWord::Close | CustomerWord::Reopen => is_customer,
        CustomerWord::Stop => ticket.has_participant(&from.address),
        CustomerWord::Resume => lists(ticket, &from.key()),
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
    let new = !stopped(draft, at, &key);
    draft.remove(at, Attribute::Participant, &key, cause);
    if new {
        draft.set(at, Attribute::Field(STOPPED_FIELD.to_owned()), Some(all), cause);
        acknowledge(draft, case, at, from, false);
    }
    trace(draft, "#stop", Some(format!("no more mails to {key}")));
}

/// What `#stop` ended comes again, for whoever said it.
pub(super) fn resume(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let Some(from) = &case.incoming.mail.from else { return };
    let key = from.key();
    let listed = draft.ticket(at).and_then(|ticket| ticket.now.fields.get(STOPPED_FIELD));
    let others: Vec<&str> =
        listed.iter().flat_map(|listed| listed.split_whitespace()).filter(|known| *known != key).collect();
    let others = (!others.is_empty()).then(|| others.join(" "));
    draft.set(at, Attribute::Field(STOPPED_FIELD.to_owned()), others, cause);
    draft.add_participants(at, std::iter::once(from), cause);
    acknowledge(draft, case, at, from, true);
    trace(draft, "#resume", Some(format!("mails to {key} again")));
}

/// Tells whoever wants no more mails, or wants them again, that it is so, once for each change: what is said twice changes
/// nothing, and programs are not answered.
fn acknowledge(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, to: &Address, resumed: bool) {
    let Some(ticket) = draft.ticket(at).cloned() else { return };
    let template = "stopped".to_owned();
    if let Err(why) = notify::may_reply(case.incoming).and_then(|()| notify::automatic(draft, at)) {
        let system = Cause::new(Actor::System, "automatic mails (RFC 3834)");
        draft.fact(at, Fact::NotNotified { to: to.address.clone(), template, why }, &system);
        return;
    }
    let (desk, now) = (draft.desk, &ticket.now);
    let mut data = data::ticket_data(desk, now, now.language, draft.now());
    let copy = now.customer.as_ref().is_none_or(|customer| customer.key() != to.key());
    if copy {
        data.remove("customer");
    }
    data.insert("resumed".to_owned(), json!(resumed));
    data.insert("copy".to_owned(), json!(copy));
    data.insert("text".to_owned(), json!(""));
    let answers = case.incoming.mail.message_id.clone();
    draft.effects.push(Effect::Notify(Box::new(Notice {
        ticket: Some(at),
        number: Some(now.number.clone()),
        template,
        language: now.language,
        from: desk.queue_address(&now.queue),
        to: to.clone(),
        cc: Vec::new(),
        data,
        kind: NoticeKind::AutoReply,
        in_reply_to: answers.clone(),
        references: answers.into_iter().collect(),
        token: Some(token::Use::Copy),
        not_before: None,
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    })));
}

/// Whether an address (lower case) has said `#stop` in this ticket.
pub(super) fn stopped(draft: &Draft<'_>, at: TicketRef, key: &str) -> bool {
    draft.ticket(at).is_some_and(|ticket| lists(ticket, key))
}

fn lists(ticket: &Ticket, key: &str) -> bool {
    let listed = ticket.now.fields.get(STOPPED_FIELD);
    listed.is_some_and(|listed| listed.split_whitespace().any(|known| known == key))
}

fn trace(draft: &mut Draft<'_>, line: &str, result: Option<String>) {
    let result = result.unwrap_or_default();
    draft.trace.commands.push(CommandTrace { line: line.to_owned(), ticket: None, done: true, result });
}
