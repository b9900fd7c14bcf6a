//! The mails of a decision, rendered once: a retry sends the same octets.

use crate::decide::{Decision, Effect, Fact, Given};
use crate::desk::{Actor, Cause, Notice};
use crate::mail::Digest;
use crate::outbound::compose::{Composed, compose};
use crate::store::OutboxRow;

use super::House;

/// Renders the notices of a decision. A mail that cannot be written at all is left out, because the ticket matters more;
/// the log and the ticket's history say so.
pub(super) fn render(decision: &mut Decision, house: &House, given: &Given) -> Vec<OutboxRow> {
    let (mut rows, mut lost) = (Vec::new(), Vec::new());
    for (nth, notice) in decision.notices().enumerate() {
        let seed = Digest::of(&[given.seed.as_slice(), format!("notice {nth}").as_bytes()].concat());
        let desk = &house.policy.desk;
        match compose(notice, desk, &house.templates, given.now, *seed.as_bytes()) {
            Ok(composed) => rows.push(row(notice, composed)),
            Err(error) => {
                tracing::error!(template = %notice.template, %error, "a mail could not be written and is left out");
                lost.extend(notice.ticket.map(|ticket| {
                    let fact = Fact::GivenUp(format!("{} ({})", notice.to.address, notice.template));
                    Effect::Note { ticket, fact, cause: Cause::new(Actor::System, error.to_string()) }
                }));
            }
        }
    }
    decision.effects.extend(lost);
    rows
}

fn row(notice: &Notice, composed: Composed) -> OutboxRow {
    if let Some(warning) = &composed.warning {
        tracing::error!(template = %notice.template, %warning, "the shipped template was used");
    }
    OutboxRow::of(notice, composed)
}
