//! A mail of an agent: commands, an answer to the customer, an internal note, or all of it at once.
//!
//! All or nothing: the commands run over a copy of the draft, which is kept only if every line could be done.
//! What is not proved enough waits (`confirmation`); nothing of it is executed, nothing of it reaches the customer.

use std::borrow::Cow;

use jiff::Timestamp;

use super::draft::Draft;
use super::mail::Case;
use super::matching::Match;
use super::receipt::{Manner, Receipt, send_receipt};
use super::sentences::Say;
use super::{CommandTrace, Decision, Incoming, Reason, attend, confirmation, customer_mail, flood, macros};
use crate::commands::{self, Block, Command};
use crate::desk::{Agent, Desk, TicketId, TicketRef};
use crate::mail::{Body, Language};

/// The level from which a sender is believed to be who he says; what needs more is tried first and then asked about.
const PROVED: u8 = 2;

pub(super) fn agent_mail(draft: Draft<'_>, case: &Case<'_>, agent: &Agent) -> Decision {
    let desk = &case.policy.desk;
    let language = agent.language.unwrap_or(desk.language);
    let body = &case.incoming.mail.body;
    let block = block(case.incoming, agent, desk, draft.now());
    // Somebody who asks for help is a customer of that ticket, agent or not; there the copy that he got is enough.
    if let Match::FollowUp(id) = case.matched
        && block.lines.is_empty()
        && is_own_request(&draft, id, agent)
        && (case.sender.level() >= 2 || case.holds_own_token(draft.context))
    {
        return match flood::of_match(&draft, case) {
            Some(why) => flood::park(draft, case, why),
            None => customer_mail::follow_up(draft, case, id),
        };
    }
    // Such questions have a cap of their own, and whoever answers one gets through: also about a ticket that others fill.
    if case.sender.level() < needed_level(&block, desk).min(PROVED) || case.sender.doubted {
        return confirmation::hold_unproved(draft, case, agent, &block);
    }
    if let Some(why) = flood::of_match(&draft, case) {
        return flood::park(draft, case, why);
    }
    let text = text_of(body);
    if body.html_new_text.as_ref().is_some_and(|html| !commands::same_commands(&text, html)) {
        return refuse_parts(draft, case, agent, &block, language);
    }
    // Who writes to the desk without a command asks for help, agent or not.
    if block.lines.is_empty() && matches!(case.matched, Match::New | Match::Apart(..)) {
        return customer_mail::customer_mail(draft, case);
    }
    attend::attend(draft, case, agent, &block, language)
}

/// The commands of an agent's mail and the text behind them.
pub(super) fn block(incoming: &Incoming, agent: &Agent, desk: &Desk, now: Timestamp) -> Block {
    let now = now.to_zoned(desk.time_zone.clone());
    let language = agent.language.unwrap_or(desk.language);
    let read = commands::read(&text_of(&incoming.mail.body), &now, language, desk.limits.commands);
    macros::with_macros(read, desk, &now, language)
}

/// The new text, with its commands as its author saw them.
fn text_of(body: &Body) -> Cow<'_, str> {
    let html = body.html_new_text.as_deref();
    let mended = html.and_then(|html| commands::mended(&body.new_text, html));
    mended.map_or(Cow::Borrowed(body.new_text.as_str()), Cow::Owned)
}

/// The proof that a mail needs: that of its most demanding command, or of an answer. What falls short is asked about,
/// not refused.
pub(super) fn needed_level(block: &Block, desk: &Desk) -> u8 {
    let opens = opens(block);
    // Whose a new ticket is, is a part of opening it.
    let level = |verb: &str| desk.trust.level(if opens && verb == "customer" { "new" } else { verb });
    let commands =
        block.lines.iter().map(|line| line.read.as_ref().map_or(2, |command| level(command.verb())));
    let text = (block.lines.is_empty() || !block.rest.trim().is_empty()).then(|| level("public"));
    commands.chain(text).max().unwrap_or(2)
}

/// Whether a mail opens a ticket for somebody.
pub(super) fn opens(block: &Block) -> bool {
    block.lines.iter().any(|line| matches!(line.read, Ok(Command::New(_))))
}

/// Whether the mail proves enough for all that it asks. For a new ticket in a customer's name a token is not enough:
/// it was issued for another ticket.
pub(super) fn proves_enough(case: &Case<'_>, block: &Block) -> bool {
    let desk = &case.policy.desk;
    let vouched = case.sender.vouched || !opens(block) || desk.trust.level("new") < PROVED;
    vouched && case.sender.level() >= needed_level(block, desk)
}

fn is_own_request(draft: &Draft<'_>, id: TicketId, agent: &Agent) -> bool {
    draft.ticket(TicketRef::Existing(id)).is_some_and(|ticket| {
        let now = &ticket.now;
        let customer = now.customer.as_ref().is_some_and(|customer| agent.has_address(&customer.address));
        let works =
            [&now.owner, &now.responsible].into_iter().any(|login| login.as_deref() == Some(&agent.login));
        customer && !works
    })
}

fn refuse_parts(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    language: Language,
) -> Decision {
    let wrong = Say::PartsDiffer.text(language);
    let line = block.lines.first().map_or_else(|| "#".to_owned(), |line| line.written.clone());
    draft.trace.commands.push(CommandTrace { line, ticket: None, done: false, result: wrong });
    let at = case.matched.ticket().map(TicketRef::Existing);
    // Which of the two its author meant is not known: not for whom the text was, either.
    send_receipt(&mut draft, case, agent, language, Receipt::plain(at, Manner::Whole));
    draft.finish(Reason::CommandsRefused, at)
}

/// The lines of a block as they would be read out in a confirmation.
pub(super) fn actions(block: &Block) -> Vec<String> {
    block
        .lines
        .iter()
        .map(|line| match &line.read {
            Ok(_) => line.written.clone(),
            Err(mistake) => format!("{}: {}", line.written, mistake.0),
        })
        .collect()
}
