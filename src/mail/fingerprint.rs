//! Names of a mail, made of what it says. The second key of a mail: the same mail under another UID, in another mailbox, after a migration.
//!
//! Over what was decoded, never over the raw octets: Exchange renders a mail anew at each fetch. Keyed, so that
//! nobody outside can make a mail that suppresses another one.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{Digest, Mail};

impl Mail {
    /// HMAC-SHA256 over Message-ID, From, Date, Subject, text and attachments, each with its length in front.
    pub fn fingerprint(&self, key: &[u8]) -> Digest {
        // An HMAC key may have any length (RFC 2104 section 2), so this cannot fail; the raw digest is as
        // good a key if it ever does.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return self.digest };
        let mut add = |octets: &[u8]| {
            mac.update(&u64::try_from(octets.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(octets);
        };
        add(b"taquilla mail 1");
        add(self.message_id.as_ref().map_or("", |id| id.as_str()).as_bytes());
        add(self.from.as_ref().map_or(String::new(), |from| from.key()).as_bytes());
        add(self.date.map_or(String::new(), |date| date.as_second().to_string()).as_bytes());
        add(self.subject.as_bytes());
        // Trailing blanks and line ends are what servers and gateways change.
        for line in self.body.text.trim().lines() {
            add(line.trim_end().as_bytes());
        }
        for attachment in &self.attachments {
            add(attachment.digest.as_bytes());
        }
        if self.headers.is_empty() {
            // Nothing was read of it, or there is nothing but octets: two of these have only these in common.
            add(self.digest.as_bytes());
        }
        Digest::from_bytes(mac.finalize().into_bytes().into())
    }

    /// What a signature (RFC 6376) covers of a mail however little else it covers: HMAC-SHA256 over From, Date and
    /// Subject, whatever whoever sends it again may change beside them, the Message-ID and the blanks between words
    /// (section 3.4.2) among it. `None` for a mail that lacks one of the first two.
    pub fn signed_key(&self, key: &[u8]) -> Option<Digest> {
        let (from, date) = (self.from.as_ref()?.key(), self.date?.as_second());
        let subject = self.subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
        mac.update(format!("taquilla signed 1\n{from}\n{date}\n{subject}").as_bytes());
        Some(Digest::from_bytes(mac.finalize().into_bytes().into()))
    }
}
