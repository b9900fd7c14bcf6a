//! All that the desk's files say, exchanged as one.

use std::collections::BTreeMap;

use crate::decide::Policy;
use crate::ingest::classify::OwnMarks;
use crate::ingest::parse::ParseLimits;
use crate::outbound::template::Templates;

/// What a decision and its mails depend on beside the store.
#[derive(Debug)]
pub struct House {
    /// Desk and rules.
    pub policy: Policy,
    /// Templates of outgoing mails.
    pub templates: Templates,
    /// By what our own mails are known.
    pub marks: OwnMarks,
    /// Limits of reading a mail.
    pub limits: ParseLimits,
    /// The queue that each mailbox names, by the mailbox's name.
    pub mailboxes: BTreeMap<String, String>,
}

impl House {
    /// A house of which the marks are the desk's.
    pub fn new(
        policy: Policy,
        templates: Templates,
        limits: ParseLimits,
        mailboxes: BTreeMap<String, String>,
    ) -> Self {
        let marks = OwnMarks::new(Some(policy.desk.instance.clone()), &policy.desk.own_addresses);
        Self { policy, templates, marks, limits, mailboxes }
    }

    /// The queue that a mailbox names.
    pub fn queue_of(&self, mailbox: &str) -> Option<String> {
        self.mailboxes.get(mailbox).cloned()
    }
}
