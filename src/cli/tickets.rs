//! `taquilla tickets`: tickets as a list.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::TicketsArgs;
use super::list::{self, List};
use super::since::since;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::desk::fold;
use crate::outbound::data;
use crate::store::{TicketFilter, TicketLine};

const COLUMNS: &[&str] = &["number", "age", "state", "priority", "queue", "responsible", "customer", "title"];

/// Prints the tickets that the arguments describe, oldest first.
pub(super) async fn run(config: Option<&Path>, args: &TicketsArgs) -> Result<Exit, CliError> {
    let (store, desk) = open::look(config).await?;
    let now = Clock::System.now();
    let filter = TicketFilter {
        queue: args.queue.clone(),
        state: args.state.clone(),
        owner: args.owner.clone(),
        since: since(args.since.as_deref(), now, &desk.time_zone)?,
        ..TicketFilter::default()
    };
    let words: Vec<String> = args.query.iter().map(|word| fold(word)).collect();
    let mut list = List::new(&args.form, COLUMNS);
    let take = |lines: Vec<TicketLine>| {
        let wanted = lines.iter().filter(|line| words.iter().all(|word| has(line, word)));
        list.rows(wanted.map(|line| fields(line, now)).collect())
    };
    list::pages(async |page| store.tickets(&filter, page).await, |line| line.id.0, take).await?;
    Ok(Exit::Done)
}

fn has(line: &TicketLine, word: &str) -> bool {
    let customer = line.customer.as_ref().map(ToString::to_string).unwrap_or_default();
    [line.number.as_str(), &line.title, &customer].into_iter().any(|text| fold(text).contains(word))
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
