//! The journal row: the last word about an event.

use super::Applying;
use crate::decide::Decision;
use crate::store::values::{after_words, ms};
use crate::store::{Origin, StoreError};

impl Applying<'_> {
    pub(super) async fn journal(&mut self, decision: &Decision) -> Result<(), StoreError> {
        let ticket = decision.ticket.map(|ticket| self.ticket(ticket)).transpose()?.map(|id| id.0);
        self.applied.journal = match &self.entry.origin {
            Origin::Again(row) => self.journal_again(*row, decision, ticket).await?,
            Origin::Mailbox(_) | Origin::Deliver(_) | Origin::Import | Origin::Timer | Origin::Request => {
                self.journal_first(decision, ticket).await?
            }
        };
        Ok(())
    }

    async fn journal_first(&mut self, decision: &Decision, ticket: Option<i64>) -> Result<i64, StoreError> {
        let entry = self.entry;
        let (origin, mailbox, source) = match &entry.origin {
            Origin::Mailbox(source) => ("mailbox", Some(source.place.mailbox.clone()), Some(source)),
            Origin::Deliver(mailbox) => ("deliver", mailbox.clone(), None),
            Origin::Import => ("import", None, None),
            Origin::Timer => ("timer", None, None),
            Origin::Request | Origin::Again(_) => ("request", None, None),
        };
        let (after, folder) = after_words(&decision.after);
        let sql = "INSERT INTO journal (origin, mailbox, folder, uidvalidity, epoch, uid, message_id, fingerprint, \
                   received, raw, size, class, author, subject, evidence, attempt, at, reason, ticket, duplicate_of, \
                   after, after_folder, acked) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
                   $21, $22, $23) RETURNING id";
        let id: i64 = sqlx::query_scalar(sql)
            .bind(origin)
            .bind(mailbox)
            .bind(source.map(|source| source.place.folder.clone()))
            .bind(source.map(|source| i64::from(source.place.uidvalidity)))
            .bind(source.map(|source| i64::from(source.place.epoch)))
            .bind(source.map(|source| i64::from(source.uid)))
            .bind(entry.message_id.as_ref().map(|id| id.as_str().to_owned()))
            .bind(entry.fingerprint.map(|fingerprint| fingerprint.to_string()))
            .bind(entry.received.map(ms))
            .bind(entry.raw.as_ref().map(|(digest, _)| digest.to_string()))
            .bind(i64::try_from(entry.size).unwrap_or(i64::MAX))
            .bind(entry.class.map(crate::mail::Class::word))
            .bind(entry.author.as_ref().map(|author| author.address.clone()))
            .bind(&entry.subject)
            .bind(&entry.evidence)
            .bind(i64::from(entry.attempt))
            .bind(ms(entry.journalled.unwrap_or(entry.at)))
            .bind(decision.reason.word())
            .bind(ticket)
            .bind(entry.duplicate_of)
            .bind(after)
            .bind(folder)
            .bind(source.is_none())
            .fetch_one(&mut *self.conn)
            .await?;
        Ok(id)
    }

    /// The mail keeps its one row. What was done with it on the server was done; a mail in quarantine leaves it
    /// (and is listed anew if the decision says so).
    async fn journal_again(
        &mut self,
        row: i64,
        decision: &Decision,
        ticket: Option<i64>,
    ) -> Result<i64, StoreError> {
        let entry = self.entry;
        let sql = "UPDATE journal SET reason = $2, ticket = $3, at = $4, evidence = $5, \
                   class = coalesce($6, class), message_id = coalesce(message_id, $7), \
                   fingerprint = coalesce(fingerprint, $8), subject = coalesce(subject, $9), \
                   author = coalesce(author, $10) WHERE id = $1";
        let updated = sqlx::query(sql)
            .bind(row)
            .bind(decision.reason.word())
            .bind(ticket)
            .bind(ms(entry.journalled.unwrap_or(entry.at)))
            .bind(&entry.evidence)
            .bind(entry.class.map(crate::mail::Class::word))
            .bind(entry.message_id.as_ref().map(|id| id.as_str().to_owned()))
            .bind(entry.fingerprint.map(|fingerprint| fingerprint.to_string()))
            .bind(&entry.subject)
            .bind(entry.author.as_ref().map(|author| author.address.clone()))
            .execute(&mut *self.conn)
            .await?;
        if updated.rows_affected() != 1 {
            return Err(StoreError::Missing(format!("journal row {row}")));
        }
        let sql =
            "UPDATE quarantine SET outcome = 'retried', ended = $2 WHERE journal = $1 AND outcome IS NULL";
        sqlx::query(sql).bind(row).bind(ms(entry.at)).execute(&mut *self.conn).await?;
        let sql = "UPDATE parked SET outcome = 'released', ended = $2 WHERE journal = $1 AND outcome IS NULL";
        sqlx::query(sql).bind(row).bind(ms(entry.at)).execute(&mut *self.conn).await?;
        Ok(row)
    }
}
