//! What is known while a folder is open. Void when the connection or the journal fails.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::Timestamp;

use super::listing::Windows;
use super::{Ack, Handover, Listed, Settings, Step, Want};
use crate::ingest::intake::LeftAlone;

/// Where a session stands.
#[derive(Debug)]
pub(super) enum Phase {
    /// The position is to be asked for.
    Start,
    /// First start: the old mails are being counted.
    Survey {
        /// So many until now.
        old: usize,
    },
    /// The folder is to be adopted, without these.
    Adopting(Option<LeftAlone>),
    /// Mails are being taken.
    Working,
}

/// What is known while the folder is open.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) uidvalidity: u32,
    pub(super) epoch: u32,
    pub(super) uidnext: Option<u32>,
    pub(super) exists: u32,
    pub(super) read_only: bool,
    pub(super) old_before: Timestamp,
    pub(super) phase: Phase,
    /// What the server, and the journal, are at.
    pub(super) server: Option<Step>,
    pub(super) store: Option<Step>,
    /// The answer that the server will give belongs to a numbering that is void.
    pub(super) void: bool,
    pub(super) windows: Windows,
    /// Highest UID listed, or the cursor.
    pub(super) seen_through: u32,
    /// The cursor as recorded.
    pub(super) cursor: u32,
    /// Listed, the journal not asked yet; and those of the question under way.
    pub(super) unasked: VecDeque<Listed>,
    pub(super) asked: Vec<Listed>,
    /// To be fetched: in batches, and one by one.
    pub(super) wanted: VecDeque<Want>,
    pub(super) singles: VecDeque<Want>,
    /// Asked for and not got, and whether alone: to be looked at.
    pub(super) doubtful: Vec<(Want, bool)>,
    /// Fetched.
    pub(super) in_hand: Vec<Handover>,
    /// Taken, the server to be told; told, the journal to be told.
    pub(super) acks: BTreeMap<Ack, BTreeSet<u32>>,
    pub(super) acked: BTreeSet<u32>,
    /// Everything listed that is not settled; and of these what has to wait for the next full pass.
    pub(super) open: BTreeSet<u32>,
    pub(super) deferred: BTreeSet<u32>,
    /// Acknowledgements owed, with whether the mail was seen in this session.
    pub(super) owed: BTreeMap<u32, bool>,
    pub(super) left_alone: Option<LeftAlone>,
    pub(super) passed_over: usize,
    /// The folder was adopted in this session, so what is passed over is news.
    pub(super) adopted: bool,
    /// Not tried again before the next full pass.
    pub(super) ack_refused: BTreeSet<Ack>,
    pub(super) wake: Option<bool>,
}

impl Session {
    pub(super) fn new(
        uidvalidity: u32,
        uidnext: Option<u32>,
        exists: u32,
        read_only: bool,
        old_before: Timestamp,
    ) -> Self {
        Self {
            uidvalidity,
            epoch: 0,
            uidnext,
            exists,
            read_only,
            old_before,
            phase: Phase::Start,
            server: None,
            store: None,
            void: false,
            windows: Windows::default(),
            seen_through: 0,
            cursor: 0,
            unasked: VecDeque::new(),
            asked: Vec::new(),
            wanted: VecDeque::new(),
            singles: VecDeque::new(),
            doubtful: Vec::new(),
            in_hand: Vec::new(),
            acks: BTreeMap::new(),
            acked: BTreeSet::new(),
            open: BTreeSet::new(),
            deferred: BTreeSet::new(),
            owed: BTreeMap::new(),
            left_alone: None,
            passed_over: 0,
            adopted: false,
            ack_refused: BTreeSet::new(),
            wake: None,
        }
    }

    /// Highest UID that can be in the folder when it is opened.
    pub(super) fn top(&self) -> Option<u32> {
        self.uidnext.map(|next| next.saturating_sub(1))
    }

    pub(super) fn leave(&self, received_before: Option<Timestamp>) -> Option<LeftAlone> {
        let through = self.top().unwrap_or(u32::MAX);
        received_before.map(|received_before| LeftAlone { through, received_before })
    }

    /// Where a full pass begins.
    pub(super) fn low(&self, settings: &Settings) -> u32 {
        if settings.backlog && self.left_alone.is_some() {
            return 1;
        }
        let swept = self.cursor.saturating_add(1).saturating_sub(settings.sweep);
        let first = [self.open.first(), self.owed.keys().next()].into_iter().flatten().min();
        first.map_or(swept, |uid| swept.min(*uid)).max(1)
    }

    pub(super) fn is_left_alone(&self, listed: &Listed) -> bool {
        self.left_alone.is_some_and(|left| {
            listed.uid <= left.through
                && listed.received.is_some_and(|received| received < left.received_before)
        })
    }

    /// A window was listed.
    pub(super) fn enter(&mut self, listed: &[Listed], (low, high): (u32, Option<u32>), settings: &Settings) {
        let mut absent: BTreeSet<u32> =
            self.deferred.range(low..=high.unwrap_or(u32::MAX).max(low)).copied().collect();
        for one in listed {
            absent.remove(&one.uid);
            self.seen_through = self.seen_through.max(one.uid);
            if let Some(seen) = self.owed.get_mut(&one.uid) {
                *seen = true;
            }
            if !settings.backlog && self.is_left_alone(one) {
                self.passed_over = self.passed_over.saturating_add(1);
            } else if self.open.insert(one.uid) || self.deferred.remove(&one.uid) {
                self.unasked.push_back(*one);
            }
        }
        for uid in absent {
            self.settle(uid);
        }
    }

    /// Nothing is left to be done about this mail, on the server's side.
    pub(super) fn settle(&mut self, uid: u32) {
        self.open.remove(&uid);
        self.deferred.remove(&uid);
        if self.owed.contains_key(&uid) {
            self.acked.insert(uid);
        }
    }

    /// The server is to be told about this mail, if it lets us.
    pub(super) fn owe(&mut self, uid: u32, how: Ack) {
        if self.read_only {
            // It stays open, and so holds the cursor; there is no use in trying again in this session.
        } else if self.ack_refused.contains(&how) {
            self.deferred.insert(uid);
        } else {
            self.acks.entry(how).or_default().insert(uid);
        }
    }

    pub(super) fn nothing_queued(&self) -> bool {
        self.unasked.is_empty()
            && self.wanted.is_empty()
            && self.singles.is_empty()
            && self.doubtful.is_empty()
            && self.in_hand.is_empty()
            && self.acks.is_empty()
            && self.acked.is_empty()
    }

    /// Where the cursor may stand: below everything that is not settled.
    pub(super) fn due_cursor(&self) -> u32 {
        self.open.first().map_or(self.seen_through, |first| self.seen_through.min(first.saturating_sub(1)))
    }

    /// Hands out what the journal is told of acknowledgements and cursor.
    pub(super) fn record(&mut self) -> Step {
        let acked: Vec<u32> = std::mem::take(&mut self.acked).into_iter().collect();
        for uid in &acked {
            self.open.remove(uid);
            self.deferred.remove(uid);
        }
        Step::Record { acked, cursor: self.due_cursor() }
    }

    /// The old stock was asked for and has been taken, all of it.
    pub(super) fn backlog_finished(&self, settings: &Settings) -> bool {
        settings.backlog && self.left_alone.is_some() && self.open.is_empty()
    }
}
