//! Tickets as a list.

use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Page;
use crate::desk::{Priority, StateType, Ticket, TicketId, TicketNumber};
use crate::mail::Address;
use crate::store::values::{Columns, ms};
use crate::store::{Store, StoreError, whole_ticket};

/// Which tickets; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TicketFilter {
    /// In this queue.
    pub queue: Option<String>,
    /// In a state of this name or type (`open`, `closed successful`, `pending-auto`).
    pub state: Option<String>,
    /// Login of the supervisor.
    pub owner: Option<String>,
    /// Login of the agent who attends.
    pub responsible: Option<String>,
    /// Address of the customer, any case.
    pub customer: Option<String>,
    /// Opened at this time or later.
    pub since: Option<Timestamp>,
    /// Only those on which somebody still has to do something.
    pub open: bool,
}

/// One ticket in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketLine {
    /// Row id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its title.
    pub title: String,
    /// Queue name.
    pub queue: String,
    /// Type name.
    pub kind: String,
    /// Service name.
    pub service: Option<String>,
    /// State name.
    pub state: String,
    /// What the state means.
    pub state_type: StateType,
    /// Priority.
    pub priority: Priority,
    /// Level that attends: 0, 1, 2, or a supplier's name.
    pub level: String,
    /// Login of the supervisor.
    pub owner: Option<String>,
    /// Login of the agent who attends.
    pub responsible: Option<String>,
    /// Locked for these two.
    pub locked: bool,
    /// Who asks.
    pub customer: Option<Address>,
    /// When it was opened.
    pub created: Timestamp,
}

impl Store {
    /// Tickets in the order in which they were opened.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tickets(&self, filter: &TicketFilter, page: Page) -> Result<Vec<TicketLine>, StoreError> {
        let sql = "SELECT * FROM tickets WHERE id > $1 AND ($2 IS NULL OR queue = $2) \
                   AND ($3 IS NULL OR state = $3 OR state_type = $3) AND ($4 IS NULL OR owner = $4) \
                   AND ($5 IS NULL OR responsible = $5) AND ($6 IS NULL OR customer_key = $6) \
                   AND ($7 IS NULL OR created >= $7) \
                   AND ($8 = 0 OR state_type IN ('new', 'open', 'pending-reminder', 'pending-auto')) \
                   ORDER BY id LIMIT $9";
        let rows = sqlx::query(sql)
            .bind(page.after)
            .bind(&filter.queue)
            .bind(&filter.state)
            .bind(&filter.owner)
            .bind(&filter.responsible)
            .bind(filter.customer.as_ref().map(|address| address.to_lowercase()))
            .bind(filter.since.map(ms))
            .bind(filter.open)
            .bind(page.limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(line).collect()
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

fn line(row: &SqliteRow) -> Result<TicketLine, StoreError> {
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
    })
}
