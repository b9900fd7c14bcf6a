//! What the program reports of itself: mails given up, alarms.

use serde_json::json;

use super::draft::Draft;
use super::notify::Happening;
use super::{Context, Decision, Effect, Fact, Given, Policy, Reason, Request, SenderTrace, program_mail};
use crate::desk::{Actor, Cause, Occasion, StateType, TicketRef};

pub(super) fn decide_request(
    request: &Request,
    context: &Context,
    policy: &Policy,
    given: &Given,
) -> Decision {
    let mut draft = Draft::new(&policy.desk, context, given);
    let by = SenderTrace::of_program();
    match request {
        Request::GivenUp { ticket, recipient, subject, why, automatic } => {
            let at = ticket.map(TicketRef::Existing).filter(|at| draft.ticket(*at).is_some());
            if let Some(at) = at {
                let cause = Cause::new(Actor::System, why);
                draft.fact(at, Fact::GivenUp(recipient.clone()), &cause);
            }
            // A notice that was given up about a notice that was given up would never end.
            let own = policy.desk.agent_by_address(recipient).is_some()
                || policy
                    .desk
                    .administrator
                    .as_ref()
                    .is_some_and(|who| who.key() == recipient.to_lowercase());
            if !own && !*automatic {
                let mut happening = Happening::new(Occasion::GivenUp, at, &by);
                happening.extra.insert("recipient".to_owned(), json!(recipient));
                happening.extra.insert("why".to_owned(), json!(why));
                happening.extra.insert("mail_subject".to_owned(), json!(subject));
                draft.happenings.push(happening);
            }
            if !*automatic || own {
                program_mail::undeliverable(&mut draft, at, std::slice::from_ref(recipient), why);
            }
            draft.finish(Reason::Requested, at)
        }
        Request::Erase { address, named_in } => {
            // Nobody should go on working at what is nobody's any more.
            let husk = policy.desk.first_state(StateType::Removed).map(|state| state.name.clone());
            let (address, named_in) = (address.to_lowercase(), named_in.clone());
            let cause = Cause::new(Actor::Operator, "");
            draft.effects.push(Effect::Erase { address, named_in, husk, cause });
            draft.finish(Reason::Requested, None)
        }
        Request::Alarm { subject, text } => {
            let mut happening = Happening::new(Occasion::MailboxStalled, None, &by);
            happening.extra.insert("alarm".to_owned(), json!(subject));
            happening.text.clone_from(text);
            draft.happenings.push(happening);
            draft.finish(Reason::Requested, None)
        }
    }
}
