//! Reads `when`.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use super::comparison::{Comparison, Unit};
use super::condition::{Condition, Hours, Test, Wanted};
use super::expression::{WORTH_A_SET, wide_set};
use super::facts::RuleEvent;
use super::key::{Key, ROWS, Row, ShortKey, TextKey, Values, row_of};
use super::literals::{Literals, OneOf, Pieces};
use super::names::Names;
use super::pattern::{Mistaken, Pattern, Plain, Quick};
use super::seen::Field;
use super::words::{Vocabulary, fold};
use crate::config::diagnostic::Diagnostic;
use crate::config::table::{Table, Value, unknown_key};
use crate::desk::{Column, Desk, SenderKind, StateType};
use crate::mail::{Class, Language};

/// How deep `not`, `any` and `all` may nest.
const DEPTH: usize = 10;

/// A field of mails that rules ask about, and what is asked of it for all rules at once.
#[derive(Debug)]
pub(super) struct FieldParts {
    key: TextKey,
    name: String,
    pieces: Pieces,
    wide: Vec<String>,
    expressions: Vec<usize>,
}

impl FieldParts {
    fn keep(&mut self, needed: &[OneOf], wide: Option<&str>) -> Quick {
        let pieces = self.pieces.len();
        self.pieces.add(needed);
        let wide = wide.map(|wide| {
            self.wide.push(wide.to_owned());
            self.expressions.push(pieces);
            self.wide.len() - 1
        });
        Quick { pieces, wide }
    }

    /// The field as mails are asked about it. A few patterns are asked one by one.
    pub(super) fn compiled(self) -> Field {
        let worth = self.pieces.len() >= WORTH_A_SET;
        Field {
            key: self.key,
            name: self.name,
            wide: wide_set(&self.wide),
            literals: worth.then(|| Literals::new(self.pieces)).flatten(),
            expressions: self.expressions,
        }
    }
}

/// What is gathered while files are read.
#[derive(Debug)]
pub(super) struct Gathered<'d> {
    desk: &'d Desk,
    pub(super) names: Names,
    pub(super) vocabulary: Vocabulary,
    pub(super) fields: Vec<FieldParts>,
    /// What is asked of mail and ticket in one word.
    pub(super) shorts: Vec<(ShortKey, String)>,
}

impl<'d> Gathered<'d> {
    pub(super) fn new(desk: &'d Desk, names: Names) -> Self {
        Self { desk, names, vocabulary: Vocabulary::default(), fields: Vec::new(), shorts: Vec::new() }
    }

    pub(super) fn zone(&self) -> &'d TimeZone {
        &self.desk.time_zone
    }

    fn field(&mut self, key: TextKey, name: &str) -> usize {
        let known = self.fields.iter().position(|field| field.key == key && field.name == name);
        known.unwrap_or_else(|| {
            self.fields.push(FieldParts {
                key,
                name: name.to_owned(),
                pieces: Pieces::default(),
                wide: Vec::new(),
                expressions: Vec::new(),
            });
            self.fields.len() - 1
        })
    }

    fn short(&mut self, key: ShortKey, name: &str) -> usize {
        let known = self.shorts.iter().position(|(short, of)| *short == key && of == name);
        known.unwrap_or_else(|| {
            self.shorts.push((key, name.to_owned()));
            self.shorts.len() - 1
        })
    }
}

/// Reads the conditions of one rule.
pub(super) struct When<'g, 'd> {
    gathered: &'g mut Gathered<'d>,
    /// Names of groups that actions may use.
    pub(super) groups: BTreeSet<String>,
    /// The rule says itself which events, which classes it wants.
    says_event: bool,
    says_class: bool,
    /// Within `not`: groups mean nothing there.
    negative: bool,
}

impl<'g, 'd> When<'g, 'd> {
    pub(super) fn new(gathered: &'g mut Gathered<'d>) -> Self {
        Self { gathered, groups: BTreeSet::new(), says_event: false, says_class: false, negative: false }
    }

