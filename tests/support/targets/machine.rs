//! Events in any order to the machine of one folder: whatever a server and a journal say, mails are acknowledged only
//! after the journal has them, nothing grows, and there is an end.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use jiff::Timestamp;
use taquilla::config::mailbox::AfterCommit;
use taquilla::ingest::intake::{AfterTaking, Known, LeftAlone, Position, Taken};
use taquilla::ingest::protocol::{Input, Listed, Machine, Settings, Step};

/// Steps without an answer between them: more means that the machine goes round in a circle.
const ROUND: usize = 1_000;

pub(super) fn run(octets: &[u8]) {
    let mut of = Unstructured::new(octets);
    // The end of the octets is the end of the course.
    let _ended = course(&mut of);
}

/// What the driver knows: what is under way, and what the journal said it has.
#[derive(Default)]
struct Driver {
    server: Option<Step>,
    store: Option<Step>,
    journalled: BTreeSet<u32>,
}

fn course(of: &mut Unstructured<'_>) -> Result<()> {
    let after = match of.int_in_range(0..=3)? {
        0 => AfterCommit::Keep,
        1 => AfterCommit::Flag("Processed".into()),
        2 => AfterCommit::Delete,
        _ => AfterCommit::Move("Processed".into()),
    };
    let settings = Settings {
        backlog: of.arbitrary()?,
        batch_mails: of.int_in_range(1..=5)?,
        batch_bytes: of.int_in_range(0..=5_000)?,
        piece_bytes: of.int_in_range(1..=2_000)?,
        max_mail_bytes: of.int_in_range(0..=10_000)?,
        tries: of.int_in_range(1..=3)?,
        first_start_mails: of.int_in_range(0..=4)?,
        sweep: of.int_in_range(0..=u32::MAX)?,
        ..Settings::new("INBOX", after)
    };
    let batch = settings.batch_mails;
    let mut machine = Machine::new(settings);
    let mut driver = Driver::default();
    while !of.is_empty() {
        driver.steps(&mut machine, batch);
        match of.int_in_range(0..=11)? {
            0 => {
                driver = Driver::default();
                machine.disconnected("cut");
            }
            1 => {
                driver = Driver::default();
                machine.input(Input::Opened {
                    uidvalidity: of.int_in_range(0..=2)?,
                    uidnext: of.arbitrary()?,
                    exists: of.arbitrary()?,
                    read_only: of.ratio(1, 8)?,
                    old_before: time(of)?,
                });
            }
            2 => machine.input(Input::Wake { full: of.arbitrary()? }),
            3 if of.ratio(1, 8)? => machine.wind_down(),
            // An answer that nobody asked for, or the wrong one.
            4 => {
                let input = any(of)?;
                driver.forget(&input);
                machine.input(input);
            }
            5..=7 => {
                if let Some(step) = driver.store.take() {
                    let input = driver.journal(&step, of)?;
                    machine.input(input);
                }
            }
            _ => {
                if let Some(step) = driver.server.take() {
                    machine.input(serve(&step, of)?);
                }
            }
        }
        let _rest = (machine.at_rest(), machine.deferred(), machine.numbering());
    }
    driver.steps(&mut machine, batch);
    Ok(())
}

impl Driver {
    fn steps(&mut self, machine: &mut Machine, batch: usize) {
        for round in 0.. {
            assert!(round < ROUND, "the machine goes round in a circle");
            let Some(step) = machine.step() else { return };
            match &step {
                Step::Report(condition) => drop(condition.to_string()),
                Step::List(_) | Step::Fetch(_) | Step::Ack { .. } => {
                    assert!(self.server.is_none(), "{step:?} while {:?}", self.server);
                    if let Step::Fetch(wants) = &step {
                        assert!(!wants.is_empty() && wants.len() <= batch, "{} mails at once", wants.len());
                    }
                    if let Step::Ack { uids, .. } = &step {
                        assert!(uids.is_sorted() && !uids.is_empty());
                        let early = uids.iter().find(|uid| !self.journalled.contains(uid));
                        assert!(early.is_none(), "{early:?} is acknowledged and not in the journal");
                    }
                    self.server = Some(step);
                }
                Step::AskPosition { .. }
                | Step::Adopt { .. }
                | Step::AskKnown(_)
                | Step::Take(_)
                | Step::Record { .. } => {
                    assert!(self.store.is_none(), "{step:?} while {:?}", self.store);
                    self.store = Some(step);
                }
            }
        }
    }

    /// The answer of a journal.
    fn journal(&mut self, step: &Step, of: &mut Unstructured<'_>) -> Result<Input> {
        Ok(match step {
            Step::AskPosition { .. } => Input::Position(position(of)?),
            Step::Adopt { .. } => {
                self.journalled.clear();
                Input::Adopted
            }
            Step::AskKnown(uids) => {
                let mut known = Vec::new();
                for uid in uids.iter().take(50) {
                    if of.ratio(1, 3)? {
                        self.journalled.insert(*uid);
                        known.push(Known { uid: *uid, after: after(of)?, received: received(of)? });
                    }
                }
                Input::Known(known)
            }
            Step::Take(batch) => {
                let mut taken = Vec::new();
                for one in batch {
                    let uid = one.want.uid;
                    if of.ratio(2, 3)? {
                        self.journalled.insert(uid);
                        taken.push(Taken::Yes { uid, after: after(of)? });
                    } else if of.arbitrary()? {
                        taken.push(Taken::Failed { uid });
                    }
                }
                Input::Taken(taken)
            }
            _ => Input::Recorded,
        })
    }

