//! Verbs that ask for tickets: lists, one ticket whole, reports, and the tickets that a query means.

use super::{Answer, Doing};
use crate::decide::asked::{self, MOST_ASKED};
use crate::decide::sentences::{Say, Thing};
use crate::desk::query::moment;
use crate::desk::{Report, Right, TicketId, TicketNumber, TicketRef};

impl Doing<'_, '_, '_> {
    /// `#list QUERY`.
    pub(super) fn list(&mut self, text: &str) -> Result<String, String> {
        asked::query(text, self.order.agent, self.desk(), self.draft.now())?;
        let lists = &self.draft.context.seen.lists;
        let found = lists.get(text);
        if found.is_none() && lists.len() >= MOST_ASKED {
            return Err(self.say(&Say::AsksTooMuch(MOST_ASKED)));
        }
        let count = found.map_or(0, |found| found.count);
        self.wants.answers.insert(Answer::List(text.to_owned()));
        Ok(self.say(&Say::Tickets(usize::try_from(count).unwrap_or(usize::MAX))))
    }

    /// `#show`, `#history`: of the ticket named, else of the mail's own.
    pub(super) fn whole(
        &mut self,
        number: Option<&TicketNumber>,
        answer: fn(TicketId) -> Answer,
    ) -> Result<String, String> {
        let at = match number {
            Some(number) => self.named(number, Right::Read)?,
            None => {
                self.allowed(Right::Read)?;
                TicketRef::Existing(self.stored()?)
            }
        };
        let TicketRef::Existing(id) = at else { return Err(self.say(&Say::NoTicket)) };
        let threads = &self.draft.context.seen.threads;
        // Nothing is read where nothing is stored: then there is nothing to say but what stands in the ticket.
        if !threads.is_empty() && !threads.contains_key(&id) {
            return Err(self.say(&Say::AsksTooMuch(MOST_ASKED)));
        }
        self.answer(answer(id))
    }

    /// `#report NAME`.
    pub(super) fn report(&mut self, name: &str, since: Option<&str>) -> Result<String, String> {
        let Some(report) = Report::named(name) else {
            let all = Report::names(self.order.language);
            return Err(self.say(&super::unknown(Thing::Report, name, all)));
        };
        let asker = asked::asker(self.order.agent, self.desk(), self.draft.now());
        if let Some(since) = since.filter(|since| moment(since, &asker).is_none()) {
            return Err(self.say(&Say::NoTime(since)));
        }
        self.answer(Answer::Report(report, since.map(str::to_owned)))
    }

    /// `#for QUERY`: the tickets that it finds, if they are not too many.
    pub(super) fn found(&mut self, text: &str) -> Result<String, String> {
        asked::query(text, self.order.agent, self.desk(), self.draft.now())?;
        let targets = &self.draft.context.seen.targets;
        let found = targets.get(text);
        if found.is_none() && targets.len() >= MOST_ASKED {
            return Err(self.say(&Say::AsksTooMuch(MOST_ASKED)));
        }
        let found = found.cloned().unwrap_or_default();
        if found.count == 0 {
            return Err(self.say(&Say::NoneFound));
        }
        if found.count > u64::from(found.most) {
            return Err(self.say(&Say::OverLimit { count: found.count, limit: found.most }));
        }
        let mut tickets = Vec::with_capacity(found.tickets.len());
        let found: Vec<TicketId> = found.tickets;
        for at in found.iter().copied().map(TicketRef::Existing) {
            if let Some(queue) = self.draft.ticket(at).map(|ticket| ticket.now.queue.clone()) {
                self.allowed_in(Right::Read, &queue)?;
                tickets.push(at);
            }
        }
        let told = self.say(&Say::Tickets(tickets.len()));
        self.wants.queried.extend(found);
        self.wants.targets = Some(tickets);
        Ok(told)
    }
}
