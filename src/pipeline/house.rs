//! All that the desk's files say, exchanged as one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::OnceLock;

use crate::config::diagnostic::Diagnostic;
use crate::config::load::Loaded;
use crate::decide::Policy;
use crate::ingest::classify::OwnMarks;
use crate::ingest::dkim::Keys;
use crate::ingest::parse::ParseLimits;
use crate::outbound::template::Templates;
use crate::store::keys::Identity;

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
    /// The DNS server that is asked for keys; those of the operating system where absent.
    pub resolver: Option<SocketAddr>,
    /// The keys of signatures, once somebody asked for them.
    pub keys: OnceLock<Result<Keys, String>>,
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
        Self { policy, templates, marks, limits, mailboxes, resolver: None, keys: OnceLock::new() }
    }

    /// The house of a desk's files.
    ///
    /// # Errors
    /// Every mistake in its rules.
    pub fn of(loaded: &Loaded, identity: &Identity) -> Result<Self, Vec<Diagnostic>> {
        let desk = loaded.desk(identity.keys.clone(), identity.instance.clone());
        let rules = loaded.rule_set(&desk)?;
        let mailboxes = loaded.settings.mailboxes.iter();
        let queues =
            mailboxes.filter_map(|mailbox| Some((mailbox.name.clone(), mailbox.queue.clone()?))).collect();
        let mail = loaded.settings.mail;
        let limits = ParseLimits {
            levels: mail.levels,
            parts: mail.parts,
            header_octets: mail.header_bytes,
            addresses: mail.addresses,
            text_octets: mail.text_bytes,
        };
        let house = Self::new(Policy { desk, rules }, loaded.templates.clone(), limits, queues);
        Ok(Self { resolver: loaded.settings.resolver, ..house })
    }

    /// Where the keys of signatures are found; made when the first one is needed.
    ///
    /// # Errors
    /// There is no DNS server, in words.
    pub(super) fn key_source(&self) -> &Result<Keys, String> {
        self.keys.get_or_init(|| Keys::by(self.resolver))
    }

    /// The queue that a mailbox names.
    pub fn queue_of(&self, mailbox: &str) -> Option<String> {
        self.mailboxes.get(mailbox).cloned()
    }
}
