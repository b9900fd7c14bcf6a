//! What was found of the signatures of mails.

use crate::mail::Digest;
use crate::store::{Store, StoreError};

impl Store {
    /// What the check of a mail's signatures found when it came; `None` where there was no check. A mail is known by
    /// its octets, or by its fingerprint where one is given: programs save mails with other line ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn dkim_of(
        &self,
        raw: Digest,
        fingerprint: Option<Digest>,
    ) -> Result<Option<String>, StoreError> {
        let sql = "SELECT dkim FROM (\
                   SELECT id, dkim FROM journal WHERE raw = $1 AND dkim IS NOT NULL UNION \
                   SELECT id, dkim FROM journal WHERE fingerprint = $2 AND dkim IS NOT NULL) ORDER BY id LIMIT 1";
        let query = sqlx::query_scalar(sql).bind(raw.to_string());
        let query = query.bind(fingerprint.map(|fingerprint| fingerprint.to_string()));
        let mut conn = self.readers.acquire().await?;
        Ok(query.fetch_optional(&mut *conn).await?)
    }
}
