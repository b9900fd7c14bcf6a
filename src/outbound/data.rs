//! What templates fill in, put into words: pure. The catalogue beside this file says what each name means.
//!
//! Labels are in the language of the mail, dates in the desk's time zone with the offset beside them.

use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::desk::{Attribute, Change, Desk, NewTicket, Priority, Relation, Ticket};
use crate::mail::{Address, Attachment, Language};

/// The variables of `catalog::TICKET` but for `agent`, `text` and `attachments`, which the event knows.
pub fn ticket_data(
    desk: &Desk,
    ticket: &NewTicket,
    language: Language,
    now: Timestamp,
) -> Map<String, Value> {
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
    put("number", json!(ticket.number.as_str()));
    put("title", json!(ticket.title));
    put("queue", json!(ticket.queue));
    put("state", json!(state_label(desk, language, &ticket.state)));
    put("priority", json!(ticket.priority.label(language)));
    put("type", json!(type_label(language, &ticket.kind)));
    put("level", json!(ticket.level));
    let house = matches!(ticket.level.as_str(), "0" | "1" | "2");
    put("supplier", if house { Value::Null } else { json!(ticket.level) });
    put("lock", json!(lock_label(language, ticket.locked)));
    put("service", json!(ticket.service));
    put("customer", ticket.customer.as_ref().map_or(Value::Null, person));
    put("customer_fields", customer_fields(desk, ticket.customer.as_ref()));
    put("owner", json!(ticket.owner.as_deref().map(|login| agent_label(desk, login))));
    put("responsible", json!(ticket.responsible.as_deref().map(|login| agent_label(desk, login))));
    put("created", json!(date(desk, language, ticket.created)));
    put("age", json!(age(now.duration_since(ticket.created))));
    data
}

/// The same, and until when it is pending.
pub fn of_ticket(desk: &Desk, ticket: &Ticket, language: Language, now: Timestamp) -> Map<String, Value> {
    let mut data = ticket_data(desk, &ticket.now, language, now);
    let until = ticket.pending_until.filter(|_| ticket.now.state_type.is_pending());
    data.insert("waits_until".to_owned(), json!(until.map(|until| date(desk, language, until))));
    data
}

/// Octets of a text that templates show; the rest is cut off.
pub const TEXT: usize = 512 * 1024;

/// As much of a text as templates can make use of. A notice for each agent must not hold a mail of ten megabytes.
pub fn shown(text: &str) -> String {
    // A little more than is shown: what is over is how the template knows that there was more.
    let end = text.floor_char_boundary(TEXT + 8);
    text.get(..end).unwrap_or(text).to_owned()
}

/// An object with `name` (the address where there is none) and `address`.
pub fn person(who: &Address) -> Value {
    json!({ "name": who.called(), "address": who.address })
}

/// What the customers file says of someone beyond the name, `department` first: objects with `name` and `value`.
fn customer_fields(desk: &Desk, who: Option<&Address>) -> Value {
    let known = who.and_then(|who| desk.customers.get(&who.key()));
    let department = known.and_then(|known| known.department.as_ref()).map(|text| ("department", text));
    let own =
        known.into_iter().flat_map(|known| known.fields.iter().map(|(name, text)| (name.as_str(), text)));
    department.into_iter().chain(own).map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// The names of files, for `attachments`; inline images are left out.
pub fn attachment_names(files: &[Attachment]) -> Value {
    files.iter().filter(|file| !file.inline).map(|file| Value::from(file.name.as_str())).collect()
}

/// An agent's full name; the login itself where no agent has it any more.
pub fn agent_label(desk: &Desk, login: &str) -> String {
    desk.agent(login).map_or_else(|| login.to_owned(), |agent| agent.name.clone())
}

/// A state as its readers call it.
pub fn state_label(desk: &Desk, language: Language, state: &str) -> String {
    desk.state(state).map_or_else(|| state.to_owned(), |known| known.label(language).to_owned())
}

/// `incident` and `request` have Spanish names; a desk's own types are shown as they are.
pub fn type_label(language: Language, kind: &str) -> String {
    match (language, kind) {
        (Language::Es, "incident") => "incidente".to_owned(),
        (Language::Es, "request") => "requerimiento".to_owned(),
        (Language::En | Language::Es, other) => other.to_owned(),
    }
}

/// `locked`, `bloqueado`.
pub fn lock_label(language: Language, locked: bool) -> &'static str {
    match (language, locked) {
        (Language::En, true) => "locked",
        (Language::En, false) => "unlocked",
        (Language::Es, true) => "bloqueado",
        (Language::Es, false) => "desbloqueado",
    }
}

