//! Reads all that decisions may know, in two statements for any number of them (and one for each that may be about a mail
//! that waits for confirmation).

mod asked;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::values::{Columns, list, ms, time};
use super::{Store, StoreError, doings, reading, whole_ticket};
use crate::decide::{Context, HeldMail, HeldOutcome, Kin, KnownArticle, Lookup, Surveyed, Told};
use crate::desk::{Counter, Relation, StateType, Ticket, TicketId, TicketNumber, TicketSupplier};
use crate::mail::{Address, Digest, MessageId};

/// The templates of which `KEYS` counts the mails by `told`. SQLite takes a partial index only for a statement that
/// repeats its condition word for word, so the three stand here, in `KEYS` and in the index `outbox_told`; another one
/// needs a migration that makes the index anew. A test holds the three together.
pub const COUNTED_TEMPLATES: [&str; 3] = ["confirmation", "held-for-author", "alarm"];

/// Every key of look-ups but those of held mails. Of several tickets that know a Message-ID, the first one counts:
/// ours stood there before anybody could repeat it; of several rows of one mail as well.
const KEYS: &str = "\
SELECT 'message-id' AS what, message_id AS name, min(id) AS id, ticket FROM message_ids
 WHERE message_id IN (SELECT value FROM json_each($1)) GROUP BY message_id
UNION ALL
SELECT 'number', number, id, id FROM tickets WHERE number IN (SELECT value FROM json_each($2))
UNION ALL
SELECT 'duplicate', fingerprint, min(id), ticket FROM journal
 WHERE fingerprint IN (SELECT value FROM json_each($3)) GROUP BY fingerprint
UNION ALL
SELECT 'signed', signed, min(id), NULL FROM journal
 WHERE signed IN (SELECT value FROM json_each($11)) GROUP BY signed
UNION ALL
SELECT 'sent', recipient_key, count(*), NULL FROM outbox
 WHERE recipient_key IN (SELECT value FROM json_each($4)) AND allowed > $5 GROUP BY recipient_key
UNION ALL
SELECT 'sent-to-domain', cap_domain, count(*), NULL FROM outbox
 WHERE cap_domain IN (SELECT value FROM json_each($8)) AND allowed > $5 GROUP BY cap_domain
UNION ALL
SELECT 'opened', customer_key, count(*), NULL FROM tickets
 WHERE customer_key IN (SELECT value FROM json_each($9)) AND created > $5 GROUP BY customer_key
UNION ALL
SELECT 'parked', sender, max(due), NULL FROM parked
 WHERE sender IN (SELECT value FROM json_each($9)) AND outcome IS NULL GROUP BY sender
UNION ALL
SELECT 'told', template || ' ' || recipient_key, count(*), NULL FROM outbox
 WHERE recipient_key IN (SELECT value FROM json_each($10)) AND kind <> 'human' AND created > $5
   AND template IN ('confirmation', 'held-for-author', 'alarm') GROUP BY recipient_key, template
UNION ALL
SELECT 'counter', key, used, NULL FROM counters WHERE key IN (SELECT value FROM json_each($6))
UNION ALL
SELECT 'other-number', name, ticket, ticket FROM other_numbers WHERE name IN (SELECT value FROM json_each($7))";

/// Tickets by row id, and those that they were merged into over any number of hops. UNION, not UNION ALL: a circle
/// of merged tickets ends where it began. What was sent to the people of a ticket comes with it, and whether its n-th
/// article from the end is younger than an hour: 1 with those of programs, 2 without them as well.
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
    (SELECT CASE WHEN a.at <= $2 THEN 0 WHEN (SELECT p.at > $2 FROM articles p
          WHERE p.id = (SELECT id FROM articles WHERE ticket = w.id AND sender <> 'system'
                         ORDER BY id DESC LIMIT 1 OFFSET $3)) THEN 2 ELSE 1 END FROM articles a
      WHERE a.id = (SELECT id FROM articles WHERE ticket = w.id ORDER BY id DESC LIMIT 1 OFFSET $3)) AS crowded,
    (SELECT json_group_array(json_array(s.name, s.address, s.since,
        (SELECT json_group_array(o.message_id) FROM (SELECT message_id FROM outbox
          WHERE ticket = w.id AND recipient_key = s.key ORDER BY id DESC LIMIT 19) o),
        (SELECT a.message_id FROM articles a WHERE a.ticket = w.id AND a.sender = 'supplier' ORDER BY a.id DESC LIMIT 1)))
       FROM (SELECT * FROM ticket_suppliers WHERE ticket = w.id ORDER BY id) s) AS suppliers,
    (SELECT json_group_array(json_array(l.part, t.number, t.title, t.state_type)) FROM
     (SELECT CASE kind WHEN 'parent' THEN 'child' ELSE 'linked' END AS part, to_ticket AS other FROM links
       WHERE from_ticket = w.id
      UNION ALL
      SELECT CASE kind WHEN 'parent' THEN 'parent' ELSE 'linked' END, from_ticket FROM links WHERE to_ticket = w.id
      LIMIT 500) l JOIN tickets t ON t.id = l.other) AS links
