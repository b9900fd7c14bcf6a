//! Conditions as they are asked, each with its line of trace.

use super::comparison::Comparison;
use super::key::{Key, ShortKey};
use super::pattern::Pattern;
use super::seen::{Asking, FieldValues, Seen, shown};
use super::trace::Line;
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
    /// For text of the mail: which field of the set.
    pub(super) field: Option<usize>,
    /// For what is said in a word: which of the set.
    pub(super) short: Option<usize>,
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
    pub(super) fn holds(&self, asking: &Asking<'_>, trace: &mut Line) -> bool {
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
                trace.push("not (");
                let holds = !condition.holds(asking, trace);
                trace.push(")");
                asking.forget_groups(kept);
                verdict(holds, trace)
            }
            Self::Attachment(tests) => {
                let files = &asking.facts.mail.attachments;
                for (index, test) in tests.iter().enumerate() {
                    trace.push(if index == 0 { "" } else { " and " });
                    trace.push(&test.words);
                }
                trace.saw(|| shown(files.iter().map(|file| file.name.as_str())));
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
                trace.push(&test.words);
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

fn verdict(holds: bool, trace: &mut Line) -> bool {
    trace.push(if holds { " -> true" } else { " -> false" });
    holds
}

/// Asks until one answers `until`, and says whether one did (for `any`) or none did (for `all`).
fn join(conditions: &[Condition], words: &str, until: bool, asking: &Asking<'_>, trace: &mut Line) -> bool {
    trace.push(words);
    trace.push(" (");
    let mut found = false;
    for (index, condition) in conditions.iter().enumerate() {
        if index > 0 {
            trace.push("; ");
        }
        if condition.holds(asking, trace) == until {
            found = true;
            break;
        }
    }
    trace.push(")");
    found == until
}

impl Test {
    fn holds(&self, asking: &Asking<'_>, trace: &mut Line) -> bool {
        if let Some(field) = self.field {
            return asking.field(field).is_some_and(|field| self.holds_for(field, asking, trace));
        }
        if let Some(short) = self.short {
            return asking.short(short).is_some_and(|values| self.holds_for(&values, asking, trace));
        }
        match &self.wanted {
            Wanted::Amounts(comparisons) => self.compares(comparisons, asking, trace),
            Wanted::Hours(hours) => {
                trace.saw(|| asking.weekday());
                hours.iter().any(|wanted| asking.is_open(wanted.calendar) == Some(wanted.inside))
            }
            Wanted::There(there) if self.key == Key::Date => {
                let date = asking.facts.mail.date;
                trace.saw(|| date.map_or("none".to_owned(), |date| date.to_string()));
                date.is_some() == *there
            }
            Wanted::There(there) => {
                let files = &asking.facts.mail.attachments;
                trace.saw(|| shown(files.iter().map(|file| file.name.as_str())));
                files.is_empty() != *there
            }
            Wanted::Names(_) | Wanted::Patterns(_) => false,
        }
    }

    /// Asks about texts.
    fn holds_for(&self, field: &FieldValues<'_>, asking: &Asking<'_>, trace: &mut Line) -> bool {
        trace.saw(|| field.shown());
        match &self.wanted {
            Wanted::Patterns(patterns) => field.values.iter().any(|seen| is_any(patterns, seen, asking)),
            Wanted::Names(names) => {
                field.values.iter().any(|seen| names.iter().any(|name| self.is_named(&seen.text, name)))
            }
            Wanted::There(there) => field.values.is_empty() != *there,
            Wanted::Amounts(_) | Wanted::Hours(_) => false,
        }
    }

    fn is_named(&self, value: &str, name: &str) -> bool {
        value == name
            || (self.key == Key::Short(ShortKey::Service)
                && value.strip_prefix(name).is_some_and(|rest| rest.starts_with("::")))
    }

    fn compares(&self, comparisons: &[Comparison], asking: &Asking<'_>, trace: &mut Line) -> bool {
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
            trace.saw(|| time.to_string());
            return comparisons.iter().any(|one| one.holds_for_time(time, facts.now));
        }
        let Some(number) = number else {
            trace.saw(|| "none");
            return false;
        };
        trace.saw(|| number.to_string());
        comparisons.iter().any(|one| one.holds_for_number(number))
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
                None => asking.attachment_type(index).is_some_and(|seen| is_any(patterns, seen, asking)),
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
