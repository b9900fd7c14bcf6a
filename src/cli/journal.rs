//! `taquilla journal`: each mail that came, and what became of it.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::JournalArgs;
use super::list::{self, List};
use super::since::since;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::store::{JournalFilter, JournalLine};

const COLUMNS: &[&str] = &["at", "mailbox", "folder", "uid", "from", "reason", "ticket", "subject"];

/// Prints the journal, oldest row first.
pub(super) async fn run(config: Option<&Path>, args: &JournalArgs) -> Result<Exit, CliError> {
    let (store, desk) = open::look(config).await?;
    let filter = JournalFilter {
        mailbox: args.mailbox.clone(),
        reason: args.reason.clone(),
        since: since(args.since.as_deref(), Clock::System.now(), &desk.time_zone)?,
        ..JournalFilter::default()
    };
    let mut list = List::new(args.json, COLUMNS);
    let read = async |page| store.journal(&filter, page).await;
    list::pages(read, |line| line.id, |lines| list.rows(lines.iter().map(fields).collect())).await?;
    Ok(Exit::Done)
}

fn fields(line: &JournalLine) -> Map<String, Value> {
    list::row([
        ("id", json!(line.id)),
        ("at", json!(line.at.to_string())),
        ("mailbox", json!(line.mailbox)),
        ("folder", json!(line.folder)),
        ("uidvalidity", json!(line.uidvalidity)),
        ("uid", json!(line.uid)),
        ("message_id", json!(line.message_id.as_ref().map(|id| id.as_str()))),
        ("class", json!(line.class.map(|class| class.word()))),
        ("from", json!(line.author)),
        ("subject", json!(line.subject)),
        ("size", json!(line.size)),
        ("reason", json!(line.reason)),
        ("ticket", json!(line.ticket.as_ref().map(|number| number.as_str()))),
        ("duplicate_of", json!(line.duplicate_of)),
        ("evidence", json!(line.evidence)),
        ("attempt", json!(line.attempt)),
        ("origin", json!(line.origin)),
        ("acknowledged", json!(line.acked)),
    ])
}
