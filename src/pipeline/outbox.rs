//! The worker's door to the outbox, opened by the pipeline and the store.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Pipeline, alarm};
use crate::config::smtp::InDoubt;
use crate::crash::{self, Point};
use crate::decide::{Event, Request};
use crate::outbound::outbox::{Condition, Outbox, OutboxError};
use crate::store::{DueMail, Entry, Origin, StoreError};

impl Outbox for Pipeline {
    async fn left_over(&self, policy: InDoubt) -> Result<(), OutboxError> {
        let left = self.store.outbox_left_over(policy, self.clock.now()).await.map_err(refused)?;
        if left.in_doubt > 0 {
            tracing::warn!(
                mails = left.in_doubt,
                "mails of which a second copy is possible: `taquilla audit`"
            );
        }
        Ok(())
    }

    async fn release(&self, give_up_after: Duration) -> Result<(), OutboxError> {
        let now = self.clock.now();
        let wait = SignedDuration::try_from(give_up_after).unwrap_or(SignedDuration::MAX);
        let oldest = now.saturating_sub(wait).unwrap_or(Timestamp::MIN);
        for id in self.store.outbox_too_old(oldest).await.map_err(refused)? {
            let mail = self.store.outbox_mail(id).await.map_err(refused)?;
            self.give_up(&mail, "held over the caps of automatic mail for too long", false).await?;
        }
        let released =
            self.store.outbox_release(&self.house().policy.desk.limits, now).await.map_err(refused)?;
        if released > 0 {
            tracing::info!(target: "taquilla::journal", mails = released, "let go, the caps allow it");
        }
        Ok(())
    }

    async fn due(&self, limit: u32) -> Result<Vec<DueMail>, OutboxError> {
        self.store.outbox_due(self.clock.now(), limit).await.map_err(refused)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, OutboxError> {
        self.store.outbox_next().await.map_err(refused)
    }

    async fn sending(&self, ids: &[i64]) -> Result<Vec<i64>, OutboxError> {
        crash::reach(Point::Due);
        let taken = self.store.mark_sending(ids, self.clock.now()).await.map_err(refused)?;
        crash::reach(Point::Taken);
        Ok(taken)
    }

    async fn content(&self, id: i64) -> Result<Vec<u8>, OutboxError> {
        self.store.outbox_content(id).await.map_err(refused)
    }

    async fn data_sent(&self, id: i64) -> Result<(), OutboxError> {
        crash::reach(Point::DataAllowed);
        self.store.mark_data_sent(id, self.clock.now()).await.map_err(refused)?;
        crash::reach(Point::DataSent);
        Ok(())
    }

    async fn accepted(&self, mail: &DueMail, answer: &str) -> Result<(), OutboxError> {
        crash::reach(Point::ContentSent);
        self.store.mark_accepted(mail.id, answer, self.clock.now()).await.map_err(refused)?;
        crash::reach(Point::Accepted);
        crate::journal::accepted(mail, answer);
        Ok(())
    }

    async fn retry(&self, mail: &DueMail, next: Timestamp, why: &str) -> Result<(), OutboxError> {
        self.store.mark_retry(mail.id, next, why, self.clock.now()).await.map_err(refused)?;
        crate::journal::deferred(mail, next, why);
        Ok(())
    }

    async fn unsent(&self, ids: &[i64]) -> Result<(), OutboxError> {
        self.store.mark_unsent(ids, self.clock.now()).await.map_err(refused)
    }

    async fn in_doubt(
        &self,
        mail: &DueMail,
        policy: InDoubt,
        next: Timestamp,
        why: &str,
    ) -> Result<(), OutboxError> {
        self.store.mark_in_doubt(mail.id, policy, next, why, self.clock.now()).await.map_err(refused)?;
        crate::journal::in_doubt(mail, why);
        Ok(())
    }

    /// The row is given up in the transaction that tells its ticket.
    async fn give_up(&self, mail: &DueMail, why: &str, in_doubt: bool) -> Result<(), OutboxError> {
        let subject = self.store.outbox_row(mail.id).await.map_err(refused)?.subject;
        let mut writing = self.store.begin().await.map_err(refused)?;
        if !writing.mark_given_up(mail.id, why, in_doubt, self.clock.now()).await.map_err(refused)? {
            return Ok(());
        }
        let request = Request::GivenUp {
            ticket: mail.ticket,
            recipient: mail.recipient.clone(),
            subject,
            why: why.to_owned(),
            automatic: mail.automatic,
        };
        let entry = Entry::of_event(Origin::Request, self.clock.now(), "");
        let taken = self.take_event(writing, &self.house(), &Event::Request(request), &entry).await;
        taken.map_err(|error| OutboxError(error.to_string()))?;
        crate::journal::given_up(mail, why);
        Ok(())
    }

    async fn woken(&self) {
        self.outbox.notified().await;
    }

    async fn report(&self, condition: Condition) {
        if matches!(condition, Condition::Recovered) {
            tracing::info!(target: "taquilla::journal", "smtp recovered");
            return;
        }
        tracing::warn!(target: "taquilla::journal", %condition, "smtp");
        let alarm = alarm::of_outbox(self.language(), &condition);
        if let Err(error) = self.request(alarm).await {
            tracing::error!(%error, "the administrator could not be told");
        }
    }
}

fn refused(error: StoreError) -> OutboxError {
    tracing::error!(%error, "the store does not answer");
    OutboxError(error.to_string())
}
