//! Verbs of those outside the desk: whose ticket it is, and who else takes part.

use super::Doing;
use crate::commands::Someone;
use crate::decide::customer_word::stopped;
use crate::decide::draft::MOST_PARTICIPANTS;
use crate::decide::sentences::{Say, Thing};
use crate::decide::text;
use crate::desk::{Attribute, Desk, Found, Occasion, Right, Ticket, fold, spelling};
use crate::mail::{Address, Language};

/// Candidates that a sentence names.
const MOST_CANDIDATES: usize = 12;

/// Who was named: an agent, or somebody who is none.
enum Known {
    Agent(String),
    Other(Address),
}

impl Doing<'_, '_, '_> {
    /// `#customer`: from now on it is this one's ticket, and what is written to the customer goes there.
    pub(super) fn customer(&mut self, who: &Someone) -> Result<String, String> {
        let customer = someone(self.desk(), who, self.order.language)?;
        if self.wants.is_on_behalf(self.at) {
            // So it was opened.
            return Ok(self.now_is(&Attribute::Customer));
        }
        self.allowed(Right::Priority)?;
        let language = self.desk().customer(&customer.address).and_then(|known| known.language);
        let change = self.set(Attribute::Customer, Some(customer.to_string()));
        let mut told = vec![self.told(change.clone(), &customer.to_string())];
        if let Some(change) = &change {
            self.remove(Attribute::Participant, &customer.key());
            if let Some(language) = language {
                self.set(Attribute::Language, Some(language.code().to_owned()));
            }
            // Whoever it was that could not be written to, it is another one now.
            for field in [text::SOURCE_FIELD, text::UNPROVED_FIELD] {
                self.set(Attribute::Field(field.to_owned()), None);
            }
            told.extend(self.leave_service(&customer));
            told.push(self.say(&Say::NobodyTold));
            self.happened(Occasion::CustomerChanged, change);
        }
        Ok(told.join(" "))
    }

    /// The new customer has the services that the customers file offers him, and no other.
    fn leave_service(&mut self, customer: &Address) -> Option<String> {
        let desk = self.desk();
        let service = self.ticket().ok()?.now.service.clone()?;
        let known = desk.customer(&customer.address)?;
        if known.is_offered(&service) {
            return None;
        }
        self.set(Attribute::Service, None)?;
        let offered = desk.services_of(&customer.address).map(|service| service.name.as_str()).collect();
        Some(self.say(&Say::ServiceLeft { service: &service, customer: customer.called(), offered }))
    }

    /// `#cc`: agents watch the ticket, everybody else gets the answers to the customer.
    pub(super) fn cc(&mut self, add: &[Someone], remove: &[Someone]) -> Result<String, String> {
        self.allowed(Right::Answer)?;
        let add = add.iter().map(|one| self.known(one)).collect::<Result<Vec<_>, _>>()?;
        let remove = remove.iter().map(|one| self.known(one)).collect::<Result<Vec<_>, _>>()?;
        let others = add.iter().filter(|one| matches!(one, Known::Other(_))).count();
        if self.ticket()?.now.participants.len() + others > MOST_PARTICIPANTS {
            return Err(self.say(&Say::TooManyTakePart(MOST_PARTICIPANTS)));
        }
        for one in &add {
            if let (Known::Other(address), Some(at)) = (one, self.at)
                && stopped(self.draft, at, &address.key())
            {
                return Err(self.say(&Say::SaidStop(&address.address)));
            }
        }
        let mut told = Vec::new();
        for one in add {
            told.extend(self.comes(one)?.map(|name| format!("+{name}")));
        }
        for one in remove {
            told.extend(self.goes(&one).map(|name| format!("-{name}")));
        }
        if told.is_empty() {
            let now = taking_part(self.desk(), self.ticket()?);
            return Ok(self.say(&Say::Already(&now)));
        }
        Ok(told.join(", "))
    }

    fn comes(&mut self, one: Known) -> Result<Option<String>, String> {
        match one {
            Known::Agent(login) => {
                let name = crate::outbound::data::agent_label(self.desk(), &login);
                let change = self.set(Attribute::Watcher, Some(login));
                Ok(change.map(|_| name))
            }
            Known::Other(address) => {
                if self.ticket()?.has_participant(&address.address) {
                    return Ok(None);
                }
                let shown = address.to_string();
                let change = self.set(Attribute::Participant, Some(shown.clone()));
                Ok(change.map(|_| shown))
            }
        }
    }

    fn goes(&mut self, one: &Known) -> Option<String> {
        match one {
            Known::Agent(login) => {
                let agent = self.desk().agent(login)?;
                let keys: Vec<String> =
                    agent.addresses.iter().map(|address| address.to_lowercase()).collect();
                let watched = self.remove(Attribute::Watcher, login);
                // One who was in the Cc of the customer's mail takes part like anybody.
                let took_part =
                    keys.iter().filter(|key| self.remove(Attribute::Participant, key).is_some()).count() > 0;
                (watched.is_some() || took_part).then(|| agent.name.clone())
            }
            Known::Other(address) => {
                self.remove(Attribute::Participant, &address.key()).map(|_| address.address.clone())
            }
        }
    }

    /// An agent by address, login or name, a customer by name, or any address.
    fn known(&self, who: &Someone) -> Result<Known, String> {
        let desk = self.desk();
        if let Someone::Named(name) = who {
            let customers = desk.customers_named(name);
            let agents = match desk.find_agent(name) {
                Found::One(agent) => vec![agent],
                Found::Several(agents) => agents,
                Found::Nobody => Vec::new(),
            };
            match (agents.as_slice(), customers.as_slice()) {
                ([agent], []) => return Ok(Known::Agent(agent.login.clone())),
                ([], _) => {}
                _ => {
                    let agents: Vec<Address> = agents.iter().map(|agent| agent.address()).collect();
                    return Err(several(name, agents.iter().chain(&customers), self.order.language));
                }
            }
        }
        let address = someone(desk, who, self.order.language)?;
        Ok(match desk.agent_by_address(&address.address) {
            Some(agent) => Known::Agent(agent.login.clone()),
            None => Known::Other(address),
        })
    }
}

