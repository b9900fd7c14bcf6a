//! Machines that are wrong on purpose. If the simulation does not catch them, it is the simulation that is wrong.

use taquilla::ingest::intake::Taken;
use taquilla::ingest::protocol::{Ack, Input, Machine, Settings, Span, Step};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// The machine as it is.
    None,
    /// Moves mails before the journal has them.
    AckBeforeCommit,
    /// Counts on an acknowledgement that was never sent.
    AckForgotten,
    /// Lets the cursor pass what failed.
    CursorPassesFailed,
    /// Takes a mail that was not given for one that is gone.
    MissingIsGone,
    /// Takes a failed mail for a taken one.
    FailedIsTaken,
    /// Asks for a mail that is never given for ever.
    NeverGivesUp,
    /// Believes that a UID can mean only one mail.
    TrustsUids,
    /// Never looks below the cursor.
    NoSweep,
    /// Answers the old mails of a folder that it sees for the first time.
    TakesOldStock,
    /// The journal's key lacks UIDVALIDITY.
    KeyWithoutUidvalidity,
    /// The journal has no second key.
    NoSecondKey,
}

pub(crate) struct Suspect {
    machine: Machine,
    flaw: Flaw,
    /// A step that waits while a wrong one is made.
    held: Option<Step>,
    /// The answer under way is to a wrong step.
    wrong: bool,
    highest: u32,
    missing: Vec<u32>,
}

impl Suspect {
    pub(crate) fn new(mut settings: Settings, flaw: Flaw) -> Self {
        match flaw {
            Flaw::NeverGivesUp => settings.tries = u32::MAX,
            Flaw::NoSweep => settings.sweep = 0,
            Flaw::TakesOldStock => settings.first_start_mails = usize::MAX,
            _ => {}
        }
        Self {
            machine: Machine::new(settings),
            flaw,
            held: None,
            wrong: false,
            highest: 0,
            missing: Vec::new(),
        }
    }

    pub(crate) fn numbering(&self) -> (u32, u32) {
        self.machine.numbering().unwrap_or_default()
    }

    pub(crate) fn at_rest(&self) -> bool {
        self.held.is_none() && !self.wrong && self.machine.at_rest()
    }

    pub(crate) fn disconnected(&mut self) {
        self.held = None;
        self.wrong = false;
        self.highest = 0;
        self.missing.clear();
        self.machine.disconnected("connection lost");
    }

    pub(crate) fn step(&mut self) -> Option<Step> {
        if self.wrong {
            return None;
        }
        if let Some(step) = self.held.take() {
            return Some(step);
        }
        let step = self.machine.step()?;
        match (self.flaw, step) {
            (Flaw::AckBeforeCommit, Step::Take(batch)) => {
                let uids = batch.iter().map(|handover| handover.want.uid).collect();
                self.held = Some(Step::Take(batch));
                self.wrong = true;
                Some(Step::Ack { uids, how: Ack::Move("Processed".into()) })
            }
            (Flaw::AckForgotten, Step::Ack { .. }) => {
                self.machine.input(Input::Acked(Ok(())));
                self.step()
            }
            (Flaw::CursorPassesFailed, Step::Record { acked, .. }) => {
                Some(Step::Record { acked, cursor: self.highest })
            }
            (Flaw::MissingIsGone, Step::List(Span::Set(_))) => {
                self.machine.input(Input::Listed(Vec::new()));
                self.step()
            }
            (_, step) => Some(step),
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        let input = match (self.flaw, input) {
            (Flaw::AckBeforeCommit, Input::Acked(_)) if self.wrong => {
                self.wrong = false;
                return;
            }
            (Flaw::TrustsUids, Input::Opened { uidvalidity, exists, read_only, old_before, .. }) => {
                Input::Opened { uidvalidity, uidnext: None, exists, read_only, old_before }
            }
            (Flaw::TrustsUids, Input::Known(mut known)) => {
                known.iter_mut().for_each(|one| one.received = None);
                Input::Known(known)
            }
            (Flaw::CursorPassesFailed, Input::Listed(listed)) => {
                self.highest = listed.iter().map(|one| one.uid).fold(self.highest, u32::max);
                Input::Listed(listed)
            }
            (Flaw::FailedIsTaken, Input::Taken(taken)) => Input::Taken(
                taken
                    .into_iter()
                    .map(|one| match one {
                        Taken::Failed { uid } => {
                            Taken::Yes { uid, after: taquilla::ingest::intake::AfterTaking::Default }
                        }
                        yes => yes,
                    })
                    .collect(),
            ),
            (_, input) => input,
        };
        self.machine.input(input);
    }
}
