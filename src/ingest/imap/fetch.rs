//! Listing and fetching. Memory: one batch, or one mail in pieces.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_imap::imap_proto::{AttributeValue, MessageSection, Response, SectionPath};
use jiff::Timestamp;

use super::{ImapError, Session, names};
use crate::ingest::protocol::{Extent, Listed, Span, Want};

/// Most lines that are kept of one listing; a window has fewer, unless the server makes them up.
const LINES: usize = 200_000;
/// Longest header that is fetched.
const HEADER: u32 = 1024 * 1024;
/// RFC822.SIZE is approximate on some servers: a mail may be this much larger, or twice as large.
const SLACK: u64 = 1024 * 1024;

/// What came of a fetch.
#[derive(Debug, Default)]
pub struct Fetched {
    /// The octets of each mail that was given.
    pub mails: BTreeMap<u32, Arc<[u8]>>,
    /// What the server said if it refused.
    pub refused: Option<String>,
}

impl Session {
    /// Lists mails, in the order of their UIDs.
    ///
    /// # Errors
    /// Any.
    pub async fn list(&mut self, span: &Span) -> Result<Vec<Listed>, ImapError> {
        let sets = match span {
            Span::Range(low, Some(high)) => vec![format!("{low}:{high}")],
            Span::Range(low, None) => vec![format!("{low}:*")],
            Span::Set(uids) => names::sets(uids),
        };
        let mut listed = BTreeMap::new();
        for set in sets {
            let keyword = self.keyword.clone();
            let command = format!("UID FETCH {set} (UID RFC822.SIZE FLAGS INTERNALDATE)");
            let mut each = |response: &Response<'_>| {
                if let Response::Fetch(_, attributes) = response
                    && listed.len() < LINES
                    && let Some(one) = listed_in(attributes, keyword.as_deref())
                {
                    listed.insert(one.uid, one);
                }
            };
            self.line.exec(&command, &mut each).await?;
        }
        Ok(listed.into_values().collect())
    }

    /// Fetches mails, all of one extent.
    ///
    /// # Errors
    /// All but [`ImapError::Refused`]: a refusal is an answer, since parts may have come before it.
    pub async fn fetch(&mut self, wants: &[Want]) -> Result<Fetched, ImapError> {
        let mut fetched = Fetched::default();
        match wants {
            [want] if want.extent == Extent::Pieces => {
                match self.pieces(want).await {
                    Ok(Some(mail)) => drop(fetched.mails.insert(want.uid, mail)),
                    Ok(None) => {}
                    Err(ImapError::Refused { answer, .. }) => fetched.refused = Some(answer),
                    Err(error) => return Err(error),
                }
                return Ok(fetched);
            }
            _ => {}
        }
        let (whole, header): (Vec<&Want>, Vec<&Want>) =
            wants.iter().partition(|want| matches!(want.extent, Extent::Whole | Extent::Pieces));
        self.together(&whole, "BODY.PEEK[]", &mut fetched).await?;
        self.together(&header, &format!("BODY.PEEK[HEADER]<0.{HEADER}>"), &mut fetched).await?;
        Ok(fetched)
    }

    async fn together(
        &mut self,
        wants: &[&Want],
        item: &str,
        fetched: &mut Fetched,
    ) -> Result<(), ImapError> {
        let sizes: BTreeMap<u32, u64> = wants.iter().map(|want| (want.uid, want.size)).collect();
        let uids: Vec<u32> = sizes.keys().copied().collect();
        let header = item.contains("HEADER");
        let single = if header { u64::from(HEADER) } else { sizes.values().copied().max().unwrap_or(0) };
        let single = single.saturating_mul(2).saturating_add(SLACK);
        let total = sizes.values().sum::<u64>().saturating_mul(2).saturating_add(single);
        for set in names::sets(&uids) {
            let mails = &mut fetched.mails;
            let mut room = total;
            let mut each = |response: &Response<'_>| {
                let Response::Fetch(_, attributes) = response else { return };
                let Some((uid, mail)) = mail_in(attributes, header) else { return };
                let Some(size) = sizes.get(&uid) else { return };
                // An empty answer for a mail that has a size is a mail that could not be had.
                let missing = mail.is_empty() && *size > 0;
                if !missing && !mails.contains_key(&uid) && mail.len() as u64 <= room {
                    room = room.saturating_sub(mail.len() as u64);
                    mails.insert(uid, Arc::from(mail));
                }
            };
            let command = format!("UID FETCH {set} (UID {item})");
            match self.line.exec_large(&command, total, single, &mut each).await {
                Ok(_) => {}
                Err(ImapError::Refused { answer, .. }) => fetched.refused = Some(answer),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// One mail, a piece at a time (RFC 3501, section 6.4.5, partial fetch): the answer is never larger than a piece.
    async fn pieces(&mut self, want: &Want) -> Result<Option<Arc<[u8]>>, ImapError> {
        let piece = self.piece_bytes;
        let limit = self.max_mail_bytes.max(want.size).saturating_add(SLACK);
        let mut mail: Vec<u8> = Vec::with_capacity(usize::try_from(want.size).unwrap_or(0));
        loop {
            let offset = mail.len();
            let command = format!("UID FETCH {} (UID BODY.PEEK[]<{offset}.{piece}>)", want.uid);
            let mut got = None;
            let mut each = |response: &Response<'_>| {
                if let Response::Fetch(_, attributes) = response
                    && let Some((uid, octets)) = mail_in(attributes, false)
                    && uid == want.uid
                    && got.is_none()
                {
                    got = Some(octets.len());
                    mail.extend_from_slice(octets);
                }
            };
            let piece = u64::from(piece);
            self.line.exec_large(&command, piece, piece.saturating_add(1024), &mut each).await?;
            match got {
                // Gone, or not given: what there is of it is no mail.
                None => return Ok(None),
                Some(0) if offset == 0 => return Ok(None),
                Some(length) if (length as u64) < piece => return Ok(Some(Arc::from(mail))),
                Some(_) if mail.len() as u64 > limit => {
                    return Err(ImapError::Broken("a mail much larger than it had said".into()));
                }
                Some(_) => {}
            }
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "whatever else the server tells is not needed")]
fn listed_in(attributes: &[AttributeValue<'_>], keyword: Option<&str>) -> Option<Listed> {
    let mut listed = Listed { uid: 0, size: 0, received: None, deleted: false, flagged: false };
    let mut sized = false;
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => listed.uid = *uid,
            AttributeValue::Rfc822Size(size) => {
                listed.size = u64::from(*size);
                sized = true;
            }
            AttributeValue::InternalDate(text) => listed.received = internal_date(text),
            AttributeValue::Flags(flags) => {
                listed.deleted = flags.iter().any(|flag| flag.eq_ignore_ascii_case("\\Deleted"));
                listed.flagged = keyword
                    .is_some_and(|keyword| flags.iter().any(|flag| flag.eq_ignore_ascii_case(keyword)));
            }
            _ => {}
        }
    }
    // A change of flags that the server tells by itself has no size, and is no line of the listing.
    (listed.uid != 0 && sized).then_some(listed)
}

