//! Reads all that a decision may know, in two statements (three where mails wait for confirmation).

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::values::{Columns, list, ms};
use super::{Store, StoreError, whole_ticket};
use crate::decide::{Context, HeldMail, Lookup, Surveyed, Told};
use crate::desk::{Counter, TicketId, TicketNumber};
use crate::mail::{Digest, MessageId};

/// Every key of a look-up but those of held mails. Of several tickets that know a Message-ID, the first one counts:
/// ours stood there before anybody could repeat it.
const KEYS: &str = "\
SELECT 'message-id' AS what, message_id AS name, min(id) AS id, ticket FROM message_ids
 WHERE message_id IN (SELECT value FROM json_each($1)) GROUP BY message_id
UNION ALL
SELECT 'number', number, id, id FROM tickets WHERE number IN (SELECT value FROM json_each($2))
UNION ALL
SELECT 'duplicate', NULL, id, ticket FROM
 (SELECT id, ticket FROM journal WHERE fingerprint = $3 ORDER BY id LIMIT 1)
UNION ALL
SELECT 'sent', recipient_key, count(*), NULL FROM outbox
 WHERE recipient_key IN (SELECT value FROM json_each($4)) AND allowed > $5 GROUP BY recipient_key
UNION ALL
SELECT 'sent-to-domain', cap_domain, count(*), NULL FROM outbox
 WHERE cap_domain IN (SELECT value FROM json_each($8)) AND allowed > $5 GROUP BY cap_domain
UNION ALL
SELECT 'opened', NULL, count(*), NULL FROM tickets WHERE customer_key = $9 AND created > $5
UNION ALL
SELECT 'parked', NULL, due, NULL FROM
 (SELECT due FROM parked WHERE sender = $9 AND outcome IS NULL ORDER BY due DESC LIMIT 1)
UNION ALL
SELECT 'told', template || ' ' || recipient_key, count(*), NULL FROM outbox
 WHERE recipient_key IN (SELECT value FROM json_each($10)) AND kind <> 'human' AND created > $5
   AND template IN ('confirmation', 'held-for-author', 'alarm') GROUP BY recipient_key, template
UNION ALL
SELECT 'counter', key, used, NULL FROM counters WHERE key = $6
UNION ALL
SELECT 'other-number', name, ticket, ticket FROM other_numbers WHERE name IN (SELECT value FROM json_each($7))";

/// Tickets by row id, and those that they were merged into over any number of hops. UNION, not UNION ALL: a circle
/// of merged tickets ends where it began. What was sent to the people of a ticket comes with it, and whether its n-th
/// article from the end is younger than an hour.
const TICKETS: &str = "\
WITH RECURSIVE chain (id) AS (
    SELECT value FROM json_each($1)
    UNION
    SELECT t.merged_into FROM chain JOIN tickets t ON t.id = chain.id WHERE t.merged_into IS NOT NULL
)
SELECT w.*,
    (SELECT json_group_array(json_array(s.id, s.customer, s.score, EXISTS (
        SELECT 1 FROM outbox o WHERE o.ticket = s.ticket AND o.template = 'survey'
        AND o.state IN ('pending', 'held', 'failed') AND o.in_doubt IS NULL
    ))) FROM surveys s WHERE s.ticket = w.id) AS surveys,
    (SELECT json_group_array(json_array(p.key, p.domain,
        (SELECT count(*) FROM outbox o WHERE o.recipient_key = p.key AND o.allowed > $2),
        (SELECT count(*) FROM outbox o WHERE o.cap_domain = p.domain AND o.allowed > $2)))
       FROM (SELECT key, replace(key, rtrim(key, replace(key, '@', '')), '') AS domain
               FROM (SELECT w.customer_key AS key UNION SELECT key FROM ticket_participants WHERE ticket = w.id)
              WHERE key IS NOT NULL) p) AS sent,
    (SELECT a.at > $2 FROM articles a
      WHERE a.id = (SELECT id FROM articles WHERE ticket = w.id ORDER BY id DESC LIMIT 1 OFFSET $3)) AS crowded
FROM whole_tickets w WHERE w.id IN (SELECT id FROM chain)";

const HELD: &str = "\
SELECT * FROM held WHERE id = $1 OR code IN (SELECT value FROM json_each($2)) ORDER BY outcome IS NOT NULL, id LIMIT 1";

impl Store {
    /// As [`super::Writing::prefetch`], for a decision that will not be written (`explain`, dry runs): what it reads
    /// may have changed by the time that somebody looks at it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prefetch(&self, lookup: &Lookup, now: Timestamp) -> Result<Context, StoreError> {
        let mut conn = self.readers.acquire().await?;
        read(&mut conn, lookup, now).await
    }
}

