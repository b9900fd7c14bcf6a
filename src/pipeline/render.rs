//! The mails of a decision, rendered once: a retry sends the same octets.

use crate::decide::{Decision, Given};
use crate::mail::Digest;
use crate::outbound::compose::compose;
use crate::store::OutboxRow;

use super::House;

/// Renders the notices of a decision. A mail that cannot be written at all is left out and logged, because the ticket
/// matters more.
pub(super) fn render(decision: &Decision, house: &House, given: &Given) -> Vec<OutboxRow> {
    decision
        .notices()
        .enumerate()
        .filter_map(|(nth, notice)| {
            let seed = Digest::of(&[given.seed.as_slice(), format!("notice {nth}").as_bytes()].concat());
            let seed = *seed.as_bytes();
            let desk = &house.policy.desk;
            let composed = compose(notice, desk, &house.templates, given.now, seed);
            match composed {
                Ok(composed) => {
                    if let Some(warning) = &composed.warning {
                        tracing::error!(template = %notice.template, %warning, "the shipped template was used");
                    }
                    Some(OutboxRow::of(notice, composed))
                }
                Err(error) => {
                    tracing::error!(template = %notice.template, %error, "a mail could not be written and is left out");
                    None
                }
            }
        })
        .collect()
}
