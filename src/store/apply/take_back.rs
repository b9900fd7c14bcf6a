//! What can be taken back, and what is.

use super::Applying;
use crate::decide::Effect;
use crate::store::StoreError;
use crate::store::values::ms;

impl Applying<'_> {
    pub(super) async fn take_back(&mut self, effect: &Effect) -> Result<(), StoreError> {
        let at = ms(self.entry.at);
        let query = match effect {
            Effect::Undoable { login, code, expires } => {
                let sql =
                    "INSERT INTO undos (code, login, journal, created, expires) VALUES ($1, $2, $3, $4, $5)";
                let undo = sqlx::query(sql).bind(code.to_string()).bind(login).bind(self.applied.journal);
                undo.bind(at).bind(ms(*expires))
            }
            Effect::Undo { undo } => {
                sqlx::query("UPDATE undos SET used = $2 WHERE id = $1 AND used IS NULL").bind(undo).bind(at)
            }
            Effect::DropMail { mail } => {
                let sql = "UPDATE outbox SET state = 'dropped', changed = $2, last_error = 'taken back by its author' \
                           WHERE id = $1 AND state IN ('pending', 'held') AND in_doubt IS NULL";
                sqlx::query(sql).bind(mail).bind(at).execute(&mut *self.conn).await?;
                let sql = "DELETE FROM outbox_content WHERE id = $1 \
                           AND (SELECT state FROM outbox o WHERE o.id = $1) = 'dropped'";
                sqlx::query(sql).bind(mail)
            }
            Effect::Withdraw { ticket, article } => {
                let sql = "UPDATE articles SET visible = 0 WHERE id = $1 AND ticket = $2";
                sqlx::query(sql).bind(article).bind(self.ticket(*ticket)?.0)
            }
            Effect::Create { .. }
            | Effect::Article { .. }
            | Effect::Set { .. }
            | Effect::Note { .. }
            | Effect::Past { .. }
            | Effect::Timer { .. }
            | Effect::CancelTimer { .. }
            | Effect::Notify(_)
            | Effect::Hold { .. }
            | Effect::Release { .. }
            | Effect::AskSurvey { .. }
            | Effect::WithdrawSurvey { .. }
            | Effect::AnswerSurvey { .. }
            | Effect::Erase { .. }
            | Effect::Park { .. }
            | Effect::Quarantine { .. } => return Ok(()),
        };
        query.execute(&mut *self.conn).await?;
        Ok(())
    }
}
