//! `[[service]]` and `[[state]]` of the desk file.

use super::fields::Fields;
use crate::desk::{Service, State, StateType};

/// Reads services, adds the grouping levels that are not listed, and hands owner and queue down.
pub(super) fn services(tables: &[Fields<'_>], logins: &[&str], queues: &[&str]) -> Vec<Service> {
    let mut services: Vec<Service> = Vec::new();
    for fields in tables {
        let owner = fields.known_name("owner", "agent", logins);
        let queue = fields.known_name("queue", "queue", queues);
        let Some(name) = fields.text("name") else { continue };
        if name.split("::").any(|level| level.trim().is_empty() || level.trim() != level) {
            let mistake = fields.about("name", format!("service \"{name}\" has an empty level"), "");
            fields.add(mistake.help("levels are divided by `::` without blanks: \"Equipos::PC\"".to_owned()));
            continue;
        }
        services.push(Service { name: name.to_owned(), owner, queue });
    }
    for name in services.iter().flat_map(|service| levels_above(&service.name)).collect::<Vec<_>>() {
        if !services.iter().any(|service| service.name == name) {
            services.push(Service { name, owner: None, queue: None });
        }
    }
    services.sort_by(|one, other| one.name.cmp(&other.name));
    inherit(&services)
}

/// `A`, `A::B` for `A::B::C`.
fn levels_above(name: &str) -> Vec<String> {
    name.match_indices("::").filter_map(|(at, _)| name.get(..at)).map(str::to_owned).collect()
}

fn inherit(services: &[Service]) -> Vec<Service> {
    let from_above = |service: &Service, part: fn(&Service) -> Option<String>| {
        part(service).or_else(|| {
            let above = levels_above(&service.name).into_iter().rev();
            above.filter_map(|name| services.iter().find(|known| known.name == name)).find_map(part)
        })
    };
    let complete = |service: &Service| Service {
        name: service.name.clone(),
        owner: from_above(service, |known| known.owner.clone()),
        queue: from_above(service, |known| known.queue.clone()),
    };
    services.iter().map(complete).collect()
}

/// The shipped states with those of the file over them.
pub(super) fn states(tables: &[Fields<'_>]) -> Vec<State> {
    let mut states = State::shipped();
    for fields in tables {
        let next = fields.text("next").map(str::to_owned);
        let spanish = fields.text("spanish").map(str::to_owned);
        let kind = fields.text("type").and_then(StateType::from_word);
        let (Some(name), Some(kind)) = (fields.text("name"), kind) else { continue };
        match states.iter_mut().find(|state| state.name == name) {
            // Commands and timers set the shipped states by their meaning.
            Some(shipped) if shipped.kind != kind => {
                let title = format!("the shipped state \"{name}\" is of type {}", shipped.kind.word());
                fields
                    .add(fields.about("type", title, "").help("give the new state another name".to_owned()));
            }
            Some(shipped) => {
                shipped.spanish = spanish.unwrap_or_else(|| shipped.spanish.clone());
                shipped.next = next.or_else(|| shipped.next.clone());
            }
            None => {
                let spanish = spanish.unwrap_or_else(|| name.to_owned());
                states.push(State { name: name.to_owned(), kind, spanish, next });
            }
        }
    }
    for fields in tables {
        check_next(fields, &states);
    }
    states
}

/// What follows by itself must be an end, so that no ticket goes round in circles.
fn check_next(fields: &Fields<'_>, states: &[State]) {
    let closed: Vec<&str> = states
        .iter()
        .filter(|state| state.kind == StateType::Closed)
        .map(|state| state.name.as_str())
        .collect();
    let Some(state) = states.iter().find(|state| Some(state.name.as_str()) == fields.text("name")) else {
        return;
    };
    if state.kind == StateType::PendingAuto {
        if state.next.is_none() && !fields.is_given("next") {
            fields.missing("next", "\"closed successful\"");
        }
        fields.known_name("next", "closed state", &closed);
    } else if !fields.items("next").is_empty() {
        let title =
            format!("`state.next` is for states of type pending-auto, and \"{}\" is none", state.name);
        fields.add(fields.about("next", title, ""));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_come_down() {
        let service = |name: &str, owner: Option<&str>| Service {
            name: name.to_owned(),
            owner: owner.map(str::to_owned),
            queue: None,
        };
        let all = inherit(&[service("A", Some("x")), service("A::B", None), service("A::B::C", None)]);
        assert!(all.iter().all(|service| service.owner.as_deref() == Some("x")));
        assert_eq!(levels_above("A::B::C"), ["A", "A::B"]);
    }
}