/// `2013-12-16 11:00 (-05:00)`; in Spanish `16/12/2013 11:00 (-5)`.
pub fn date(desk: &Desk, language: Language, at: Timestamp) -> String {
    let there = at.to_zoned(desk.time_zone.clone());
    let offset = offset(language, there.offset());
    match language {
        Language::En => format!("{} ({offset})", there.strftime("%Y-%m-%d %H:%M")),
        Language::Es => format!("{} ({offset})", there.strftime("%d/%m/%Y %H:%M")),
    }
}

fn offset(language: Language, offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.unsigned_abs() / 3600, seconds.unsigned_abs() / 60 % 60);
    match (language, minutes) {
        (Language::En, _) => format!("{sign}{hours:02}:{minutes:02}"),
        (Language::Es, 0) => format!("{sign}{hours}"),
        (Language::Es, _) => format!("{sign}{hours}:{minutes:02}"),
    }
}

/// `39 m`, `5 h 12 m`, `2 d 3 h`: the two largest units, the same letters in both languages.
pub fn age(since: SignedDuration) -> String {
    let minutes = since.as_mins().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, minutes) {
        (0, 0, m) => format!("{m} m"),
        (0, h, 0) => format!("{h} h"),
        (0, h, m) => format!("{h} h {m} m"),
        (d, 0, _) => format!("{d} d"),
        (d, h, _) => format!("{d} d {h} h"),
    }
}

/// `45 m`, `2 h`, `25 h 30 m`: work is counted in hours, whatever a day has.
pub fn work(minutes: i64) -> String {
    let sign = if minutes < 0 { "-" } else { "" };
    let all = minutes.unsigned_abs();
    match (all / 60, all % 60) {
        (0, minutes) => format!("{sign}{minutes} m"),
        (hours, 0) => format!("{sign}{hours} h"),
        (hours, minutes) => format!("{sign}{hours} h {minutes} m"),
    }
}

fn language_label(language: Language, of: Language) -> String {
    let word = match (language, of) {
        (Language::En, Language::En) => "English",
        (Language::En, Language::Es) => "Spanish",
        (Language::Es, Language::En) => "inglés",
        (Language::Es, Language::Es) => "español",
    };
    word.to_owned()
}

/// `900 B`, `52 KB`, `40 MB`: thousands and whole numbers, rounded up.
pub fn size(octets: u64) -> String {
    match octets {
        0..1_000 => format!("{octets} B"),
        1_000..1_000_000 => format!("{} KB", octets.div_ceil(1_000)),
        _ => format!("{} MB", octets.div_ceil(1_000_000)),
    }
}

/// `queue: Mesa de Ayuda -> Sistemas`, attribute and values in the reader's words.
pub fn change_line(desk: &Desk, language: Language, change: &Change) -> String {
    let shown = |value: &Option<String>| match value {
        Some(value) => value_label(desk, language, &change.attribute, value),
        None => none_label(language).to_owned(),
    };
    let label = attribute_label(language, &change.attribute);
    format!("{label}: {} -> {}", shown(&change.before), shown(&change.after))
}

fn none_label(language: Language) -> &'static str {
    match language {
        Language::En => "none",
        Language::Es => "ninguno",
    }
}

