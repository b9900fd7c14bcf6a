//! Verbs that name other tickets.

use super::Doing;
use crate::decide::matching::resolve;
use crate::decide::sentences::Say;
use crate::desk::{Right, TicketNumber, TicketRef};

impl Doing<'_, '_, '_> {
    /// A ticket by the number that was typed, past all merges; whoever may not read it is told that it is not there
    /// for him.
    fn named(&self, number: &TicketNumber) -> Result<TicketRef, String> {
        let numbering = &self.desk().numbering;
        let found = resolve(self.draft.context, number).map(TicketRef::Existing);
        let Some((at, ticket)) = found.and_then(|at| Some((at, self.draft.ticket(at)?))) else {
            return Err(self
                .say(&Say::NoSuchTicket { number: number.as_str(), typing: !numbering.plausible(number) }));
        };
        self.allowed_in(Right::Read, &ticket.now.queue)?;
        Ok(at)
    }

    /// `#for N N`: the tickets that the lines below are about, each once.
    pub(super) fn these(&mut self, numbers: &[TicketNumber]) -> Result<String, String> {
        let mut targets: Vec<TicketRef> = Vec::new();
        for number in numbers {
            let at = self.named(number)?;
            if !targets.contains(&at) {
                targets.push(at);
            }
        }
        let told = self.say(&Say::Tickets(targets.len()));
        self.wants.targets = Some(targets);
        Ok(told)
    }
}
