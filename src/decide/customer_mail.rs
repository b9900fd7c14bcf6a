//! A mail of somebody who is no agent (or of a program that opens tickets): a new ticket, or an article.

use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use super::mail::Case;
use super::matching::{Apart, Match};
use super::notify::{Happening, disproved, may_reply};
use super::obey_rules::{Verdict, obey_rules};
use super::sentences::Say;
use super::{Decision, Fact, NoMail, Reason, customer_word, flood, history, mail, quarantine, text};
use crate::commands::{self, CustomerWord};
use crate::desk::{
    Actor, Attribute, Cause, Change, Later, Occasion, Priority, Relation, SenderKind, StateType, TicketId,
    TicketRef,
};
use crate::mail::{Address, Class, Language};
use crate::outbound::data;
use crate::rules::{RuleEvent, RuleTrace};

/// Who wrote it, as the cause of what follows.
pub(super) fn cause(case: &Case<'_>) -> Cause {
    let address = case.sender.address(&case.incoming.mail).into_owned();
    Cause::new(Actor::Customer(address), format!("mail in {}", case.incoming.mailbox))
}

pub(super) fn customer_mail(draft: Draft<'_>, case: &Case<'_>) -> Decision {
    match case.matched {
        Match::New => new_ticket(draft, case, None),
        Match::Apart(id, why) => new_ticket(draft, case, Some((id, why))),
        Match::FollowUp(id) => follow_up(draft, case, id),
    }
}

/// Language of what the customer gets: the customer's own, else the mail's, else the queue's, else the desk's.
fn language(case: &Case<'_>, queue: &str) -> Language {
    let desk = &case.policy.desk;
    let address = case.sender.address(&case.incoming.mail);
    let of_customer = desk.customers.get(address.as_ref()).and_then(|customer| customer.language);
    of_customer
        .or(case.incoming.mail.language)
        .or_else(|| desk.queue(queue).and_then(|queue| queue.language))
        .unwrap_or(desk.language)
}

/// Opens the ticket of a mail, without rules, commands or notices yet.
pub(super) fn open(draft: &mut Draft<'_>, case: &Case<'_>, cause: &Cause) -> TicketRef {
    let (desk, mail) = (&case.policy.desk, &case.incoming.mail);
    let queue = case.queue();
    let from = history::customer(case);
    // A name of the customers file is better than the one of a phone.
    let known =
        from.as_ref().and_then(|from| desk.customers.get(&from.key())).and_then(|known| known.name.clone());
    let at = draft.create(
        |ticket| {
            ticket.title = match case.sender.agent {
                Some(_) => text::title_under(&text::subject_of_agent(mail, desk), mail, desk),
                None => text::title(mail, desk),
            };
            ticket.owner = desk.queue(&queue).and_then(|queue| queue.owner.clone());
            ticket.language = language(case, &queue);
            ticket.queue = queue;
            ticket.level = Priority::NORMAL.level().saturating_sub(1).to_string();
            ticket.customer = from.clone().map(|from| match known {
                Some(name) => Address::named(name, from.address),
                None => from,
            });
            if case.incoming.classified.class != Class::Person {
                // Nothing automatic is ever sent to the program behind it, not even later.
                ticket
                    .fields
                    .insert(text::SOURCE_FIELD.to_owned(), case.incoming.classified.class.to_string());
            }
            if let Some(why) = disproved(&case.incoming.verdicts) {
                ticket.fields.insert(text::UNPROVED_FIELD.to_owned(), why.to_string());
            }
        },
        cause,
    );
    if case.incoming.classified.class == Class::Person {
        draft.add_participants(at, mail.recipients(), cause);
    }
    at
}