/// UID and octets of a response to our fetch.
fn mail_in<'a>(attributes: &'a [AttributeValue<'_>], header: bool) -> Option<(u32, &'a [u8])> {
    let uid = attributes
        .iter()
        .find_map(|attribute| if let AttributeValue::Uid(uid) = attribute { Some(*uid) } else { None })?;
    let octets = attributes.iter().find_map(|attribute| {
        if let AttributeValue::BodySection { section, data: Some(data), .. } = attribute
            && header == matches!(section, Some(SectionPath::Full(MessageSection::Header)))
            && (header || section.is_none())
        {
            Some(data.as_ref())
        } else {
            None
        }
    })?;
    Some((uid, octets))
}

/// `17-Jul-1996 02:44:25 -0700`, the day perhaps with a space in front (RFC 3501, section 9, `date-time`).
fn internal_date(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_servers() {
        for (text, time) in [
            ("17-Jul-1996 02:44:25 -0700", Some("1996-07-17T09:44:25Z")),
            (" 1-Jan-2026 00:00:00 +0000", Some("2026-01-01T00:00:00Z")),
            ("01-Jan-2026 00:00:00 +0530", Some("2025-12-31T18:30:00Z")),
            ("32-Jan-2026 00:00:00 +0000", None),
            ("", None),
        ] {
            assert_eq!(internal_date(text).map(|time| time.to_string()).as_deref(), time, "{text}");
        }
    }

    #[test]
    fn lines_without_a_size_are_no_listing() {
        let flags = AttributeValue::Flags(vec!["\\DELETED".into(), "processed".into()]);
        assert_eq!(listed_in(&[AttributeValue::Uid(3), flags], None), None);
        let flags = AttributeValue::Flags(vec!["\\DELETED".into(), "processed".into()]);
        let whole = [flags, AttributeValue::Rfc822Size(10), AttributeValue::Uid(3)];
        let listed = Listed { uid: 3, size: 10, received: None, deleted: true, flagged: true };
        assert_eq!(listed_in(&whole, Some("Processed")), Some(listed));
    }
}
