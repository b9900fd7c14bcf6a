//! One write transaction, from taking the pen to the commit.
//!
//! The transaction is kept by hand and not by sqlx's `Transaction`: SQLite itself rolls back on a full disk, which
//! `Transaction` does not notice, and the connection would be unusable from then on.

use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};

use super::files::Files;
use super::{Applied, Decided, Entry, OutboxRow, StoreError, apply, prefetch};
use crate::decide::{Context, Decision, Lookup};
use crate::desk::State;

/// The pen. Dropped without [`commit`](Self::commit), nothing of it was written.
#[derive(Debug)]
pub struct Writing {
    conn: PoolConnection<Sqlite>,
    files: Files,
    open: bool,
}

impl Writing {
    pub(super) async fn begin(conn: PoolConnection<Sqlite>, files: Files) -> Result<Self, StoreError> {
        // Open from before the statement: if this future is dropped half way, the connection goes with it.
        let mut writing = Self { conn, files, open: true };
        if let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing.conn).await {
            // Nothing was begun, so the connection is as good as before.
            writing.open = false;
            return Err(error.into());
        }
        Ok(writing)
    }

    /// Reads all that a decision may know; `now` is the end of the hour in which automatic mails are counted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prefetch(&mut self, lookup: &Lookup, now: Timestamp) -> Result<Context, StoreError> {
        prefetch::one(&mut self.conn, lookup, now).await
    }

    /// The same for several decisions, none of which is to know of the others.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prefetch_all(
        &mut self,
        lookups: &[Lookup],
        now: Timestamp,
    ) -> Result<Vec<Context>, StoreError> {
        prefetch::all(&mut self.conn, lookups, now).await
    }

    /// Writes a decision: its tickets, its journal row, its effects in their order, the mails rendered for it.
    /// `states` are the desk's, which know what type a state has.
    ///
    /// # Errors
    /// [`StoreError`]; what was written of it before stands until [`rollback_to`](Self::rollback_to).
    pub async fn apply(
        &mut self,
        decision: &Decision,
        entry: &Entry,
        mails: &[OutboxRow],
        states: &[State],
    ) -> Result<Applied, StoreError> {
        let applied = self.apply_all(&[Decided { decision, entry, mails }], states).await?;
        applied.into_iter().next().ok_or_else(|| StoreError::Missing("the one decision".to_owned()))
    }

    /// Writes several decisions, none of which was made of what another one of them writes; one answer each, in their
    /// order. Much cheaper than one by one.
    ///
    /// # Errors
    /// [`StoreError`], which does not say whose; what was written before stands until
    /// [`rollback_to`](Self::rollback_to).
    pub async fn apply_all(
        &mut self,
        decided: &[Decided<'_>],
        states: &[State],
    ) -> Result<Vec<Applied>, StoreError> {
        apply::decisions(&mut self.conn, &self.files, decided, states).await
    }

    /// Gives a counter value away without a ticket: the way out of [`StoreError::NumberTaken`], after
    /// [`rollback_to`](Self::rollback_to) and before the context is read again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn spend_number(&mut self, counter: &str, used: u64) -> Result<(), StoreError> {
        apply::move_counter(&mut self.conn, counter, used).await
    }

    /// Marks the beginning of one event of a batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn savepoint(&mut self) -> Result<(), StoreError> {
        self.run("SAVEPOINT event").await
    }

    /// Forgets what was written since [`savepoint`](Self::savepoint), and the mark: one failing event does not take
    /// the others along.
    ///
    /// # Errors
    /// [`StoreError`]: the whole transaction is lost, as after a full disk.
    pub async fn rollback_to(&mut self) -> Result<(), StoreError> {
        self.run("ROLLBACK TO event").await?;
        self.run("RELEASE event").await
    }

    /// Forgets the mark alone: the event is as good as the rest of the batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release(&mut self) -> Result<(), StoreError> {
        self.run("RELEASE event").await
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was written.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.run("COMMIT").await?;
        self.open = false;
        Ok(())
    }

    /// Forgets everything.
    ///
    /// # Errors
    /// None: a connection that cannot roll back is closed, which does the same.
    pub async fn rollback(mut self) {
        if self.run("ROLLBACK").await.is_ok() {
            self.open = false;
        }
    }

    /// A content that stands as a file.
    pub(super) async fn file(&self, digest: &crate::mail::Digest) -> Result<Vec<u8>, StoreError> {
        let (files, digest) = (self.files.clone(), *digest);
        let read = tokio::task::spawn_blocking(move || files.read(&digest)).await;
        read.unwrap_or_else(|error| Err(StoreError::Disk(error.to_string())))
    }

    /// For the other modules of the store.
    pub(super) fn conn(&mut self) -> &mut SqliteConnection {
        &mut self.conn
    }

    async fn run(&mut self, sql: &'static str) -> Result<(), StoreError> {
        sqlx::query(sql).execute(&mut *self.conn).await?;
        Ok(())
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        if self.open {
            // Closing rolls back, whatever state the connection is in.
            self.conn.close_on_drop();
        }
    }
}
