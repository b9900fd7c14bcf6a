//! Templates: compiled once, checked whole, rendered with limits. Pure: files are read by `template_files`.
//!
//! A template cannot switch off escaping (`{{{` and `{{&` are refused), cannot name what the catalogue does not list,
//! cannot call itself, and cannot write more than [`LIMIT`] octets. When a desk's own template fails all the same,
//! the shipped one of that name is used: a mail is never lost to a typing error.

pub mod canned;
mod check;
mod clean;
mod set;
mod shipped;

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::catalog;
use crate::mail::Language;
pub use clean::{Fill, sample};
pub(in crate::outbound) use clean::{bounded_text, line as one_line};
use set::Set;
pub use shipped::{LAYOUT, PARTS};

/// Octets that one form of one mail may have.
pub const LIMIT: usize = 8 * 1024 * 1024;

/// The three files of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// One line.
    Subject,
    /// text/plain.
    Text,
    /// text/html.
    Html,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Subject, Self::Text, Self::Html];

    /// The word in file names.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.word() == word)
    }
}

/// One template file of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Where it stands, for mistakes.
    pub path: PathBuf,
    /// Language of its folder.
    pub language: Language,
    /// Name of the template.
    pub name: String,
    /// Which of its files.
    pub form: Form,
    /// What stands in it.
    pub text: String,
}

/// Something wrong in a template file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub path: PathBuf,
    /// Line, counted from 1; 0 where it concerns the whole file.
    pub line: usize,
    /// Column, counted from 1; 0 where it concerns the whole line.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub text: String,
}

/// `templates/es/closed.text.hbs:3:5: there is no variable "titel"; did you mean "title"?`
impl fmt::Display for Mistake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.path.display())?;
        if self.line > 0 {
            write!(out, "{}:", self.line)?;
        }
        if self.column > 0 {
            write!(out, "{}:", self.column)?;
        }
        write!(out, " {}", self.text)
    }
}

/// Why a mail cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No template has this name.
    #[error("there is no template \"{0}\"")]
    Unknown(String),
    /// The template failed.
    #[error("the template \"{name}\" ({language}) cannot be rendered: {why}", language = language.code())]
    Failed {
        /// Its name.
        name: String,
        /// Its language.
        language: Language,
        /// Why, with the line.
        why: String,
    },
}

/// The three forms of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line, not encoded.
    pub subject: String,
    /// LF line ends.
    pub text: String,
    /// A whole document.
    pub html: String,
    /// Why the desk's own template was not used, where it failed.
    pub warning: Option<String>,
}

/// Every template of a desk.
#[derive(Clone)]
pub struct Templates {
    shipped: Set,
    own: Option<Set>,
    names: BTreeSet<String>,
}

impl fmt::Debug for Templates {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Templates({} of them)", self.names.len())
    }
}

static SHIPPED: LazyLock<Templates> = LazyLock::new(|| {
    // A test compiles every shipped template, so the empty set is never used; a daemon must not stop for it.
    Templates::new(&[]).unwrap_or_else(|_| Templates {
        shipped: Set::empty(),
        own: None,
        names: BTreeSet::new(),
    })
});

impl Templates {
    /// The shipped templates, compiled once.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped templates with a desk's own files in place of those of the same name.
    ///
    /// # Errors
    /// Every mistake in the desk's files.
    pub fn new(own: &[Source]) -> Result<Self, Vec<Mistake>> {
        let shipped = shipped::sources();
        let base = Set::compile(&shipped)?;
        let mut names: BTreeSet<String> =
            catalog::TEMPLATES.iter().map(|spec| spec.name.to_owned()).collect();
        if own.is_empty() {
            return Ok(Self { shipped: base, own: None, names });
        }
        let mut all = shipped;
        all.retain(|theirs| !own.iter().any(|ours| ours.same_file(theirs)));
        all.extend(own.iter().cloned());
        let set = Set::compile(&all)?;
        names.extend(own.iter().filter(|file| !is_part(&file.name)).map(|file| file.name.clone()));
        let templates = Self { shipped: base, own: Some(set), names };
        let mistakes = templates.try_all(own);
        if mistakes.is_empty() { Ok(templates) } else { Err(mistakes) }
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    /// The names of all templates, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Renders one mail. Data may lack any variable of the catalogue; it is empty then.
    ///
    /// # Errors
    /// No template of this name, or one of the desk's own making that fails.
    pub fn render(
        &self,
        name: &str,
        language: Language,
        data: &Map<String, Value>,
    ) -> Result<Rendered, RenderError> {
        if !self.has(name) {
            return Err(RenderError::Unknown(name.to_owned()));
        }
        let data = clean::filled(name, data);
        let Some(own) = &self.own else { return self.shipped.render(name, language, data) };
        let failure = match own.render(name, language, data.clone()) {
            Ok(rendered) => return Ok(rendered),
            Err(failure) => failure,
        };
        if catalog::find(name).is_none() {
            return Err(failure);
        }
        let rendered = self.shipped.render(name, language, data)?;
        Ok(Rendered { warning: Some(failure.to_string()), ..rendered })
    }

    /// Renders each of the desk's own templates with all data and with as little as possible.
    fn try_all(&self, own: &[Source]) -> Vec<Mistake> {
        let Some(set) = &self.own else { return Vec::new() };
        let touched: BTreeSet<&str> = if own.iter().any(|file| is_part(&file.name)) {
            self.names().collect()
        } else {
            own.iter().map(|file| file.name.as_str()).collect()
        };
        let mut mistakes = Vec::new();
        for (name, language) in touched.into_iter().flat_map(|name| Language::ALL.map(|code| (name, code))) {
            for fill in [Fill::Everything, Fill::Little] {
                let data = clean::filled(name, &sample(name, fill, "x"));
                let Err(failure) = set.render(name, language, data) else { continue };
                let path = own
                    .iter()
                    .find(|file| file.name == name && file.language == language)
                    .or_else(|| own.iter().find(|file| is_part(&file.name)))
                    .map_or_else(|| PathBuf::from(name), |file| file.path.clone());
                mistakes.push(Mistake { path, line: 0, column: 0, text: failure.to_string() });
                break;
            }
        }
        mistakes
    }
}

impl Source {
    /// The name under which it is compiled: the pieces are called by their bare name.
    fn key(&self) -> String {
        if is_part(&self.name) && self.name != LAYOUT {
            return self.name.clone();
        }
        format!("{}.{}", self.name, self.form.word())
    }

    fn same_file(&self, other: &Self) -> bool {
        self.language == other.language && self.form == other.form && self.name == other.name
    }
}

/// Frame and pieces that templates share; not templates themselves.
fn is_part(name: &str) -> bool {
    PARTS.contains(&name)
}

#[cfg(test)]
mod tests;
