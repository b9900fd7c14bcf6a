//! `taquilla outbox`: what the SMTP server has not accepted; and `taquilla audit`: what it may have got twice.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::args::{AuditArgs, ListAction, OutboxArgs};
use super::list::{self, List, plain};
use super::output::{say, tell};
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::daemon::bell;
use crate::store::{OutboxLine, Store};

const COLUMNS: &[&str] =
    &["id", "state", "attempts", "next_attempt", "to", "ticket", "subject", "last_error"];
const AUDIT: &[&str] = &["id", "state", "at", "to", "ticket", "message_id"];

/// Lists, shows, retries or drops.
pub(super) async fn run(config: Option<&Path>, args: &OutboxArgs) -> Result<Exit, CliError> {
    let looks = matches!(args.action, ListAction::List { .. } | ListAction::Show { .. });
    let (store, _) = if looks { open::look(config).await? } else { open::store(config).await? };
    let now = Clock::System.now();
    match &args.action {
        ListAction::List { json } => {
            let mut list = List::new(*json, COLUMNS);
            let read = async |page| store.outbox(page).await;
            list::pages(read, |line| line.id, |lines| list.rows(lines.iter().map(fields).collect())).await?;
        }
        ListAction::Show { id, json } => {
            let line = store.outbox_row(*id).await?;
            let content =
                store.outbox_content(*id).await.map(|octets| String::from_utf8_lossy(&octets).into_owned());
            if *json {
                let mut object = fields(&line);
                object.insert("content".to_owned(), json!(content.ok()));
                say(&Value::Object(object).to_string())?;
            } else {
                List::new(false, COLUMNS).rows(vec![fields(&line)])?;
                say(&format!("\n{}", plain(&content?.replace('\r', ""))))?;
            }
        }
        ListAction::Retry { ids } => {
            let ids = if ids.is_empty() { all(&store).await? } else { ids.clone() };
            for id in &ids {
                store.outbox_retry(*id, now).await?;
            }
            bell::ring(store.dir());
            tell(&format!("{} will be tried at once by the running daemon", counted(ids.len())));
        }
        ListAction::Drop { ids } => {
            for id in ids {
                store.outbox_drop(*id, now).await?;
            }
            tell(&format!("{} dropped", counted(ids.len())));
        }
    }
    Ok(Exit::Done)
}

/// Lists the mails of which a second copy is possible.
pub(super) async fn audit(config: Option<&Path>, args: &AuditArgs) -> Result<Exit, CliError> {
    let (store, _) = open::look(config).await?;
    let mut list = List::new(args.json, AUDIT);
    let row = |line: &OutboxLine| {
        let mut row = fields(line);
        row.insert("at".to_owned(), json!(line.in_doubt.map(|at| at.to_string())));
        row
    };
    let read = async |page| store.audit(page).await;
    list::pages(read, |line| line.id, |lines| list.rows(lines.iter().map(row).collect())).await?;
    Ok(Exit::Done)
}

async fn all(store: &Store) -> Result<Vec<i64>, CliError> {
    let mut ids = Vec::new();
    let read = async |page| store.outbox(page).await;
    let take = |lines: Vec<OutboxLine>| {
        ids.extend(lines.iter().map(|line| line.id));
        Ok(())
    };
    list::pages(read, |line| line.id, take).await?;
    Ok(ids)
}

fn counted(count: usize) -> String {
    if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") }
}

fn fields(line: &OutboxLine) -> Map<String, Value> {
    list::row([
        ("id", json!(line.id)),
        ("message_id", json!(line.message_id.as_str())),
        ("ticket", json!(line.ticket.as_ref().map(|number| number.as_str()))),
        ("to", json!(line.to)),
        ("subject", json!(line.subject)),
        ("template", json!(line.template)),
        ("state", json!(line.state)),
        ("attempts", json!(line.attempts)),
        ("next_attempt", json!(line.next_attempt.map(|at| at.to_string()))),
        ("last_error", json!(line.last_error)),
        ("created", json!(line.created.to_string())),
        ("bytes", json!(line.bytes)),
    ])
}
