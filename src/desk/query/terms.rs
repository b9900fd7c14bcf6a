//! What one word of a query asks: keys and values looked up in the desk.

use super::mistake::Mistake;
use super::scan::Word;
use super::time::moment;
use super::words::{Key, Special, has, state_words, type_words};
use super::{Asker, Condition, CustomerWanted, Pattern, StateWanted, Term};
use crate::desk::spelling::nearest;
use crate::desk::typed::folded;
use crate::desk::{Found, Priority, fold, meant};
use crate::mail::Language;

/// Names that a mistake lists; more of them hide what matters.
const LISTED: usize = 12;

/// The term of a word; `None` where it says nothing.
pub(super) fn term(word: &Word, asker: &Asker<'_>) -> Result<Option<Term>, Mistake> {
    let of = |condition: Condition| Some(Term { negated: word.negated, condition });
    let Some(typed) = &word.key else { return Ok(text(word, asker)?.and_then(of)) };
    let plain = folded(typed);
    let (head, name) =
        plain.split_once('.').map_or((plain.as_str(), None), |(head, name)| (head, Some(name)));
    let key = Key::of(head).filter(|key| name.is_none() || *key == Key::Field);
    let Some(key) = key else {
        return Err(Mistake::Key { near: near_key(head, asker), typed: typed.clone() });
    };
    let terms = Terms { key, values: &word.values, asker };
    // Of a field also the name is the asker's own.
    let name = name.and(typed.split_once('.')).map(|(_, name)| name.to_lowercase());
    if word.values.is_empty() {
        return Err(Mistake::NoValue(key));
    }
    terms.condition(name).map(of)
}

/// Words that a name of the desk has at most, beyond its first one.
const LONGEST_NAME: usize = 4;

/// A term as it would be with quotes, where its value and the words behind it are one name: `prioridad:muy alto` asks for
/// a priority that there is not, and `cola:soporte técnico` for a word that no title has.
pub(super) fn in_quotes(word: &Word, behind: &[Word], wrong: bool, asker: &Asker<'_>) -> Option<String> {
    let key = word.key.as_ref()?;
    let named = matches!(
        Key::of(&folded(key)),
        Some(
            Key::Queue
                | Key::State
                | Key::Owner
                | Key::Responsible
                | Key::Priority
                | Key::Type
                | Key::Service
        )
    );
    if word.values.is_empty() || !(named || wrong) {
        return None;
    }
    let plain = behind.iter().take_while(|word| word.key.is_none() && !word.negated && !word.quoted);
    let more: Vec<&str> =
        plain.take(LONGEST_NAME).filter_map(|word| word.values.first().map(String::as_str)).collect();
    let (last, others) = word.values.split_last()?;
    (1..=more.len()).rev().find_map(|count| {
        let whole = std::iter::once(last.as_str()).chain(more.iter().take(count).copied());
        let whole = whole.collect::<Vec<_>>().join(" ");
        let values: Vec<String> = others.iter().cloned().chain([whole]).collect();
        let joined = Word { values, ..word.clone() };
        term(&joined, asker).ok()??;
        let values = joined.values.iter().map(|value| match value.contains(' ') {
            true => format!("\"{value}\""),
            false => value.clone(),
        });
        let sign = if word.negated { "-" } else { "" };
        Some(format!("{sign}{key}:{}", values.collect::<Vec<_>>().join(",")))
    })
}

/// A word without a key.
fn text(word: &Word, asker: &Asker<'_>) -> Result<Option<Condition>, Mistake> {
    let typed = word.values.first().map(String::as_str).unwrap_or_default();
    let plain = folded(typed);
    if !word.quoted && Special::And.is(&plain) {
        return Ok(None);
    }
    if !word.quoted && Special::Mine.is(&plain) {
        let agent = asker.agent.ok_or(Mistake::NoMe)?;
        return Ok(Some(Condition::Responsible(vec![Some(agent.login.clone())])));
    }
    Ok(Pattern::new(typed.trim_matches(|c| matches!(c, ',' | ';'))).map(Condition::Words))
}

fn near_key(typed: &str, asker: &Asker<'_>) -> Option<&'static str> {
    let own = Key::ALL.iter().flat_map(|key| key.words(asker.language));
    let all = Language::ALL.iter().flat_map(|language| Key::ALL.map(|key| key.words(*language))).flatten();
    let known: Vec<&'static str> = own.chain(all).copied().collect();
    let plain: Vec<String> = known.iter().map(|word| folded(word)).collect();
    let near = nearest(typed, plain.iter().map(String::as_str))?;
    known.iter().zip(&plain).find(|(_, word)| *word == near).map(|(word, _)| *word)
}

/// The values of one key.
struct Terms<'t> {
    key: Key,
    values: &'t [String],
    asker: &'t Asker<'t>,
}

