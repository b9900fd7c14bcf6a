//! Marks of mails being sent, from several connections at a time: those that come up while others are being written are
//! written together, with one sync of the disk. One that comes alone is written at once; nobody waits for company.
//!
//! A mark is durable when its future is ready, as if each had been a transaction of its own.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection};
use tokio::sync::oneshot;

use super::values::{list, ms};
use super::{Store, StoreError, Writing};

/// What is to be noted of a mail.
#[derive(Debug)]
pub(super) enum Mark {
    /// From here on the server may have it.
    DataSent,
    /// The server took it over, in these words.
    Accepted(String),
}

/// Marks that wait for the pen.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks(Arc<Mutex<Vec<Waiting>>>);

#[derive(Debug)]
struct Waiting {
    id: i64,
    mark: Mark,
    at: Timestamp,
    /// Whether it met its row.
    tell: oneshot::Sender<Result<bool, Arc<StoreError>>>,
}

impl Marks {
    fn add(&self, waiting: Waiting) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(waiting);
    }

    fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Store {
    /// Notes this of a mail; whether there was a mail to be noted of.
    pub(super) async fn mark(&self, id: i64, mark: Mark, at: Timestamp) -> Result<bool, StoreError> {
        let (tell, mut told) = oneshot::channel();
        self.marks.add(Waiting { id, mark, at, tell });
        let answer = tokio::select! {
            biased;
            answer = &mut told => answer,
            conn = self.writer.acquire() => {
                // Whoever gets the pen writes for all who wait, if nobody has done so for us meanwhile.
                self.write_marks(conn?).await;
                told.await
            }
        };
        // Whoever wrote for us was broken off: nothing is known of it, and whoever asks does so again.
        answer.unwrap_or_else(|_| Err(Arc::new(StoreError::Busy))).map_err(StoreError::Together)
    }

    async fn write_marks(&self, conn: PoolConnection<Sqlite>) {
        let waiting = self.marks.take();
        if waiting.is_empty() {
            return;
        }
        let written = async {
            let mut writing = Writing::begin(conn, self.files.clone()).await?;
            let met = write(writing.conn(), &waiting).await?;
            writing.commit().await?;
            Ok::<_, StoreError>(met)
        };
        let written = written.await.map_err(Arc::new);
        for (nth, Waiting { tell, .. }) in waiting.into_iter().enumerate() {
            let answer = written.as_ref().map(|met| met.get(nth).copied().unwrap_or(false));
            // Who asked may have gone; what was written stands.
            drop(tell.send(answer.map_err(Arc::clone)));
        }
    }
}

/// Writes them; for each, whether it met its row.
async fn write(conn: &mut SqliteConnection, waiting: &[Waiting]) -> Result<Vec<bool>, StoreError> {
    let (mut sent, mut accepted) = (Vec::new(), Vec::new());
    for one in waiting {
        match &one.mark {
            Mark::DataSent => sent.push((one.id, ms(one.at))),
            Mark::Accepted(answer) => accepted.push((one.id, ms(one.at), answer)),
        }
    }
    let mut met = Vec::new();
    if !sent.is_empty() {
        let sql = "UPDATE outbox SET state = 'data-sent', changed = json_extract(mark.value, '$[1]') \
                   FROM json_each($1) AS mark WHERE outbox.id = json_extract(mark.value, '$[0]') \
                   AND state = 'sending' RETURNING outbox.id";
        let ids: Vec<i64> = sqlx::query_scalar(sql).bind(list(sent)).fetch_all(&mut *conn).await?;
        met.extend(ids);
    }
    if !accepted.is_empty() {
        let ids = list(accepted.iter().map(|(id, ..)| *id));
        let sql = "UPDATE outbox SET state = 'accepted', attempts = attempts + 1, \
                   changed = json_extract(mark.value, '$[1]'), \
                   last_error = CASE WHEN recipient = '' THEN NULL ELSE json_extract(mark.value, '$[2]') END \
                   FROM json_each($1) AS mark WHERE outbox.id = json_extract(mark.value, '$[0]') RETURNING outbox.id";
        let rows: Vec<i64> = sqlx::query_scalar(sql).bind(list(accepted)).fetch_all(&mut *conn).await?;
        met.extend(rows);
        let sql = "DELETE FROM outbox_content WHERE id IN (SELECT value FROM json_each($1))";
        sqlx::query(sql).bind(ids).execute(&mut *conn).await?;
    }
    Ok(waiting.iter().map(|one| met.contains(&one.id)).collect())
}
