//! What was changed, in the words of a language: `Estado: abierto → cerrado con éxito`.

use jiff::Timestamp;

use super::command::Command;
use super::when::shown;
use super::words::{self, say};
use crate::desk::{Attribute, Change, Desk, Priority};
use crate::mail::Language;

/// One change with the names that people know.
pub fn told(change: &Change, desk: &Desk, language: Language) -> String {
    let own = words::of(language);
    let label = label(&change.attribute, language);
    let value = |value: &Option<String>| {
        value
            .as_deref()
            .map_or_else(|| own.say.none.clone(), |value| localized(&change.attribute, value, desk, language))
    };
    let listed = matches!(change.attribute, Attribute::Tag | Attribute::Participant | Attribute::Watcher);
    match (&change.before, &change.after) {
        (None, Some(_)) if listed => {
            say(&own.say.added, &[("label", &label), ("value", &value(&change.after))])
        }
        (Some(_), None) if listed => {
            say(&own.say.removed, &[("label", &label), ("value", &value(&change.before))])
        }
        (before, after) => {
            say(&own.say.changed, &[("label", &label), ("before", &value(before)), ("after", &value(after))])
        }
    }
}

/// What a command says that changes no attribute: where the text goes, that help is coming.
pub fn told_of(command: &Command, language: Language) -> Option<String> {
    let own = &words::of(language).say;
    let sentence = if *command == Command::Note {
        &own.is_note
    } else if *command == Command::Public {
        &own.is_public
    } else if *command == Command::Help {
        &own.is_help
    } else {
        return None;
    };
    Some(sentence.clone())
}

/// The name of an attribute for a reader: `Estado`, `Campo sala`.
pub fn label(attribute: &Attribute, language: Language) -> String {
    let own = &words::of(language).attributes;
    let text = match attribute {
        Attribute::Title => &own.title,
        Attribute::Queue => &own.queue,
        Attribute::Type => &own.r#type,
        Attribute::Service => &own.service,
        Attribute::Sla => &own.sla,
        Attribute::State => &own.state,
        Attribute::Priority => &own.priority,
        Attribute::Lock => &own.lock,
        Attribute::Owner => &own.owner,
        Attribute::Responsible => &own.responsible,
        Attribute::Customer => &own.customer,
        Attribute::Level => &own.level,
        Attribute::PendingUntil => &own.pending_until,
        Attribute::Tag => &own.tag,
        Attribute::Participant => &own.participant,
        Attribute::Watcher => &own.watcher,
        Attribute::Field(name) => return say(&own.field, &[("name", name)]),
        Attribute::Estimate => &own.estimate,
    };
    text.clone()
}

/// A stored value for a reader; what has no other name stays as it is.
fn localized(attribute: &Attribute, value: &str, desk: &Desk, language: Language) -> String {
    let own = words::of(language);
    let found = match attribute {
        Attribute::State => desk.state(value).map(|state| state.label(language).to_owned()),
        Attribute::Priority => {
            value.parse().ok().and_then(Priority::new).map(|priority| priority.label(language))
        }
        Attribute::Type => shipped_type(value, language),
        Attribute::Lock if value == "locked" => Some(own.say.locked.clone()),
        Attribute::Lock if value == "unlocked" => Some(own.say.unlocked.clone()),
        Attribute::Owner | Attribute::Responsible | Attribute::Watcher => {
            desk.agent(value).map(|agent| format!("{} ({})", agent.name, agent.login))
        }
        Attribute::PendingUntil => value
            .parse::<Timestamp>()
            .ok()
            .map(|time| shown(&time.to_zoned(desk.time_zone.clone()), language)),
        Attribute::Estimate => Some(say(&own.say.minutes, &[("minutes", value)])),
        Attribute::Title
        | Attribute::Queue
        | Attribute::Service
        | Attribute::Sla
        | Attribute::Lock
        | Attribute::Customer
        | Attribute::Level
        | Attribute::Tag
        | Attribute::Participant
        | Attribute::Field(_) => None,
    };
    found.unwrap_or_else(|| value.to_owned())
}

/// `incident` as `incidente`; types of the desk's own have one name only.
fn shipped_type(name: &str, language: Language) -> Option<String> {
    words::of(language).values.get("type")?.get(name)?.first().cloned()
}

/// The English name of a shipped type, whatever the language in which it was typed (folded or not).
pub fn type_name(typed: &str) -> Option<&'static str> {
    words::whole_value("type", &crate::desk::typed::folded(typed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::Agent;
    use crate::desk::token::Keys;

    #[test]
    fn every_attribute_in_words() {
        let mut desk = Desk::empty(Keys::new(Vec::new()));
        desk.agents.push(Agent {
            login: "mgomez".into(),
            name: "María Gómez".into(),
            addresses: vec!["mgomez@minem.example".into()],
            language: None,
            roles: Vec::new(),
            level: 0,
        });
        let rows = [
            (
                Attribute::State,
                Some("open"),
                Some("closed successful"),
                "Estado: abierto → cerrado con éxito",
            ),
            (Attribute::State, Some("odd"), None, "Estado: odd → ninguno"),
            (Attribute::Priority, Some("3"), Some("4"), "Prioridad: 3 normal → 4 alto"),
            (Attribute::Lock, Some("unlocked"), Some("locked"), "Bloqueo: desbloqueado → bloqueado"),
            (Attribute::Responsible, None, Some("mgomez"), "Responsable: ninguno → María Gómez (mgomez)"),
            (Attribute::Owner, Some("gone"), Some("mgomez"), "Propietario: gone → María Gómez (mgomez)"),
            (Attribute::Queue, Some("Mesa"), Some("{label}"), "Cola: Mesa → {label}"),
            (Attribute::Type, Some("incident"), Some("own"), "Tipo: incidente → own"),
            (
                Attribute::PendingUntil,
                None,
                Some("2026-11-27T09:00:00Z"),
                "Pendiente hasta: ninguno → viernes 27/11/2026 09:00",
            ),
            (Attribute::Tag, None, Some("vip"), "Etiqueta, añadido: vip"),
            (Attribute::Tag, Some("vip"), None, "Etiqueta, quitado: vip"),
            (Attribute::Watcher, None, Some("mgomez"), "Seguidor, añadido: María Gómez (mgomez)"),
            (Attribute::Field("sala".into()), None, Some("204"), "Campo sala: ninguno → 204"),
            (Attribute::Estimate, None, Some("90"), "Tiempo estimado: ninguno → 90 min"),
        ];
        for (attribute, before, after, expected) in rows {
            let change =
                Change { attribute, before: before.map(str::to_owned), after: after.map(str::to_owned) };
            assert_eq!(told(&change, &desk, Language::Es), expected);
        }
    }

    #[test]
    fn types_by_any_name() {
        assert_eq!(type_name("Incidente"), Some("incident"));
        assert_eq!(type_name("request"), Some("request"));
        assert_eq!(type_name("avería"), None);
    }
}
