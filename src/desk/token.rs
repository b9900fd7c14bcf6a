//! Reply tokens: the proof that somebody has a mail of ours about a ticket. The one verifier.
//!
//! A token is 30 octets, 48 letters of base32: one of use and key, two of expiry (days since 1970), 60 bits
//! of ticket number, 28 that name the recipient, sixteen octets of HMAC-SHA256 over all of that. Letters, because
//! mail systems change case; 48, because a local part has 64 octets (RFC 5321 section 4.5.3.1.1); 60 bits, because
//! a number with a system id of four digits has 18 digits.
//! It proves possession of the mail; whether the sender is the one it was issued to is a second question,
//! answered by [`Claim::issued_to`].

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::TicketNumber;

/// Letters of a token.
pub const LENGTH: usize = 48;
/// Days for which a token is good.
pub const DAYS: i64 = 90;
const SECONDS_A_DAY: i64 = 86_400;

/// Bits that name the recipient; the rest of [`SUBJECT`] octets is the ticket number.
const RECIPIENT_BITS: u32 = 28;
/// Octets of ticket number and recipient.
const SUBJECT: usize = 11;

/// What a token is for; a token of one use is no token of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// To answer a notice to an agent so that the answer goes to the customer.
    Thread,
    /// To write into a ticket as its customer or as another participant. It proves no agent, not even one who is a
    /// participant: whoever answers all shows it to all.
    Copy,
    /// To answer a notice about internal matters: what an agent writes back stays internal.
    Internal,
    /// To answer the survey about a ticket.
    Survey,
    /// To write into a ticket as its supplier: what comes with it is never for the customer's eyes. It proves no agent.
    Supplier,
    /// To answer a notice to an agent so that the answer goes to the supplier.
    Relay,
}

impl Use {
    fn code(self) -> u8 {
        match self {
            Self::Thread => 1,
            Self::Survey => 2,
            Self::Internal => 3,
            Self::Copy => 4,
            Self::Supplier => 5,
            Self::Relay => 6,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        let all = [Self::Thread, Self::Survey, Self::Internal, Self::Copy, Self::Supplier, Self::Relay];
        all.into_iter().find(|kind| kind.code() == code)
    }
}

/// The keys of a data folder: the first one signs, all of them verify.
#[derive(Clone)]
pub struct Keys(Vec<(u8, [u8; 32])>);

impl Keys {
    /// Keys by their id (0 to 15); the first one signs.
    pub fn new(keys: Vec<(u8, [u8; 32])>) -> Self {
        Self(keys)
    }

    fn by_id(&self, id: u8) -> Option<&[u8; 32]> {
        self.0.iter().find(|(known, _)| *known == id).map(|(_, key)| key)
    }
}

/// Never shows a key.
impl fmt::Debug for Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Keys({} of them)", self.0.len())
    }
}

/// What a genuine token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What for.
    pub purpose: Use,
    /// About which ticket.
    pub number: TicketNumber,
    /// It is older than [`DAYS`].
    pub expired: bool,
    recipient: u32,
}

impl Claim {
    /// Whether it was issued to this address (any case).
    pub fn issued_to(&self, address: &str) -> bool {
        self.recipient == recipient_tag(address)
    }
}

/// Makes the token for a recipient; `None` where there is no key or the number has more than 18 digits.
pub fn issue(
    keys: &Keys,
    purpose: Use,
    number: &TicketNumber,
    recipient: &str,
    now: Timestamp,
) -> Option<String> {
    let (id, key) = keys.0.first()?;
    let digits: u64 = number.as_str().parse().ok()?;
    let subject = (u128::from(digits) << RECIPIENT_BITS) | u128::from(recipient_tag(recipient));
    let [0, 0, 0, 0, 0, subject @ ..] = subject.to_be_bytes() else { return None };
    let expiry = u16::try_from(now.as_second() / SECONDS_A_DAY + DAYS).ok()?;
    let mut octets = vec![(purpose.code() << 4) | (id & 0x0f)];
    octets.extend(expiry.to_be_bytes());
    octets.extend::<[u8; SUBJECT]>(subject);
    let tag = mac(key, &octets)?.finalize().into_bytes();
    octets.extend(tag.iter().take(16));
    Some(BASE32_NOPAD.encode(&octets).to_lowercase())
}

