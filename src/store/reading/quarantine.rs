//! Mails that could not be processed. They are decided anew by the pipeline, as `Origin::Again` of their journal row.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::TicketNumber;
use crate::mail::Digest;
use crate::store::values::{Columns, ms};
use crate::store::{Store, StoreError};

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineLine {
    /// Row id, by which `show`, `retry` and `drop` name it.
    pub id: i64,
    /// Its journal row.
    pub journal: i64,
    /// The minimal ticket that shows it.
    pub ticket: TicketNumber,
    /// Why it is here.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
    /// As much of the mail as there is.
    pub raw: Option<Digest>,
    /// It came by `import`: history.
    pub imported: bool,
    /// Name of the mailbox.
    pub mailbox: Option<String>,
    /// Address of its author, where that could be read.
    pub author: Option<String>,
    /// Its subject, where that could be read.
    pub subject: Option<String>,
}

const SELECT: &str = "SELECT q.*, t.number, j.origin = 'import' AS imported, j.mailbox, j.author, j.subject FROM quarantine q \
                      JOIN tickets t ON t.id = q.ticket JOIN journal j ON j.id = q.journal \
                      WHERE q.outcome IS NULL AND q.id > $1 AND ($2 IS NULL OR q.id = $2) ORDER BY q.id LIMIT $3";

impl Store {
    /// Mails in quarantine.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn quarantine(&self, page: Page) -> Result<Vec<QuarantineLine>, StoreError> {
        let query = sqlx::query(SELECT).bind(page.after).bind(None::<i64>).bind(page.limit);
        query.fetch_all(&self.readers).await?.iter().map(line).collect()
    }

    /// One mail in quarantine.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn quarantine_row(&self, id: i64) -> Result<QuarantineLine, StoreError> {
        let row = sqlx::query(SELECT).bind(0).bind(id).bind(1).fetch_optional(&self.readers).await?;
        line(&row.ok_or_else(|| StoreError::Missing(format!("mail {id} in quarantine")))?)
    }

    /// Takes a mail off the list for good. The raw mail and its ticket stay.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn quarantine_drop(&self, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE quarantine SET outcome = 'dropped', ended = $2 WHERE id = $1 AND outcome IS NULL";
        let changed = sqlx::query(sql).bind(id).bind(ms(at)).execute(&self.writer).await?;
        match changed.rows_affected() {
            0 => Err(StoreError::Missing(format!("mail {id} in quarantine"))),
            _ => Ok(()),
        }
    }
}

fn line(row: &SqliteRow) -> Result<QuarantineLine, StoreError> {
    let row = Columns(row);
    Ok(QuarantineLine {
        id: row.int("id")?,
        journal: row.int("journal")?,
        ticket: row.ticket_number("number")?,
        why: row.text("why")?,
        at: row.time("at")?,
        raw: row.digest("raw")?,
        imported: row.flag("imported")?,
        mailbox: row.maybe_text("mailbox")?,
        author: row.maybe_text("author")?,
        subject: row.maybe_text("subject")?,
    })
}