/// The name of an attribute for a reader.
pub fn attribute_label(language: Language, attribute: &Attribute) -> String {
    let spanish = match attribute {
        Attribute::Title => "asunto",
        Attribute::Queue => "cola",
        Attribute::Type => "tipo",
        Attribute::Service => "servicio",
        Attribute::Sla => "ANS",
        Attribute::State => "estado",
        Attribute::Priority => "prioridad",
        Attribute::Lock => "bloqueo",
        Attribute::Owner => "propietario",
        Attribute::Responsible => "responsable",
        Attribute::Customer => "usuario",
        Attribute::Level => "nivel",
        Attribute::PendingUntil => "pendiente hasta",
        Attribute::Tag => "etiqueta",
        Attribute::Participant => "participante",
        Attribute::Supplier => "proveedor",
        Attribute::Watcher => "seguidor",
        Attribute::Field(name) => name,
        Attribute::Language => "idioma",
        Attribute::Estimate => "tiempo estimado",
        Attribute::Booked => "tiempo",
        Attribute::Link(Relation::Linked) => "asociado con",
        Attribute::Link(Relation::Parent) => "ticket principal",
        Attribute::Link(Relation::Child) => "ticket dependiente",
        Attribute::MergedInto => "fusionado en",
    };
    match (language, attribute) {
        (Language::Es, _) => spanish.to_owned(),
        (Language::En, Attribute::Field(name)) => name.clone(),
        (Language::En, other) => other.to_string(),
    }
}

