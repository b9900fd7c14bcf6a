//! Mails that wait for a person: what is not proved enough, and answers that would carry internal text outside.
//!
//! The desk asks the registered address and nobody else. A confirmation is a mail from that address, written by a
//! person, that carries the one-time code and whose first line is "yes"; an out-of-office has no chance.

use jiff::SignedDuration;
use serde_json::{Map, json};

use super::draft::Draft;
use super::lookup::hash_code;
use super::mail::Case;
use super::notify::Happening;
use super::receipt::{Manner, notice_to_agent, send_receipt};
use super::sentences::Say;
use super::{CommandTrace, Decision, Effect, Fact, HeldMail, Reason, agent_mail};
use crate::commands::{self, Block};
use crate::desk::{Actor, Agent, Cause, Occasion, TicketRef};
use crate::outbound::data;

/// For how long a code is good.
const MINUTES: i64 = 30;
/// Lines that the question shows.
const MOST_ACTIONS: usize = 60;

/// The waiting mail for which this one carries the code, if it comes from an address of the agent who has to confirm.
pub(super) fn of(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent) -> Option<HeldMail> {
    if !matches!(case.incoming.proof, super::Proof::None | super::Proof::Supposed(_)) {
        return None;
    }
    draft.context.held.clone().filter(|held| held.login == agent.login)
}

/// A mail that carries a code: it confirms, it denies, or its author hears why it does neither.
pub(super) fn confirmation(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: HeldMail) -> Decision {
    let at = held.ticket.map(TicketRef::Existing);
    let text = &case.incoming.mail.body.new_text;
    if held.done {
        let why = "the mail was confirmed before, or waits no longer";
        draft.trace.remarks.push(format!("nothing is confirmed: {why}"));
        return draft.finish(Reason::Confirmation, at);
    }
    let refused = if draft.now() > held.expires {
        Some((Say::CodeExpired, "the code has expired"))
    } else if case.incoming.verdicts.fail {
        Some((Say::NotFromYou, "a check of the sender failed"))
    } else if commands::denies(text) {
        return denied(draft, case, agent, &held);
    } else if !commands::confirms(text) {
        Some((Say::NotYes, "the first line is not yes"))
    } else {
        None
    };
    match refused {
        Some((say, why)) => {
            draft.trace.remarks.push(format!("nothing is confirmed: {why}"));
            answer(&mut draft, case, agent, &say, false);
        }
        None => {
            draft.trace.remarks.push(format!("{} confirmed the mail that waited", agent.login));
            draft.effects.push(Effect::Release { held: held.id, confirmed: true });
        }
    }
    draft.finish(Reason::Confirmation, at)
}

