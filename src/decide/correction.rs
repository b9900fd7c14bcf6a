//! A question of the desk about an answer ("Not sent") that is answered with another mail in place of the one that waits.

use super::draft::Draft;
use super::mail::Case;
use super::matching::Match;
use super::{Decision, Effect, HeldFor, HeldMail, Reason, agent_mail};
use crate::commands::Block;
use crate::desk::Agent;

/// Commands above a new text: the agent answers the question as a mail of its ticket. A text alone may be a yes in other
/// words, which nobody outside should read.
pub(super) fn of(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Option<Block> {
    let his = matches!(held.held_for, HeldFor::Author | HeldFor::Lock { .. });
    if !his || !matches!(case.matched, Match::FollowUp(_)) {
        return None;
    }
    let block = agent_mail::block(case.incoming, agent, draft.desk, draft.now());
    (!block.lines.is_empty()).then_some(block)
}

/// A mail in place of the one that waited, with the rights of any answer in its thread. Once something came of it, its text
/// is the one that counts.
pub(super) fn corrected(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    held: &HeldMail,
    block: &Block,
) -> Decision {
    let mut decision = agent_mail::agent_mail(draft, case, agent);
    let taken = matches!(
        decision.reason,
        Reason::AgentMail | Reason::HeldForAuthor | Reason::HeldForLock | Reason::HeldForConfirmation
    );
    if taken && held.outcome.is_none() && !block.rest.trim().is_empty() {
        decision.effects.push(Effect::Release { held: held.id, confirmed: false });
        decision.trace.remarks.push("in place of the mail that waited".to_owned());
    }
    decision
}
