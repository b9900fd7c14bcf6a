//! `desk.toml` into the parts of a desk, every reference in it checked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::calendars;
use super::desk_keys::{AGENT, CALENDAR, QUEUE, ROLE, SERVICE, SLA, STATE, SUPPLIER, SURVEY, TOP};
use super::diagnostic::{Diagnostic, Source};
use super::fields::Fields;
use super::key::Section;
use super::people;
use super::services;
use super::settings::Settings;
use super::suppliers;
use super::table::{Document, Table, refuse_duplicates};
use crate::desk::{
    Agent, Calendar, FollowUpPolicy, Later, Priority, Queue, Role, Service, Sla, State, Supplier,
    SurveySettings, fold,
};
use crate::mail::Address;

/// What the desk file says.
#[derive(Debug, Clone)]
pub(super) struct DeskParts {
    pub(super) queues: Vec<Queue>,
    pub(super) default_queue: String,
    pub(super) agents: Vec<Agent>,
    pub(super) roles: Vec<Role>,
    pub(super) suppliers: Vec<Supplier>,
    pub(super) services: Vec<Service>,
    pub(super) calendars: Vec<Calendar>,
    pub(super) slas: Vec<Sla>,
    pub(super) types: Vec<String>,
    pub(super) states: Vec<State>,
    pub(super) default_priority: Priority,
    pub(super) survey: SurveySettings,
    /// Every address that is the desk itself, lower case, with what it is.
    pub(super) own_addresses: BTreeMap<String, String>,
}

/// Reads the desk file; an empty text gives the desk of somebody who has none.
pub(super) fn read(source: &Arc<Source>, settings: &Settings) -> (DeskParts, Vec<Diagnostic>) {
    let document = match Document::parse(source) {
        Ok(document) => document,
        Err(mistakes) => {
            let nothing = Source::new("", "");
            return (read(&nothing, settings).0, mistakes);
        }
    };
    let parts = parts(&document, settings);
    (parts, document.into_mistakes())
}

fn parts(document: &Document<'_>, settings: &Settings) -> DeskParts {
    let root = document.root();
    let none = BTreeMap::new();
    let all = |section: &'static Section, id: &str| tables(document, &root, section, id);
    let (queues, agents, roles) = (all(&QUEUE, "name"), all(&AGENT, "login"), all(&ROLE, "name"));
    let (service_tables, state_tables) = (all(&SERVICE, "name"), all(&STATE, "name"));
    let supplier_tables = all(&SUPPLIER, "name");
    let (calendar_tables, sla_tables) = (all(&CALENDAR, "name"), all(&SLA, "name"));
    let survey = Fields::read(&SURVEY, document, root.table(SURVEY.name), &none);
    let top = Fields::read(&TOP, document, Some(document.root()), &none);
    for key in TOP.keys {
        // So that the file's own look at unknown keys knows them.
        let _known = root.get(key.name);
    }
    root.finish();

    let logins = names(&agents, "login");
    let calendar_names = names(&calendar_tables, "name");
    let known = Known { logins: &logins, calendars: &calendar_names, slas: &names(&sla_tables, "name") };
    let queues_read: Vec<Queue> =
        queues.iter().filter_map(|fields| queue(fields, settings, &known)).collect();
    let queue_names = names(&queues, "name");
    let own_addresses = own_addresses(settings, &queues_read);
    let agents_read = people::agents(&agents, &names(&roles, "name"), &own_addresses);
    let default_queue = top.known_name("default_queue", "queue", &queue_names);
    let queues = if queues_read.is_empty() { vec![Queue::named(&settings.desk.name)] } else { queues_read };
    let first = queues.first().map_or_else(String::new, |queue| queue.name.clone());
    DeskParts {
        default_queue: default_queue.unwrap_or(first),
        queues,
        suppliers: suppliers::suppliers(&supplier_tables, &own_addresses, &agents_read),
        agents: agents_read,
        roles: people::roles(&roles, &queue_names),
        services: services::services(&service_tables, &logins, &queue_names),
        calendars: calendars::calendars(&calendar_tables, &settings.desk.time_zone),
        slas: calendars::slas(&sla_tables, &calendar_names),
        types: types(&top),
        states: services::states(&state_tables),
        default_priority: priority(&top, "default_priority").unwrap_or(Priority::NORMAL),
        survey: SurveySettings { enabled: survey.bool("enabled") },
        own_addresses,
    }
}

