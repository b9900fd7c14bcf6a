//! Message-ID of RFC 5322 section 3.6.4.

use std::fmt;

/// A Message-ID without its angle brackets. Case matters, uniqueness is not guaranteed: it names a
/// thread, never a mail (see the two keys of a mail in ARCHITECTURE.md).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct MessageId(String);

impl MessageId {
    /// Takes an id with or without angle brackets; `None` where nothing is left.
    pub fn new(text: &str) -> Option<Self> {
        let bare = text.trim().trim_start_matches('<').trim_end_matches('>').trim();
        (!bare.is_empty()).then(|| Self(bare.to_owned()))
    }

    /// The id without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    pub fn left(&self) -> &str {
        self.0.split_once('@').map_or(self.0.as_str(), |(left, _)| left)
    }
}

/// With angle brackets, as a header carries it.
impl fmt::Display for MessageId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{}>", self.0)
    }
}