/// The address of somebody, with the name of the customers file.
///
/// # Errors
/// Nobody has the name, or several do; or it is the desk itself. In words.
pub(in crate::decide) fn someone(desk: &Desk, who: &Someone, language: Language) -> Result<Address, String> {
    let name = match who {
        Someone::Address(address) if desk.is_own(&address.address) => {
            return Err(Say::IsTheDesk(&address.address).text(language));
        }
        Someone::Address(address) => return Ok(desk.well_named(address.clone())),
        Someone::Named(name) => name,
    };
    let found = desk.customers_named(name);
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => {
            let all: Vec<&str> =
                desk.customers.values().filter_map(|customer| customer.name.as_deref()).collect();
            let near = spelling::nearest(name, all.iter().copied()).or_else(|| nearest_by_word(name, desk));
            let all = if all.len() <= MOST_CANDIDATES { all } else { Vec::new() };
            Err(Say::Unknown { what: Thing::Customer, name, near, all }.text(language))
        }
        _ => Err(several(name, found.iter(), language)),
    }
}

/// People are named by one of their names, and mistyped in one: whose name has the word that a mistyped one was meant to be.
fn nearest_by_word<'a>(typed: &str, desk: &'a Desk) -> Option<&'a str> {
    let names = || desk.customers.values().filter_map(|customer| customer.name.as_deref());
    let words: std::collections::BTreeSet<String> = names()
        .flat_map(|name| fold(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let wanted = fold(typed);
    let near = spelling::nearest(&wanted, words.iter().map(String::as_str))?;
    names().find(|name| fold(name).split_whitespace().any(|word| word == near))
}

fn several<'a>(name: &str, all: impl Iterator<Item = &'a Address>, language: Language) -> String {
    let candidates = all.map(ToString::to_string).take(MOST_CANDIDATES).collect();
    Say::SeveralPeople { name, candidates }.text(language)
}

/// Everybody who takes part, in words.
fn taking_part(desk: &Desk, ticket: &Ticket) -> String {
    let watchers = ticket.watchers.iter().map(|login| crate::outbound::data::agent_label(desk, login));
    let all: Vec<String> = ticket.now.participants.iter().map(ToString::to_string).chain(watchers).collect();
    if all.is_empty() { "-".to_owned() } else { all.join(", ") }
}
