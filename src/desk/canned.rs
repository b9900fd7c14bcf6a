//! What agents say and do again and again: canned answers, and named lists of commands.

use std::collections::BTreeMap;

use super::{Desk, fold, spelling};
use crate::mail::Language;

/// An answer that agents call by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedAnswer {
    /// Its name: that of its file without the ending.
    pub name: String,
    /// Its words with `{{placeholders}}`, in the languages that it is written in; never empty.
    pub texts: BTreeMap<Language, String>,
}

impl CannedAnswer {
    /// The words for a reader of a language: in it, else in the desk's, else in any.
    pub fn text(&self, wanted: Language, desk: Language) -> &str {
        let found = self.texts.get(&wanted).or_else(|| self.texts.get(&desk));
        found.or_else(|| self.texts.values().next()).map_or("", String::as_str)
    }
}

/// Commands under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// Its name.
    pub name: String,
    /// Command lines, `#` and all, none of them a macro.
    pub commands: Vec<String>,
}

impl Desk {
    /// A canned answer by its name; case and accents do not matter.
    pub fn canned_answer(&self, typed: &str) -> Option<&CannedAnswer> {
        let wanted = fold(typed);
        self.answers.iter().find(|answer| fold(&answer.name) == wanted)
    }

    /// A macro by its name; case and accents do not matter.
    pub fn named_macro(&self, typed: &str) -> Option<&Macro> {
        let wanted = fold(typed);
        self.macros.iter().find(|one| fold(&one.name) == wanted)
    }
}

/// The one of some names that a mistyped one was meant to be; case and accents do not matter.
pub fn nearest_name<'n>(typed: &str, names: &[&'n str]) -> Option<&'n str> {
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let near = spelling::nearest(&fold(typed), folded.iter().map(String::as_str))?;
    names.iter().zip(&folded).find(|(_, plain)| *plain == near).map(|(name, _)| *name)
}