    /// All conditions of a rule, those that go without saying first.
    pub(super) fn read(&mut self, table: Option<&Table<'_>>) -> Vec<Condition> {
        let own = table.map(|table| self.conditions(table, 0)).unwrap_or_default();
        let mut implied = |key, words: &str, names: &[&str]| {
            let wanted = Wanted::Names(names.iter().map(|name| (*name).to_owned()).collect());
            let words = words.to_owned();
            let short = Some(self.gathered.short(key, ""));
            Condition::One(Test { key: Key::Short(key), field: None, short, wanted, words, implied: true })
        };
        let mut conditions = Vec::new();
        if !self.says_event {
            conditions.push(implied(ShortKey::Event, "event is new", &[RuleEvent::New.word()]));
        }
        if !self.says_class {
            let classes = [Class::Person.word(), Class::Automatic.word(), Class::List.word()];
            conditions.push(implied(ShortKey::Class, "class is one of [person, automatic, list]", &classes));
        }
        conditions.extend(own);
        conditions
    }

    fn conditions(&mut self, table: &Table<'_>, depth: usize) -> Vec<Condition> {
        let mut conditions = Vec::new();
        if depth > DEPTH {
            table.wrong(
                "conditions are nested too deeply",
                "",
                Some(format!("`not`, `any` and `all` nest {DEPTH} levels at most")),
            );
            return conditions;
        }
        for (name, value) in table.entries() {
            match name {
                "not" => conditions.extend(self.not(&value, depth)),
                "all" => conditions.extend(self.several(&value, depth).map(Condition::All)),
                "any" => conditions.extend(self.several(&value, depth).map(Condition::Any)),
                "attachment" if value.raw().is_table() => conditions.extend(self.attachment(&value)),
                "header" | "field" | "customer" if value.raw().is_table() => {
                    let key = match name {
                        "header" => Key::Text(TextKey::Header),
                        "field" => Key::Short(ShortKey::Field),
                        _ => Key::Short(ShortKey::Column),
                    };
                    let Some(table) = value.table() else { continue };
                    for (name, value) in table.entries() {
                        conditions.extend(self.named(key, name, &value).map(Condition::One));
                    }
                }
                "header" | "field" => value.wrong(
                    format!("`{name}` needs a name"),
                    "",
                    Some(format!("write when.{name}.NAME = ...")),
                ),
                _ => match ROWS.iter().find(|row| row.name == name) {
                    Some(row) => conditions.extend(self.test(row, "", &value).map(Condition::One)),
                    None => unknown(table, name, &value),
                },
            }
        }
        conditions
    }

    /// None of the conditions in `not` may hold, each by itself: `when.not.from` beside `when.not.subject`
    /// reads as two refusals.
    fn not(&mut self, value: &Value<'_>, depth: usize) -> Vec<Condition> {
        let before = std::mem::replace(&mut self.negative, true);
        let conditions = if value.raw().is_array() {
            self.several(value, depth).unwrap_or_default()
        } else {
            value.table().map(|table| self.conditions(&table, depth + 1)).unwrap_or_default()
        };
        self.negative = before;
        conditions.into_iter().map(|condition| Condition::Not(Box::new(condition))).collect()
    }

    /// The tables of `any` and `all`.
    fn several(&mut self, value: &Value<'_>, depth: usize) -> Option<Vec<Condition>> {
        if !value.raw().is_array() {
            let name = value.name.rsplit('.').next().unwrap_or_default();
            value.wrong(
                format!("`{name}` must be a list of tables"),
                "",
                Some(format!("write {name} = [{{ subject = \"x\" }}, {{ text = \"x\" }}]")),
            );
            return None;
        }
        let tables: Vec<Table<'_>> = value.one_or_many().iter().filter_map(Value::table).collect();
        if tables.is_empty() {
            value.wrong(format!("`{}` is empty", value.name), "", None);
        }
        Some(tables.iter().map(|table| simplest(Condition::All(self.conditions(table, depth + 1)))).collect())
    }

    fn attachment(&mut self, value: &Value<'_>) -> Option<Condition> {
        let table = value.table()?;
        let mut tests = Vec::new();
        for key in [Key::Text(TextKey::AttachmentName), Key::AttachmentType, Key::AttachmentSize] {
            let Some(row) = row_of(key) else { continue };
            let short = row.name.rsplit('.').next().unwrap_or_default();
            if let Some(value) = table.get(short) {
                tests.extend(self.test(row, "", &value));
            }
        }
        table.finish();
        (!tests.is_empty()).then_some(Condition::Attachment(tests))
    }

