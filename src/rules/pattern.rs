//! What a text is compared with: words, a whole value, stars, a regular expression, a comparison.

use jiff::tz::TimeZone;

use super::comparison::Comparison;
use super::expression::{Expression, Unusable};
use super::literals::OneOf;
use super::seen::{Asking, Seen};
use super::words::{Vocabulary, fold};

/// How a plain word in a rule file is compared with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plain {
    /// As words somewhere in the field.
    Words,
    /// So, or as a number or a date that the field begins with where a comparison stands there.
    Header,
    /// As an address, a domain, or words of address and name.
    Address,
    /// As the whole value.
    Whole,
}

/// The places of a pattern in what is asked about all patterns of a field at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quick {
    /// Among what patterns need.
    pub(super) pieces: usize,
    /// Of an expression, among the wide forms.
    pub(super) wide: Option<usize>,
}

/// Takes what a pattern needs and its wide form, and says where they are.
type Keep<'k> = dyn FnMut(&[OneOf], Option<&str>) -> Option<Quick> + 'k;

/// One pattern, compiled.
#[derive(Debug, Clone)]
pub(super) enum Pattern {
    /// These words, side by side.
    Words(Vec<u32>),
    /// All of it, folded; of an address the address.
    Whole(String),
    /// The domain of an address, lower case.
    Domain(String),
    /// Stars for anything.
    Stars {
        /// Cut at the stars.
        stars: Stars,
        /// None for short fields.
        quick: Option<Quick>,
    },
    /// A regular expression.
    Expression {
        /// Compiled.
        expression: Box<Expression>,
        /// None for short fields.
        quick: Option<Quick>,
    },
    /// A number or a date that compares so.
    Compared(Comparison),
}

/// Why a pattern cannot be used: the whole of it, or a place within a regular expression.
#[derive(Debug)]
pub(super) enum Mistaken {
    /// What is wrong, and what to do.
    Whole(&'static str, &'static str),
    /// Octets before the expression within the text, and what is wrong with it.
    Within(usize, Unusable),
}

impl Pattern {
    /// Reads one. `keep` takes what it needs and, of an expression, its wide form, where the field is asked about many
    /// at once, and says where they are.
    pub(super) fn read(
        text: &str,
        plain: Plain,
        vocabulary: &mut Vocabulary,
        zone: &TimeZone,
        keep: &mut Keep<'_>,
    ) -> Result<Self, Mistaken> {
        if text.trim().is_empty() {
            return Err(Mistaken::Whole(
                "an empty text compares with nothing",
                "for \"is absent\" write `false`",
            ));
        }
        if let Some(rest) = text.strip_prefix('/') {
            let Some(inner) = rest.strip_suffix('/').filter(|inner| !inner.is_empty()) else {
                return Err(Mistaken::Whole(
                    "a regular expression must end with /",
                    "write '/expression/', or leave out the first / for words",
                ));
            };
            let expression = Expression::new(inner).map_err(|unusable| Mistaken::Within(1, unusable))?;
            let quick = keep(&expression.needed, Some(&expression.wide));
            return Ok(Self::Expression { expression: Box::new(expression), quick });
        }
        if matches!(plain, Plain::Whole | Plain::Header) {
            if let Some(comparison) = Comparison::read_among_texts(text, zone) {
                return Ok(Self::Compared(comparison));
            }
            // Header fields have values such as <list.example>.
            if plain == Plain::Whole && text.trim_start().starts_with(['<', '>', '=']) {
                return Err(Mistaken::Whole(
                    "this compares with neither a number nor a date",
                    "\">= 3\", \"< 2026-12-01\", \"> 2d\" for ages; for a text that begins so: '/^>/'",
                ));
            }
        }
        if text.contains('*') {
            let stars = Stars::new(text);
            let quick = matches!(plain, Plain::Words | Plain::Header).then(|| keep(&stars.needed(), None));
            return Ok(Self::Stars { stars, quick: quick.flatten() });
        }
        match plain {
            Plain::Whole => Ok(Self::Whole(fold(text.trim()))),
            Plain::Address if text.contains('@') => {
                let address = text.trim();
                Ok(match address.strip_prefix('@') {
                    Some(domain) => Self::Domain(domain.to_lowercase()),
                    None => Self::Whole(fold(address)),
                })
            }
            Plain::Words | Plain::Header | Plain::Address => {
                let phrase = vocabulary.phrase(text);
                if phrase.is_empty() {
                    return Err(Mistaken::Whole(
                        "there is no letter and no digit in it",
                        "words are letters and digits; use '/expression/' for other characters",
                    ));
                }
                Ok(Self::Words(phrase))
            }
        }
    }

