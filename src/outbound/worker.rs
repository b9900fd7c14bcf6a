//! Takes due mails out of the outbox and gives them to the SMTP server over a few connections, until told to stop.
//!
//! One task hands out, in the order in which mails fell due and no faster than the rate; each connection has a task
//! that sends. When there is no connection to be had, all of them pause together.

mod gate;
mod lane;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::outbox::Outbox;
use crate::clock::Clock;
use crate::config::smtp::SmtpSettings;
use crate::store::DueMail;
use gate::Gate;
use lane::{Count, Lane};

/// Longest time between two looks at the outbox, whatever was said about the next due mail.
const LOOK: Duration = Duration::from_secs(30);
/// How often what is held over a cap is looked at.
const RELEASE: Duration = Duration::from_secs(20);
/// Pause after the outbox did not answer.
const PAUSE: Duration = Duration::from_secs(5);
/// Mails taken at a time, for each connection: few, because an operator cannot drop what was taken.
const TAKEN: usize = 4;

/// What [`Worker::drain`] achieved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Drained {
    /// Mails that the server took over.
    pub accepted: u64,
    /// Why there was no connection, where there was none; mails are left.
    pub trouble: Option<String>,
}

/// The outbox worker.
pub struct Worker<O> {
    shared: Arc<Shared<O>>,
}

/// What the hand-out and the lanes have in common.
struct Shared<O> {
    settings: SmtpSettings,
    outbox: Arc<O>,
    clock: Clock,
    seed: u64,
    gate: Gate,
    /// Rung by a lane that put a mail back: when the next one is due was reckoned without it.
    put_back: Notify,
}

impl<O: Outbox> Worker<O> {
    /// A worker of the machine's clock. Chance (the spread of retries) comes from the seed.
    pub fn new(settings: SmtpSettings, outbox: Arc<O>, seed: u64) -> Self {
        let gate = Gate::new(seed);
        Self {
            shared: Arc::new(Shared {
                settings,
                outbox,
                clock: Clock::System,
                seed,
                gate,
                put_back: Notify::new(),
            }),
        }
    }

    /// Sends what is due, waits for more, until `stopping` says true; then what is in hand is finished.
    pub async fn run(self, mut stopping: watch::Receiver<bool>) {
        self.tidy_up(&mut stopping).await;
        while !*stopping.borrow() {
            self.pass(&mut stopping, false).await;
        }
    }

    /// Sends what is due now, and what falls due because of it, as far as the server allows.
    pub async fn drain(self, mut stopping: watch::Receiver<bool>) -> Drained {
        self.tidy_up(&mut stopping).await;
        let mut drained = Drained::default();
        while !*stopping.borrow() {
            // A mail that is given up makes new ones; so on until nothing is due any more.
            let count = self.pass(&mut stopping, true).await;
            drained.accepted += count.accepted;
            drained.trouble = self.shared.gate.trouble();
            if count.taken == 0 || drained.trouble.is_some() {
                break;
            }
        }
        drained
    }

