//! Caps of automatic mail (RFC 3834 section 2 warns of loops that no header stops): how many such mails leave for
//! somebody within an hour. Whatever is over a cap waits in the outbox; nothing is left out.
//!
//! A person's words are never counted, and neither is what people of the desk are told of others' mails: a desk with many
//! tickets tells its agents of each. What answers somebody's own mail is, also at home: there is always a program that
//! answers everything, and no header of ours that it heeds.

use std::collections::BTreeMap;
use std::fmt;

use super::draft::Draft;
use super::{Effect, Fact};
use crate::desk::{Actor, Allowance, Cause, Desk, Notice, NoticeKind, Notification, Recipient};

/// Weighs every notice of a draft, in the order in which they will stand in the outbox.
pub(super) fn weigh(draft: &mut Draft<'_>) {
    let mut counts =
        Counts { people: draft.context.sent.clone(), domains: draft.context.sent_to_domains.clone() };
    let mut over = Vec::new();
    let (desk, author) = (draft.desk, draft.author.clone());
    for effect in &mut draft.effects {
        let Effect::Notify(notice) = effect else { continue };
        match counts.allow(notice, desk, author.as_deref()) {
            Ok(allowance) => notice.allowance = allowance,
            Err(full) => {
                let (to, template) = (notice.to.address.clone(), notice.template.clone());
                let domain = full.domain.clone();
                notice.allowance = Allowance::Over { domain, why: full.to_string() };
                let Full { sent, cap, of_domain, .. } = full;
                over.push((notice.ticket, Fact::Capped { to, template, sent, cap, of_domain }));
            }
        }
    }
    let cause = Cause::new(Actor::System, "caps of automatic mail");
    for (ticket, what) in over {
        draft.trace.remarks.push(what.to_string());
        if let Some(at) = ticket {
            draft.fact(at, what, &cause);
        }
    }
}

/// A cap that is reached.
struct Full {
    /// The foreign domain of the recipient.
    domain: Option<String>,
    sent: u32,
    cap: u32,
    of_domain: bool,
}

impl fmt::Display for Full {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domain = if self.of_domain { " to its domain" } else { "" };
        write!(out, "{} automatic mails{domain} within an hour, the cap is {}", self.sent, self.cap)
    }
}

/// Automatic mails of the last hour, with those of this decision.
struct Counts {
    people: BTreeMap<String, u32>,
    domains: BTreeMap<String, u32>,
}

impl Counts {
    fn allow(&mut self, notice: &Notice, desk: &Desk, author: Option<&str>) -> Result<Allowance, Full> {
        let (key, domain) = (notice.to.key(), notice.to.domain());
        let of_desk = is_of_desk(desk, &key);
        if notice.kind == NoticeKind::Human || (of_desk && author != Some(key.as_str())) {
            return Ok(Allowance::Uncounted);
        }
        let own = of_desk || desk.is_own_domain(&domain);
        let domain = (!own).then_some(domain);
        let limits = &desk.limits;
        let cap = if own { limits.notices_per_own_recipient } else { limits.notices_per_recipient };
        let sent = self.people.get(&key).copied().unwrap_or(0);
        let to_domain = domain.as_ref().and_then(|domain| self.domains.get(domain)).copied().unwrap_or(0);
        if sent >= cap {
            return Err(Full { domain, sent, cap, of_domain: false });
        }
        if domain.is_some() && to_domain >= limits.notices_per_domain {
            let cap = limits.notices_per_domain;
            return Err(Full { domain, sent: to_domain, cap, of_domain: true });
        }
        self.people.insert(key, sent + 1);
        if let Some(domain) = &domain {
            self.domains.insert(domain.clone(), to_domain + 1);
        }
        Ok(Allowance::Within { domain })
    }
}

/// Whether the desk's files name the address as somebody to be told.
fn is_of_desk(desk: &Desk, key: &str) -> bool {
    let named = |recipient: &Recipient| matches!(recipient, Recipient::Address(to) if to.key() == key);
    desk.agent_by_address(key).is_some()
        || desk.administrator.as_ref().is_some_and(|administrator| administrator.key() == key)
        || desk.notifications.iter().flat_map(|row: &Notification| &row.to).any(named)
}
