//! A model of the journal: what is in it survives every crash.

use std::collections::{BTreeMap, BTreeSet};

use taquilla::ingest::intake::{AfterTaking, Known, LeftAlone, Position, Taken};

use super::server::{Content, time};

/// (UIDVALIDITY, epoch).
pub(crate) type Numbering = (u32, u32);

#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) content: Content,
    pub(crate) after: AfterTaking,
    pub(crate) received: i64,
    pub(crate) acked: bool,
}

#[derive(Debug, Clone, Default)]
struct Adopted {
    cursor: u32,
    highest: u32,
    left_alone: Option<LeftAlone>,
}

/// A mail as it is handed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given {
    pub(crate) uid: u32,
    pub(crate) content: Content,
    pub(crate) received: i64,
    pub(crate) unfetchable: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Store {
    folders: BTreeMap<Numbering, Adopted>,
    pub(crate) rows: BTreeMap<(Numbering, u32), Row>,
    /// Articles made of each content.
    pub(crate) articles: BTreeMap<Content, u32>,
    attempts: BTreeMap<Content, u32>,
    last_left: Option<LeftAlone>,
    /// A wrong journal: UIDVALIDITY is no part of the key.
    pub(crate) without_uidvalidity: bool,
    /// A wrong journal: the same content makes another article.
    pub(crate) without_second_key: bool,
}

/// A mail that the journal fails to take a few times.
fn is_awkward(content: Content) -> bool {
    content % 31 == 3
}

impl Store {
    fn key(&self, numbering: Numbering) -> Numbering {
        if self.without_uidvalidity { (0, 0) } else { numbering }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty()
    }

    pub(crate) fn position(&self, uidvalidity: u32) -> Position {
        if self.folders.is_empty() {
            return Position::FirstStart;
        }
        let range = (uidvalidity, 0)..=(uidvalidity, u32::MAX);
        let Some((numbering, adopted)) = self.folders.range(range).next_back() else {
            return Position::Renumbered { leave_before: self.last_left.map(|left| left.received_before) };
        };
        let owed = self
            .rows
            .iter()
            .filter(|((of, _), row)| of == numbering && !row.acked)
            .map(|((_, uid), _)| *uid)
            .collect();
        Position::Known { epoch: numbering.1, cursor: adopted.cursor, owed, left_alone: adopted.left_alone }
    }

    pub(crate) fn adopt(&mut self, numbering: Numbering, left_alone: Option<LeftAlone>) {
        self.folders.entry(numbering).or_default().left_alone = left_alone;
        self.last_left = left_alone;
    }

    pub(crate) fn left_alone(&self, numbering: Numbering) -> Option<LeftAlone> {
        self.folders.get(&numbering).and_then(|adopted| adopted.left_alone)
    }

    pub(crate) fn cursor(&self, numbering: Numbering) -> u32 {
        self.folders.get(&numbering).map_or(0, |adopted| adopted.cursor)
    }

    /// Where the cursor ever stood.
    pub(crate) fn highest(&self, numbering: Numbering) -> u32 {
        self.folders.get(&numbering).map_or(0, |adopted| adopted.highest)
    }

    pub(crate) fn row(&self, numbering: Numbering, uid: u32) -> Option<&Row> {
        self.rows.get(&(self.key(numbering), uid))
    }

    pub(crate) fn known(&self, numbering: Numbering, uids: &[u32]) -> Vec<Known> {
        uids.iter()
            .filter_map(|uid| {
                let row = self.row(numbering, *uid)?;
                Some(Known { uid: *uid, after: row.after.clone(), received: Some(time(row.received)) })
            })
            .collect()
    }

    pub(crate) fn take(&mut self, numbering: Numbering, batch: &[Given]) -> Vec<Taken> {
        batch.iter().map(|given| self.take_one(numbering, *given)).collect()
    }

    fn take_one(&mut self, numbering: Numbering, given: Given) -> Taken {
        let key = (self.key(numbering), given.uid);
        if let Some(row) = self.rows.get(&key) {
            return Taken::Yes { uid: given.uid, after: row.after.clone() };
        }
        let attempts = self.attempts.entry(given.content).or_insert(0);
        *attempts += 1;
        if is_awkward(given.content) && *attempts <= 2 {
            return Taken::Failed { uid: given.uid };
        }
        let after = match given.content % 11 {
            _ if given.unfetchable => AfterTaking::Keep,
            0 => AfterTaking::Keep,
            1 => AfterTaking::MoveTo("Elsewhere".into()),
            _ => AfterTaking::Default,
        };
        let again = !self.without_second_key && self.rows.values().any(|row| row.content == given.content);
        if !again {
            *self.articles.entry(given.content).or_insert(0) += 1;
        }
        let Given { content, received, .. } = given;
        self.rows.insert(key, Row { content, after: after.clone(), received, acked: false });
        Taken::Yes { uid: given.uid, after }
    }

    pub(crate) fn acked(&mut self, numbering: Numbering, uids: &[u32], cursor: u32) {
        let key = self.key(numbering);
        for uid in uids {
            if let Some(row) = self.rows.get_mut(&(key, *uid)) {
                row.acked = true;
            }
        }
        let adopted = self.folders.entry(numbering).or_default();
        adopted.cursor = cursor;
        adopted.highest = adopted.highest.max(cursor);
    }

    /// Every content that has a row.
    pub(crate) fn contents(&self) -> BTreeSet<Content> {
        self.rows.values().map(|row| row.content).collect()
    }
}
