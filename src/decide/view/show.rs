//! `#show`: a ticket whole, to read on a telephone or to print: what it is, its times, its articles, its last changes.

use serde_json::{Map, Value, json};

use super::{Reader, history, more};
use crate::decide::draft::Draft;
use crate::decide::text::{SOURCE_FIELD, STOPPED_FIELD, UNPROVED_FIELD, bare_subject};
use crate::decide::{ARTICLE_LETTERS, NoMail, Thread};
use crate::desk::{
    Channel, Course, Desk, Due, Promise, SenderKind, ShownArticle, Ticket, TicketId, TicketRef,
};
use crate::mail::{Address, Class, Language};
use crate::outbound::data;

/// Letters of all articles together, the newest first: mail programs cut longer mails.
const LETTERS: usize = 300_000;
/// Lines of history below the articles.
const LAST_CHANGES: usize = 12;

pub(super) fn data(draft: &Draft<'_>, reader: &Reader<'_>, id: TicketId) -> Map<String, Value> {
    let (desk, language) = (draft.desk, reader.language);
    let thread = draft.context.seen.threads.get(&id).cloned().unwrap_or_default();
    let mut data = Map::new();
    let mut title = String::new();
    if let Some(ticket) = draft.ticket(TicketRef::Existing(id)) {
        title.clone_from(&ticket.now.title);
        data.insert("details".to_owned(), details(desk, language, ticket, &thread));
    }
    data.insert("left_out".to_owned(), more(thread.article_count, thread.articles.len()));
    data.insert("articles".to_owned(), articles(desk, language, &title, &thread));
    let from = thread.history.len().saturating_sub(LAST_CHANGES);
    let last = thread.history.get(from..).unwrap_or_default();
    data.insert("earlier".to_owned(), more(thread.history_count, last.len()));
    data.insert("story".to_owned(), history::rows(desk, language, last));
    data
}

/// What the table of every notice does not say.
fn details(desk: &Desk, language: Language, ticket: &Ticket, thread: &Thread) -> Value {
    let date = |at| data::date(desk, language, at);
    let joined = |names: Vec<String>| (!names.is_empty()).then(|| names.join(", "));
    let minutes = |minutes: i64| (minutes != 0).then(|| format!("{minutes} m"));
    let now = &ticket.now;
    let label = |english: &'static str, spanish: &'static str| match language {
        Language::En => english,
        Language::Es => spanish,
    };
    let mut rows: Vec<(String, Option<String>)> = vec![
        (label("SLA", "ANS").to_owned(), ticket.sla.clone()),
        (label("Level", "Nivel").to_owned(), Some(now.level.clone())),
        (label("Pending until", "Pendiente hasta").to_owned(), ticket.pending_until.map(date)),
        (label("Closed", "Cerrado").to_owned(), ticket.closed_at.map(date)),
        (label("Estimated", "Tiempo estimado").to_owned(), ticket.estimate.and_then(minutes)),
        (label("Booked", "Tiempo registrado").to_owned(), minutes(ticket.booked)),
        (
            label("Supplier", "Proveedor").to_owned(),
            joined(ticket.suppliers.iter().map(|supplier| supplier.name().to_owned()).collect()),
        ),
        (
            label("In copy", "En copia").to_owned(),
            joined(now.participants.iter().map(Address::to_string).collect()),
        ),
        (
            label("Watchers", "Seguidores").to_owned(),
            joined(ticket.watchers.iter().map(|login| data::agent_label(desk, login)).collect()),
        ),
        (label("Tags", "Etiquetas").to_owned(), joined(now.tags.iter().cloned().collect())),
    ];
    rows.extend(promises(desk, language, ticket, thread));
    rows.extend(now.fields.iter().map(|(name, value)| field(language, name, value)));
    for link in &thread.links {
        let relation = match link.relation {
            "parent" => label("Parent ticket", "Ticket principal"),
            "child" => label("Child ticket", "Ticket dependiente"),
            _ => label("Linked with", "Asociado con"),
        };
        let state = data::state_label(desk, language, &link.state);
        rows.push((relation.to_owned(), Some(format!("{} {} ({state})", link.number, link.title))));
    }
    rows.into_iter()
        .filter_map(|(name, value)| Some(json!({ "name": name, "value": value.filter(|v| !v.is_empty())? })))
        .collect()
}

/// A field of the ticket; those that the program keeps for itself, in words.
fn field(language: Language, name: &str, value: &str) -> (String, Option<String>) {
    let spanish = match (name, language) {
        (SOURCE_FIELD, Language::Es) => Some(("Origen", Class::from_word(value).map(source))),
        (UNPROVED_FIELD, Language::Es) => {
            let why = NoMail::read(value).map(|known| known.text(language));
            Some(("Remitente sin probar", why))
        }
        (STOPPED_FIELD, Language::Es) => Some(("No quieren más correos", None)),
        _ => None,
    };
    match spanish {
        Some((label, said)) => (label.to_owned(), Some(said.unwrap_or_else(|| value.to_owned()))),
        None => (name.to_owned(), Some(value.to_owned())),
    }
}