fn new_ticket(mut draft: Draft<'_>, case: &Case<'_>, named: Option<(TicketId, Apart)>) -> Decision {
    if let Some(why) = flood::of_sender(&draft, case) {
        return flood::park(draft, case, why);
    }
    let untouched = draft.clone();
    let cause = cause(case);
    let mail = &case.incoming.mail;
    let at = open(&mut draft, case, &cause);
    let mut reason = Reason::NewTicket;
    if let Some((id, why)) = named {
        reason = Reason::NewLinkedTicket;
        let first = TicketRef::Existing(id);
        draft.link(first, at, Relation::Linked, &cause);
        if why == Apart::Stranger {
            draft.fact(first, Fact::Stranger(case.sender.address(mail).into_owned()), &cause);
        }
    }
    let article = case.article(&draft, SenderKind::Customer, true, Arc::clone(&mail.body.text));
    draft.article(at, article, &cause);
    history::learn_numbers(&mut draft, case, at);
    let obeyed = obey_rules(&mut draft, case, at, RuleEvent::New);
    if obeyed.verdict != Verdict::Go {
        return kept_out(kept(untouched, draft), case, &obeyed.verdict);
    }
    let reply = may_reply(case.incoming);
    let mut happening = written(case, Occasion::TicketCreated, at);
    happening.reply = if obeyed.silent { Err(NoMail::Rule) } else { reply };
    draft.happenings.push(happening);
    draft.finish(reason, Some(at))
}

/// A mail that becomes no article, because a rule says so.
pub(super) fn kept_out(draft: Draft<'_>, case: &Case<'_>, verdict: &Verdict) -> Decision {
    match verdict {
        Verdict::Go | Verdict::Discard => mail::concerning_none(draft, Reason::Discarded),
        Verdict::Quarantine => {
            let says_so =
                |tried: &&RuleTrace| tried.matched && tried.actions.iter().any(|a| a == "quarantine");
            let rule = draft.trace.rules.iter().rev().find(says_so);
            let name = rule.map(|tried| tried.rule.name.clone());
            quarantine::quarantine(draft, case, &Say::ByRule(name.as_deref()))
        }
        Verdict::Reject(template) => {
            let mut happening = Happening::new(Occasion::Rejected, None, &case.sender.trace);
            happening.reply = may_reply(case.incoming);
            happening.template = Some(template.clone());
            rejected(draft, case, happening)
        }
    }
}

/// The draft before the ticket, with the trace and the folder of the draft that came after.
pub(super) fn kept<'a>(mut untouched: Draft<'a>, tried: Draft<'a>) -> Draft<'a> {
    untouched.trace = tried.trace;
    untouched.after = tried.after;
    untouched
}

fn rejected(mut draft: Draft<'_>, case: &Case<'_>, mut happening: Happening) -> Decision {
    happening.sender = case.incoming.mail.from.clone();
    happening.answers = case.incoming.mail.message_id.clone();
    happening.extra.insert("mail_subject".to_owned(), json!(case.incoming.mail.subject));
    draft.happenings.push(happening);
    mail::concerning_none(draft, Reason::Rejected)
}

/// What a mail of a customer tells of.
pub(super) fn written(case: &Case<'_>, occasion: Occasion, at: TicketRef) -> Happening {
    let mail = &case.incoming.mail;
    let mut happening = Happening::new(occasion, Some(at), &case.sender.trace);
    // An agent who asks for help is a customer of that ticket.
    happening.by = SenderKind::Customer;
    happening.text = data::shown(&mail.body.new_text);
    happening.public = true;
    happening.answers = mail.message_id.clone();
    happening.sender = mail.from.clone();
    let from = mail.from.clone().map(|from| case.policy.desk.well_named(from));
    match (&mail.from, &mail.return_path) {
        (Some(_), _) => {
            drop(happening.extra.insert("from".to_owned(), json!(from.as_ref().map(data::person))))
        }
        // A program that leaves From out may still be an agent's own, and answer whatever that agent is sent.
        (None, Some(path)) => happening.actor = path.to_lowercase(),
        (None, None) => {}
    }
    // Who holds a token takes part in a ticket, also with a mail that names nobody.
    let by = from.as_ref().map(Address::called).or(mail.return_path.as_deref());
    happening.extra.insert("by".to_owned(), json!(by.filter(|by| !by.is_empty()).unwrap_or("?")));
    happening.extra.insert("attachments".to_owned(), data::attachment_names(&mail.attachments));
    happening
}

