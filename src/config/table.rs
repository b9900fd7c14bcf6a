//! Walking a TOML file with an eye on its lines: every wrong key and value becomes a [`Diagnostic`]. Pure.
//!
//! A reader asks a [`Table`] for its keys by name and ends with [`Table::finish`], which complains of
//! every key that was not asked for. Nothing stops at the first mistake: what is wrong reads as absent,
//! and whoever opened the [`Document`] asks at the end whether there were mistakes.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Place, Source};
use super::nearest::did_you_mean;

/// What the parser says of a key that stands twice.
const DUPLICATE: &str = "duplicate key";

/// A parsed file and the mistakes found in it so far.
#[derive(Debug)]
pub struct Document<'t> {
    source: &'t Arc<Source>,
    root: DeTable<'t>,
    mistakes: RefCell<Vec<Diagnostic>>,
}

impl<'t> Document<'t> {
    /// Parses a file.
    ///
    /// # Errors
    /// The syntax errors, keys that stand twice among them.
    pub fn parse(source: &'t Arc<Source>) -> Result<Self, Vec<Diagnostic>> {
        let (root, errors) = DeTable::parse_recoverable(&source.text);
        if errors.is_empty() {
            return Ok(Self { source, root: root.into_inner(), mistakes: RefCell::default() });
        }
        // What follows the first real syntax error is mostly its consequence; keys given twice are not.
        let start = |error: &toml::de::Error| error.span().map_or(usize::MAX, |span| span.start);
        let real =
            errors.iter().filter(|error| error.message() != DUPLICATE).min_by_key(|error| start(error));
        let end = real.map_or(usize::MAX, start);
        let before = errors.iter().filter(|error| error.message() == DUPLICATE && start(error) < end);
        Err(before.chain(real).map(|error| syntax_error(source, error)).collect())
    }

    /// The file as one table.
    pub fn root(&self) -> Table<'_> {
        Table {
            document: self,
            span: 0..0,
            name: String::new(),
            entries: &self.root,
            asked: RefCell::default(),
        }
    }

    /// Keeps a mistake.
    pub fn add(&self, mistake: Diagnostic) {
        self.mistakes.borrow_mut().push(mistake);
    }

    /// What was found, in the order of the lines.
    pub fn into_mistakes(self) -> Vec<Diagnostic> {
        let mut mistakes = self.mistakes.into_inner();
        mistakes.sort_by_key(|mistake| mistake.place.as_ref().map_or(0, |place| place.span.start));
        mistakes
    }
}

fn syntax_error(source: &Arc<Source>, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(source.text.len()..source.text.len());
    let (title, help) = match error.message() {
        DUPLICATE => {
            let key = source.text.get(span.clone()).unwrap_or_default();
            return Diagnostic::error(source, span, format!("key `{key}` stands twice"), "second one")
                .help("keep one of the two".to_owned());
        }
        message
            if message.starts_with("string values must be quoted")
                || is_bare_word(source, &span, message) =>
        {
            ("text must be quoted", Some("put it between \" \" or ' '".to_owned()))
        }
        message if message.contains("escape") => {
            let help = "between ' ' backslashes are taken as they are".to_owned();
            ("a backslash between \" \" begins an escape, and this is none", Some(help))
        }
        message if message.contains("array elements") => {
            (message, Some("perhaps the `]` of a list is missing before it".to_owned()))
        }
        message => (message, None),
    };
    Diagnostic::error(source, span, title, "").help(help)
}

/// What begins like `inf`, `nan`, `true` or `false` is taken for a beginning of these by the parser.
fn is_bare_word(source: &Source, span: &Range<usize>, message: &str) -> bool {
    message.starts_with("invalid ")
        && source.text.get(span.clone()).is_some_and(|text| text.starts_with(char::is_alphabetic))
}

