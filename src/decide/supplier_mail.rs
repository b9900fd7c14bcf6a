//! A supplier's mail about a ticket that was handed to it: an article for agents' eyes, of which they are told.
//!
//! It changes nothing of the ticket, whatever its state: the agents decide what follows. A person's mail ends the reminders;
//! a program's does not, though it may be where the supplier's own number first stands.

use std::sync::Arc;

use serde_json::json;

use super::customer_mail::{kept, kept_out, written};
use super::draft::Draft;
use super::mail::Case;
use super::obey_rules::{Verdict, obey_rules};
use super::{Decision, Effect, NoMail, Reason, history};
use crate::desk::{Actor, Cause, Occasion, SenderKind, TicketId, TicketRef, TimerKind};
use crate::mail::Class;
use crate::rules::RuleEvent;

pub(super) fn supplier_mail(mut draft: Draft<'_>, case: &Case<'_>, id: TicketId, name: &str) -> Decision {
    let at = TicketRef::Existing(id);
    let (mail, class) = (&case.incoming.mail, case.incoming.classified.class);
    let cause = Cause::new(Actor::Supplier(name.to_owned()), format!("mail in {}", case.incoming.mailbox));
    let untouched = draft.clone();
    let article = case.article(&draft, SenderKind::Supplier, false, Arc::clone(&mail.body.text));
    draft.article(at, article, &cause);
    let numbers = case.policy.desk.supplier(name).map(|supplier| supplier.numbers_in(&mail.subject));
    history::learn(&mut draft, at, numbers.unwrap_or_default());
    history::learn_numbers(&mut draft, case, at);
    if class == Class::AutoReply {
        return draft.finish(Reason::AutoReply, Some(at));
    }
    let obeyed = obey_rules(&mut draft, case, at, RuleEvent::FollowUp);
    if obeyed.verdict != Verdict::Go {
        return kept_out(kept(untouched, draft), case, &obeyed.verdict);
    }
    let with_it = draft.ticket(at).is_some_and(|ticket| ticket.now.level == name);
    if class != Class::Automatic && with_it {
        draft.effects.push(Effect::CancelTimer { ticket: at, kind: TimerKind::SupplierReminder });
    }
    let mut happening = written(case, Occasion::SupplierFollowUp, at);
    happening.by = SenderKind::Supplier;
    happening.public = false;
    happening.extra.insert("supplier".to_owned(), json!(name));
    happening.reply = Err(NoMail::Supplier);
    draft.happenings.push(happening);
    draft.finish(Reason::FollowUp, Some(at))
}