pub(super) fn follow_up(mut draft: Draft<'_>, case: &Case<'_>, id: TicketId) -> Decision {
    let at = TicketRef::Existing(id);
    let mail = &case.incoming.mail;
    let desk = &case.policy.desk;
    let Some(ticket) = draft.ticket(at).cloned() else { return new_ticket(draft, case, None) };
    let closed = ticket.now.state_type == StateType::Closed;
    let word = customer_word::said(&draft, case, &ticket);
    if word == Some(CustomerWord::Close) && ticket.now.state_type.is_open() {
        return customer_word::close(draft, case, at);
    }
    let thanks = closed && only_thanks(case);
    let wants_nothing = match word {
        Some(CustomerWord::Stop | CustomerWord::Resume) => !customer_word::says_more(case),
        Some(CustomerWord::Close) => true,
        Some(CustomerWord::Reopen) | None => thanks,
    };
    let untouched = draft.clone();
    let cause = cause(case);
    let mut occasion = Occasion::CustomerFollowUp;
    match ticket.now.state_type {
        StateType::Closed if wants_nothing => {
            if thanks {
                draft.trace.remarks.push("the mail only says thanks".to_owned());
            }
        }
        StateType::Closed => match policy_of_closed(&draft, &ticket, desk) {
            Later::Reopen => occasion = Occasion::Reopened,
            Later::NewLinked => return new_ticket(draft, case, Some((id, Apart::NewTopic))),
            Later::Reject => return reject_follow_up(draft, case, at),
        },
        StateType::Merged | StateType::Removed => {
            return new_ticket(draft, case, Some((id, Apart::NewTopic)));
        }
        StateType::New | StateType::Open | StateType::PendingReminder | StateType::PendingAuto => {}
    }
    let article = case.article(&draft, SenderKind::Customer, true, Arc::clone(&mail.body.text));
    draft.article(at, article, &cause);
    history::learn_numbers(&mut draft, case, at);
    prove(&mut draft, case, at, &cause);
    if word == Some(CustomerWord::Stop) {
        customer_word::stop(&mut draft, case, at, &cause);
    } else if word == Some(CustomerWord::Resume) {
        customer_word::resume(&mut draft, case, at, &cause);
    } else if case.incoming.classified.class == Class::Person {
        join(&mut draft, case, at, &cause);
    }
    let before = if wants_nothing { None } else { wake(&mut draft, at, &ticket.now.state_type, &cause) };
    let obeyed = obey_rules(&mut draft, case, at, RuleEvent::FollowUp);
    if obeyed.verdict != Verdict::Go {
        return kept_out(kept(untouched, draft), case, &obeyed.verdict);
    }
    let mut happening = written(case, occasion, at);
    happening.change =
        before.map(|before| Change { attribute: Attribute::State, before: Some(before), after: None });
    happening.reply = Err(NoMail::FollowUp);
    if !wants_nothing {
        draft.happenings.push(happening);
    }
    let reason = if occasion == Occasion::Reopened { Reason::Reopened } else { Reason::FollowUp };
    draft.finish(reason, Some(at))
}

/// Whoever writes and is written to takes part from now on, and gets copies of the answers. From outside the desk's and the
/// customer's domains only with a mail that is proved: a number can be guessed, and a token can be forwarded.
fn join(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let (desk, mail) = (&case.policy.desk, &case.incoming.mail);
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.as_ref()).map(Address::domain);
    let proved = is_proved(draft, case) && disproved(&case.incoming.verdicts).is_none();
    let near = |address: &&Address| {
        let domain = address.domain();
        proved || desk.is_own_domain(&domain) || Some(&domain) == customer.as_ref()
    };
    let from = mail.from.iter().filter(|_| case.sender.agent.is_none());
    let joining: Vec<&Address> = from.chain(mail.recipients()).filter(near).collect();
    draft.add_participants(at, joining.into_iter(), cause);
}