pub(super) async fn read(
    conn: &mut SqliteConnection,
    lookup: &Lookup,
    now: Timestamp,
) -> Result<Context, StoreError> {
    let mut context = Context::default();
    let hour_ago = ms(now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN));
    let mut wanted: BTreeSet<i64> = lookup.tickets.iter().map(|ticket| ticket.0).collect();
    if lookup.held.is_some() || !lookup.codes.is_empty() {
        context.held = held(conn, lookup.held, &lookup.codes).await?;
        wanted.extend(context.held.iter().filter_map(|held| held.ticket).map(|ticket| ticket.0));
    }
    if !lookup.counter.is_empty() {
        context.counter = Some(Counter { key: lookup.counter.clone(), used: 0 });
    }
    let rows = sqlx::query(KEYS)
        .bind(list(lookup.message_ids.iter().map(MessageId::as_str)))
        .bind(list(lookup.numbers.iter().map(TicketNumber::as_str)))
        .bind(lookup.fingerprint.map(|fingerprint| fingerprint.to_string()))
        .bind(list(&lookup.recipients))
        .bind(hour_ago)
        .bind(&lookup.counter)
        .bind(list(&lookup.other_numbers))
        .bind(list(&lookup.domains))
        .bind(&lookup.sender)
        .bind(list(&lookup.told))
        .fetch_all(&mut *conn)
        .await?;
    for row in &rows {
        wanted.extend(key(&mut context, &Columns(row))?.map(|ticket| ticket.0));
    }
    if !wanted.is_empty() {
        // Without a limit, an article that no ticket has.
        let offset = lookup.crowd.map_or(i64::MAX, |crowd| i64::from(crowd.saturating_sub(1)));
        let query = sqlx::query(TICKETS).bind(list(wanted)).bind(hour_ago).bind(offset);
        let rows = query.fetch_all(conn).await?;
        for row in &rows {
            let ticket = whole_ticket::read(row)?;
            let sent: Vec<(String, String, u32, u32)> = Columns(row).json("sent")?;
            for (key, domain, to_person, to_domain) in sent {
                context.sent.insert(key, to_person);
                context.sent_to_domains.insert(domain, to_domain);
            }
            if Columns(row).maybe_int("crowded")? == Some(1) {
                context.crowded.insert(ticket.id);
            }
            context.surveys.extend(surveys(ticket.id, row)?);
            context.tickets.insert(ticket.id, ticket);
        }
    }
    Ok(context)
}

/// Takes one row of [`KEYS`] into the context; the ticket that it led to has to be read.
fn key(context: &mut Context, row: &Columns<'_>) -> Result<Option<TicketId>, StoreError> {
    let ticket = row.ticket("ticket")?;
    match (row.text("what")?.as_str(), ticket) {
        ("message-id", Some(ticket)) => {
            context.by_message_id.extend(row.message_id("name")?.map(|id| (id, ticket)));
        }
        ("number", Some(ticket)) => {
            context.by_number.insert(row.ticket_number("name")?, ticket);
        }
        ("other-number", Some(ticket)) => {
            context.by_other_number.insert(row.text("name")?, ticket);
        }
        ("duplicate", ticket) => context.duplicate = Some((row.int("id")?, ticket)),
        ("sent", _) => {
            context.sent.insert(row.text("name")?, row.number("id")?);
        }
        ("sent-to-domain", _) => {
            context.sent_to_domains.insert(row.text("name")?, row.number("id")?);
        }
        ("told", _) => {
            let (name, count) = (row.text("name")?, row.number("id")?);
            if let Some((template, address)) = name.split_once(' ') {
                context.told.push(Told { address: address.to_owned(), template: template.to_owned(), count });
            }
        }
        ("opened", _) => context.opened = row.number("id")?,
        ("parked", _) => context.parked_until = Some(row.time("id")?),
        ("counter", _) => {
            context.counter = Some(Counter { key: row.text("name")?, used: row.number("id")? });
        }
        (what, _) => return Err(StoreError::Unreadable(format!("a key of kind {what}"))),
    }
    Ok(ticket)
}

fn surveys(ticket: TicketId, row: &SqliteRow) -> Result<Vec<Surveyed>, StoreError> {
    let rows: Vec<(i64, String, Option<u8>, u8)> = Columns(row).json("surveys")?;
    let survey = |(id, customer, score, waits)| Surveyed { id, ticket, customer, score, waits: waits == 1 };
    Ok(rows.into_iter().map(survey).collect())
}

/// The mail of that row id or one of those codes; one that still waits rather than one that does not.
async fn held(
    conn: &mut SqliteConnection,
    id: Option<i64>,
    codes: &BTreeSet<Digest>,
) -> Result<Option<HeldMail>, StoreError> {
    let codes = list(codes.iter().map(Digest::to_string));
    let row = sqlx::query(HELD).bind(id).bind(codes).fetch_optional(conn).await?;
    row.as_ref().map(held_mail).transpose()
}

pub(super) fn held_mail(row: &SqliteRow) -> Result<HeldMail, StoreError> {
    let row = Columns(row);
    let digest =
        |column| row.digest(column)?.ok_or_else(|| StoreError::Unreadable(format!("held.{column} is empty")));
    Ok(HeldMail {
        id: row.int("id")?,
        code: digest("code")?,
        login: row.text("login")?,
        journal: row.int("journal")?,
        raw: digest("raw")?,
        ticket: row.ticket("ticket")?,
        subject: row.text("subject")?,
        expires: row.time("expires")?,
        done: row.maybe_text("outcome")?.is_some(),
    })
}