/// A stored value for a reader; what cannot be read stands as it is.
pub fn value_label(desk: &Desk, language: Language, attribute: &Attribute, value: &str) -> String {
    match attribute {
        Attribute::State => state_label(desk, language, value),
        Attribute::Type => type_label(language, value),
        Attribute::Priority => {
            Priority::from_words(value).map_or_else(|| value.to_owned(), |priority| priority.label(language))
        }
        Attribute::Lock => lock_label(language, value == "locked").to_owned(),
        Attribute::Owner | Attribute::Responsible | Attribute::Watcher => agent_label(desk, value),
        Attribute::PendingUntil => {
            value.parse().map_or_else(|_| value.to_owned(), |at| date(desk, language, at))
        }
        Attribute::Estimate | Attribute::Booked => value.parse().map_or_else(|_| value.to_owned(), work),
        Attribute::Language => {
            Language::from_code(value).map_or_else(|| value.to_owned(), |of| language_label(language, of))
        }
        Attribute::Title
        | Attribute::Queue
        | Attribute::Service
        | Attribute::Sla
        | Attribute::Customer
        | Attribute::Level
        | Attribute::Tag
        | Attribute::Participant
        | Attribute::Supplier
        | Attribute::Link(_)
        | Attribute::MergedInto
        | Attribute::Field(_) => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::tz::TimeZone;

    use super::*;
    use crate::desk::{StateType, TicketNumber, token};
    use crate::outbound::catalog;

    fn desk(zone: &str) -> Desk {
        Desk { time_zone: TimeZone::get(zone).unwrap(), ..Desk::empty(token::Keys::new(Vec::new())) }
    }

    fn ticket() -> NewTicket {
        NewTicket {
            number: TicketNumber::new("2013121610000137").unwrap(),
            title: "Pc sin internet".into(),
            queue: "Help desk".into(),
            kind: "incident".into(),
            service: None,
            state: "open".into(),
            state_type: StateType::Open,
            priority: Priority::new(4).unwrap(),
            locked: true,
            owner: Some("gone".into()),
            responsible: None,
            customer: Some(Address::bare("ana@minem.example")),
            participants: Vec::new(),
            language: Language::Es,
            level: "1".into(),
            tags: BTreeSet::new(),
            fields: BTreeMap::new(),
            created: "2013-12-16T16:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn says_all_that_the_catalogue_promises() {
        let now = "2013-12-18T19:05:00Z".parse().unwrap();
        let data = ticket_data(&desk("America/Lima"), &ticket(), Language::Es, now);
        let left: Vec<&str> =
            catalog::TICKET.iter().map(|v| v.name).filter(|name| !data.contains_key(*name)).collect();
        assert_eq!(left, ["waits_until", "copies", "agent", "text", "attachments"]);
        assert!(data.keys().all(|name| catalog::TICKET.iter().any(|v| v.name == name)));
        let said = |name: &str| data[name].as_str().unwrap().to_owned();
        assert_eq!(
            ["state", "priority", "type", "lock", "created", "age", "owner"].map(said),
            ["abierto", "4 alto", "incidente", "bloqueado", "16/12/2013 11:00 (-5)", "2 d 3 h", "gone"]
        );
        assert_eq!(data["customer"], json!({ "name": "ana@minem.example", "address": "ana@minem.example" }));
        assert_eq!(data["customer_fields"], json!([]));
    }

    #[test]
    fn columns_of_the_customers_file_are_shown() {
        let mut desk = desk("UTC");
        let fields = BTreeMap::from([("anexo".to_owned(), "2101".to_owned())]);
        let customer = crate::desk::Customer {
            department: Some("Logística".to_owned()),
            fields,
            ..crate::desk::Customer::default()
        };
        desk.customers.insert("ana@minem.example".to_owned(), customer);
        let data = ticket_data(&desk, &ticket(), Language::Es, Timestamp::UNIX_EPOCH);
        let shown =
            json!([{ "name": "department", "value": "Logística" }, { "name": "anexo", "value": "2101" }]);
        assert_eq!(data["customer_fields"], shown);
    }

    #[test]
    fn dates_show_their_offset() {
        let at = "2013-12-16T16:00:00Z".parse().unwrap();
        let of = |zone, language| date(&desk(zone), language, at);
        assert_eq!(of("America/Lima", Language::En), "2013-12-16 11:00 (-05:00)");
        assert_eq!(of("UTC", Language::Es), "16/12/2013 16:00 (+0)");
        assert_eq!(of("Asia/Kolkata", Language::Es), "16/12/2013 21:30 (+5:30)");
        assert_eq!(of("Asia/Kolkata", Language::En), "2013-12-16 21:30 (+05:30)");
    }

    #[test]
    fn ages_and_sizes() {
        let ages =
            [(-5, "0 m"), (39, "39 m"), (60, "1 h"), (312, "5 h 12 m"), (3063, "2 d 3 h"), (1441, "1 d")];
        for (minutes, shown) in ages {
            assert_eq!(age(SignedDuration::from_mins(minutes)), shown);
        }
        assert_eq!([size(0), size(1_001), size(52_000_000)], ["0 B", "2 KB", "52 MB"]);
    }

    #[test]
    fn work_is_counted_in_hours() {
        let shown = [(0, "0 m"), (45, "45 m"), (120, "2 h"), (1530, "25 h 30 m"), (-15, "-15 m")];
        for (minutes, expected) in shown {
            assert_eq!(work(minutes), expected);
        }
    }

    #[test]
    fn changes_in_the_readers_words() {
        let line = |attribute, before: &str, after: Option<&str>, language| {
            let change =
                Change { attribute, before: Some(before.to_owned()), after: after.map(str::to_owned) };
            change_line(&desk("America/Lima"), language, &change)
        };
        assert_eq!(line(Attribute::State, "new", Some("open"), Language::Es), "estado: nuevo -> abierto");
        assert_eq!(
            line(Attribute::Priority, "3", Some("5"), Language::En),
            "priority: 3 normal -> 5 very high"
        );
        assert_eq!(
            line(Attribute::PendingUntil, "2013-12-16T16:00:00Z", None, Language::Es),
            "pendiente hasta: 16/12/2013 11:00 (-5) -> ninguno"
        );
        assert_eq!(line(Attribute::Field("host".into()), "a", Some("b"), Language::En), "host: a -> b");
    }
}
