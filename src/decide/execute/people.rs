//! Verbs of the people of a ticket: who attends it, who answers for it, who is told of it, who may answer.

use super::{Doing, is_member, unknown};
use crate::commands::Who;
use crate::decide::sentences::{Say, Thing};
use crate::desk::{Agent, Attribute, Desk, Found, Occasion, Right, StateType, may};
use crate::outbound::data;

impl<'a> Doing<'_, 'a, '_> {
    pub(super) fn assign(&mut self, who: &Who) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let agent = self.find(who)?;
        self.hand_to(agent)
    }

    /// Makes an agent responsible, or nobody. Whether the sender may was asked before.
    pub(super) fn hand_to(&mut self, agent: Option<&Agent>) -> Result<String, String> {
        if let Some(agent) = agent {
            self.attends(agent)?;
        }
        let login = agent.map(|agent| agent.login.clone());
        let value = agent.map_or("-", |agent| agent.name.as_str());
        if login.as_ref() == Some(&self.order.agent.login) {
            self.wants.took.extend(self.at);
        }
        let change = self.set(Attribute::Responsible, login);
        self.set_lock(agent.is_some());
        if let Some(change) = &change {
            self.happened(Occasion::ResponsibleChanged, change);
            self.begin();
        }
        Ok(self.told(change, value))
    }

    fn find(&self, who: &Who) -> Result<Option<&'a Agent>, String> {
        let desk = self.desk();
        let name = match who {
            Who::Me => return Ok(desk.agent(&self.order.agent.login)),
            Who::Nobody => return Ok(None),
            Who::Named(name) => name,
        };
        match desk.find_agent(name) {
            Found::One(agent) => Ok(Some(agent)),
            Found::Several(agents) => {
                let candidates =
                    agents.iter().map(|agent| format!("{} ({})", agent.login, agent.name)).collect();
                Err(self.say(&Say::Ambiguous { name, candidates }))
            }
            Found::Nobody => {
                let all: Vec<&str> = desk.agents.iter().map(|agent| agent.login.as_str()).collect();
                Err(self.say(&unknown(Thing::Agent, name, all)))
            }
        }
    }

    /// A ticket can be given to a member of its queue, and to whoever may answer there; also of the queue into which a
    /// line of the same mail moves it.
    fn attends(&self, agent: &Agent) -> Result<(), String> {
        let name = self.ticket()?.now.queue.clone();
        let queues = std::iter::once(&name).chain(&self.wants.bound_for);
        if queues.into_iter().any(|queue| is_candidate(self.desk(), queue, agent)) {
            return Ok(());
        }
        let queue = self.wants.bound_for.as_ref().unwrap_or(&name);
        let candidates = self.desk().agents.iter().filter(|one| is_candidate(self.desk(), queue, one));
        let members = candidates.map(|one| one.login.as_str()).collect();
        Err(self.say(&Say::NotInQueue { login: &agent.login, queue, members }))
    }

    /// Whoever may attend may answer for it, and so may those whom the desk's file names as supervisors.
    fn supervises(&self, agent: &Agent) -> Result<(), String> {
        let desk = self.desk();
        let named = |owner: Option<&String>| owner == Some(&agent.login);
        let of_queue = desk.queues.iter().any(|queue| named(queue.owner.as_ref()));
        let of_service = desk.services.iter().any(|service| named(service.owner.as_ref()));
        if of_queue || of_service { Ok(()) } else { self.attends(agent) }
    }

    /// A ticket that somebody takes is no longer new.
    pub(super) fn begin(&mut self) {
        let is_new = self.ticket().is_ok_and(|ticket| ticket.now.state_type == StateType::New);
        if is_new && let Some(open) = self.desk().first_state(StateType::Open) {
            self.set_state(open, None);
        }
    }

    pub(super) fn owner(&mut self, who: &Who) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let agent = self.find(who)?;
        if let Some(agent) = agent {
            self.supervises(agent)?;
        }
        let value = agent.map_or("-", |agent| agent.name.as_str());
        let login = agent.map(|agent| agent.login.clone());
        self.wants.owned.extend(self.at);
        let change = self.set(Attribute::Owner, login);
        if let Some(change) = &change {
            self.happened(Occasion::OwnerChanged, change);
        }
        Ok(self.told(change, value))
    }

    pub(super) fn lock(&mut self, locked: bool) -> Result<String, String> {
        self.allowed(Right::Owner)?;
        let change = self.set_lock(locked);
        Ok(self.told(change, data::lock_label(self.order.language, locked)))
    }

    pub(super) fn watch(&mut self, watch: bool) -> Result<String, String> {
        self.allowed(Right::Read)?;
        let login = self.order.agent.login.clone();
        let change = if watch {
            self.set(Attribute::Watcher, Some(login.clone()))
        } else {
            self.remove(Attribute::Watcher, &login)
        };
        Ok(self.told(change, &self.order.agent.name))
    }
}

/// Whether an agent may attend tickets of a queue.
fn is_candidate(desk: &Desk, queue: &str, agent: &Agent) -> bool {
    let Some(known) = desk.queue(queue) else { return true };
    is_member(known, agent) || may(desk, agent, Right::Answer, queue).is_ok()
}
