//! The lines of history of a decision, gathered in their order and written at once.

use jiff::Timestamp;
use sqlx::{QueryBuilder, SqliteConnection};

use crate::decide::Fact;
use crate::desk::{Actor, Cause, Change, TicketId};
use crate::store::StoreError;
use crate::store::values::ms;

/// One line.
pub(super) struct Line {
    ticket: TicketId,
    kind: &'static str,
    attribute: Option<String>,
    old: Option<String>,
    new: Option<String>,
    text: String,
    cause: Cause,
}

impl Line {
    pub(super) fn fact(ticket: TicketId, fact: &Fact, cause: &Cause) -> Self {
        let (kind, text) = (fact.word(), fact.to_string());
        Self { ticket, kind, attribute: None, old: None, new: None, text, cause: cause.clone() }
    }

    pub(super) fn change(ticket: TicketId, change: &Change, cause: &Cause) -> Self {
        Self {
            ticket,
            kind: "change",
            attribute: Some(change.attribute.to_string()),
            old: change.before.clone(),
            new: change.after.clone(),
            text: change.to_string(),
            cause: cause.clone(),
        }
    }
}

#[derive(Default)]
pub(super) struct History(Vec<Line>);

impl History {
    pub(super) fn add(&mut self, line: Line) {
        self.0.push(line);
    }

    pub(super) async fn write(
        self,
        conn: &mut SqliteConnection,
        journal: i64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        // Chunks: a statement takes 32,766 values at most.
        for lines in self.0.chunks(500) {
            let mut insert = QueryBuilder::new(
                "INSERT INTO history (ticket, journal, at, kind, attribute, old_value, new_value, text, actor, \
                 actor_id, rule_file, rule_line, rule_set, detail) ",
            );
            insert.push_values(lines, |mut row, line| {
                let actor = actor(&line.cause.actor);
                row.push_bind(line.ticket.0).push_bind(journal).push_bind(ms(at)).push_bind(line.kind);
                row.push_bind(line.attribute.clone()).push_bind(line.old.clone()).push_bind(line.new.clone());
                row.push_bind(line.text.clone()).push_bind(actor.kind).push_bind(actor.id);
                row.push_bind(actor.file).push_bind(actor.line).push_bind(actor.set);
                row.push_bind(line.cause.detail.clone());
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
        Actor::Operator => Columns { kind: "operator", ..Columns::default() },
        Actor::System => Columns { kind: "system", ..Columns::default() },
    }
}