/// The mail comes from where it says: a server vouches for it, or it holds what only its author was given.
fn is_proved(draft: &Draft<'_>, case: &Case<'_>) -> bool {
    let verdicts = &case.incoming.verdicts;
    verdicts.dmarc_pass || verdicts.submission || case.holds_own_token(draft.context)
}

/// A mail that shows that the customer is who the first one said: from now on the ticket's mails go to him.
fn prove(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let (verdicts, from) = (&case.incoming.verdicts, case.incoming.mail.from.as_ref());
    let proved = is_proved(draft, case);
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.as_ref());
    let is_customer = customer.zip(from).is_some_and(|(customer, from)| customer.key() == from.key());
    if is_customer && proved && disproved(verdicts).is_none() {
        draft.set(at, Attribute::Field(text::UNPROVED_FIELD.to_owned()), None, cause);
    }
}

/// Whether the mail says thanks and nothing else, signed and addressed to an agent by name or not.
fn only_thanks(case: &Case<'_>) -> bool {
    let (desk, mail) = (&case.policy.desk, &case.incoming.mail);
    let known = mail.from.as_ref().and_then(|from| desk.customers.get(&from.key()));
    let of_file = known
        .into_iter()
        .flat_map(|known| known.name.as_deref().into_iter().chain(known.department.as_deref()));
    let written = mail.from.as_ref().and_then(|from| from.name.as_deref());
    let agents = desk.agents.iter().map(|agent| agent.name.as_str());
    commands::only_thanks(&mail.body.new_text, of_file.chain(written).chain(agents))
}

/// A customer's mail opens what waited or was closed; a new ticket stays new. The state before, where it changed.
fn wake(draft: &mut Draft<'_>, at: TicketRef, kind: &StateType, cause: &Cause) -> Option<String> {
    let stays = match kind {
        StateType::New | StateType::Open | StateType::Merged | StateType::Removed => true,
        StateType::Closed | StateType::PendingReminder | StateType::PendingAuto => false,
    };
    if stays {
        return None;
    }
    let open = draft.desk.first_state(StateType::Open)?;
    let change = draft.set_state(at, open, None, cause)?;
    (change.attribute == Attribute::State).then_some(change.before).flatten()
}

fn policy_of_closed(draft: &Draft<'_>, ticket: &crate::desk::Ticket, desk: &crate::desk::Desk) -> Later {
    let policy = desk.queue(&ticket.now.queue).map(|queue| queue.follow_up).unwrap_or_default();
    let since = ticket.closed_at.map(|closed| draft.now().duration_since(closed));
    match since {
        Some(since) if since > policy.reopen_within => policy.later,
        Some(_) | None => Later::Reopen,
    }
}

fn reject_follow_up(mut draft: Draft<'_>, case: &Case<'_>, at: TicketRef) -> Decision {
    let cause = cause(case);
    draft.fact(at, Fact::FollowUpRejected, &cause);
    let closed = draft.ticket(at).and_then(|ticket| ticket.closed_at);
    let desk = &case.policy.desk;
    let language = draft.ticket(at).map_or(desk.language, |ticket| ticket.now.language);
    let mut happening = Happening::new(Occasion::Rejected, Some(at), &case.sender.trace);
    happening
        .extra
        .insert("closed".to_owned(), json!(closed.map(|closed| data::date(desk, language, closed))));
    happening.extra.insert("mail_subject".to_owned(), json!(case.incoming.mail.subject));
    happening.reply = may_reply(case.incoming);
    happening.sender = case.incoming.mail.from.clone();
    happening.answers = case.incoming.mail.message_id.clone();
    draft.happenings.push(happening);
    draft.finish(Reason::Rejected, Some(at))
}
