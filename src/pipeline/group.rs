//! Mails of a batch that have nothing to do with each other, decided upon one reading of the past and written at once.
//!
//! Each mail sees what those before it did. For most that is nothing but the next ticket number and one more mail to
//! an address, which are reckoned here; a mail that asks for anything else that the group wrote ends the group, and
//! begins the next one, for which is read again. What fails in a group is taken mail by mail.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Decided, House, Outcome, Pipeline, PipelineError, decided};
use crate::decide::{self, Context, Effect, Event, Given, Lookup};
use crate::desk::{Allowance, TicketId, TicketNumber, TicketRef};
use crate::mail::{Digest, MessageId};
use crate::store::{self, Entry, Origin, Writing};

/// What a group has written, as far as a later mail may ask for it.
#[derive(Debug, Default)]
struct Written {
    message_ids: BTreeSet<MessageId>,
    numbers: BTreeSet<TicketNumber>,
    other_numbers: BTreeSet<String>,
    fingerprints: BTreeSet<Digest>,
    signed: BTreeSet<Digest>,
    tickets: BTreeSet<TicketId>,
    /// Automatic mails within the caps, by lower-case address and by domain.
    sent: BTreeMap<String, u32>,
    sent_to_domains: BTreeMap<String, u32>,
    /// Questions or alarms, which are few.
    told: bool,
    /// New tickets by their customer, and the last turn of parked mails by their sender.
    opened: BTreeMap<String, u32>,
    parked: BTreeMap<String, Timestamp>,
    /// The last value of each counter.
    counters: BTreeMap<String, u64>,
}

impl Pipeline {
    /// Takes as many of the first events as can be taken together; none if the first one has to be taken by itself.
    pub(super) async fn together(
        &self,
        writing: &mut Writing,
        house: &House,
        events: &[(Event, Entry)],
    ) -> Result<Vec<Outcome>, PipelineError> {
        let now = self.clock.now();
        let desk = &house.policy.desk;
        let lookups: Vec<Lookup> = events
            .iter()
            .map_while(|(event, entry)| {
                let lookup = decide::lookup(event, &house.policy, now);
                let alone = lookup.held.is_some()
                    || !lookup.codes.is_empty()
                    || lookup.undo.is_some()
                    || !lookup.articles.is_empty()
                    || !lookup.asked.is_empty()
                    || matches!(entry.origin, Origin::Again(_))
                    || !matches!(event, Event::Mail(_));
                (!alone).then_some(lookup)
            })
            .collect();
        if lookups.is_empty() {
            return Ok(Vec::new());
        }
        let contexts = writing.prefetch_all(&lookups, now).await?;
        let mut written = Written::default();
        let mut group: Vec<Decided> = Vec::with_capacity(lookups.len());
        for (((event, entry), lookup), mut context) in events.iter().zip(&lookups).zip(contexts) {
            if written.meets(lookup, &context) {
                break;
            }
            written.add_to(lookup, &mut context);
            let seed = crate::clock::random_seed().map_err(PipelineError::Chance)?;
            let given = Given { now: decide::dated(event, now), seed, told: false };
            let entry = Entry { journalled: Some(now), ..entry.clone() };
            // One that fails is the first of the next group, and then fails alone.
            let Ok(one) = decided(event, entry, lookup, &context, house, &given) else { break };
            written.add(lookup, &context, &one);
            group.push(one);
        }
        let parts: Vec<store::Decided<'_>> = group.iter().map(Decided::part).collect();
        let applied = writing.apply_all(&parts, &desk.states).await?;
        let outcome =
            |(one, applied): (Decided, _)| Outcome { decision: one.decision, applied, released: None };
        Ok(group.into_iter().zip(applied).map(outcome).collect())
    }
}

impl Written {
    /// Whether a mail asks for anything that the group wrote, other than counts.
    fn meets(&self, lookup: &Lookup, context: &Context) -> bool {
        lookup.message_ids.iter().any(|id| self.message_ids.contains(id))
            || lookup.numbers.iter().any(|number| self.numbers.contains(number))
            || lookup.other_numbers.iter().any(|number| self.other_numbers.contains(number))
            || lookup.fingerprint.is_some_and(|fingerprint| self.fingerprints.contains(&fingerprint))
            || lookup.signed.is_some_and(|signed| self.signed.contains(&signed))
            || (self.told && !lookup.told.is_empty())
            || context.tickets.keys().any(|ticket| self.tickets.contains(ticket))
    }