/// One value, where it stands, and the key that it belongs to.
#[derive(Debug, Clone)]
pub struct Value<'a> {
    document: &'a Document<'a>,
    /// Dotted name of its key, as messages show it: `queue.members`.
    pub name: String,
    /// Where the key stands.
    pub key_span: Range<usize>,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    /// Where the value stands, delimiters included.
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// The value as the parser sees it.
    pub fn raw(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    /// Line of the value, counted from 1.
    pub fn line(&self) -> usize {
        self.document.source.position(self.span().start).0
    }

    /// This value as a place, for mistakes about another one.
    pub fn place(&self, label: impl Into<String>) -> Place {
        Place { source: Arc::clone(self.document.source), span: self.span(), label: label.into() }
    }

    /// A mistake about this value, not yet kept.
    pub fn mistake(&self, title: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.document.source, self.span(), title, label)
    }

    /// Keeps a mistake about this value; `help` says what to do.
    pub fn wrong(&self, title: impl Into<String>, label: impl Into<String>, help: Option<String>) {
        self.add(self.mistake(title, label).help(help));
    }

    /// Keeps a mistake.
    pub fn add(&self, mistake: Diagnostic) {
        self.document.add(mistake);
    }

    /// Where a part of this string value stands in the file: `within` counts octets of the decoded text.
    /// The whole value where escapes keep the two from running side by side.
    pub fn span_within(&self, within: Range<usize>) -> Range<usize> {
        let whole = self.span();
        let (Some(written), Some(decoded)) =
            (self.document.source.text.get(whole.clone()), self.raw().as_str())
        else {
            return whole;
        };
        let Some(start) = ["'''\n", "\"\"\"\n", "'''", "\"\"\"", "'", "\""]
            .into_iter()
            .find(|open| written.starts_with(open))
            .map(str::len)
        else {
            return whole;
        };
        if written.get(start..start + decoded.len()) != Some(decoded) {
            return whole;
        }
        whole.start + start + within.start..whole.start + start + within.end
    }

    /// A kind of value other than the one expected, with what was expected: `a string`.
    pub fn expected(&self, what: &str) {
        let found = described(self.raw());
        self.wrong(format!("`{}` must be {what}", self.name), format!("this is {found}"), None);
    }

    /// A string, or a mistake.
    pub fn string(&self) -> Option<&'a str> {
        let found = self.raw().as_str();
        if found.is_none() {
            self.expected("a string");
        }
        found
    }

    /// A string with something in it, or a mistake.
    pub fn filled(&self) -> Option<&'a str> {
        let text = self.string()?;
        if text.trim().is_empty() {
            self.wrong(format!("`{}` must not be empty", self.name), "", None);
            return None;
        }
        Some(text)
    }

    /// `true` or `false`, or a mistake.
    pub fn boolean(&self) -> Option<bool> {
        let found = self.raw().as_bool();
        if found.is_none() {
            self.expected("true or false");
        }
        found
    }

    /// A whole number within a range, or a mistake that names the range.
    pub fn integer(&self, allowed: std::ops::RangeInclusive<i64>) -> Option<i64> {
        let found = self.plain_integer();
        match found {
            Some(number) if allowed.contains(&number) => Some(number),
            Some(_) => {
                let range = match (*allowed.start(), *allowed.end()) {
                    (low, i64::MAX) => format!("at least {low}"),
                    (low, high) => format!("from {low} to {high}"),
                };
                self.wrong(format!("`{}` must be a number {range}", self.name), "", None);
                None
            }
            None => {
                self.expected("a whole number");
                None
            }
        }
    }

    /// A whole number if it is one; no mistake otherwise.
    pub fn plain_integer(&self) -> Option<i64> {
        let integer = self.raw().as_integer()?;
        i64::from_str_radix(integer.as_str(), integer.radix()).ok()
    }

    /// A table, or a mistake.
    pub fn table(&self) -> Option<Table<'a>> {
        let Some(entries) = self.raw().as_table() else {
            self.expected("a table");
            return None;
        };
        Some(self.as_table(entries))
    }

    fn as_table(&self, entries: &'a DeTable<'a>) -> Table<'a> {
        Table {
            document: self.document,
            span: self.span(),
            name: self.name.clone(),
            entries,
            asked: RefCell::default(),
        }
    }

    /// The elements of a list, or a mistake.
    pub fn list(&self) -> Option<Vec<Value<'a>>> {
        let found = self.elements();
        if found.is_none() {
            self.expected("a list");
        }
        found
    }

    /// The elements of a list; a single value counts as a list of itself.
    pub fn one_or_many(&self) -> Vec<Value<'a>> {
        self.elements().unwrap_or_else(|| vec![self.clone()])
    }

    fn elements(&self) -> Option<Vec<Value<'a>>> {
        let array = self.raw().as_array()?;
        let element = |value| Value { value, key_span: self.key_span.clone(), ..self.clone() };
        Some(array.iter().map(element).collect())
    }

    /// Strings, one or a list of them; what is no string is a mistake and left out.
    pub fn strings(&self) -> Vec<&'a str> {
        self.one_or_many().iter().filter_map(Value::string).collect()
    }

    /// One of some names, exactly as they are written there, or a mistake with "did you mean";
    /// `what` is the word for such a thing: `queue`.
    pub fn one_of<'n, S: AsRef<str> + ?Sized + 'n>(
        &self,
        what: &str,
        names: impl IntoIterator<Item = &'n S>,
    ) -> Option<&'a str> {
        let text = self.string()?;
        let names: Vec<&str> = names.into_iter().map(AsRef::as_ref).collect();
        if names.contains(&text) {
            return Some(text);
        }
        self.wrong(
            format!("there is no {what} \"{text}\""),
            format!("unknown {what}"),
            suggestion(text, &names),
        );
        None
    }
}

/// "Did you mean", or all of the names where they are few.
pub fn suggestion(word: &str, names: &[&str]) -> Option<String> {
    did_you_mean(word, names).or_else(|| match names {
        [] => None,
        few if few.len() <= 12 => Some(format!("known are: {}", few.join(", "))),
        _ => None,
    })
}

