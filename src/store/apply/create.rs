//! A new ticket, and the counter that gave its number.

use sqlx::{QueryBuilder, SqliteConnection};

use super::Applying;
use crate::desk::{NewTicket, TicketId};
use crate::mail::Address;
use crate::store::StoreError;
use crate::store::values::ms;

/// Moves a counter up to a value that was given away; never down.
pub(in crate::store) async fn move_counter(
    conn: &mut SqliteConnection,
    key: &str,
    used: u64,
) -> Result<(), StoreError> {
    let used = i64::try_from(used).map_err(|_| StoreError::Unwritable(format!("the counter {used}")))?;
    let sql = "INSERT INTO counters (key, used) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE \
               SET used = CASE WHEN excluded.used > counters.used THEN excluded.used ELSE counters.used END";
    sqlx::query(sql).bind(key).bind(used).execute(conn).await?;
    Ok(())
}

impl Applying<'_> {
    pub(super) async fn create(&mut self, ticket: &NewTicket, counter: u64) -> Result<(), StoreError> {
        move_counter(self.conn, &self.entry.counter, counter).await?;
        let sql = "INSERT INTO tickets (number, title, queue, type, service, state, state_type, priority, locked, \
                   owner, responsible, customer_address, customer_name, customer_key, language, level, created, \
                   closed_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, \
                   CASE WHEN $7 = 'closed' THEN $17 END) RETURNING id";
        let customer = ticket.customer.as_ref();
        let id: i64 = sqlx::query_scalar(sql)
            .bind(ticket.number.as_str())
            .bind(&ticket.title)
            .bind(&ticket.queue)
            .bind(&ticket.kind)
            .bind(&ticket.service)
            .bind(&ticket.state)
            .bind(ticket.state_type.word())
            .bind(i64::from(ticket.priority.value()))
            .bind(ticket.locked)
            .bind(&ticket.owner)
            .bind(&ticket.responsible)
            .bind(customer.map(|customer| customer.address.clone()))
            .bind(customer.and_then(|customer| customer.name.clone()))
            .bind(customer.map(Address::key))
            .bind(ticket.language.code())
            .bind(&ticket.level)
            .bind(ms(ticket.created))
            .fetch_one(&mut *self.conn)
            .await?;
        self.applied.tickets.push((TicketId(id), ticket.number.clone()));
        self.belongings(id, ticket).await
    }

    async fn belongings(&mut self, id: i64, ticket: &NewTicket) -> Result<(), StoreError> {
        // Chunks: a statement takes 32,766 values at most.
        for some in ticket.participants.chunks(1000) {
            let mut insert =
                QueryBuilder::new("INSERT INTO ticket_participants (ticket, key, address, name) ");
            insert.push_values(some, |mut row, address| {
                row.push_bind(id).push_bind(address.key()).push_bind(address.address.clone());
                row.push_bind(address.name.clone());
            });
            insert.push(" ON CONFLICT DO NOTHING").build().execute(&mut *self.conn).await?;
        }
        if !ticket.tags.is_empty() {
            let mut insert = QueryBuilder::new("INSERT INTO ticket_tags (ticket, tag) ");
            insert.push_values(&ticket.tags, |mut row, tag| {
                row.push_bind(id).push_bind(tag.clone());
            });
            insert.build().execute(&mut *self.conn).await?;
        }
        if !ticket.fields.is_empty() {
            let mut insert = QueryBuilder::new("INSERT INTO ticket_fields (ticket, name, value) ");
            insert.push_values(&ticket.fields, |mut row, (name, value)| {
                row.push_bind(id).push_bind(name.clone()).push_bind(value.clone());
            });
            insert.build().execute(&mut *self.conn).await?;
        }
        Ok(())
    }
}
