//! A row of the view `whole_tickets` as a ticket.

use sqlx::sqlite::SqliteRow;

use super::StoreError;
use super::values::Columns;
use crate::desk::{NewTicket, Priority, StateType, Ticket, TicketId};
use crate::mail::{Address, Language, MessageId};

pub(super) fn read(row: &SqliteRow) -> Result<Ticket, StoreError> {
    let row = Columns(row);
    let participants: Vec<(Option<String>, String)> = row.json("participants")?;
    let fields: Vec<(String, String)> = row.json("fields")?;
    let thread: Vec<String> = row.json("thread")?;
    Ok(Ticket {
        id: TicketId(row.int("id")?),
        now: NewTicket {
            number: row.ticket_number("number")?,
            title: row.text("title")?,
            queue: row.text("queue")?,
            kind: row.text("type")?,
            service: row.maybe_text("service")?,
            state: row.text("state")?,
            state_type: row.word("state_type", StateType::from_word)?,
            priority: priority(row.number("priority")?)?,
            locked: row.flag("locked")?,
            owner: row.maybe_text("owner")?,
            responsible: row.maybe_text("responsible")?,
            customer: row.address("customer_address", "customer_name")?,
            participants: participants.into_iter().map(|(name, address)| Address { name, address }).collect(),
            language: row.word("language", Language::from_code)?,
            level: row.text("level")?,
            tags: row.json("tags")?,
            fields: fields.into_iter().collect(),
            created: row.time("created")?,
        },
        sla: row.maybe_text("sla")?,
        pending_until: row.maybe_time("pending_until")?,
        closed_at: row.maybe_time("closed_at")?,
        watchers: row.json("watchers")?,
        thread: thread.iter().filter_map(|id| MessageId::new(id)).collect(),
        merged_into: row.ticket("merged_into")?,
        estimate: row.maybe_int("estimate")?,
        booked: row.int("booked")?,
        links: std::collections::BTreeSet::new(),
        suppliers: Vec::new(),
    })
}

fn priority(value: u8) -> Result<Priority, StoreError> {
    Priority::new(value).ok_or_else(|| StoreError::Unreadable(format!("priority {value}")))
}
