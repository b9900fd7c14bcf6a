//! Regular expressions of rules: compiled under limits, and widened for looking at many of them at once.
//!
//! Mail is written by strangers, so only engines of linear time are used. A set of expressions with Unicode
//! `\b` falls from thousands of mails a second to tens on text that is not ASCII; hence each expression is
//! also kept in a wider form without such assertions, which finds all that the exact one finds and more,
//! and the exact one is asked only where the wider one says "perhaps". Before both stands the search for the pieces of
//! text that an expression needs ([`super::literals`]).

use std::ops::Range;
use std::sync::OnceLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::translate::TranslatorBuilder;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Repetition};

use super::literals::{self, OneOf};

/// Longest expression, in octets.
const LONGEST: usize = 2_000;
/// Octets that one compiled expression may take.
const SIZE: usize = 1 << 20;
/// Octets that a set of widened expressions may take.
const SET_SIZE: usize = 64 << 20;
/// Octets of states that a search may keep.
const STATES: usize = 10 << 20;
/// Depth of brackets.
const DEPTH: u32 = 40;
/// Ranges of a class that are cheap to search.
const RANGES: usize = 8;
/// Sets of fewer expressions do not pay.
pub(super) const WORTH_A_SET: usize = 4;

/// An expression that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unusable {
    /// What is wrong with it.
    pub(super) why: String,
    /// Where, in octets of the expression.
    pub(super) at: Range<usize>,
    /// What to do.
    pub(super) help: Option<String>,
}

/// An expression, exact and widened.
#[derive(Debug, Clone)]
pub(super) struct Expression {
    pattern: String,
    /// The exact form, compiled again by the first mail that needs it: a thousand compiled expressions
    /// take a hundred megabytes, and few of them ever get so far.
    exact: OnceLock<Option<Regex>>,
    /// Names of its groups.
    pub(super) groups: Vec<String>,
    /// The wider form, as a pattern.
    pub(super) wide: String,
    /// The wider form by itself, where the exact one is slow: with word boundaries of Unicode the fast engines give up
    /// at the first letter that is not ASCII.
    quicker: Option<OnceLock<Option<Regex>>>,
    /// What stands in whatever it matches.
    pub(super) needed: Vec<OneOf>,
}

impl Expression {
    /// Compiles what stands between the slashes: case does not matter, `^` and `$` stand for lines.
    pub(super) fn new(pattern: &str) -> Result<Self, Unusable> {
        let whole = 0..pattern.len();
        let unusable = |why: String, at: Range<usize>| Unusable { help: hint(pattern, &at), why, at };
        if pattern.len() > LONGEST {
            let why = format!("the expression is longer than {LONGEST} octets");
            return Err(Unusable { why, at: whole, help: None });
        }
        let ast = ParserBuilder::new()
            .nest_limit(DEPTH)
            .build()
            .parse(pattern)
            .map_err(|error| unusable(error.kind().to_string(), span(error.span())))?;
        let hir = TranslatorBuilder::new()
            .case_insensitive(true)
            .multi_line(true)
            .build()
            .translate(pattern, &ast)
            .map_err(|error| unusable(error.kind().to_string(), span(error.span())))?;
        let exact = compile(pattern).map_err(|_| Unusable {
            why: "the expression is too large once compiled".to_owned(),
            at: whole,
            help: Some("use smaller numbers in { }, or fewer of them".to_owned()),
        })?;
        let groups = exact.capture_names().flatten().map(str::to_owned).collect();
        let wide = widen(&hir).to_string();
        let quicker = hir.properties().look_set().contains_word_unicode().then(OnceLock::new);
        let needed = literals::needed(&hir);
        Ok(Self { pattern: pattern.to_owned(), exact: OnceLock::new(), groups, wide, quicker, needed })
    }

    /// Whether the exact form has to be asked.
    pub(super) fn perhaps(&self, text: &str) -> bool {
        let Some(quicker) = &self.quicker else { return true };
        let wide = quicker.get_or_init(|| RegexBuilder::new(&self.wide).size_limit(SIZE).build().ok());
        wide.as_ref().is_none_or(|wide| wide.is_match(text))
    }

    /// The exact form; it compiled when the file was read, so it does now.
    pub(super) fn exact(&self) -> Option<&Regex> {
        self.exact.get_or_init(|| compile(&self.pattern).ok()).as_ref()
    }
}

fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .multi_line(true)
        .nest_limit(DEPTH)
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .build()
}

fn span(span: &regex_syntax::ast::Span) -> Range<usize> {
    span.start.offset..span.end.offset
}

/// What people who know another flavour of expressions have to write here.
fn hint(pattern: &str, at: &Range<usize>) -> Option<String> {
    let from = pattern.get(at.start..).unwrap_or_default();
    let near = from.get(..from.len().min(3)).unwrap_or(from);
    if ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|open| from.starts_with(open)) {
        return Some("there is no look-around; use `when.not` for what must not be there".to_owned());
    }
    if near.starts_with('\\') && near.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
        return Some("there are no back-references".to_owned());
    }
    None
}

/// An expression that matches wherever `hir` does, and is cheap to search together with many others: no
/// captures, no word boundaries, no tables of the whole of Unicode, no counting.
fn widen(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Literal(_) => hir.clone(),
        HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Unicode(widen_class(class))),
        HirKind::Class(Class::Bytes(_)) => hir.clone(),
        HirKind::Look(look) => {
            use regex_syntax::hir::Look;
            let cheap = [Look::Start, Look::End, Look::StartLF, Look::EndLF].contains(look);
            if cheap { hir.clone() } else { Hir::empty() }
        }
        HirKind::Repetition(repetition) => {
            let counted = repetition.min > 2 || repetition.max.is_some_and(|max| max > 2);
            let (min, max) =
                if counted { (repetition.min.min(1), None) } else { (repetition.min, repetition.max) };
            let sub = Box::new(widen(&repetition.sub));
            Hir::repetition(Repetition { min, max, greedy: repetition.greedy, sub })
        }
        HirKind::Capture(capture) => widen(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(widen).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(widen).collect()),
    }
}

