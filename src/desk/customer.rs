//! What the customers file says of people beyond their mails.

use std::collections::BTreeMap;

use super::fold;
use crate::mail::Language;

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
