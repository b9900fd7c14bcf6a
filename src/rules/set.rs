//! A rule set: what was read, in its order, and the asking of it.

use super::{Action, Facts};
use crate::decide::RuleTrace;
use crate::desk::RuleRef;
use crate::mail::Digest;

/// What the rules say of one mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Evaluated {
    /// What is to be done, in order, with the rule that wants it. Of two that set the same thing the later
    /// one holds.
    pub actions: Vec<(RuleRef, Action)>,
    /// Each rule that was tried.
    pub traces: Vec<RuleTrace>,
}

/// All rule files of a desk, read and compiled.
#[derive(Debug, Clone)]
pub struct RuleSet {
    digest: Digest,
}

impl RuleSet {
    /// A set without rules.
    pub fn none() -> Self {
        Self { digest: Digest::of(b"") }
    }

    /// The digest of all files.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Asks every rule about a mail.
    pub fn evaluate(&self, _facts: &Facts<'_>) -> Evaluated {
        Evaluated::default()
    }
}
