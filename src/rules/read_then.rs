//! Reads `then`, and what a rule's own tests expect of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::action_key::{ACTION_ROWS, ActionKey, ActionRow, Form};
use super::names::{Names, Origin, Refused};
use super::read_when::unknown_column;
use super::seen::COLUMN;
use super::template::Template;
use crate::config::diagnostic::Diagnostic;
use crate::config::table::{Table, Value, unknown_key};
use crate::desk::{Column, MARKS, is_mark};

/// An action whose groups are not filled in yet.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) key: ActionKey,
    /// Of a free field; of `notify` the template.
    pub(super) name: String,
    pub(super) text: Template,
    /// A mail has a say in it.
    pub(super) origin: Origin,
}

/// Reads the actions of one rule.
pub(super) struct Then<'a> {
    pub(super) names: &'a Names,
    pub(super) zone: &'a TimeZone,
    /// Groups of the rule's conditions.
    pub(super) groups: &'a BTreeSet<String>,
    pub(super) planned: Vec<Planned>,
}

impl Then<'_> {
    /// Reads all of `then`; whether it says `stop`.
    pub(super) fn read(&mut self, table: &Table<'_>) -> bool {
        let mut stop = false;
        for (name, value) in table.entries() {
            if name == "stop" {
                stop = value.boolean().unwrap_or_default();
            } else if name == "field" {
                let Some(fields) = value.table() else { continue };
                for (field, value) in fields.entries() {
                    if is_mark(field) {
                        value.add(mark(&fields, field, &value));
                        continue;
                    }
                    self.texts(ActionKey::Field, field, &value, false);
                }
            } else if let Some(row) = ACTION_ROWS.iter().find(|row| row.name == name) {
                self.action(row, &value);
            } else {
                unknown(table, name, &value);
            }
        }
        stop
    }

    fn action(&mut self, row: &ActionRow, value: &Value<'_>) {
        match row.form {
            Form::Text => self.texts(row.key, "", value, false),
            Form::Texts => self.texts(row.key, "", value, true),
            Form::Boolean => {
                if let Some(on) = value.boolean() {
                    self.plan(row.key, "", if on { "true" } else { "false" }, value);
                }
            }
            Form::Switch => self.switch(row, "true", value),
            Form::TextOrSwitch if value.raw().is_bool() => self.switch(row, "rejected", value),
            Form::TextOrSwitch => self.texts(row.key, "", value, false),
            Form::Recipients => {
                for item in value.one_or_many() {
                    self.recipient(row.key, &item);
                }
            }
        }
    }

    fn switch(&mut self, row: &ActionRow, text: &str, value: &Value<'_>) {
        match value.boolean() {
            Some(true) => self.plan(row.key, "", text, value),
            Some(false) => {
                let help = "leave it out; it does not undo what an earlier rule says".to_owned();
                value.wrong(format!("`{} = false` does nothing", row.name), "", Some(help));
            }
            None => {}
        }
    }

    fn texts(&mut self, key: ActionKey, name: &str, value: &Value<'_>, many: bool) {
        let items = if many { value.one_or_many() } else { vec![value.clone()] };
        for item in items {
            if let Some(number) = item.plain_integer() {
                self.plan(key, name, &number.to_string(), &item);
            } else if let (ActionKey::Pending, Some(date)) = (key, item.raw().as_datetime()) {
                self.plan(key, name, &date.to_string(), &item);
            } else if let Some(text) = item.string() {
                self.plan(key, name, text, &item);
            }
        }
    }

    fn recipient(&mut self, key: ActionKey, item: &Value<'_>) {
        if !item.raw().is_table() {
            return self.texts(key, "", item, false);
        }
        let Some(table) = item.table() else { return };
        let template = table.get("template").and_then(|value| {
            self.names.template(value.string()?).map_err(|refused| refuse(&value, refused)).ok()
        });
        if let Some(to) = table.require("to") {
            for whom in to.one_or_many() {
                self.texts(key, template.as_deref().unwrap_or_default(), &whom, false);
            }
        }
        table.finish();
    }

    /// Keeps an action; one without groups is tried at once.
    fn plan(&mut self, key: ActionKey, name: &str, text: &str, value: &Value<'_>) {
        let template = match Template::read(text) {
            Ok(template) => template,
            Err(at) => {
                let source = value.place("").source;
                let title = "`{{` without `}}`";
                let help = Some("a named group is written {{name}}".to_owned());
                value.add(Diagnostic::error(&source, value.span_within(at), title, "").help(help));
                return;
            }
        };
        let mut origin = Origin::File;
        let mut known = true;
        for (group, at) in template.groups() {
            origin = Origin::Mail;
            if let Some(column) = group.strip_prefix(COLUMN) {
                let columns = &self.names.columns;
                if !columns.iter().any(|known| known == Column::named(column).word()) {
                    known = false;
                    value.add(unknown_column(value, value.span_within(at), column, columns));
                }
            } else if !self.groups.contains(group) {
                known = false;
                self.unknown_group(group, value, at);
            }
        }
        if origin == Origin::File {
            let tried = self.names.action(key, name, text, origin, (Timestamp::UNIX_EPOCH, self.zone));
            if let Err(refused) = tried {
                return refuse(value, refused);
            }
        }
        if known {
            self.planned.push(Planned { key, name: name.to_owned(), text: template, origin });
        }
    }

    fn unknown_group(&self, group: &str, value: &Value<'_>, at: std::ops::Range<usize>) {
        let names: Vec<&str> = self.groups.iter().map(String::as_str).collect();
        let help = if names.is_empty() {
            Some("a condition outside of `not` has to name it: '/(?<name>...)/'".to_owned())
        } else {
            crate::config::table::suggestion(group, &names)
        };
        let source = value.place("").source;
        let title = format!("no condition of this rule has a group `{group}`");
        value.add(Diagnostic::error(&source, value.span_within(at), title, "unknown group").help(help));
    }
}

fn refuse(value: &Value<'_>, refused: Refused) {
    value.wrong(refused.title, "", refused.help);
}

/// A free field that only the program itself sets.
fn mark(fields: &Table<'_>, name: &str, value: &Value<'_>) -> Diagnostic {
    let title = format!("`field.{name}` is set by the program alone");
    Diagnostic::error(fields.source(), value.key_span.clone(), title, "one of its own marks")
        .help(format!("{} say who gets no automatic mail; name the field otherwise", MARKS.join(", ")))
}

fn unknown(table: &Table<'_>, name: &str, value: &Value<'_>) {
    let mut known: Vec<&str> =
        ACTION_ROWS.iter().map(|row| row.name.split('.').next().unwrap_or_default()).collect();
    known.push("stop");
    let synonym = match name {
        "tag" => Some("tags"),
        "watcher" => Some("watchers"),
        "folder" => Some("move"),
        "drop" | "delete" => Some("discard"),
        "fields" => Some("field"),
        _ => None,
    };
    let mistake = match synonym {
        Some(meant) => {
            let title = format!("unknown key `{name}` in `then`");
            Diagnostic::error(table.source(), value.key_span.clone(), title, "not known here")
                .help(format!("did you mean \"{meant}\"?"))
        }
        None => unknown_key(table.source(), value.key_span.clone(), "then", name, &known),
    };
    value.add(mistake);
}
