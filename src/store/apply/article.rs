//! An article with its files, and the Message-ID by which answers find its ticket.

use sqlx::QueryBuilder;

use super::Applying;
use crate::desk::{NewArticle, SenderKind, TicketId};
use crate::store::StoreError;
use crate::store::values::{list, ms};

impl Applying<'_> {
    pub(super) async fn article(&mut self, ticket: TicketId, article: &NewArticle) -> Result<(), StoreError> {
        let sql = "INSERT INTO articles (ticket, journal, channel, sender, visible, from_address, from_name, \
                   recipients, copies, subject, text, html, message_id, raw, at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) RETURNING id";
        let from = article.from.as_ref();
        let id: i64 = sqlx::query_scalar(sql)
            .bind(ticket.0)
            .bind(self.applied.journal)
            .bind(article.channel.word())
            .bind(article.sender.word())
            .bind(article.visible)
            .bind(from.map(|from| from.address.clone()))
            .bind(from.and_then(|from| from.name.clone()))
            .bind(list(&article.to))
            .bind(list(&article.cc))
            .bind(&article.subject)
            .bind(&article.text)
            .bind(&article.html)
            .bind(article.message_id.as_ref().map(|id| id.as_str().to_owned()))
            .bind(article.raw.map(|raw| raw.to_string()))
            .bind(ms(article.at))
            .fetch_one(&mut *self.conn)
            .await?;
        if let Some(message_id) = &article.message_id {
            // The customer never saw the agent's own mail: what was sent for it is in the thread instead.
            let threaded = article.visible && article.sender != SenderKind::Agent;
            let sql = "INSERT INTO message_ids (message_id, ticket, threaded) VALUES ($1, $2, $3) \
                       ON CONFLICT DO NOTHING";
            let row = sqlx::query(sql).bind(message_id.as_str()).bind(ticket.0).bind(threaded);
            row.execute(&mut *self.conn).await?;
        }
        for (chunk, some) in (0_i64..).zip(article.attachments.chunks(1000)) {
            let mut insert = QueryBuilder::new(
                "INSERT INTO attachments (article, position, name, content_type, content_id, inline, digest) ",
            );
            insert.push_values((chunk * 1000..).zip(some), |mut row, (position, file)| {
                row.push_bind(id).push_bind(position).push_bind(file.name.clone());
                row.push_bind(file.content_type.clone()).push_bind(file.content_id.clone());
                row.push_bind(file.inline).push_bind(file.digest.to_string());
            });
            insert.build().execute(&mut *self.conn).await?;
        }
        Ok(())
    }
}
