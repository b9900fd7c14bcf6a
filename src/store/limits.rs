//! What the limits hold back: automatic mails over a cap, and what the administrator has to hear of.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sqlx::Row as _;

use super::values::{Columns, ms, time};
use super::{Store, StoreError, Writing};
use crate::desk::Limits;

const BY_RECIPIENT: &str = "SELECT count(*) FROM outbox WHERE recipient_key = $1 AND allowed > $2";
const BY_DOMAIN: &str = "SELECT count(*) FROM outbox WHERE cap_domain = $1 AND allowed > $2";

/// What the limits hold back now.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HeldBack {
    /// Automatic mails over a cap: to whom, how many; the most first, ten at most.
    pub mails: Vec<(String, u64)>,
    /// Parked mails: of whom, how many; the same.
    pub parked: Vec<(String, u64)>,
}

impl Store {
    /// Lets go what the caps allow now, the oldest first; how many mails that were.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_release(&self, limits: &Limits, now: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT recipient_key, cap_domain, count(*) AS n FROM outbox WHERE state = 'held' AND capped IS NOT NULL \
             GROUP BY recipient_key ORDER BY min(id) LIMIT 1000";
        let waiting = sqlx::query(sql).fetch_all(&self.readers).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let mut writing = self.begin().await?;
        let mut domains: BTreeMap<String, u32> = BTreeMap::new();
        let mut released = 0;
        for row in &waiting {
            let row = Columns(row);
            let (key, domain) = (row.text("recipient_key")?, row.maybe_text("cap_domain")?);
            let cap = match &domain {
                Some(_) => limits.notices_per_recipient,
                None => limits.notices_per_own_recipient,
            };
            let mut room = cap.saturating_sub(writing.sent_since_hour(BY_RECIPIENT, &key, now).await?);
            if let Some(domain) = &domain {
                let left = match domains.get(domain) {
                    Some(left) => *left,
                    None => {
                        let sent = writing.sent_since_hour(BY_DOMAIN, domain, now).await?;
                        limits.notices_per_domain.saturating_sub(sent)
                    }
                };
                room = room.min(left);
                let most = u32::try_from(row.int("n")?).unwrap_or(u32::MAX);
                domains.insert(domain.clone(), left - room.min(most));
            }
            if room > 0 {
                released += writing.let_go(&key, room, now).await?;
            }
        }
        writing.commit().await?;
        Ok(released)
    }

    /// Mails that waited over a cap since before `created`: too old to be of use to anybody.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn outbox_too_old(&self, created: Timestamp) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT id FROM outbox WHERE state = 'held' AND capped IS NOT NULL AND created < $1 ORDER BY id LIMIT 100";
        let ids = sqlx::query_scalar(sql).bind(ms(created));
        Ok(ids.fetch_all(&self.readers).await?)
    }

    /// What is held back, where there is any of it that is younger than the last word to the administrator, and that is
    /// an hour ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn news_of_limits(&self, now: Timestamp) -> Result<Option<HeldBack>, StoreError> {
        let sql = "SELECT (SELECT max(capped) FROM outbox WHERE state = 'held' AND capped IS NOT NULL) AS capped, \
             (SELECT max(at) FROM parked WHERE outcome IS NULL) AS parked, \
             (SELECT at FROM told WHERE what = $1) AS told";
        let row = sqlx::query(sql).bind(LIMITS).fetch_one(&self.readers).await?;
        let row = Columns(&row);
        let newest = row.maybe_int("capped")?.max(row.maybe_int("parked")?);
        let told = row.maybe_int("told")?.map(time).transpose()?;
        let due = told.is_none_or(|told| {
            now.duration_since(told) >= SignedDuration::from_hours(1) && newest >= Some(ms(told))
        });
        if newest.is_none() || !due {
            return Ok(None);
        }
        let mails = "SELECT recipient_key, count(*) AS n FROM outbox WHERE state = 'held' AND capped IS NOT NULL GROUP BY recipient_key \
             ORDER BY n DESC, recipient_key LIMIT 10";
        let parked = "SELECT sender, count(*) AS n FROM parked WHERE outcome IS NULL GROUP BY sender \
                      ORDER BY n DESC, sender LIMIT 10";
        let counted = |row: &sqlx::sqlite::SqliteRow| -> Result<(String, u64), StoreError> {
            Ok((row.try_get(0)?, Columns(row).number("n")?))
        };
        let mails = sqlx::query(mails).fetch_all(&self.readers).await?;
        let parked = sqlx::query(parked).fetch_all(&self.readers).await?;
        Ok(Some(HeldBack {
            mails: mails.iter().map(counted).collect::<Result<_, _>>()?,
            parked: parked.iter().map(counted).collect::<Result<_, _>>()?,
        }))
    }
}

/// The row of [`Writing::told_of_limits`] in `told`.
const LIMITS: &str = "limits";

impl Writing {
    /// Whether the mail of a journal row still waits in the quarantine or among the parked ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn still_kept(&mut self, journal: i64) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM quarantine WHERE journal = $1 AND outcome IS NULL) \
                   OR EXISTS (SELECT 1 FROM parked WHERE journal = $1 AND outcome IS NULL)";
        Ok(sqlx::query_scalar(sql).bind(journal).fetch_one(self.conn()).await?)
    }

    /// The administrator is told of the limits in this transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn told_of_limits(&mut self, now: Timestamp) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO told (what, at) VALUES ($1, $2) ON CONFLICT (what) DO UPDATE SET at = excluded.at";
        sqlx::query(sql).bind(LIMITS).bind(ms(now)).execute(self.conn()).await?;
        Ok(())
    }

    /// Automatic mails of the last hour, by recipient or domain.
    async fn sent_since_hour(
        &mut self,
        counting: &'static str,
        value: &str,
        now: Timestamp,
    ) -> Result<u32, StoreError> {
        let since = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
        let count = sqlx::query_scalar(counting).bind(value).bind(ms(since));
        let count: i64 = count.fetch_one(self.conn()).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn let_go(&mut self, key: &str, room: u32, now: Timestamp) -> Result<u64, StoreError> {
        let sql = "UPDATE outbox SET state = 'pending', allowed = $3, capped = NULL, changed = $3, last_error = NULL, \
             next_attempt = max(next_attempt, $3) \
             WHERE id IN (SELECT id FROM outbox WHERE state = 'held' AND capped IS NOT NULL AND recipient_key = $1 ORDER BY id LIMIT $2)";
        let update = sqlx::query(sql).bind(key).bind(room).bind(ms(now));
        Ok(update.execute(self.conn()).await?.rows_affected())
    }
}
