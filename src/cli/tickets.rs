//! `taquilla tickets`: tickets as a list.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::TicketsArgs;
use super::list::{self, List};
use super::since::since;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::desk::query::{Asker, Condition, Query, StateWanted};
use crate::desk::{Desk, StateType};
use crate::mail::Language;
use crate::outbound::data;
use crate::store::TicketLine;

const COLUMNS: &[&str] = &["number", "age", "state", "priority", "queue", "responsible", "customer", "title"];

/// Prints the tickets that the arguments describe, oldest first.
pub(super) async fn run(config: Option<&Path>, args: &TicketsArgs) -> Result<Exit, CliError> {
    let (store, desk) = open::look(config).await?;
    let now = Clock::System.now();
    let query = query(args, &desk, now)?;
    let mut list = List::new(&args.form, COLUMNS);
    let take = |lines: Vec<TicketLine>| list.rows(lines.iter().map(|line| fields(line, now)).collect());
    list::pages(async |page| store.tickets(&query, page).await, |line| line.id.0, take).await?;
    Ok(Exit::Done)
}

/// The query, and the options as further terms of it: these take names as they are stored, also of what the desk has no
/// more.
fn query(args: &TicketsArgs, desk: &Desk, now: jiff::Timestamp) -> Result<Query, CliError> {
    let asker = Asker { desk, agent: None, now, language: Language::En };
    let mut query = Query::read(&args.query.join(" "), &asker).map_err(CliError::Usage)?;
    if let Some(queue) = &args.queue {
        query = query.and(Condition::Queue(vec![queue.clone()]));
    }
    if let Some(state) = &args.state {
        let kind = StateType::from_word(state).map(StateWanted::Kind);
        let named = StateWanted::Named(state.clone());
        query = query.and(Condition::State(kind.into_iter().chain([named]).collect()));
    }
    if let Some(owner) = &args.owner {
        query = query.and(Condition::Owner(vec![Some(owner.clone())]));
    }
    if let Some(from) = since(args.since.as_deref(), now, &desk.time_zone)? {
        query = query.and(Condition::Newer(from));
    }
    Ok(query)
}

/// The fields that scripts rely on.
pub(super) fn fields(line: &TicketLine, now: jiff::Timestamp) -> Map<String, Value> {
    list::row([
        ("number", json!(line.number.as_str())),
        ("title", json!(line.title)),
        ("queue", json!(line.queue)),
        ("type", json!(line.kind)),
        ("service", json!(line.service)),
        ("state", json!(line.state)),
        ("state_type", json!(line.state_type.word())),
        ("priority", json!(line.priority.value())),
        ("level", json!(line.level)),
        ("owner", json!(line.owner)),
        ("responsible", json!(line.responsible)),
        ("lock", json!(lock(line.locked))),
        ("customer", json!(line.customer.as_ref().map(|customer| customer.address.clone()))),
        ("created", json!(line.created.to_string())),
        ("age", json!(data::age(now.duration_since(line.created)))),
    ])
}

/// The words of OTRS for a lock.
pub(super) fn lock(locked: bool) -> &'static str {
    if locked { "lock" } else { "unlock" }
}
