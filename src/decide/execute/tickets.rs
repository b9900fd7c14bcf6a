//! Verbs that name other tickets, or open one.

use super::Doing;
use crate::decide::matching::resolve;
use crate::decide::notify::Happening;
use crate::decide::sentences::Say;
use crate::decide::{Effect, Fact, text};
use crate::desk::{
    Attribute, NewArticle, Occasion, Relation, Right, StateType, TicketId, TicketNumber, TicketRef, TimerKind,
};

impl Doing<'_, '_, '_> {
    /// A ticket by the number that was typed, past all merges. What may be done there is asked by the verb.
    pub(super) fn named(&self, number: &TicketNumber, right: Right) -> Result<TicketRef, String> {
        let numbering = &self.desk().numbering;
        let found = resolve(self.draft.context, number).map(TicketRef::Existing);
        let Some((at, ticket)) = found.and_then(|at| Some((at, self.draft.ticket(at)?))) else {
            let typing = !numbering.plausible(number);
            return Err(self.say(&Say::NoSuchTicket { number: number.as_str(), typing }));
        };
        self.allowed_in(right, &ticket.now.queue)?;
        Ok(at)
    }

    /// The stored ticket that the mail is about: one that it opens itself can be part of nothing yet.
    pub(super) fn stored(&self) -> Result<TicketId, String> {
        match self.at {
            Some(TicketRef::Existing(id)) => Ok(id),
            Some(TicketRef::New(_)) | None => Err(self.say(&Say::NoTicket)),
        }
    }

    /// `#new`: the ticket was opened before the first line was read, as the lines describe it.
    pub(super) fn new_ticket(&mut self) -> Result<String, String> {
        if !self.wants.is_on_behalf(self.at) || self.wants.announced {
            return Err(self.say(&Say::NewOnce));
        }
        // A rule may have moved it where the agent may not.
        match &self.wants.bound_for {
            Some(queue) => self.allowed_in(Right::Create, queue)?,
            None => self.allowed(Right::Create)?,
        }
        if self.ticket()?.now.customer.is_none() && !self.wants.customer_named {
            return Err(self.say(&Say::WhoseTicket));
        }
        if self.wants.outgoing && self.order.reason.trim().is_empty() {
            return Err(self.say(&Say::MailNeedsText));
        }
        let number = self.ticket()?.now.number.to_string();
        self.wants.announced = true;
        Ok(self.say(&match self.wants.others {
            0 => Say::NewTicket(&number),
            others => Say::NewTicketOfMails { number: &number, others },
        }))
    }

    /// `#for N N`: the tickets that the lines below are about, each once.
    pub(super) fn these(&mut self, numbers: &[TicketNumber]) -> Result<String, String> {
        if self.wants.on_behalf.is_some() {
            return Err(self.say(&Say::NewOnce));
        }
        let mut targets: Vec<TicketRef> = Vec::new();
        for number in numbers {
            let at = self.named(number, Right::Read)?;
            if !targets.contains(&at) {
                targets.push(at);
            }
        }
        let told = self.say(&Say::Tickets(targets.len()));
        self.wants.targets = Some(targets);
        Ok(told)
    }

    /// `#merge into N`: the articles stay, everything that comes from now on goes to the other one.
    pub(super) fn merge(&mut self, number: &TicketNumber) -> Result<String, String> {
        self.allowed(Right::Close)?;
        let here = TicketRef::Existing(self.stored()?);
        let there = self.named(number, Right::Note)?;
        let gone = self.ticket()?.clone();
        let Some(other) = self.draft.ticket(there).cloned() else { return Err(self.say(&Say::NoTicket)) };
        let into = other.now.number.to_string();
        if here == there {
            return Err(self.say(&Say::SameTicket(number.as_str())));
        }
        for ticket in [&gone, &other] {
            if matches!(ticket.now.state_type, StateType::Merged | StateType::Removed) {
                return Err(self.say(&Say::NoLonger(ticket.now.number.as_str())));
            }
        }
        let merged = self.desk().first_state(StateType::Merged).cloned();
        let merged = merged.ok_or_else(|| self.unknown_state("merged"))?;
        self.set_state(&merged, None);
        self.set_lock(false);
        for kind in TimerKind::ALL {
            // The pending ones went with the state.
            if kind != TimerKind::HeldExpired && !kind.is_pending() {
                self.draft.effects.push(Effect::CancelTimer { ticket: here, kind });
            }
        }
        let change = self.set(Attribute::MergedInto, Some(into.clone()));
        let people: Vec<_> = gone.now.customer.iter().chain(&gone.now.participants).cloned().collect();
        self.draft.add_participants(there, people.iter(), &self.cause);
        for login in gone.watchers {
            self.draft.set(there, Attribute::Watcher, Some(login), &self.cause);
        }
        for supplier in gone.suppliers {
            self.draft.set(there, Attribute::Supplier, Some(supplier.address.to_string()), &self.cause);
        }
        self.draft.fact(there, Fact::TookIn(gone.now.number.to_string()), &self.cause);
        self.onward(there, into);
        Ok(self.told(change, number.as_str()))
    }

    /// What is said in this mail from now on is about the other ticket; the customer hears where to go on.
    fn onward(&mut self, there: TicketRef, into: String) {
        let mut merged = Happening::new(Occasion::Merged, self.at, self.order.trace);
        merged.extra.insert("agent".to_owned(), self.order.agent.name.clone().into());
        merged.extra.insert("by".to_owned(), self.order.agent.name.clone().into());
        merged.extra.insert("into".to_owned(), into.into());
        self.draft.happenings.push(merged);
        self.wants.merged.extend(self.at.map(|here| (here, there)));
    }

    /// `#link N [parent|child]`.
    pub(super) fn link(&mut self, number: &TicketNumber, relation: Relation) -> Result<String, String> {
        self.allowed(Right::Note)?;
        let there = self.named(number, Right::Read)?;
        let Some(here) = self.at.filter(|here| *here != there) else {
            return Err(self.say(&Say::SameTicket(number.as_str())));
        };
        let Some(other) = self.draft.ticket(there).map(|ticket| ticket.now.number.clone()) else {
            return Err(self.say(&Say::NoTicket));
        };
        let links = &self.ticket()?.links;
        // Parent and child of each other would be a circle.
        if relation != Relation::Linked && links.contains(&(relation.back(), other.clone())) {
            return Err(self.say(&Say::OtherWayRound(other.as_str())));
        }
        let change = self.draft.link(here, there, relation, &self.cause);
        Ok(self.told(change, other.as_str()))
    }

    /// `#unlink N`: whatever part the other one has.
    pub(super) fn unlink(&mut self, number: &TicketNumber) -> Result<String, String> {
        self.allowed(Right::Note)?;
        let there = self.named(number, Right::Read)?;
        let Some(other) = self.draft.ticket(there).map(|ticket| ticket.now.number.clone()) else {
            return Err(self.say(&Say::NoTicket));
        };
        let Some(here) = self.at else { return Err(self.say(&Say::NoTicket)) };
        let relations = Relation::ALL.into_iter().filter(|relation| {
            self.ticket().is_ok_and(|ticket| ticket.links.contains(&(*relation, other.clone())))
        });
        let relations: Vec<Relation> = relations.collect();
        if relations.is_empty() {
            return Err(self.say(&Say::NotLinked(other.as_str())));
        }
        let mut told = Vec::new();
        for relation in relations {
            let change = self.draft.unlink(here, there, relation, &self.cause);
            told.extend(change.map(|change| self.shown(&change)));
        }
        Ok(told.join(", "))
    }

    /// `#split [N]`: a second ticket for the same customer; the lines below are about it, and the text is its own.
    pub(super) fn split(&mut self, nth: Option<u32>) -> Result<String, String> {
        let first = TicketRef::Existing(self.stored()?);
        self.allowed(Right::Create)?;
        let article = match nth {
            Some(nth) => Some(self.article_of(first, nth)?),
            None if self.order.reason.trim().is_empty() => return Err(self.say(&Say::SplitNeedsText)),
            None => None,
        };
        let old = self.ticket()?.now.clone();
        let title = article.as_ref().map(|article| text::bare_subject(&article.subject, self.draft.desk));
        let new = self.draft.create(
            |ticket| {
                ticket.title = title.filter(|title| !title.is_empty()).unwrap_or(old.title);
                ticket.queue = old.queue;
                ticket.kind = old.kind;
                ticket.service = old.service;
                ticket.priority = old.priority;
                ticket.owner = old.owner;
                ticket.customer = old.customer;
                ticket.language = old.language;
                // Free fields are the first one's; what keeps automatic mail from its people is theirs.
                ticket.fields = old.fields;
                ticket.fields.retain(|name, _| text::MARKS.contains(&name.as_str()));
                // The supplier knows nothing of the second one.
                ticket.level = old.level.parse::<u8>().map_or_else(|_| "0".to_owned(), |_| old.level);
            },
            &self.cause,
        );
        self.draft.add_participants(new, old.participants.iter(), &self.cause);
        self.draft.link(first, new, Relation::Linked, &self.cause);
        let told = self.draft.ticket(new).map(|ticket| ticket.now.number.to_string()).unwrap_or_default();
        if let Some(article) = article {
            self.draft.article(new, article, &self.cause);
        }
        self.wants.opened.insert(new);
        self.wants.targets = Some(vec![new]);
        Ok(self.say(&Say::NewTicket(&told)))
    }

    /// An article as a copy for another ticket: the mail itself stays the first ticket's, and so does its Message-ID.
    fn article_of(&self, at: TicketRef, nth: u32) -> Result<NewArticle, String> {
        let TicketRef::Existing(id) = at else { return Err(self.say(&Say::NoTicket)) };
        let known = self.draft.context.articles.iter().find(|known| known.ticket == id && known.nth == nth);
        let Some(known) = known else {
            return Err(self.say(&Say::NoArticle(nth)));
        };
        Ok(NewArticle { message_id: None, ..known.article.clone() })
    }
}
