//! Steps one to six without the seventh: what would be done with a mail, and nothing is.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::letter::{self, Letter};
use super::{House, signatures};
use crate::clock::{Clock, random_seed};
use crate::decide::{self, Context, Decision, Event, Given, Incoming, Lookup, Proof, Reason};
use crate::desk::{Counter, Ticket};
use crate::mail::Class;
use crate::store::{Origin, Store, StoreError};

/// What was read of the mail, then the decision: the text of `explain` and of the golden mails.
impl fmt::Display for Explained {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mail, classified) = (&self.incoming.mail, &self.incoming.classified);
        // What answers a survey is seen when its token is, which is after the class.
        let answered = self.decision.reason == Reason::SurveyAnswer;
        let class = if answered { Class::SurveyAnswer } else { classified.class };
        writeln!(out, "class: {class}")?;
        for evidence in &classified.evidence {
            writeln!(out, "  because {evidence}")?;
        }
        match &mail.from {
            Some(from) => writeln!(out, "from: {from}")?,
            None => writeln!(out, "from: nobody")?,
        }
        writeln!(out, "subject: {}", mail.subject)?;
        for line in mail.body.new_text.lines() {
            writeln!(out, "{}", format!("new text: {line}").trim_end())?;
        }
        for file in &mail.attachments {
            writeln!(out, "attachment: {} ({}, {} bytes)", file.name, file.content_type, file.content.len())?;
        }
        for defect in &mail.defects {
            writeln!(out, "defect: {defect}")?;
        }
        write!(out, "{}", self.decision)
    }
}

/// A mail and what would be decided about it.
#[derive(Debug)]
pub struct Explained {
    /// The mail with its class and verdicts.
    pub incoming: Incoming,
    /// The decision.
    pub decision: Decision,
}

impl Explained {
    /// Explains a raw mail over a store that is only read, or over none. `supposed` is the level that the sender is
    /// supposed to have, if he is an agent.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn of(
        raw: Arc<[u8]>,
        supposed: Option<u8>,
        house: &House,
        store: Option<&Store>,
        clock: Clock,
        mailbox: &str,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let (mut event, lookup) = read(raw, supposed, house, now, mailbox);
        if let Event::Mail(incoming) = &mut event {
            let like = Some(incoming.mail.fingerprint(house.policy.desk.instance.as_bytes()));
            incoming.verdicts.dkim = signatures::verdict(incoming, house, store, like).await?;
        }
        let context = match store {
            Some(store) => store.prefetch(&lookup, now).await?,
            None => empty(&lookup),
        };
        Self::decided(event, &context, house, now).ok_or_else(|| StoreError::Missing("the mail".to_owned()))
    }

    /// Explains a raw mail over no store, where all tickets that it names are one and the same: the one that `ticket`
    /// makes of the mail. None where it makes none, and then there are no tickets.
    pub fn supposing(
        raw: Arc<[u8]>,
        house: &House,
        now: Timestamp,
        mailbox: &str,
        ticket: impl FnOnce(&Incoming, &Lookup) -> Option<Ticket>,
    ) -> Option<Self> {
        let (event, lookup) = read(raw, None, house, now, mailbox);
        let Event::Mail(incoming) = &event else { return None };
        let mut context = empty(&lookup);
        if let Some(ticket) = ticket(incoming, &lookup) {
            context.by_message_id = lookup.message_ids.into_iter().map(|id| (id, ticket.id)).collect();
            context.by_number = lookup.numbers.into_iter().map(|number| (number, ticket.id)).collect();
            context.tickets.insert(ticket.id, ticket);
        }
        Self::decided(event, &context, house, now)
    }

    fn decided(event: Event, context: &Context, house: &House, now: Timestamp) -> Option<Self> {
        let given = Given { now, seed: random_seed().unwrap_or_default(), told: true };
        let decision = decide::decide(&event, context, &house.policy, &given);
        let Event::Mail(incoming) = event else { return None };
        Some(Self { incoming: *incoming, decision })
    }
}

/// The event of a mail, and what would have to be read for it.
fn read(
    raw: Arc<[u8]>,
    supposed: Option<u8>,
    house: &House,
    now: Timestamp,
    mailbox: &str,
) -> (Event, Lookup) {
    let letter = Letter { queue: house.queue_of(mailbox), ..Letter::of(raw, mailbox, Origin::Deliver(None)) };
    let proof = supposed.map_or(Proof::None, Proof::Supposed);
    let (event, _) = letter::read(letter, proof, house);
    let mut lookup = decide::lookup(&event, &house.policy, now);
    // The mail may well be in the journal already: what is asked is how it was, or would be, decided.
    (lookup.fingerprint, lookup.signed) = (None, None);
    (event, lookup)
}

fn empty(lookup: &Lookup) -> Context {
    Context { counter: Some(Counter { key: lookup.counter.clone(), used: 0 }), ..Context::default() }
}
