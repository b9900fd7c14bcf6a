//! Rendered mails, into the outbox; and the Message-IDs by which answers find their ticket.

use jiff::Timestamp;
use sqlx::{QueryBuilder, SqliteConnection};

use super::inserted;
use crate::desk::{Allowance, EnvelopeSender, TicketId};
use crate::mail::MessageId;
use crate::store::values::{SMALL, list, ms, portions};
use crate::store::{OutboxRow, StoreError};

/// One mail, and whose it is.
pub(super) struct Row<'a> {
    pub(super) ticket: Option<TicketId>,
    pub(super) journal: i64,
    pub(super) at: Timestamp,
    pub(super) mail: &'a OutboxRow,
}

/// Writes them; their ids in the order of the mails.
pub(super) async fn write(conn: &mut SqliteConnection, mails: &[Row<'_>]) -> Result<Vec<i64>, StoreError> {
    let mut ids = Vec::with_capacity(mails.len());
    for some in portions(mails) {
        ids.extend(rows(conn, some).await?);
    }
    let contents: Vec<(i64, &[u8])> =
        ids.iter().zip(mails).map(|(id, row)| (*id, row.mail.content.as_slice())).collect();
    let (small, large): (Vec<_>, Vec<_>) =
        contents.into_iter().partition(|(_, content)| content.len() < SMALL);
    for some in portions(&small).chain(large.chunks(1)) {
        let mut insert = QueryBuilder::new("INSERT INTO outbox_content (id, content) ");
        insert.push_values(some, |mut row, (id, content)| {
            row.push_bind(*id).push_bind(*content);
        });
        insert.build().execute(&mut *conn).await?;
    }
    Ok(ids)
}

/// The rows themselves; their ids in the order of the mails.
async fn rows(conn: &mut SqliteConnection, mails: &[Row<'_>]) -> Result<Vec<i64>, StoreError> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO outbox (journal, ticket, message_id, envelope_sender, recipient, recipient_key, subject, \
         template, kind, bytes, created, next_attempt, state, last_error, changed, allowed, capped, cap_domain) ",
    );
    insert.push_values(mails, |mut row, Row { ticket, journal, at, mail }| {
        let now = ms(*at);
        let sender = match &mail.sender {
            EnvelopeSender::Null => None,
            EnvelopeSender::Address(address) => Some(address.as_str()),
        };
        row.push_bind(*journal).push_bind(ticket.map(|id| id.0)).push_bind(mail.message_id.as_str());
        row.push_bind(sender).push_bind(&mail.recipient.address).push_bind(mail.recipient.key());
        row.push_bind(&mail.subject).push_bind(&mail.template).push_bind(mail.kind.word());
        row.push_bind(i64::try_from(mail.content.len()).unwrap_or(i64::MAX)).push_bind(now);
        let (state, why, allowed, capped, domain) = match &mail.allowance {
            Allowance::Uncounted => ("pending", None, None, None, None),
            Allowance::Within { domain } => ("pending", None, Some(now), None, domain.as_deref()),
            Allowance::Over { domain, why } => {
                ("held", Some(why.as_str()), None, Some(now), domain.as_deref())
            }
        };
        row.push_bind(mail.not_before.map_or(now, ms)).push_bind(state).push_bind(why).push_bind(now);
        row.push_bind(allowed).push_bind(capped).push_bind(domain);
    });
    inserted(conn, insert).await
}

/// Message-IDs and their tickets, in the order in which they came up.
#[derive(Default)]
pub(super) struct Names(Vec<(String, i64, Option<String>, bool)>);

impl Names {
    /// The mail of an article.
    pub(super) fn article(&mut self, id: &MessageId, ticket: TicketId, threaded: bool) {
        self.0.push((id.as_str().to_owned(), ticket.0, None, threaded));
    }

    /// A mail of ours: from now on an answer to it finds its ticket, be it sent yet or not. In the thread is what the
    /// customer gets.
    pub(super) fn outgoing(&mut self, mail: &OutboxRow, ticket: TicketId) {
        self.0.push((mail.message_id.as_str().to_owned(), ticket.0, Some(mail.recipient.key()), false));
    }

    pub(super) async fn write(self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let sql = "INSERT INTO message_ids (message_id, ticket, threaded) \
                   SELECT json_extract(value, '$[0]'), t.id, \
                          coalesce(t.customer_key = json_extract(value, '$[2]'), json_extract(value, '$[3]')) \
                   FROM json_each($1) JOIN tickets t ON t.id = json_extract(value, '$[1]') ORDER BY json_each.key \
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(list(self.0)).execute(conn).await?;
        Ok(())
    }
}
