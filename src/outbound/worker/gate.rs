//! The pause of all connections together when there is none to be had, and what the administrator hears of it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use crate::ingest::backoff::Backoff;
use crate::outbound::outbox::Condition;

/// First and longest pause.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);
/// How long nothing may leave before the administrator hears of it.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Closed for a while after a failure.
pub(super) struct Gate {
    state: Mutex<State>,
    /// Held by whoever opens the first connection.
    first: tokio::sync::Mutex<()>,
}

struct State {
    backoff: Backoff,
    /// Since when there has been no connection, and why.
    trouble: Option<(Instant, String)>,
    /// When the next connection may be tried.
    opens: Instant,
    told: bool,
    /// Connections that there are.
    connections: usize,
}

impl Gate {
    pub(super) fn new(seed: u64) -> Self {
        let backoff = Backoff::new(FIRST, LONGEST, seed);
        let state = State { backoff, trouble: None, opens: Instant::now(), told: false, connections: 0 };
        Self { state: Mutex::new(state), first: tokio::sync::Mutex::default() }
    }

    // A panic elsewhere leaves nothing half done here.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why there is no connection, while there is none.
    pub(super) fn trouble(&self) -> Option<String> {
        self.state().trouble.as_ref().map(|(_, why)| why.clone())
    }

    /// No connection, or one that refuses everything. Returns the pause, and what the administrator should hear.
    pub(super) fn failed(&self, now: Instant, why: &str, about_us: bool) -> (Duration, Option<Condition>) {
        let mut state = self.state();
        // Several connections that fail at the same time are one failure.
        if state.opens <= now {
            state.opens = now + state.backoff.wait();
        }
        let pause = state.opens - now;
        let since = state.trouble.as_ref().map_or(now, |(since, _)| *since);
        state.trouble = Some((since, why.to_owned()));
        (pause, state.tell(why, about_us, now.duration_since(since)))
    }

    /// A mail that was refused because of us: the connection is well, the administrator should hear of it.
    pub(super) fn refused(&self, why: &str) -> Option<Condition> {
        self.state().tell(why, true, Duration::ZERO)
    }

    /// The server took a mail over.
    pub(super) fn passed(&self) -> Option<Condition> {
        let mut state = self.state();
        state.backoff.reset();
        state.trouble = None;
        std::mem::take(&mut state.told).then_some(Condition::Recovered)
    }

    /// There is a connection more.
    pub(super) fn connected(&self) {
        let mut state = self.state();
        state.trouble = None;
        state.connections += 1;
    }

    /// There is one less.
    pub(super) fn disconnected(&self) {
        let mut state = self.state();
        state.connections = state.connections.saturating_sub(1);
    }

    /// Whether there is any: then a further one that fails is no trouble, but more than the server grants.
    pub(super) fn has_connection(&self) -> bool {
        self.state().connections > 0
    }

    /// Waits until nobody else opens the first connection.
    pub(super) async fn alone(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.first.lock().await
    }

    /// Whether no connection may be tried now.
    pub(super) fn is_closed(&self) -> bool {
        self.state().opens > Instant::now()
    }

    /// Returns when a connection may be tried, or at the end.
    pub(super) async fn open_again(&self, stopping: &mut watch::Receiver<bool>) {
        loop {
            let opens = self.state().opens;
            let now = Instant::now();
            if opens <= now || *stopping.borrow() {
                return;
            }
            super::rest(opens - now, stopping).await;
        }
    }
}

impl State {
    fn tell(&mut self, why: &str, about_us: bool, lasted: Duration) -> Option<Condition> {
        if self.told || !(about_us || lasted >= PATIENCE) {
            return None;
        }
        self.told = true;
        Some(if about_us { Condition::Refused(why.to_owned()) } else { Condition::Stalled(why.to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_together_and_tells_once() {
        let gate = Gate::new(1);
        let start = Instant::now();
        let (first, told) = gate.failed(start, "connection refused", false);
        assert!(first <= FIRST && told.is_none());
        assert_eq!(gate.failed(start, "connection refused", false).0, first, "one failure, not two");
        let (mut now, mut heard) = (start, Vec::new());
        while now < start + PATIENCE * 2 {
            let (pause, condition) = gate.failed(now, "connection refused", false);
            assert!(!pause.is_zero() && pause <= LONGEST);
            heard.extend(condition.map(|condition| (condition, now >= start + PATIENCE)));
            now += pause;
        }
        assert_eq!(heard, [(Condition::Stalled("connection refused".into()), true)]);
        assert!(gate.trouble().is_some());
        assert_eq!(gate.passed(), Some(Condition::Recovered));
        assert_eq!((gate.passed(), gate.trouble()), (None, None));
        assert_eq!(gate.refused("535"), Some(Condition::Refused("535".into())));
        assert_eq!(gate.refused("535"), None);
    }
}