/// A kind of value with its article, as messages name it.
fn described(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with decimals",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A table that remembers which of its keys were asked for.
#[derive(Debug)]
pub struct Table<'a> {
    document: &'a Document<'a>,
    span: Range<usize>,
    /// Dotted name, empty for the whole file.
    pub name: String,
    entries: &'a DeTable<'a>,
    asked: RefCell<Vec<String>>,
}

impl<'a> Table<'a> {
    /// Where its header (`[[queue]]`) or its braces stand.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The file that it stands in.
    pub fn source(&self) -> &'a Arc<Source> {
        self.document.source
    }

    /// Line of its header, counted from 1.
    pub fn line(&self) -> usize {
        self.document.source.position(self.span.start).0
    }

    /// Keeps a mistake about the table as a whole.
    pub fn wrong(&self, title: impl Into<String>, label: impl Into<String>, help: Option<String>) {
        self.add(Diagnostic::error(self.document.source, self.span(), title, label).help(help));
    }

    /// Keeps a mistake.
    pub fn add(&self, mistake: Diagnostic) {
        self.document.add(mistake);
    }

    fn dotted(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn value(&self, key: &Spanned<std::borrow::Cow<'a, str>>, value: &'a Spanned<DeValue<'a>>) -> Value<'a> {
        Value { document: self.document, name: self.dotted(key.get_ref()), key_span: key.span(), value }
    }

    /// The value of a key that may be absent.
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        self.asked.borrow_mut().push(key.to_owned());
        self.entries.get_key_value(key).map(|(key, value)| self.value(key, value))
    }

    /// The value of a key that must be there, or a mistake.
    pub fn require(&self, key: &str) -> Option<Value<'a>> {
        let found = self.get(key);
        if found.is_none() {
            let inside = if self.name.is_empty() { String::new() } else { format!(" in `{}`", self.name) };
            self.wrong(format!("`{key}` is missing{inside}"), "", None);
        }
        found
    }

    /// A string that may be absent.
    pub fn string(&self, key: &str) -> Option<&'a str> {
        self.get(key)?.string()
    }

    /// A boolean that may be absent.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key)?.boolean()
    }

    /// A whole number that may be absent.
    pub fn integer(&self, key: &str, allowed: std::ops::RangeInclusive<i64>) -> Option<i64> {
        self.get(key)?.integer(allowed)
    }

    /// Strings, one or a list; empty where the key is absent.
    pub fn strings(&self, key: &str) -> Vec<&'a str> {
        self.get(key).map(|value| value.strings()).unwrap_or_default()
    }

    /// A table within this one that may be absent.
    pub fn table(&self, key: &str) -> Option<Table<'a>> {
        self.get(key)?.table()
    }

    /// The tables of `[[key]]`; empty where there are none.
    pub fn tables(&self, key: &str) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else { return Vec::new() };
        if value.raw().as_array().is_none() {
            let short = value.name.clone();
            let header = Some(format!("write it as [[{short}]], once for each"));
            value.wrong(format!("`{short}` must be a list of tables"), described(value.raw()), header);
            return Vec::new();
        }
        value.one_or_many().iter().filter_map(Value::table).collect()
    }

    /// Every key with its value, in the order of the file, all counted as asked for: for tables whose keys
    /// are names of the administrator's own.
    pub fn entries(&self) -> Vec<(&'a str, Value<'a>)> {
        let entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), self.value(key, value)))
            .collect();
        self.asked.borrow_mut().extend(entries.iter().map(|(key, _)| (*key).to_owned()));
        entries
    }

    /// Complains of every key that nobody asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.entries {
            let name = key.get_ref().as_ref();
            if !asked.iter().any(|known| known == name) {
                let names: Vec<&str> = asked.iter().map(String::as_str).collect();
                self.add(unknown_key(self.document.source, key.span(), &self.name, name, &names));
            }
        }
    }
}

/// The mistake of a key that nobody knows, with what may have been meant.
pub fn unknown_key(
    source: &Arc<Source>,
    span: Range<usize>,
    table: &str,
    key: &str,
    known: &[&str],
) -> Diagnostic {
    let inside = if table.is_empty() { String::new() } else { format!(" in `{table}`") };
    Diagnostic::error(source, span, format!("unknown key `{key}`{inside}"), "not known here")
        .help(suggestion(key, known))
}

/// Complains of every name that was given before, whatever its case and accents; `what` is the word for
/// such a thing: `queue`.
pub fn refuse_duplicates<'a>(what: &str, names: impl IntoIterator<Item = Value<'a>>) {
    let mut seen: BTreeMap<String, Value<'a>> = BTreeMap::new();
    for value in names {
        let Some(name) = value.raw().as_str() else { continue };
        let key = crate::desk::fold(name);
        if let Some(first) = seen.get(&key) {
            let mistake = value.mistake(format!("there are two {what}s \"{name}\""), "second one");
            value.add(mistake.related(first.place("first one")));
        } else {
            seen.insert(key, value);
        }
    }
}

#[cfg(test)]
mod tests;
