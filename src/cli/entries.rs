//! `taquilla agent`, `queue`, `service`, `role` and `supplier`: entries of the desk file, listed and added.
//!
//! The daemon is not asked: it watches its files and takes a new one up by itself.

use std::path::Path;

use serde_json::{Map, Value, json};
use toml_edit::Table;

use super::entry_words::{AddArgs, Entry, EntryAction, EntryArgs};
use super::list::List;
use super::open;
use super::output::{say, tell};
use super::replace_file::Edited;
use super::{CliError, Exit};
use crate::config::check::shown_time;
use crate::config::desk_keys::{AGENT, QUEUE, ROLE, SERVICE, SUPPLIER};
use crate::config::diagnostic::Severity;
use crate::config::insert::{InsertError, Inserted, difference, insert};
use crate::config::load::{self, DESK_FILE, Loaded};
use crate::config::nearest::did_you_mean;
use crate::desk::token::Keys as TokenKeys;
use crate::desk::{Agent, Desk, Queue, Right, Role, Service, Supplier};
use crate::store::keys::Identity;

/// Does it.
///
/// # Errors
/// The desk has mistakes, or would have, or its file cannot be written.
pub(super) fn run<E: Entry>(config: Option<&Path>, args: &EntryArgs<E>) -> Result<Exit, CliError> {
    match &args.action {
        EntryAction::Add(args) => add(config, args),
        EntryAction::List { json } => list::<E>(config, *json),
    }
}

fn add<E: Entry>(config: Option<&Path>, args: &AddArgs<E>) -> Result<Exit, CliError> {
    let settings = load::find(config).map_err(|mistake| CliError::Mistakes(vec![*mistake]))?;
    let path = settings.parent().map(Path::to_owned).unwrap_or_default().join(DESK_FILE);
    let file = Edited::open(&path)?;
    let old = file.text()?;
    let before = load::load_instead(&settings, &old).map_err(|mistakes| {
        tell("Nothing was written: the desk has mistakes already.\n");
        CliError::Mistakes(mistakes)
    })?;
    let desk = desk(&before);
    let mut tables = if E::SECTION.name == SERVICE.name {
        levels_above(args.keys.name(), &desk, args.keys.parents)?
    } else {
        Vec::new()
    };
    tables.push(args.keys.table());
    let inserted = inserted(&settings, &path, &old, E::SECTION.name, &tables)?;
    let shown = shown(&path);
    if args.dry_run {
        say(&difference(&shown, &old, &inserted))?;
        return Ok(Exit::Done);
    }
    file.replace(&inserted.text)?;
    told(args, &shown, &inserted, &tables)?;
    if E::SECTION.name == QUEUE.name && old_queues_unsaid(&old) {
        tell(&format!(
            "It takes the place of the queue \"{}\", which was there because the file named none; tickets that are in \
             that one stay there until they are moved.",
            desk.default_queue
        ));
    }
    Ok(Exit::Done)
}

/// The new text, after a look at the whole desk as it would be.
fn inserted(
    settings: &Path,
    path: &Path,
    old: &str,
    name: &'static str,
    tables: &[Table],
) -> Result<Inserted, CliError> {
    let inserted = insert(old, name, tables).map_err(|error: InsertError| {
        CliError::Failed(format!("{}: {error}; nothing was written", path.display()))
    })?;
    let refused = |mistakes| {
        tell("Nothing was written. With the new entry the desk would have mistakes:\n");
        CliError::Mistakes(mistakes)
    };
    let mut after = load::load_instead(settings, &inserted.text).map_err(|mut mistakes| {
        mistakes.retain(|mistake| mistake.severity == Severity::Error);
        refused(mistakes)
    })?;
    after.warnings.clear();
    match open::house_of(&after, &nobodys()) {
        Ok(_) => Ok(inserted),
        Err(CliError::Mistakes(mistakes)) => Err(refused(mistakes)),
        Err(other) => Err(other),
    }
}

/// Nothing that is checked here depends on the keys of the data folder.
fn nobodys() -> Identity {
    Identity { keys: TokenKeys::new(vec![(0, [0; 32])]), instance: "check".to_owned() }
}

fn desk(loaded: &Loaded) -> Desk {
    let Identity { keys, instance } = nobodys();
    loaded.desk(keys, instance)
}

fn shown(path: &Path) -> String {
    path.strip_prefix("./").unwrap_or(path).display().to_string()
}

