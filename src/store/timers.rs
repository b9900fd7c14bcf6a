//! Rows that fall due. Each is fired once, in the transaction of the decision that it asks for.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::values::{Columns, ms};
use super::{Store, StoreError, Writing};
use crate::desk::{Timer, TimerKind};

impl Store {
    /// Timers that are due, the longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timers_due(&self, now: Timestamp, limit: u32) -> Result<Vec<Timer>, StoreError> {
        let sql = "SELECT * FROM timers WHERE fired IS NULL AND due <= $1 ORDER BY due, id LIMIT $2";
        let rows = sqlx::query(sql).bind(ms(now)).bind(limit).fetch_all(&self.readers).await?;
        rows.iter().map(timer).collect()
    }

    /// When the next timer will be due; `None` while there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timers_next(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT min(due) AS due FROM timers WHERE fired IS NULL";
        Columns(&sqlx::query(sql).fetch_one(&self.readers).await?).maybe_time("due")
    }
}

impl Store {
    /// Puts off a timer that was due and cannot be fired now; not one that has another time since.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timer_later(&self, timer: i64, now: Timestamp, due: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE timers SET due = $2 WHERE id = $1 AND fired IS NULL AND due <= $3";
        sqlx::query(sql).bind(timer).bind(ms(due)).bind(ms(now)).execute(&self.writer).await?;
        Ok(())
    }
}

impl Writing {
    /// Fires a timer; `None` if it was fired, moved to later or taken back since it was read: then there is nothing
    /// to decide.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fire(&mut self, timer_id: i64, now: Timestamp) -> Result<Option<Timer>, StoreError> {
        let sql = "UPDATE timers SET fired = $2 WHERE id = $1 AND fired IS NULL AND due <= $2 RETURNING *";
        let row = sqlx::query(sql).bind(timer_id).bind(ms(now)).fetch_optional(self.conn()).await?;
        row.as_ref().map(timer).transpose()
    }
}

pub(super) fn timer(row: &SqliteRow) -> Result<Timer, StoreError> {
    let row = Columns(row);
    Ok(Timer {
        id: row.int("id")?,
        ticket: row.ticket("ticket")?,
        kind: row.word("kind", TimerKind::from_word)?,
        held: row.maybe_int("held")?,
        due: row.time("due")?,
    })
}
