//! Surveys and their answers, row by row: what a report counts.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::{SurveyLine, TicketId};
use crate::store::values::{Columns, ms};
use crate::store::{Store, StoreError};

impl Store {
    /// Surveys sent at this time or later, of one ticket or of all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn surveys(
        &self,
        ticket: Option<TicketId>,
        since: Option<Timestamp>,
        page: Page,
    ) -> Result<Vec<SurveyLine>, StoreError> {
        let sql = "SELECT s.*, t.number, t.title, t.queue, t.responsible FROM surveys s \
                   JOIN tickets t ON t.id = s.ticket WHERE s.id > $1 AND ($2 IS NULL OR s.ticket = $2) \
                   AND ($3 IS NULL OR s.asked >= $3) ORDER BY s.id LIMIT $4";
        let query = sqlx::query(sql).bind(page.after).bind(ticket.map(|ticket| ticket.0));
        let rows = query.bind(since.map(ms)).bind(page.limit).fetch_all(&self.readers).await?;
        rows.iter().map(line).collect()
    }
}

pub(in crate::store) fn line(row: &SqliteRow) -> Result<SurveyLine, StoreError> {
    let row = Columns(row);
    let score = row.maybe_int("score")?.map(u8::try_from).transpose();
    Ok(SurveyLine {
        id: row.int("id")?,
        ticket: row.ticket_number("number")?,
        title: row.text("title")?,
        queue: row.text("queue")?,
        responsible: row.maybe_text("responsible")?,
        customer: row.text("customer")?,
        asked: row.time("asked")?,
        score: score.map_err(|_| StoreError::Unreadable("surveys.score".to_owned()))?,
        comment: row.maybe_text("comment")?,
        answered: row.maybe_time("answered")?,
    })
}
