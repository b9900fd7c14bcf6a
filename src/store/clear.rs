//! What an erasure leaves behind once it is decided: files that nothing names, free pages of the database, its log.

use std::collections::BTreeSet;
use std::time::Duration;

use super::values::list;
use super::{Store, StoreError};
use crate::mail::{Digest, mentions};

/// How often the log is tried to be emptied while others read, and the time between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(100);

impl Store {
    /// Raw mails that name an address, as text or encoded. Reads every raw mail once, one at a time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn raws_naming(&self, address: &str) -> Result<Vec<Digest>, StoreError> {
        let (mut found, mut after) = (Vec::new(), 0_i64);
        loop {
            let sql = "SELECT b.id, b.digest FROM blobs b WHERE b.id > $1 \
                       AND EXISTS (SELECT 1 FROM journal j WHERE j.raw = b.digest) ORDER BY b.id LIMIT 500";
            let rows: Vec<(i64, String)> = sqlx::query_as(sql).bind(after).fetch_all(&self.readers).await?;
            let Some((last, _)) = rows.last() else { return Ok(found) };
            after = *last;
            for (_, digest) in &rows {
                let Some(digest) = Digest::from_hex(digest) else { continue };
                // One that is gone meanwhile, or whose file is damaged, names nobody.
                let Ok(content) = self.blob(&digest).await else { continue };
                let address = address.to_owned();
                let names = tokio::task::spawn_blocking(move || mentions(&content, &address)).await;
                if names.unwrap_or(true) {
                    found.push(digest);
                }
            }
        }
    }

    /// Clears away what erasures left: files, free pages, the log. To be done after each erasure, and again where it was
    /// broken off. Takes as long as it takes to write the database anew.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if others use the database all the time: what is erased may still stand in its free pages or its
    /// log.
    pub async fn clear_erased(&self) -> Result<(), StoreError> {
        self.remove_files().await?;
        let mut conn = self.writer.acquire().await?;
        // The copy of the whole database that this makes must not stand in memory (`open`).
        sqlx::query("PRAGMA temp_store = FILE").execute(&mut *conn).await?;
        let copied = sqlx::query("VACUUM").execute(&mut *conn).await;
        sqlx::query(super::open::UNDONE_IN_MEMORY).execute(&mut *conn).await?;
        copied?;
        for _ in 0..TRIES {
            let (busy, ..): (i64, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await?;
            if busy == 0 {
                return Ok(());
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(StoreError::Busy)
    }

    /// With the pen in hand: whoever brings the same content anew writes its file with the pen in hand, too, so it is not
    /// taken from under a row.
    async fn remove_files(&self) -> Result<(), StoreError> {
        let mut writing = self.begin().await?;
        let sql = "SELECT digest FROM erased_files WHERE digest NOT IN (SELECT digest FROM blobs WHERE content IS NULL)";
        let gone: Vec<String> = sqlx::query_scalar(sql).fetch_all(writing.conn()).await?;
        let (files, digests) =
            (self.files.clone(), gone.iter().filter_map(|name| Digest::from_hex(name)).collect());
        let remove = move || {
            let digests: BTreeSet<Digest> = digests;
            files.remove_drafts()?;
            digests.iter().try_for_each(|digest| files.remove(digest))
        };
        tokio::task::spawn_blocking(remove).await.map_err(|error| StoreError::Disk(error.to_string()))??;
        let sql = "DELETE FROM erased_files WHERE digest IN (SELECT value FROM json_each($1)) \
                   OR digest IN (SELECT digest FROM blobs WHERE content IS NULL)";
        sqlx::query(sql).bind(list(gone)).execute(writing.conn()).await?;
        writing.commit().await
    }
}