/// Somebody writes in the agent's name: the mail waits no longer, and the administrator hears of it.
fn denied(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Decision {
    let at = held.ticket.map(TicketRef::Existing);
    draft.trace.remarks.push(format!("{} denies the mail that waited", agent.login));
    draft.effects.push(Effect::Release { held: held.id, confirmed: false });
    let words = format!("{} did not write the mail \"{}\" that waited", agent.login, held.subject);
    if let Some(at) = at {
        draft.fact(at, Fact::Remark(words.clone()), &Cause::new(Actor::System, "confirmation"));
    }
    answer(&mut draft, case, agent, &Say::Denied, true);
    let mut happening = Happening::new(Occasion::MailboxStalled, at, &case.sender.trace);
    happening.extra.insert("alarm".to_owned(), json!(words));
    happening.text = case.incoming.mail.body.new_text.chars().take(4000).collect();
    draft.happenings.push(happening);
    draft.finish(Reason::Confirmation, at)
}

/// A receipt about the first line of the answer, to the registered address.
fn answer(draft: &mut Draft<'_>, case: &Case<'_>, agent: &Agent, say: &Say<'_>, done: bool) {
    let language = agent.language.unwrap_or(draft.desk.language);
    let first = case.incoming.mail.body.new_text.lines().find(|line| !line.trim().is_empty());
    let line = first.unwrap_or_default().trim().chars().take(60).collect();
    draft.trace.commands.push(CommandTrace { line, ticket: None, done, result: say.text(language) });
    send_receipt(draft, case, agent, None, language, Manner::Whole, None);
}

/// Holds an agent's mail that nothing proves, and asks the registered address.
pub(super) fn hold_unproved(draft: Draft<'_>, case: &Case<'_>, agent: &Agent, block: &Block) -> Decision {
    let at = case.matched.ticket().map(TicketRef::Existing);
    let why = case.sender.trace.evidence.join("; ");
    let mut actions = agent_mail::actions(block);
    if !block.rest.trim().is_empty() {
        let first: String = block.rest.trim().chars().take(400).collect();
        actions.push(first);
    }
    hold(draft, case, agent, at, "confirmation", &why, actions, Reason::HeldForConfirmation)
}

/// Holds commands that were tried and need more proof than their mail carries: the question shows what each would do.
pub(super) fn hold_for_level(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    lines: &[CommandTrace],
    text: &str,
) -> Decision {
    let at = case.matched.ticket().map(TicketRef::Existing);
    let language = agent.language.unwrap_or(draft.desk.language);
    let why = Say::NeedsConfirmation { has: case.sender.level() }.text(language);
    let shown = lines.iter().take(MOST_ACTIONS).map(|line| {
        let about = line.ticket.as_ref().map(|number| format!("{number}: ")).unwrap_or_default();
        let does = if line.result.is_empty() { String::new() } else { format!(" \u{2192} {}", line.result) };
        format!("{about}{}{does}", line.line)
    });
    let mut actions: Vec<String> = shown.collect();
    if lines.len() > MOST_ACTIONS {
        actions.push(format!("\u{2026} (+{})", lines.len() - MOST_ACTIONS));
    }
    if !text.is_empty() {
        actions.push(text.chars().take(400).collect());
    }
    hold(draft, case, agent, at, "confirmation", &why, actions, Reason::HeldForConfirmation)
}

/// Holds an answer that carries parts of a notice or lines that look like commands, and asks its author.
pub(super) fn hold_for_author(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    at: TicketRef,
    why: &str,
) -> Decision {
    hold(draft, case, agent, Some(at), "held-for-author", why, Vec::new(), Reason::HeldForAuthor)
}

#[expect(clippy::too_many_arguments, reason = "two callers above name each of them")]
fn hold(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    at: Option<TicketRef>,
    template: &str,
    why: &str,
    actions: Vec<String>,
    reason: Reason,
) -> Decision {
    let code: String = code(&draft);
    let expires = draft.now().checked_add(SignedDuration::from_mins(MINUTES)).unwrap_or(draft.now());
    let mail = &case.incoming.mail;
    let desk = draft.desk;
    let language = agent.language.unwrap_or(desk.language);
    draft.effects.push(Effect::Hold {
        login: agent.login.clone(),
        code: hash_code(&code),
        ticket: at,
        subject: mail.subject.clone(),
        expires,
    });
    if let Some(at) = at {
        let cause = Cause::new(Actor::System, why);
        draft.fact(at, Fact::Held(format!("a mail in the name of {}", agent.login)), &cause);
    }
    let mut fill = Map::new();
    fill.insert("code".to_owned(), json!(code));
    fill.insert("mail_subject".to_owned(), json!(mail.subject));
    fill.insert("actions".to_owned(), json!(actions));
    fill.insert("minutes".to_owned(), json!(MINUTES.to_string()));
    fill.insert("expires".to_owned(), json!(data::date(desk, language, expires)));
    fill.insert("why".to_owned(), json!(why));
    notice_to_agent(&mut draft, case, agent, at, template, language, fill);
    draft.finish(reason, at)
}

/// 128 random bits as 26 letters and digits.
fn code(draft: &Draft<'_>) -> String {
    let chance = draft.chance("confirmation code");
    let octets: Vec<u8> = chance.as_bytes().iter().copied().take(16).collect();
    data_encoding::BASE32_NOPAD.encode(&octets).to_lowercase()
}
