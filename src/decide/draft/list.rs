//! What of a ticket comes and goes one by one: tags, watchers, participants, suppliers, links. The one place that knows
//! which attributes are lists, and how each tells whether a value is there.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::desk::{Attribute, Relation, Ticket, TicketNumber, TicketSupplier};
use crate::mail::Address;

/// One list of a ticket.
pub(super) enum List<'t> {
    /// Tags, or logins.
    Words(&'t mut BTreeSet<String>),
    Links(&'t mut BTreeSet<(Relation, TicketNumber)>, Relation),
    Participants(&'t mut Vec<Address>),
    /// With the time since when a new one has the ticket.
    Suppliers(&'t mut Vec<TicketSupplier>, Timestamp),
}

impl<'t> List<'t> {
    /// The list of an attribute; `None` where it has one value.
    pub(super) fn of(ticket: &'t mut Ticket, attribute: &Attribute, now: Timestamp) -> Option<Self> {
        match attribute {
            Attribute::Tag => Some(Self::Words(&mut ticket.now.tags)),
            Attribute::Watcher => Some(Self::Words(&mut ticket.watchers)),
            Attribute::Participant => Some(Self::Participants(&mut ticket.now.participants)),
            Attribute::Supplier => Some(Self::Suppliers(&mut ticket.suppliers, now)),
            Attribute::Link(relation) => Some(Self::Links(&mut ticket.links, *relation)),
            Attribute::Title
            | Attribute::Queue
            | Attribute::Type
            | Attribute::Service
            | Attribute::Sla
            | Attribute::State
            | Attribute::Priority
            | Attribute::Lock
            | Attribute::Owner
            | Attribute::Responsible
            | Attribute::Customer
            | Attribute::Level
            | Attribute::PendingUntil
            | Attribute::Field(_)
            | Attribute::Language
            | Attribute::Estimate
            | Attribute::Booked
            | Attribute::MergedInto => None,
        }
    }

    /// Whether a value is there; an address by its key, however it is written.
    pub(super) fn has(&self, value: &str) -> bool {
        let key = || Address::read(value).key();
        match self {
            Self::Words(words) => words.contains(value),
            Self::Links(links, relation) => {
                TicketNumber::new(value).is_some_and(|number| links.contains(&(*relation, number)))
            }
            Self::Participants(people) => {
                let key = key();
                people.iter().any(|known| known.key() == key)
            }
            Self::Suppliers(suppliers, _) => {
                let key = key();
                suppliers.iter().any(|known| known.address.key() == key)
            }
        }
    }

    /// Adds a value; `false` where it is there already, or is none.
    pub(super) fn add(&mut self, value: &str) -> bool {
        if self.has(value) {
            return false;
        }
        match self {
            Self::Words(words) => words.insert(value.to_owned()),
            Self::Links(links, relation) => {
                TicketNumber::new(value).is_some_and(|number| links.insert((*relation, number)))
            }
            Self::Participants(people) => {
                people.push(Address::read(value));
                true
            }
            Self::Suppliers(suppliers, since) => {
                let (address, since) = (Address::read(value), *since);
                suppliers.push(TicketSupplier { address, since, thread: Vec::new() });
                true
            }
        }
    }

    /// Takes a value away; `false` where it is not there.
    pub(super) fn take(&mut self, value: &str) -> bool {
        let there = self.has(value);
        let key = || Address::read(value).key();
        match self {
            Self::Words(words) => {
                words.remove(value);
            }
            Self::Links(links, relation) => {
                if let Some(number) = TicketNumber::new(value) {
                    links.remove(&(*relation, number));
                }
            }
            Self::Participants(people) => {
                let key = key();
                people.retain(|known| known.key() != key);
            }
            Self::Suppliers(suppliers, _) => {
                let key = key();
                suppliers.retain(|known| known.address.key() != key);
            }
        }
        there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Desk, token};

    #[test]
    fn values_come_and_go_one_by_one() {
        let now = Timestamp::UNIX_EPOCH;
        let desk = Desk::empty(token::Keys::new(Vec::new()));
        let (context, given) =
            (super::super::Context::default(), super::super::Given { now, seed: [0; 32], told: false });
        let draft = super::super::Draft::new(&desk, &context, &given);
        let mut ticket =
            Ticket::begun(crate::desk::TicketId(1), draft.blank(TicketNumber::new("1").unwrap()));
        let values = [
            (Attribute::Tag, "vip", "vip"),
            (Attribute::Watcher, "mgomez", "mgomez"),
            (Attribute::Participant, "Ana <Ana@x.example>", "ana@x.example"),
            (Attribute::Supplier, "Firm <a@firm.example>", "A@firm.example"),
            (Attribute::Link(Relation::Child), "2013121610000137", "2013121610000137"),
        ];
        for (attribute, value, same) in values {
            assert!(attribute.is_list());
            let mut list = List::of(&mut ticket, &attribute, now).unwrap();
            assert!(!list.has(same) && !list.take(same), "{attribute}");
            assert!(list.add(value) && list.has(same) && !list.add(same), "{attribute}");
            assert!(list.take(same) && !list.has(value), "{attribute}");
        }
        assert!(List::of(&mut ticket, &Attribute::State, now).is_none());
    }
}