    /// A test of a header field, a free field, a column.
    fn named(&mut self, key: Key, name: &str, value: &Value<'_>) -> Option<Test> {
        let row = row_of(key)?;
        if key == Key::Text(TextKey::Header) {
            // RFC 5322 section 3.6.8: printable US-ASCII without the colon.
            if name.is_empty() || !name.bytes().all(|octet| octet.is_ascii_graphic() && octet != b':') {
                value.wrong(format!("\"{name}\" is no name of a header field"), "", None);
                return None;
            }
            return self.test(row, &name.to_ascii_lowercase(), value);
        }
        if key == Key::Short(ShortKey::Column) {
            let column = Column::named(name);
            let known = &self.gathered.names.columns;
            if !known.iter().any(|known| known == column.word()) {
                value.add(unknown_column(value, value.key_span.clone(), name, known));
                return None;
            }
            return self.test(row, column.word(), value);
        }
        self.test(row, name, value)
    }

    fn test(&mut self, row: &'static Row, name: &str, value: &Value<'_>) -> Option<Test> {
        self.says_event |= row.key == Key::Short(ShortKey::Event);
        self.says_class |= row.key == Key::Short(ShortKey::Class);
        let shown = match row.name.split_once('.') {
            Some((group, part)) if part.chars().all(char::is_uppercase) => format!("{group}.{name}"),
            _ => row.name.to_owned(),
        };
        let (field, short) = match row.key {
            Key::Text(key) => (Some(self.gathered.field(key, name)), None),
            Key::Short(key) => (None, Some(self.gathered.short(key, name))),
            Key::Attachment
            | Key::AttachmentType
            | Key::AttachmentSize
            | Key::Size
            | Key::Date
            | Key::Priority
            | Key::Age
            | Key::Hours => (None, None),
        };
        let made = |wanted, words| Some(Test { key: row.key, field, short, wanted, words, implied: false });
        if let Some(there) = value.raw().as_bool() {
            if !row.optional {
                value.wrong(format!("`{shown}` is always there"), "", Some(values_of(row)));
                return None;
            }
            let words = format!("{shown} is {}", if there { "there" } else { "absent" });
            return made(Wanted::There(there), words);
        }
        let items = value.one_or_many();
        if items.is_empty() {
            value.wrong(format!("`{shown}` is an empty list"), "", Some(values_of(row)));
            return None;
        }
        let (wanted, words) = match row.values {
            Values::Presence => {
                value.expected("true or false");
                return None;
            }
            Values::Names => self.choice(row.key, &shown, &items)?,
            Values::Amount(unit) => self.amounts(unit, &shown, &items)?,
            Values::Hours => self.hours(&items)?,
            Values::Text(plain) => {
                let names = &self.gathered.names;
                if row.key == Key::Short(ShortKey::Mailbox) {
                    written_out("mailbox", &names.mailboxes, &items)?;
                } else if row.key == Key::Short(ShortKey::Level) {
                    written_out("level", &names.levels, &items)?;
                }
                self.patterns(plain, field, &shown, &items)?
            }
        };
        made(wanted, words)
    }