FROM whole_tickets w WHERE w.id IN (SELECT id FROM chain)";

const HELD: &str = "\
SELECT * FROM held WHERE id = $1 OR code IN (SELECT value FROM json_each($2)) ORDER BY id IS $1 DESC, outcome IS NOT NULL, id LIMIT 1";

impl Store {
    /// As [`super::Writing::prefetch`], for a decision that will not be written (`explain`, dry runs): what it reads
    /// may have changed by the time that somebody looks at it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn prefetch(&self, lookup: &Lookup, now: Timestamp) -> Result<Context, StoreError> {
        let mut conn = self.readers.acquire().await?;
        one(&mut conn, lookup, now).await
    }
}

pub(super) async fn one(
    conn: &mut SqliteConnection,
    lookup: &Lookup,
    now: Timestamp,
) -> Result<Context, StoreError> {
    let contexts = all(conn, std::slice::from_ref(lookup), now).await?;
    contexts.into_iter().next().ok_or_else(|| StoreError::Missing("the one look-up".to_owned()))
}

/// One context for each look-up, in their order; each holds what its own keys led to and nothing else.
pub(super) async fn all(
    conn: &mut SqliteConnection,
    lookups: &[Lookup],
    now: Timestamp,
) -> Result<Vec<Context>, StoreError> {
    let found = Found::read(conn, lookups, now).await?;
    let mut wanted: BTreeSet<i64> = BTreeSet::new();
    let mut contexts = Vec::with_capacity(lookups.len());
    for lookup in lookups {
        let mut context = found.context(lookup);
        if lookup.held.is_some() || !lookup.codes.is_empty() {
            context.held = held(conn, lookup.held, &lookup.codes).await?;
            context.held_again = held_again(conn, context.held.as_ref()).await?;
        }
        if let Some(key) = &lookup.undo {
            let named = first_tickets(lookup, &context).map(|ticket| ticket.0).collect();
            context.undo = doings::read(conn, key, &named).await?;
        }
        if !lookup.asked.is_empty() {
            asked::before(conn, &lookup.asked, &mut context.seen).await?;
        }
        wanted.extend(first_tickets(lookup, &context).map(|ticket| ticket.0));
        contexts.push(context);
    }
    if wanted.is_empty() {
        return Ok(contexts);
    }
    // Without a limit, an article that no ticket has.
    let crowd = lookups.iter().find_map(|lookup| lookup.crowd);
    let offset = crowd.map_or(i64::MAX, |crowd| i64::from(crowd.saturating_sub(1)));
    let query = sqlx::query(TICKETS).bind(list(wanted)).bind(hour_before(now)).bind(offset);
    let mut tickets = BTreeMap::new();
    for row in &query.fetch_all(&mut *conn).await? {
        let ticket = Stored::read(row)?;
        tickets.insert(ticket.ticket.id, ticket);
    }
    for (lookup, context) in lookups.iter().zip(&mut contexts) {
        let mut next: Vec<TicketId> = first_tickets(lookup, context).collect();
        while let Some(id) = next.pop() {
            if let Some(stored) = tickets.get(&id)
                && context.tickets.insert(id, stored.ticket.clone()).is_none()
            {
                stored.add_to(context, lookup);
                next.extend(stored.ticket.merged_into);
            }
        }
        if !lookup.asked.is_empty() {
            asked::behind(conn, lookup, context).await?;
        }
        for nth in &lookup.articles {
            for ticket in context.tickets.keys() {
                context.articles.extend(known_article(conn, *ticket, *nth).await?);
            }
        }
    }
    Ok(contexts)
}

/// The article at a place of a ticket, if it has so many.
async fn known_article(
    conn: &mut SqliteConnection,
    ticket: TicketId,
    nth: u32,
) -> Result<Option<KnownArticle>, StoreError> {
    let row = sqlx::query(reading::ARTICLE_AT).bind(ticket.0).bind(i64::from(nth) - 1);
    let row = row.fetch_optional(conn).await?;
    let article = row.as_ref().map(reading::article).transpose()?;
    Ok(article.map(|shown| KnownArticle { ticket, nth, article: shown.article.content }))
}

