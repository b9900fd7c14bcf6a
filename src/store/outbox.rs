//! The outbox as its worker sees it: what is due, and how each attempt ended.
//!
//! Every mark is durable when it returns, and none undoes what an operator did in between: a mail that was dropped
//! stays dropped.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::marks::Mark;
use super::values::{Columns, list, ms};
use super::{Store, StoreError, Writing};
use crate::config::smtp::InDoubt;
use crate::desk::{EnvelopeSender, TicketId};
use crate::mail::MessageId;

/// The state that a mail in doubt takes.
fn doubtful(policy: InDoubt) -> &'static str {
    match policy {
        InDoubt::Retry => "pending",
        InDoubt::Hold => "held",
    }
}

/// A mail whose time has come. Its content is read by [`Store::outbox_content`], one at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueMail {
    /// Row id.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// Envelope sender.
    pub sender: EnvelopeSender,
    /// The one recipient.
    pub recipient: String,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// Whether a program speaks.
    pub automatic: bool,
    /// When it was decided on.
    pub created: Timestamp,
    /// Attempts that ended without success.
    pub attempts: u32,
    /// Octets of its content.
    pub bytes: u64,
}

/// What a start found left over by the run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOver {
    /// Being sent, and nothing of the content had left: sent anew.
    pub unsent: u64,
    /// In doubt.
    pub in_doubt: u64,
}

impl Store {
    /// Mails to be sent now, the longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_due(&self, now: Timestamp, limit: u32) -> Result<Vec<DueMail>, StoreError> {
        let sql = "SELECT * FROM outbox WHERE state = 'pending' AND next_attempt <= $1 \
                   ORDER BY next_attempt, id LIMIT $2";
        let rows = sqlx::query(sql).bind(ms(now)).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(due).collect()
    }

    /// One mail, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn outbox_mail(&self, id: i64) -> Result<DueMail, StoreError> {
        let row =
            sqlx::query("SELECT * FROM outbox WHERE id = $1").bind(id).fetch_optional(&self.readers).await?;
        due(&row.ok_or_else(|| StoreError::Missing(format!("mail {id} in the outbox")))?)
    }

    /// When the next mail will be due; `None` while nothing waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_next(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(next_attempt) AS due FROM outbox WHERE state = 'pending'";
        Columns(&sqlx::query(sql).fetch_one(&self.readers).await?).maybe_time("due")
    }

    /// All octets of a mail.
    ///
    /// # Errors
    /// [`StoreError::Missing`] once it was accepted or dropped.
    pub async fn outbox_content(&self, id: i64) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT content FROM outbox_content WHERE id = $1";
        let content = sqlx::query_scalar(sql).bind(id).fetch_optional(&self.readers).await?;
        content.ok_or_else(|| StoreError::Missing(format!("content of mail {id} in the outbox")))
    }

    /// Takes mails for sending; answers which of them are still to be sent, rising.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_sending(&self, ids: &[i64], at: Timestamp) -> Result<Vec<i64>, StoreError> {
        let sql = "UPDATE outbox SET state = 'sending', changed = $2 \
                   WHERE id IN (SELECT value FROM json_each($1)) AND state = 'pending' RETURNING id";
        let mut taken: Vec<i64> =
            sqlx::query_scalar(sql).bind(list(ids)).bind(ms(at)).fetch_all(&self.writer).await?;
        taken.sort_unstable();
        Ok(taken)
    }

    /// The server answered 354: from here on it may have the mail whatever happens. To be called before the first
    /// octet of the content leaves.
    ///
    /// # Errors
    /// [`StoreError`]: the content must not leave.
    pub async fn mark_data_sent(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        match self.mark(id, Mark::DataSent, at).await? {
            true => Ok(()),
            false => Err(StoreError::Missing(format!("mail {id} being sent"))),
        }
    }

    /// The server has taken the mail over. The row stays, the content goes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_accepted(&self, id: i64, answer: &str, at: Timestamp) -> Result<(), StoreError> {
        self.mark(id, Mark::Accepted(answer.to_owned()), at).await.map(drop)
    }

    /// The attempt failed and the mail was certainly not taken over; again at `next`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_retry(
        &self,
        id: i64,
        next: Timestamp,
        error: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'pending', next_attempt = $2, last_error = $3, changed = $4, \
                   attempts = attempts + 1 WHERE id = $1 AND state IN ('sending', 'data-sent')";
        let mark = sqlx::query(sql).bind(id).bind(ms(next)).bind(error).bind(ms(at));
        mark.execute(&self.writer).await?;
        Ok(())
    }

    /// The mail was not looked at: its turn comes again at once, and no attempt is counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_unsent(&self, ids: &[i64], at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'pending', changed = $2 \
                   WHERE id IN (SELECT value FROM json_each($1)) AND state = 'sending'";
        sqlx::query(sql).bind(list(ids)).bind(ms(at)).execute(&self.writer).await?;
        Ok(())
    }

    /// The connection ended after [`mark_data_sent`](Self::mark_data_sent) and before an answer. `audit` lists the
    /// mail from now on, whatever becomes of it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_in_doubt(
        &self,
        id: i64,
        policy: InDoubt,
        next: Timestamp,
        error: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = $2, next_attempt = $3, last_error = $4, changed = $5, \
                   in_doubt = coalesce(in_doubt, $5), attempts = attempts + 1 WHERE id = $1 AND state = 'data-sent'";
        let mark = sqlx::query(sql).bind(id).bind(doubtful(policy)).bind(ms(next)).bind(error).bind(ms(at));
        mark.execute(&self.writer).await?;
        Ok(())
    }

    /// Puts in order what the run before left in the middle. For the one `run` of the folder, before its first mail.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_left_over(&self, policy: InDoubt, at: Timestamp) -> Result<LeftOver, StoreError> {
        // The second half of each condition is for the index of open mails: most rows are mails of long ago.
        let mut writing = self.begin().await?;
        let unsent = "UPDATE outbox SET state = 'pending', changed = $1 \
                      WHERE state = 'sending' AND state NOT IN ('accepted', 'dropped')";
        let unsent = sqlx::query(unsent).bind(ms(at)).execute(writing.conn()).await?.rows_affected();
        let doubt = "UPDATE outbox SET state = $1, next_attempt = $2, changed = $2, attempts = attempts + 1, \
                     in_doubt = coalesce(in_doubt, $2), \
                     last_error = 'taquilla ended while the server was being given this mail' \
                     WHERE state = 'data-sent' AND state NOT IN ('accepted', 'dropped')";
        let doubt = sqlx::query(doubt).bind(doubtful(policy)).bind(ms(at));
        let in_doubt = doubt.execute(writing.conn()).await?.rows_affected();
        writing.commit().await?;
        Ok(LeftOver { unsent, in_doubt })
    }
}

