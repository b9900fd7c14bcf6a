//! `notifications.toml` over the shipped notifications.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::check::{Plain, check};
use super::desk_file::{DeskParts, priority};
use super::desk_keys::NOTIFICATION;
use super::diagnostic::{Diagnostic, Source};
use super::fields::Fields;
use super::key::Kind;
use super::people;
use super::table::{Document, refuse_duplicates};
use crate::desk::{Notification, Occasion, Recipient, SenderKind};

/// Reads the file; `templates` are the names of all templates there are.
pub(super) fn read(
    source: &Arc<Source>,
    parts: &DeskParts,
    templates: &[&str],
) -> (Vec<Notification>, Vec<Diagnostic>) {
    let mut all = Notification::shipped();
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(mistakes) => return (all, mistakes),
    };
    let root = document.root();
    let none = BTreeMap::new();
    let tables: Vec<Fields<'_>> = root
        .tables(NOTIFICATION.name)
        .into_iter()
        .map(|table| Fields::read(&NOTIFICATION, &document, Some(table), &none))
        .collect();
    refuse_duplicates("notification", tables.iter().filter_map(|fields| fields.value("name").cloned()));
    for fields in &tables {
        let enabled = fields.bool("enabled");
        let shipped = all.iter().find(|known| Some(known.name.as_str()) == fields.text("name")).cloned();
        let Some(read) = one(fields, shipped.as_ref(), parts, templates) else { continue };
        check_answer(fields, &read, enabled);
        // In the place of the shipped one: who is named first gets that mail.
        match (all.iter().position(|known| known.name == read.name), enabled) {
            (Some(at), true) => all.iter_mut().skip(at).take(1).for_each(|known| *known = read.clone()),
            (Some(_), false) => all.retain(|known| known.name != read.name),
            (None, true) => all.push(read),
            (None, false) => {}
        }
    }
    root.finish();
    (all, document.into_mistakes())
}

/// One entry; what it leaves out is as shipped.
fn one(
    fields: &Fields<'_>,
    shipped: Option<&Notification>,
    parts: &DeskParts,
    templates: &[&str],
) -> Option<Notification> {
    let queues: Vec<&str> = parts.queues.iter().map(|queue| queue.name.as_str()).collect();
    let types: Vec<&str> = parts.types.iter().map(String::as_str).collect();
    let services: Vec<&str> = parts.services.iter().map(|service| service.name.as_str()).collect();
    let (queues, types, services) = (
        fields.known_names("queues", "queue", &queues),
        fields.known_names("types", "type", &types),
        fields.known_names("services", "service", &services),
    );
    let event = fields.text("event").and_then(Occasion::from_word).or(shipped.map(|known| known.event));
    let given = fields.items("to");
    let to: Vec<Recipient> = given.iter().filter_map(|item| recipient(fields, item, parts)).collect();
    let to = if given.is_empty() { shipped.map(|known| known.to.clone()).unwrap_or_default() } else { to };
    let template = fields.known_name("template", "template", templates);
    let template = template.or(shipped.map(|known| known.template.clone()));
    let by = fields.items("by").iter().filter_map(|item| SenderKind::from_word(item.text())).collect();
    let priority = priority(fields, "priority");
    let name = fields.text("name")?.to_owned();
    if shipped.is_none() {
        let needed =
            [("event", "\"ticket-created\""), ("to", "[\"queue\"]"), ("template", "\"new-ticket-agent\"")];
        for (key, example) in needed.into_iter().filter(|(key, _)| !fields.is_given(key)) {
            fields.missing(key, example);
        }
    }
    Some(Notification { name, event: event?, to, template: template?, queues, types, services, priority, by })
}

fn recipient(fields: &Fields<'_>, item: &super::fields::Item<'_>, parts: &DeskParts) -> Option<Recipient> {
    let word = item.text();
    let found = people::recipient(word, &parts.agents, &parts.roles).and_then(|found| {
        let Recipient::Address(address) = &found else { return Ok(found) };
        check(Kind::Address, Plain::Text(word))
            .map_err(|complaint| (format!("`notification.to` {}", complaint.title), complaint.help))?;
        match parts.own_addresses.get(&address.key()) {
            Some(whose) => Err((format!("{word} is {whose}: the mail would come back as a ticket"), None)),
            None => Ok(found),
        }
    });
    match found {
        Ok(found) => Some(found),
        Err((title, help)) => {
            fields.add(fields.mistake(&item.spot, title, "").help(help));
            None
        }
    }
}

/// An agent's answer that does not reach the customer would be lost without anybody noticing.
fn check_answer(fields: &Fields<'_>, read: &Notification, enabled: bool) {
    if read.name != Notification::ANSWER {
        return;
    }
    let unconditional = read.queues.is_empty()
        && read.types.is_empty()
        && read.services.is_empty()
        && read.priority.is_none()
        && read.by.is_empty();
    let whole =
        read.event == Occasion::AgentAnswer && read.to.contains(&Recipient::Customer) && unconditional;
    if !enabled || !whole {
        let title = "an agent's answer always goes to the customer";
        let help = "only the template of this notification, and who else gets it, can be changed".to_owned();
        fields.add(fields.about("name", title, "").help(help));
    }
}
