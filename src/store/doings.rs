//! What one event did, read back so that it can be taken back.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;

use super::StoreError;
use super::values::{Columns, list};
use crate::decide::{Doings, LeftMail, UndoKey};
use crate::desk::{Attribute, Change, TicketId};

const BY_CODE: &str = "SELECT * FROM undos WHERE code = $1";

/// The last doing of an agent that touched one of the tickets, taken back or not: who repeats himself does not mean the one
/// before it.
const LAST: &str = "\
SELECT u.* FROM undos u WHERE u.login = $1 AND EXISTS
 (SELECT 1 FROM history h WHERE h.journal = u.journal AND h.ticket IN (SELECT value FROM json_each($2)))
ORDER BY u.id DESC LIMIT 1";

/// Whether a ticket has anything of another event than the one that opened it.
const WENT_ON: &str = "\
SELECT EXISTS (SELECT 1 FROM articles WHERE ticket = $1 AND journal <> $2)
 OR EXISTS (SELECT 1 FROM history WHERE ticket = $1 AND journal <> $2)";

/// Notices to the agent himself are answers about the mail, not a part of what it did.
const MAILS: &str = "\
SELECT id, ticket, recipient, template, state IN ('pending', 'held') AND in_doubt IS NULL AS waits FROM outbox
 WHERE journal = $1 AND template NOT IN ('receipt', 'help', 'list', 'show', 'history', 'report', 'confirmation', 'held-for-author') ORDER BY id";

/// The doing that a key names, with all that it touched.
pub(super) async fn read(
    conn: &mut SqliteConnection,
    key: &UndoKey,
    tickets: &BTreeSet<i64>,
) -> Result<Option<Doings>, StoreError> {
    let query = match &key.code {
        Some(code) => sqlx::query(BY_CODE).bind(code.to_string()),
        None => sqlx::query(LAST).bind(key.login.clone()).bind(list(tickets)),
    };
    let Some(row) = query.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let row = Columns(&row);
    let journal = row.int("journal")?;
    let mut doings = Doings {
        id: row.int("id")?,
        login: row.text("login")?,
        at: row.time("created")?,
        expires: row.time("expires")?,
        done: row.maybe_time("used")?.is_some(),
        changes: Vec::new(),
        created: Vec::new(),
        went_on: BTreeSet::new(),
        articles: Vec::new(),
        mails: Vec::new(),
    };
    let sql = "SELECT * FROM history WHERE journal = $1 AND kind IN ('change', 'created') ORDER BY id";
    for row in sqlx::query(sql).bind(journal).fetch_all(&mut *conn).await? {
        let row = Columns(&row);
        let ticket = TicketId(row.int("ticket")?);
        match row.maybe_text("attribute")? {
            None => doings.created.push(ticket),
            Some(word) => {
                let attribute = Attribute::from_word(&word)
                    .ok_or_else(|| StoreError::Unreadable(format!("history.attribute \"{word}\"")))?;
                let (before, after) = (row.maybe_text("old_value")?, row.maybe_text("new_value")?);
                doings.changes.push((ticket, Change { attribute, before, after }));
            }
        }
    }
    for ticket in &doings.created {
        let went_on = sqlx::query_scalar(WENT_ON).bind(ticket.0).bind(journal);
        if went_on.fetch_one(&mut *conn).await? {
            doings.went_on.insert(*ticket);
        }
    }
    let sql = "SELECT id, ticket, visible FROM articles WHERE journal = $1 ORDER BY id";
    for row in sqlx::query(sql).bind(journal).fetch_all(&mut *conn).await? {
        let row = Columns(&row);
        doings.articles.push((TicketId(row.int("ticket")?), row.int("id")?, row.flag("visible")?));
    }
    for row in sqlx::query(MAILS).bind(journal).fetch_all(conn).await? {
        let row = Columns(&row);
        doings.mails.push(LeftMail {
            id: row.int("id")?,
            ticket: row.ticket("ticket")?,
            recipient: row.text("recipient")?,
            template: row.text("template")?,
            left: !row.flag("waits")?,
        });
    }
    Ok(Some(doings))
}

/// All tickets that a doing touched.
pub(super) fn touched(doings: &Doings) -> impl Iterator<Item = TicketId> {
    let changed = doings.changes.iter().map(|(ticket, _)| *ticket);
    let written = doings.articles.iter().map(|(ticket, ..)| *ticket);
    changed.chain(written).chain(doings.created.iter().copied())
}
