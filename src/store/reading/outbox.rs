//! The outbox as an operator sees it: what the server has not accepted, and what it may have got twice.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::TicketNumber;
use crate::mail::MessageId;
use crate::store::values::{Columns, ms};
use crate::store::{Store, StoreError};

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxLine {
    /// Row id, by which `show`, `retry` and `drop` name it.
    pub id: i64,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// The ticket that it is about.
    pub ticket: Option<TicketNumber>,
    /// The one recipient.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Template name.
    pub template: String,
    /// `pending`, `sending`, `data-sent`, `held`, `failed`; for `audit` also `accepted`, `dropped`.
    pub state: String,
    /// Attempts that have ended.
    pub attempts: u32,
    /// When it is tried next, while it is pending.
    pub next_attempt: Option<Timestamp>,
    /// The server's last answer, or what happened instead.
    pub last_error: Option<String>,
    /// When it was decided on.
    pub created: Timestamp,
    /// When its state was set.
    pub changed: Timestamp,
    /// Since when nobody knows whether the server has it.
    pub in_doubt: Option<Timestamp>,
    /// Octets.
    pub bytes: u64,
}

impl Store {
    /// Mails that the server has not accepted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox(&self, page: Page) -> Result<Vec<OutboxLine>, StoreError> {
        let sql = "SELECT o.*, t.number FROM outbox o LEFT JOIN tickets t ON t.id = o.ticket \
                   WHERE o.id > $1 AND o.state NOT IN ('accepted', 'dropped') ORDER BY o.id LIMIT $2";
        let rows = sqlx::query(sql).bind(page.after).bind(page.limit).fetch_all(&self.readers).await?;
        rows.iter().map(line).collect()
    }

    /// Mails of which a second copy is possible, whatever became of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn audit(&self, page: Page) -> Result<Vec<OutboxLine>, StoreError> {
        let sql = "SELECT o.*, t.number FROM outbox o LEFT JOIN tickets t ON t.id = o.ticket \
                   WHERE o.id > $1 AND o.in_doubt IS NOT NULL ORDER BY o.id LIMIT $2";
        let rows = sqlx::query(sql).bind(page.after).bind(page.limit).fetch_all(&self.readers).await?;
        rows.iter().map(line).collect()
    }

    /// One mail, whatever its state.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn outbox_row(&self, id: i64) -> Result<OutboxLine, StoreError> {
        let sql = "SELECT o.*, t.number FROM outbox o LEFT JOIN tickets t ON t.id = o.ticket WHERE o.id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await?;
        line(&row.ok_or_else(|| StoreError::Missing(format!("mail {id} in the outbox")))?)
    }

    /// Lets a mail be tried now: one that waits, was held, or was given up.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none in such a state.
    pub async fn outbox_retry(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'pending', next_attempt = $2, changed = $2, \
                   allowed = CASE WHEN capped IS NULL THEN allowed ELSE $2 END, capped = NULL \
                   WHERE id = $1 AND state IN ('pending', 'held', 'failed')";
        let changed = sqlx::query(sql).bind(id).bind(ms(at)).execute(&self.writer).await?;
        match changed.rows_affected() {
            0 => Err(StoreError::Missing(format!("mail {id} in the outbox that could be sent"))),
            _ => Ok(()),
        }
    }

    /// Gives a mail up for good. The row stays, the content goes.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is none, or it is being sent just now.
    pub async fn outbox_drop(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'dropped', changed = $2 \
                   WHERE id = $1 AND state IN ('pending', 'held', 'failed')";
        let mut writing = self.begin().await?;
        let changed = sqlx::query(sql).bind(id).bind(ms(at)).execute(writing.conn()).await?;
        if changed.rows_affected() == 0 {
            writing.rollback().await;
            return Err(StoreError::Missing(format!("mail {id} in the outbox that could be dropped")));
        }
        sqlx::query("DELETE FROM outbox_content WHERE id = $1").bind(id).execute(writing.conn()).await?;
        writing.commit().await
    }
}

fn line(row: &SqliteRow) -> Result<OutboxLine, StoreError> {
    let row = Columns(row);
    let state = row.text("state")?;
    Ok(OutboxLine {
        id: row.int("id")?,
        message_id: row.word("message_id", MessageId::new)?,
        ticket: row.maybe_word("number", TicketNumber::new)?,
        to: row.text("recipient")?,
        subject: row.text("subject")?,
        template: row.text("template")?,
        attempts: row.number("attempts")?,
        next_attempt: if state == "pending" { Some(row.time("next_attempt")?) } else { None },
        state,
        last_error: row.maybe_text("last_error")?,
        created: row.time("created")?,
        changed: row.time("changed")?,
        in_doubt: row.maybe_time("in_doubt")?,
        bytes: row.number("bytes")?,
    })
}
