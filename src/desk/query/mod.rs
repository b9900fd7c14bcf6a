//! The language in which tickets are asked for: `cola:soporte estado:abierto older:2d -responsable:nadie impresora`.
//!
//! Pure, and the same in mails and on the command line. A text becomes a [`Query`] once, with every name looked up in
//! the desk and every mistake told with what to write instead; the store makes SQL of the values that come out. Keys and
//! values are understood in every language at once; only the mistakes are in the reader's.

mod mistake;
mod scan;
mod terms;
#[cfg(test)]
mod tests;
mod time;
mod words;

use jiff::Timestamp;

pub use time::moment;

use super::typed::{clean, folded};
use super::{Agent, Desk, Priority, StateType};
use crate::mail::Language;
use mistake::Mistake;

/// Letters of a query.
const LONGEST: usize = 1_000;
/// Terms of a query, and values of a term.
const MOST: usize = 30;

/// Which tickets: all terms must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The terms, in the order in which they were written.
    pub terms: Vec<Term>,
}

/// One condition, or its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// The tickets that it does not hold for.
    pub negated: bool,
    /// What is asked.
    pub condition: Condition,
}

/// What is asked of a ticket; of several values any one is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// It is in one of these queues, by their exact names.
    Queue(Vec<String>),
    /// It is in one of these states.
    State(Vec<StateWanted>),
    /// Whatever its state: closed ones are meant too.
    AnyState,
    /// One of these logins is its owner; `None`: it has none.
    Owner(Vec<Option<String>>),
    /// One of these logins is its responsible; `None`: it has none.
    Responsible(Vec<Option<String>>),
    /// Who asks.
    Customer(Vec<CustomerWanted>),
    /// Its priority.
    Priority(Vec<Priority>),
    /// Its type, by exact name.
    Type(Vec<String>),
    /// Its service or a service below it; `None`: it has none.
    Service(Vec<Option<String>>),
    /// It has one of these tags; `None`: it has no tag.
    Tag(Vec<Option<String>>),
    /// A free field.
    Field {
        /// Its name, lower case.
        name: String,
        /// Its value; `None`: it is not there.
        values: Vec<Option<Pattern>>,
    },
    /// The level that attends it.
    Level(Vec<String>),
    /// Its number ends with one of these runs of digits.
    Number(Vec<String>),
    /// It is locked, or it is not.
    Locked(Vec<bool>),
    /// It was opened before this time.
    Older(Timestamp),
    /// It was opened at this time or later.
    Newer(Timestamp),
    /// Its title has these words.
    Title(Vec<Pattern>),
    /// Title, number or customer have this word.
    Words(Pattern),
}

/// A state by its name, or by what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateWanted {
    /// Exact name.
    Named(String),
    /// Of this type.
    Kind(StateType),
}

/// How a customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerWanted {
    /// Nobody.
    None,
    /// By address, lower case.
    Address(String),
    /// By a part of name or address.
    Part(Pattern),
}

/// A text to look for: lower case, without accents. What it is looked for in is folded in the same way; `*` stands for
/// anything.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pattern(String);

impl Pattern {
    /// What somebody typed, folded; `None` where nothing is left of it.
    pub fn new(typed: &str) -> Option<Self> {
        let plain = folded(typed);
        (!plain.trim_matches('*').is_empty()).then_some(Self(plain))
    }

    /// The folded text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Who asks, of which desk, when: what names and times in a query mean.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The desk.
    pub desk: &'a Desk,
    /// `me`; nobody on the command line.
    pub agent: Option<&'a Agent>,
    /// Now.
    pub now: Timestamp,
    /// Of whoever reads the mistakes.
    pub language: Language,
}

impl Query {
    /// Reads a query; without a word it asks for everything.
    ///
    /// # Errors
    /// What is wrong with it, in the asker's language, with the nearest word that is right.
    pub fn read(text: &str, asker: &Asker<'_>) -> Result<Self, String> {
        Self::understood(text, asker).map_err(|mistake| mistake.text(asker.language))
    }

    fn understood(text: &str, asker: &Asker<'_>) -> Result<Self, Mistake> {
        if text.chars().nth(LONGEST).is_some() {
            return Err(Mistake::TooLong(LONGEST));
        }
        let mut query = Self::default();
        let words = scan::words(&clean(text));
        for (at, word) in words.iter().enumerate() {
            if query.terms.len() == MOST || word.values.len() > MOST {
                return Err(Mistake::TooMany(MOST));
            }
            let term = terms::term(word, asker);
            let behind = words.get(at + 1..).unwrap_or_default();
            match terms::in_quotes(word, behind, term.is_err(), asker) {
                Some(right) => return Err(Mistake::Quotes(right)),
                None => query.terms.extend(term?),
            }
        }
        Ok(query)
    }

    /// The same query; tickets that are closed, merged or removed are left out unless it speaks of states or numbers.
    #[must_use]
    pub fn open_unless_said(mut self) -> Self {
        let says = |term: &Term| {
            matches!(term.condition, Condition::State(_) | Condition::AnyState | Condition::Number(_))
        };
        if !self.terms.iter().any(says) {
            let open = StateType::ALL.into_iter().filter(|kind| kind.is_open()).map(StateWanted::Kind);
            self.terms.push(Term { negated: false, condition: Condition::State(open.collect()) });
        }
        self
    }

    /// The same query, for the tickets for which this holds as well.
    #[must_use]
    pub fn and(mut self, condition: Condition) -> Self {
        self.terms.push(Term { negated: false, condition });
        self
    }
}
