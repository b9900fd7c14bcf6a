//! What can be taken back, and what is.

use jiff::Timestamp;

use super::Applying;
use crate::decide::ConfirmationCode;
use crate::desk::TicketId;
use crate::store::StoreError;
use crate::store::values::ms;

impl Applying<'_> {
    /// Whoever has the token may take back what this event does.
    pub(super) async fn undoable(
        &mut self,
        login: &str,
        code: &ConfirmationCode,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO undos (code, login, journal, created, expires) VALUES ($1, $2, $3, $4, $5)";
        let undo = sqlx::query(sql).bind(code.to_string()).bind(login).bind(self.applied.journal);
        undo.bind(ms(self.entry.at)).bind(ms(expires)).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// A token is spent.
    pub(super) async fn undo(&mut self, undo: i64) -> Result<(), StoreError> {
        let sql = "UPDATE undos SET used = $2 WHERE id = $1 AND used IS NULL";
        sqlx::query(sql).bind(undo).bind(ms(self.entry.at)).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// A mail does not leave, unless the server may have it.
    pub(super) async fn drop_mail(&mut self, mail: i64) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'dropped', changed = $2, last_error = 'taken back by its author' \
                   WHERE id = $1 AND state IN ('pending', 'held') AND in_doubt IS NULL";
        sqlx::query(sql).bind(mail).bind(ms(self.entry.at)).execute(&mut *self.conn).await?;
        let sql = "DELETE FROM outbox_content WHERE id = $1 \
                   AND (SELECT state FROM outbox o WHERE o.id = $1) = 'dropped'";
        sqlx::query(sql).bind(mail).execute(&mut *self.conn).await?;
        Ok(())
    }

    /// The customer never got this article.
    pub(super) async fn withdraw(&mut self, ticket: TicketId, article: i64) -> Result<(), StoreError> {
        let sql = "UPDATE articles SET visible = 0 WHERE id = $1 AND ticket = $2";
        sqlx::query(sql).bind(article).bind(ticket.0).execute(&mut *self.conn).await?;
        Ok(())
    }
}
