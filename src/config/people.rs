//! `[[agent]]` and `[[role]]` of the desk file.

use std::collections::BTreeMap;

use super::diagnostic::Place;
use super::fields::{Fields, Spot};
use super::table::suggestion;
use crate::desk::{Agent, Recipient, Right, Role, fold};

/// Words that commands and notifications understand as somebody's part; a login of that form could not be named.
const TAKEN: [&str; 8] = ["me", "mi", "yo", "nobody", "nadie", "none", "supplier", "proveedor"];

/// Reads roles.
pub(super) fn roles(tables: &[Fields<'_>], queues: &[&str]) -> Vec<Role> {
    let role = |fields: &Fields<'_>| {
        let rights = fields.items("rights").iter().flat_map(|item| match item.text() {
            "all" => Right::ALL.to_vec(),
            word => Right::ALL.into_iter().filter(|right| right.word() == word).collect(),
        });
        let rights = rights.collect();
        let queues = fields.known_names("queues", "queue", queues);
        Some(Role { name: fields.text("name")?.to_owned(), queues, rights })
    };
    tables.iter().filter_map(role).collect()
}

/// Reads agents; `own` are the addresses of the desk itself with what each one is.
pub(super) fn agents(tables: &[Fields<'_>], roles: &[&str], own: &BTreeMap<String, String>) -> Vec<Agent> {
    let mut taken: BTreeMap<String, (String, Option<Place>)> = BTreeMap::new();
    let mut agents = Vec::new();
    for fields in tables {
        check_login(fields);
        check_addresses(fields, own, &mut taken);
        let roles = fields.known_names("roles", "role", roles);
        let level = fields.int("level").and_then(|level| u8::try_from(level).ok()).unwrap_or_default();
        let (Some(login), Some(name)) = (fields.text("login"), fields.text("name")) else { continue };
        agents.push(Agent {
            login: login.to_owned(),
            name: name.to_owned(),
            addresses: fields.texts("address"),
            language: fields.language("language"),
            roles,
            level,
        });
    }
    agents
}

fn check_login(fields: &Fields<'_>) {
    let Some(login) = fields.text("login") else { return };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    let number = login.chars().all(|c| c.is_ascii_digit());
    if !login.chars().all(plain) || number {
        let mistake = fields.about("login", format!("\"{login}\" cannot be a login"), "");
        fields.add(mistake.help("letters, digits, `.`, `_` and `-`, and not digits alone".to_owned()));
    } else if TAKEN.contains(&fold(login).as_str())
        || Recipient::PARTS.iter().any(|(word, _)| *word == fold(login))
    {
        let mistake =
            fields.about("login", format!("\"{login}\" cannot be a login: it is a word of ours"), "");
        fields.add(mistake);
    }
}

/// An address that is the desk's too would make a loop; one of two agents' would not say who writes.
fn check_addresses(
    fields: &Fields<'_>,
    own: &BTreeMap<String, String>,
    taken: &mut BTreeMap<String, (String, Option<Place>)>,
) {
    let login = fields.text("login").unwrap_or_default().to_owned();
    for item in fields.items("address") {
        let key = item.text().to_lowercase();
        if let Some(whose) = own.get(&key) {
            let title = format!("an agent cannot have the address {}: it is {whose}", item.text());
            let mistake = fields.mistake(&item.spot, title, "");
            fields.add(mistake.help("the desk would write to itself for ever".to_owned()));
        }
        let place = match &item.spot {
            Spot::Value(value) => Some(value.place("first one")),
            Spot::Variable(_) | Spot::Unsaid => None,
        };
        if let Some((other, first)) = taken.get(&key) {
            let title = if *other == login {
                format!("agent {login} has the address {} twice", item.text())
            } else {
                format!("agents {other} and {login} have the same address {}", item.text())
            };
            let mistake = fields.mistake(&item.spot, title, "second one");
            fields.add(match first {
                Some(place) => mistake.related(place.clone()),
                None => mistake,
            });
        } else {
            taken.insert(key, (login.clone(), place));
        }
    }
}

/// Checks one address, login or part, as notifications and rules name recipients; `None` is a mistake with its help.
pub(super) fn recipient(
    word: &str,
    agents: &[Agent],
    roles: &[Role],
) -> Result<Recipient, (String, Option<String>)> {
    if let Some((_, part)) = Recipient::PARTS.iter().find(|(known, _)| *known == word) {
        return Ok(part.clone());
    }
    if let Some(name) = word.strip_prefix("role:") {
        let names: Vec<&str> = roles.iter().map(|role| role.name.as_str()).collect();
        if names.contains(&name) {
            return Ok(Recipient::Role(name.to_owned()));
        }
        return Err((format!("there is no role \"{name}\""), suggestion(name, &names)));
    }
    if word.contains('@') {
        return Ok(Recipient::Address(crate::mail::Address::bare(word)));
    }
    if agents.iter().any(|agent| agent.login == word) {
        return Ok(Recipient::Agent(word.to_owned()));
    }
    let known: Vec<&str> = Recipient::PARTS
        .iter()
        .map(|(part, _)| *part)
        .chain(agents.iter().map(|agent| agent.login.as_str()))
        .collect();
    let help = super::nearest::did_you_mean(word, &known).or_else(|| {
        let parts: Vec<&str> = Recipient::PARTS.iter().map(|(part, _)| *part).collect();
        Some(format!("known are: {}, a login, role:NAME, an address", parts.join(", ")))
    });
    Err((format!("there is nobody called \"{word}\""), help))
}