    fn choice(&self, key: Key, shown: &str, items: &[Value<'_>]) -> Option<(Wanted, String)> {
        let names = match key {
            Key::Short(key) => self.names(key),
            Key::Text(_)
            | Key::Attachment
            | Key::AttachmentType
            | Key::AttachmentSize
            | Key::Size
            | Key::Date
            | Key::Priority
            | Key::Age
            | Key::Hours => Vec::new(),
        };
        let what = match shown {
            "owner" | "responsible" => "agent",
            "state_type" => "type of states",
            "sla" => "SLA",
            shown => shown,
        };
        let found: Vec<String> =
            items.iter().filter_map(|item| item.one_of(what, &names)).map(str::to_owned).collect();
        let words = match found.as_slice() {
            [one] => format!("{shown} is {one}"),
            several => format!("{shown} is one of [{}]", several.join(", ")),
        };
        (found.len() == items.len()).then_some((Wanted::Names(found), words))
    }

    /// The names that may stand behind a key.
    fn names(&self, key: ShortKey) -> Vec<String> {
        let names = &self.gathered.names;
        let words: Vec<&str> = match key {
            ShortKey::Queue => return names.queues.clone(),
            ShortKey::State => return names.states(),
            ShortKey::Type => return names.types.clone(),
            ShortKey::Service => return names.service_levels(),
            ShortKey::Owner | ShortKey::Responsible => return names.logins.clone(),
            ShortKey::Language => Language::ALL.iter().map(|language| language.code()).collect(),
            ShortKey::Class => Class::ALL.iter().map(|class| class.word()).collect(),
            ShortKey::Sender => SenderKind::ALL.iter().map(|kind| kind.word()).collect(),
            ShortKey::StateType => StateType::ALL.iter().map(|kind| kind.word()).collect(),
            ShortKey::Event => vec![RuleEvent::New.word(), RuleEvent::FollowUp.word()],
            ShortKey::Authentication => vec!["pass", "fail", "none"],
            ShortKey::Sla => return names.slas.clone(),
            ShortKey::Mailbox
            | ShortKey::Tag
            | ShortKey::Level
            | ShortKey::Field
            | ShortKey::Customer
            | ShortKey::Column => Vec::new(),
        };
        words.into_iter().map(str::to_owned).collect()
    }

    /// `inside oficina`, `outside oficina`.
    fn hours(&self, items: &[Value<'_>]) -> Option<(Wanted, String)> {
        let calendars = &self.gathered.names.calendars;
        let names: Vec<&str> = calendars.iter().map(|calendar| calendar.name.as_str()).collect();
        let mut hours = Vec::new();
        let mut words = Vec::new();
        for item in items {
            let text = item.string()?;
            let (word, name) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
            let name = name.trim();
            let inside = match word {
                "inside" if !name.is_empty() => true,
                "outside" if !name.is_empty() => false,
                _ => {
                    let help = "write \"inside CALENDAR\" or \"outside CALENDAR\"".to_owned();
                    item.wrong(format!("\"{text}\" says no hours"), "", Some(help));
                    continue;
                }
            };
            let Some(calendar) = names.iter().position(|known| *known == name) else {
                let help = crate::config::table::suggestion(name, &names)
                    .or_else(|| Some("calendars are [[calendar]] in desk.toml".to_owned()));
                item.wrong(format!("there is no calendar \"{name}\""), "unknown calendar", help);
                continue;
            };
            hours.push(Hours { inside, calendar });
            words.push(format!("it is {word} the hours of {name}"));
        }
        (hours.len() == items.len()).then(|| (Wanted::Hours(hours), words.join(" or ")))
    }

    fn amounts(&self, unit: Unit, shown: &str, items: &[Value<'_>]) -> Option<(Wanted, String)> {
        let mut comparisons = Vec::new();
        let mut words = Vec::new();
        for item in items {
            let text = match item.plain_integer() {
                Some(number) => number.to_string(),
                None => item.string()?.to_owned(),
            };
            match Comparison::read(&text, unit, self.gathered.zone()) {
                Ok(comparison) => {
                    comparisons.push(comparison);
                    words.push(format!("{shown} {}", spaced(&text)));
                }
                Err(help) => item.wrong(format!("\"{text}\" is no comparison"), "", Some(help)),
            }
        }
        (comparisons.len() == items.len()).then(|| (Wanted::Amounts(comparisons), words.join(" or ")))
    }

    fn patterns(
        &mut self,
        plain: Plain,
        field: Option<usize>,
        shown: &str,
        items: &[Value<'_>],
    ) -> Option<(Wanted, String)> {
        let mut patterns = Vec::new();
        let mut texts = Vec::new();
        for item in items {
            let text = match item.plain_integer() {
                Some(number) => number.to_string(),
                None => item.string()?.to_owned(),
            };
            let Gathered { vocabulary, fields, desk, .. } = &mut *self.gathered;
            let mut keep =
                |needed: &[OneOf], wide: Option<&str>| Some(fields.get_mut(field?)?.keep(needed, wide));
            match Pattern::read(&text, plain, vocabulary, &desk.time_zone, &mut keep) {
                Ok(pattern) => {
                    if !self.negative {
                        self.groups.extend(pattern.groups());
                    }
                    patterns.push(pattern);
                    texts.push(text);
                }
                Err(mistaken) => complain(item, mistaken),
            }
        }
        let words = in_words(shown, &patterns, &texts);
        (patterns.len() == items.len()).then_some((Wanted::Patterns(patterns), words))
    }
}

/// A list of one condition is that condition.
fn simplest(condition: Condition) -> Condition {
    match condition {
        Condition::All(mut conditions) | Condition::Any(mut conditions) if conditions.len() == 1 => {
            conditions.pop().unwrap_or(Condition::All(Vec::new()))
        }
        Condition::All(_)
        | Condition::Any(_)
        | Condition::Not(_)
        | Condition::Attachment(_)
        | Condition::One(_) => condition,
    }
}

/// A name of the desk that is written out, and is no pattern and no comparison, must be one of these.
fn written_out(what: &str, known: &[String], items: &[Value<'_>]) -> Option<()> {
    let plain = |item: &&Value<'_>| {
        item.raw()
            .as_str()
            .is_some_and(|text| !text.contains('*') && !text.starts_with(['/', '<', '>', '=', '!']))
    };
    let wrong = |item: &Value<'_>| {
        let text = item.raw().as_str().unwrap_or_default();
        !known.iter().any(|name| fold(name) == fold(text)) && item.one_of(what, known).is_none()
    };
    let wrong = !known.is_empty() && items.iter().filter(plain).filter(|item| wrong(item)).count() > 0;
    (!wrong).then_some(())
}

/// The mistake of a column that the customers file does not have.
pub(super) fn unknown_column(
    value: &Value<'_>,
    span: std::ops::Range<usize>,
    name: &str,
    known: &[String],
) -> Diagnostic {
    let source = value.place("").source;
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let mistake = unknown_key(&source, span, "customer", name, &known);
    let none = || "there is no customers.toml and no customers.csv beside taquilla.toml".to_owned();
    mistake.help(known.is_empty().then(none))
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The question as a person would put it.
fn in_words(shown: &str, patterns: &[Pattern], texts: &[String]) -> String {
    let only_words = patterns.iter().all(|pattern| matches!(pattern, Pattern::Words(_)));
    match (only_words, texts) {
        (true, [one]) => format!("{shown} has the word \"{one}\""),
        (true, several) => format!("{shown} has a word of [{}]", several.join(", ")),
        (false, [one]) => match patterns.first() {
            Some(Pattern::Expression { .. }) => format!("{shown} matches {one}"),
            Some(Pattern::Stars { .. }) => format!("{shown} is like {one}"),
            Some(Pattern::Compared(_)) => format!("{shown} {}", spaced(one)),
            Some(Pattern::Words(_) | Pattern::Whole(_) | Pattern::Domain(_)) | None => {
                format!("{shown} is {one}")
            }
        },
        (false, several) => format!("{shown} is like one of [{}]", several.join(", ")),
    }
}

fn complain(item: &Value<'_>, mistaken: Mistaken) {
    match mistaken {
        Mistaken::Whole(why, help) => item.wrong(why, "", Some(help.to_owned())),
        Mistaken::Within(before, unusable) => {
            let span = item.span_within(unusable.at.start + before..unusable.at.end + before);
            let source = item.place("").source;
            let title = "this regular expression cannot be read";
            item.add(Diagnostic::error(&source, span, title, unusable.why).help(unusable.help));
        }
    }
}

fn values_of(row: &Row) -> String {
    format!("for example when.{}", row.example())
}

fn unknown(table: &Table<'_>, name: &str, value: &Value<'_>) {
    let mut known: Vec<&str> =
        ROWS.iter().map(|row| row.name.split('.').next().unwrap_or_default()).collect();
    known.dedup();
    known.extend(["not", "any", "all"]);
    let mistake = unknown_key(table.source(), value.key_span.clone(), "when", name, &known);
    let action = super::action_key::ACTION_ROWS.iter().any(|row| row.name == name);
    let help = match name {
        "body" => Some("the text of a mail is `text`".to_owned()),
        _ if action => Some(format!("actions belong to `then`: then.{name}")),
        _ => None,
    };
    value.add(mistake.help(help));
}
