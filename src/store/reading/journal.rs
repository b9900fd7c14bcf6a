//! The journal as a list.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::{TicketId, TicketNumber};
use crate::mail::{Class, Digest, MessageId};
use crate::store::values::{Columns, list, ms};
use crate::store::{Store, StoreError};

/// Which rows; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JournalFilter {
    /// Of this mailbox.
    pub mailbox: Option<String>,
    /// With this reason (its word).
    pub reason: Option<String>,
    /// Of this ticket.
    pub ticket: Option<TicketId>,
    /// Decided at this time or later.
    pub since: Option<Timestamp>,
    /// Timers and requests too; otherwise mails alone, one row each.
    pub all: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalLine {
    /// Row id.
    pub id: i64,
    /// When it was decided.
    pub at: Timestamp,
    /// `mailbox`, `deliver`, `import`, `timer`, `request`.
    pub origin: String,
    /// Name of the mailbox.
    pub mailbox: Option<String>,
    /// Its folder.
    pub folder: Option<String>,
    /// UIDVALIDITY.
    pub uidvalidity: Option<i64>,
    /// UID.
    pub uid: Option<i64>,
    /// The mail's own id.
    pub message_id: Option<MessageId>,
    /// When the server received it.
    pub received: Option<Timestamp>,
    /// The raw mail.
    pub raw: Option<Digest>,
    /// Octets, by the server's account.
    pub size: u64,
    /// Its class.
    pub class: Option<Class>,
    /// Address of its author.
    pub author: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// Verdicts and how the decision was reached.
    pub evidence: String,
    /// Which attempt it was.
    pub attempt: u32,
    /// The named reason.
    pub reason: String,
    /// The ticket that it concerns.
    pub ticket: Option<TicketNumber>,
    /// The row of which it is a duplicate.
    pub duplicate_of: Option<i64>,
    /// Whether the server was told.
    pub acked: bool,
}

impl Store {
    /// Which of these raw mails were taken, octet for octet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn taken(&self, raws: &[Digest]) -> Result<BTreeSet<Digest>, StoreError> {
        let sql = "SELECT DISTINCT raw FROM journal WHERE raw IN (SELECT value FROM json_each($1))";
        let rows = sqlx::query(sql).bind(list(raws.iter().map(Digest::to_string)));
        let rows = rows.fetch_all(&self.readers).await?;
        let digest = |row| Columns(row).digest("raw");
        rows.iter().filter_map(|row| digest(row).transpose()).collect()
    }

    /// Journal rows in the order in which they were written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn journal(&self, filter: &JournalFilter, page: Page) -> Result<Vec<JournalLine>, StoreError> {
        let sql = "SELECT j.*, t.number FROM journal j LEFT JOIN tickets t ON t.id = j.ticket \
                   WHERE j.id > $1 AND ($2 IS NULL OR j.mailbox = $2) AND ($3 IS NULL OR j.reason = $3) \
                   AND ($4 IS NULL OR j.ticket = $4) AND ($5 IS NULL OR j.at >= $5) \
                   AND ($6 = 1 OR j.origin IN ('mailbox', 'deliver', 'import')) ORDER BY j.id LIMIT $7";
        let rows = sqlx::query(sql)
            .bind(page.after)
            .bind(&filter.mailbox)
            .bind(&filter.reason)
            .bind(filter.ticket.map(|ticket| ticket.0))
            .bind(filter.since.map(ms))
            .bind(filter.all)
            .bind(page.limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(line).collect()
    }

    /// One journal row: what a mail that is decided anew was found with.
    ///
    /// # Errors
    /// [`StoreError::Missing`].
    pub async fn journal_row(&self, id: i64) -> Result<JournalLine, StoreError> {
        let sql =
            "SELECT j.*, t.number FROM journal j LEFT JOIN tickets t ON t.id = j.ticket WHERE j.id = $1";
        let row = sqlx::query(sql).bind(id).fetch_optional(&self.readers).await?;
        line(&row.ok_or_else(|| StoreError::Missing(format!("journal row {id}")))?)
    }
}

fn line(row: &SqliteRow) -> Result<JournalLine, StoreError> {
    let row = Columns(row);
    Ok(JournalLine {
        id: row.int("id")?,
        at: row.time("at")?,
        origin: row.text("origin")?,
        mailbox: row.maybe_text("mailbox")?,
        folder: row.maybe_text("folder")?,
        uidvalidity: row.maybe_int("uidvalidity")?,
        uid: row.maybe_int("uid")?,
        message_id: row.message_id("message_id")?,
        received: row.maybe_time("received")?,
        raw: row.digest("raw")?,
        size: row.number("size")?,
        class: row.maybe_word("class", Class::from_word)?,
        author: row.maybe_text("author")?,
        subject: row.maybe_text("subject")?,
        evidence: row.text("evidence")?,
        attempt: row.number("attempt")?,
        reason: row.text("reason")?,
        ticket: row.maybe_word("number", TicketNumber::new)?,
        duplicate_of: row.maybe_int("duplicate_of")?,
        acked: row.flag("acked")?,
    })
}
