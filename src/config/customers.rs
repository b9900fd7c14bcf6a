//! `customers.toml` and `customers.csv` into customers by address.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::check::{Checked, Plain, check};
use super::csv::{self, Field};
use super::desk_keys::CUSTOMER;
use super::diagnostic::{Diagnostic, Place, Source};
use super::fields::Fields;
use super::key::Kind;
use super::nearest::{did_you_mean, nearest};
use super::table::Document;
use crate::desk::{Column, Customer, Service, fold};
use crate::mail::Language;

/// Customers by lower-case address, and where each one stands.
#[derive(Debug, Default)]
pub(super) struct Customers {
    pub(super) by_address: BTreeMap<String, Customer>,
    /// Columns of the administrator's own, folded; also those that nobody has anything in.
    pub(super) columns: BTreeSet<String>,
    places: BTreeMap<String, Place>,
}

impl Customers {
    /// Takes one; the second of an address is a mistake.
    fn take(&mut self, address: &str, customer: Customer, place: Place) -> Option<Diagnostic> {
        let key = address.to_lowercase();
        if let Some(first) = self.places.get(&key) {
            let title = format!("customer {address} stands twice");
            let mistake = Diagnostic::error(&place.source, place.span, title, "second one");
            return Some(mistake.related(Place { label: "first one".to_owned(), ..first.clone() }));
        }
        self.places.insert(key.clone(), place);
        self.by_address.insert(key, customer);
        None
    }

    /// Reads `customers.toml`.
    pub(super) fn read_toml(&mut self, source: &Arc<Source>, services: &[Service]) -> Vec<Diagnostic> {
        let document = match Document::parse(source) {
            Ok(document) => document,
            Err(mistakes) => return mistakes,
        };
        let services: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
        let root = document.root();
        for table in root.tables(CUSTOMER.name) {
            let fields = Fields::read(&CUSTOMER, &document, Some(table), &BTreeMap::new());
            let customer = Customer {
                name: fields.text("name").map(str::to_owned),
                department: fields.text("department").map(str::to_owned),
                language: fields.language("language"),
                services: fields.known_names("services", "service", &services),
                fields: fields
                    .others
                    .iter()
                    .filter_map(|(name, value)| Some((fold(name), value.string()?.to_owned())))
                    .collect(),
            };
            self.columns.extend(customer.fields.keys().cloned());
            let place = fields.value("address").map(|value| value.place(""));
            if let (Some(address), Some(place)) = (fields.text("address"), place)
                && let Some(mistake) = self.take(address, customer, place)
            {
                document.add(mistake);
            }
        }
        root.finish();
        document.into_mistakes()
    }

    /// Reads `customers.csv`.
    pub(super) fn read_csv(&mut self, source: &Arc<Source>, services: &[Service]) -> Vec<Diagnostic> {
        let rows = match csv::rows(&source.text) {
            Ok(rows) => rows,
            Err((span, what)) => return vec![Diagnostic::error(source, span, what, "")],
        };
        let mut rows = rows.into_iter();
        let Some(head) = rows.next() else { return Vec::new() };
        let columns: Vec<Column> = head.iter().map(|field| Column::named(&field.text)).collect();
        for column in &columns {
            if let Column::Other(name) = column
                && !name.is_empty()
            {
                self.columns.insert(name.clone());
            }
        }
        if !columns.contains(&Column::Address) {
            let span = head.first().map_or(0..0, |field| field.span.clone());
            let mistake = Diagnostic::error(source, span, "no column is called `address`", "");
            let names: Vec<&str> = head.iter().map(|field| field.text.as_str()).collect();
            let help = match nearest("address", &names) {
                Some(meant) => format!("is \"{meant}\" the one?"),
                None => "the first line names the columns: address,name,department".to_owned(),
            };
            return vec![mistake.help(help)];
        }
        let mut mistakes = Vec::new();
        for row in rows {
            self.row(source, &columns, &row, services, &mut mistakes);
        }
        mistakes
    }