fn hour_before(now: Timestamp) -> i64 {
    ms(now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN))
}

/// One row of [`TICKETS`].
struct Stored {
    ticket: Ticket,
    surveys: Vec<Surveyed>,
    /// Its people: key, domain, automatic mails of the last hour to either.
    sent: Vec<(String, String, u32, u32)>,
    /// By all of its articles, and by those that no program wrote.
    crowded: (bool, bool),
    /// What has to be known of the tickets that belong to it.
    kin: Vec<(TicketNumber, Kin)>,
}

impl Stored {
    fn read(row: &SqliteRow) -> Result<Self, StoreError> {
        let mut ticket = whole_ticket::read(row)?;
        ticket.suppliers = suppliers(row)?;
        Ok(Self {
            kin: links(&mut ticket, row)?,
            surveys: surveys(ticket.id, row)?,
            sent: Columns(row).json("sent")?,
            crowded: match Columns(row).maybe_int("crowded")? {
                None | Some(0) => (false, false),
                Some(by) => (true, by == 2),
            },
            ticket,
        })
    }

    /// What comes with the ticket.
    fn add_to(&self, context: &mut Context, lookup: &Lookup) {
        for (key, domain, to_person, to_domain) in &self.sent {
            context.sent.insert(key.clone(), *to_person);
            context.sent_to_domains.insert(domain.clone(), *to_domain);
        }
        let (by_all, by_people) = self.crowded;
        if lookup.crowd.is_some() {
            context.crowded.extend(by_all.then_some(self.ticket.id));
            context.crowded_by_people.extend(by_people.then_some(self.ticket.id));
        }
        context.surveys.extend(self.surveys.iter().cloned());
        context.kin.extend(self.kin.iter().cloned());
    }
}

/// The tickets that keys lead to, before any that they were merged into.
fn first_tickets<'a>(lookup: &'a Lookup, context: &'a Context) -> impl Iterator<Item = TicketId> + 'a {
    let held = context.held.as_ref().and_then(|held| held.ticket);
    let duplicate = context.duplicate.and_then(|(_, ticket)| ticket);
    let named = context.by_message_id.values().chain(context.by_number.values());
    let named = named.chain(context.by_other_number.values());
    let undone = context.undo.iter().flat_map(doings::touched);
    let meant = context.seen.targets.values().flat_map(|found| found.tickets.iter().copied());
    lookup.tickets.iter().chain(named).copied().chain(held).chain(duplicate).chain(undone).chain(meant)
}

/// What the keys of all look-ups led to.
#[derive(Default)]
struct Found {
    message_ids: BTreeMap<MessageId, TicketId>,
    numbers: BTreeMap<TicketNumber, TicketId>,
    other_numbers: BTreeMap<String, TicketId>,
    duplicates: BTreeMap<String, (i64, Option<TicketId>)>,
    signed: BTreeSet<String>,
    sent: BTreeMap<String, u32>,
    sent_to_domains: BTreeMap<String, u32>,
    told: Vec<Told>,
    /// By sender: tickets of the last hour, and the last turn of a parked mail.
    opened: BTreeMap<String, u32>,
    parked: BTreeMap<String, Timestamp>,
    counters: BTreeMap<String, u64>,
}

impl Found {
    async fn read(
        conn: &mut SqliteConnection,
        lookups: &[Lookup],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let fingerprints = lookups.iter().filter_map(|lookup| lookup.fingerprint);
        let counters: BTreeSet<&str> = lookups.iter().map(|lookup| lookup.counter.as_str()).collect();
        let domains: BTreeSet<&String> = lookups.iter().flat_map(|lookup| &lookup.domains).collect();
        let senders: BTreeSet<&String> = lookups.iter().filter_map(|lookup| lookup.sender.as_ref()).collect();
        let told: BTreeSet<&String> = lookups.iter().flat_map(|lookup| &lookup.told).collect();
        let recipients: BTreeSet<&String> = lookups.iter().flat_map(|lookup| &lookup.recipients).collect();
        let rows = sqlx::query(KEYS)
            .bind(list(lookups.iter().flat_map(|lookup| &lookup.message_ids).map(MessageId::as_str)))
            .bind(list(lookups.iter().flat_map(|lookup| &lookup.numbers).map(TicketNumber::as_str)))
            .bind(list(fingerprints.map(|fingerprint| fingerprint.to_string())))
            .bind(list(recipients))
            .bind(hour_before(now))
            .bind(list(counters))
            .bind(list(lookups.iter().flat_map(|lookup| &lookup.other_numbers)))
            .bind(list(domains))
            .bind(list(senders))
            .bind(list(told))
            .bind(list(lookups.iter().filter_map(|lookup| lookup.signed).map(|signed| signed.to_string())))
            .fetch_all(conn)
            .await?;
        let mut found = Self::default();
        for row in &rows {
            found.key(&Columns(row))?;
        }
        Ok(found)
    }

