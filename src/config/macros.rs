//! `macros.toml`: named lists of commands.
//!
//! Every line is read as it would be in a mail, and the names in it are looked up: whoever types the macro's name should
//! not be the first to hear of a typing error in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;

use super::desk_file::DeskParts;
use super::desk_keys::MACRO;
use super::diagnostic::{Diagnostic, Source};
use super::fields::{Fields, Item};
use super::settings::Settings;
use super::table::{Document, refuse_duplicates};
use crate::commands::{self, Command, Who};
use crate::desk::{CannedAnswer, Macro, fold, nearest_name};

/// Commands that one macro may hold.
const MOST: usize = 25;

/// Times are read from a day on, as they will be whenever the macro is done: `2d`, `friday`. A given day is past one day.
const NOW: Timestamp = Timestamp::constant(1_767_276_000, 0);

/// What the lines of a macro may name.
pub(super) struct Names<'a> {
    pub(super) settings: &'a Settings,
    pub(super) parts: &'a DeskParts,
    pub(super) answers: &'a [CannedAnswer],
}

/// Reads the file.
pub(super) fn read(source: &Arc<Source>, names: &Names<'_>) -> (Vec<Macro>, Vec<Diagnostic>) {
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(mistakes) => return (Vec::new(), mistakes),
    };
    let root = document.root();
    let none = BTreeMap::new();
    let tables: Vec<Fields<'_>> = root
        .tables(MACRO.name)
        .into_iter()
        .map(|table| Fields::read(&MACRO, &document, Some(table), &none))
        .collect();
    refuse_duplicates("macro", tables.iter().filter_map(|fields| fields.value("name").cloned()));
    let mut all = Vec::new();
    for fields in &tables {
        let lines = fields.items("commands");
        for item in lines {
            if let Some((title, help)) = wrong(item.text(), names) {
                fields.add(fields.mistake(&item.spot, title, "").help(help));
            }
        }
        if fields.is_given("commands") && (lines.is_empty() || lines.len() > MOST) {
            fields.add(fields.about("commands", format!("a macro holds from 1 to {MOST} commands"), ""));
        }
        let commands = lines.iter().map(|item: &Item<'_>| item.text().to_owned()).collect();
        all.extend(fields.text("name").map(|name| Macro { name: name.to_owned(), commands }));
    }
    root.finish();
    (all, document.into_mistakes())
}

/// What is wrong with a line, and what to write instead.
fn wrong(line: &str, names: &Names<'_>) -> Option<(String, Option<String>)> {
    let settings = names.settings;
    let now = NOW.to_zoned(settings.desk.time_zone.clone());
    let block = commands::read(line, &now, settings.desk.language, MOST);
    let read = match (block.lines.as_slice(), block.rest.is_empty()) {
        ([one], true) => one.read.clone(),
        _ => {
            let help = "each line begins with # and a verb, as in a mail: \"#pend 2d\"".to_owned();
            return Some((format!("\"{line}\" is no command"), Some(help)));
        }
    };
    match read {
        Err(mistake) => Some((format!("\"{line}\" cannot be done"), Some(mistake.0))),
        Ok(Command::Macro(_)) => {
            Some(("a macro cannot call another one".to_owned(), Some("write its commands here".to_owned())))
        }
        Ok(command) => unknown(&command, names),
    }
}

/// A name in a command that nothing has.
fn unknown(command: &Command, names: &Names<'_>) -> Option<(String, Option<String>)> {
    let parts = names.parts;
    let queues = || parts.queues.iter().map(|queue| queue.name.as_str()).collect::<Vec<_>>();
    let found: Option<(&str, &str, Vec<&str>)> = if let Command::Queue(name) = command {
        Some(("queue", name, queues()))
    } else if let Command::Service(Some(name)) = command {
        Some(("service", name, parts.services.iter().map(|service| service.name.as_str()).collect()))
    } else if let Command::Sla(Some(name)) = command {
        Some(("SLA", name, parts.slas.iter().map(|sla| sla.name.as_str()).collect()))
    } else if let Command::Template(name) = command {
        Some(("canned answer", name, names.answers.iter().map(|answer| answer.name.as_str()).collect()))
    } else if let Command::Assign(Who::Named(name)) | Command::Owner(Who::Named(name)) = command {
        let known = |agent: &crate::desk::Agent| {
            fold(&agent.login) == fold(name)
                || agent.has_address(name)
                || fold(&agent.name).contains(&fold(name))
        };
        let logins = parts.agents.iter().map(|agent| agent.login.as_str()).collect();
        (!parts.agents.iter().any(known)).then_some(("agent", name.as_str(), logins))
    } else {
        None
    };
    let (what, name, all) = found?;
    if all.iter().any(|known| fold(known) == fold(name)) {
        return None;
    }
    let help = match nearest_name(name, &all) {
        Some(near) => Some(format!("did you mean \"{near}\"?")),
        None if all.is_empty() => None,
        None => Some(format!("known are: {}", all.join(", "))),
    };
    Some((format!("there is no {what} \"{name}\""), help))
}
