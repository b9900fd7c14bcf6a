//! Tickets as a list.

use sqlx::QueryBuilder;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::query::Query;
use crate::desk::{Priority, StateType, Ticket, TicketId, TicketLine, TicketNumber};
use crate::store::query::conditions;
use crate::store::values::Columns;
use crate::store::{Store, StoreError, whole_ticket};

impl Store {
    /// The tickets that a query asks for, in the order in which they were opened.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tickets(&self, query: &Query, page: Page) -> Result<Vec<TicketLine>, StoreError> {
        let mut sql = QueryBuilder::new("SELECT t.* FROM tickets t WHERE t.id > ");
        sql.push_bind(page.after);
        conditions(&mut sql, query, None);
        sql.push(" ORDER BY t.id LIMIT ").push_bind(page.limit);
        sql.build().fetch_all(&self.readers).await?.iter().map(line).collect()
    }

    /// A ticket whole, by its number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ticket(&self, number: &TicketNumber) -> Result<Option<Ticket>, StoreError> {
        let sql = "SELECT * FROM whole_tickets WHERE number = $1";
        let row = sqlx::query(sql).bind(number.as_str()).fetch_optional(&self.readers).await?;
        row.as_ref().map(whole_ticket::read).transpose()
    }
}
pub(in crate::store) fn line(row: &SqliteRow) -> Result<TicketLine, StoreError> {
    let row = Columns(row);
    let priority = row.number("priority")?;
    Ok(TicketLine {
        id: TicketId(row.int("id")?),
        number: row.ticket_number("number")?,
        title: row.text("title")?,
        queue: row.text("queue")?,
        kind: row.text("type")?,
        service: row.maybe_text("service")?,
        state: row.text("state")?,
        state_type: row.word("state_type", StateType::from_word)?,
        priority: Priority::new(priority)
            .ok_or_else(|| StoreError::Unreadable(format!("priority {priority}")))?,
        level: row.text("level")?,
        owner: row.maybe_text("owner")?,
        responsible: row.maybe_text("responsible")?,
        locked: row.flag("locked")?,
        customer: row.address("customer_address", "customer_name")?,
        created: row.time("created")?,
        pending_until: row.maybe_time("pending_until")?,
    })
}