    /// Takes in one row of [`KEYS`].
    fn key(&mut self, row: &Columns<'_>) -> Result<(), StoreError> {
        let ticket = row.ticket("ticket")?;
        match (row.text("what")?.as_str(), ticket) {
            ("message-id", Some(ticket)) => {
                self.message_ids.extend(row.message_id("name")?.map(|id| (id, ticket)));
            }
            ("number", Some(ticket)) => {
                self.numbers.insert(row.ticket_number("name")?, ticket);
            }
            ("other-number", Some(ticket)) => {
                self.other_numbers.insert(row.text("name")?, ticket);
            }
            ("duplicate", ticket) => {
                self.duplicates.insert(row.text("name")?, (row.int("id")?, ticket));
            }
            ("signed", _) => {
                self.signed.insert(row.text("name")?);
            }
            ("sent", _) => {
                self.sent.insert(row.text("name")?, row.number("id")?);
            }
            ("sent-to-domain", _) => {
                self.sent_to_domains.insert(row.text("name")?, row.number("id")?);
            }
            ("told", _) => {
                let (name, count) = (row.text("name")?, row.number("id")?);
                if let Some((template, address)) = name.split_once(' ') {
                    self.told.push(Told {
                        address: address.to_owned(),
                        template: template.to_owned(),
                        count,
                    });
                }
            }
            ("opened", _) => {
                self.opened.insert(row.text("name")?, row.number("id")?);
            }
            ("parked", _) => {
                self.parked.insert(row.text("name")?, row.time("id")?);
            }
            ("counter", _) => {
                self.counters.insert(row.text("name")?, row.number("id")?);
            }
            (what, _) => return Err(StoreError::Unreadable(format!("a key of kind {what}"))),
        }
        Ok(())
    }

    /// The part of one look-up.
    fn context(&self, lookup: &Lookup) -> Context {
        let of = |id: &MessageId| self.message_ids.get(id).map(|ticket| (id.clone(), *ticket));
        let by_number = |number: &TicketNumber| self.numbers.get(number).map(|id| (number.clone(), *id));
        let counts = |keys: &BTreeSet<String>, counts: &BTreeMap<String, u32>| {
            keys.iter().filter_map(|key| counts.get(key).map(|count| (key.clone(), *count))).collect()
        };
        let sender = lookup.sender.as_ref();
        let counter =
            |key: &str| Counter { key: key.to_owned(), used: self.counters.get(key).copied().unwrap_or(0) };
        let by_other = |name: &String| self.other_numbers.get(name).map(|id| (name.clone(), *id));
        Context {
            by_other_number: lookup.other_numbers.iter().filter_map(by_other).collect(),
            by_message_id: lookup.message_ids.iter().filter_map(of).collect(),
            by_number: lookup.numbers.iter().filter_map(by_number).collect(),
            duplicate: lookup
                .fingerprint
                .and_then(|fingerprint| self.duplicates.get(&fingerprint.to_string()).copied()),
            signed_before: lookup.signed.is_some_and(|signed| self.signed.contains(&signed.to_string())),
            sent: counts(&lookup.recipients, &self.sent),
            sent_to_domains: counts(&lookup.domains, &self.sent_to_domains),
            told: self.told.iter().filter(|told| lookup.told.contains(&told.address)).cloned().collect(),
            opened: sender.and_then(|sender| self.opened.get(sender).copied()).unwrap_or(0),
            parked_until: sender.and_then(|sender| self.parked.get(sender).copied()),
            counter: (!lookup.counter.is_empty()).then(|| counter(&lookup.counter)),
            ..Context::default()
        }
    }
}

fn surveys(ticket: TicketId, row: &SqliteRow) -> Result<Vec<Surveyed>, StoreError> {
    let rows: Vec<(i64, String, Option<u8>, u8)> = Columns(row).json("surveys")?;
    let survey = |(id, customer, score, waits)| Surveyed { id, ticket, customer, score, waits: waits == 1 };
    Ok(rows.into_iter().map(survey).collect())
}

