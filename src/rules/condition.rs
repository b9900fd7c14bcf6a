//! Conditions as they are asked, each with its line of trace.

use std::borrow::Cow;

use super::comparison::Comparison;
use super::key::{Key, ShortKey};
use super::pattern::Pattern;
use super::seen::{Asking, Seen, shown};
use crate::mail::Attachment;

/// A condition, or several held together.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// All hold.
    All(Vec<Condition>),
    /// One holds at least.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// One attachment is like all of these.
    Attachment(Vec<Test>),
    /// One question.
    One(Test),
}

/// One question about one thing.
#[derive(Debug, Clone)]
pub(super) struct Test {
    pub(super) key: Key,
    /// Of a header field, a free field, a column.
    pub(super) name: String,
    /// For text of the mail: which field of the set.
    pub(super) field: Option<usize>,
    pub(super) wanted: Wanted,
    /// The question in words: `subject has a word of [impresora, printer]`.
    pub(super) words: String,
    /// Shown only where it fails: what holds for every rule that does not say otherwise.
    pub(super) implied: bool,
}

/// One calendar, by its place in the set, and whether its hours are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hours {
    pub(super) inside: bool,
    pub(super) calendar: usize,
}

/// The answer that a question wants; of several, any.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Patterns(Vec<Pattern>),
    /// Exactly one of these; of a service also what stands below.
    Names(Vec<String>),
    Amounts(Vec<Comparison>),
    /// Inside or outside the hours of a calendar of the set.
    Hours(Vec<Hours>),
    /// It is there, or it is not.
    There(bool),
}

impl Condition {
    /// Asks, and adds the line of trace.
    pub(super) fn holds(&self, asking: &Asking<'_>, trace: &mut String) -> bool {
        match self {
            Self::All(conditions) => {
                let kept = asking.groups_kept();
                let holds = join(conditions, "all of", false, asking, trace);
                if !holds {
                    asking.forget_groups(kept);
                }
                verdict(holds, trace)
            }
            Self::Any(conditions) => {
                let holds = join(conditions, "any of", true, asking, trace);
                verdict(holds, trace)
            }
            Self::Not(condition) => {
                let kept = asking.groups_kept();
                trace.push_str("not (");
                let holds = !condition.holds(asking, trace);
                trace.push(')');
                asking.forget_groups(kept);
                verdict(holds, trace)
            }
            Self::Attachment(tests) => {
                let files = &asking.facts.mail.attachments;
                let words: Vec<&str> = tests.iter().map(|test| test.words.as_str()).collect();
                trace.push_str(&words.join(" and "));
                let names = shown(files.iter().map(|file| file.name.as_str()));
                push_value(&names, trace);
                let holds = files.iter().enumerate().any(|(index, file)| {
                    let kept = asking.groups_kept();
                    let holds = tests.iter().all(|test| test.holds_for_attachment(index, file, asking));
                    if !holds {
                        asking.forget_groups(kept);
                    }
                    holds
                });
                verdict(holds, trace)
            }
            Self::One(test) => {
                trace.push_str(&test.words);
                let holds = test.holds(asking, trace);
                verdict(holds, trace)
            }
        }
    }

    /// Whether its trace is shown where it holds.
    pub(super) fn is_implied(&self) -> bool {
        matches!(self, Self::One(Test { implied: true, .. }))
    }
}

fn verdict(holds: bool, trace: &mut String) -> bool {
    trace.push_str(if holds { " -> true" } else { " -> false" });
    holds
}

/// Asks until one answers `until`, and says whether one did (for `any`) or none did (for `all`).
fn join(conditions: &[Condition], words: &str, until: bool, asking: &Asking<'_>, trace: &mut String) -> bool {
    trace.push_str(words);
    trace.push_str(" (");
    let mut found = false;
    for (index, condition) in conditions.iter().enumerate() {
        if index > 0 {
            trace.push_str("; ");
        }
        if condition.holds(asking, trace) == until {
            found = true;
            break;
        }
    }
    trace.push(')');
    found == until
}

fn push_value(value: &str, trace: &mut String) {
    trace.push_str(": ");
    trace.push_str(value);
}