    /// A journal that says what it was not asked for has it all the same.
    fn forget(&mut self, input: &Input) {
        match input {
            Input::Known(known) => self.journalled.extend(known.iter().map(|one| one.uid)),
            Input::Taken(taken) => self.journalled.extend(taken.iter().filter_map(|one| match one {
                Taken::Yes { uid, .. } => Some(*uid),
                Taken::Failed { .. } => None,
            })),
            Input::Opened { .. } => self.journalled.clear(),
            _ => {}
        }
        let server = matches!(input, Input::Listed(_) | Input::Fetched { .. } | Input::Acked(_));
        let store = matches!(
            input,
            Input::Position(_) | Input::Adopted | Input::Known(_) | Input::Taken(_) | Input::Recorded
        );
        if server || matches!(input, Input::Opened { .. }) {
            self.server = None;
        }
        if store || matches!(input, Input::Opened { .. }) {
            self.store = None;
        }
    }
}

fn serve(step: &Step, of: &mut Unstructured<'_>) -> Result<Input> {
    Ok(match step {
        Step::Fetch(wants) => {
            let mut got = Vec::new();
            for want in wants {
                if of.ratio(3, 4)? {
                    got.push(want.uid);
                }
            }
            Input::Fetched { got, refused: of.ratio(1, 6)?.then(|| "NO".to_owned()) }
        }
        Step::Ack { .. } => Input::Acked(if of.ratio(1, 4)? { Err("NO".to_owned()) } else { Ok(()) }),
        _ => Input::Listed(listing(of)?),
    })
}

fn any(of: &mut Unstructured<'_>) -> Result<Input> {
    Ok(match of.int_in_range(0..=8)? {
        0 => Input::Listed(listing(of)?),
        1 => Input::Fetched { got: few(of)?, refused: None },
        2 => Input::Acked(Ok(())),
        3 => Input::Position(position(of)?),
        4 => Input::Adopted,
        5 => {
            let uid = of.int_in_range(0..=9)?;
            Input::Known(vec![Known { uid, after: after(of)?, received: received(of)? }])
        }
        6 => Input::Taken(vec![Taken::Yes { uid: of.int_in_range(0..=9)?, after: after(of)? }]),
        7 => Input::Acked(Err("NO".to_owned())),
        _ => Input::Recorded,
    })
}

fn listing(of: &mut Unstructured<'_>) -> Result<Vec<Listed>> {
    let mut lines = Vec::new();
    for uid in few(of)? {
        lines.push(Listed {
            uid,
            size: of.int_in_range(0..=20_000)?,
            received: received(of)?,
            deleted: of.ratio(1, 6)?,
            flagged: of.ratio(1, 6)?,
        });
    }
    Ok(lines)
}

/// UIDs, mostly small and rising, sometimes none of both.
fn few(of: &mut Unstructured<'_>) -> Result<Vec<u32>> {
    let mut uids = Vec::new();
    for _ in 0..of.int_in_range(0..=12)? {
        uids.push(if of.ratio(1, 10)? { of.arbitrary()? } else { of.int_in_range(0..=20)? });
    }
    if of.ratio(9, 10)? {
        uids.sort_unstable();
        uids.dedup();
    }
    Ok(uids)
}

fn position(of: &mut Unstructured<'_>) -> Result<Position> {
    Ok(match of.int_in_range(0..=2)? {
        0 => Position::FirstStart,
        1 => Position::Renumbered { leave_before: received(of)? },
        _ => Position::Known {
            epoch: of.arbitrary()?,
            cursor: if of.ratio(1, 10)? { of.arbitrary()? } else { of.int_in_range(0..=20)? },
            owed: few(of)?,
            left_alone: match received(of)? {
                Some(received_before) => {
                    Some(LeftAlone { through: of.int_in_range(0..=20)?, received_before })
                }
                None => None,
            },
        },
    })
}

fn after(of: &mut Unstructured<'_>) -> Result<AfterTaking> {
    Ok(match of.int_in_range(0..=5)? {
        0 => AfterTaking::Keep,
        1 => AfterTaking::MoveTo("INBOX".to_owned()),
        2 => AfterTaking::MoveTo("Spam".to_owned()),
        _ => AfterTaking::Default,
    })
}

fn time(of: &mut Unstructured<'_>) -> Result<Timestamp> {
    Ok(Timestamp::from_second(of.int_in_range(0..=3)?).unwrap_or_default())
}

fn received(of: &mut Unstructured<'_>) -> Result<Option<Timestamp>> {
    if of.ratio(1, 8)? { Ok(None) } else { time(of).map(Some) }
}
