//! What was found of the signatures of mails.

use crate::mail::Digest;
use crate::store::{Store, StoreError};

impl Store {
    /// What the check of a raw mail's signatures found when it came; `None` where there was no check.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dkim_of(&self, raw: Digest) -> Result<Option<String>, StoreError> {
        let sql = "SELECT dkim FROM journal WHERE raw = $1 AND dkim IS NOT NULL ORDER BY id LIMIT 1";
        let mut conn = self.readers.acquire().await?;
        Ok(sqlx::query_scalar(sql).bind(raw.to_string()).fetch_optional(&mut *conn).await?)
    }
}
