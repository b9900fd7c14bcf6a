//! `taquilla status`: the desk at a glance.

use std::path::Path;

use serde_json::{Value, json};

use super::args::StatusArgs;
use super::output::say;
use super::{CliError, Exit, open};
use crate::store::Status;

/// Prints the counts.
pub(super) async fn run(config: Option<&Path>, args: &StatusArgs) -> Result<Exit, CliError> {
    let (store, _) = open::look(config).await?;
    let status = store.status().await?;
    if args.json {
        say(&to_json(&status).to_string())?;
    } else {
        let watched = open::files(config)?.settings.mailboxes;
        let quiet = watched.iter().map(|mailbox| mailbox.name.as_str());
        let quiet = quiet.filter(|name| !status.mailboxes.iter().any(|(given, ..)| given == name));
        for line in to_text(&status).into_iter().chain(quiet.map(|name| format!("  {name}: no mail yet"))) {
            say(&line)?;
        }
    }
    Ok(Exit::Done)
}

fn to_json(status: &Status) -> Value {
    let tickets = status
        .tickets
        .iter()
        .map(|(state, kind, count)| json!({ "state": state, "state_type": kind.word(), "count": count }));
    let mailboxes = status
        .mailboxes
        .iter()
        .map(|(name, at, reason)| json!({ "mailbox": name, "last": at.to_string(), "reason": reason }));
    json!({
        "tickets": tickets.collect::<Vec<_>>(),
        "outbox": status.outbox,
        "in_doubt": status.in_doubt,
        "held": status.held,
        "quarantine": status.quarantine,
        "parked": status.parked,
        "capped": status.capped,
        "timers": status.timers,
        "next_timer": status.next_timer.map(|at| at.to_string()),
        "unacknowledged": status.unacknowledged,
        "mailboxes": mailboxes.collect::<Vec<_>>(),
    })
}

fn to_text(status: &Status) -> Vec<String> {
    let mut lines = vec!["Tickets".to_owned()];
    lines.extend(status.tickets.iter().map(|(state, _, count)| format!("  {count:>8}  {state}")));
    lines.push("Mails to be sent".to_owned());
    lines.extend(status.outbox.iter().map(|(state, count)| format!("  {count:>8}  {state}")));
    lines.push("Waiting".to_owned());
    let next = status.next_timer.map(|at| format!(", the next one at {at}")).unwrap_or_default();
    for (count, what) in [
        (status.held, "mails for a confirmation".to_owned()),
        (status.quarantine, "mails in quarantine: `taquilla quarantine list`".to_owned()),
        (status.parked, "mails parked, their sender floods the desk: `taquilla parked list`".to_owned()),
        (status.capped, "automatic mails held over a cap: `taquilla outbox list`".to_owned()),
        (status.in_doubt, "mails that may have been sent twice: `taquilla audit`".to_owned()),
        (status.unacknowledged, "mails of which the server was not told yet".to_owned()),
        (status.timers, format!("timers{next}")),
    ] {
        lines.push(format!("  {count:>8}  {what}"));
    }
    lines.push("Mailboxes".to_owned());
    lines.extend(
        status.mailboxes.iter().map(|(name, at, reason)| format!("  {name}: last mail {at}, {reason}")),
    );
    lines
}