impl Writing {
    /// The mail will not be tried again by itself: refused for good, or for too long. In the transaction of the
    /// decision that says so to its ticket. `false` if it was not waiting for this any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_given_up(
        &mut self,
        id: i64,
        error: &str,
        in_doubt: bool,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE outbox SET state = 'failed', last_error = $2, changed = $3, attempts = attempts + 1, \
                   in_doubt = CASE WHEN $4 THEN coalesce(in_doubt, $3) ELSE in_doubt END \
                   WHERE id = $1 AND (state IN ('pending', 'sending', 'data-sent') \
                   OR (state = 'held' AND capped IS NOT NULL))";
        let marked =
            sqlx::query(sql).bind(id).bind(error).bind(ms(at)).bind(in_doubt).execute(self.conn()).await?;
        Ok(marked.rows_affected() == 1)
    }
}

fn due(row: &SqliteRow) -> Result<DueMail, StoreError> {
    let row = Columns(row);
    Ok(DueMail {
        id: row.int("id")?,
        message_id: row.word("message_id", MessageId::new)?,
        sender: row.maybe_text("envelope_sender")?.map_or(EnvelopeSender::Null, EnvelopeSender::Address),
        recipient: row.text("recipient")?,
        ticket: row.ticket("ticket")?,
        automatic: row.text("kind")? != "human",
        created: row.time("created")?,
        attempts: row.number("attempts")?,
        bytes: row.number("bytes")?,
    })
}
