//! What the rules see of one mail: each field cut, folded and searched once, when the first rule asks.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jiff::tz::TimeZone;
use regex::{Captures, Regex, RegexSet, SetMatches};

use super::comparison::Measure;
use super::key::{ShortKey, TextKey};
use super::literals::Literals;
use super::pattern::Quick;
use super::set::RuleSet;
use super::words::{Vocabulary, Words, fold};
use super::{Action, Facts, Steps};
use crate::desk::{Column, Priority};
use crate::mail::Address;

/// Begins the name of a column of the customers file among groups.
pub(super) const COLUMN: &str = "customer.";

/// So many expressions are asked one by one; of more, the wide forms are asked first, all at once.
const FEW: usize = 8;

/// Characters of a group that are kept: it may become a title or a field.
const GROUP_CHARS: usize = 200;

/// One value of a field: the subject, one recipient, the name of one attachment.
pub(super) struct Seen<'a> {
    /// What words are looked for in, and what traces show.
    pub(super) text: Cow<'a, str>,
    /// Of an address: it alone, and the display name.
    address: Option<(&'a str, Option<&'a str>)>,
    quick: Option<&'a Field>,
    words: OnceCell<Words>,
    folded: OnceCell<String>,
    folded_name: OnceCell<Option<String>>,
    domain: OnceCell<Option<String>>,
    measure: OnceCell<Measure>,
    candidates: OnceCell<Option<Vec<bool>>>,
    hits: OnceCell<Option<SetMatches>>,
}

impl<'a> Seen<'a> {
    /// A plain text.
    pub(super) fn text(text: impl Into<Cow<'a, str>>, quick: Option<&'a Field>) -> Self {
        Self {
            text: text.into(),
            address: None,
            quick,
            words: OnceCell::new(),
            folded: OnceCell::new(),
            folded_name: OnceCell::new(),
            domain: OnceCell::new(),
            measure: OnceCell::new(),
            candidates: OnceCell::new(),
            hits: OnceCell::new(),
        }
    }

    fn address(address: &'a Address, quick: Option<&'a Field>) -> Self {
        let parts = (address.address.as_str(), address.name.as_deref());
        Self { address: Some(parts), ..Self::text(address.to_string(), quick) }
    }

    /// What whole values and expressions are compared with: of an address the address alone.
    pub(super) fn target(&self) -> &str {
        self.address.map_or(self.text.as_ref(), |(address, _)| address)
    }

    /// The display name of an address, folded.
    pub(super) fn folded_name(&self) -> Option<&str> {
        let name = || self.address.and_then(|(_, name)| name).map(fold);
        self.folded_name.get_or_init(name).as_deref()
    }

    /// What stands behind the last @, lower case.
    pub(super) fn domain(&self) -> Option<&str> {
        let domain = || self.target().rsplit_once('@').map(|(_, host)| host.to_lowercase());
        self.domain.get_or_init(domain).as_deref()
    }

    /// The number or the date that it is.
    pub(super) fn measure(&self, zone: &TimeZone) -> Measure {
        *self.measure.get_or_init(|| Measure::of(self.target(), zone))
    }

    /// [`Self::target`], folded.
    pub(super) fn folded_target(&self) -> &str {
        self.folded.get_or_init(|| fold(self.target().trim()))
    }

    /// The words in it.
    pub(super) fn words(&self, vocabulary: &Vocabulary) -> &Words {
        self.words.get_or_init(|| Words::of(&self.text, vocabulary))
    }

    /// Whether a pattern of the field has to be asked, by what all of them need and by their wide forms.
    pub(super) fn perhaps(&self, quick: Quick) -> bool {
        let Some(field) = self.quick else { return true };
        let candidates = self
            .candidates
            .get_or_init(|| Some(field.literals.as_ref()?.candidates(self.folded_target())))
            .as_deref();
        let is_candidate = |pieces: usize| candidates.is_none_or(|all| all.get(pieces) != Some(&false));
        if !is_candidate(quick.pieces) {
            return false;
        }
        let (Some(wide), Some(set)) = (quick.wide, &field.wide) else { return true };
        let many = || field.expressions.iter().filter(|pieces| is_candidate(**pieces)).count() > FEW;
        let hits = self.hits.get_or_init(|| many().then(|| set.matches(self.target())));
        hits.as_ref().is_none_or(|hits| hits.matched(wide))
    }
}

