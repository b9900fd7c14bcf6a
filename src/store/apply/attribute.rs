//! One attribute of a ticket, from one value to another. The value before is the history's; here the value after
//! counts.

use jiff::Timestamp;

use super::Applying;
use crate::desk::{Attribute, Change, LinkKind, Priority, Relation, TicketId};
use crate::mail::{Address, Language};
use crate::store::StoreError;
use crate::store::values::ms;

const TAGS: (&str, &str) = (
    "DELETE FROM ticket_tags WHERE ticket = $1 AND tag = $2",
    "INSERT INTO ticket_tags (ticket, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING",
);
const WATCHERS: (&str, &str) = (
    "DELETE FROM ticket_watchers WHERE ticket = $1 AND login = $2",
    "INSERT INTO ticket_watchers (ticket, login) VALUES ($1, $2) ON CONFLICT DO NOTHING",
);

impl Applying<'_> {
    pub(super) async fn set(&mut self, ticket: TicketId, change: &Change) -> Result<(), StoreError> {
        let text = |sql| sqlx::query(sql).bind(ticket.0).bind(change.after.clone());
        let number = |sql, value: Option<i64>| sqlx::query(sql).bind(ticket.0).bind(value);
        let query = match &change.attribute {
            Attribute::Title => text("UPDATE tickets SET title = $2 WHERE id = $1"),
            Attribute::Queue => text("UPDATE tickets SET queue = $2 WHERE id = $1"),
            Attribute::Type => text("UPDATE tickets SET type = $2 WHERE id = $1"),
            Attribute::Service => text("UPDATE tickets SET service = $2 WHERE id = $1"),
            Attribute::Sla => text("UPDATE tickets SET sla = $2 WHERE id = $1"),
            Attribute::Owner => text("UPDATE tickets SET owner = $2 WHERE id = $1"),
            Attribute::Responsible => text("UPDATE tickets SET responsible = $2 WHERE id = $1"),
            Attribute::Level => text("UPDATE tickets SET level = $2 WHERE id = $1"),
            Attribute::Priority => {
                let priority = change.after.as_deref().and_then(Priority::from_words);
                let priority = priority.ok_or_else(|| unwritable(change))?;
                number("UPDATE tickets SET priority = $2 WHERE id = $1", Some(priority.value().into()))
            }
            Attribute::Lock => {
                let locked = match change.after.as_deref() {
                    Some("locked") => 1,
                    Some("unlocked") | None => 0,
                    Some(_) => return Err(unwritable(change)),
                };
                number("UPDATE tickets SET locked = $2 WHERE id = $1", Some(locked))
            }
            Attribute::PendingUntil => {
                let until = read::<Timestamp>(change)?.map(ms);
                number("UPDATE tickets SET pending_until = $2 WHERE id = $1", until)
            }
            Attribute::Estimate => number("UPDATE tickets SET estimate = $2 WHERE id = $1", read(change)?),
            Attribute::Booked => number(
                "UPDATE tickets SET booked = $2 WHERE id = $1",
                Some(read(change)?.unwrap_or_default()),
            ),
            Attribute::Language => {
                let known = change.after.as_deref().and_then(Language::from_code);
                known.ok_or_else(|| unwritable(change))?;
                text("UPDATE tickets SET language = $2 WHERE id = $1")
            }
            Attribute::State => return self.set_state(ticket, change).await,
            Attribute::Customer => return self.set_customer(ticket, change.after.as_deref()).await,
            Attribute::Participant => return self.set_participant(ticket, change).await,
            Attribute::Supplier => return self.set_supplier(ticket, change).await,
            Attribute::Tag => return self.set_member(ticket, change, TAGS).await,
            Attribute::Watcher => return self.set_member(ticket, change, WATCHERS).await,
            Attribute::Link(relation) => return self.set_link(ticket, *relation, change).await,
            Attribute::MergedInto => text(
                "UPDATE tickets SET merged_into = (SELECT o.id FROM tickets o WHERE o.number = $2) WHERE id = $1",
            ),
            Attribute::Field(name) => return self.set_field(ticket, name, change.after.as_deref()).await,
        };
        self.one(query).await
    }

    async fn set_state(&mut self, ticket: TicketId, change: &Change) -> Result<(), StoreError> {
        let name = change.after.as_deref().unwrap_or_default();
        let state = self.states.iter().find(|state| state.name == name).ok_or_else(|| unwritable(change))?;
        // From one closed state to another it stays closed since the first.
        let sql = "UPDATE tickets SET state = $2, state_type = $3, \
                   closed_at = CASE WHEN $3 <> 'closed' THEN NULL \
                                    WHEN state_type = 'closed' THEN coalesce(closed_at, $4) ELSE $4 END \
                   WHERE id = $1";
        let update = sqlx::query(sql).bind(ticket.0).bind(name.to_owned()).bind(state.kind.word());
        self.one(update.bind(ms(self.entry.at))).await
    }

    async fn set_customer(&mut self, ticket: TicketId, customer: Option<&str>) -> Result<(), StoreError> {
        let customer = customer.map(address);
        let sql =
            "UPDATE tickets SET customer_address = $2, customer_name = $3, customer_key = $4 WHERE id = $1";
        let update = sqlx::query(sql).bind(ticket.0);
        let update = update.bind(customer.as_ref().map(|customer| customer.address.clone()));
        let update = update.bind(customer.as_ref().and_then(|customer| customer.name.clone()));
        self.one(update.bind(customer.as_ref().map(Address::key))).await
    }

    /// What stood before goes, what stands after comes.
    async fn set_participant(&mut self, ticket: TicketId, change: &Change) -> Result<(), StoreError> {
        if let Some(before) = &change.before {
            let sql = "DELETE FROM ticket_participants WHERE ticket = $1 AND key = $2";
            let delete = sqlx::query(sql).bind(ticket.0).bind(address(before).key());
            delete.execute(&mut *self.conn).await?;
        }
        if let Some(after) = &change.after {
            let sql = "INSERT INTO ticket_participants (ticket, key, address, name) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT DO NOTHING";
            let new = address(after);
            let insert = sqlx::query(sql).bind(ticket.0).bind(new.key()).bind(new.address).bind(new.name);
            insert.execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    async fn set_supplier(&mut self, ticket: TicketId, change: &Change) -> Result<(), StoreError> {
        if let Some(before) = &change.before {
            let sql = "DELETE FROM ticket_suppliers WHERE ticket = $1 AND key = $2";
            let delete = sqlx::query(sql).bind(ticket.0).bind(address(before).key());
            delete.execute(&mut *self.conn).await?;
        }
        if let Some(after) = &change.after {
            let sql = "INSERT INTO ticket_suppliers (ticket, key, address, name, since) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT DO NOTHING";
            let new = address(after);
            let insert = sqlx::query(sql).bind(ticket.0).bind(new.key()).bind(new.address.clone());
            let insert = insert.bind(new.called().to_owned()).bind(ms(self.entry.at));
            insert.execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    /// The same for tags and watchers.
    async fn set_member(
        &mut self,
        ticket: TicketId,
        change: &Change,
        (delete, insert): (&'static str, &'static str),
    ) -> Result<(), StoreError> {
        for (sql, value) in [(delete, &change.before), (insert, &change.after)] {
            if let Some(value) = value {
                sqlx::query(sql).bind(ticket.0).bind(value.clone()).execute(&mut *self.conn).await?;
            }
        }
        Ok(())
    }

    /// Both tickets name the link in their histories; it has one row, whichever of them names it first.
    async fn set_link(
        &mut self,
        ticket: TicketId,
        relation: Relation,
        change: &Change,
    ) -> Result<(), StoreError> {
        let kind = match relation {
            Relation::Linked => LinkKind::Normal,
            Relation::Parent | Relation::Child => LinkKind::Parent,
        };
        if let Some(before) = &change.before {
            let sql = "DELETE FROM links WHERE kind = $3 AND \
                       ((from_ticket = $1 AND to_ticket = (SELECT id FROM tickets WHERE number = $2) AND $4 <> 'parent') \
                       OR (to_ticket = $1 AND from_ticket = (SELECT id FROM tickets WHERE number = $2) AND $4 <> 'child'))";
            let delete = sqlx::query(sql).bind(ticket.0).bind(before).bind(kind.word());
            delete.bind(relation.word()).execute(&mut *self.conn).await?;
        }
        if let Some(after) = &change.after {
            let sql = match relation {
                Relation::Linked => {
                    "INSERT INTO links (from_ticket, to_ticket, kind, at) SELECT o.id, $1, $3, $4 FROM tickets o \
                     WHERE o.number = $2 AND NOT EXISTS (SELECT 1 FROM links l \
                     WHERE l.from_ticket = $1 AND l.to_ticket = o.id AND l.kind = $3) ON CONFLICT DO NOTHING"
                }
                Relation::Parent => {
                    "INSERT INTO links (from_ticket, to_ticket, kind, at) SELECT o.id, $1, $3, $4 FROM tickets o \
                     WHERE o.number = $2 ON CONFLICT DO NOTHING"
                }
                Relation::Child => {
                    "INSERT INTO links (from_ticket, to_ticket, kind, at) SELECT $1, o.id, $3, $4 FROM tickets o \
                     WHERE o.number = $2 ON CONFLICT DO NOTHING"
                }
            };
            let insert = sqlx::query(sql).bind(ticket.0).bind(after).bind(kind.word());
            insert.bind(ms(self.entry.at)).execute(&mut *self.conn).await?;
        }
        Ok(())
    }

    async fn set_field(
        &mut self,
        ticket: TicketId,
        name: &str,
        value: Option<&str>,
    ) -> Result<(), StoreError> {
        let query = match value {
            None => sqlx::query("DELETE FROM ticket_fields WHERE ticket = $1 AND name = $2")
                .bind(ticket.0)
                .bind(name),
            Some(value) => {
                let sql = "INSERT INTO ticket_fields (ticket, name, value) VALUES ($1, $2, $3) \
                           ON CONFLICT (ticket, name) DO UPDATE SET value = excluded.value";
                sqlx::query(sql).bind(ticket.0).bind(name).bind(value)
            }
        };
        query.execute(&mut *self.conn).await?;
        Ok(())
    }

    /// Runs an update that must meet one ticket.
    async fn one(
        &mut self,
        query: sqlx::query::Query<'_, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>,
    ) -> Result<(), StoreError> {
        match query.execute(&mut *self.conn).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(StoreError::Unwritable("a change of a ticket that is not there".to_owned())),
        }
    }
}

/// The value after, where there is one and it is of its kind.
fn read<T: std::str::FromStr>(change: &Change) -> Result<Option<T>, StoreError> {
    change.after.as_deref().map(|text| text.trim().parse().map_err(|_| unwritable(change))).transpose()
}

fn unwritable(change: &Change) -> StoreError {
    StoreError::Unwritable(format!("{change}"))
}

/// An address as a change names it: bare, or as `Address` shows itself.
fn address(text: &str) -> Address {
    match text.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => Address::named(name.trim(), address.trim()),
        None => Address::bare(text.trim()),
    }
}