fn told<E: Entry>(
    args: &AddArgs<E>,
    file: &str,
    inserted: &Inserted,
    tables: &[Table],
) -> Result<(), CliError> {
    if args.json {
        let text = inserted.text.get(inserted.new.clone()).unwrap_or_default().trim();
        let name = args.keys.name();
        let row = json!({ E::SECTION.name: name, "file": file, "line": inserted.line, "text": text });
        return Ok(say(&row.to_string())?);
    }
    let key = E::SECTION.keys.first().map_or("", |key| key.name);
    let names: Vec<&str> = tables.iter().filter_map(|table| table.get(key)?.as_str()).collect();
    say(&format!("{file}:{}: {} {} added.", inserted.line, E::SECTION.name, names.join(", ")))?;
    Ok(say("A running daemon takes it up by itself.")?)
}

/// Whether the file names no queue of its own.
fn old_queues_unsaid(old: &str) -> bool {
    toml_edit::Document::parse(old).is_ok_and(|document| document.get(QUEUE.name).is_none())
}

/// The levels above a service that are not there yet, to be written first. Without `--parents` a level that nobody
/// has is more likely a mistake in typing.
fn levels_above(name: &str, desk: &Desk, wanted: bool) -> Result<Vec<Table>, CliError> {
    let names: Vec<&str> = desk.services.iter().map(|service| service.name.as_str()).collect();
    let missing = name.match_indices("::").filter_map(|(at, _)| name.get(..at));
    let missing: Vec<&str> = missing.filter(|level| !names.contains(level)).collect();
    let Some(first) = missing.first() else { return Ok(Vec::new()) };
    if !wanted {
        let help = did_you_mean(first, &names).map_or_else(String::new, |help| format!(" {help}"));
        return Err(CliError::Failed(format!(
            "there is no service \"{first}\" to put \"{name}\" under;{help} --parents writes it, too"
        )));
    }
    let table = |level: &&str| {
        let mut table = Table::new();
        table.insert("name", toml_edit::value(*level));
        table
    };
    Ok(missing.iter().map(table).collect())
}

fn list<E: Entry>(config: Option<&Path>, json: bool) -> Result<Exit, CliError> {
    let desk = desk(&open::files(config)?);
    let rows: Vec<Map<String, Value>> = match E::SECTION.name {
        name if name == AGENT.name => desk.agents.iter().map(|agent| agent_row(agent, &desk)).collect(),
        name if name == QUEUE.name => desk.queues.iter().map(|queue| queue_row(queue, &desk)).collect(),
        name if name == ROLE.name => desk.roles.iter().map(role_row).collect(),
        name if name == SUPPLIER.name => {
            desk.suppliers.iter().map(|supplier| supplier_row(supplier, &desk)).collect()
        }
        _ => desk.services.iter().map(service_row).collect(),
    };
    List::new(json, E::COLUMNS).rows(rows)?;
    Ok(Exit::Done)
}

fn row(value: Value) -> Map<String, Value> {
    if let Value::Object(row) = value { row } else { Map::new() }
}

fn agent_row(agent: &Agent, desk: &Desk) -> Map<String, Value> {
    let works = |queue: &&Queue| queue.members.contains(&agent.login);
    row(json!({
        "login": agent.login,
        "name": agent.name,
        "address": agent.addresses,
        "language": agent.language.unwrap_or(desk.language).code(),
        "roles": agent.roles,
        "level": agent.level,
        "queues": desk.queues.iter().filter(works).map(|queue| queue.name.as_str()).collect::<Vec<_>>(),
    }))
}

fn queue_row(queue: &Queue, desk: &Desk) -> Map<String, Value> {
    row(json!({
        "name": queue.name,
        "address": queue.address.as_ref().unwrap_or(&desk.address).address,
        "members": queue.members,
        "owner": queue.owner,
        "default": queue.name == desk.default_queue,
        "language": queue.language.unwrap_or(desk.language).code(),
        "survey": queue.survey,
        "signature": queue.signature,
    }))
}

fn role_row(role: &Role) -> Map<String, Value> {
    row(json!({
        "name": role.name,
        "queues": role.queues,
        "rights": role.rights.iter().copied().map(Right::word).collect::<Vec<_>>(),
    }))
}

fn supplier_row(supplier: &Supplier, desk: &Desk) -> Map<String, Value> {
    row(json!({
        "name": supplier.name,
        "address": supplier.addresses,
        "language": supplier.language.unwrap_or(desk.language).code(),
        "remind": supplier.remind.map(|remind| shown_time(remind.as_secs())),
        "numbers": supplier.numbers.patterns().collect::<Vec<_>>(),
    }))
}

fn service_row(service: &Service) -> Map<String, Value> {
    row(json!({ "name": service.name, "owner": service.owner, "queue": service.queue }))
}
