//! The desk at a glance.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::desk::StateType;
use crate::store::values::Columns;
use crate::store::{Store, StoreError};

/// Counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Tickets by state: name, type, how many.
    pub tickets: Vec<(String, StateType, u64)>,
    /// Mails not accepted yet, by state.
    pub outbox: BTreeMap<String, u64>,
    /// Of all mails ever: in doubt.
    pub in_doubt: u64,
    /// Mails that wait for confirmation.
    pub held: u64,
    /// Mails in quarantine.
    pub quarantine: u64,
    /// Mails that are parked.
    pub parked: u64,
    /// Automatic mails that are held over a cap; among those of the outbox that are held.
    pub capped: u64,
    /// Timers that wait.
    pub timers: u64,
    /// When the next one is due.
    pub next_timer: Option<Timestamp>,
    /// Mails taken of which the server was not told yet.
    pub unacknowledged: u64,
    /// The last journal row of each mailbox: name, time, reason.
    pub mailboxes: Vec<(String, Timestamp, String)>,
}

const COUNTS: &str = "\
SELECT (SELECT count(*) FROM outbox WHERE in_doubt IS NOT NULL) AS in_doubt,
       (SELECT count(*) FROM held WHERE outcome IS NULL) AS held,
       (SELECT count(*) FROM quarantine WHERE outcome IS NULL) AS quarantine,
       (SELECT count(*) FROM parked WHERE outcome IS NULL) AS parked,
       (SELECT count(*) FROM outbox WHERE state = 'held' AND capped IS NOT NULL) AS capped,
       (SELECT count(*) FROM timers WHERE fired IS NULL) AS timers,
       (SELECT min(due) FROM timers WHERE fired IS NULL) AS next_timer,
       (SELECT count(*) FROM journal WHERE acked = 0) AS unacknowledged";

/// A walk from mailbox to mailbox over the index, instead of over all rows.
const MAILBOXES: &str = "\
WITH RECURSIVE names (mailbox) AS (
    SELECT (SELECT min(mailbox) FROM journal)
    UNION ALL
    SELECT (SELECT min(j.mailbox) FROM journal j WHERE j.mailbox > names.mailbox) FROM names WHERE names.mailbox IS NOT NULL
)
SELECT j.mailbox, j.at, j.reason FROM names
  JOIN journal j ON j.id = (SELECT max(id) FROM journal WHERE mailbox = names.mailbox)
 WHERE names.mailbox IS NOT NULL ORDER BY j.mailbox";

impl Store {
    /// Counts what there is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn status(&self) -> Result<Status, StoreError> {
        let mut conn = self.readers.acquire().await?;
        let counts = sqlx::query(COUNTS).fetch_one(&mut *conn).await?;
        let counts = Columns(&counts);
        let mut status = Status {
            in_doubt: counts.number("in_doubt")?,
            held: counts.number("held")?,
            quarantine: counts.number("quarantine")?,
            parked: counts.number("parked")?,
            capped: counts.number("capped")?,
            timers: counts.number("timers")?,
            next_timer: counts.maybe_time("next_timer")?,
            unacknowledged: counts.number("unacknowledged")?,
            ..Status::default()
        };
        let sql = "SELECT state, state_type, count(*) AS n FROM tickets GROUP BY state_type, state";
        for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
            let row = Columns(&row);
            let kind = row.word("state_type", StateType::from_word)?;
            status.tickets.push((row.text("state")?, kind, row.number("n")?));
        }
        status.tickets.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
        let sql = "SELECT state, count(*) AS n FROM outbox WHERE state NOT IN ('accepted', 'dropped') GROUP BY state";
        for row in sqlx::query(sql).fetch_all(&mut *conn).await? {
            let row = Columns(&row);
            status.outbox.insert(row.text("state")?, row.number("n")?);
        }
        for row in sqlx::query(MAILBOXES).fetch_all(&mut *conn).await? {
            let row = Columns(&row);
            status.mailboxes.push((row.text("mailbox")?, row.time("at")?, row.text("reason")?));
        }
        Ok(status)
    }
}
