//! What stands behind a verb, per verb. Names stay as typed: only `decide` knows what they name.

mod asking;

use jiff::Zoned;

use super::command::{AutoClose, Command, Escalation, Mistake, Outcome, Who};
use super::minutes::minutes;
use super::someone;
use super::verb::Verb;
use super::when::when;
use super::words::{self, VerbWords, say};
use crate::desk::typed::{clean, folded, unquoted};
use crate::desk::{Channel, Priority, Relation, TicketNumber, is_mark};
use crate::mail::Language;

/// Letters of a title.
const LONGEST_TITLE: usize = 200;
/// Letters of a tag or of the name of a field.
const LONGEST_NAME: usize = 50;

/// One command line taken apart.
pub(super) struct Arguments<'a> {
    /// What is to be done.
    pub(super) verb: Verb,
    /// What stands behind the verb as typed, without invisible characters, blanks trimmed, without a final
    /// full stop.
    pub(super) typed: &'a str,
    /// What stands behind a dot of the verb: `host` of `#field.host`.
    pub(super) name: Option<&'a str>,
    /// When it is read.
    pub(super) now: &'a Zoned,
    /// Of whoever reads the mistake.
    pub(super) language: Language,
}

impl Arguments<'_> {
    /// The command.
    ///
    /// # Errors
    /// A sentence that says what to write instead.
    pub(super) fn command(&self) -> Result<Command, Mistake> {
        if let Some(other) = self.second_command() {
            return Err(self.mistake(|say| &say.one_a_line, &[("other", &other)]));
        }
        match self.verb {
            Verb::New => self.new_ticket(),
            Verb::Customer => self.customer(),
            Verb::Cc => self.cc(),
            Verb::Sla => Ok(Command::Sla(self.value_or_none()?)),
            Verb::Time => self.minutes(true).map(|minutes| Command::Time(minutes.unwrap_or_default())),
            Verb::Estimate => self.minutes(false).map(Command::Estimate),
            Verb::Close => self.close(),
            Verb::Pend => self.pend(),
            Verb::Assign => Ok(Command::Assign(self.who()?)),
            Verb::Owner => Ok(Command::Owner(self.who()?)),
            Verb::Queue => Ok(Command::Queue(self.without_filler("who")?)),
            Verb::Escalate => self.escalate(),
            Verb::Derive => self.derive(),
            Verb::Priority => self.priority(),
            Verb::State => Ok(Command::State(self.needed()?)),
            Verb::Type => Ok(Command::Type(self.needed()?)),
            Verb::Service => Ok(Command::Service(self.value_or_none()?)),
            Verb::Title => self.title(),
            Verb::Tag => self.tags(),
            Verb::Field => self.field(),
            Verb::Template => Ok(Command::Template(self.needed()?)),
            Verb::Macro => Ok(Command::Macro(self.needed()?)),
            Verb::Merge => Ok(Command::Merge(self.one_number("into")?)),
            Verb::Link => self.link(),
            Verb::Unlink => Ok(Command::Unlink(self.one_number("who")?)),
            Verb::Split => self.split(),
            Verb::For => self.targets(),
            Verb::Limit => self.limit(),
            Verb::List => Ok(self.list()),
            Verb::Show => Ok(Command::Show(self.one_or_own()?)),
            Verb::History => Ok(Command::History(self.one_or_own()?)),
            Verb::Report => self.report(),
            Verb::Undo => self.undo(),
            Verb::Help => Ok(Command::Help),
            Verb::Dry => self.alone(Command::Dry),
            Verb::Partial => self.alone(Command::Partial),
            Verb::Take => self.alone(Command::Assign(Who::Me)),
            Verb::Reopen => self.alone(Command::Reopen),
            Verb::Lock => self.alone(Command::Lock(true)),
            Verb::Unlock => self.alone(Command::Lock(false)),
            Verb::Note | Verb::End => self.alone(Command::Note),
            Verb::Public => self.alone(Command::Public),
            Verb::Watch => self.alone(Command::Watch(true)),
            Verb::Unwatch => self.alone(Command::Watch(false)),
        }
    }

    /// Ticket numbers, each also as a subject carries it: `[Ticket#2013121610000137]`.
    fn numbers(&self) -> Result<Vec<TicketNumber>, Mistake> {
        let typed = self.needed()?;
        let words = typed.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let words = words.filter(|word| words::filler("list", &[&folded(word)]).is_none());
        let mut numbers = Vec::new();
        for word in words {
            let number = number(word).ok_or_else(|| self.mistake(|say| &say.number, &[("value", word)]))?;
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        if numbers.is_empty() { Err(self.mistake(|say| &say.needs, &[])) } else { Ok(numbers) }
    }

    /// One number, behind a small word ("into", "en").
    fn one_number(&self, filler: &str) -> Result<TicketNumber, Mistake> {
        let typed = self.without_filler(filler)?;
        number(&typed).ok_or_else(|| self.mistake(|say| &say.number, &[("value", &typed)]))
    }

    /// `#link 2026030110000014 parent`, in either order.
    fn link(&self) -> Result<Command, Mistake> {
        let typed = self.without_filler("who")?;
        let (mut found, mut relation) = (None, None);
        for word in typed.split([' ', ',']).filter(|word| !word.is_empty()) {
            let said = match words::value("relation", &[&folded(word)]) {
                Some(("parent", _)) => Some(Relation::Parent),
                Some((_, _)) => Some(Relation::Child),
                None => None,
            };
            let again = match (said, number(word)) {
                (Some(said), _) => relation.replace(said).is_some_and(|before| before != said),
                (None, Some(number)) => found.replace(number).is_some(),
                (None, None) => return Err(self.unknown(&["relation"], word)),
            };
            if again {
                return Err(self.mistake(|say| &say.twice, &[]));
            }
        }
        let number = found.ok_or_else(|| self.mistake(|say| &say.needs, &[]))?;
        Ok(Command::Link { number, relation: relation.unwrap_or(Relation::Linked) })
    }

    /// `#split`, `#split 3`.
    fn split(&self) -> Result<Command, Mistake> {
        if self.typed.is_empty() {
            return Ok(Command::Split(None));
        }
        match self.typed.trim_start_matches('#').parse() {
            Ok(nth @ 1..=99_999) => Ok(Command::Split(Some(nth))),
            Ok(_) | Err(_) => Err(self.mistake(|say| &say.unknown_value, &[("value", self.typed)])),
        }
    }

    /// `#undo`, `#undo TOKEN`.
    fn undo(&self) -> Result<Command, Mistake> {
        if self.typed.is_empty() {
            return Ok(Command::Undo(None));
        }
        let mut codes = super::answers::codes(self.typed);
        match (codes.next(), self.typed.contains(' ')) {
            (Some(code), false) => Ok(Command::Undo(Some(code))),
            (Some(_) | None, _) => Err(self.mistake(|say| &say.unknown_value, &[("value", self.typed)])),
        }
    }

    fn entry(&self) -> Option<&'static VerbWords> {
        words::of(self.language).verbs.get(self.verb.word())
    }

    fn mistake(
        &self,
        sentence: impl Fn(&'static words::Sentences) -> &'static String,
        more: &[(&str, &str)],
    ) -> Mistake {
        let entry = self.entry();
        let verb = entry.and_then(|entry| entry.words.first()).map_or(self.verb.word(), String::as_str);
        let form = entry.map_or("", |entry| entry.form.as_str());
        let example = entry.map_or("", |entry| entry.example.as_str());
        let mut values = vec![("verb", verb), ("form", form), ("example", example)];
        values.extend_from_slice(more);
        Mistake(say(sentence(&words::of(self.language).say), &values))
    }

    /// Another command on the same line: mail programs that reflow text join lines.
    fn second_command(&self) -> Option<String> {
        // Free text may speak of commands.
        if matches!(self.verb, Verb::Title | Verb::Field) {
            return None;
        }
        self.typed.split_whitespace().find_map(|word| {
            let word = folded(word.strip_prefix('#')?);
            words::verb(&[word.split('.').next().unwrap_or_default()]).map(|_| word)
        })
    }

    fn alone(&self, command: Command) -> Result<Command, Mistake> {
        if self.typed.is_empty() { Ok(command) } else { Err(self.mistake(|say| &say.alone, &[])) }
    }

    fn needed(&self) -> Result<String, Mistake> {
        let value = unquoted(self.typed);
        if value.is_empty() { Err(self.mistake(|say| &say.needs, &[])) } else { Ok(value.to_owned()) }
    }

    /// The value without a leading "to", "a".
    fn without_filler(&self, kind: &str) -> Result<String, Mistake> {
        let value = self.needed()?;
        match value.split_once(' ') {
            Some((first, rest)) if words::filler(kind, &[&folded(first)]).is_some() => {
                Ok(unquoted(rest).to_owned())
            }
            _ => Ok(value),
        }
    }

    fn value_or_none(&self) -> Result<Option<String>, Mistake> {
        let value = self.needed()?;
        Ok(if words::whole_value("none", &folded(&value)).is_some() { None } else { Some(value) })
    }

    fn unknown(&self, kinds: &[&str], value: &str) -> Mistake {
        match kinds.iter().find_map(|kind| words::near_value(kind, &folded(value), self.language)) {
            Some(near) => self.mistake(|say| &say.unknown_value_near, &[("value", value), ("near", near)]),
            None => self.mistake(|say| &say.unknown_value, &[("value", value)]),
        }
    }

    /// `#new`, `#new phone`.
    fn new_ticket(&self) -> Result<Command, Mistake> {
        let plain = folded(self.typed);
        let words: Vec<&str> = plain.split_whitespace().collect();
        // "#new ticket by phone".
        let words: Vec<&str> =
            words.into_iter().filter(|word| words::filler("new", &[word]).is_none()).collect();
        if words.is_empty() {
            return Ok(Command::New(None));
        }
        let channel = words::whole_value("channel", &words.join(" ")).and_then(Channel::from_word);
        channel.map(|channel| Command::New(Some(channel))).ok_or_else(|| self.unknown(&["channel"], &plain))
    }

    /// `#customer ana@minem.example`, `#customer Ana Quispe`.
    fn customer(&self) -> Result<Command, Mistake> {
        let typed = self.without_filler("who")?;
        someone::one(&typed)
            .map(Command::Customer)
            .ok_or_else(|| self.mistake(|say| &say.unknown_value, &[("value", &typed)]))
    }

    /// `#cc +ana@minem.example -berta@minem.example`.
    fn cc(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        let (add, remove) = someone::several(&typed)
            .map_err(|word| self.mistake(|say| &say.unknown_value, &[("value", &word)]))?;
        if add.is_empty() && remove.is_empty() {
            return Err(self.mistake(|say| &say.needs, &[]));
        }
        if add.iter().any(|one| remove.contains(one)) {
            return Err(self.mistake(|say| &say.twice, &[]));
        }
        Ok(Command::Cc { add, remove })
    }

    /// Minutes of work; none for "none", where nothing is added to what there is.
    fn minutes(&self, adds: bool) -> Result<Option<i64>, Mistake> {
        let typed = self.needed()?;
        if !adds && words::whole_value("none", &folded(&typed)).is_some() {
            return Ok(None);
        }
        let found = minutes(&typed).filter(|found| if adds { *found != 0 } else { *found > 0 });
        let wrong = || self.mistake(|say| &say.unknown_value, &[("value", &typed)]);
        found.map(Some).ok_or_else(wrong)
    }

    fn close(&self) -> Result<Command, Mistake> {
        let plain = folded(self.typed).replace(',', " ");
        let all: Vec<&str> = plain.split_whitespace().collect();
        let mut rest = all.as_slice();
        let (mut outcome, mut silent) = (None, false);
        while let Some(first) = rest.first() {
            let used = if let Some((key, used)) = words::value("outcome", rest) {
                let said = match key {
                    "unsuccessful" => Outcome::Unsuccessful,
                    "workaround" => Outcome::Workaround,
                    _ => Outcome::Successful,
                };
                if outcome.is_some_and(|before| before != said) {
                    return Err(self.mistake(|say| &say.twice, &[]));
                }
                outcome = Some(said);
                used
            } else if let Some((_, used)) = words::value("silent", rest) {
                silent = true;
                used
            } else if rest.len() == all.len() && words::near_value("outcome", &plain, self.language).is_some()
            {
                return Err(self.unknown(&["outcome"], &plain));
            } else {
                return Err(self.unknown(&["outcome", "silent"], first));
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        Ok(Command::Close { outcome: outcome.unwrap_or(Outcome::Successful), silent })
    }

    fn pend(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        let written: Vec<&str> = typed.split_whitespace().collect();
        let plain: Vec<String> = written.iter().map(|word| folded(word)).collect();
        let plain: Vec<&str> = plain.iter().map(String::as_str).collect();
        // `close+` stands last; "close +" is two words.
        for count in [2, 1] {
            let Some(place) = plain.len().checked_sub(count) else { continue };
            let Some((time, last)) = written.split_at_checked(place).zip(plain.split_at_checked(place))
            else {
                continue;
            };
            let Some((key, used)) = words::value("auto_close", last.1) else { continue };
            if used != count {
                continue;
            }
            if time.0.is_empty() {
                return Err(self.mistake(|say| &say.needs, &[]));
            }
            let then = if key == "successful" { AutoClose::Successful } else { AutoClose::Unsuccessful };
            let until = when(&time.0.join(" "), self.now, self.language)?;
            return Ok(Command::Pend { until, then: Some(then) });
        }
        Ok(Command::Pend { until: when(&typed, self.now, self.language)?, then: None })
    }

    fn who(&self) -> Result<Who, Mistake> {
        let name = self.without_filler("who")?;
        Ok(match words::whole_value("who", &folded(&name)) {
            Some("me") => Who::Me,
            Some(_) => Who::Nobody,
            None => Who::Named(bare_address(&name).to_owned()),
        })
    }

    /// `#escalate`, `#escalate 2`, `#escalate to level 2`.
    fn escalate(&self) -> Result<Command, Mistake> {
        if self.typed.is_empty() {
            return Ok(Command::Escalate(Escalation::ByPriority));
        }
        let typed = self.without_filler("who")?;
        let escalation = escalation(&typed).ok_or_else(|| self.unknown(&["level", "supplier"], &typed))?;
        Ok(Command::Escalate(escalation))
    }

    /// `#derive Sistemas`: only the desk knows what has that name.
    fn derive(&self) -> Result<Command, Mistake> {
        let to = self.without_filler("who")?;
        if words::whole_value("who", &folded(&to)) == Some("me") {
            return Ok(Command::Assign(Who::Me));
        }
        let meant = escalation(&to);
        Ok(Command::Derive { to: bare_address(&to).to_owned(), meant })
    }

    fn priority(&self) -> Result<Command, Mistake> {
        let plain = folded(&self.needed()?);
        let by_word = words::whole_value("priority", &plain).and_then(|number| number.parse().ok());
        by_word
            .and_then(Priority::new)
            .or_else(|| Priority::from_words(&plain))
            .map(Command::Priority)
            .ok_or_else(|| self.unknown(&["priority"], &plain))
    }

    fn title(&self) -> Result<Command, Mistake> {
        let title = self.needed()?;
        if title.chars().count() > LONGEST_TITLE {
            return Err(self.mistake(|say| &say.title_long, &[("limit", &LONGEST_TITLE.to_string())]));
        }
        Ok(Command::Title(title))
    }

    fn tags(&self) -> Result<Command, Mistake> {
        let typed = self.needed()?;
        let (mut add, mut remove): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        // A sign may stand apart from its tag: "+ vip".
        let mut sign = None;
        for word in typed.split([' ', ',']).filter(|word| !word.is_empty()) {
            let said = match word.chars().next() {
                Some('+') => Some(true),
                Some('-' | '\u{2010}'..='\u{2015}' | '\u{2212}') => Some(false),
                _ => None,
            };
            let name = if said.is_some() {
                word.get(word.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default()
            } else {
                word
            };
            if name.is_empty() {
                sign = said;
                continue;
            }
            let name = name.to_lowercase();
            let fit = name.chars().count() <= LONGEST_NAME
                && name.chars().all(|c| c.is_alphanumeric() || "-_.:/".contains(c));
            if !fit {
                return Err(self.mistake(|say| &say.unknown_value, &[("value", word)]));
            }
            let adds = said.or(sign.take()).unwrap_or(true);
            let (these, those) = if adds { (&mut add, &remove) } else { (&mut remove, &add) };
            if those.contains(&name) {
                return Err(self.mistake(|say| &say.twice, &[]));
            }
            if !these.contains(&name) {
                these.push(name);
            }
        }
        if add.is_empty() && remove.is_empty() {
            return Err(self.mistake(|say| &say.needs, &[]));
        }
        Ok(Command::Tag { add, remove })
    }

    /// `#field.room 204`, `#field.room = 204`, `#field room 204`.
    fn field(&self) -> Result<Command, Mistake> {
        let (name, value) = match self.name {
            Some(name) => (name, self.typed),
            None => self.typed.split_once([' ', '=', ':']).unwrap_or((self.typed, "")),
        };
        let name = clean(name).trim_end_matches([':', '=']).to_lowercase();
        if name.is_empty() {
            return Err(self.mistake(|say| &say.needs, &[]));
        }
        let fit = name.chars().count() <= LONGEST_NAME
            && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
        if !fit {
            return Err(self.mistake(|say| &say.field_name, &[("value", &name)]));
        }
        if is_mark(&name) {
            return Err(self.mistake(|say| &say.field_mark, &[("value", &name)]));
        }
        let value = unquoted(value.trim_start_matches([' ', '=', ':']));
        if value.is_empty() {
            return Err(self.mistake(|say| &say.needs, &[]));
        }
        let empty = words::whole_value("none", &folded(value)).is_some();
        Ok(Command::Field { name, value: (!empty).then(|| value.to_owned()) })
    }
}

/// A number alone, or behind whatever a desk writes in front of it.
fn number(word: &str) -> Option<TicketNumber> {
    let word = word.trim_matches(['[', ']', '(', ')', '.']);
    TicketNumber::new(word.rsplit(['#', ':']).next().unwrap_or(word))
}

/// A level in words, or a supplier behind the word for it.
fn escalation(typed: &str) -> Option<Escalation> {
    if let Some(level) = words::whole_value("level", &folded(typed)) {
        return level.parse().ok().map(Escalation::Level);
    }
    let (first, name) = typed.split_once([' ', ':']).unwrap_or((typed, ""));
    words::whole_value("supplier", &folded(first))?;
    let name = unquoted(name.trim_start_matches(':'));
    Some(Escalation::Supplier((!name.is_empty()).then(|| name.to_owned())))
}

/// What mail programs make of an address: `<a@b>`, `mailto:a@b`, `Name <a@b>`.
pub(super) fn bare_address(name: &str) -> &str {
    let inner =
        name.rsplit_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(name, |(inner, _)| inner);
    let inner = inner.trim();
    inner.strip_prefix("mailto:").unwrap_or(inner)
}

/// The sentence about a first word that is no verb.
pub(super) fn not_a_verb(written: &str, language: Language) -> Mistake {
    let own = words::of(language);
    match words::near_verb(written, language) {
        Some(near) => Mistake(say(&own.say.unknown_verb_near, &[("verb", written), ("near", near)])),
        None => Mistake(say(&own.say.unknown_verb, &[("verb", written)])),
    }
}
