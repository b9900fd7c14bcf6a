//! Reads what agents ask to see: the tickets of a query, tickets whole, surveys.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{QueryBuilder, SqliteConnection};

use crate::decide::{
    ARTICLE_LETTERS, Asked, AskedSurveys, AskedTickets, Context, FoundLines, FoundSurveys, FoundTickets,
    Lookup, Seen, Thread,
};
use crate::desk::{TicketId, TicketNumber};
use crate::store::query::{conditions, readable};
use crate::store::values::{Columns, ms};
use crate::store::{StoreError, reading};

/// Tickets of one mail that are read whole, whatever it names.
const MOST_WHOLE: usize = 10;

/// The order in which an agent works: what is new before what waits, the urgent before the rest, the oldest first.
const ORDER: &str = " ORDER BY CASE t.state_type WHEN 'new' THEN 0 WHEN 'open' THEN 1 WHEN 'pending-reminder' THEN 2 \
                     WHEN 'pending-auto' THEN 3 WHEN 'closed' THEN 4 ELSE 5 END, t.priority DESC, t.created, t.id LIMIT ";

/// Lists and reports, and which tickets a query means: before the tickets themselves are read.
pub(super) async fn before(
    conn: &mut SqliteConnection,
    asked: &Asked,
    seen: &mut Seen,
) -> Result<(), StoreError> {
    for (text, wanted) in &asked.lists {
        let count = count(conn, wanted).await?;
        let mut sql = QueryBuilder::new("SELECT t.* FROM tickets t WHERE 1 = 1");
        conditions(&mut sql, &wanted.query, Some(&wanted.reader));
        sql.push(ORDER).push_bind(wanted.most);
        let rows = sql.build().fetch_all(&mut *conn).await?;
        let lines = rows.iter().map(reading::ticket_line).collect::<Result<_, _>>()?;
        seen.lists.insert(text.clone(), FoundLines { count, lines });
    }
    for (text, wanted) in &asked.targets {
        let mut found =
            FoundTickets { count: count(conn, wanted).await?, most: wanted.most, tickets: Vec::new() };
        if found.count <= u64::from(wanted.most) {
            let mut sql = QueryBuilder::new("SELECT t.id FROM tickets t WHERE 1 = 1");
            conditions(&mut sql, &wanted.query, Some(&wanted.reader));
            sql.push(ORDER).push_bind(wanted.most);
            let ids: Vec<i64> = sql.build_query_scalar().fetch_all(&mut *conn).await?;
            found.tickets = ids.into_iter().map(TicketId).collect();
        }
        seen.targets.insert(text.clone(), found);
    }
    if let Some(wanted) = &asked.surveys {
        seen.surveys = Some(surveys(conn, wanted).await?);
    }
    Ok(())
}

async fn count(conn: &mut SqliteConnection, wanted: &AskedTickets) -> Result<u64, StoreError> {
    let mut sql = QueryBuilder::new("SELECT count(*) FROM tickets t WHERE 1 = 1");
    conditions(&mut sql, &wanted.query, Some(&wanted.reader));
    let count: i64 = sql.build_query_scalar().fetch_one(conn).await?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// What hangs on the tickets that are to be shown whole: behind their own reading, which knows what they were merged into.
pub(super) async fn behind(
    conn: &mut SqliteConnection,
    lookup: &Lookup,
    context: &mut Context,
) -> Result<(), StoreError> {
    let asked = &lookup.asked;
    let named = asked.whole.iter().filter_map(|number| context.by_number.get(number));
    let thread = || context.by_message_id.values();
    let subject = || {
        let other = |number: &&TicketNumber| !asked.whole.contains(*number);
        context.by_number.iter().filter(move |(number, _)| other(number)).map(|(_, id)| id)
    };
    let own = asked.own.then(|| thread().chain(subject())).into_iter().flatten();
    let mut ids: BTreeSet<TicketId> = BTreeSet::new();
    for id in named.chain(own) {
        if ids.len() < MOST_WHOLE {
            ids.insert(last(context, *id));
        }
    }
    let mut threads = BTreeMap::new();
    for id in ids {
        threads.insert(id, whole(conn, id, asked.entries).await?);
    }
    context.seen.threads = threads;
    Ok(())
}

/// The ticket that one was merged into, over all hops; a circle of them ends.
fn last(context: &Context, mut id: TicketId) -> TicketId {
    for _ in 0..context.tickets.len() {
        match context.tickets.get(&id).and_then(|ticket| ticket.merged_into) {
            Some(into) => id = into,
            None => break,
        }
    }
    id
}

async fn whole(conn: &mut SqliteConnection, id: TicketId, entries: u32) -> Result<Thread, StoreError> {
    let counts = "SELECT (SELECT count(*) FROM articles WHERE ticket = $1) AS articles, \
                  (SELECT count(*) FROM history WHERE ticket = $1) AS history";
    let counts = sqlx::query(counts).bind(id.0).fetch_one(&mut *conn).await?;
    let counts = Columns(&counts);
    let articles = sqlx::query(reading::ENDS).bind(id.0).bind(entries.saturating_sub(1));
    let articles = articles.bind(ARTICLE_LETTERS + 1).fetch_all(&mut *conn).await?;
    let history =
        "SELECT * FROM (SELECT * FROM history WHERE ticket = $1 ORDER BY id DESC LIMIT $2) ORDER BY id";
    let history = sqlx::query(history).bind(id.0).bind(entries).fetch_all(&mut *conn).await?;
    let links = sqlx::query(reading::LINKS_OF).bind(id.0).fetch_all(&mut *conn).await?;
    Ok(Thread {
        articles: articles.iter().map(reading::article).collect::<Result<_, _>>()?,
        article_count: counts.number("articles")?,
        history: history.iter().map(reading::history_line).collect::<Result<_, _>>()?,
        history_count: counts.number("history")?,
        links: links.iter().map(reading::linked).collect::<Result<_, _>>()?,
    })
}

async fn surveys(conn: &mut SqliteConnection, wanted: &AskedSurveys) -> Result<FoundSurveys, StoreError> {
    let mut sql = QueryBuilder::new(
        "SELECT s.*, t.number, t.title, t.queue, t.responsible FROM surveys s JOIN tickets t ON t.id = s.ticket WHERE 1 = 1",
    );
    since(&mut sql, wanted);
    sql.push(" ORDER BY s.id DESC LIMIT ").push_bind(wanted.most);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let lines = rows.iter().map(reading::survey_line).collect::<Result<_, _>>()?;
    let mut sql = QueryBuilder::new(
        "SELECT s.score, count(*) AS count FROM surveys s JOIN tickets t ON t.id = s.ticket WHERE 1 = 1",
    );
    since(&mut sql, wanted);
    sql.push(" GROUP BY s.score");
    let mut found = FoundSurveys { lines, ..FoundSurveys::default() };
    for row in &sql.build().fetch_all(conn).await? {
        let row = Columns(row);
        let count: u64 = row.number("count")?;
        found.sent += count;
        if let Some(score) = row.maybe_int("score")?.and_then(|score| u8::try_from(score).ok()) {
            found.by_score.insert(score, count);
        }
    }
    Ok(found)
}

fn since(sql: &mut QueryBuilder<sqlx::Sqlite>, wanted: &AskedSurveys) {
    readable(sql, &wanted.reader);
    if let Some(since) = wanted.since {
        sql.push(" AND s.asked >= ").push_bind(ms(since));
    }
}