impl Terms<'_> {
    fn condition(&self, name: Option<String>) -> Result<Condition, Mistake> {
        let desk = self.asker.desk;
        Ok(match self.key {
            Key::Queue => {
                let names: Vec<&str> = desk.queues.iter().map(|queue| queue.name.as_str()).collect();
                Condition::Queue(self.each(|value| self.name(value, &names))?)
            }
            Key::State => return self.states(),
            Key::Owner => Condition::Owner(self.each(|value| self.agent(value))?),
            Key::Responsible => Condition::Responsible(self.each(|value| self.agent(value))?),
            Key::Customer => Condition::Customer(self.each(|value| Ok(customer(value)))?),
            Key::Priority => Condition::Priority(self.each(|value| self.priority(value))?),
            Key::Type => Condition::Type(self.each(|value| self.kind(value))?),
            Key::Service => Condition::Service(self.each(|value| self.service(value))?),
            Key::Tag => Condition::Tag(self.each(|value| Ok(unless_nothing(value, tag(value))))?),
            Key::Field => {
                let name = name.filter(|name| !name.is_empty()).ok_or(Mistake::FieldName)?;
                let whole = |value: &str| unless_nothing(value, value).and_then(|value| Pattern::new(&value));
                Condition::Field { name, values: self.each(|value| Ok(whole(value)))? }
            }
            Key::Level => Condition::Level(self.each(|value| Ok(value.trim().to_owned()))?),
            Key::Number => Condition::Number(self.each(number)?),
            Key::Lock => Condition::Locked(self.each(|value| self.locked(value))?),
            Key::Older => Condition::Older(self.time()?),
            Key::Newer => Condition::Newer(self.time()?),
            Key::Title => {
                let pattern = |value: &str| Pattern::new(value).ok_or(Mistake::NoValue(self.key));
                Condition::Title(self.each(pattern)?)
            }
        })
    }

    fn each<T>(&self, read: impl Fn(&str) -> Result<T, Mistake>) -> Result<Vec<T>, Mistake> {
        self.values.iter().map(|value| read(value)).collect()
    }

    fn time(&self) -> Result<jiff::Timestamp, Mistake> {
        // `hace 2 dias`, `2 dias` without quotes: the unit came as a word of its own.
        let typed = self.values.join(" ");
        moment(&typed, self.asker).ok_or(Mistake::Time(typed))
    }

    /// A name by itself or by a part that no other name has; case and accents do not matter.
    fn name(&self, typed: &str, names: &[&str]) -> Result<String, Mistake> {
        let wanted = fold(typed);
        if let Some(exact) = names.iter().find(|name| fold(name) == wanted) {
            return Ok((*exact).to_owned());
        }
        let parts: Vec<&&str> = names.iter().filter(|name| fold(name).contains(&wanted)).collect();
        match parts.as_slice() {
            [one] => Ok((**one).to_owned()),
            [] => Err(self.unknown(typed, names)),
            several => {
                let candidates = several.iter().map(|name| (**name).to_owned()).collect();
                Err(Mistake::Several { key: self.key, typed: typed.to_owned(), candidates })
            }
        }
    }

    fn unknown(&self, typed: &str, names: &[&str]) -> Mistake {
        let plain: Vec<String> = names.iter().map(|name| fold(name)).collect();
        let near = nearest(&fold(typed), plain.iter().map(String::as_str));
        let near = near.and_then(|near| plain.iter().position(|name| name == near));
        let near = near.and_then(|at| names.get(at)).map(|name| (*name).to_owned());
        let all = if names.len() <= LISTED {
            names.iter().map(|name| (*name).to_owned()).collect()
        } else {
            Vec::new()
        };
        Mistake::Value { key: self.key, typed: typed.to_owned(), near, all }
    }

    fn agent(&self, typed: &str) -> Result<Option<String>, Mistake> {
        let plain = folded(typed);
        if Special::Nothing.is(&plain) {
            return Ok(None);
        }
        if Special::Me.is(&plain) {
            return self.asker.agent.map(|agent| Some(agent.login.clone())).ok_or(Mistake::NoMe);
        }
        match self.asker.desk.find_agent(typed) {
            Found::One(agent) => Ok(Some(agent.login.clone())),
            Found::Several(agents) => {
                let candidates =
                    agents.iter().map(|agent| format!("{} ({})", agent.login, agent.name)).collect();
                Err(Mistake::Several { key: self.key, typed: typed.to_owned(), candidates })
            }
            Found::Nobody => {
                let logins: Vec<&str> =
                    self.asker.desk.agents.iter().map(|agent| agent.login.as_str()).collect();
                Err(self.unknown(typed, &logins))
            }
        }
    }

    /// By what it means, or by the name of one of the desk's states in any language.
    fn states(&self) -> Result<Condition, Mistake> {
        let mut wanted = Vec::new();
        for value in self.values {
            let plain = folded(value);
            if Special::Any.is(&plain) {
                return Ok(Condition::AnyState);
            }
            let kinds = Language::ALL.iter().flat_map(|language| state_words(*language));
            let mut kinds = kinds.filter(|(_, words)| has(words, &plain)).map(|(kinds, _)| kinds);
            match kinds.next() {
                Some(kinds) => wanted.extend(kinds.iter().copied().map(StateWanted::Kind)),
                None => wanted.push(StateWanted::Named(self.state(value)?)),
            }
        }
        Ok(Condition::State(wanted))
    }

    fn state(&self, typed: &str) -> Result<String, Mistake> {
        let states = &self.asker.desk.states;
        let wanted = fold(typed);
        let named = |state: &&crate::desk::State| {
            Language::ALL.iter().any(|language| fold(state.label(*language)) == wanted)
        };
        if let Some(state) = states.iter().find(named) {
            return Ok(state.name.clone());
        }
        let words = state_words(self.asker.language);
        let words = words.iter().take(6).filter_map(|(_, words)| words.first().copied());
        let names: Vec<&str> =
            words.chain(states.iter().map(|state| state.label(self.asker.language))).collect();
        let Mistake::Value { key, typed, near, .. } = self.unknown(typed, &names) else {
            return Err(self.unknown(typed, &names));
        };
        let all = names.iter().take(6).map(|name| (*name).to_owned()).collect();
        Err(Mistake::Value { key, typed, near, all })
    }

    fn priority(&self, typed: &str) -> Result<Priority, Mistake> {
        let words: Vec<&str> =
            (1..=5).filter_map(Priority::new).map(|priority| priority.word(self.asker.language)).collect();
        Priority::from_words(&folded(typed)).ok_or_else(|| self.unknown(typed, &words))
    }

    fn kind(&self, typed: &str) -> Result<String, Mistake> {
        let plain = folded(typed);
        let types = &self.asker.desk.types;
        if let Some(kind) = types.iter().find(|kind| has(type_words(kind), &plain)) {
            return Ok(kind.clone());
        }
        let names: Vec<&str> = types.iter().map(String::as_str).collect();
        self.name(typed, &names)
    }

    /// A service, or a level above services: `Equipos` of `Equipos::Impresoras`.
    fn service(&self, typed: &str) -> Result<Option<String>, Mistake> {
        if Special::Nothing.is(&folded(typed)) {
            return Ok(None);
        }
        let mut names: Vec<&str> = Vec::new();
        for service in &self.asker.desk.services {
            let ends = service.name.match_indices("::").map(|(at, _)| at).chain([service.name.len()]);
            for name in ends.filter_map(|end| service.name.get(..end)) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        // `impresoras` means `Equipos::Impresoras`, though `Equipos` is a part of it too.
        match meant(&names, |name| name, typed) {
            Some(one) => Ok(Some((*one).to_owned())),
            None => self.name(typed, &names).map(Some),
        }
    }

    fn locked(&self, typed: &str) -> Result<bool, Mistake> {
        let plain = folded(typed);
        match (Special::Locked.is(&plain), Special::Unlocked.is(&plain)) {
            (true, _) => Ok(true),
            (false, true) => Ok(false),
            (false, false) => {
                let words = match self.asker.language {
                    Language::En => ["locked", "unlocked"],
                    Language::Es => ["bloqueado", "desbloqueado"],
                };
                Err(self.unknown(typed, &words))
            }
        }
    }
}