/// Reads a token, in any case; `None` for whatever we did not issue.
pub fn verify(keys: &Keys, token: &str, now: Timestamp) -> Option<Claim> {
    let octets = BASE32_NOPAD.decode(token.to_uppercase().as_bytes()).ok()?;
    let (said, tag) = octets.split_at_checked(14)?;
    let [head, e1, e0, subject @ ..] = said else { return None };
    // verify_truncated_left compares in constant time.
    (tag.len() == 16).then_some(())?;
    mac(keys.by_id(head & 0x0f)?, said)?.verify_truncated_left(tag).ok()?;
    let today = now.as_second() / SECONDS_A_DAY;
    let subject = subject.iter().fold(0_u128, |sum, octet| (sum << 8) | u128::from(*octet));
    let recipient = u32::try_from(subject & ((1 << RECIPIENT_BITS) - 1)).ok()?;
    let digits = subject >> RECIPIENT_BITS;
    Some(Claim {
        purpose: Use::from_code(head >> 4)?,
        number: TicketNumber::new(&digits.to_string())?,
        expired: today > i64::from(u16::from_be_bytes([*e1, *e0])),
        recipient,
    })
}

/// Every run of letters in a text that has the form of a token, genuine or not.
pub fn candidates(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|run| {
        run.len() == LENGTH && run.bytes().all(|o| o.is_ascii_alphabetic() || (b'2'..=b'7').contains(&o))
    })
}

fn mac(key: &[u8; 32], said: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"taquilla reply token 1");
    mac.update(said);
    Some(mac)
}

fn recipient_tag(address: &str) -> u32 {
    let digest: [u8; 32] = Sha256::digest(address.trim().to_lowercase().as_bytes()).into();
    let [a, b, c, d, ..] = digest;
    u32::from_be_bytes([a, b, c, d]) >> (u32::BITS - RECIPIENT_BITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(vec![(3, [7; 32]), (2, [9; 32])])
    }

    #[test]
    fn comes_back_in_any_case() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let number = TicketNumber::new("2013121610000137").unwrap();
        let token = issue(&keys(), Use::Thread, &number, "Ana@Minem.example", now).unwrap();
        assert_eq!(token.len(), LENGTH);
        let claim = verify(&keys(), &token.to_uppercase(), now).unwrap();
        assert_eq!((claim.purpose, &claim.number, claim.expired), (Use::Thread, &number, false));
        assert!(claim.issued_to("ana@minem.example"));
        assert!(!claim.issued_to("eva@minem.example"));
        let later = Timestamp::from_second(1_700_000_000 + 91 * SECONDS_A_DAY).unwrap();
        assert!(verify(&keys(), &token, later).unwrap().expired);
        assert_eq!(candidates(&format!("[ref:{token}]")).collect::<Vec<_>>(), [token.as_str()]);
    }

    #[test]
    fn holds_every_number_of_a_desk() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        for number in ["1", "2013121610000137", "202612319999999991", "999999999999999999"] {
            let number = TicketNumber::new(number).unwrap();
            let token = issue(&keys(), Use::Copy, &number, "a@b", now).unwrap();
            let claim = verify(&keys(), &token, now).unwrap();
            assert_eq!((claim.number, claim.purpose), (number, Use::Copy));
        }
        assert_eq!(
            issue(&keys(), Use::Copy, &TicketNumber::new("99999999999999999999").unwrap(), "a@b", now),
            None
        );
    }

    #[test]
    fn no_changed_letter_passes() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let number = TicketNumber::new("1000007").unwrap();
        let token = issue(&keys(), Use::Survey, &number, "a@b", now).unwrap();
        for at in 0..LENGTH {
            let mut other: Vec<u8> = token.bytes().collect();
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            assert_eq!(verify(&keys(), std::str::from_utf8(&other).unwrap(), now), None, "letter {at}");
        }
        assert_eq!(verify(&Keys::new(vec![(3, [8; 32])]), &token, now), None);
        assert_eq!(verify(&keys(), "", now), None);
    }
}
