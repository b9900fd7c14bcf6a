//! A mail that could not be processed: kept whole, listed, and shown to a person by a minimal ticket.

use serde_json::json;

use super::draft::Draft;
use super::mail::Case;
use super::notify::Happening;
use super::{Decision, Effect, Reason, customer_mail};
use crate::desk::{Actor, Cause, Occasion, SenderKind};
use crate::outbound::data;

pub(super) fn quarantine(mut draft: Draft<'_>, case: &Case<'_>, why: &str) -> Decision {
    let cause = Cause::new(Actor::System, why);
    let mail = &case.incoming.mail;
    let at = customer_mail::open(&mut draft, case, &cause);
    let mut article = case.article(&draft, SenderKind::Customer, false, mail.body.text.clone());
    // Nothing of it is passed on but what a person has to see.
    article.html = None;
    article.attachments = Vec::new();
    draft.article(at, article, &cause);
    draft.effects.push(Effect::Quarantine { ticket: at, why: why.to_owned() });
    let mut happening = Happening::new(Occasion::Quarantine, Some(at), &case.sender.trace);
    happening.extra.insert("mail_subject".to_owned(), json!(mail.subject));
    happening.extra.insert("why".to_owned(), json!(why));
    happening.extra.insert("from".to_owned(), mail.from.as_ref().map(data::person).unwrap_or_default());
    happening.reply = Err("the mail is in quarantine".to_owned());
    draft.happenings.push(happening);
    draft.finish(Reason::Quarantined, Some(at))
}
