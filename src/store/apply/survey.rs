//! Surveys: asked, answered, taken back.

use super::Applying;
use crate::desk::TicketId;
use crate::store::StoreError;
use crate::store::values::{list, ms};

impl Applying<'_> {
    /// A survey goes out about a ticket.
    pub(super) async fn ask_survey(&mut self, ticket: TicketId, customer: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO surveys (ticket, customer, asked) VALUES ($1, $2, $3)";
        let survey = sqlx::query(sql).bind(ticket.0).bind(customer).bind(ms(self.entry.at));
        survey.execute(&mut *self.conn).await?;
        Ok(())
    }

    /// A survey is answered, once.
    pub(super) async fn answer_survey(
        &mut self,
        survey: i64,
        score: u8,
        comment: &str,
    ) -> Result<(), StoreError> {
        let sql =
            "UPDATE surveys SET score = $2, comment = $3, answered = $4 WHERE id = $1 AND score IS NULL";
        let answer = sqlx::query(sql).bind(survey).bind(i64::from(score)).bind(comment);
        answer.bind(ms(self.entry.at)).execute(&mut *self.conn).await?;
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
}
