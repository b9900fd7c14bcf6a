//! `[[supplier]]` of the desk file.

use std::collections::BTreeMap;

use super::fields::Fields;
use crate::desk::{Agent, OtherNumbers, Supplier};

/// Reads suppliers; `own` are the addresses of the desk itself with what each one is.
pub(super) fn suppliers(
    tables: &[Fields<'_>],
    own: &BTreeMap<String, String>,
    agents: &[Agent],
) -> Vec<Supplier> {
    let mut suppliers: Vec<Supplier> = Vec::new();
    for fields in tables {
        check_addresses(fields, own, agents, &suppliers);
        let numbers = numbers(fields);
        let remind = fields.duration("remind").filter(|remind| !remind.is_zero());
        let (language, addresses) = (fields.language("language"), fields.texts("address"));
        let Some(name) = fields.text("name") else { continue };
        check_name(fields, name);
        if !addresses.is_empty() {
            suppliers.push(Supplier { name: name.to_owned(), addresses, language, remind, numbers });
        }
    }
    suppliers
}

/// The name is a level beside 0, 1 and 2, and people type it.
fn check_name(fields: &Fields<'_>, name: &str) {
    if name.chars().all(|c| c.is_ascii_digit()) {
        let title = format!("\"{name}\" cannot be a supplier's name: it looks like a level");
        fields.add(fields.about("name", title, "").help("a name has letters".to_owned()));
    }
}

/// An address that is the desk's or an agent's too would not say who writes.
fn check_addresses(
    fields: &Fields<'_>,
    own: &BTreeMap<String, String>,
    agents: &[Agent],
    before: &[Supplier],
) {
    for item in fields.items("address") {
        let address = item.text();
        let agent = agents.iter().find(|agent| agent.has_address(address));
        let supplier = before.iter().find(|known| known.has_address(address));
        let whose = own.get(&address.to_lowercase()).cloned();
        let whose = whose.or_else(|| agent.map(|agent| format!("agent {}'s", agent.login)));
        let whose =
            whose.or_else(|| supplier.map(|known| format!("the address of supplier \"{}\"", known.name)));
        if let Some(whose) = whose {
            let title = format!("a supplier cannot have the address {address}: it is {whose}");
            fields.add(fields.mistake(&item.spot, title, ""));
        }
    }
}

fn numbers(fields: &Fields<'_>) -> OtherNumbers {
    let mut numbers = OtherNumbers::default();
    for item in fields.items("numbers") {
        if let Err(wrong) = numbers.add(item.text()) {
            let title = format!("\"{}\" is no pattern of numbers", item.text());
            fields.add(fields.mistake(&item.spot, title, "").help(wrong));
        }
    }
    numbers
}
