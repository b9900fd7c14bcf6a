//! Rendered mails, into the outbox.

use sqlx::QueryBuilder;

use super::Applying;
use crate::desk::{Allowance, EnvelopeSender, TicketId};
use crate::store::values::{list, ms};
use crate::store::{OutboxRow, StoreError};

impl Applying<'_> {
    pub(super) async fn mails(&mut self, mails: &[OutboxRow]) -> Result<(), StoreError> {
        for some in mails.chunks(500) {
            let rows = self.outbox(some).await?;
            for (id, mail) in rows.iter().zip(some) {
                // One by one: of several large mails, one at a time is copied.
                let sql = "INSERT INTO outbox_content (id, content) VALUES ($1, $2)";
                sqlx::query(sql).bind(id).bind(mail.content.as_slice()).execute(&mut *self.conn).await?;
            }
            self.applied.outbox.extend(rows);
            self.name_mails(some).await?;
        }
        Ok(())
    }

    /// The mail of a survey that has not left never leaves, and the survey was never asked.
    pub(super) async fn withdraw_survey(&mut self, ticket: TicketId, survey: i64) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'dropped', last_error = 'the ticket was opened again', changed = $2 \
                   WHERE ticket = $1 AND template = 'survey' AND state IN ('pending', 'held', 'failed') \
                   AND in_doubt IS NULL RETURNING id";
        let dropped: Vec<i64> =
            sqlx::query_scalar(sql).bind(ticket.0).bind(ms(self.entry.at)).fetch_all(&mut *self.conn).await?;
        let sql = "DELETE FROM outbox_content WHERE id IN (SELECT value FROM json_each($1))";
        sqlx::query(sql).bind(list(&dropped)).execute(&mut *self.conn).await?;
        let sql = "DELETE FROM surveys WHERE id = $1 AND score IS NULL";
        sqlx::query(sql).bind(survey).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// The rows, with their ids in the order of the mails.
    async fn outbox(&mut self, mails: &[OutboxRow]) -> Result<Vec<i64>, StoreError> {
        let now = ms(self.entry.at);
        let journal = self.applied.journal;
        let mut tickets = Vec::with_capacity(mails.len());
        for mail in mails {
            tickets.push(mail.ticket.map(|ticket| self.ticket(ticket)).transpose()?.map(|id| id.0));
        }
        let mut insert = QueryBuilder::new(
            "INSERT INTO outbox (journal, ticket, message_id, envelope_sender, recipient, recipient_key, subject, \
             template, kind, bytes, created, next_attempt, state, last_error, changed, allowed, capped, cap_domain) ",
        );
        insert.push_values(mails.iter().zip(tickets), |mut row, (mail, ticket)| {
            let sender = match &mail.sender {
                EnvelopeSender::Null => None,
                EnvelopeSender::Address(address) => Some(address.clone()),
            };
            row.push_bind(journal).push_bind(ticket).push_bind(mail.message_id.as_str().to_owned());
            row.push_bind(sender).push_bind(mail.recipient.address.clone()).push_bind(mail.recipient.key());
            row.push_bind(mail.subject.clone()).push_bind(mail.template.clone()).push_bind(mail.kind.word());
            row.push_bind(i64::try_from(mail.content.len()).unwrap_or(i64::MAX)).push_bind(now);
            let (state, why, allowed, capped, domain) = match &mail.allowance {
                Allowance::Uncounted => ("pending", None, None, None, None),
                Allowance::Within { domain } => ("pending", None, Some(now), None, domain.clone()),
                Allowance::Over { domain, why } => {
                    ("held", Some(why.clone()), None, Some(now), domain.clone())
                }
            };
            row.push_bind(mail.not_before.map_or(now, ms)).push_bind(state).push_bind(why).push_bind(now);
            row.push_bind(allowed).push_bind(capped).push_bind(domain);
        });
        let mut rows: Vec<i64> =
            insert.push(" RETURNING id").build_query_scalar().fetch_all(&mut *self.conn).await?;
        // RETURNING promises no order; ids rise in the order of the rows.
        rows.sort_unstable();
        Ok(rows)
    }

    /// From now on an answer to one of these finds its ticket, be it sent yet or not.
    async fn name_mails(&mut self, mails: &[OutboxRow]) -> Result<(), StoreError> {
        let mut named = Vec::new();
        for mail in mails {
            if let Some(ticket) = mail.ticket {
                named.push((mail.message_id.as_str(), self.ticket(ticket)?.0, mail.recipient.key()));
            }
        }
        if named.is_empty() {
            return Ok(());
        }
        // In the thread is what the customer gets.
        let sql = "INSERT INTO message_ids (message_id, ticket, threaded) \
                   SELECT json_extract(value, '$[0]'), t.id, coalesce(t.customer_key = json_extract(value, '$[2]'), 0) \
                   FROM json_each($1) JOIN tickets t ON t.id = json_extract(value, '$[1]') ORDER BY json_each.key \
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(list(named)).execute(&mut *self.conn).await?;
        Ok(())
    }
}