/// The value, or `None` where it says that there is none.
fn unless_nothing(typed: &str, value: impl Into<String>) -> Option<String> {
    (!Special::Nothing.is(&folded(typed))).then(|| value.into())
}

/// As tags are stored.
fn tag(typed: &str) -> String {
    typed.trim().trim_start_matches('+').to_lowercase()
}

fn customer(typed: &str) -> CustomerWanted {
    let typed = typed.trim().trim_start_matches("mailto:");
    if Special::Nothing.is(&folded(typed)) {
        return CustomerWanted::None;
    }
    let whole =
        typed.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    match Pattern::new(typed) {
        Some(pattern) if !whole || typed.contains('*') => CustomerWanted::Part(pattern),
        Some(_) | None => CustomerWanted::Address(typed.to_lowercase()),
    }
}

/// Digits, also as a subject carries them: `[Ticket#2013121610000137]`.
fn number(typed: &str) -> Result<String, Mistake> {
    let digits = typed.trim_matches(['[', ']']).rsplit(['#', ':']).next().unwrap_or_default();
    let fit = !digits.is_empty() && digits.len() <= 40 && digits.chars().all(|c| c.is_ascii_digit());
    if fit { Ok(digits.to_owned()) } else { Err(Mistake::Number(typed.to_owned())) }
}
