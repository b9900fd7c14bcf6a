//! Pieces of text that whatever is like a pattern has to contain, and the search for all of them at once.
//!
//! A thousand expressions ask for thousands of pieces, and a mail has few of them: one pass of one automaton over the
//! folded text says which expressions need not be asked at all. Folding goes character by character, so a piece of what
//! an expression matches, folded, stands in the folded text; the other way round it need not, and then the expression
//! itself says no.

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use regex_syntax::hir::{Class, ClassUnicode, Hir, HirKind, Repetition};

use super::words::{fold, fold_letter};

/// Texts that stand for one place of an expression, at most.
const TEXTS: usize = 16;
/// Characters of a class that are looked at one by one.
const LETTERS: usize = 16;
/// Octets of one piece.
const LONGEST: usize = 60;
/// Pieces that are asked for one pattern.
const ASKED: usize = 4;
/// Octets that the automaton may take.
const SIZE: usize = 64 << 20;

/// One of these texts, folded, stands in whatever matches.
pub(super) type OneOf = Vec<String>;

/// What has to stand in whatever an expression matches: one of each; empty where nothing is known.
pub(super) fn needed(hir: &Hir) -> Vec<OneOf> {
    let mut all = read(hir).needed();
    all.retain(|one_of| one_of.iter().all(|text| is_telling(text)));
    // The longest tell most.
    all.sort_by_key(|one_of| std::cmp::Reverse(one_of.iter().map(String::len).min()));
    all.dedup();
    all.truncate(ASKED);
    all
}

/// A single letter stands in every mail.
fn is_telling(text: &str) -> bool {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(only), None) => !only.is_alphabetic() && !only.is_whitespace(),
        (first, _) => first.is_some(),
    }
}

/// What is known of a piece of an expression.
enum Known {
    /// It matches these texts, folded, and no others.
    Exactly(BTreeSet<String>),
    /// One of each stands in what it matches.
    Contains(Vec<OneOf>),
}

impl Known {
    fn nothing() -> Self {
        Self::Contains(Vec::new())
    }

    fn needed(self) -> Vec<OneOf> {
        match self {
            Self::Exactly(texts) => one_of(&texts).into_iter().collect(),
            Self::Contains(needed) => needed,
        }
    }
}

/// The texts without blanks at their ends, which a value loses before it is folded; none where one of them is empty.
fn one_of(texts: &BTreeSet<String>) -> Option<OneOf> {
    let trimmed: BTreeSet<&str> = texts.iter().map(|text| text.trim()).collect();
    // Whatever contains a longer one contains the shorter one too.
    let shorter =
        |text: &&&str| !trimmed.iter().any(|other| other.len() < text.len() && text.contains(other));
    let shortest: OneOf = trimmed.iter().filter(shorter).map(|text| (*text).to_owned()).collect();
    shortest.iter().all(|text| !text.is_empty()).then_some(shortest)
}

/// Each of the one followed by each of the other, where they do not become too many or too long.
fn joined(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<BTreeSet<String>> {
    let longest = |texts: &BTreeSet<String>| texts.iter().map(String::len).max().unwrap_or(0);
    if before.len() * after.len() > TEXTS || longest(before) + longest(after) > LONGEST {
        return None;
    }
    Some(before.iter().flat_map(|head| after.iter().map(move |tail| format!("{head}{tail}"))).collect())
}

fn read(hir: &Hir) -> Known {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Known::Exactly([String::new()].into()),
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(text) => Known::Exactly([fold(text)].into()),
            Err(_) => Known::nothing(),
        },
        HirKind::Class(Class::Unicode(class)) => read_class(class),
        HirKind::Class(Class::Bytes(_)) => Known::nothing(),
        HirKind::Repetition(repetition) => read_repetition(repetition),
        HirKind::Capture(capture) => read(&capture.sub),
        HirKind::Concat(parts) => read_concat(parts),
        HirKind::Alternation(parts) => read_alternation(parts),
    }
}

/// Upper and lower case, with and without an accent, are one text once folded.
fn read_class(class: &ClassUnicode) -> Known {
    let count: usize = class.ranges().iter().map(|range| range.len()).sum();
    if count > LETTERS {
        return Known::nothing();
    }
    let letters = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    Known::Exactly(letters.map(fold_letter).collect())
}

