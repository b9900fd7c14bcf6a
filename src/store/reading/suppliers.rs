//! The suppliers of a ticket, and the numbers by which others know it.

use crate::desk::{SupplierLine, TicketId};
use crate::mail::Address;
use crate::store::values::Columns;
use crate::store::{Store, StoreError};

impl Store {
    /// The suppliers of a ticket, the first one first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn suppliers_of(&self, ticket: TicketId) -> Result<Vec<SupplierLine>, StoreError> {
        let sql = "SELECT * FROM ticket_suppliers WHERE ticket = $1 ORDER BY id";
        let rows = sqlx::query(sql).bind(ticket.0).fetch_all(&self.readers).await?;
        let line = |row| {
            let row = Columns(row);
            let address = Address::named(row.text("name")?, row.text("address")?);
            Ok(SupplierLine { address, since: row.time("since")? })
        };
        rows.iter().map(line).collect()
    }

    /// Numbers of other desks by which the ticket is found, as they are stored; those of a supplier behind its name and a
    /// blank.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn other_numbers_of(&self, ticket: TicketId) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT name FROM other_numbers WHERE ticket = $1 ORDER BY name";
        Ok(sqlx::query_scalar(sql).bind(ticket.0).fetch_all(&self.readers).await?)
    }
}
