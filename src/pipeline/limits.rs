//! What the limits held back, on its way out: parked mails have their turn, held mails leave, the administrator hears of
//! it once an hour at most.

use jiff::{SignedDuration, Timestamp};

use super::{Letter, Outcome, Pipeline, PipelineError, alarm, letter};
use crate::decide::{Event, Proof};
use crate::store::{Entry, KeptLine, Origin, StoreError};

/// Parked mails decided in one go.
const BATCH: u32 = 100;

impl Pipeline {
    /// Decides a kept mail anew; its journal row gets the new reason. One that a person lets in is not parked again.
    ///
    /// # Errors
    /// It stays where it is.
    pub async fn retry(&self, kept: &KeptLine, let_in: bool) -> Result<Outcome, PipelineError> {
        let digest =
            kept.raw.ok_or_else(|| StoreError::Missing(format!("the octets of mail {}", kept.id)))?;
        let raw = self.store.blob(&digest).await?;
        if letter::is_header_of(&raw, kept.size) {
            return Err(PipelineError::HeaderOnly);
        }
        let house = self.house();
        let mailbox = kept.mailbox.as_deref().unwrap_or("deliver");
        let again = Letter {
            queue: house.queue_of(mailbox),
            silent: kept.imported,
            let_in,
            ..Letter::of(raw.into(), mailbox, Origin::Again(kept.journal))
        };
        let read_with = std::sync::Arc::clone(&house);
        let read = tokio::task::spawn_blocking(move || letter::read(again, Proof::None, &read_with));
        let (event, entry) = read.await.map_err(|_| PipelineError::Panicked)?;
        let mut writing = self.store.begin().await?;
        // The list was read without the pen: somebody else may have seen to it.
        if !writing.still_kept(kept.journal).await? {
            writing.rollback().await;
            return Err(PipelineError::Settled);
        }
        self.take_event(writing, &house, &event, &entry).await
    }

    /// Gives parked mails their turn and tells the administrator what waits; `true` if there may be more to do.
    pub async fn look_after_limits(&self) -> bool {
        let now = self.clock.now();
        let due = match self.store.parked_due(now, BATCH).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the parked mails could not be read; tried again");
                return false;
            }
        };
        let mut ill = false;
        for kept in &due {
            let again = self.retry(kept, false).await;
            if let Err(error) = again.map(drop).or_else(PipelineError::unless_settled) {
                if !error.is_of_this_event() {
                    tracing::error!(%error, parked = kept.id, "a parked mail could not be decided; tried again");
                    ill = true;
                    continue;
                }
                tracing::error!(%error, parked = kept.id, "a parked mail could not be decided; tried again in an hour");
                if let Err(error) = self.store.parked_later(kept.id, hour_after(now)).await {
                    tracing::error!(%error, "the store does not answer");
                    return false;
                }
            }
        }
        if let Err(error) = self.tell_of_limits(now).await {
            tracing::error!(%error, "the administrator could not be told of the limits");
        }
        !ill && due.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX)
    }

    async fn tell_of_limits(&self, now: Timestamp) -> Result<(), PipelineError> {
        let Some(held) = self.store.news_of_limits(now).await? else { return Ok(()) };
        tracing::warn!(target: "taquilla::journal", mails = ?held.mails, parked = ?held.parked, "limits");
        let alarm = alarm::of_limits(self.language(), &held);
        let mut writing = self.store.begin().await?;
        writing.told_of_limits(now).await?;
        let entry = Entry::of_event(Origin::Request, now, "");
        self.take_event(writing, &self.house(), &Event::Request(alarm), &entry).await?;
        Ok(())
    }
}

/// Until when a row is put off whose decision fails: it would fail again at once, and a hundred such would keep all others
/// from their turn.
pub(crate) fn hour_after(now: Timestamp) -> Timestamp {
    now.checked_add(SignedDuration::from_hours(1)).unwrap_or(now)
}
