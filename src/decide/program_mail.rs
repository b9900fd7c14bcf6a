//! Mails of programs that answer or return ours: they inform, and never start anything that a program could answer.

use std::sync::Arc;

use serde_json::json;

use super::draft::Draft;
use super::mail::{Case, concerning_none};
use super::matching::knows_it;
use super::notify::{Happening, is_attended};
use super::sentences::Say;
use super::{Decision, Effect, Fact, Reason, SenderTrace};
use crate::desk::{Actor, Cause, Occasion, SenderKind, Ticket, TicketRef, TimerKind};
use crate::mail::{Address, Bounce, BounceAction};

fn cause(case: &Case<'_>) -> Cause {
    Cause::new(Actor::System, case.incoming.classified.evidence.join("; "))
}

/// The ticket that a program's mail concerns, if any.
fn concerned(case: &Case<'_>) -> Option<TicketRef> {
    case.matched.ticket().map(TicketRef::Existing)
}

/// A bounce goes to the ticket of the mail that bounced; the one who attends it is told of a lasting failure.
pub(super) fn bounce(mut draft: Draft<'_>, case: &Case<'_>) -> Decision {
    let Some(at) = concerned(case) else { return concerning_none(draft, Reason::UnknownBounce) };
    let cause = cause(case);
    add(&mut draft, case, at, &cause);
    if let Some(bounce) = &case.incoming.classified.bounce {
        draft.fact(at, Fact::Bounced(described(bounce)), &cause);
        if bounce.action == BounceAction::Failed {
            let mut happening = Happening::new(Occasion::GivenUp, Some(at), &case.sender.trace);
            let recipient = bounce.recipient.clone().unwrap_or_else(|| "?".to_owned());
            // Whose mailbox refuses our mail is not told so by mail: that notice would come back, too.
            happening.actor = recipient.to_lowercase();
            let voice = case.incoming.mail.from.as_ref().map(Address::key);
            happening.voice.clone_from(&voice);
            happening.extra.insert("recipient".to_owned(), json!(recipient));
            happening.extra.insert("why".to_owned(), json!(described(bounce)));
            happening.extra.insert("mail_subject".to_owned(), json!(case.incoming.mail.subject));
            draft.happenings.push(happening);
            let unreached = [recipient.clone(), voice.unwrap_or_default()];
            undeliverable(&mut draft, Some(at), &unreached, &described(bounce));
            if knows_it(case.incoming, &case.carried, draft.context) {
                stop_reminding(&mut draft, at, &recipient);
            }
        }
    }
    draft.finish(Reason::Bounce, Some(at))
}

/// A supplier whom no mail reaches is not reminded: the reminders would come back, too. Not upon a number in a subject,
/// which anybody can write.
fn stop_reminding(draft: &mut Draft<'_>, at: TicketRef, recipient: &str) {
    let key = recipient.to_lowercase();
    let is_its = |ticket: &Ticket| ticket.suppliers.iter().any(|party| party.address.key() == key);
    if draft.ticket(at).is_some_and(is_its) {
        draft.effects.push(Effect::CancelTimer { ticket: at, kind: TimerKind::SupplierReminder });
    }
}

/// The administrator hears of a lasting failure where nobody else can: an agent gets no mail any more, or nobody works
/// on the ticket. Once an hour is enough: a full mailbox refuses every notice. The recipient stands first among the addresses
/// that no mail reaches.
pub(super) fn undeliverable(draft: &mut Draft<'_>, at: Option<TicketRef>, unreached: &[String], why: &str) {
    let desk = draft.desk;
    let Some(recipient) = unreached.first() else { return };
    let Some(administrator) = &desk.administrator else { return };
    let is_agents = desk.agent_by_address(recipient).is_some();
    let is_administrator = unreached.iter().any(|address| administrator.key() == address.to_lowercase());
    let unseen = !at.is_some_and(|at| is_attended(draft, at, unreached));
    if !(is_agents || unseen) || was_alarmed(draft) || is_administrator {
        return;
    }
    let mut alarm = Happening::new(Occasion::MailboxStalled, at, &SenderTrace::of_program());
    alarm.extra.insert("alarm".to_owned(), json!(Say::Undeliverable(recipient).text(desk.language)));
    alarm.text = why.to_owned();
    draft.happenings.push(alarm);
}

/// Whether the administrator got an alarm within the last hour.
fn was_alarmed(draft: &Draft<'_>) -> bool {
    let administrator = draft.desk.administrator.as_ref();
    administrator.is_some_and(|administrator| draft.context.told_of(administrator, &["alarm"]) > 0)
}

fn described(bounce: &Bounce) -> String {
    let parts = [
        Some(bounce.action.word().to_owned()),
        bounce.recipient.clone(),
        bounce.status.clone(),
        bounce.diagnostic.as_ref().map(|text| text.chars().take(300).collect()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// An automatic reply is kept with its ticket, wakes nobody and changes nothing.
pub(super) fn auto_reply(mut draft: Draft<'_>, case: &Case<'_>) -> Decision {
    let Some(at) = concerned(case) else { return concerning_none(draft, Reason::StrayAutoReply) };
    let cause = cause(case);
    add(&mut draft, case, at, &cause);
    draft.finish(Reason::AutoReply, Some(at))
}

/// An abuse report concerns the administrator; of many within an hour, one.
pub(super) fn complaint(mut draft: Draft<'_>, case: &Case<'_>) -> Decision {
    let at = concerned(case);
    if let Some(at) = at {
        let cause = cause(case);
        add(&mut draft, case, at, &cause);
    }
    if !was_alarmed(&draft) {
        let mut happening = Happening::new(Occasion::MailboxStalled, at, &case.sender.trace);
        happening.extra.insert("alarm".to_owned(), json!(Say::AbuseReport.text(draft.desk.language)));
        happening.text = case.incoming.mail.body.text.chars().take(4000).collect();
        draft.happenings.push(happening);
    }
    draft.finish(Reason::Complaint, at)
}

fn add(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, cause: &Cause) {
    let article = case.article(draft, SenderKind::System, false, Arc::clone(&case.incoming.mail.body.text));
    draft.article(at, article, cause);
}