/// All tables of a section; two of one name are a mistake.
fn tables<'a>(
    document: &'a Document<'a>,
    root: &Table<'a>,
    section: &'static Section,
    id: &str,
) -> Vec<Fields<'a>> {
    let none = BTreeMap::new();
    let tables: Vec<Fields<'a>> = root
        .tables(section.name)
        .into_iter()
        .map(|table| Fields::read(section, document, Some(table), &none))
        .collect();
    let what = if id == "login" { "login" } else { section.name };
    refuse_duplicates(what, tables.iter().filter_map(|fields| fields.value(id).cloned()));
    tables
}

fn names<'t>(tables: &'t [Fields<'_>], key: &str) -> Vec<&'t str> {
    tables.iter().filter_map(|fields| fields.text(key)).collect()
}

/// Names of the file that a queue may use.
struct Known<'n> {
    logins: &'n [&'n str],
    calendars: &'n [&'n str],
    slas: &'n [&'n str],
}

fn queue(fields: &Fields<'_>, settings: &Settings, known: &Known<'_>) -> Option<Queue> {
    let members = fields.known_names("members", "agent", known.logins);
    let owner = fields.known_name("owner", "agent", known.logins);
    let calendar = fields.known_name("calendar", "calendar", known.calendars);
    let sla = fields.known_name("sla", "SLA", known.slas);
    let signature = fields.text("signature").map(|text| text.replace("\r\n", "\n").trim_end().to_owned());
    let usual = FollowUpPolicy::default();
    let follow_up = FollowUpPolicy {
        reopen_within: fields.duration("reopen_within").unwrap_or(usual.reopen_within),
        later: match fields.text("later") {
            Some("reopen") => Later::Reopen,
            Some("reject") => Later::Reject,
            _ => Later::NewLinked,
        },
    };
    let address = fields.text("address").map(|address| Address::named(&settings.desk.name, address));
    check_signature(fields, signature.as_deref().unwrap_or_default());
    let (language, hold, survey) =
        (fields.language("language"), fields.duration("hold"), fields.bool("survey"));
    let name = fields.text("name")?;
    let usual = Queue::named(name);
    let hold = hold.unwrap_or(usual.hold);
    let usual = Queue { calendar, sla, hold, survey, ..usual };
    Some(Queue { address, members, owner, signature, language, follow_up, ..usual })
}

/// Only two names are filled in; any other would reach the customer in its braces.
fn check_signature(fields: &Fields<'_>, signature: &str) {
    for after in signature.split("{{").skip(1) {
        let name = after.split("}}").next().unwrap_or_default().trim();
        if !matches!(name, "agent" | "queue") {
            let title = format!("a signature cannot name {{{{{name}}}}}");
            let mistake = fields.about("signature", title, "");
            fields.add(mistake.help("it can name {{agent}} and {{queue}}".to_owned()));
        }
    }
}

fn types(top: &Fields<'_>) -> Vec<String> {
    let mut types: Vec<String> = Vec::new();
    for item in top.items("types") {
        if types.iter().any(|known| fold(known) == fold(item.text())) {
            let title = format!("type \"{}\" stands twice", item.text());
            top.add(top.mistake(&item.spot, title, "second one"));
        } else {
            types.push(item.text().to_owned());
        }
    }
    if types.is_empty() {
        top.add(top.about("types", "a desk needs at least one type", ""));
    }
    types
}

/// A priority by number or word.
pub(super) fn priority(fields: &Fields<'_>, key: &str) -> Option<Priority> {
    let text = fields.text(key)?;
    let found = Priority::from_words(text);
    if found.is_none() {
        let title = format!("`{}` is no priority: \"{text}\"", fields.dotted(key));
        let help = "1 to 5, or: very low, low, normal, high, very high".to_owned();
        fields.add(fields.about(key, title, "").help(help));
    }
    found
}

/// The desk's, its aliases, its queues', and its mailboxes' logins.
fn own_addresses(settings: &Settings, queues: &[Queue]) -> BTreeMap<String, String> {
    let mut own = BTreeMap::new();
    for mailbox in settings.mailboxes.iter().filter(|mailbox| mailbox.user.contains('@')) {
        own.insert(mailbox.user.to_lowercase(), format!("the login of mailbox \"{}\"", mailbox.name));
    }
    for queue in queues {
        if let Some(address) = &queue.address {
            own.insert(address.key(), format!("the address of queue \"{}\"", queue.name));
        }
    }
    for alias in &settings.desk.aliases {
        own.insert(alias.clone(), "an alias of the desk".to_owned());
    }
    own.insert(settings.desk.address.key(), "the desk's own".to_owned());
    own
}
