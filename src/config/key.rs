//! What a settings file may say: the shape of the tables from which files are checked and documents written.
//!
//! The tables themselves are in [`super::keys`] and [`super::desk_keys`]. A key that is not in them does not
//! exist; a test checks that each one is read.

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text, also of several lines, also empty.
    Text,
    /// One line, not empty, no blanks around it, no control characters.
    Name,
    /// One of these words.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number within these bounds.
    Int(i64, i64),
    /// A time such as `"90s"`, `"2m"`, `"14d"`; within these bounds, in seconds.
    Duration(i64, i64),
    /// Octets such as `"40 MB"`, within these bounds.
    Size(i64, i64),
    /// `local@domain`.
    Address,
    /// A domain name.
    Domain,
    /// A host name or address.
    Host,
    /// `en` or `es`; `es-PE` will do.
    Language,
    /// A name of the IANA time zone database.
    TimeZone,
    /// A file or folder; relative ones are relative to the settings file.
    Path,
    /// A list of these, or one alone without brackets.
    List(&'static Kind),
    /// A table of names and values, checked where it is read.
    Table,
    /// Several forms, checked where it is read.
    Forms,
}

impl Kind {
    /// The kind of each value, and whether there may be several.
    pub fn element(self) -> (Self, bool) {
        if let Self::List(kind) = self { (*kind, true) } else { (self, false) }
    }
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Without it nothing works.
    Required,
    /// It may be left out; its meaning says what holds then.
    Optional,
    /// If left out, this holds: a TOML value.
    Default(&'static str),
}

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub presence: Presence,
    /// What it means, in sentences.
    pub meaning: &'static str,
    /// A TOML value that a desk might have.
    pub example: &'static str,
}

/// One table of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// Its name in the file, such as `mailbox`; empty for the keys on top of the file.
    pub name: &'static str,
    /// Written `[[name]]`, any number of times.
    pub many: bool,
    /// What it is about.
    pub about: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
    /// If keys of any other name are taken too: what they mean.
    pub open: Option<&'static str>,
}

impl Section {
    /// The key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// How the section is written: `[desk]`, `[[mailbox]]`.
    pub fn written(&self) -> String {
        if self.many { format!("[[{}]]", self.name) } else { format!("[{}]", self.name) }
    }
}

/// One file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSpec {
    /// Its usual name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Its tables.
    pub sections: &'static [&'static Section],
}

/// Rows of keys: documentation, then `name: kind, presence, example`.
macro_rules! keys {
    ($($(#[doc = $line:literal])+ $name:literal: $kind:expr, $presence:expr, $example:literal;)+) => {
        &[$($crate::config::key::Key {
            name: $name,
            kind: $kind,
            presence: $presence,
            meaning: concat!($($line),+),
            example: $example,
        }),+]
    };
}
pub(crate) use keys;
