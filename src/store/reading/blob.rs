//! A stored content, by its digest.

use sqlx::Row as _;

use crate::mail::Digest;
use crate::store::{Store, StoreError};

impl Store {
    /// A raw mail or an attachment.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Unreadable`] if a file does not hold what its name says.
    pub async fn blob(&self, digest: &Digest) -> Result<Vec<u8>, StoreError> {
        let sql = "SELECT content FROM blobs WHERE digest = $1";
        let row = sqlx::query(sql).bind(digest.to_string()).fetch_optional(&self.readers).await?;
        let row = row.ok_or_else(|| StoreError::Missing(format!("content {digest}")))?;
        if let Some(content) = row.try_get::<Option<Vec<u8>>, _>(0)? {
            return Ok(content);
        }
        let (files, digest) = (self.files.clone(), *digest);
        let read = tokio::task::spawn_blocking(move || files.read(&digest)).await;
        read.unwrap_or_else(|error| Err(StoreError::Disk(error.to_string())))
    }
}
