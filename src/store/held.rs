//! Mails that wait for confirmation, read back whole when they are set free.

use std::sync::Arc;

use sqlx::Row as _;

use super::values::Columns;
use super::{StoreError, Writing};
use crate::decide::HeldFor;
use crate::desk::TicketId;

/// What the agent was asked, of a row of `held`.
pub(super) fn held_for(row: &Columns<'_>) -> Result<HeldFor, StoreError> {
    Ok(match row.text("held_for")?.as_str() {
        "proof" => HeldFor::Proof,
        "author" => HeldFor::Author,
        // A row of an earlier version does not say who held the ticket: nobody in particular, so it is asked again.
        "lock" => HeldFor::Lock { holder: row.maybe_text("holder")?.unwrap_or_default() },
        word => return Err(StoreError::Unreadable(format!("held.held_for \"{word}\""))),
    })
}

/// A mail that waited.
#[derive(Debug, Clone)]
pub struct KeptMail {
    /// The agent who had to confirm.
    pub login: String,
    /// Its journal row.
    pub journal: i64,
    /// What was asked about it.
    pub held_for: HeldFor,
    /// About which ticket.
    pub ticket: Option<TicketId>,
    /// Name of the mailbox that it came by.
    pub mailbox: String,
    /// All octets.
    pub raw: Arc<[u8]>,
}

impl Writing {
    /// A held mail by its row id.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such row.
    pub async fn held_mail(&mut self, held: i64) -> Result<KeptMail, StoreError> {
        let sql = "SELECT held.*, journal.mailbox, blobs.content FROM held \
                   JOIN journal ON journal.id = held.journal JOIN blobs ON blobs.digest = held.raw \
                   WHERE held.id = $1";
        let row = sqlx::query(sql).bind(held).fetch_optional(self.conn()).await?;
        let row = row.ok_or_else(|| StoreError::Missing(format!("held mail {held}")))?;
        let raw = match row.try_get::<Option<Vec<u8>>, _>("content")? {
            Some(content) => content,
            None => {
                let digest = Columns(&row)
                    .digest("raw")?
                    .ok_or_else(|| StoreError::Missing(format!("held mail {held}")))?;
                self.file(&digest).await?
            }
        };
        Ok(KeptMail {
            login: row.try_get("login")?,
            journal: row.try_get("journal")?,
            held_for: held_for(&Columns(&row))?,
            ticket: Columns(&row).ticket("ticket")?,
            mailbox: row.try_get::<Option<String>, _>("mailbox")?.unwrap_or_else(|| "deliver".to_owned()),
            raw: raw.into(),
        })
    }
}