    /// The groups of an expression.
    pub(super) fn groups(&self) -> Vec<String> {
        match self {
            Self::Expression { expression, .. } => expression.groups.clone(),
            Self::Words(_) | Self::Whole(_) | Self::Domain(_) | Self::Stars { .. } | Self::Compared(_) => {
                Vec::new()
            }
        }
    }

    /// Whether a value is like this; the groups of an expression are kept.
    pub(super) fn matches(&self, seen: &Seen<'_>, asking: &Asking<'_>) -> bool {
        match self {
            Self::Words(phrase) => seen.words(&asking.set.vocabulary).contain(phrase),
            Self::Whole(whole) => seen.folded_target() == whole,
            Self::Domain(domain) => seen.domain().is_some_and(|host| host == domain),
            Self::Stars { stars, quick } => {
                if quick.is_some_and(|quick| !seen.perhaps(quick)) {
                    return false;
                }
                // Anybody may put an address into a display name: what names a domain looks at the address.
                stars.matches(seen.folded_target())
                    || (!stars.of_address && seen.folded_name().is_some_and(|name| stars.matches(name)))
            }
            Self::Expression { expression, quick } => {
                if quick.is_some_and(|quick| !seen.perhaps(quick)) || !expression.perhaps(seen.target()) {
                    return false;
                }
                let Some(exact) = expression.exact() else { return false };
                asking.search(seen.target());
                let Some(captures) = exact.captures(seen.target()) else { return false };
                asking.keep_groups(exact, &captures);
                true
            }
            Self::Compared(comparison) => {
                comparison.holds_for_text(seen.measure(&asking.set.time_zone), asking.facts.now)
            }
        }
    }
}

/// A pattern with stars, cut at them. It is compared with the whole of a folded value, in linear time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stars {
    of_address: bool,
    first: String,
    middle: Vec<String>,
    last: String,
}

impl Stars {
    /// Cuts a text that has a star at least.
    pub(super) fn new(text: &str) -> Self {
        let folded = fold(text.trim());
        let mut pieces: Vec<&str> = folded.split('*').collect();
        let last = pieces.pop().unwrap_or_default().to_owned();
        let mut pieces = pieces.into_iter();
        let first = pieces.next().unwrap_or_default().to_owned();
        let middle = pieces.filter(|piece| !piece.is_empty()).map(str::to_owned).collect();
        Self { of_address: folded.contains('@'), first, middle, last }
    }

    /// The longest piece without a star, which has to stand in whatever matches; nothing where there are only stars.
    fn needed(&self) -> Vec<OneOf> {
        let pieces = self.middle.iter().chain([&self.first, &self.last]);
        let longest = pieces.max_by_key(|piece| piece.len()).filter(|piece| !piece.is_empty());
        longest.map(|piece| vec![piece.clone()]).into_iter().collect()
    }

    /// Whether a folded text is like this.
    pub(super) fn matches(&self, folded: &str) -> bool {
        let Some(mut rest) = folded.strip_prefix(self.first.as_str()) else { return false };
        for piece in &self.middle {
            let Some((_, behind)) = rest.split_once(piece.as_str()) else { return false };
            rest = behind;
        }
        rest.ends_with(self.last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("*@monitor.minem.example", "srv1@MONITOR.minem.example", true),
            ("*@monitor.minem.example", "srv1@monitor.minem.example.org", false),
            ("alarm*", "alarm", true),
            ("alarm*", "an alarm", false),
            ("*técnico*", "Soporte TECNICO 2", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("*", "", true),
            ("**", "anything", true),
            ("*ab*ab*", "abab", true),
            ("*ab*ab*", "aab", false),
        ] {
            assert_eq!(Stars::new(pattern).matches(&fold(text)), expected, "{pattern} {text}");
        }
    }
}