    /// What the reading of before the group lacks.
    fn add_to(&self, lookup: &Lookup, context: &mut Context) {
        let add =
            |counts: &mut BTreeMap<String, u32>, asked: &BTreeSet<String>, more: &BTreeMap<String, u32>| {
                for (key, count) in more {
                    if asked.contains(key) || counts.contains_key(key) {
                        let sent = counts.entry(key.clone()).or_default();
                        *sent = sent.saturating_add(*count);
                    }
                }
            };
        add(&mut context.sent, &lookup.recipients, &self.sent);
        add(&mut context.sent_to_domains, &lookup.domains, &self.sent_to_domains);
        if let Some(sender) = &lookup.sender {
            let opened = self.opened.get(sender).copied().unwrap_or(0);
            context.opened = context.opened.saturating_add(opened);
            context.parked_until = context.parked_until.max(self.parked.get(sender).copied());
        }
        if let Some(counter) = &mut context.counter
            && let Some(used) = self.counters.get(&counter.key)
        {
            counter.used = counter.used.max(*used);
        }
    }

    fn add(&mut self, lookup: &Lookup, context: &Context, one: &Decided) {
        self.fingerprints.extend(lookup.fingerprint);
        self.signed.extend(lookup.signed);
        for effect in &one.decision.effects {
            self.tickets.extend(touched(effect, context));
            if let Effect::Create { ticket, counter, .. } = effect {
                self.numbers.insert(ticket.number.clone());
                // Tickets of history were opened long ago.
                if let Some(customer) = &ticket.customer
                    && one.entry.journalled.is_none_or(|now| {
                        ticket.created
                            > now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN)
                    })
                {
                    let opened = self.opened.entry(customer.key()).or_default();
                    *opened = opened.saturating_add(1);
                }
                let used = self.counters.entry(one.entry.counter.clone()).or_default();
                *used = (*used).max(*counter);
            }
            if let Effect::Past { message_ids, other_numbers, .. } = effect {
                self.message_ids.extend(message_ids.iter().cloned());
                self.other_numbers.extend(other_numbers.iter().cloned());
            }
            if let Effect::Park { sender, due, .. } = effect {
                let last = self.parked.entry(sender.clone()).or_insert(*due);
                *last = (*last).max(*due);
            }
            if let Effect::Article { article, .. } = effect {
                self.message_ids.extend(article.message_id.clone());
            }
        }
        for mail in &one.mails {
            self.message_ids.insert(mail.message_id.clone());
            if let Some(TicketRef::Existing(ticket)) = mail.ticket {
                self.tickets.insert(ticket);
            }
            self.told |= store::COUNTED_TEMPLATES.contains(&mail.template.as_str());
            if let Allowance::Within { domain } = &mail.allowance {
                let more = |sent: &mut u32| *sent = sent.saturating_add(1);
                more(self.sent.entry(mail.recipient.key()).or_default());
                if let Some(domain) = domain {
                    more(self.sent_to_domains.entry(domain.clone()).or_default());
                }
            }
        }
    }
}

/// The tickets that are not as they were after an effect.
fn touched(effect: &Effect, context: &Context) -> Vec<TicketId> {
    let these: Vec<TicketRef> = match effect {
        Effect::Article { ticket, .. }
        | Effect::Set { ticket, .. }
        | Effect::Note { ticket, .. }
        | Effect::Timer { ticket, .. }
        | Effect::CancelTimer { ticket, .. }
        | Effect::Past { ticket, .. }
        | Effect::AskSurvey { ticket, .. }
        | Effect::WithdrawSurvey { ticket, .. }
        | Effect::Quarantine { ticket, .. } => vec![*ticket],
        Effect::Withdraw { ticket, .. } => vec![*ticket],
        Effect::Notify(notice) => notice.ticket.into_iter().collect(),
        Effect::Hold { ticket, .. } => ticket.iter().copied().collect(),
        Effect::Create { .. } | Effect::Park { .. } | Effect::Undoable { .. } => Vec::new(),
        // Whatever it knew of may have changed.
        Effect::Release { .. }
        | Effect::AnswerSurvey { .. }
        | Effect::Erase { .. }
        | Effect::Undo { .. }
        | Effect::DropMail { .. } => {
            return context.tickets.keys().copied().collect();
        }
    };
    let existing = |at| if let TicketRef::Existing(id) = at { Some(id) } else { None };
    these.into_iter().filter_map(existing).collect()
}
