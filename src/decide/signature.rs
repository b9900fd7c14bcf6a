//! Whether a signature that holds (RFC 6376) proves an order: evidence (b).
//!
//! A signed mail stays signed for ever, and whoever gets it can send it on. So it has to be for this desk, of these days, and
//! the first of its kind.

use jiff::{SignedDuration, Timestamp};

use super::{Context, Evidence, InVain, Incoming, Signed};
use crate::desk::Desk;

/// How old a signed mail may be: servers try for five days (RFC 5321 section 4.5.4.1).
const OLDEST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How far a clock may be ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// The proof; or why it is none, where somebody would like to know.
pub(super) fn evidence(
    incoming: &Incoming,
    context: &Context,
    desk: &Desk,
    now: Timestamp,
) -> Result<Evidence, Option<Evidence>> {
    let signed = incoming.verdicts.dkim.as_ref().filter(|_| desk.trust.dkim).ok_or(None)?;
    let mail = &incoming.mail;
    let (domain, selector) = match signed {
        Signed::Holds { domain, selector } => (domain.clone(), selector.clone()),
        Signed::Not(why) => return Err(Some(Evidence::Unsigned(why.clone()))),
    };
    let in_vain = |why| {
        let (domain, selector) = (domain.clone(), selector.clone());
        Err(Some(Evidence::SignedInVain { domain, selector, why }))
    };
    if !mail.to.iter().chain(&mail.cc).any(|to| desk.is_own(&to.address)) {
        return in_vain(InVain::NotForTheDesk);
    }
    let age = mail.date.map(|date| now.duration_since(date));
    if !age.is_some_and(|age| age <= OLDEST && age >= -AHEAD) {
        return in_vain(InVain::OfAnotherTime);
    }
    if context.signed_before {
        return in_vain(InVain::SeenBefore);
    }
    Ok(Evidence::Signed { domain, selector })
}
