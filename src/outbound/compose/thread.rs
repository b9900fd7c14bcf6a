//! The thread that a mail belongs to: one ticket is one conversation in whatever shows it.
//!
//! Thunderbird and Apple Mail go by the ids alone (RFC 5322, section 3.6.4), Gmail wants a common id and one subject,
//! Outlook goes by Thread-Topic and Thread-Index. A mail to an agent answers no mail of that agent's: so each ticket has
//! an id that no mail bears, and all of its notices name it. Customers have a thread of their own mails; where that is
//! empty (they telephoned) the same id begins it. The id proves nothing, it is never looked for in what comes in.

use crate::desk::{Desk, Notice};
use crate::mail::{Digest, MessageId};
use crate::outbound::catalog::{self, Audience};

use super::{ComposeError, header};

/// What a mail says of its thread.
pub(super) struct Thread {
    /// The mail that it answers, or the first of its ticket.
    pub(super) parent: Option<MessageId>,
    /// All of them, oldest first.
    pub(super) references: Vec<MessageId>,
    /// Thread-Index, for a thread that the desk began.
    pub(super) index: Option<String>,
}

impl Thread {
    /// `theirs` are the ids that the recipient may see.
    pub(super) fn of(
        notice: &Notice,
        desk: &Desk,
        theirs: impl Fn(&&MessageId) -> bool,
    ) -> Result<Self, ComposeError> {
        let parent = notice.in_reply_to.as_ref().filter(&theirs).cloned();
        let references: Vec<MessageId> = notice.references.iter().filter(&theirs).cloned().collect();
        let Some(number) = &notice.number else { return Ok(Self { parent, references, index: None }) };
        let is_agent = desk.agent_by_address(&notice.to.address).is_some();
        let begins = match catalog::find(&notice.template).map(|spec| spec.audience) {
            Some(Audience::Agent) => true,
            Some(Audience::Supplier) => false,
            Some(_) | None => is_agent || (parent.is_none() && references.is_empty()),
        };
        if !begins {
            return Ok(Self { parent, references, index: None });
        }
        let home = header::address(&desk.address.address)?;
        let instance: String = desk.instance.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
        let Some(root) = MessageId::of_thread(number.as_str(), &instance, home.domain()) else {
            return Ok(Self { parent, references, index: None });
        };
        let index = Some(index(&root));
        let references = std::iter::once(root.clone()).chain(references).collect();
        Ok(Self { parent: Some(parent.unwrap_or(root)), references, index })
    }
}

/// 22 octets: a time, of which Outlook asks that it begins so, and 16 that name the thread.
fn index(root: &MessageId) -> String {
    let digest = Digest::of(root.as_str().as_bytes());
    let octets: Vec<u8> = [0x01, 0xDC].iter().chain(digest.as_bytes()).copied().take(22).collect();
    data_encoding::BASE64.encode(&octets)
}
