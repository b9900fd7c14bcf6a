//! New tickets, and the counters that gave their numbers.

use std::collections::BTreeMap;

use sqlx::{QueryBuilder, SqliteConnection};

use super::inserted;
use crate::decide::Effect;
use crate::desk::{NewTicket, StateType, TicketId};
use crate::mail::Address;
use crate::store::values::{ms, portions};
use crate::store::{Applied, Decided, StoreError};

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

/// Creates the tickets of all decisions; each [`Applied`] names its own.
pub(super) async fn tickets(
    conn: &mut SqliteConnection,
    decided: &[Decided<'_>],
) -> Result<Vec<Applied>, StoreError> {
    let mut counters: BTreeMap<&str, u64> = BTreeMap::new();
    let mut tickets: Vec<(usize, &NewTicket)> = Vec::new();
    for (at, one) in decided.iter().enumerate() {
        for effect in &one.decision.effects {
            if let Effect::Create { ticket, counter, .. } = effect {
                let used = counters.entry(&one.entry.counter).or_default();
                *used = (*used).max(*counter);
                tickets.push((at, ticket));
            }
        }
    }
    for (key, used) in counters {
        move_counter(conn, key, used).await?;
    }
    let mut applied = vec![Applied::default(); decided.len()];
    let mut ids = Vec::with_capacity(tickets.len());
    for some in portions(&tickets) {
        ids.extend(rows(conn, some).await?);
    }
    for ((at, ticket), id) in tickets.iter().zip(&ids) {
        if let Some(applied) = applied.get_mut(*at) {
            applied.tickets.push((TicketId(*id), ticket.number.clone()));
        }
    }
    belongings(conn, &tickets, &ids).await?;
    Ok(applied)
}

/// The rows themselves; their ids in the order of the tickets.
async fn rows(conn: &mut SqliteConnection, tickets: &[(usize, &NewTicket)]) -> Result<Vec<i64>, StoreError> {
    let mut insert = QueryBuilder::new(
        "INSERT INTO tickets (number, title, queue, type, service, state, state_type, priority, locked, owner, \
         responsible, customer_address, customer_name, customer_key, language, level, created, closed_at) ",
    );
    insert.push_values(tickets, |mut row, (_, ticket)| {
        let customer = ticket.customer.as_ref();
        let created = ms(ticket.created);
        row.push_bind(ticket.number.as_str()).push_bind(&ticket.title).push_bind(&ticket.queue);
        row.push_bind(&ticket.kind).push_bind(&ticket.service).push_bind(&ticket.state);
        row.push_bind(ticket.state_type.word()).push_bind(i64::from(ticket.priority.value()));
        row.push_bind(ticket.locked).push_bind(&ticket.owner).push_bind(&ticket.responsible);
        row.push_bind(customer.map(|customer| customer.address.as_str()));
        row.push_bind(customer.and_then(|customer| customer.name.as_deref()));
        row.push_bind(customer.map(Address::key)).push_bind(ticket.language.code()).push_bind(&ticket.level);
        row.push_bind(created).push_bind((ticket.state_type == StateType::Closed).then_some(created));
    });
    inserted(conn, insert).await
}

/// Who takes part, tags and fields.
async fn belongings(
    conn: &mut SqliteConnection,
    tickets: &[(usize, &NewTicket)],
    ids: &[i64],
) -> Result<(), StoreError> {
    let (mut participants, mut tags, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    for ((_, ticket), id) in tickets.iter().zip(ids) {
        participants.extend(ticket.participants.iter().map(|address| (*id, address)));
        tags.extend(ticket.tags.iter().map(|tag| (*id, tag)));
        fields.extend(ticket.fields.iter().map(|(name, value)| (*id, name, value)));
    }
    for some in portions(&participants) {
        let mut insert = QueryBuilder::new("INSERT INTO ticket_participants (ticket, key, address, name) ");
        insert.push_values(some, |mut row, (id, address)| {
            row.push_bind(*id).push_bind(address.key()).push_bind(&address.address).push_bind(&address.name);
        });
        insert.push(" ON CONFLICT DO NOTHING").build().execute(&mut *conn).await?;
    }
    for some in portions(&tags) {
        let mut insert = QueryBuilder::new("INSERT INTO ticket_tags (ticket, tag) ");
        insert.push_values(some, |mut row, (id, tag)| {
            row.push_bind(*id).push_bind(*tag);
        });
        insert.build().execute(&mut *conn).await?;
    }
    for some in portions(&fields) {
        let mut insert = QueryBuilder::new("INSERT INTO ticket_fields (ticket, name, value) ");
        insert.push_values(some, |mut row, (id, name, value)| {
            row.push_bind(*id).push_bind(*name).push_bind(*value);
        });
        insert.build().execute(&mut *conn).await?;
    }
    Ok(())
}
