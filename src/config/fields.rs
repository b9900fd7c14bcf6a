//! One table of a file, read against its section of the documentation: defaults filled in, every value checked.
//!
//! What is wrong reads as absent and is a mistake kept in the document, so that all mistakes of a file are told
//! at once. A key that the documentation does not have cannot be asked for.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use toml::de::{DeTable, DeValue};

use super::check::{Checked, Complaint, Plain, check};
use super::diagnostic::{Diagnostic, Place};
use super::key::{Key, Kind, Presence, Section};
use super::table::{Document, Table, Value, suggestion};
use crate::mail::Language;

/// Where something was said.
#[derive(Debug, Clone)]
pub(super) enum Spot<'a> {
    /// In the file.
    Value(Value<'a>),
    /// In the environment: the name of the variable.
    Variable(String),
    /// Nowhere: it is a default. Mistakes about it are about the table.
    Unsaid,
}

/// One value of a key.
#[derive(Debug, Clone)]
pub(super) struct Item<'a> {
    checked: Checked,
    /// Where it stands.
    pub(super) spot: Spot<'a>,
}

impl Item<'_> {
    /// Its text, where it is one.
    pub(super) fn text(&self) -> &str {
        match &self.checked {
            Checked::Text(text) => text,
            Checked::Int(_)
            | Checked::Bool(_)
            | Checked::Duration(_)
            | Checked::Language(_)
            | Checked::TimeZone(_)
            | Checked::Unchecked => "",
        }
    }
}

