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

    /// The id that begins the thread of a ticket of an installation, and that no mail bears; `None` where nothing is left.
    pub fn of_thread(number: &str, instance: &str, domain: &str) -> Option<Self> {
        Self::new(&format!("ticket.{number}.{instance}@{domain}"))
    }

    /// Whether it has the form of [`of_thread`](Self::of_thread). Anybody can write one: it names no mail.
    pub fn begins_thread(&self) -> bool {
        let mut parts = self.left().split('.');
        parts.next() == Some("ticket")
            && parts.next().is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// With angle brackets, as a header carries it.
impl fmt::Display for MessageId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "<{}>", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_a_thread_is_known_again() {
        let root = MessageId::of_thread("2026022610000078", "a1b2", "minem.example").unwrap();
        assert_eq!(root.to_string(), "<ticket.2026022610000078.a1b2@minem.example>");
        assert!(root.begins_thread());
        for other in ["ticket@x.example", "ticket.a1.b@x.example", "tickets.12.b@x.example", "12.b@x.example"]
        {
            assert!(!MessageId::new(other).unwrap().begins_thread(), "{other}");
        }
    }
}
