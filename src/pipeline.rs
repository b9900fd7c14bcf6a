//! One mail through all steps, and a timer or a request through the last of them. Read this page first.
//!
//! ```text
//! read (parse, classify, evidence) -> look up -> decide -> render -> commit -> (outbox worker, move the mail)
//! ```
//!
//! The writer holds the pen while it reads and decides: looking up, deciding and writing are one transaction, so what
//! was decided upon cannot have changed, and each mail of a batch sees the results of those before it. Nothing is sent
//! and no server is told anything while the pen is held.

mod ahead;
mod alarm;
mod batch;
mod door;
mod erase;
mod error;
mod explain;
mod group;
mod house;
mod letter;
mod limits;
mod outbox;
mod render;
mod signatures;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use ahead::Stretch;
pub use error::PipelineError;
pub use explain::Explained;
pub use house::House;
pub use letter::{Letter, Reading, read};
pub(crate) use limits::hour_after;

use crate::clock::{Clock, random_seed};
use crate::crash::{self, Point};
use crate::decide::{self, Context, Decision, Effect, Event, Given, Lookup, Request, Unfit};
use crate::ingest::intake::Source;
use crate::store::{self, Applied, Entry, Origin, OutboxRow, Store, StoreError, Writing};

/// Everything that a decision needs, in one place.
#[derive(Debug)]
pub struct Pipeline {
    /// The data folder.
    pub store: Store,
    /// Where the time comes from.
    pub clock: Clock,
    /// Rung when there may be something to send.
    pub outbox: Arc<Notify>,
    /// Rung when a timer may have been set.
    pub timers: Arc<Notify>,
    house: RwLock<Arc<House>>,
    /// Attempts at mails that an error of the store ended, and of which the store could not be told.
    ended: Mutex<Vec<(Source, String)>>,
}

/// So long the pen waits for mails that are being read.
const BREATH: Duration = Duration::from_millis(20);

/// What became of an event.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What was decided.
    pub decision: Decision,
    /// What it became in the store.
    pub applied: Applied,
    /// What became of the mail that it set free.
    pub released: Option<Box<Outcome>>,
}

impl Pipeline {
    /// A pipeline over an open store.
    pub fn new(store: Store, house: House, clock: Clock) -> Self {
        let (outbox, timers) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        Self { store, clock, outbox, timers, house: RwLock::new(Arc::new(house)), ended: Mutex::default() }
    }