/// A table, read.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    section: &'static Section,
    document: &'a Document<'a>,
    /// Where its header stands; absent for a section that the file does not have.
    header: Option<Place>,
    items: BTreeMap<&'static str, Vec<Item<'a>>>,
    /// Keys that the file or a variable has, also with a wrong value.
    given: BTreeSet<&'static str>,
    /// Keys that are not in the documentation, of a section that takes them.
    pub(super) others: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Fields<'a> {
    /// Reads a table of the file, or none: then only defaults. Values of `variables` (key to name and value) go
    /// before those of the file.
    pub(super) fn read(
        section: &'static Section,
        document: &'a Document<'a>,
        table: Option<Table<'a>>,
        variables: &BTreeMap<&'static str, (String, String)>,
    ) -> Self {
        let header = table.as_ref().map(|table| Place {
            source: std::sync::Arc::clone(table.source()),
            span: table.span(),
            label: String::new(),
        });
        let mut fields = Self {
            section,
            document,
            header,
            items: BTreeMap::new(),
            given: BTreeSet::new(),
            others: Vec::new(),
        };
        for key in section.keys {
            let value = table.as_ref().and_then(|table| table.get(key.name));
            if value.is_some() || variables.contains_key(key.name) {
                fields.given.insert(key.name);
            }
            let items = match (variables.get(key.name), value) {
                (Some((variable, text)), _) => fields.of_variable(key, variable, text),
                (None, Some(value)) => fields.of_value(key, &value),
                (None, None) => fields.of_default(key, table.is_some() || !variables.is_empty()),
            };
            if let Some(items) = items {
                fields.items.insert(key.name, items);
            }
        }
        if let Some(table) = table {
            fields.finish(table);
        }
        fields
    }

    /// Keys that nobody knows are mistakes, or taken where the section is open.
    fn finish(&mut self, table: Table<'a>) {
        if self.section.open.is_some() {
            let known = |name: &str| self.section.key(name).is_some();
            self.others = table.entries().into_iter().filter(|(name, _)| !known(name)).collect();
        }
        // The keys on top of a file stand beside its tables, which whoever reads the file looks at.
        if !self.section.name.is_empty() {
            table.finish();
        }
    }

    fn of_value(&self, key: &Key, value: &Value<'a>) -> Option<Vec<Item<'a>>> {
        let (kind, many) = key.kind.element();
        let values = if many { value.one_or_many() } else { vec![value.clone()] };
        let one = |value: Value<'a>| match check(kind, plain(value.raw())) {
            Ok(checked) => Some(Item { checked, spot: Spot::Value(value) }),
            Err(complaint) => {
                self.complain(&Spot::Value(value), key.name, complaint);
                None
            }
        };
        let items: Vec<Item<'a>> = values.into_iter().filter_map(one).collect();
        // A single value that is wrong is absent; of a list, what is right remains.
        (many || !items.is_empty()).then_some(items)
    }

    fn of_variable(&self, key: &Key, variable: &str, text: &str) -> Option<Vec<Item<'a>>> {
        let (kind, many) = key.kind.element();
        let parts: Vec<&str> = if many { text.split(',').map(str::trim).collect() } else { vec![text] };
        let spot = Spot::Variable(variable.to_owned());
        let one = |part: &str| match check(kind, plain_of_variable(kind, part)) {
            Ok(checked) => Some(Item { checked, spot: spot.clone() }),
            Err(complaint) => {
                self.complain(&spot, key.name, complaint);
                None
            }
        };
        let items: Vec<Item<'a>> =
            parts.into_iter().filter(|part| !part.is_empty()).filter_map(one).collect();
        (many || !items.is_empty()).then_some(items)
    }

    /// A section that nobody says anything about lacks nothing.
    fn of_default(&self, key: &Key, said: bool) -> Option<Vec<Item<'a>>> {
        match key.presence {
            Presence::Optional => None,
            Presence::Default(literal) => default_items(key, literal),
            Presence::Required => {
                if said {
                    self.missing(key.name, key.example);
                }
                None
            }
        }
    }

    /// A key that must be there is not.
    pub(super) fn missing(&self, name: &str, example: &str) {
        let title = format!("`{name}` is missing in {}", self.section.written());
        let help = format!("for example: {name} = {example}");
        self.document.add(self.at_header(title).help(help));
    }

    /// A mistake about the table as a whole, not yet kept.
    pub(super) fn at_header(&self, title: impl Into<String>) -> Diagnostic {
        match &self.header {
            Some(place) => Diagnostic::error(&place.source, place.span.clone(), title, ""),
            None => Diagnostic::general(title),
        }
    }

    fn complain(&self, spot: &Spot<'a>, key: &str, complaint: Complaint) {
        let title = format!("`{}` {}", self.dotted(key), complaint.title);
        self.add(self.mistake(spot, title, complaint.label).help(complaint.help));
    }

    /// `mailbox.host`.
    pub(super) fn dotted(&self, key: &str) -> String {
        if self.section.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.section.name) }
    }

    /// A mistake where something was said, not yet kept.
    pub(super) fn mistake(
        &self,
        spot: &Spot<'a>,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        match spot {
            Spot::Value(value) => value.mistake(title, label),
            Spot::Variable(name) => {
                Diagnostic::general(title).help(format!("it comes from the environment variable {name}"))
            }
            Spot::Unsaid => self.at_header(title),
        }
    }

    /// A mistake about the value of a key, or where there is none about the table; not yet kept.
    pub(super) fn about(&self, key: &str, title: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        let spot =
            self.items.get(key).and_then(|items| items.first()).map_or(&Spot::Unsaid, |item| &item.spot);
        self.mistake(spot, title, label)
    }

    /// Keeps a mistake.
    pub(super) fn add(&self, mistake: Diagnostic) {
        self.document.add(mistake);
    }

    /// Whether the file or a variable says anything, right or wrong, about the section.
    pub(super) fn is_said(&self) -> bool {
        self.header.is_some() || !self.given.is_empty()
    }

    /// Whether it says anything, right or wrong, about a key. What is wrong was told already.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.given.contains(key)
    }

    /// All values of a key.
    pub(super) fn items(&self, key: &str) -> &[Item<'a>] {
        debug_assert!(self.section.key(key).is_some(), "{} has no documented key {key}", self.section.name);
        #[cfg(test)]
        record::note(self.section.name, key);
        self.items.get(key).map_or(&[], Vec::as_slice)
    }

    fn first(&self, key: &str) -> Option<&Checked> {
        self.items(key).first().map(|item| &item.checked)
    }

    /// The text of a key; absent where it is absent or wrong.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.items(key).first().map(Item::text)
    }

    /// The texts of a list.
    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.items(key).iter().map(|item| item.text().to_owned()).collect()
    }

    /// The number, or octets, of a key.
    pub(super) fn int(&self, key: &str) -> Option<i64> {
        if let Some(Checked::Int(number)) = self.first(key) { Some(*number) } else { None }
    }

    /// Yes or no; no where it is absent.
    pub(super) fn bool(&self, key: &str) -> bool {
        matches!(self.first(key), Some(Checked::Bool(true)))
    }

    /// The time of a key.
    pub(super) fn duration(&self, key: &str) -> Option<SignedDuration> {
        if let Some(Checked::Duration(time)) = self.first(key) { Some(*time) } else { None }
    }

    /// The language of a key.
    pub(super) fn language(&self, key: &str) -> Option<Language> {
        if let Some(Checked::Language(language)) = self.first(key) { Some(*language) } else { None }
    }

    /// The time zone of a key.
    pub(super) fn time_zone(&self, key: &str) -> Option<TimeZone> {
        if let Some(Checked::TimeZone(zone)) = self.first(key) { Some(zone.clone()) } else { None }
    }

    /// The value of a key in the file, for kinds that are checked where they are read.
    pub(super) fn value(&self, key: &str) -> Option<&Value<'a>> {
        match self.items(key).first().map(|item| &item.spot) {
            Some(Spot::Value(value)) => Some(value),
            Some(Spot::Variable(_) | Spot::Unsaid) | None => None,
        }
    }

    /// Checks that names in a list, or the one name, exist; `what` is the word for such a thing. Those that do.
    pub(super) fn known_names(&self, key: &str, what: &str, names: &[&str]) -> Vec<String> {
        let known = |item: &&Item<'a>| {
            let found = names.contains(&item.text());
            if !found {
                let title = format!("there is no {what} \"{}\"", item.text());
                let mistake = self.mistake(&item.spot, title, format!("unknown {what}"));
                self.add(mistake.help(suggestion(item.text(), names)));
            }
            found
        };
        self.items(key).iter().filter(known).map(|item| item.text().to_owned()).collect()
    }

    /// The one name of a key, which must exist.
    pub(super) fn known_name(&self, key: &str, what: &str, names: &[&str]) -> Option<String> {
        self.known_names(key, what, names).pop()
    }
}

