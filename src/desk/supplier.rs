//! Firms outside the house to which tickets are handed.

use jiff::{SignedDuration, Timestamp};

use super::{Desk, OtherNumbers, fold};
use crate::mail::{Address, Language, MessageId};

/// A firm outside the house.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// Its name, unique: the level of a ticket that is with it.
    pub name: String,
    /// What it writes from; the first one is written to. Never empty.
    pub addresses: Vec<String>,
    /// Language of mails to it; the desk's where absent.
    pub language: Option<Language>,
    /// Time without an answer after which it is reminded; none: never.
    pub remind: Option<SignedDuration>,
    /// What its own numbers look like in a subject.
    pub numbers: OtherNumbers,
}

impl Supplier {
    /// What it is written to, under its name.
    pub fn address(&self) -> Address {
        Address::named(&self.name, self.addresses.first().map_or("", String::as_str))
    }

    /// Whether an address (any case) is one of its own.
    pub fn has_address(&self, address: &str) -> bool {
        let key = address.to_lowercase();
        self.addresses.iter().any(|own| own.to_lowercase() == key)
    }

    /// Its own numbers in a subject, as they are stored: behind its name and a blank, which no other number has. So what
    /// somebody else writes into a subject is never taken for one of them.
    pub fn numbers_in(&self, subject: &str) -> Vec<String> {
        let name = fold(&self.name);
        self.numbers.in_subject(subject).into_iter().map(|number| format!("{name} {number}")).collect()
    }

    /// A stored number without the name in front; `None` where it is not of this supplier.
    pub fn number<'n>(&self, stored: &'n str) -> Option<&'n str> {
        stored.strip_prefix(&fold(&self.name))?.strip_prefix(' ')
    }
}

/// A supplier to whom a ticket was handed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSupplier {
    /// Its name, and the address that is written to.
    pub address: Address,
    /// Since when.
    pub since: Timestamp,
    /// Ids of the mails between the desk and it, oldest first, at most the last twenty.
    pub thread: Vec<MessageId>,
}

impl TicketSupplier {
    /// Its name in the desk file.
    pub fn name(&self) -> &str {
        self.address.called()
    }
}

impl Desk {
    /// A supplier by its exact name.
    pub fn supplier(&self, name: &str) -> Option<&Supplier> {
        self.suppliers.iter().find(|supplier| supplier.name == name)
    }

    /// The supplier that writes from an address.
    pub fn supplier_by_address(&self, address: &str) -> Option<&Supplier> {
        self.suppliers.iter().find(|supplier| supplier.has_address(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_two_suppliers_are_not_the_same() {
        let supplier = |name: &str| {
            let mut numbers = OtherNumbers::default();
            numbers.add(r"REQ-\d+").unwrap();
            let addresses = vec!["Soporte@Andinos.example".to_owned()];
            Supplier { name: name.to_owned(), addresses, language: None, remind: None, numbers }
        };
        let (one, other) = (supplier("Suministros Andinos"), supplier("Andinos"));
        let stored = one.numbers_in("RE: [req-12] tóner");
        assert_eq!(stored, ["suministros andinos req-12"]);
        assert_eq!((one.number(&stored[0]), other.number(&stored[0])), (Some("req-12"), None));
        assert_ne!(stored, other.numbers_in("REQ-12"));
        assert!(one.has_address("soporte@andinos.EXAMPLE") && !one.has_address("x@andinos.example"));
    }
}