    /// The desk as its files say it now.
    pub fn house(&self) -> Arc<House> {
        Arc::clone(&self.house.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Exchanges all files of the desk at once; decisions under way keep what they began with.
    pub fn reload(&self, house: House) {
        *self.house.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(house);
    }

    /// Takes a batch of mails, in one transaction unless one is slow to read; each has its own answer, in the same order.
    ///
    /// # Errors
    /// The store cannot be written at all: nothing of the batch was taken.
    pub async fn take(
        &self,
        letters: Vec<Letter>,
    ) -> Result<Vec<Result<Outcome, PipelineError>>, PipelineError> {
        let (house, count) = (self.house(), letters.len());
        let (reader, mut stretches) = ahead::read(letters, Arc::clone(&house), self.store.clone());
        let mut outcomes = Vec::with_capacity(count);
        let mut trouble = None;
        while let Some(stretch) = stretches.recv().await {
            let written = match stretch {
                Ok(stretch) => self.write(&house, stretch, &mut stretches, &mut outcomes).await,
                Err(error) => Err(error),
            };
            if let Err(error) = written {
                trouble = Some(error);
                break;
            }
        }
        drop(stretches);
        let trouble = if reader.await.is_err() { Some(PipelineError::Panicked) } else { trouble };
        match trouble {
            Some(error) if outcomes.is_empty() => return Err(error),
            // What was committed before it stands.
            Some(error) => outcomes.resize_with(count, || Err(error.of_batch())),
            None => {}
        }
        Ok(outcomes)
    }

    /// Writes a stretch of a batch, and those that are read by the time it is written, in one transaction.
    async fn write(
        &self,
        house: &Arc<House>,
        mut stretch: Stretch,
        stretches: &mut mpsc::Receiver<Result<Stretch, PipelineError>>,
        taken: &mut Vec<Result<Outcome, PipelineError>>,
    ) -> Result<(), PipelineError> {
        let mut writing = self.store.begin().await?;
        let mut outcomes = Vec::with_capacity(stretch.len());
        let unread = loop {
            outcomes.extend(self.all_of_batch(&mut writing, house, &stretch).await?);
            // The reader is ahead unless a mail is hard to read; then the pen is not kept from others.
            stretch = match timeout(BREATH, stretches.recv()).await {
                Ok(Some(Ok(next))) => next,
                // Those before it are none the worse for it.
                Ok(Some(Err(error))) => break Err(error),
                Ok(None) | Err(_) => break Ok(()),
            };
        };
        crash::reach(Point::Decided);
        writing.commit().await?;
        crash::reach(Point::Committed);
        self.ring(outcomes.iter().flatten());
        taken.extend(outcomes);
        unread
    }

    /// Fires a timer that is due, by its row id; `None` if it was fired or taken back in the meantime.
    ///
    /// # Errors
    /// It was not fired and is still due.
    pub async fn fire(&self, timer: i64) -> Result<Option<Outcome>, PipelineError> {
        let mut writing = self.store.begin().await?;
        match writing.fire(timer, self.clock.now()).await? {
            Some(timer) => {
                let entry = Entry::of_event(Origin::Timer, self.clock.now(), "");
                self.take_event(writing, &self.house(), &Event::Timer(timer), &entry).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Takes a request of the operator, or of the program itself.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn request(&self, request: Request) -> Result<Outcome, PipelineError> {
        let writing = self.store.begin().await?;
        let entry = Entry::of_event(Origin::Request, self.clock.now(), "");
        self.take_event(writing, &self.house(), &Event::Request(request), &entry).await
    }

    /// One event in a transaction of its own.
    async fn take_event(
        &self,
        mut writing: Writing,
        house: &Arc<House>,
        event: &Event,
        entry: &Entry,
    ) -> Result<Outcome, PipelineError> {
        let outcome = self.one_of_batch(&mut writing, house, event, entry).await??;
        writing.commit().await?;
        self.ring([&outcome]);
        Ok(outcome)
    }

    /// Look up, decide, render, write; and again for a mail that this one releases.
    async fn one(
        &self,
        writing: &mut Writing,
        house: &Arc<House>,
        event: &Event,
        entry: Entry,
    ) -> Result<Outcome, PipelineError> {
        let mut outcome = match self.step(writing, house, event, entry.clone()).await {
            // A mailbox brings it again, and the third time it goes to the quarantine; others bring it once.
            Err(PipelineError::Panicked) if matches!(entry.origin, Origin::Deliver(_) | Origin::Import) => {
                self.step(writing, house, &unfit(event), entry).await?
            }
            other => other?,
        };
        if let Some(held) = confirmed(&outcome.decision) {
            let (event, entry) = letter::held(writing, house, held, self.clock.now()).await?;
            let released = self.step(writing, house, &event, entry).await?;
            outcome.released = Some(Box::new(released));
        }
        Ok(outcome)
    }

    async fn step(
        &self,
        writing: &mut Writing,
        house: &Arc<House>,
        event: &Event,
        entry: Entry,
    ) -> Result<Outcome, PipelineError> {
        let now = self.clock.now();
        // A mail of long ago is decided as of its own time; it is numbered and journalled now.
        let seed = random_seed().map_err(PipelineError::Chance)?;
        let given = Given { now: decide::dated(event, now), seed, told: false };
        let mut lookup = decide::lookup(event, &house.policy, now);
        if matches!(entry.origin, Origin::Again(_)) {
            // It has its journal row already, and is not its own duplicate.
            (lookup.fingerprint, lookup.signed) = (None, None);
        }
        let context = writing.prefetch(&lookup, now).await?;
        let entry = Entry { journalled: Some(now), ..entry };
        let one = decided(event, entry, &lookup, &context, house, &given)?;
        match writing.apply(&one.decision, &one.entry, &one.mails, &house.policy.desk.states).await {
            Ok(applied) => Ok(Outcome { decision: one.decision, applied, released: None }),
            Err(StoreError::NumberTaken) => {
                let used = last_number(&one.decision).unwrap_or_default();
                Err(PipelineError::NumberTaken { counter: one.entry.counter, used })
            }
            Err(error) => Err(error.into()),
        }
    }

    fn ring<'a>(&self, outcomes: impl IntoIterator<Item = &'a Outcome>) {
        let with_released =
            |outcome: &'a Outcome| std::iter::once(outcome).chain(outcome.released.as_deref());
        for outcome in outcomes.into_iter().flat_map(with_released) {
            crate::journal::decided(&outcome.decision, &outcome.applied);
            if !outcome.applied.outbox.is_empty() {
                self.outbox.notify_one();
            }
            if outcome
                .decision
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::Timer { .. } | Effect::Hold { .. }))
            {
                self.timers.notify_one();
            }
        }
    }
}

/// A decision that is to be written.
struct Decided {
    decision: Decision,
    entry: Entry,
    mails: Vec<OutboxRow>,
}

impl Decided {
    fn part(&self) -> store::Decided<'_> {
        store::Decided { decision: &self.decision, entry: &self.entry, mails: &self.mails }
    }
}

/// Decides and renders: nothing is read or written.
fn decided(
    event: &Event,
    mut entry: Entry,
    lookup: &Lookup,
    context: &Context,
    house: &House,
    given: &Given,
) -> Result<Decided, PipelineError> {
    let pure = || {
        let mut decision = decide::decide(event, context, &house.policy, given);
        let mails = render::render(&mut decision, house, given);
        (decision, mails)
    };
    // The core has no panics that we know of; one that we do not know of must not stop the desk.
    let (decision, mails) = catch_unwind(AssertUnwindSafe(pure)).map_err(|_| PipelineError::Panicked)?;
    letter::complete(&mut entry, lookup, context, &decision, given);
    Ok(Decided { decision, entry, mails })
}

/// The last counter value that a decision uses up.
fn last_number(decision: &Decision) -> Option<u64> {
    let used =
        |effect: &Effect| if let Effect::Create { counter, .. } = effect { Some(*counter) } else { None };
    decision.effects.iter().filter_map(used).max()
}

/// The event with nothing looked into that the program went down with.
fn unfit(event: &Event) -> Event {
    let mut event = event.clone();
    if let Event::Mail(incoming) = &mut event {
        incoming.unfit = Some(Unfit::Crashed(1));
    }
    event
}

/// The held mail that a decision sets free.
fn confirmed(decision: &Decision) -> Option<i64> {
    decision.effects.iter().find_map(|effect| {
        if let Effect::Release { held, confirmed: true } = effect { Some(*held) } else { None }
    })
}