    fn row(
        &mut self,
        source: &Arc<Source>,
        columns: &[Column],
        row: &[Field],
        services: &[Service],
        mistakes: &mut Vec<Diagnostic>,
    ) {
        if let Some(field) = row.get(columns.len()) {
            let title = format!("this line has more fields than the first one, which has {}", columns.len());
            let mistake = Diagnostic::error(source, field.span.clone(), title, "");
            mistakes.push(mistake.help("text with a comma in it stands between \" \"".to_owned()));
            return;
        }
        let before = mistakes.len();
        let mut customer = Customer::default();
        let mut address = None;
        for (column, field) in columns.iter().zip(row).filter(|(_, field)| !field.text.is_empty()) {
            let wrong = |title: String| Diagnostic::error(source, field.span.clone(), title, "");
            match column {
                Column::Address => match check(Kind::Address, Plain::Text(&field.text)) {
                    Ok(Checked::Text(text)) => address = Some((text, field.span.clone())),
                    Ok(_) => {}
                    Err(complaint) => mistakes.push(wrong(format!("`address` {}", complaint.title))),
                },
                Column::Name => customer.name = Some(field.text.clone()),
                Column::Department => customer.department = Some(field.text.clone()),
                Column::Language => match Language::from_code(&field.text) {
                    Some(language) => customer.language = Some(language),
                    None => mistakes.push(wrong(format!("\"{}\" is no language of ours", field.text))),
                },
                Column::Services => {
                    for name in field.text.split('|').map(str::trim).filter(|name| !name.is_empty()) {
                        if services.iter().any(|service| service.name == name) {
                            customer.services.push(name.to_owned());
                        } else {
                            let known = services.iter().map(|service| service.name.as_str());
                            let help = did_you_mean(name, known);
                            mistakes.push(wrong(format!("there is no service \"{name}\"")).help(help));
                        }
                    }
                }
                Column::Other(name) => {
                    customer.fields.insert(name.clone(), field.text.clone());
                }
            }
        }
        let Some((address, span)) = address else {
            if mistakes.len() == before {
                let span = row.first().map_or(0..0, |field| field.span.clone());
                mistakes.push(Diagnostic::error(source, span, "this customer has no address", ""));
            }
            return;
        };
        let place = Place { source: Arc::clone(source), span, label: String::new() };
        mistakes.extend(self.take(&address, customer, place));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Customers, Vec<String>) {
        let mut customers = Customers::default();
        let service = Service { name: "Correo".to_owned(), owner: None, queue: None };
        let mistakes = customers.read_csv(&Source::new("customers.csv", text), &[service]);
        (customers, mistakes.iter().map(Diagnostic::one_line).collect())
    }

    #[test]
    fn a_list_of_staff() {
        let (customers, mistakes) = read(
            "Correo electrónico;Nombre;Área;Servicios;Anexo\nAna@Minem.example;\"Quispe, Ana\";Logística;Correo;4321\n",
        );
        assert!(mistakes.is_empty(), "{mistakes:?}");
        let ana = &customers.by_address["ana@minem.example"];
        assert_eq!(ana.name.as_deref(), Some("Quispe, Ana"));
        assert_eq!(
            (ana.department.as_deref(), ana.services.as_slice()),
            (Some("Logística"), &["Correo".into()][..])
        );
        assert_eq!(ana.fields["anexo"], "4321");
    }

    #[test]
    fn mistakes_have_places() {
        let cases = [
            ("nombre,area\nA,B\n", "customers.csv:1:1: no column is called `address`"),
            ("address,name\nana,Ana\n", "customers.csv:2:1: `address` is no address: \"ana\""),
            ("address\na@b\nA@B\n", "customers.csv:3:1: customer A@B stands twice"),
            (
                "address,services\na@b,Coreo\n",
                "customers.csv:2:5: there is no service \"Coreo\"; did you mean",
            ),
            ("address\na@b,x\n", "customers.csv:2:5: this line has more fields"),
            ("address,name\n,Ana\n", "customers.csv:2:1: this customer has no address"),
        ];
        for (text, expected) in cases {
            let (_, mistakes) = read(text);
            assert_eq!(mistakes.len(), 1, "{mistakes:?}");
            assert!(mistakes[0].starts_with(expected), "{mistakes:?}");
        }
    }
}
