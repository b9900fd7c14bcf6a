//! Who wrote a mail, and how sure that is: the levels of evidence.
//!
//! From `From` alone, never from `Reply-To` or `Sender`. Whatever falls short leads to a question to the registered
//! address, so a level too low costs a mail, and a level too high would cost the desk.

mod supplier;

use jiff::Timestamp;

use super::lookup::Carried;
use super::matching::resolve;
use super::{Context, Evidence, Incoming, Proof, SenderTrace, signature};
use crate::desk::token::Use;
use crate::desk::{Agent, Desk, SenderKind, TicketId};
use crate::mail::{Class, Defect, Mail};

/// The sender of a mail.
#[derive(Debug, Clone)]
pub(super) struct Sender<'a> {
    /// The agent, where `From` is one's.
    pub(super) agent: Option<&'a Agent>,
    /// The name of the supplier of the ticket who wrote it; nobody's who is an agent.
    pub(super) supplier: Option<String>,
    /// What the trace says.
    pub(super) trace: SenderTrace,
    /// The mail host or a check of ours vouches for the sender, or the sender confirmed: more than a token does, which
    /// proves that somebody has a mail of ours.
    pub(super) vouched: bool,
    /// A check failed, or `From` can be read in two ways: asked about even where a desk asks for no proof.
    pub(super) doubted: bool,
}

impl Sender<'_> {
    /// 0 to 3.
    pub(super) fn level(&self) -> u8 {
        self.trace.level
    }

    /// Lower-case address, empty where the mail has none.
    pub(super) fn address<'m>(&self, mail: &'m Mail) -> std::borrow::Cow<'m, str> {
        mail.from.as_ref().map_or_else(|| "".into(), |from| from.key().into())
    }
}

/// Identifies the sender of a mail about a ticket (or about none).
pub(super) fn identify<'a>(
    incoming: &Incoming,
    carried: &[Carried],
    ticket: Option<TicketId>,
    context: &Context,
    desk: &'a Desk,
    now: Timestamp,
) -> Sender<'a> {
    let mail = &incoming.mail;
    let Some(from) = &mail.from else {
        return supplier::of_ticket(incoming, carried, ticket, context, desk)
            .unwrap_or_else(|| stranger("", vec![Evidence::NoFrom]));
    };
    let Some(agent) = desk.agent_by_address(&from.address) else {
        return supplier::of_ticket(incoming, carried, ticket, context, desk)
            .unwrap_or_else(|| stranger(&from.key(), vec![Evidence::NoAgent]));
    };
    if !matches!(incoming.classified.class, Class::Person | Class::SurveyAnswer) {
        // Programs write under people's addresses; a program gives no orders.
        let evidence =
            vec![Evidence::Program { login: agent.login.clone(), class: incoming.classified.class }];
        return stranger(&from.key(), evidence);
    }
    let token = token_evidence(carried, agent, ticket, context);
    let signature = signature::evidence(incoming, context, desk, now);
    let sent = border_evidence(incoming).is_some() || signature.is_ok();
    let (level, mut evidence) = level(incoming, token, signature, agent, desk);
    evidence.extend(incoming.verdicts.evidence.iter().cloned());
    let trace = SenderTrace { kind: SenderKind::Agent, id: agent.login.clone(), level, evidence };
    let confirmed = matches!(&incoming.proof, Proof::Confirmed { login, .. } if *login == agent.login);
    let doubted = !confirmed
        && !matches!(incoming.proof, Proof::Supposed(_))
        && (incoming.verdicts.fail || doubtful_from(mail).is_some());
    let supposed = matches!(incoming.proof, Proof::Supposed(2..));
    let vouched = confirmed || supposed || (!doubted && trace.level >= 2 && sent);
    Sender { agent: Some(agent), supplier: None, trace, vouched, doubted }
}

fn stranger<'a>(address: &str, evidence: Vec<Evidence>) -> Sender<'a> {
    let trace = SenderTrace { kind: SenderKind::Customer, id: address.to_owned(), level: 0, evidence };
    Sender { agent: None, supplier: None, trace, vouched: false, doubted: false }
}

fn level(
    incoming: &Incoming,
    token: Option<Evidence>,
    signature: Result<Evidence, Option<Evidence>>,
    agent: &Agent,
    desk: &Desk,
) -> (u8, Vec<Evidence>) {
    match &incoming.proof {
        Proof::Confirmed { login, .. } if *login == agent.login => {
            return (3, vec![Evidence::Confirmed(login.clone())]);
        }
        Proof::Supposed(level) => return (*level, vec![Evidence::Supposed(*level)]),
        Proof::Confirmed { .. } | Proof::None => {}
    }
    if let Some(doubt) = doubtful_from(&incoming.mail) {
        return (1, vec![doubt]);
    }
    if incoming.verdicts.fail {
        return (1, vec![Evidence::CheckFailed]);
    }
    let border = border_evidence(incoming);
    let (signed, unsigned) = match signature {
        Ok(signed) => (Some(signed), None),
        Err(why) => (None, why),
    };
    let sent = border.is_some() || signed.is_some();
    let enough = if desk.trust.strict { sent && token.is_some() } else { sent || token.is_some() };
    // Why a signature proves nothing is of interest where something is amiss.
    let unsigned = unsigned.filter(|_| !enough);
    let mut evidence: Vec<Evidence> = border.into_iter().chain(signed).chain(token).chain(unsigned).collect();
    if enough {
        return (2, evidence);
    }
    evidence.push(if desk.trust.strict { Evidence::NeedsBoth } else { Evidence::Unproved });
    (1, evidence)
}

/// Several authors, or a header that stands twice, is how a From is shown to one program and hidden from another.
pub(super) fn doubtful_from(mail: &Mail) -> Option<Evidence> {
    mail.defects.iter().find_map(|defect| match defect {
        Defect::SeveralFrom | Defect::GroupFrom => Some(Evidence::DoubtfulFrom(defect.clone())),
        Defect::Repeated(name) if name.eq_ignore_ascii_case("from") => {
            Some(Evidence::DoubtfulFrom(defect.clone()))
        }
        Defect::Repeated(_)
        | Defect::Empty
        | Defect::NoHeader
        | Defect::Unparseable
        | Defect::NoFrom
        | Defect::NoDate
        | Defect::UnknownCharset(_)
        | Defect::Unterminated
        | Defect::OverLimit(_)
        | Defect::ControlCharacters
        | Defect::RawHeader => None,
    })
}

/// What the border says of the sender.
pub(super) fn border_evidence(incoming: &Incoming) -> Option<Evidence> {
    let verdicts = &incoming.verdicts;
    if verdicts.submission {
        Some(Evidence::Submission)
    } else if verdicts.dmarc_pass {
        Some(Evidence::Dmarc)
    } else if verdicts.internal {
        Some(Evidence::InternalHeader)
    } else {
        None
    }
}

fn token_evidence(
    carried: &[Carried],
    agent: &Agent,
    ticket: Option<TicketId>,
    context: &Context,
) -> Option<Evidence> {
    let good = carried.iter().find(|carried| {
        let claim = &carried.claim;
        // What an agent got as customer or participant of a ticket, others may have seen.
        matches!(claim.purpose, Use::Thread | Use::Internal | Use::Relay)
            && !claim.expired
            && ticket.is_some()
            && resolve(context, &claim.number) == ticket
            && agent.addresses.iter().any(|address| claim.issued_to(address))
    })?;
    Some(Evidence::Token { login: agent.login.clone(), number: good.claim.number.to_string() })
}
