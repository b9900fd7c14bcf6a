//! How sure the desk has to be of the sender before it does what a verb asks.

use super::Trust;

/// Verbs that may have another level of proof in `[trust]`, and the level that they are shipped with.
pub const VERB_LEVELS: &[(&str, u8)] = &[
    ("close", 2),
    ("reopen", 2),
    ("open", 2),
    ("pend", 2),
    ("assign", 2),
    ("take", 2),
    ("owner", 2),
    ("queue", 2),
    // Not a verb of its own: `#escalate supplier NAME` and `#derive NAME`, whose text leaves the house.
    ("supplier", 3),
    ("escalate", 2),
    ("derive", 2),
    ("state", 2),
    ("priority", 2),
    ("type", 2),
    ("service", 2),
    ("sla", 2),
    ("title", 2),
    ("field", 2),
    ("tag", 2),
    ("lock", 2),
    ("unlock", 2),
    ("note", 2),
    ("public", 2),
    ("merge", 3),
    ("link", 2),
    ("unlink", 2),
    ("split", 2),
    ("customer", 3),
    ("cc", 2),
    ("watch", 2),
    ("unwatch", 2),
    ("time", 2),
    ("estimate", 2),
    ("new", 2),
    ("template", 2),
    ("macro", 2),
    ("for", 3),
    ("list", 2),
    ("show", 2),
    ("history", 2),
    ("report", 2),
    ("help", 2),
    ("undo", 2),
];

impl Trust {
    /// The level that a verb (English word, without `#`) needs: the desk's own, else the shipped one.
    pub fn level(&self, verb: &str) -> u8 {
        let shipped = || VERB_LEVELS.iter().find(|(known, _)| *known == verb).map_or(2, |(_, level)| *level);
        self.levels.get(verb).copied().unwrap_or_else(shipped)
    }
}
