//! What the mailboxes ask of the journal: where a folder stands, what is taken, what the server was told.
//!
//! All of it is durable when it returns. `ingest::intake` says what each question means.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::values::{Columns, list, ms};
use super::{Store, StoreError};
use crate::decide::After;
use crate::ingest::intake::{AfterTaking, Known, LeftAlone, Place, Position, Source};
use crate::ingest::reconcile::Placed;

/// A mail that was begun this often without an end is unfit: it goes to quarantine unread.
pub const UNFIT_AFTER: u32 = 3;

/// What is known of the attempts at a mail that has no journal row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    /// Begun and never ended: so often the program went down with the mail in hand.
    pub crashes: u32,
    /// Ended by an error.
    pub failures: u32,
}

impl Store {
    /// What is known of a folder with this UIDVALIDITY, in its last epoch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn position(
        &self,
        mailbox: &str,
        folder: &str,
        uidvalidity: u32,
    ) -> Result<Position, StoreError> {
        let mut conn = self.readers.acquire().await?;
        let sql = "SELECT epoch, cursor, left_through, left_before FROM folders \
                   WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 ORDER BY epoch DESC LIMIT 1";
        let query = sqlx::query(sql).bind(mailbox).bind(folder).bind(uidvalidity);
        if let Some(row) = query.fetch_optional(&mut *conn).await? {
            return known_position(&mut conn, mailbox, folder, uidvalidity, &Columns(&row)).await;
        }
        let sql =
            "SELECT left_before FROM folders WHERE mailbox = $1 AND folder = $2 ORDER BY id DESC LIMIT 1";
        let row = sqlx::query(sql).bind(mailbox).bind(folder).fetch_optional(&mut *conn).await?;
        Ok(match row {
            None => Position::FirstStart,
            Some(row) => Position::Renumbered { leave_before: Columns(&row).maybe_time("left_before")? },
        })
    }

    /// The folder is ours in this numbering, cursor 0 if it is new, minus this old stock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn adopt(
        &self,
        place: &Place,
        left_alone: Option<LeftAlone>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO folders (mailbox, folder, uidvalidity, epoch, cursor, left_through, left_before, \
                   adopted) VALUES ($1, $2, $3, $4, 0, $5, $6, $7) \
                   ON CONFLICT (mailbox, folder, uidvalidity, epoch) DO UPDATE \
                   SET left_through = excluded.left_through, left_before = excluded.left_before";
        let mut writing = self.begin().await?;
        let folder = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        let folder = folder.bind(place.epoch).bind(left_alone.map(|left| left.through));
        let folder = folder.bind(left_alone.map(|left| ms(left.received_before))).bind(ms(at));
        folder.execute(writing.conn()).await?;
        writing.commit().await
    }

    /// Which of these UIDs have their journal row, rising.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn known(&self, place: &Place, uids: &[u32]) -> Result<Vec<Known>, StoreError> {
        let sql = "SELECT uid, after, after_folder, received FROM journal \
                   WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND epoch = $4 \
                   AND uid IN (SELECT value FROM json_each($5)) ORDER BY uid";
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        let rows = query.bind(place.epoch).bind(list(uids)).fetch_all(&self.readers).await?;
        let known = |row| {
            let (uid, after) = uid_and_after(row)?;
            Ok(Known { uid, after, received: Columns(row).maybe_time("received")? })
        };
        rows.iter().map(known).collect()
    }

    /// The mails of a folder that have their journal row, with UIDs from the first to the last, rising.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn placed(&self, place: &Place, (low, high): (u32, u32)) -> Result<Vec<Placed>, StoreError> {
        let sql = "SELECT j.uid, j.received, j.after, j.after_folder, j.acked, t.number FROM journal j \
                   LEFT JOIN tickets t ON t.id = j.ticket \
                   WHERE j.mailbox = $1 AND j.folder = $2 AND j.uidvalidity = $3 AND j.epoch = $4 \
                   AND j.uid BETWEEN $5 AND $6 ORDER BY j.uid";
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        let rows = query.bind(place.epoch).bind(low).bind(high).fetch_all(&self.readers).await?;
        let placed = |row| {
            let (uid, after) = uid_and_after(row)?;
            let row = Columns(row);
            let (received, acked) = (row.maybe_time("received")?, row.flag("acked")?);
            Ok(Placed { uid, received, after, acked, ticket: row.maybe_text("number")? })
        };
        rows.iter().map(placed).collect()
    }

    /// What was decided for a journalled mail on its server.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such row.
    pub async fn after_of(&self, journal: i64) -> Result<After, StoreError> {
        let sql = "SELECT after, after_folder FROM journal WHERE id = $1";
        let row = sqlx::query(sql).bind(journal).fetch_optional(&self.readers).await?;
        let row = row.ok_or_else(|| StoreError::Missing(format!("journal row {journal}")))?;
        let row = Columns(&row);
        super::values::after(&row.text("after")?, row.maybe_text("after_folder")?)
    }

    /// The server was told what to do with these mails, and the cursor holds from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn acked(&self, place: &Place, uids: &[u32], cursor: u32) -> Result<(), StoreError> {
        let of_place = [
            "UPDATE journal SET acked = 1 WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND epoch = $4 \
             AND uid IN (SELECT value FROM json_each($5))",
            "DELETE FROM attempts WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND epoch = $4 \
             AND uid IN (SELECT value FROM json_each($5))",
        ];
        let mut writing = self.begin().await?;
        for sql in of_place.into_iter().filter(|_| !uids.is_empty()) {
            let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
            query.bind(place.epoch).bind(list(uids)).execute(writing.conn()).await?;
        }
        let sql = "UPDATE folders SET cursor = $5 WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 \
                   AND epoch = $4";
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        query.bind(place.epoch).bind(cursor).execute(writing.conn()).await?;
        writing.commit().await
    }

    /// What is known of earlier attempts at these mails of one folder; mails without any are left out.
    ///
    /// A mail with a crash behind it has to be begun alone: the program cannot know which one of a batch it went down
    /// with, and the others must not be counted along again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempts(&self, place: &Place, uids: &[u32]) -> Result<BTreeMap<u32, Attempts>, StoreError> {
        let sql = "SELECT uid, begun, failed FROM attempts WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 \
                   AND epoch = $4 AND uid IN (SELECT value FROM json_each($5))";
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        let rows = query.bind(place.epoch).bind(list(uids)).fetch_all(&self.readers).await?;
        let attempts = |row| {
            let row = Columns(row);
            Ok((
                row.number("uid")?,
                Attempts { crashes: row.number("begun")?, failures: row.number("failed")? },
            ))
        };
        rows.iter().map(attempts).collect()
    }

    /// Counts one more attempt at each, before anything looks into them. It ends with the journal row or with
    /// [`failed`](Self::failed); without either it was a crash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_attempts(&self, place: &Place, uids: &[u32], at: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO attempts (mailbox, folder, uidvalidity, epoch, uid, begun, failed, at) \
                   SELECT $1, $2, $3, $4, value, 1, 0, $6 FROM json_each($5) WHERE true \
                   ON CONFLICT (mailbox, folder, uidvalidity, epoch, uid) \
                   DO UPDATE SET begun = begun + 1, at = excluded.at";
        let mut writing = self.begin().await?;
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        query.bind(place.epoch).bind(list(uids)).bind(ms(at)).execute(writing.conn()).await?;
        writing.commit().await
    }

    /// An attempt ended by an error: it was no crash.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn failed(&self, source: &Source, error: &str, at: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE attempts SET begun = begun - 1, failed = failed + 1, last_error = $6, at = $7 \
                   WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND epoch = $4 AND uid = $5 \
                   AND begun > 0";
        let mut writing = self.begin().await?;
        let place = &source.place;
        let query = sqlx::query(sql).bind(&place.mailbox).bind(&place.folder).bind(place.uidvalidity);
        let query = query.bind(place.epoch).bind(source.uid).bind(error).bind(ms(at));
        query.execute(writing.conn()).await?;
        writing.commit().await
    }
}

