//! What history brings to a ticket beyond its articles and Message-IDs.

use super::Applying;
use crate::decide::Effect;
use crate::store::StoreError;
use crate::store::values::{list, ms};

impl Applying<'_> {
    pub(super) async fn past(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let Effect::Past { ticket, message_ids: _, other_numbers, since, closed } = effect else {
            return Ok(());
        };
        let ticket = self.ticket(*ticket)?.0;
        if !other_numbers.is_empty() {
            let sql = "INSERT INTO other_numbers (name, ticket) \
                       SELECT value, $2 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING";
            sqlx::query(sql).bind(list(other_numbers)).bind(ticket).execute(&mut *self.conn).await?;
        }
        if let Some(since) = since {
            let sql = "UPDATE tickets SET created = $2 WHERE id = $1 AND created > $2";
            sqlx::query(sql).bind(ticket).bind(ms(*since)).execute(&mut *self.conn).await?;
        }
        if let Some(closed) = closed {
            let sql = "UPDATE tickets SET closed_at = $2 WHERE id = $1 AND closed_at < $2";
            sqlx::query(sql).bind(ticket).bind(ms(*closed)).execute(&mut *self.conn).await?;
        }
        Ok(())
    }
}
