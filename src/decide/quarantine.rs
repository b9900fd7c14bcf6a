//! A mail that could not be processed: kept whole, listed, and shown to a person by a minimal ticket.

use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use super::mail::Case;
use super::notify::{Happening, may_reply};
use super::sentences::Say;
use super::{After, Decision, Effect, NoMail, Reason, Unfit, customer_mail, flood};
use crate::desk::{Actor, Cause, Notification, Occasion, Recipient, SenderKind, TicketRef};
use crate::mail::Language;
use crate::outbound::data;

/// A mail that nobody looked into. What the desk has not got in whole stays on the server, whatever the mailbox is set to.
pub(super) fn unfit(mut draft: Draft<'_>, case: &Case<'_>, why: &Unfit) -> Decision {
    match why {
        Unfit::TooLarge { .. } | Unfit::Unfetchable(_) => draft.after = After::Keep,
        Unfit::Crashed(_) => {}
    }
    // Of many of one sender a person is told until it is enough; each is listed all the same.
    if let Some(limit) = flood::of_sender(&draft, case) {
        draft.trace.remarks.push(format!("nobody is told: {limit}"));
        return quietly(draft, case, &Say::Unfit(why));
    }
    let at = shown(&mut draft, case, &Say::Unfit(why));
    if let Unfit::TooLarge { size } = why {
        let mut happening = Happening::new(Occasion::Rejected, Some(at), &case.sender.trace);
        let row = Notification::new("too large", Occasion::Rejected, vec![Recipient::Sender], "too-large");
        happening.row = Some(row);
        happening.sender.clone_from(&case.incoming.mail.from);
        happening.answers.clone_from(&case.incoming.mail.message_id);
        happening.reply = may_reply(case.incoming);
        happening.extra.insert("mail_subject".to_owned(), json!(case.incoming.mail.subject));
        happening.extra.insert("size".to_owned(), json!(data::size(*size)));
        happening.extra.insert("limit".to_owned(), json!(data::size(draft.desk.limits.mail_bytes)));
        draft.happenings.push(happening);
    }
    draft.finish(Reason::Quarantined, Some(at))
}

pub(super) fn quarantine(mut draft: Draft<'_>, case: &Case<'_>, why: &Say<'_>) -> Decision {
    let at = shown(&mut draft, case, why);
    draft.finish(Reason::Quarantined, Some(at))
}

/// As [`quarantine`], for one of many of which the administrator was told at once.
pub(super) fn quietly(mut draft: Draft<'_>, case: &Case<'_>, why: &Say<'_>) -> Decision {
    let at = listed(&mut draft, case, why);
    draft.finish(Reason::Quarantined, Some(at))
}

/// Lists the mail and opens the ticket by which a person sees it.
fn listed(draft: &mut Draft<'_>, case: &Case<'_>, why: &Say<'_>) -> TicketRef {
    let why = why.text(Language::En);
    let cause = Cause::new(Actor::System, why.as_str());
    let mail = &case.incoming.mail;
    let at = customer_mail::open(draft, case, &cause);
    let mut article = case.article(draft, SenderKind::Customer, false, Arc::clone(&mail.body.text));
    // Nothing of it is passed on but what a person has to see.
    article.attachments = Vec::new();
    draft.article(at, article, &cause);
    draft.effects.push(Effect::Quarantine { ticket: at, why });
    at
}

/// Lists the mail, and the administrator is told.
fn shown(draft: &mut Draft<'_>, case: &Case<'_>, why: &Say<'_>) -> TicketRef {
    let at = listed(draft, case, why);
    let mail = &case.incoming.mail;
    let mut happening = Happening::new(Occasion::Quarantine, Some(at), &case.sender.trace);
    happening.extra.insert("mail_subject".to_owned(), json!(mail.subject));
    happening.extra.insert("why".to_owned(), json!(why.text(draft.desk.language)));
    happening.extra.insert("from".to_owned(), mail.from.as_ref().map(data::person).unwrap_or_default());
    happening.reply = Err(NoMail::Quarantined);
    draft.happenings.push(happening);
    at
}
