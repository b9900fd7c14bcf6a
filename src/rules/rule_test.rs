//! The tests that stand beside rules, as files say them. Running them is the edge's work.

use std::ops::Range;

use jiff::{SignedDuration, Timestamp};

use super::action_key::{ACTION_ROWS, ActionKey, ActionRow, Form};
use super::comparison::{date, duration};
use super::names::{Names, Origin, Refused};
use super::{Action, RuleSet};
use crate::config::table::{Table, Value, unknown_key};
use crate::desk::RuleRef;

/// A test that stands beside a rule: this mail, and what is to become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleTest {
    /// The rule that it stands beside.
    pub rule: RuleRef,
    /// The mail: a path, relative to the folder of the rule file.
    pub mail: String,
    /// Where that path stands in the file.
    pub place: Range<usize>,
    /// The time of the test; the present where absent.
    pub at: Option<Timestamp>,
    /// The mailbox that the mail is supposed to come by.
    pub mailbox: Option<String>,
    /// The ticket that it is supposed to belong to.
    pub ticket: Option<Supposed>,
    /// All of it has to be so.
    pub expect: Vec<Expectation>,
}

/// A ticket that a test supposes, as actions upon an empty one of the mail's author.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Supposed {
    /// What it is like.
    pub actions: Vec<Action>,
    /// How long ago it was opened.
    pub age: SignedDuration,
}

/// What a test expects, in the words of a file: `queue` and `Redes`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// A key of `then`, `field.NAME`, or `matched`.
    pub key: String,
    /// The value: of `tags` one tag each; of switches `true` or `false`; of anything else `false` where it is to have
    /// none.
    pub value: String,
    /// Where it stands in the file.
    pub place: Range<usize>,
}

impl RuleSet {
    /// The time that an expected `pending` means.
    pub fn pending(&self, text: &str, now: Timestamp) -> Option<Timestamp> {
        let when = (now, &self.time_zone);
        match self.names.action(ActionKey::Pending, "", text, Origin::File, when) {
            Ok(Action::PendUntil(until)) => Some(until),
            Ok(_) | Err(_) => None,
        }
    }
}

/// Reads `[[rule.test]]` tables.
pub(super) struct Tests<'a> {
    pub(super) rule: &'a RuleRef,
    pub(super) names: &'a Names,
    pub(super) zone: &'a jiff::tz::TimeZone,
}

impl Tests<'_> {
    pub(super) fn read(&self, test: &Table<'_>) -> Option<RuleTest> {
        let mail = test.require("mail");
        let expect = test.require("expect").and_then(|value| value.table());
        let at = test.get("at").and_then(|value| self.at(&value));
        let mailbox = test.get("mailbox").and_then(|value| {
            let known = &self.names.mailboxes;
            if known.is_empty() { value.string() } else { value.one_of("mailbox", known) }
        });
        let ticket = test.get("ticket").and_then(|value| value.table()).map(|table| self.ticket(&table));
        let expect = expect.map(|expect| self.expectations(&expect)).unwrap_or_default();
        let mail = mail?;
        Some(RuleTest {
            rule: self.rule.clone(),
            mail: mail.filled()?.to_owned(),
            place: mail.place("").span,
            at,
            mailbox: mailbox.map(str::to_owned),
            ticket,
            expect,
        })
    }

    fn at(&self, value: &Value<'_>) -> Option<Timestamp> {
        let text = match value.raw().as_datetime() {
            Some(date) => date.to_string(),
            None => value.string()?.to_owned(),
        };
        let time = date(&text, self.zone);
        if time.is_none() {
            let help = Some("write \"2026-11-30 09:00\", in the desk's time zone".to_owned());
            value.wrong(format!("\"{text}\" is no time"), "", help);
        }
        time
    }

    /// The keys of `ticket` are those of `then` that a ticket has, and `age`.
    fn ticket(&self, table: &Table<'_>) -> Supposed {
        let mut supposed = Supposed::default();
        let has = |row: &&ActionRow| {
            let of_mail = matches!(
                row.key,
                ActionKey::Note | ActionKey::Link | ActionKey::Notify | ActionKey::Reject | ActionKey::Move
            );
            !of_mail && row.form != Form::Switch
        };
        for (name, value) in table.entries() {
            let row = ACTION_ROWS.iter().filter(has).find(|row| row.name == name);
            if name == "age" {
                match value.string().map(duration) {
                    Some(Some(age)) => supposed.age = age,
                    Some(None) => value.wrong("this is no age", "", Some("write \"3d\", \"2h\"".to_owned())),
                    None => {}
                }
            } else if name == "field" {
                let Some(fields) = value.table() else { continue };
                for (field, value) in fields.entries() {
                    let text = plain(&value);
                    supposed.actions.extend(text.map(|text| Action::Field(field.to_owned(), text)));
                }
            } else if let Some(row) = row {
                for item in value.one_or_many() {
                    let Some(text) = plain(&item) else { continue };
                    match self.action(row.key, &text) {
                        Ok(action) => supposed.actions.push(action),
                        Err(refused) => item.wrong(refused.title, "", refused.help),
                    }
                }
            } else {
                let rows = ACTION_ROWS.iter().filter(has);
                let mut known: Vec<&str> = rows.map(first_part).collect();
                known.push("age");
                value.add(unknown_key(table.source(), value.key_span.clone(), "ticket", name, &known));
            }
        }
        supposed
    }

    fn action(&self, key: ActionKey, text: &str) -> Result<Action, Refused> {
        self.names.action(key, "", text, Origin::File, (Timestamp::UNIX_EPOCH, self.zone))
    }

    /// Reads `expect`; names are checked like those of actions.
    fn expectations(&self, table: &Table<'_>) -> Vec<Expectation> {
        let mut expected = Vec::new();
        let mut expect = |key: &str, value: &Value<'_>| {
            let text = plain(value)?;
            let place = value.place("").span;
            expected.push(Expectation { key: key.to_owned(), value: text, place });
            Some(())
        };
        for (name, value) in table.entries() {
            let row = ACTION_ROWS.iter().find(|row| row.name == name);
            if name == "field" {
                let Some(fields) = value.table() else { continue };
                for (field, value) in fields.entries() {
                    expect(&format!("field.{field}"), &value);
                }
            } else if name == "matched" {
                if value.boolean().is_some() {
                    expect(name, &value);
                }
            } else if let Some(row) = row {
                for item in value.one_or_many() {
                    let Some(text) = plain(&item) else { continue };
                    match self.action(row.key, &text) {
                        Err(refused) if !item.raw().is_bool() => item.wrong(refused.title, "", refused.help),
                        Ok(_) | Err(_) => {
                            expect(name, &item);
                        }
                    }
                }
            } else {
                let mut known: Vec<&str> = ACTION_ROWS.iter().map(first_part).collect();
                known.push("matched");
                value.add(unknown_key(table.source(), value.key_span.clone(), "expect", name, &known));
            }
        }
        expected
    }
}

fn first_part(row: &ActionRow) -> &'static str {
    row.name.split('.').next().unwrap_or_default()
}

fn plain(value: &Value<'_>) -> Option<String> {
    if let Some(number) = value.plain_integer() {
        return Some(number.to_string());
    }
    if let Some(on) = value.raw().as_bool() {
        return Some(on.to_string());
    }
    value.string().map(str::to_owned)
}