/// Name, address, since when, our mails to it (the newest first), the newest mail of any supplier.
type SupplierRow = (String, String, i64, Vec<String>, Option<String>);

/// The suppliers of a ticket. Whose a supplier's mail is stands nowhere but in its header: where there are several, none of
/// them is told the id of another one's mail.
fn suppliers(row: &SqliteRow) -> Result<Vec<TicketSupplier>, StoreError> {
    let rows: Vec<SupplierRow> = Columns(row).json("suppliers")?;
    let alone = rows.len() == 1;
    let supplier = |(name, address, since, ours, theirs): SupplierRow| {
        let theirs = theirs.filter(|_| alone);
        let ids = ours.iter().rev().chain(theirs.as_ref());
        Ok(TicketSupplier {
            address: Address::named(name, address),
            since: time(since)?,
            thread: ids.filter_map(|id| MessageId::new(id)).collect(),
        })
    };
    rows.into_iter().map(supplier).collect()
}

/// The tickets that belong to one: their part in it, and what has to be known of them.
fn links(ticket: &mut Ticket, row: &SqliteRow) -> Result<Vec<(TicketNumber, Kin)>, StoreError> {
    let mut kin = Vec::new();
    let rows: Vec<(String, String, String, String)> = Columns(row).json("links")?;
    for (part, number, title, kind) in rows {
        let unreadable = || StoreError::Unreadable(format!("a link {part} to {number}"));
        let relation = Relation::ALL.into_iter().find(|relation| relation.word() == part);
        let number = TicketNumber::new(&number).ok_or_else(unreadable)?;
        let open = StateType::from_word(&kind).ok_or_else(unreadable)?.is_open();
        ticket.links.insert((relation.ok_or_else(unreadable)?, number.clone()));
        kin.push((number, Kin { title, open }));
    }
    Ok(kin)
}

/// The mail of that row id, else of one of those codes; one that still waits rather than one that does not.
async fn held(
    conn: &mut SqliteConnection,
    id: Option<i64>,
    codes: &BTreeSet<Digest>,
) -> Result<Option<HeldMail>, StoreError> {
    let codes = list(codes.iter().map(Digest::to_string));
    let row = sqlx::query(HELD).bind(id).bind(codes).fetch_optional(conn).await?;
    row.as_ref().map(held_mail).transpose()
}

/// Where a confirmed mail waits for another answer.
async fn held_again(
    conn: &mut SqliteConnection,
    held: Option<&HeldMail>,
) -> Result<Option<HeldMail>, StoreError> {
    let Some(held) = held.filter(|held| held.outcome == Some(HeldOutcome::Confirmed)) else {
        return Ok(None);
    };
    let sql =
        "SELECT * FROM held WHERE journal = $1 AND id > $2 AND outcome IS NULL ORDER BY id DESC LIMIT 1";
    let row = sqlx::query(sql).bind(held.journal).bind(held.id).fetch_optional(conn).await?;
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
        held_for: super::held::held_for(&row)?,
        vouched: row.flag("vouched")?,
        targets: row.digest("targets")?,
        subject: row.text("subject")?,
        expires: row.time("expires")?,
        outcome: match row.maybe_text("outcome")?.as_deref() {
            None => None,
            Some("confirmed") => Some(HeldOutcome::Confirmed),
            Some("expired") => Some(HeldOutcome::Expired),
            Some(word) => return Err(StoreError::Unreadable(format!("held.outcome \"{word}\""))),
        },
        ended: row.maybe_time("ended")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[tokio::test]
    async fn the_counted_templates_are_those_of_the_statement_and_of_its_index() {
        let words = COUNTED_TEMPLATES.map(|word| format!("'{word}'")).join(", ");
        let condition = format!("template IN ({words})");
        assert!(KEYS.contains(&condition), "{condition}");
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
        let sql = "SELECT sql FROM sqlite_schema WHERE name = 'outbox_told'";
        let index: String = sqlx::query_scalar(sql).fetch_one(&store.writer).await.unwrap();
        assert!(index.contains(&condition), "{index}");
        let plan = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {KEYS}")));
        let plan = plan.fetch_all(&store.writer).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| Columns(row).text("detail").unwrap()).collect();
        assert!(steps.iter().any(|step| step.contains("outbox_told")), "{steps:?}");
        store.close().await;
    }
}
