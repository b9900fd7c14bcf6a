//! What the customers file says of people beyond their mails.

use std::collections::BTreeMap;

use super::{Desk, Service, fold};
use crate::mail::{Address, Language};

/// What the customers file says of someone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// Full name.
    pub name: Option<String>,
    /// Department.
    pub department: Option<String>,
    /// Language.
    pub language: Option<Language>,
    /// Services on offer to this customer; empty means all.
    pub services: Vec<String>,
    /// Every other column, by its folded name.
    pub fields: BTreeMap<String, String>,
}

/// A column of the file, by what stands on top of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Whose line it is.
    Address,
    /// [`Customer::name`].
    Name,
    /// [`Customer::department`].
    Department,
    /// [`Customer::language`].
    Language,
    /// [`Customer::services`].
    Services,
    /// One of the administrator's own, folded.
    Other(String),
}

impl Column {
    /// English and Spanish heads, since lists of staff come out of other programs as they are.
    pub fn named(head: &str) -> Self {
        match fold(head).as_str() {
            "address" | "email" | "e-mail" | "mail" | "correo" | "correo electronico" => Self::Address,
            "name" | "nombre" | "nombre completo" => Self::Name,
            "department" | "departamento" | "area" | "oficina" => Self::Department,
            "language" | "idioma" => Self::Language,
            "services" | "servicios" => Self::Services,
            other => Self::Other(other.to_owned()),
        }
    }

    /// Its English name, or the administrator's own.
    pub fn word(&self) -> &str {
        match self {
            Self::Address => "address",
            Self::Name => "name",
            Self::Department => "department",
            Self::Language => "language",
            Self::Services => "services",
            Self::Other(name) => name,
        }
    }

    /// Those that every customers file may have beside the address.
    pub const USUAL: [&'static str; 4] = ["name", "department", "language", "services"];
}

impl Customer {
    /// What stands in a column, by [`Column::word`]: several services, else one text at most.
    pub fn texts(&self, column: &str) -> Vec<&str> {
        let one = match column {
            "name" => self.name.as_deref(),
            "department" => self.department.as_deref(),
            "language" => self.language.map(Language::code),
            "services" => return self.services.iter().map(String::as_str).collect(),
            own => self.fields.get(own).map(String::as_str),
        };
        one.filter(|text| !text.trim().is_empty()).into_iter().collect()
    }
}

impl Customer {
    /// Whether a service is on offer to this customer: named in the file, below one that is, or whatever there is where
    /// the file names none.
    pub fn is_offered(&self, service: &str) -> bool {
        let covers = |offered: &String| {
            service
                .strip_prefix(offered.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        };
        self.services.is_empty() || self.services.iter().any(covers)
    }
}

impl Desk {
    /// What the customers file says of the owner of an address.
    pub fn customer(&self, address: &str) -> Option<&Customer> {
        self.customers.get(&address.to_lowercase())
    }

    /// An address with the name that the customers file has for it: better than the one of a phone.
    pub fn well_named(&self, address: Address) -> Address {
        match self.customer(&address.address).and_then(|known| known.name.clone()) {
            Some(name) => Address::named(name, address.address),
            None => address,
        }
    }

    /// The customers of the file whose name has all the words, or words that begin so; one whose whole name it is alone.
    pub fn customers_named(&self, typed: &str) -> Vec<Address> {
        let words = |text: &str| -> Vec<String> {
            fold(text)
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect()
        };
        let wanted = words(typed);
        let mut found = Vec::new();
        for (address, customer) in &self.customers {
            let Some(name) = customer.name.as_deref().filter(|_| !wanted.is_empty()) else { continue };
            let has = words(name);
            if wanted.iter().all(|word| has.iter().any(|own| own.starts_with(word))) {
                let mut sorted = (has, wanted.clone());
                sorted.0.sort();
                sorted.1.sort();
                found.push((sorted.0 == sorted.1, Address::named(name, address)));
            }
        }
        let whole = found.iter().filter(|(whole, _)| *whole).count() == 1;
        found.into_iter().filter(|(is_whole, _)| !whole || *is_whole).map(|(_, address)| address).collect()
    }

    /// The services on offer to whoever has an address, in the order of the desk's file.
    pub fn services_of<'a>(&'a self, address: &str) -> impl Iterator<Item = &'a Service> {
        let customer = self.customer(address);
        self.services
            .iter()
            .filter(move |service| customer.is_none_or(|known| known.is_offered(&service.name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::token::Keys;

    fn desk() -> Desk {
        let mut desk = Desk::empty(Keys::new(Vec::new()));
        let people =
            [("ana@x", "Ana Quispe Mamani"), ("ana2@x", "Ana Mamani"), ("luis@x", "Torres Díaz, Luis")];
        for (address, name) in people {
            let customer = Customer { name: Some(name.to_owned()), ..Customer::default() };
            desk.customers.insert(address.to_owned(), customer);
        }
        desk
    }

    #[test]
    fn a_part_of_a_name_finds_its_people() {
        let desk = desk();
        let found = |typed: &str| -> Vec<String> {
            desk.customers_named(typed).into_iter().map(|address| address.address).collect()
        };
        assert_eq!(found("quispe"), ["ana@x"]);
        assert_eq!(found("LUIS DIAZ"), ["luis@x"]);
        assert_eq!(found("ana"), ["ana2@x", "ana@x"]);
        assert_eq!(found("mamani ana"), ["ana2@x"], "the whole name of one");
        assert_eq!(found("na"), Vec::<String>::new(), "no word begins so");
        assert_eq!(found(" , "), Vec::<String>::new());
    }

    #[test]
    fn a_grouping_level_offers_what_is_below_it() {
        let customer = Customer { services: vec!["Equipos".to_owned()], ..Customer::default() };
        let offered = ["Equipos", "Equipos::PC", "EquiposX", "Correo"].map(|name| customer.is_offered(name));
        assert_eq!(offered, [true, true, false, false]);
        assert!(Customer::default().is_offered("Correo"), "no list is every service");
    }
}
