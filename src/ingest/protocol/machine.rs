//! The state of the machine, and what each answer does to it. What is done next is chosen in `steps.rs`.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::listing::Windows;
use super::session::{Phase, Session};
use super::{Ack, Extent, Handover, Input, Listed, Settings, Span, Step, Want, batch};
use crate::config::mailbox::AfterCommit;
use crate::ingest::intake::{AfterTaking, Condition, Known, Position, Taken};

/// The machine for one folder. It outlives sessions: what failed in one is suspected in the next.
#[derive(Debug)]
pub struct Machine {
    pub(super) settings: Settings,
    pub(super) reports: VecDeque<Condition>,
    pub(super) session: Option<Session>,
    suspects: Suspects,
    /// What was reported and lasts: a read-only folder, refused acknowledgements.
    read_only: bool,
    refused: BTreeSet<Ack>,
    pub(super) winding_down: bool,
}

/// Mails that were asked for when something went wrong, and how often that happened to them alone.
#[derive(Debug, Default)]
struct Suspects {
    /// UIDVALIDITY and epoch under which the UIDs count.
    numbering: (u32, u32),
    failures: BTreeMap<u32, u32>,
    reason: String,
}

impl Machine {
    /// A machine that waits for [`Input::Opened`].
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            reports: VecDeque::new(),
            session: None,
            suspects: Suspects::default(),
            read_only: false,
            refused: BTreeSet::new(),
            winding_down: false,
        }
    }

    /// UIDVALIDITY and epoch of the open folder.
    pub fn numbering(&self) -> Option<(u32, u32)> {
        self.session.as_ref().map(|session| (session.uidvalidity, session.epoch))
    }

    /// True if the folder is open and there is nothing to do but to wait for [`Input::Wake`].
    pub fn at_rest(&self) -> bool {
        let Some(session) = &self.session else { return false };
        matches!(session.phase, Phase::Working)
            && self.reports.is_empty()
            && session.server.is_none()
            && session.store.is_none()
            && session.windows.is_done()
            && session.nothing_queued()
            && session.due_cursor() == session.cursor
            && !session.backlog_finished(&self.settings)
    }

    /// The daemon stops: nothing new is begun, and what is in hand is brought to its end. Then nothing is under way and
    /// [`Self::step`] gives nothing.
    pub fn wind_down(&mut self) {
        self.winding_down = true;
    }

    /// How many mails failed in this session and wait for the next full pass.
    pub fn deferred(&self) -> usize {
        self.session.as_ref().map_or(0, |session| session.deferred.len())
    }

    /// The session is over, by failure of the connection or of the journal, or because the daemon stops. Whatever was
    /// under way has an unknown end; the journal and the next listing will tell.
    pub fn disconnected(&mut self, reason: &str) {
        let Some(session) = self.session.take() else { return };
        if let Some(Step::Fetch(wants)) = session.server
            && !session.void
        {
            self.suspects.reason = reason.to_owned();
            let alone = u32::from(wants.len() == 1);
            for want in wants {
                *self.suspects.failures.entry(want.uid).or_insert(0) += alone;
            }
        }
    }

    /// Something happened. An answer to nothing that was asked is ignored.
    pub fn input(&mut self, input: Input) {
        match input {
            Input::Opened { uidvalidity, uidnext, exists, read_only, old_before } => {
                if read_only && !self.read_only {
                    self.reports.push_back(Condition::ReadOnly { folder: self.settings.folder.clone() });
                }
                self.read_only = read_only;
                self.session = Some(Session::new(uidvalidity, uidnext, exists, read_only, old_before));
            }
            Input::Wake { full } => {
                if let Some(session) = &mut self.session {
                    session.wake = Some(full || session.wake == Some(true));
                }
                self.wake_if_at_rest();
                return;
            }
            Input::Listed(listed) => self.server_answer(|machine, step| machine.listed(step, listed)),
            Input::Fetched { got, refused } => {
                self.server_answer(|machine, step| machine.fetched(step, &got, refused));
            }
            Input::Acked(result) => self.server_answer(|machine, step| machine.acked(step, result)),
            Input::Position(position) => self.store_answer(|machine, step| machine.position(step, position)),
            Input::Adopted => self.store_answer(|machine, step| machine.adopted(step)),
            Input::Known(known) => self.store_answer(|machine, step| machine.known(step, &known)),
            Input::Taken(taken) => self.store_answer(|machine, step| machine.taken(step, &taken)),
            Input::Recorded => self.store_answer(|machine, step| machine.recorded(step)),
        }
        self.wake_if_at_rest();
    }

    fn server_answer(&mut self, then: impl FnOnce(&mut Self, Step)) {
        let Some(session) = &mut self.session else { return };
        let Some(step) = session.server.take() else { return };
        if !std::mem::take(&mut session.void) {
            then(self, step);
        }
    }

    fn store_answer(&mut self, then: impl FnOnce(&mut Self, Step)) {
        let step = self.session.as_mut().and_then(|session| session.store.take());
        if let Some(step) = step {
            then(self, step);
        }
    }

    fn wake_if_at_rest(&mut self) {
        if !self.at_rest() {
            return;
        }
        let Some(session) = &mut self.session else { return };
        let next = session.seen_through.saturating_add(1);
        session.windows = match session.wake.take() {
            Some(true) => {
                session.ack_refused.clear();
                Windows::with_tail(session.low(&self.settings), session.seen_through)
            }
            Some(false) => Windows::new(next, None),
            None => return,
        };
    }

    fn position(&mut self, step: Step, position: Position) {
        let (Some(session), Step::AskPosition { .. }) = (&mut self.session, step) else { return };
        let folder = self.settings.folder.clone();
        match position {
            Position::FirstStart if session.exists as usize > self.settings.first_start_mails => {
                session.phase = Phase::Survey { old: 0 };
                session.windows = Windows::new(1, session.top());
            }
            Position::FirstStart => session.phase = Phase::Adopting(None),
            Position::Renumbered { leave_before } => {
                self.reports.push_back(Condition::Renumbered { folder });
                session.phase = Phase::Adopting(session.leave(leave_before));
            }
            Position::Known { epoch, cursor, owed, left_alone } => {
                session.epoch = epoch;
                session.left_alone = left_alone;
                // UIDNEXT never falls (RFC 3501, section 2.3.1.1), except when an older state is put back.
                if session.top().is_some_and(|top| top < cursor) {
                    self.rewound();
                    return;
                }
                session.owed = owed.into_iter().map(|uid| (uid, false)).collect();
                self.begin(cursor);
            }
        }
    }

    /// The server gives used UIDs to other mails: nothing that is remembered of them holds.
    fn rewound(&mut self) {
        let Some(session) = &mut self.session else { return };
        self.reports.push_back(Condition::Rewound { folder: self.settings.folder.clone() });
        let leave = session.leave(session.left_alone.map(|left| left.received_before));
        let mut fresh = Session::new(
            session.uidvalidity,
            session.uidnext,
            session.exists,
            session.read_only,
            session.old_before,
        );
        fresh.epoch = session.epoch.saturating_add(1);
        fresh.phase = Phase::Adopting(leave);
        fresh.void = session.server.is_some();
        fresh.server = session.server.take();
        fresh.wake = session.wake;
        *session = fresh;
    }

    fn adopted(&mut self, step: Step) {
        let (Some(session), Step::Adopt { left_alone, .. }) = (&mut self.session, step) else { return };
        session.left_alone = left_alone;
        if matches!(session.phase, Phase::Adopting(_)) {
            session.adopted = true;
            self.begin(0);
        }
    }

    fn begin(&mut self, cursor: u32) {
        let Some(session) = &mut self.session else { return };
        let numbering = (session.uidvalidity, session.epoch);
        if self.suspects.numbering != numbering {
            self.suspects = Suspects { numbering, ..Suspects::default() };
        }
        session.cursor = cursor;
        session.seen_through = cursor;
        session.phase = Phase::Working;
        session.windows = Windows::new(session.low(&self.settings), session.top());
    }

    fn listed(&mut self, step: Step, listed: Vec<Listed>) {
        let Some(session) = &mut self.session else { return };
        match step {
            Step::List(Span::Set(_)) => self.looked_at(&listed),
            Step::List(Span::Range(low, high)) => {
                let within = low..=high.unwrap_or(u32::MAX);
                let listed: Vec<Listed> =
                    listed.into_iter().filter(|one| within.contains(&one.uid)).collect();
                session.windows.listed(listed.len());
                match &mut session.phase {
                    Phase::Survey { old } => {
                        let before = session.old_before;
                        let is_old = |one: &&Listed| one.received.is_some_and(|received| received < before);
                        *old = old.saturating_add(listed.iter().filter(is_old).count());
                        let many = *old > self.settings.first_start_mails;
                        if many || session.windows.is_done() {
                            let leave = session.leave(many.then_some(before));
                            session.phase = Phase::Adopting(leave);
                        }
                    }
                    Phase::Working => session.enter(&listed, (low, high), &self.settings),
                    Phase::Start | Phase::Adopting(_) => {}
                }
                self.end_of_pass();
            }
            Step::Fetch(_)
            | Step::Ack { .. }
            | Step::AskPosition { .. }
            | Step::Adopt { .. }
            | Step::AskKnown(_)
            | Step::Take(_)
            | Step::Record { .. }
            | Step::Report(_) => {}
        }
    }

    fn end_of_pass(&mut self) {
        let Some(session) = &mut self.session else { return };
        if !session.windows.is_done() || !matches!(session.phase, Phase::Working) {
            return;
        }
        // What is owed to a mail that is no longer there is paid.
        let gone: Vec<u32> = session.owed.iter().filter(|(_, seen)| !**seen).map(|(uid, _)| *uid).collect();
        for uid in gone {
            session.owed.remove(&uid);
            session.acked.insert(uid);
        }
        if std::mem::take(&mut session.adopted) && session.passed_over > 0 {
            let folder = self.settings.folder.clone();
            self.reports.push_back(Condition::BacklogLeftAlone { folder, mails: session.passed_over });
        }
    }

    /// Mails that were not given: which of them are there at all?
    fn looked_at(&mut self, listed: &[Listed]) {
        let Some(session) = &mut self.session else { return };
        for (mut want, alone) in std::mem::take(&mut session.doubtful) {
            if !listed.iter().any(|one| one.uid == want.uid) {
                session.settle(want.uid);
                self.suspects.failures.remove(&want.uid);
                continue;
            }
            let failures = self.suspects.failures.entry(want.uid).or_insert(0);
            *failures += u32::from(alone);
            if want.extent == Extent::LastResort {
                let unfetchable = Some(self.suspects.reason.clone());
                session.in_hand.push(Handover { want, unfetchable });
            } else if *failures >= self.settings.tries {
                want.extent = Extent::LastResort;
                session.singles.push_back(want);
            } else if alone {
                session.deferred.insert(want.uid);
            } else {
                session.singles.push_back(want);
            }
        }
    }

    fn fetched(&mut self, step: Step, got: &[u32], refused: Option<String>) {
        let (Some(session), Step::Fetch(wants)) = (&mut self.session, step) else { return };
        let alone = wants.len() == 1;
        for want in wants {
            if !got.contains(&want.uid) {
                session.doubtful.push((want, alone));
                continue;
            }
            let last = want.extent == Extent::LastResort;
            let unfetchable = last.then(|| self.suspects.reason.clone());
            if !last {
                self.suspects.failures.remove(&want.uid);
            }
            session.in_hand.push(Handover { want, unfetchable });
        }
        if !session.doubtful.is_empty() {
            self.suspects.reason =
                refused.unwrap_or_else(|| "the server lists the mail and does not give it".into());
        }
    }

    fn known(&mut self, step: Step, known: &[Known]) {
        let (Some(session), Step::AskKnown(_)) = (&mut self.session, step) else { return };
        let known: BTreeMap<u32, &Known> = known.iter().map(|one| (one.uid, one)).collect();
        for listed in std::mem::take(&mut session.asked) {
            let Some(before) = known.get(&listed.uid) else {
                let mut want = batch::want(&listed, session.is_left_alone(&listed), &self.settings);
                match self.suspects.failures.get(&listed.uid) {
                    None => session.wanted.push_back(want),
                    Some(failures) if *failures < self.settings.tries => session.singles.push_back(want),
                    Some(failures) if *failures == self.settings.tries => {
                        want.extent = Extent::LastResort;
                        session.singles.push_back(want);
                    }
                    Some(_) => {
                        want.extent = Extent::LastResort;
                        let unfetchable = Some(self.suspects.reason.clone());
                        session.in_hand.push(Handover { want, unfetchable });
                    }
                }
                continue;
            };
            if let (Some(then), Some(now)) = (before.received, listed.received)
                && then != now
            {
                self.rewound();
                return;
            }
            match ack_for(&before.after, &self.settings) {
                Some(Ack::Flag(_)) if listed.flagged => session.settle(listed.uid),
                Some(how) if !listed.deleted => session.owe(listed.uid, how),
                Some(_) | None => session.settle(listed.uid),
            }
        }
        // What failed least often comes first, so that the worst one holds up nobody.
        let failures = |want: &Want| self.suspects.failures.get(&want.uid).copied().unwrap_or(0);
        session.singles.make_contiguous().sort_by_key(failures);
    }

    fn taken(&mut self, step: Step, taken: &[Taken]) {
        let (Some(session), Step::Take(batch)) = (&mut self.session, step) else { return };
        for Handover { want, unfetchable } in batch {
            let answer = taken.iter().find_map(|one| match one {
                Taken::Yes { uid, after } if *uid == want.uid => Some(after),
                Taken::Yes { .. } | Taken::Failed { .. } => None,
            });
            let Some(after) = answer else {
                session.deferred.insert(want.uid);
                continue;
            };
            if let Some(reason) = unfetchable {
                self.suspects.failures.remove(&want.uid);
                let folder = self.settings.folder.clone();
                self.reports.push_back(Condition::Unfetchable { folder, uid: want.uid, reason });
            }
            match ack_for(after, &self.settings) {
                Some(how) => {
                    session.owed.insert(want.uid, true);
                    session.owe(want.uid, how);
                }
                None => {
                    session.acked.insert(want.uid);
                }
            }
        }
    }

    fn acked(&mut self, step: Step, result: Result<(), String>) {
        let (Some(session), Step::Ack { uids, how }) = (&mut self.session, step) else { return };
        match result {
            Ok(()) => {
                session.acked.extend(uids);
                self.refused.remove(&how);
            }
            Err(answer) => {
                session.deferred.extend(uids);
                session.ack_refused.insert(how.clone());
                if self.refused.insert(how) {
                    let folder = self.settings.folder.clone();
                    self.reports.push_back(Condition::AckRefused { folder, answer });
                }
            }
        }
    }

    fn recorded(&mut self, step: Step) {
        if let (Some(session), Step::Record { acked, cursor }) = (&mut self.session, step) {
            for uid in acked {
                session.owed.remove(&uid);
            }
            session.cursor = cursor;
        }
    }
}

/// What the server is to be told of a mail; `None` if nothing.
fn ack_for(after: &AfterTaking, settings: &Settings) -> Option<Ack> {
    match (after, &settings.after) {
        (AfterTaking::Keep, _) | (AfterTaking::Default, AfterCommit::Keep) => None,
        (AfterTaking::MoveTo(folder), _) | (AfterTaking::Default, AfterCommit::Move(folder)) => {
            (*folder != settings.folder).then(|| Ack::Move(folder.clone()))
        }
        (AfterTaking::Default, AfterCommit::Flag(keyword)) => Some(Ack::Flag(keyword.clone())),
        (AfterTaking::Default, AfterCommit::Delete) => Some(Ack::Delete),
    }
}
