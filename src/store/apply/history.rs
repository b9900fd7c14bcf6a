//! The lines of history of decisions, gathered in their order and written at once.

use jiff::Timestamp;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::decide::Fact;
use crate::desk::{Actor, Cause, Change, TicketId};
use crate::store::StoreError;
use crate::store::values::{ms, portions};

/// One line.
struct Line {
    ticket: TicketId,
    journal: i64,
    at: Timestamp,
    kind: &'static str,
    attribute: Option<String>,
    old: Option<String>,
    new: Option<String>,
    text: String,
    cause: Cause,
}

impl Line {
    fn fact(event: Event, ticket: TicketId, fact: &Fact, cause: &Cause) -> Self {
        let Event { journal, at } = event;
        let (kind, text) = (fact.word(), fact.to_string());
        Self { ticket, journal, at, kind, attribute: None, old: None, new: None, text, cause: cause.clone() }
    }

    fn change(event: Event, ticket: TicketId, change: &Change, cause: &Cause) -> Self {
        Self {
            kind: "change",
            attribute: Some(change.attribute.to_string()),
            old: change.before.clone(),
            new: change.after.clone(),
            text: change.to_string(),
            ..Self::fact(event, ticket, &Fact::Created, cause)
        }
    }
}

/// The event that a line belongs to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Event {
    pub(super) journal: i64,
    pub(super) at: Timestamp,
}

#[derive(Default)]
pub(super) struct History(Vec<Line>);

impl History {
    pub(super) fn fact(&mut self, event: Event, ticket: TicketId, fact: &Fact, cause: &Cause) {
        self.0.push(Line::fact(event, ticket, fact, cause));
    }

    pub(super) fn change(&mut self, event: Event, ticket: TicketId, change: &Change, cause: &Cause) {
        self.0.push(Line::change(event, ticket, change, cause));
    }

    pub(super) async fn write(self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        for lines in portions(&self.0) {
            let mut insert = QueryBuilder::new(
                "INSERT INTO history (ticket, journal, at, kind, attribute, old_value, new_value, text, actor, \
                 actor_id, rule_file, rule_line, rule_set, detail) ",
            );
            insert.push_values(lines, |mut row, line| {
                let actor = actor(&line.cause.actor);
                row.push_bind(line.ticket.0).push_bind(line.journal).push_bind(ms(line.at));
                row.push_bind(line.kind).push_bind(&line.attribute).push_bind(&line.old).push_bind(&line.new);
                row.push_bind(&line.text).push_bind(actor.kind).push_bind(actor.id).push_bind(actor.file);
                row.push_bind(actor.line).push_bind(actor.set).push_bind(&line.cause.detail);
            });
            insert.build().execute(&mut *conn).await?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Columns {
    kind: &'static str,
    id: Option<String>,
    file: Option<String>,
    line: Option<i64>,
    set: Option<String>,
}

fn actor(actor: &Actor) -> Columns {
    let named = |kind, id: &str| Columns { kind, id: Some(id.to_owned()), ..Columns::default() };
    match actor {
        Actor::Customer(address) => named("customer", address),
        Actor::Agent(login) => named("agent", login),
        Actor::Rule(rule) => Columns {
            kind: "rule",
            id: Some(rule.name.clone()),
            file: Some(rule.file.clone()),
            line: i64::try_from(rule.line).ok(),
            set: Some(rule.set.clone()),
        },
        Actor::Timer(kind) => named("timer", kind),
        // There was no column for them in the first schema.
        Actor::Supplier(name) => named("system", name),
        Actor::Operator => Columns { kind: "operator", ..Columns::default() },
        Actor::System => Columns { kind: "system", ..Columns::default() },
    }
}
