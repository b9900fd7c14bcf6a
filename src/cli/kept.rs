//! `taquilla quarantine`: mails that could not be processed; and `taquilla parked`: those of somebody who floods the desk.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::ListAction;
use super::list::{self, List, plain};
use super::output::{say, tell};
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::daemon::bell;
use crate::pipeline::PipelineError;
use crate::store::{KeptLine, Shelf, Store};

fn columns(shelf: Shelf) -> &'static [&'static str] {
    match shelf {
        Shelf::Quarantine => &["id", "at", "ticket", "from", "subject", "why"],
        Shelf::Parked => &["id", "at", "due", "from", "subject", "why"],
    }
}

/// Lists, shows, decides anew, or drops.
pub(super) async fn run(config: Option<&Path>, shelf: Shelf, action: &ListAction) -> Result<Exit, CliError> {
    match action {
        ListAction::List { json } => {
            let (store, _) = open::look(config).await?;
            let mut list = List::new(*json, columns(shelf));
            let read = async |page| store.kept(shelf, page).await;
            list::pages(read, |line| line.id, |lines| list.rows(lines.iter().map(fields).collect())).await?;
        }
        ListAction::Show { id, json } => show(config, shelf, *id, *json).await?,
        ListAction::Retry { ids } => return retry(config, shelf, ids).await,
        ListAction::Drop { ids } => {
            let (store, _) = open::store(config).await?;
            for id in ids {
                store.kept_drop(shelf, *id, Clock::System.now()).await?;
            }
            tell("dropped from the list; the raw mails stay, and tickets that show them");
        }
    }
    Ok(Exit::Done)
}

async fn show(config: Option<&Path>, shelf: Shelf, id: i64, json: bool) -> Result<(), CliError> {
    let (store, _) = open::look(config).await?;
    let line = store.kept_row(shelf, id).await?;
    let raw = match &line.raw {
        Some(digest) => store.blob(digest).await?,
        None => Vec::new(),
    };
    let raw = String::from_utf8_lossy(&raw).into_owned();
    if json {
        let mut object = fields(&line);
        object.insert("raw".to_owned(), json!(raw));
        say(&Value::Object(object).to_string())?;
    } else {
        List::new(false, columns(shelf)).rows(vec![fields(&line)])?;
        say(&format!("\n{}", plain(&raw.replace('\r', ""))))?;
    }
    Ok(())
}

/// Decides mails anew, as this program and these rules would now.
async fn retry(config: Option<&Path>, shelf: Shelf, ids: &[i64]) -> Result<Exit, CliError> {
    let loaded = open::files(config)?;
    let pipeline = open::pipeline(&loaded).await?;
    let ids = if ids.is_empty() { all(&pipeline.store, shelf).await? } else { ids.to_vec() };
    let mut left = 0;
    for id in ids {
        let again = match pipeline.store.kept_row(shelf, id).await {
            Ok(line) => pipeline.retry(&line, true).await,
            Err(error) => Err(PipelineError::from(error)),
        };
        match again {
            Ok(outcome) => say(&format!("{id}: {}", outcome.decision.reason))?,
            Err(error) => {
                left += 1;
                tell(&format!("{id}: {error}"));
            }
        }
    }
    bell::ring(pipeline.store.dir());
    Ok(if left == 0 { Exit::Done } else { Exit::NotWell })
}

async fn all(store: &Store, shelf: Shelf) -> Result<Vec<i64>, CliError> {
    let mut ids = Vec::new();
    let read = async |page| store.kept(shelf, page).await;
    let take = |lines: Vec<KeptLine>| {
        ids.extend(lines.iter().map(|line| line.id));
        Ok(())
    };
    list::pages(read, |line| line.id, take).await?;
    Ok(ids)
}

fn fields(line: &KeptLine) -> Map<String, Value> {
    list::row([
        ("id", json!(line.id)),
        ("at", json!(line.at.to_string())),
        ("due", json!(line.due.map(|due| due.to_string()))),
        ("ticket", json!(line.ticket.as_ref().map(|number| number.as_str()))),
        ("mailbox", json!(line.mailbox)),
        ("from", json!(line.author)),
        ("subject", json!(line.subject)),
        ("why", json!(line.why)),
    ])
}