fn source(class: Class) -> String {
    match class {
        Class::Automatic => "un programa",
        Class::List => "una lista de correo",
        Class::AutoReply => "una respuesta automática",
        Class::Bounce => "una devolución",
        Class::Person | Class::SurveyAnswer => "una persona",
        Class::Own => "la propia mesa",
        Class::Complaint => "un reporte de abuso",
    }
    .to_owned()
}

/// Until when its SLA promises something.
fn promises(
    desk: &Desk,
    language: Language,
    ticket: &Ticket,
    thread: &Thread,
) -> Vec<(String, Option<String>)> {
    let Some(sla) = ticket.sla.as_deref().and_then(|name| desk.sla(name)) else { return Vec::new() };
    let course = Course::of(ticket, thread.articles.iter().map(|shown| &shown.article.content));
    let due = sla.due(&course, desk.calendar_of(Some(sla), &ticket.now.queue));
    let label = |promise| match (language, promise) {
        (Language::En, Promise::FirstResponse) => "First answer until",
        (Language::En, Promise::Update) => "Answer until",
        (Language::En, Promise::Solution) => "Solution until",
        (Language::Es, Promise::FirstResponse) => "Primera respuesta hasta",
        (Language::Es, Promise::Update) => "Respuesta hasta",
        (Language::Es, Promise::Solution) => "Solución hasta",
    };
    let row = |due: &Due| (label(due.promise).to_owned(), Some(data::date(desk, language, due.at)));
    due.iter().map(row).collect()
}

fn articles(desk: &Desk, language: Language, title: &str, thread: &Thread) -> Value {
    let count = thread.articles.len();
    // Behind the first one some may be left out.
    let skipped = usize::try_from(thread.article_count).unwrap_or(count).saturating_sub(count);
    let mut left = LETTERS;
    let mut rows: Vec<Value> = Vec::with_capacity(count);
    for (at, shown) in thread.articles.iter().enumerate().rev() {
        let nth = if at == 0 { 1 } else { at + 1 + skipped };
        rows.push(article(desk, language, shown, nth, title, &mut left));
    }
    rows.reverse();
    Value::Array(rows)
}

fn article(
    desk: &Desk,
    language: Language,
    shown: &ShownArticle,
    nth: usize,
    title: &str,
    left: &mut usize,
) -> Value {
    let content = &shown.article.content;
    let most = usize::try_from(ARTICLE_LETTERS).unwrap_or(usize::MAX).min(*left);
    let text: String = content.text.trim().chars().take(most).collect();
    let cut = text.len() < content.text.trim().len();
    *left = left.saturating_sub(most.min(text.chars().count()));
    let files = content.attachments.iter().zip(&shown.attachment_bytes).filter(|(file, _)| !file.inline);
    let files: Vec<String> =
        files.map(|(file, bytes)| format!("{} ({})", file.name, data::size(*bytes))).collect();
    let of_desk = content.from.as_ref().and_then(|from| desk.agent_by_address(&from.address));
    let author = match (of_desk, &content.from) {
        (Some(agent), _) => agent.name.as_str(),
        (None, Some(from)) => from.called(),
        (None, None) => sender(language, content.sender),
    };
    let subject = bare_subject(&content.subject, desk);
    json!({
        "nth": nth.to_string(),
        "who": author,
        "kind": format!("{}, {}", channel(language, content.channel), sender(language, content.sender)),
        "visible": content.visible,
        "date": data::date(desk, language, content.at),
        // What the ticket is called need not stand above every article.
        "subject": if subject == title { Value::Null } else { json!(subject) },
        "text": text,
        "cut": cut,
        "files": if files.is_empty() { Value::Null } else { json!(files.join(", ")) },
    })
}

fn channel(language: Language, channel: Channel) -> &'static str {
    match (language, channel) {
        (Language::En, Channel::Mail) => "mail",
        (Language::En, Channel::Note) => "note",
        (Language::En, Channel::Phone) => "telephone",
        (Language::En, Channel::Chat) => "chat",
        (Language::En, Channel::Person) => "in person",
        (Language::Es, Channel::Mail) => "correo",
        (Language::Es, Channel::Note) => "nota",
        (Language::Es, Channel::Phone) => "teléfono",
        (Language::Es, Channel::Chat) => "chat",
        (Language::Es, Channel::Person) => "en persona",
    }
}

fn sender(language: Language, sender: SenderKind) -> &'static str {
    match (language, sender) {
        (Language::En, SenderKind::Customer) => "customer",
        (Language::En, SenderKind::Agent) => "agent",
        (Language::En, SenderKind::System) => "program",
        (Language::En, SenderKind::Supplier) => "supplier",
        (Language::Es, SenderKind::Customer) => "usuario",
        (Language::Es, SenderKind::Agent) => "agente",
        (Language::Es, SenderKind::System) => "programa",
        (Language::Es, SenderKind::Supplier) => "proveedor",
    }
}