fn read_repetition(repetition: &Repetition) -> Known {
    let once = read(&repetition.sub);
    match (repetition.min, repetition.max, once) {
        (0, Some(1), Known::Exactly(mut texts)) if texts.len() < TEXTS => {
            texts.insert(String::new());
            Known::Exactly(texts)
        }
        (0, ..) => Known::nothing(),
        (1, Some(1), once) => once,
        (_, _, once) => Known::Contains(once.needed()),
    }
}

fn read_concat(parts: &[Hir]) -> Known {
    let mut needed = Vec::new();
    let mut run: BTreeSet<String> = [String::new()].into();
    let mut whole = true;
    for part in parts {
        match read(part) {
            Known::Exactly(texts) => match joined(&run, &texts) {
                Some(longer) => run = longer,
                None => {
                    needed.extend(one_of(&run));
                    run = texts;
                    whole = false;
                }
            },
            Known::Contains(inner) => {
                needed.extend(one_of(&run));
                needed.extend(inner);
                run = [String::new()].into();
                whole = false;
            }
        }
    }
    if whole {
        return Known::Exactly(run);
    }
    needed.extend(one_of(&run));
    Known::Contains(needed)
}

fn read_alternation(parts: &[Hir]) -> Known {
    let mut exact = BTreeSet::new();
    let mut either: BTreeSet<String> = BTreeSet::new();
    let mut whole = true;
    for part in parts {
        match read(part) {
            Known::Exactly(texts) => exact.extend(texts),
            Known::Contains(needed) => {
                whole = false;
                let best = needed.into_iter().max_by_key(|one_of| one_of.iter().map(String::len).min());
                // An alternative that needs nothing: nothing is needed.
                let Some(best) = best else { return Known::nothing() };
                either.extend(best);
            }
        }
    }
    if whole && exact.len() <= TEXTS {
        return Known::Exactly(exact);
    }
    either.extend(exact);
    if either.len() > 4 * TEXTS {
        return Known::nothing();
    }
    Known::Contains(one_of(&either).into_iter().collect())
}

/// Pieces that patterns of one field ask for, gathered.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    numbers: BTreeMap<String, usize>,
    /// Of each pattern, one of each.
    asked: Vec<Vec<Vec<usize>>>,
}

impl Pieces {
    /// Takes in a pattern, whose number is how many there were before.
    pub(super) fn add(&mut self, needed: &[OneOf]) {
        let asked = needed.iter().map(|one_of| one_of.iter().map(|text| self.number(text)).collect());
        let asked = asked.collect();
        self.asked.push(asked);
    }

    fn number(&mut self, text: &str) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(text.to_owned()).or_insert(next)
    }

    /// How many patterns there are.
    pub(super) fn len(&self) -> usize {
        self.asked.len()
    }
}

/// The search for all pieces of a field.
#[derive(Debug, Clone)]
pub(super) struct Literals {
    automaton: AhoCorasick,
    asked: Vec<Vec<Vec<usize>>>,
}

impl Literals {
    /// None where nothing is asked for, or where it would not fit.
    pub(super) fn new(pieces: Pieces) -> Option<Self> {
        let Pieces { numbers, asked } = pieces;
        let mut texts: Vec<(usize, String)> =
            numbers.into_iter().map(|(text, number)| (number, text)).collect();
        texts.sort_unstable();
        if texts.is_empty() {
            return None;
        }
        let automaton = AhoCorasick::new(texts.iter().map(|(_, text)| text)).ok()?;
        (automaton.memory_usage() <= SIZE).then_some(Self { automaton, asked })
    }

    /// For each pattern, whether all that it needs stands in a folded text.
    pub(super) fn candidates(&self, folded: &str) -> Vec<bool> {
        let mut found = vec![false; self.automaton.patterns_len()];
        for one in self.automaton.find_overlapping_iter(folded) {
            if let Some(place) = found.get_mut(one.pattern().as_usize()) {
                *place = true;
            }
        }
        let there = |piece: &usize| found.get(*piece).is_some_and(|there| *there);
        self.asked.iter().map(|needed| needed.iter().all(|one_of| one_of.iter().any(there))).collect()
    }
}