/// A field of a mail that some rule asks about, with what is asked of it for all rules at once.
#[derive(Debug, Clone)]
pub(super) struct Field {
    pub(super) key: TextKey,
    /// Name of a header field, lower case; else empty.
    pub(super) name: String,
    /// The wide forms of all expressions for it.
    pub(super) wide: Option<RegexSet>,
    /// What patterns need.
    pub(super) literals: Option<Literals>,
    /// Of each wide form, where its expression stands among what is needed.
    pub(super) expressions: Vec<usize>,
}

/// A field, read.
pub(super) struct FieldValues<'a> {
    pub(super) values: Vec<Seen<'a>>,
    shown: OnceCell<String>,
}

impl FieldValues<'_> {
    /// The values as a trace shows them.
    pub(super) fn shown(&self) -> &str {
        self.shown.get_or_init(|| shown(self.values.iter().map(|seen| seen.text.as_ref())))
    }
}

/// Values as a trace shows them: quoted, on one line, not too long; `none` where there is none.
pub(super) fn shown<'v>(values: impl Iterator<Item = &'v str>) -> String {
    const VALUES: usize = 5;
    const CHARS: usize = 60;
    let mut out = String::new();
    for (index, value) in values.enumerate() {
        if index == VALUES {
            out.push_str(", ...");
            break;
        }
        out.push_str(if index == 0 { "\"" } else { ", \"" });
        let mut letters = value.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
        out.extend(letters.by_ref().take(CHARS));
        out.push_str(if letters.next().is_some() { "...\"" } else { "\"" });
    }
    if out.is_empty() { "none".to_owned() } else { out }
}

/// One mail being asked about: what was read of it, and what the rules have said so far.
pub(super) struct Asking<'a> {
    pub(super) set: &'a RuleSet,
    pub(super) facts: &'a Facts<'a>,
    fields: Vec<OnceCell<FieldValues<'a>>>,
    /// What is said in a word, until an earlier rule says otherwise.
    shorts: Vec<RefCell<Option<Rc<FieldValues<'a>>>>>,
    attachment_types: OnceCell<Vec<Seen<'a>>>,
    /// What earlier rules set, in place of what the ticket says.
    said: RefCell<BTreeMap<(ShortKey, String), String>>,
    priority: Cell<Option<Priority>>,
    tags: RefCell<BTreeSet<String>>,
    /// Of each calendar, whether its hours are now.
    open: Vec<OnceCell<bool>>,
    weekday: OnceCell<String>,
    /// Named groups of the conditions that held, the last of a name counts.
    groups: RefCell<Vec<(String, String)>>,
    /// Octets that regular expressions searched so far.
    searched: Cell<usize>,
}

impl<'a> Asking<'a> {
    pub(super) fn new(set: &'a RuleSet, facts: &'a Facts<'a>) -> Self {
        Self {
            set,
            facts,
            fields: set.fields.iter().map(|_| OnceCell::new()).collect(),
            shorts: set.shorts.iter().map(|_| RefCell::default()).collect(),
            attachment_types: OnceCell::new(),
            said: RefCell::default(),
            priority: Cell::new(facts.ticket.map(|ticket| ticket.now.priority)),
            tags: RefCell::default(),
            open: set.names.calendars.iter().map(|_| OnceCell::new()).collect(),
            weekday: OnceCell::new(),
            groups: RefCell::default(),
            searched: Cell::new(0),
        }
    }

    /// Counts what an expression is about to search. Each takes time in proportion to it, whatever the expression.
    pub(super) fn search(&self, text: &str) {
        self.searched.set(self.searched.get().saturating_add(text.len()));
    }

    /// More was searched than one mail may cost.
    pub(super) fn is_exhausted(&self) -> bool {
        self.searched.get() > self.facts.work_limit
    }

