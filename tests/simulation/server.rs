//! A model of one folder on an IMAP server, with the liberties that real ones take.

use jiff::Timestamp;
use taquilla::ingest::protocol::{Ack, Listed, Span};

/// What a mail is, whatever its UID.
pub(crate) type Content = u64;

#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) uid: u32,
    pub(crate) content: Content,
    pub(crate) received: i64,
    pub(crate) deleted: bool,
    pub(crate) flagged: bool,
    /// Has its UID, and is not shown yet.
    pub(crate) hidden: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) uidvalidity: u32,
    pub(crate) uidnext: u32,
    pub(crate) mails: Vec<Mail>,
    /// Tells UIDNEXT when the folder is opened.
    pub(crate) tells_uidnext: bool,
    highest_uidvalidity: u32,
}

/// A mail that the server never gives.
pub(crate) fn is_poison(content: Content) -> bool {
    content % 29 == 7
}

/// Octets of a mail.
pub(crate) fn size(content: Content) -> u64 {
    match content % 17 {
        0 => 5_000,
        1 => 50_000,
        _ => 100 + content % 50,
    }
}

pub(crate) fn time(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

impl Server {
    pub(crate) fn new(tells_uidnext: bool) -> Self {
        Self { uidvalidity: 1, uidnext: 1, mails: Vec::new(), tells_uidnext, highest_uidvalidity: 1 }
    }

    pub(crate) fn deliver(&mut self, content: Content, received: i64, hidden: bool) {
        let uid = self.uidnext;
        self.uidnext += 1;
        self.mails.push(Mail { uid, content, received, deleted: false, flagged: false, hidden });
    }

    pub(crate) fn visible(&self) -> impl Iterator<Item = &Mail> {
        self.mails.iter().filter(|mail| !mail.hidden)
    }

    pub(crate) fn list(&self, span: &Span) -> Vec<Listed> {
        let last = self.visible().map(|mail| mail.uid).max();
        self.visible()
            .filter(|mail| match span {
                Span::Range(low, Some(high)) => (*low..=*high).contains(&mail.uid),
                // `n:*` names the last mail even if it is below n.
                Span::Range(low, None) => mail.uid >= *low || Some(mail.uid) == last,
                Span::Set(uids) => uids.contains(&mail.uid),
            })
            .map(|mail| Listed {
                uid: mail.uid,
                size: size(mail.content),
                received: Some(time(mail.received)),
                deleted: mail.deleted,
                flagged: mail.flagged,
            })
            .collect()
    }

    pub(crate) fn content(&self, uid: u32) -> Option<Content> {
        self.visible().find(|mail| mail.uid == uid).map(|mail| mail.content)
    }

    /// Does it, and says which mails it met.
    pub(crate) fn ack(&mut self, uids: &[u32], how: &Ack) -> Vec<Mail> {
        let met: Vec<Mail> = self.visible().filter(|mail| uids.contains(&mail.uid)).cloned().collect();
        match how {
            Ack::Move(_) | Ack::Delete => self.mails.retain(|mail| mail.hidden || !uids.contains(&mail.uid)),
            Ack::Flag(_) => {
                self.mails
                    .iter_mut()
                    .filter(|mail| uids.contains(&mail.uid))
                    .for_each(|mail| mail.flagged = true);
            }
        }
        met
    }

    /// The administrator rebuilds the folder: all mails get new UIDs.
    pub(crate) fn renumber(&mut self) {
        self.highest_uidvalidity += 1;
        self.uidvalidity = self.highest_uidvalidity;
        for (uid, mail) in (1..).zip(&mut self.mails) {
            mail.uid = uid;
        }
        self.uidnext = self.mails.len() as u32 + 1;
    }

    /// The administrator puts a backup back.
    pub(crate) fn restore(&mut self, backup: &Self) {
        let highest_uidvalidity = self.highest_uidvalidity;
        *self = Self { highest_uidvalidity, ..backup.clone() };
    }
}
