//! What a folder holds against what the journal says of it: who of the two is wrong about which mail. Pure.
//!
//! Both sides are given for the same range of UIDs. Nothing is done about what is found.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::intake::{AfterTaking, LeftAlone};
use super::protocol::Listed;
use crate::config::mailbox::AfterCommit;

/// A new mail may lie so long until it is taken, in minutes, before anybody should ask why.
const NEW: i64 = 10;

/// A mail of the folder, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// UID.
    pub uid: u32,
    /// INTERNALDATE as it was when the mail was taken.
    pub received: Option<Timestamp>,
    /// What was decided for it on the server.
    pub after: AfterTaking,
    /// The server was told.
    pub acked: bool,
    /// Number of its ticket.
    pub ticket: Option<String>,
}

/// What is wrong with a mail, or notable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It lies below the place up to which everything was taken, and has no journal row.
    NeverJournalled,
    /// It is new, and not taken yet after a while.
    NotTakenYet,
    /// It came a moment ago.
    New,
    /// Old stock, left alone at the first start.
    LeftAlone,
    /// It was taken, the server was told to move or delete it, and it is still there.
    StillThere,
    /// It was taken, and the keyword that says so is missing.
    NotFlagged,
    /// It was taken, and the server is not told yet.
    NotToldYet,
    /// Another mail has the UID of one that was taken: the server was restored, perhaps.
    AnotherMail,
    /// The journal believes it here, and it is gone.
    Gone,
}

impl Finding {
    /// The word that scripts rely on.
    pub fn word(self) -> &'static str {
        match self {
            Self::NeverJournalled => "never-journalled",
            Self::NotTakenYet => "not-taken-yet",
            Self::New => "new",
            Self::LeftAlone => "left-alone",
            Self::StillThere => "still-there",
            Self::NotFlagged => "not-flagged",
            Self::NotToldYet => "not-told-yet",
            Self::AnotherMail => "another-mail",
            Self::Gone => "gone",
        }
    }

    /// Whether somebody should look into it.
    pub fn is_wrong(self) -> bool {
        match self {
            Self::NeverJournalled
            | Self::NotTakenYet
            | Self::StillThere
            | Self::NotFlagged
            | Self::AnotherMail
            | Self::Gone => true,
            Self::New | Self::LeftAlone | Self::NotToldYet => false,
        }
    }

    /// Whether the mail has no journal row and should have one.
    pub fn is_missing(self) -> bool {
        matches!(self, Self::NeverJournalled | Self::NotTakenYet | Self::New | Self::AnotherMail)
    }
}

/// What is known of the folder.
#[derive(Debug, Clone)]
pub struct Folder {
    /// Every mail up to this UID was taken; 0 where none was.
    pub cursor: u32,
    /// Old stock to pass over.
    pub left_alone: Option<LeftAlone>,
    /// What is done with taken mails.
    pub after: AfterCommit,
    /// Now.
    pub now: Timestamp,
}

impl Folder {
    /// Compares the mails of a range of UIDs. Answers what is notable, by UID.
    pub fn compare(&self, listed: &[Listed], placed: &[Placed]) -> BTreeMap<u32, Finding> {
        let rows: BTreeMap<u32, &Placed> = placed.iter().map(|row| (row.uid, row)).collect();
        let there: BTreeMap<u32, &Listed> = listed.iter().map(|mail| (mail.uid, mail)).collect();
        let on_server = there.values().filter_map(|mail| {
            let found = match rows.get(&mail.uid) {
                None => Some(self.without_row(mail)),
                Some(row) => self.with_row(mail, row),
            };
            found.map(|found| (mail.uid, found))
        });
        let gone = rows.values().filter(|row| !there.contains_key(&row.uid) && self.stays(row));
        on_server.chain(gone.map(|row| (row.uid, Finding::Gone))).collect()
    }

    fn without_row(&self, mail: &Listed) -> Finding {
        let old = |left: LeftAlone| {
            mail.uid <= left.through && mail.received.is_some_and(|received| received < left.received_before)
        };
        if self.left_alone.is_some_and(old) {
            return Finding::LeftAlone;
        }
        if mail.uid <= self.cursor {
            return Finding::NeverJournalled;
        }
        let age = mail.received.map(|received| self.now.duration_since(received));
        match age {
            Some(age) if age < SignedDuration::from_mins(NEW) => Finding::New,
            Some(_) | None => Finding::NotTakenYet,
        }
    }