    /// The values of a field of the mail.
    pub(super) fn field(&self, index: usize) -> Option<&FieldValues<'a>> {
        let field = self.set.fields.get(index)?;
        let read = || FieldValues { values: self.read(field), shown: OnceCell::new() };
        Some(self.fields.get(index)?.get_or_init(read))
    }

    fn read(&self, field: &'a Field) -> Vec<Seen<'a>> {
        let mail = self.facts.mail;
        let set = Some(field);
        let mut left = self.facts.text_limit;
        let mut text = |text: &'a str| {
            let kept = cut(text, left);
            left -= kept.len();
            (!kept.is_empty()).then(|| Seen::text(kept, set))
        };
        match field.key {
            TextKey::Subject => text(&mail.subject).into_iter().collect(),
            TextKey::New => text(&mail.body.new_text).into_iter().collect(),
            TextKey::Whole => text(&mail.body.text).into_iter().collect(),
            TextKey::Header => mail.header(&field.name).filter_map(text).collect(),
            TextKey::AttachmentName => {
                // Index by index like the attachments themselves, so none may be left out.
                mail.attachments.iter().map(|file| Seen::text(cut(&file.name, 1_000), set)).collect()
            }
            TextKey::From => mail.from.iter().map(|address| Seen::address(address, set)).collect(),
            TextKey::To => mail.to.iter().map(|address| Seen::address(address, set)).collect(),
            TextKey::Cc => mail.cc.iter().map(|address| Seen::address(address, set)).collect(),
            TextKey::Recipient => mail.recipients().map(|address| Seen::address(address, set)).collect(),
        }
    }

    /// The type of an attachment.
    pub(super) fn attachment_type(&self, index: usize) -> Option<&Seen<'a>> {
        let files = &self.facts.mail.attachments;
        let types = || files.iter().map(|file| Seen::text(file.content_type.as_str(), None)).collect();
        self.attachment_types.get_or_init(types).get(index)
    }

    /// What is said in a word of the set; without values where it is absent.
    pub(super) fn short(&self, index: usize) -> Option<Rc<FieldValues<'a>>> {
        let kept = self.shorts.get(index)?;
        if let Some(values) = kept.borrow().as_ref() {
            return Some(Rc::clone(values));
        }
        let (key, name) = self.set.shorts.get(index)?;
        let values = self.read_short(*key, name).into_iter().map(|value| Seen::text(value, None)).collect();
        let values = Rc::new(FieldValues { values, shown: OnceCell::new() });
        *kept.borrow_mut() = Some(Rc::clone(&values));
        Some(values)
    }

    /// The next rule that asks reads it anew.
    fn forget_short(&self, key: ShortKey, name: &str) {
        for ((known, of), kept) in self.set.shorts.iter().zip(&self.shorts) {
            if *known == key && of == name {
                *kept.borrow_mut() = None;
            }
        }
    }

    fn read_short(&self, key: ShortKey, name: &str) -> Vec<Cow<'a, str>> {
        if let Some(said) = self.said.borrow().get(&(key, name.to_owned())) {
            return vec![Cow::Owned(said.clone())];
        }
        let facts = self.facts;
        let ticket = facts.ticket.map(|ticket| &ticket.now);
        let value = match key {
            ShortKey::Mailbox => Some(facts.mailbox),
            ShortKey::Language => facts.mail.language.map(|language| language.code()),
            ShortKey::Class => Some(facts.classified.class.word()),
            ShortKey::Sender => Some(facts.sender.word()),
            ShortKey::Authentication => Some(facts.authentication),
            ShortKey::Event => Some(facts.event.word()),
            ShortKey::Queue => ticket.map(|ticket| ticket.queue.as_str()),
            ShortKey::State => ticket.map(|ticket| ticket.state.as_str()),
            ShortKey::StateType => ticket.map(|ticket| ticket.state_type.word()),
            ShortKey::Type => ticket.map(|ticket| ticket.kind.as_str()),
            ShortKey::Service => ticket.and_then(|ticket| ticket.service.as_deref()),
            ShortKey::Owner => ticket.and_then(|ticket| ticket.owner.as_deref()),
            ShortKey::Responsible => ticket.and_then(|ticket| ticket.responsible.as_deref()),
            ShortKey::Field => ticket.and_then(|ticket| ticket.fields.get(name)).map(String::as_str),
            ShortKey::Customer => facts.customer.map(|_| "known"),
            ShortKey::Sla => facts.ticket.and_then(|ticket| ticket.sla.as_deref()),
            ShortKey::Level => ticket.map(|ticket| ticket.level.as_str()),
            ShortKey::Column => return self.column(name).into_iter().map(Cow::Borrowed).collect(),
            ShortKey::Tag => {
                let own = ticket.into_iter().flat_map(|ticket| ticket.tags.iter().map(String::as_str));
                let said = self.tags.borrow();
                return own.map(Cow::Borrowed).chain(said.iter().cloned().map(Cow::Owned)).collect();
            }
        };
        value.map(Cow::Borrowed).into_iter().collect()
    }

    /// What the customers file has in a column, by the column's own word.
    fn column(&self, name: &str) -> Vec<&'a str> {
        self.facts.customer.map(|customer| customer.texts(name)).unwrap_or_default()
    }

    /// Whether the hours of a calendar of the set are now.
    pub(super) fn is_open(&self, calendar: usize) -> Option<bool> {
        let known = self.set.names.calendars.get(calendar)?;
        self.open.get(calendar).map(|open| *open.get_or_init(|| known.is_open(self.facts.now)))
    }

    /// Now, as a trace of hours shows it: `Sunday 2026-11-29 23:10`.
    pub(super) fn weekday(&self) -> &str {
        self.weekday.get_or_init(|| {
            let now = self.facts.now.to_zoned(self.set.time_zone.clone());
            now.strftime("%A %Y-%m-%d %H:%M").to_string()
        })
    }

    /// The priority as it stands.
    pub(super) fn priority(&self) -> Option<Priority> {
        self.priority.get()
    }

    /// Lets the rules that follow see what this one does.
    pub(super) fn remember(&self, action: &Action) {
        let (key, name, value) = match action {
            Action::Queue(name) => (ShortKey::Queue, "", name.as_str()),
            Action::Type(name) => (ShortKey::Type, "", name.as_str()),
            Action::Service(name) => (ShortKey::Service, "", name.as_str()),
            Action::State(name) => {
                let kind = self.set.names.state_type(name).unwrap_or_default();
                self.say(ShortKey::StateType, "", kind);
                (ShortKey::State, "", name.as_str())
            }
            Action::Owner(login) => (ShortKey::Owner, "", login.as_str()),
            Action::Responsible(login) => (ShortKey::Responsible, "", login.as_str()),
            Action::Field(name, value) => (ShortKey::Field, name.as_str(), value.as_str()),
            Action::Priority(Steps::To(priority)) => return self.priority.set(Some(*priority)),
            Action::Priority(Steps::By(steps)) => {
                return self.priority.set(self.priority.get().map(|before| before.moved(*steps)));
            }
            Action::Tag(tag) => {
                self.tags.borrow_mut().insert(tag.clone());
                return self.forget_short(ShortKey::Tag, "");
            }
            Action::Sla(name) => (ShortKey::Sla, "", name.as_str()),
            Action::Level(level) => (ShortKey::Level, "", level.as_str()),
            Action::PendUntil(_)
            | Action::Link(_)
            | Action::Title(_)
            | Action::Lock(_)
            | Action::Watcher(_)
            | Action::Note(_)
            | Action::Notify { .. }
            | Action::SuppressReply
            | Action::Reject(_)
            | Action::Discard
            | Action::Quarantine
            | Action::MoveMail(_) => return,
        };
        self.say(key, name, value);
    }

    fn say(&self, key: ShortKey, name: &str, value: &str) {
        self.said.borrow_mut().insert((key, name.to_owned()), value.to_owned());
        self.forget_short(key, name);
    }

    /// Keeps the named groups of a match, on one line each and not too long.
    pub(super) fn keep_groups(&self, expression: &Regex, captures: &Captures<'_>) {
        let mut groups = self.groups.borrow_mut();
        for name in expression.capture_names().flatten() {
            let Some(found) = captures.name(name) else { continue };
            let line: String = found
                .as_str()
                .trim()
                .chars()
                .take(GROUP_CHARS)
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            groups.push((name.to_owned(), line));
        }
    }

    /// How many groups are kept; for [`Self::forget_groups`].
    pub(super) fn groups_kept(&self) -> usize {
        self.groups.borrow().len()
    }

    /// Forgets the groups kept since: the conditions that they come from did not hold after all.
    pub(super) fn forget_groups(&self, kept: usize) {
        self.groups.borrow_mut().truncate(kept);
    }

    /// A group by name, or `customer.COLUMN`; empty where the alternative that it stands in did not match, or where the
    /// file has nothing there.
    pub(super) fn group(&self, name: &str) -> String {
        if let Some(column) = name.strip_prefix(COLUMN) {
            return self.column(Column::named(column).word()).join(", ");
        }
        let groups = self.groups.borrow();
        groups
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .unwrap_or_default()
    }
}

/// The longest beginning of at most `limit` octets that cuts no character in two.
fn cut(text: &str, limit: usize) -> &str {
    let mut end = limit.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}