fn plain<'v>(value: &'v DeValue<'_>) -> Plain<'v> {
    match value {
        DeValue::String(text) => Plain::Text(text),
        DeValue::Boolean(value) => Plain::Bool(*value),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or(Plain::Other, Plain::Int)
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => Plain::Other,
    }
}

/// Variables hold text; numbers and truths are read out of it.
fn plain_of_variable(kind: Kind, text: &str) -> Plain<'_> {
    match kind {
        Kind::Int(..) => text.parse().map_or(Plain::Text(text), Plain::Int),
        Kind::Bool => text.parse().map_or(Plain::Text(text), Plain::Bool),
        // They have no form in a variable, which `layers` says.
        Kind::Table | Kind::Forms => Plain::Other,
        Kind::Text
        | Kind::Name
        | Kind::Word(_)
        | Kind::Duration(..)
        | Kind::Size(..)
        | Kind::Address
        | Kind::Domain
        | Kind::Host
        | Kind::Language
        | Kind::TimeZone
        | Kind::Path
        | Kind::List(_) => Plain::Text(text),
    }
}

/// The value of a default, as the documentation writes it. Forms and tables have their default where they are read.
fn default_items<'a>(key: &Key, literal: &str) -> Option<Vec<Item<'a>>> {
    let text = format!("default = {literal}");
    let table = DeTable::parse(&text).ok()?;
    let value = table.get_ref().get("default")?.get_ref();
    let item =
        |kind, value| check(kind, plain(value)).ok().map(|checked| Item { checked, spot: Spot::Unsaid });
    match (key.kind, value.as_array()) {
        (Kind::List(kind), Some(array)) => array.iter().map(|value| item(*kind, value.get_ref())).collect(),
        (kind, _) => item(kind, value).map(|item| vec![item]),
    }
}

/// Which keys were asked for, so that a test can compare them with the documentation.
#[cfg(test)]
pub(super) mod record {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    thread_local! {
        static ASKED: RefCell<BTreeSet<(&'static str, String)>> = const { RefCell::new(BTreeSet::new()) };
    }

    pub(super) fn note(section: &'static str, key: &str) {
        ASKED.with_borrow_mut(|asked| asked.insert((section, key.to_owned())));
    }

    /// All that this thread asked for since the last call.
    pub(in crate::config) fn take() -> BTreeSet<(&'static str, String)> {
        ASKED.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::desk_keys::{CUSTOMERS_FILE, DESK_FILE, MACROS_FILE, NOTIFICATIONS_FILE};
    use crate::config::keys::SETTINGS;

    #[test]
    fn documented_defaults_and_examples_are_good() {
        for file in [SETTINGS, DESK_FILE, CUSTOMERS_FILE, NOTIFICATIONS_FILE, MACROS_FILE] {
            for section in file.sections {
                for key in section.keys {
                    let name = format!("{} {} {}", file.name, section.name, key.name);
                    assert!(default_items(key, key.example).is_some(), "example of {name}");
                    if let Presence::Default(literal) = key.presence {
                        assert!(default_items(key, literal).is_some(), "default of {name}");
                    }
                    assert!(key.meaning.trim_end().ends_with('.'), "{name} has no sentence");
                }
            }
        }
    }
}