impl Test {
    fn holds(&self, asking: &Asking<'_>, trace: &mut String) -> bool {
        if let Some(field) = self.field {
            let Some(field) = asking.field(field) else { return false };
            push_value(field.shown(), trace);
            return match &self.wanted {
                Wanted::Patterns(patterns) => field.values.iter().any(|seen| is_any(patterns, seen, asking)),
                Wanted::There(there) => field.values.is_empty() != *there,
                Wanted::Names(_) | Wanted::Amounts(_) | Wanted::Hours(_) => false,
            };
        }
        match &self.wanted {
            Wanted::Amounts(comparisons) => self.compares(comparisons, asking, trace),
            Wanted::Hours(hours) => {
                push_value(asking.weekday(), trace);
                hours.iter().any(|wanted| asking.is_open(wanted.calendar) == Some(wanted.inside))
            }
            Wanted::There(there) if self.key == Key::Attachment => {
                let files = &asking.facts.mail.attachments;
                push_value(&shown(files.iter().map(|file| file.name.as_str())), trace);
                files.is_empty() != *there
            }
            Wanted::There(there) if self.key == Key::Date => {
                let date = asking.facts.mail.date;
                push_value(&date.map_or("none".to_owned(), |date| date.to_string()), trace);
                date.is_some() == *there
            }
            Wanted::There(there) => {
                let values = self.values(asking);
                push_value(&shown(values.iter().map(AsRef::as_ref)), trace);
                values.is_empty() != *there
            }
            Wanted::Names(names) => {
                let values = self.values(asking);
                push_value(&shown(values.iter().map(AsRef::as_ref)), trace);
                values.iter().any(|value| names.iter().any(|name| self.is_named(value, name)))
            }
            Wanted::Patterns(patterns) => {
                let values = self.values(asking);
                push_value(&shown(values.iter().map(AsRef::as_ref)), trace);
                values.into_iter().any(|value| is_any(patterns, &Seen::text(value, None), asking))
            }
        }
    }

    fn is_named(&self, value: &str, name: &str) -> bool {
        value == name
            || (self.key == Key::Short(ShortKey::Service)
                && value.strip_prefix(name).is_some_and(|rest| rest.starts_with("::")))
    }

    fn compares(&self, comparisons: &[Comparison], asking: &Asking<'_>, trace: &mut String) -> bool {
        let facts = asking.facts;
        let (mut time, mut number) = (None, None);
        match self.key {
            Key::Date => time = facts.mail.date,
            Key::Age => time = facts.ticket.map(|ticket| ticket.now.created),
            Key::Size => number = Some(as_number(facts.mail.raw.len())),
            Key::Priority => number = asking.priority().map(|priority| f64::from(priority.value())),
            Key::Text(_)
            | Key::Attachment
            | Key::AttachmentType
            | Key::AttachmentSize
            | Key::Hours
            | Key::Short(_) => {}
        }
        if let Some(time) = time {
            push_value(&time.to_string(), trace);
            return comparisons.iter().any(|one| one.holds_for_time(time, facts.now));
        }
        let Some(number) = number else {
            push_value("none", trace);
            return false;
        };
        push_value(&number.to_string(), trace);
        comparisons.iter().any(|one| one.holds_for_number(number))
    }

    fn values<'a>(&self, asking: &Asking<'a>) -> Vec<Cow<'a, str>> {
        match self.key {
            Key::Short(key) => asking.short(key, &self.name),
            Key::Text(_)
            | Key::Attachment
            | Key::AttachmentType
            | Key::AttachmentSize
            | Key::Size
            | Key::Date
            | Key::Priority
            | Key::Age
            | Key::Hours => Vec::new(),
        }
    }

    fn holds_for_attachment(&self, index: usize, file: &Attachment, asking: &Asking<'_>) -> bool {
        match &self.wanted {
            Wanted::Amounts(comparisons) => {
                comparisons.iter().any(|one| one.holds_for_number(as_number(file.content.len())))
            }
            Wanted::Patterns(patterns) => match self.field {
                Some(field) => asking
                    .field(field)
                    .and_then(|field| field.values.get(index))
                    .is_some_and(|seen| is_any(patterns, seen, asking)),
                None => is_any(patterns, &Seen::text(file.content_type.as_str(), None), asking),
            },
            Wanted::Names(_) | Wanted::Hours(_) | Wanted::There(_) => false,
        }
    }
}

fn is_any(patterns: &[Pattern], seen: &Seen<'_>, asking: &Asking<'_>) -> bool {
    patterns.iter().any(|pattern| pattern.matches(seen, asking))
}

/// Sizes and priorities stay far below 2^53.
fn as_number(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}
