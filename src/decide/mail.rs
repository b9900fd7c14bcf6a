//! One mail: by class first, then by who sent it.

use std::sync::Arc;

use super::draft::Draft;
use super::identify::{Sender, doubtful_from, identify};
use super::lookup::{Carried, carried};
use super::matching::{Match, find_match, resolve};
use super::{
    Context, Decision, Given, Incoming, MatchKind, MatchTrace, Policy, Reason, agent_mail, confirmation,
    customer_mail, flood, history, program_mail, quarantine, supplier_mail, survey_mail,
};
use crate::desk::{Channel, NewArticle, SenderKind, TicketRef};
use crate::mail::Class;

/// All that the paths below share.
pub(super) struct Case<'a> {
    pub(super) policy: &'a Policy,
    pub(super) incoming: &'a Incoming,
    pub(super) carried: Vec<Carried>,
    pub(super) matched: Match,
    pub(super) sender: Sender<'a>,
}

impl Case<'_> {
    /// The queue of a new ticket: the mailbox's, else that of the address written to, else the default.
    pub(super) fn queue(&self) -> String {
        let desk = &self.policy.desk;
        let by_address = || {
            let queues = desk.queues.iter();
            let of = |address: &crate::mail::Address| {
                queues.clone().find(|q| q.address.as_ref().is_some_and(|own| own.key() == address.key()))
            };
            self.incoming.mail.recipients().find_map(of).map(|queue| queue.name.clone())
        };
        self.incoming.queue.clone().or_else(by_address).unwrap_or_else(|| desk.default_queue.clone())
    }

    /// Whether the mail carries a token for its ticket that was issued to the very address in `From`, of which there
    /// is one.
    pub(super) fn holds_own_token(&self, context: &Context) -> bool {
        let mail = &self.incoming.mail;
        let doubted = self.incoming.verdicts.fail || doubtful_from(mail).is_some();
        let Some(from) = mail.from.as_ref().filter(|_| !doubted) else {
            return false;
        };
        let ticket = self.matched.ticket();
        self.carried.iter().map(|carried| &carried.claim).any(|claim| {
            !claim.expired
                && claim.issued_to(&from.address)
                && ticket.is_some()
                && resolve(context, &claim.number) == ticket
        })
    }

    /// The mail as an article.
    pub(super) fn article(
        &self,
        draft: &Draft<'_>,
        sender: SenderKind,
        visible: bool,
        text: impl Into<Arc<str>>,
    ) -> NewArticle {
        let mail = &self.incoming.mail;
        NewArticle {
            channel: Channel::Mail,
            sender,
            visible,
            from: mail.from.clone(),
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            subject: mail.subject.clone(),
            text: text.into(),
            message_id: mail.message_id.clone(),
            attachments: mail.attachments.clone(),
            raw: Some(mail.digest),
            at: draft.now(),
        }
    }
}

/// Decides a mail.
pub(super) fn decide_mail(
    incoming: &Incoming,
    context: &Context,
    policy: &Policy,
    given: &Given,
) -> Decision {
    let desk = &policy.desk;
    let mut draft = Draft::new(desk, context, given);
    if let Some((_, ticket)) = context.duplicate {
        draft.trace.remarks.push("the same mail was taken before".to_owned());
        return draft.finish(Reason::DuplicateOf, ticket.map(TicketRef::Existing));
    }
    let carried = carried(&incoming.mail, desk, given.now);
    let (matched, match_trace) = find_match(incoming, &carried, context, desk);
    let sender = identify(incoming, &carried, matched.ticket(), context, desk, given.now);
    draft.silent = incoming.silent;
    draft.author = incoming.mail.from.as_ref().map(crate::mail::Address::key);
    draft.trace.sender = Some(sender.trace.clone());
    draft.trace.matched = Some(match_trace);
    let case = Case { policy, incoming, carried, matched, sender };
    if let Some(why) = &incoming.unfit {
        return quarantine::unfit(draft, &case, why);
    }
    if incoming.silent {
        return history::history(draft, &case);
    }
    // In an agent's name it may become a question, which crowds no ticket: there it is weighed when that is known.
    let by_agent = case.sender.agent.is_some();
    if let Some(why) = flood::of_match(&draft, &case).filter(|_| !by_agent) {
        return flood::park(draft, &case, why);
    }
    if let (Match::FollowUp(id), Some(name)) = (&case.matched, &case.sender.supplier) {
        return supplier_mail::supplier_mail(draft, &case, *id, name);
    }
    match incoming.classified.class {
        Class::Own => concerning_none(draft, Reason::OwnMail),
        Class::Bounce => program_mail::bounce(draft, &case),
        Class::AutoReply => program_mail::auto_reply(draft, &case),
        Class::Complaint => program_mail::complaint(draft, &case),
        Class::Person | Class::SurveyAnswer => person(draft, &case),
        Class::Automatic | Class::List => customer_mail::customer_mail(draft, &case),
    }
}

fn person(draft: Draft<'_>, case: &Case<'_>) -> Decision {
    if let Some(answered) = survey_mail::answered(&draft, case) {
        return survey_mail::survey_answer(draft, case, answered);
    }
    match case.sender.agent {
        Some(agent) => match confirmation::of(&draft, case, agent) {
            Some(held) => confirmation::confirmation(draft, case, agent, held),
            None => agent_mail::agent_mail(draft, case, agent),
        },
        None => customer_mail::customer_mail(draft, case),
    }
}

/// A mail of which the journal alone keeps a trace.
pub(super) fn concerning_none(mut draft: Draft<'_>, reason: Reason) -> Decision {
    concerns_none(&mut draft);
    draft.finish(reason, None)
}

/// The mail belongs to no ticket and opens none.
pub(super) fn concerns_none(draft: &mut Draft<'_>) {
    if let Some(matched) = &mut draft.trace.matched {
        *matched = MatchTrace { kind: MatchKind::None, ..matched.clone() };
    }
}
