//! Mails that became nothing yet: those that could not be processed, and those that are parked because somebody floods
//! the desk. They are decided anew by the pipeline, as `Origin::Again` of their journal row.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::TicketNumber;
use crate::mail::Digest;
use crate::store::values::{Columns, ms};
use crate::store::{Store, StoreError};

/// Where a mail is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shelf {
    /// It could not be processed.
    Quarantine,
    /// It is over a limit of tickets or articles an hour.
    Parked,
}

impl Shelf {
    fn select(self) -> &'static str {
        match self {
            Self::Quarantine => {
                "SELECT k.*, NULL AS due, t.number, j.origin = 'import' AS imported, j.size, j.raw, j.mailbox, j.author, j.subject FROM quarantine k \
                 LEFT JOIN tickets t ON t.id = k.ticket JOIN journal j ON j.id = k.journal \
                 WHERE k.outcome IS NULL AND k.id > $1 AND ($2 IS NULL OR k.id = $2) ORDER BY k.id LIMIT $3"
            }
            Self::Parked => {
                "SELECT k.*, NULL AS number, j.origin = 'import' AS imported, j.size, j.raw, j.mailbox, j.author, j.subject FROM parked k \
                 JOIN journal j ON j.id = k.journal \
                 WHERE k.outcome IS NULL AND k.id > $1 AND ($2 IS NULL OR k.id = $2) ORDER BY k.id LIMIT $3"
            }
        }
    }

    fn missing(self, id: i64) -> StoreError {
        StoreError::Missing(match self {
            Self::Quarantine => format!("mail {id} in quarantine"),
            Self::Parked => format!("parked mail {id}"),
        })
    }
}

/// One mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptLine {
    /// Row id, by which `show`, `retry` and `drop` name it.
    pub id: i64,
    /// Its journal row.
    pub journal: i64,
    /// The minimal ticket that shows it, in quarantine.
    pub ticket: Option<TicketNumber>,
    /// Why it is here.
    pub why: String,
    /// Since when.
    pub at: Timestamp,
    /// When it has its turn, where it is parked.
    pub due: Option<Timestamp>,
    /// As much of the mail as there is.
    pub raw: Option<Digest>,
    /// Size of the whole mail by the account of whoever brought it, octets.
    pub size: u64,
    /// It came by `import`: history.
    pub imported: bool,
    /// Name of the mailbox.
    pub mailbox: Option<String>,
    /// Address of its author, where that could be read.
    pub author: Option<String>,
    /// Its subject, where that could be read.
    pub subject: Option<String>,
}

impl Store {
    /// The mails that are kept there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn kept(&self, shelf: Shelf, page: Page) -> Result<Vec<KeptLine>, StoreError> {
        let query = sqlx::query(shelf.select()).bind(page.after).bind(None::<i64>).bind(page.limit);
        query.fetch_all(&self.readers).await?.iter().map(line).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn kept_row(&self, shelf: Shelf, id: i64) -> Result<KeptLine, StoreError> {
        let row = sqlx::query(shelf.select()).bind(0).bind(id).bind(1).fetch_optional(&self.readers).await?;
        line(&row.ok_or_else(|| shelf.missing(id))?)
    }

    /// Takes a mail off the list for good. The raw mail stays, and its ticket where it has one.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn kept_drop(&self, shelf: Shelf, id: i64, at: Timestamp) -> Result<(), StoreError> {
        let sql = match shelf {
            Shelf::Quarantine => {
                "UPDATE quarantine SET outcome = 'dropped', ended = $2 WHERE id = $1 AND outcome IS NULL"
            }
            Shelf::Parked => {
                "UPDATE parked SET outcome = 'dropped', ended = $2 WHERE id = $1 AND outcome IS NULL"
            }
        };
        let changed = sqlx::query(sql).bind(id).bind(ms(at)).execute(&self.writer).await?;
        if changed.rows_affected() == 0 { Err(shelf.missing(id)) } else { Ok(()) }
    }

    /// Parked mails whose turn it is, the longest due first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parked_due(&self, now: Timestamp, limit: u32) -> Result<Vec<KeptLine>, StoreError> {
        let sql = "SELECT k.*, NULL AS number, j.origin = 'import' AS imported, j.size, j.raw, j.mailbox, j.author, j.subject FROM parked k \
                   JOIN journal j ON j.id = k.journal \
                   WHERE k.outcome IS NULL AND k.due <= $1 ORDER BY k.due, k.id LIMIT $2";
        let rows = sqlx::query(sql).bind(ms(now)).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(line).collect()
    }

    /// Gives a parked mail another turn: it could not be decided now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parked_later(&self, id: i64, due: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE parked SET due = $2 WHERE id = $1 AND outcome IS NULL";
        sqlx::query(sql).bind(id).bind(ms(due)).execute(&self.writer).await?;
        Ok(())
    }
}

fn line(row: &SqliteRow) -> Result<KeptLine, StoreError> {
    let row = Columns(row);
    Ok(KeptLine {
        id: row.int("id")?,
        journal: row.int("journal")?,
        ticket: row.maybe_word("number", TicketNumber::new)?,
        why: row.text("why")?,
        at: row.time("at")?,
        due: row.maybe_time("due")?,
        raw: row.digest("raw")?,
        size: u64::try_from(row.int("size")?).unwrap_or_default(),
        imported: row.flag("imported")?,
        mailbox: row.maybe_text("mailbox")?,
        author: row.maybe_text("author")?,
        subject: row.maybe_text("subject")?,
    })
}
