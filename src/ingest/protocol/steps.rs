//! What is done next. Order matters here and nowhere else: the journal's side is emptied first, so that mails do not
//! pile up in memory, and a mail that makes trouble waits until the others are through.

use super::session::{Phase, Session};
use super::{Machine, Settings, Span, Step, batch};

/// Longest question to the journal.
const QUESTION: usize = 1_000;
/// So many acknowledgements are collected while there is mail to fetch; and most that go into one command.
const ACKS: usize = 100;
/// With so many mails waiting to be fetched, no more are listed.
const AHEAD: usize = 2_000;

impl Machine {
    /// What to do next, beside what is under way; `None` until something is answered.
    pub fn step(&mut self) -> Option<Step> {
        if let Some(condition) = self.reports.pop_front() {
            return Some(Step::Report(condition));
        }
        let session = self.session.as_mut()?;
        let winding_down = self.winding_down;
        if session.store.is_none()
            && let Some(step) = session.store_step(&self.settings, winding_down)
        {
            session.store = Some(step.clone());
            return Some(step);
        }
        if session.server.is_none()
            && let Some(step) =
                if winding_down { session.ack(1) } else { session.server_step(&self.settings) }
        {
            session.server = Some(step.clone());
            return Some(step);
        }
        None
    }
}

impl Session {
    fn store_step(&mut self, settings: &Settings, winding_down: bool) -> Option<Step> {
        match &self.phase {
            _ if winding_down => self.last_store_step(),
            Phase::Start => Some(Step::AskPosition { uidvalidity: self.uidvalidity }),
            Phase::Adopting(left_alone) => Some(Step::Adopt { epoch: self.epoch, left_alone: *left_alone }),
            Phase::Survey { .. } => None,
            Phase::Working => self.working_store_step(settings),
        }
    }

    fn last_store_step(&mut self) -> Option<Step> {
        if !self.in_hand.is_empty() {
            return Some(Step::Take(std::mem::take(&mut self.in_hand)));
        }
        (!self.acked.is_empty()).then(|| self.record())
    }

    fn working_store_step(&mut self, settings: &Settings) -> Option<Step> {
        if !self.in_hand.is_empty() {
            return Some(Step::Take(std::mem::take(&mut self.in_hand)));
        }
        if !self.unasked.is_empty() && self.wanted.len() < AHEAD {
            let count = self.unasked.len().min(QUESTION);
            self.asked = self.unasked.drain(..count).collect();
            return Some(Step::AskKnown(self.asked.iter().map(|listed| listed.uid).collect()));
        }
        if !self.acked.is_empty() {
            return Some(self.record());
        }
        // The cursor alone is written when there is nothing better to do.
        let idle = self.server.is_none() && self.windows.is_done() && self.nothing_queued();
        if idle && self.due_cursor() != self.cursor {
            return Some(self.record());
        }
        (idle && self.backlog_finished(settings))
            .then_some(Step::Adopt { epoch: self.epoch, left_alone: None })
    }

    fn server_step(&mut self, settings: &Settings) -> Option<Step> {
        match self.phase {
            Phase::Survey { .. } => self.windows.span().map(Step::List),
            Phase::Working => self
                .look()
                .or_else(|| self.ack(ACKS))
                .or_else(|| self.fetch(settings))
                .or_else(|| self.list())
                .or_else(|| self.ack(1))
                .or_else(|| self.fetch_alone(settings)),
            Phase::Start | Phase::Adopting(_) => None,
        }
    }

    fn look(&self) -> Option<Step> {
        let mut uids: Vec<u32> = self.doubtful.iter().map(|(want, _)| want.uid).collect();
        uids.sort_unstable();
        (!uids.is_empty()).then_some(Step::List(Span::Set(uids)))
    }

    fn ack(&mut self, at_least: usize) -> Option<Step> {
        let how = self.acks.iter().find(|(_, uids)| uids.len() >= at_least)?.0.clone();
        let mut uids = self.acks.remove(&how)?;
        if let Some(rest) = uids.iter().nth(ACKS).copied() {
            self.acks.insert(how.clone(), uids.split_off(&rest));
        }
        Some(Step::Ack { uids: uids.into_iter().collect(), how })
    }

    /// One batch may be fetched while another is being taken, if both are small; a large mail has the place to itself.
    fn fetch(&mut self, settings: &Settings) -> Option<Step> {
        if !self.in_hand.is_empty() {
            return None;
        }
        let room = match &self.store {
            Some(Step::Take(taking)) => {
                let weight: u64 = taking.iter().map(|handover| batch::weight(&handover.want)).sum();
                (settings.batch_bytes.saturating_mul(2)).saturating_sub(weight)
            }
            Some(_) | None => u64::MAX,
        };
        let wants = batch::next(&mut self.wanted, room, settings);
        (!wants.is_empty()).then_some(Step::Fetch(wants))
    }

    /// A mail that may end the connection waits until the journal has nothing left to do, and the server knows of it.
    fn fetch_alone(&mut self, settings: &Settings) -> Option<Step> {
        if self.store.is_some() || !self.in_hand.is_empty() {
            return None;
        }
        let alone = Settings { batch_mails: 1, ..settings.clone() };
        let wants = batch::next(&mut self.singles, u64::MAX, &alone);
        (!wants.is_empty()).then_some(Step::Fetch(wants))
    }

    fn list(&self) -> Option<Step> {
        let ahead = self.wanted.len().saturating_add(self.unasked.len());
        if ahead >= AHEAD { None } else { self.windows.span().map(Step::List) }
    }
}