    fn with_row(&self, mail: &Listed, row: &Placed) -> Option<Finding> {
        let second = |time: Timestamp| time.as_second();
        if let (Some(now), Some(then)) = (mail.received, row.received)
            && second(now) != second(then)
        {
            return Some(Finding::AnotherMail);
        }
        if !row.acked {
            return Some(Finding::NotToldYet);
        }
        // Marked for deletion, it is as good as gone: the daemon asks for no more either.
        if mail.deleted {
            return None;
        }
        if !self.stays(row) {
            return Some(Finding::StillThere);
        }
        let flag = row.after == AfterTaking::Default && matches!(self.after, AfterCommit::Flag(_));
        (flag && !mail.flagged).then_some(Finding::NotFlagged)
    }

    /// Whether a taken mail is meant to stay in the folder.
    fn stays(&self, row: &Placed) -> bool {
        match (&row.after, &self.after) {
            (AfterTaking::Keep, _) | (AfterTaking::Default, AfterCommit::Keep | AfterCommit::Flag(_)) => true,
            (AfterTaking::MoveTo(_), _)
            | (AfterTaking::Default, AfterCommit::Move(_) | AfterCommit::Delete) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + minute * 60).unwrap()
    }

    fn listed(uid: u32, received: i64, flagged: bool) -> Listed {
        Listed { uid, size: 100, received: Some(at(received)), deleted: false, flagged }
    }

    fn row(uid: u32, received: i64, acked: bool, after: AfterTaking) -> Placed {
        Placed { uid, received: Some(at(received)), after, acked, ticket: None }
    }

    fn folder(after: AfterCommit) -> Folder {
        let left_alone = Some(LeftAlone { through: 2, received_before: at(-1000) });
        Folder { cursor: 9, left_alone, after, now: at(0) }
    }

    fn words(folder: &Folder, listed: &[Listed], rows: &[Placed]) -> Vec<(u32, &'static str)> {
        folder.compare(listed, rows).into_iter().map(|(uid, found)| (uid, found.word())).collect()
    }

    #[test]
    fn a_mail_marked_for_deletion_is_as_good_as_gone() {
        let mail = Listed { deleted: true, ..listed(3, -50, false) };
        let rows = [row(3, -50, true, AfterTaking::Default)];
        assert_eq!(words(&folder(AfterCommit::Delete), &[mail], &rows), []);
        assert_eq!(words(&folder(AfterCommit::Delete), &[mail], &[]), [(3, "never-journalled")]);
    }

    #[test]
    fn mails_without_a_row() {
        let folder = folder(AfterCommit::Move("Done".into()));
        let mails = [
            listed(1, -2000, false),
            listed(2, -20, false),
            listed(9, -20, false),
            listed(10, -20, false),
            listed(11, -1, false),
        ];
        let expected = [
            (1, "left-alone"),
            (2, "never-journalled"),
            (9, "never-journalled"),
            (10, "not-taken-yet"),
            (11, "new"),
        ];
        assert_eq!(words(&folder, &mails, &[]), expected);
    }

    #[test]
    fn mails_that_should_have_gone_or_stayed() {
        let mails =
            [listed(3, -50, false), listed(4, -50, false), listed(5, -50, false), listed(6, -49, true)];
        let rows = [
            row(3, -50, true, AfterTaking::Default),
            row(4, -50, false, AfterTaking::Default),
            row(5, -50, true, AfterTaking::Keep),
            row(6, -50, true, AfterTaking::Default),
            row(7, -50, true, AfterTaking::Default),
            row(8, -50, true, AfterTaking::Keep),
            row(9, -50, false, AfterTaking::MoveTo("Spam".into())),
        ];
        let moved = words(&folder(AfterCommit::Move("Done".into())), &mails, &rows);
        assert_eq!(moved, [(3, "still-there"), (4, "not-told-yet"), (6, "another-mail"), (8, "gone")]);
        let flagged = words(&folder(AfterCommit::Flag("Taken".into())), &mails, &rows);
        let expected =
            [(3, "not-flagged"), (4, "not-told-yet"), (6, "another-mail"), (7, "gone"), (8, "gone")];
        assert_eq!(flagged, expected);
    }
}
