//! Numbers that other desks give a matter: an older desk's, a supplier's. A subject that carries one finds the ticket of
//! ours that the number was first seen with.

use regex::{Regex, RegexBuilder};

/// Numbers of one subject that are looked at.
const MOST: usize = 10;
/// Characters of a number with what stands around it; a longer match is no number.
const LONGEST: usize = 100;
/// Octets that a compiled pattern may take.
const PATTERN_SIZE: usize = 256 * 1024;

/// What numbers of other desks look like.
#[derive(Debug, Clone, Default)]
pub struct OtherNumbers {
    patterns: Vec<Regex>,
}

impl PartialEq for OtherNumbers {
    fn eq(&self, other: &Self) -> bool {
        self.patterns.iter().map(Regex::as_str).eq(other.patterns.iter().map(Regex::as_str))
    }
}

impl Eq for OtherNumbers {}

impl OtherNumbers {
    /// Adds a pattern, a regular expression in which case does not matter.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn add(&mut self, pattern: &str) -> Result<(), String> {
        let built = RegexBuilder::new(pattern).case_insensitive(true).size_limit(PATTERN_SIZE).build();
        let regex = built.map_err(|error| error.to_string())?;
        if regex.is_match("") {
            return Err("it matches an empty subject".to_owned());
        }
        self.patterns.push(regex);
        Ok(())
    }

    /// The patterns as they were added.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(Regex::as_str)
    }

    /// The first numbers of a subject, each with what the pattern says stands around it, in lower case and without
    /// blanks, so that `GLPI #7` of one desk is not `OS #7` of another.
    pub fn in_subject(&self, subject: &str) -> Vec<String> {
        let found = self.patterns.iter().flat_map(|pattern| pattern.find_iter(subject));
        let names = found.map(|found| name(found.as_str())).filter(|name| name.len() <= LONGEST);
        names.take(MOST).collect()
    }
}

/// How a number is stored.
pub(super) fn name(written: &str) -> String {
    written.chars().filter(|letter| !letter.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_a_number_belongs_to_it() {
        let mut numbers = OtherNumbers::default();
        numbers.add(r"GLPI #\d+").unwrap();
        numbers.add(r"\bOS[ -]\d{4}").unwrap();
        assert_eq!(numbers.in_subject("RE: [glpi  #12] y OS-0012, GLPI #0012"), ["glpi#0012", "os-0012"]);
        assert_eq!(numbers.in_subject("Re: [GLPI #12] x"), ["glpi#12"]);
        assert_eq!(numbers.in_subject(&"GLPI #1 ".repeat(50_000)).len(), MOST);
        assert!(numbers.in_subject(&format!("GLPI #{}", "1".repeat(500))).is_empty());
    }

    #[test]
    fn patterns_that_say_nothing_are_refused() {
        let mut numbers = OtherNumbers::default();
        assert!(numbers.add("(").unwrap_err().contains("unclosed"));
        assert!(numbers.add("x*").unwrap_err().contains("empty"));
        assert!(numbers.add(r"\w{1000}{1000}").is_err());
        assert_eq!(numbers, OtherNumbers::default());
    }
}
