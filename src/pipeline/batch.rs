//! Events of one transaction: together where that can be, and one that fails takes no other with it.

use std::sync::Arc;

use super::{House, Outcome, Pipeline, PipelineError};
use crate::decide::Event;
use crate::store::{Entry, Writing};

impl Pipeline {
    /// All of them, each seeing what those before it did.
    pub(super) async fn all_of_batch(
        &self,
        writing: &mut Writing,
        house: &Arc<House>,
        events: &[(Event, Entry)],
    ) -> Result<Vec<Result<Outcome, PipelineError>>, PipelineError> {
        let mut outcomes = Vec::with_capacity(events.len());
        let mut rest = events;
        let mut window = rest.len();
        while !rest.is_empty() {
            let (first, _) = rest.split_at_checked(window.min(rest.len())).unwrap_or((rest, &[]));
            let taken = self.some_of_batch(writing, house, first).await?;
            // Where mails hang on each other, less is read ahead in vain.
            window = taken.len().saturating_mul(2);
            rest = rest.get(taken.len()..).unwrap_or_default();
            outcomes.extend(taken);
        }
        Ok(outcomes)
    }

    /// The first events of a batch, at least one: together if that can be, else the first of them.
    async fn some_of_batch(
        &self,
        writing: &mut Writing,
        house: &Arc<House>,
        events: &[(Event, Entry)],
    ) -> Result<Vec<Result<Outcome, PipelineError>>, PipelineError> {
        writing.savepoint().await?;
        let alone = match self.together(writing, house, events).await {
            Ok(outcomes) => {
                writing.release().await?;
                if !outcomes.is_empty() {
                    return Ok(outcomes.into_iter().map(Ok).collect());
                }
                1
            }
            // It was one of them, and nobody knows which one.
            Err(_) => {
                writing.rollback_to().await?;
                events.len()
            }
        };
        let mut outcomes = Vec::with_capacity(alone);
        for (event, entry) in events.iter().take(alone) {
            outcomes.push(self.one_of_batch(writing, house, event, entry).await?);
        }
        Ok(outcomes)
    }

    /// One event of a batch: if it fails, the others do not.
    pub(super) async fn one_of_batch(
        &self,
        writing: &mut Writing,
        house: &Arc<House>,
        event: &Event,
        entry: &Entry,
    ) -> Result<Result<Outcome, PipelineError>, PipelineError> {
        loop {
            writing.savepoint().await?;
            let outcome = self.one(writing, house, event, entry.clone()).await;
            match &outcome {
                Ok(_) => writing.release().await?,
                Err(_) => writing.rollback_to().await?,
            }
            let Err(PipelineError::NumberTaken { counter, used }) = &outcome else {
                return Ok(outcome);
            };
            // The counter lags behind the tickets, after a restore perhaps: its next value, and again.
            writing.spend_number(counter, *used).await?;
        }
    }
}