async fn known_position(
    conn: &mut SqliteConnection,
    mailbox: &str,
    folder: &str,
    uidvalidity: u32,
    row: &Columns<'_>,
) -> Result<Position, StoreError> {
    let epoch: u32 = row.number("epoch")?;
    let sql = "SELECT uid FROM journal \
               WHERE mailbox = $1 AND folder = $2 AND uidvalidity = $3 AND epoch = $4 AND acked = 0 ORDER BY uid";
    let owed = sqlx::query_scalar(sql).bind(mailbox).bind(folder).bind(uidvalidity).bind(epoch);
    let owed = owed.fetch_all(conn).await?;
    let left_alone = match (row.maybe_int("left_through")?, row.maybe_time("left_before")?) {
        (Some(_), Some(received_before)) => {
            Some(LeftAlone { through: row.number("left_through")?, received_before })
        }
        _ => None,
    };
    Ok(Position::Known { epoch, cursor: row.number("cursor")?, owed, left_alone })
}

fn uid_and_after(row: &SqliteRow) -> Result<(u32, AfterTaking), StoreError> {
    let row = Columns(row);
    let after = match super::values::after(&row.text("after")?, row.maybe_text("after_folder")?)? {
        After::Default => AfterTaking::Default,
        After::MoveTo(folder) => AfterTaking::MoveTo(folder),
        After::Keep => AfterTaking::Keep,
    };
    Ok((row.number("uid")?, after))
}
