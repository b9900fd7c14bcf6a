//! Wakes at the next due row and feeds it to the pipeline. Each row fires once, also after a restart: it is marked in
//! the transaction of its decision.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::pipeline::{Pipeline, PipelineError, hour_after};

/// Rows taken at a time.
const BATCH: u32 = 100;
/// The longest sleep: other programs (`deliver`) set timers too and ring no bell here, and clocks are set.
const LONGEST: Duration = Duration::from_secs(30);
/// After an error of the store.
const AFTER_ERROR: Duration = Duration::from_secs(5);

/// Runs until `stop` says so.
pub async fn run(pipeline: Arc<Pipeline>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let mut pause = fire_due(&pipeline).await;
        if pipeline.look_after_limits().await {
            pause = Duration::ZERO;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = pipeline.timers.notified() => {}
            changed = stop.changed() => if changed.is_err() { return },
        }
    }
}

/// Fires all that is due, however much.
pub async fn fire_all(pipeline: &Pipeline) {
    while fire_due(pipeline).await.is_zero() {}
    while pipeline.look_after_limits().await {}
}

/// Fires what is due, a hundred at most; how long to wait then.
pub async fn fire_due(pipeline: &Pipeline) -> Duration {
    let now = pipeline.clock.now();
    let due = match pipeline.store.timers_due(now, BATCH).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(%error, "the timers could not be read; tried again");
            return AFTER_ERROR;
        }
    };
    let full = due.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
    let mut ill = false;
    for timer in due {
        // One that cannot be fired does not keep the others from it.
        if let Err(error) = pipeline.fire(timer.id).await {
            ill |= !put_off(pipeline, timer.id, now, &error).await;
        }
    }
    if ill {
        return AFTER_ERROR;
    }
    if full {
        return Duration::ZERO;
    }
    match pipeline.store.timers_next().await {
        Ok(next) => until(now, next),
        Err(_) => AFTER_ERROR,
    }
}

/// Gives a timer another time, that those behind it have theirs; `false` where it is the store that is ill, which makes all
/// of them wait.
async fn put_off(pipeline: &Pipeline, timer: i64, now: Timestamp, error: &PipelineError) -> bool {
    if !error.is_of_this_event() {
        tracing::error!(%error, timer, "a timer could not be fired; tried again");
        return false;
    }
    tracing::error!(%error, timer, "a timer could not be fired; tried again in an hour");
    match pipeline.store.timer_later(timer, now, hour_after(now)).await {
        Ok(()) => true,
        Err(error) => {
            tracing::error!(%error, timer, "the store does not answer");
            false
        }
    }
}

fn until(now: Timestamp, next: Option<Timestamp>) -> Duration {
    let wait = next.map(|next| next.duration_since(now)).and_then(|wait| Duration::try_from(wait).ok());
    match next {
        Some(_) => wait.unwrap_or(Duration::ZERO).min(LONGEST),
        None => LONGEST,
    }
}
