//! `#list`: the tickets of a query, each with the steps that its reader may take.

use serde_json::{Map, Value, json};

use super::{Reader, more, offer};
use crate::commands;
use crate::decide::draft::Draft;
use crate::desk::{Desk, Priority, Right, StateType, TicketLine, may};
use crate::mail::{Address, Language};
use crate::outbound::data;

pub(super) fn data(draft: &Draft<'_>, reader: &Reader<'_>, text: &str) -> Map<String, Value> {
    let (desk, language) = (draft.desk, reader.language);
    let found = draft.context.seen.lists.get(text).cloned().unwrap_or_default();
    // The store was told what may be read; the last word is the permission's.
    let reads = |line: &&TicketLine| may(desk, reader.agent, Right::Read, &line.queue).is_ok();
    let lines: Vec<&TicketLine> = found.lines.iter().filter(reads).collect();
    let mut before = None;
    let rows: Vec<Value> = lines
        .iter()
        .map(|line| {
            let heading = Some(heading(line.state_type, language)).filter(|now| before != Some(*now));
            before = heading.or(before);
            row(draft, reader, line, heading)
        })
        .collect();
    let list = commands::word("list", language);
    let again = format!("#{list} {text}");
    let mine = commands::word("list", language);
    let mut offers = vec![offer(said(language, Label::Again), again.trim())];
    if text != own(language) {
        offers.push(offer(said(language, Label::Mine), &format!("#{mine} {}", own(language))));
    }
    let mut data = Map::new();
    data.insert("query".to_owned(), if text.is_empty() { Value::Null } else { json!(text) });
    data.insert("count".to_owned(), json!(found.count.to_string()));
    data.insert("more".to_owned(), more(found.count, rows.len()));
    data.insert("rows".to_owned(), Value::Array(rows));
    data.insert("offers".to_owned(), Value::Array(offers));
    data
}

fn row(draft: &Draft<'_>, reader: &Reader<'_>, line: &TicketLine, heading: Option<&str>) -> Value {
    let (desk, language) = (draft.desk, reader.language);
    let age = draft.now().duration_since(line.created);
    json!({
        "heading": heading,
        "number": line.number.as_str(),
        "title": line.title,
        "state": data::state_label(desk, language, &line.state),
        "priority": line.priority.label(language),
        "urgent": line.priority > Priority::NORMAL,
        "queue": line.queue,
        "customer": line.customer.as_ref().map(Address::called),
        "responsible": line.responsible.as_deref().map(|login| data::agent_label(desk, login)),
        "locked": line.locked,
        "created": data::date(desk, language, line.created),
        "age": data::age(age),
        "pending_until": line.pending_until.map(|until| data::date(desk, language, until)),
        "offers": steps(desk, reader, line),
    })
}

/// What the reader may do with a ticket next.
fn steps(desk: &Desk, reader: &Reader<'_>, line: &TicketLine) -> Vec<Value> {
    let (agent, language) = (reader.agent, reader.language);
    let allowed = |right| may(desk, agent, right, &line.queue).is_ok();
    let command = |verb| format!("#{}", commands::word(verb, language));
    let mine = [&line.responsible, &line.owner].iter().any(|login| login.as_deref() == Some(&agent.login));
    let mut steps = vec![offer(said(language, Label::Show), &command("show"))];
    let attends = line.responsible.as_deref() == Some(&agent.login);
    if line.state_type.is_open() && !attends && allowed(Right::Owner) {
        steps.push(offer(said(language, Label::Take), &command("take")));
    }
    if line.state_type.is_open() && (mine || !line.locked) && allowed(Right::Close) {
        steps.push(offer(said(language, Label::Close), &command("close")));
    }
    if line.state_type == StateType::Closed && allowed(Right::Close) {
        steps.push(offer(said(language, Label::Reopen), &command("reopen")));
    }
    steps
}

#[derive(Debug, Clone, Copy)]
enum Label {
    Again,
    Mine,
    Show,
    Take,
    Close,
    Reopen,
}

fn said(language: Language, label: Label) -> &'static str {
    match (language, label) {
        (Language::En, Label::Again) => "Refresh",
        (Language::En, Label::Mine) => "My tickets",
        (Language::En, Label::Show) => "Show",
        (Language::En, Label::Take) => "Take",
        (Language::En, Label::Close) => "Close",
        (Language::En, Label::Reopen) => "Reopen",
        (Language::Es, Label::Again) => "Actualizar",
        (Language::Es, Label::Mine) => "Mis tickets",
        (Language::Es, Label::Show) => "Ver",
        (Language::Es, Label::Take) => "Tomar",
        (Language::Es, Label::Close) => "Cerrar",
        (Language::Es, Label::Reopen) => "Reabrir",
    }
}

/// The word of a query for what its reader attends.
fn own(language: Language) -> &'static str {
    match language {
        Language::En => "mine",
        Language::Es => "mis",
    }
}

/// What stands above the tickets of one kind of state.
fn heading(kind: StateType, language: Language) -> &'static str {
    match (language, kind) {
        (Language::En, StateType::New) => "New",
        (Language::En, StateType::Open) => "Open",
        (Language::En, StateType::PendingReminder | StateType::PendingAuto) => "Pending",
        (Language::En, StateType::Closed) => "Closed",
        (Language::En, StateType::Merged | StateType::Removed) => "Merged or removed",
        (Language::Es, StateType::New) => "Nuevos",
        (Language::Es, StateType::Open) => "Abiertos",
        (Language::Es, StateType::PendingReminder | StateType::PendingAuto) => "Pendientes",
        (Language::Es, StateType::Closed) => "Cerrados",
        (Language::Es, StateType::Merged | StateType::Removed) => "Fusionados o eliminados",
    }
}