    async fn tidy_up(&self, stopping: &mut watch::Receiver<bool>) {
        while !*stopping.borrow() {
            match self.shared.outbox.left_over(self.shared.settings.in_doubt).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(%error, "mails cannot be sent yet");
                    rest(PAUSE, stopping).await;
                }
            }
        }
    }

    /// Starts the lanes, hands out until stopped (or, once, until nothing is due), waits for the lanes to end.
    async fn pass(&self, stopping: &mut watch::Receiver<bool>, once: bool) -> Count {
        // Room for one: what waits here is neither being sent nor can be dropped.
        let (give, take) = mpsc::channel(1);
        let take = Arc::new(Mutex::new(take));
        let mut lanes = JoinSet::new();
        for _ in 0..self.shared.settings.connections.max(1) {
            let lane = Lane::new(Arc::clone(&self.shared), Arc::clone(&take), stopping.clone(), once);
            lanes.spawn(lane.run());
        }
        self.hand_out(&give, stopping, once).await;
        drop(give);
        let mut all = Count::default();
        while let Some(ended) = lanes.join_next().await {
            match ended {
                Ok(count) => {
                    all.taken += count.taken;
                    all.accepted += count.accepted;
                }
                // What it had in hand is put in order at the next start.
                Err(error) => tracing::error!(%error, "a connection's task ended"),
            }
        }
        all
    }

    async fn hand_out(&self, give: &mpsc::Sender<DueMail>, stopping: &mut watch::Receiver<bool>, once: bool) {
        let mut pace = Pace::new(self.shared.settings.rate);
        let mut release = Instant::now();
        while !*stopping.borrow() {
            if once && self.shared.gate.trouble().is_some() {
                return;
            }
            self.shared.gate.open_again(stopping).await;
            if release <= Instant::now() {
                release = Instant::now() + RELEASE;
                // What went wrong was logged, and is tried again.
                self.shared.outbox.release(self.shared.settings.give_up_after).await.unwrap_or_default();
            }
            let mails = match self.take().await {
                Ok(mails) => mails,
                Err(pause) => {
                    rest(pause, stopping).await;
                    continue;
                }
            };
            if mails.is_empty() {
                if once {
                    return;
                }
                self.wait(stopping).await;
                continue;
            }
            let mut left = mails.into_iter();
            while let Some(mail) = left.next() {
                let id = mail.id;
                let handed = async {
                    let now = Instant::now();
                    let slot = pace.slot(now);
                    // The timer counts in whole milliseconds: it would hold each mail up, also one that may go at once.
                    if slot > now {
                        tokio::time::sleep_until(slot).await;
                    }
                    give.send(mail).await.is_ok()
                };
                let handed = tokio::select! {
                    handed = handed => handed,
                    () = stopped(stopping) => false,
                };
                // Once there is trouble with the server, what was taken goes back until it is over.
                if !handed || self.shared.gate.trouble().is_some() {
                    let first = (!handed).then_some(id);
                    let back: Vec<i64> = first.into_iter().chain(left.map(|mail| mail.id)).collect();
                    self.shared.give_back(&back).await;
                    break;
                }
            }
        }
    }

    /// Due mails, marked as being sent; how long to wait where the outbox does not answer.
    async fn take(&self) -> Result<Vec<DueMail>, Duration> {
        let shared = &self.shared;
        let limit = u32::try_from(shared.settings.connections.max(1) * TAKEN).unwrap_or(u32::MAX);
        let answer = async {
            let due = shared.outbox.due(limit).await?;
            if due.is_empty() {
                return Ok(due);
            }
            let ids: Vec<i64> = due.iter().map(|mail| mail.id).collect();
            let taken = shared.outbox.sending(&ids).await?;
            Ok(due.into_iter().filter(|mail| taken.contains(&mail.id)).collect())
        };
        answer.await.map_err(|error: super::outbox::OutboxError| {
            tracing::error!(%error, "due mails cannot be read");
            PAUSE
        })
    }

    /// Until the next mail falls due, something new comes, or the end.
    async fn wait(&self, stopping: &mut watch::Receiver<bool>) {
        let next = self.shared.outbox.next_due().await.ok().flatten();
        let pause = next.map_or(LOOK, |due| {
            let left = due.duration_since(self.shared.clock.now());
            Duration::try_from(left).unwrap_or(Duration::ZERO).min(LOOK)
        });
        tokio::select! {
            () = self.shared.outbox.woken() => {}
            () = self.shared.put_back.notified() => {}
            // Never less than a moment: a due mail that somebody else holds must not make this loop spin.
            () = rest(pause.max(Duration::from_millis(50)), stopping) => {}
        }
    }
}

/// Attempts to put back what was not sent, a second apart: fewer than the daemon has time to stop.
const GIVE_BACK: u32 = 5;

impl<O: Outbox> Shared<O> {
    async fn give_back(&self, ids: &[i64]) {
        if ids.is_empty() {
            return;
        }
        for attempt in 1..=GIVE_BACK {
            match self.outbox.unsent(ids).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, attempt, "mails that were not sent cannot be put back now; at the latest at the next start");
                }
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// Waits, or until the end.
async fn rest(pause: Duration, stopping: &mut watch::Receiver<bool>) {
    tokio::select! {
        () = tokio::time::sleep(pause) => {}
        () = stopped(stopping) => {}
    }
}

/// Returns when `stopping` says true, or whoever could say so is gone.
async fn stopped(stopping: &mut watch::Receiver<bool>) {
    while !*stopping.borrow() {
        if stopping.changed().await.is_err() {
            return;
        }
    }
}

/// So many mails a minute, evenly spaced: a server that counts within a minute counts within any minute.
struct Pace {
    gap: Option<Duration>,
    next: Instant,
}

impl Pace {
    fn new(rate: Option<u32>) -> Self {
        let gap = rate.map(|rate| Duration::from_secs(60) / rate.max(1));
        Self { gap, next: Instant::now() }
    }

    /// When a mail that asks now may go; quiet times save up nothing.
    fn slot(&mut self, now: Instant) -> Instant {
        let Some(gap) = self.gap else { return now };
        let slot = self.next.max(now);
        self.next = slot + gap;
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_a_minute_are_thirty_in_any_minute() {
        let mut pace = Pace::new(Some(30));
        let mut now = Instant::now();
        for _ in 0..2 {
            let start = now;
            for _ in 0..31 {
                now = pace.slot(now);
            }
            assert_eq!(now - start, Duration::from_secs(60));
            now += Duration::from_secs(3600);
        }
        assert_eq!(Pace::new(None).slot(now), now);
    }
}