/// Classes of many ranges (`\w` has hundreds) keep their ASCII half; of the rest the ranges run together but for the
/// widest gaps, so that `\d` takes in no letter of a European language.
fn widen_class(class: &ClassUnicode) -> ClassUnicode {
    if class.ranges().len() <= RANGES {
        return class.clone();
    }
    let mut wide = ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]);
    wide.intersect(class);
    let mut rest = ClassUnicode::new([ClassUnicodeRange::new('\u{80}', char::MAX)]);
    rest.intersect(class);
    let ranges = rest.ranges();
    let gap = |before: &ClassUnicodeRange, after: &ClassUnicodeRange| {
        u32::from(after.start()).saturating_sub(u32::from(before.end()))
    };
    let mut gaps: Vec<u32> =
        ranges.iter().zip(ranges.iter().skip(1)).map(|(before, after)| gap(before, after)).collect();
    gaps.sort_unstable_by(|one, other| other.cmp(one));
    let widest = gaps.get(RANGES / 2).copied().unwrap_or(0);
    let mut open: Option<ClassUnicodeRange> = None;
    for range in ranges {
        open = Some(match open {
            Some(before) if gap(&before, range) <= widest => {
                ClassUnicodeRange::new(before.start(), range.end())
            }
            before => {
                before.into_iter().for_each(|before| wide.push(before));
                *range
            }
        });
    }
    open.into_iter().for_each(|last| wide.push(last));
    wide
}

/// The widened expressions of one field; `None` where a set would not pay or not fit.
pub(super) fn wide_set(patterns: &[String]) -> Option<RegexSet> {
    if patterns.len() < WORTH_A_SET {
        return None;
    }
    RegexSetBuilder::new(patterns).size_limit(SET_SIZE).dfa_size_limit(STATES).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_exact_one_finds_the_wide_one_finds() {
        let texts = [
            "",
            "La impresora ÑANDÚ no imprime: error 12345",
            "[srv-01] CRITICAL disk",
            "primera\nsegunda línea\n",
            "año 2026\u{a0}fin",
            "aaaa",
            "\u{212a}elvin ſ",
        ];
        for pattern in [
            r"\bimpresora\b",
            r"\bñandú\b",
            r"\[(?<host>[\w.-]+)\] (?<what>CRITICAL|DOWN)",
            r"^segunda \w+$",
            r"\d{5}",
            r"a{2,4}",
            r"(?-i)CRITICAL",
            r"\s+fin\z",
            r"\B[a-z]",
            r"kelvin s",
            r"\p{Lu}",
            r"[^\d]",
            r"(?:)",
            r"(?s)primera.segunda",
            r"\b{start}error",
            r"(?R)segunda.*$",
        ] {
            let expression = Expression::new(pattern).unwrap();
            let wide = Regex::new(&expression.wide).unwrap();
            let mut found = 0;
            for text in texts {
                if expression.exact().unwrap().is_match(text) {
                    found += 1;
                    assert!(wide.is_match(text), "{pattern} on {text:?} as {}", expression.wide);
                }
            }
            assert!(found > 0, "{pattern} matches nothing");
        }
    }

    #[test]
    fn wide_classes_are_not_wider_than_need_be() {
        for (pattern, text) in [(r"\bx\d\b", "xñ xá"), (r"\bx\s\b", "xñ")] {
            assert!(!Expression::new(pattern).unwrap().perhaps(text), "{pattern}");
        }
        for (pattern, text) in
            [(r"\bx\d\b", "x٣"), (r"\bx\s", "x\u{2003}"), (r"\bx\w\b", "xñ"), (r"\bx\w\b", "x打")]
        {
            assert!(Expression::new(pattern).unwrap().perhaps(text), "{pattern}");
        }
    }

    #[test]
    fn mistakes_have_places() {
        for (pattern, at, help) in [
            ("a(b", 1..2, false),
            ("a[b", 1..2, false),
            ("(?<x>a)(?<x>b)", 10..11, false),
            ("foo(?=bar)", 3..6, true),
            (r"(a)\1", 3..5, true),
            (r"a{5000}b{5000}c{5000}\w{900}", 0..28, true),
        ] {
            let unusable = Expression::new(pattern).unwrap_err();
            assert_eq!(unusable.at, at, "{pattern}: {}", unusable.why);
            assert_eq!(unusable.help.is_some(), help, "{pattern}: {}", unusable.why);
        }
        assert!(Expression::new(&"(".repeat(200)).is_err());
        assert!(Expression::new(&"a".repeat(LONGEST + 1)).is_err());
        assert!(Expression::new(&"a".repeat(LONGEST)).is_ok());
    }

    #[test]
    fn sets_of_many_expressions_are_built() {
        let patterns: Vec<String> = (0..300)
            .map(|n| Expression::new(&format!(r"\b(?<host>srv{n}[\w.-]+)\b\s+\d{{1,40}}")).unwrap().wide)
            .collect();
        let set = wide_set(&patterns).unwrap();
        let hits: Vec<usize> = set.matches("máquina srv17x 12").into_iter().collect();
        assert_eq!(hits, [1, 17]);
        assert!(wide_set(&patterns[..3]).is_none());
    }
}
