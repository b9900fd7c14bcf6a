//! A question of the desk about an answer ("Not sent") that is answered with another text in its place.
//!
//! Only where nobody can be mistaken about whom the text is for: the answer that waits was for its ticket's own customer and
//! did nothing else, and the new mail says by `#public` or `#note` that it is another text, and does nothing else either, but
//! that it may take the ticket (`#take`). The first one waits until the other one is an article.

use super::draft::Draft;
use super::mail::Case;
use super::matching::Match;
use super::sentences::Say;
use super::{Decision, Effect, Fact, HeldFor, HeldMail, Reason, addressees, agent_mail, confirmation};
use crate::commands::{self, Command, Who};
use crate::desk::{Agent, Cause, TicketRef, token};
use crate::mail::Language;

/// Whether a mail that carries the code of a question is another text in place of the answer that waits.
pub(super) fn is_one(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> bool {
    let his = matches!(held.held_for, HeldFor::Author | HeldFor::Lock { .. });
    // A ticket that was merged has another customer now.
    let same = held.ticket.is_some_and(|ticket| case.matched == Match::FollowUp(ticket));
    // The question carries this token where the answer can be replaced, and no other one: `addressees::of_question`.
    let replaceable = addressees::answered_notice(case) == Some(token::Use::Thread);
    if !his || !same || !replaceable {
        return false;
    }
    let block = agent_mail::block(case.incoming, agent, draft.desk, draft.now());
    let says = |line: &commands::Line| matches!(line.read, Ok(Command::Public | Command::Note));
    let takes = |line: &commands::Line| line.read == Ok(Command::Assign(Who::Me));
    let text = block.rest.trim();
    block.lines.iter().any(says)
        && block.lines.iter().all(|line| says(line) || takes(line))
        && !text.is_empty()
        && !commands::is_yes_or_no(text)
}

/// A mail in place of the one that waited, with the rights of any answer in its thread. Where it is not written the first one
/// waits on: its author reads what is wrong, and is not asked a second question about one answer.
pub(super) fn corrected(draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Decision {
    let mut tried = draft.clone();
    tried.replaces = draft.context.held.as_ref();
    let decision = agent_mail::agent_mail(tried, case, agent);
    if decision.reason == Reason::CommandsRefused || decision.effects.iter().any(is_article) {
        return decision;
    }
    confirmation::not_an_answer(draft, case, agent, held)
}

/// The text is an article: the answer in whose place it is waits no longer. What its author reads of that.
pub(super) fn replace(
    draft: &mut Draft<'_>,
    agent: &Agent,
    language: Language,
    cause: &Cause,
) -> Option<String> {
    let held = draft.replaces.filter(|_| draft.effects.iter().any(is_article))?;
    draft.effects.push(Effect::Release { held: held.id, confirmed: false });
    draft.trace.remarks.push("in place of the mail that waited".to_owned());
    if let Some(at) = held.ticket.map(TicketRef::Existing) {
        let (login, subject) = (agent.login.clone(), held.subject.clone());
        draft.fact(at, Fact::AnswerReplaced { login, subject }, cause);
    }
    Some(Say::InPlaceOf(&held.subject).text(language))
}

/// What the author of a text that was not written reads of the answer in whose place it was to be.
pub(super) fn still_waits(draft: &Draft<'_>, language: Language) -> Option<String> {
    draft.replaces.map(|_| Say::FirstWaits.text(language))
}

fn is_article(effect: &Effect) -> bool {
    matches!(effect, Effect::Article { .. })
}
