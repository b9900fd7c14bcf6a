//! What hangs on one ticket: articles, history, timers, links.

use std::sync::Arc;

use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::{
    Actor, Article, Cause, Channel, HistoryLine, LinkKind, LinkedTicket, NewArticle, RuleRef, SenderKind,
    ShownArticle, TicketId, Timer, TimerKind,
};
use crate::mail::{Attachment, Digest};
use crate::store::values::Columns;
use crate::store::{Store, StoreError, timers};

/// An article with its files; the rest of the statement chooses which.
macro_rules! articles {
    ($which:literal) => {
        articles!("a.*", $which)
    };
    ($columns:literal, $which:literal) => {
        concat!(
            "SELECT ",
            $columns,
            ", (SELECT json_group_array(json_array(f.name, f.content_type, f.content_id, f.inline, f.digest, \
             b.bytes)) FROM (SELECT * FROM attachments WHERE article = a.id ORDER BY position) f \
             JOIN blobs b ON b.digest = f.digest) AS files FROM articles a WHERE a.ticket = $1 ",
            $which
        )
    };
}

const ARTICLES: &str = articles!("AND a.id > $2 ORDER BY a.id LIMIT $3");
/// The article that stands behind so many others.
pub(in crate::store) const ARTICLE_AT: &str = articles!("ORDER BY a.id LIMIT 1 OFFSET $2");
/// The first article and the last ones, so many letters of each.
pub(in crate::store) const ENDS: &str = articles!(
    "a.id, a.channel, a.sender, a.visible, a.from_address, a.from_name, a.recipients, a.copies, a.subject, \
     substr(a.text, 1, $3) AS text, a.message_id, a.raw, a.at",
    "AND (a.id = (SELECT min(id) FROM articles WHERE ticket = $1) OR a.id IN \
     (SELECT id FROM articles WHERE ticket = $1 ORDER BY id DESC LIMIT $2)) ORDER BY a.id"
);
const TIMERS_OF: &str = "SELECT * FROM timers WHERE ticket = $1 AND fired IS NULL ORDER BY due, id";
pub(in crate::store) const LINKS_OF: &str = "\
SELECT t.number, t.title, t.state, l.kind, l.from_ticket = $1 AS first, l.at FROM links l \
  JOIN tickets t ON t.id = CASE WHEN l.from_ticket = $1 THEN l.to_ticket ELSE l.from_ticket END \
 WHERE l.from_ticket = $1 OR l.to_ticket = $1 ORDER BY l.at, t.id LIMIT 500";

impl Store {
    /// Articles of a ticket, in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn articles(&self, ticket: TicketId, page: Page) -> Result<Vec<ShownArticle>, StoreError> {
        let query = sqlx::query(ARTICLES).bind(ticket.0).bind(page.after).bind(page.limit);
        query.fetch_all(&self.readers).await?.iter().map(article).collect()
    }

    /// History of a ticket, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, ticket: TicketId, page: Page) -> Result<Vec<HistoryLine>, StoreError> {
        let sql = "SELECT * FROM history WHERE ticket = $1 AND id > $2 ORDER BY id LIMIT $3";
        let query = sqlx::query(sql).bind(ticket.0).bind(page.after).bind(page.limit);
        query.fetch_all(&self.readers).await?.iter().map(history_line).collect()
    }

    /// Timers of a ticket that wait, the next one first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn timers_of(&self, ticket: TicketId) -> Result<Vec<Timer>, StoreError> {
        let rows = sqlx::query(TIMERS_OF).bind(ticket.0).fetch_all(&self.readers).await?;
        rows.iter().map(timers::timer).collect()
    }

    /// Tickets that belong to a ticket.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn links_of(&self, ticket: TicketId) -> Result<Vec<LinkedTicket>, StoreError> {
        let rows = sqlx::query(LINKS_OF).bind(ticket.0).fetch_all(&self.readers).await?;
        rows.iter().map(linked).collect()
    }
}

/// Name, type, Content-ID, inline, digest, octets: as the statement lists them.
type File = (String, String, Option<String>, u8, String, u64);

pub(in crate::store) fn article(row: &SqliteRow) -> Result<ShownArticle, StoreError> {
    let row = Columns(row);
    let files: Vec<File> = row.json("files")?;
    let attachment_bytes = files.iter().map(|file| file.5).collect();
    let content = NewArticle {
        channel: row.word("channel", Channel::from_word)?,
        sender: row.word("sender", SenderKind::from_word)?,
        visible: row.flag("visible")?,
        from: row.address("from_address", "from_name")?,
        to: row.json("recipients")?,
        cc: row.json("copies")?,
        subject: row.text("subject")?,
        text: row.text("text")?.into(),
        message_id: row.message_id("message_id")?,
        attachments: files.into_iter().map(attachment).collect::<Result<_, _>>()?,
        raw: row.digest("raw")?,
        at: row.time("at")?,
    };
    Ok(ShownArticle { article: Article { id: row.int("id")?, content }, attachment_bytes })
}

fn attachment((name, content_type, content_id, inline, digest, _): File) -> Result<Attachment, StoreError> {
    let digest = Digest::from_hex(&digest)
        .ok_or_else(|| StoreError::Unreadable(format!("attachments.digest \"{digest}\"")))?;
    Ok(Attachment { name, content_type, content_id, inline: inline != 0, digest, content: Arc::from([]) })
}

pub(in crate::store) fn history_line(row: &SqliteRow) -> Result<HistoryLine, StoreError> {
    let row = Columns(row);
    Ok(HistoryLine {
        id: row.int("id")?,
        journal: row.int("journal")?,
        at: row.time("at")?,
        kind: row.text("kind")?,
        attribute: row.maybe_text("attribute")?,
        before: row.maybe_text("old_value")?,
        after: row.maybe_text("new_value")?,
        text: row.text("text")?,
        cause: Cause { actor: actor(&row)?, detail: row.text("detail")? },
    })
}

fn actor(row: &Columns<'_>) -> Result<Actor, StoreError> {
    let id = row.maybe_text("actor_id")?.unwrap_or_default();
    let kind = row.text("actor")?;
    Ok(match kind.as_str() {
        "customer" => Actor::Customer(id),
        "agent" => Actor::Agent(id),
        "rule" => Actor::Rule(RuleRef {
            name: id,
            file: row.maybe_text("rule_file")?.unwrap_or_default(),
            line: row.number("rule_line")?,
            set: row.maybe_text("rule_set")?.unwrap_or_default(),
        }),
        "timer" => Actor::Timer(TimerKind::from_word(&id).map_or("timer", TimerKind::word)),
        "operator" => Actor::Operator,
        "system" if id.is_empty() => Actor::System,
        "system" => Actor::Supplier(id),
        _ => return Err(StoreError::Unreadable(format!("history.actor \"{kind}\""))),
    })
}

pub(in crate::store) fn linked(row: &SqliteRow) -> Result<LinkedTicket, StoreError> {
    let row = Columns(row);
    let first = row.flag("first")?;
    let relation = match (row.text("kind")? == LinkKind::Parent.word(), first) {
        (false, _) => "normal",
        (true, true) => "child",
        (true, false) => "parent",
    };
    Ok(LinkedTicket {
        number: row.ticket_number("number")?,
        title: row.text("title")?,
        state: row.text("state")?,
        relation,
    })
}
