//! Verbs that hand a ticket on: to a level, to a supplier, or to whatever has a name.

use super::Doing;
use crate::commands::{Command, Escalation};
use crate::decide::Effect;
use crate::decide::sentences::{Say, Thing};
use crate::desk::spelling::nearest;
use crate::desk::{Agent, Attribute, Desk, Occasion, Right, Supplier, TimerKind, fold};

/// What `#derive` may name.
#[derive(Debug, Clone)]
enum Found<'a> {
    Agent(&'a Agent),
    Queue(&'a str),
    Escalation(Escalation),
}

impl Found<'_> {
    /// As a candidate is named.
    fn named(&self) -> (Thing, String) {
        match self {
            Self::Agent(agent) => (Thing::Agent, format!("{} ({})", agent.login, agent.name)),
            Self::Queue(name) => (Thing::Queue, (*name).to_owned()),
            Self::Escalation(Escalation::Level(level)) => (Thing::Level, level.to_string()),
            Self::Escalation(Escalation::ByPriority) => (Thing::Level, String::new()),
            Self::Escalation(Escalation::Supplier(name)) => {
                (Thing::Supplier, name.clone().unwrap_or_default())
            }
        }
    }
}

impl<'a> Doing<'_, 'a, '_> {
    /// `#escalate`.
    pub(super) fn escalate(&mut self, to: &Escalation) -> Result<String, String> {
        let level = match to {
            Escalation::ByPriority => self.ticket()?.now.priority.level(),
            Escalation::Level(level) => *level,
            Escalation::Supplier(name) => return self.hand_to_supplier(name.as_deref()),
        };
        self.allowed(Right::Move)?;
        let now = &self.ticket()?.now;
        if !now.state_type.is_open() {
            return Err(self.say(&Say::Closed));
        }
        let queue = now.queue.clone();
        if self.desk().level_agents(&queue, level).is_empty() {
            return Err(self.nobody_at(level, &queue));
        }
        let change = self.set(Attribute::Level, Some(level.to_string()));
        if let Some(change) = &change {
            self.happened(Occasion::LevelChanged, change);
            self.leave_to_level(level);
            self.leave_supplier();
        }
        Ok(self.told(change, &level.to_string()))
    }

    /// `#escalate supplier NAME`: the text of the mail goes there. Whoever hands the ticket over and sees nobody responsible
    /// for it is so from now on: somebody has to follow it.
    fn hand_to_supplier(&mut self, typed: Option<&str>) -> Result<String, String> {
        self.allowed(Right::Move)?;
        self.allowed(Right::Answer)?;
        let supplier = self.supplier(typed)?;
        let (name, address) = (supplier.name.clone(), supplier.address());
        let now = &self.ticket()?.now;
        if !now.state_type.is_open() {
            return Err(self.say(&Say::Closed));
        }
        if now.customer.as_ref().is_some_and(|customer| supplier.has_address(&customer.address)) {
            return Err(self.say(&Say::SupplierAsks(&name)));
        }
        if self.order.reason.trim().is_empty() {
            return Err(self.say(&Say::SupplierNeedsText));
        }
        if self.wants.visible.is_some() {
            return Err(self.say(&Say::SupplierAlone));
        }
        let Some(at) = self.at else { return Err(self.say(&Say::NoTicket)) };
        if self.wants.suppliers.get(&at).is_some_and(|before| *before != name) {
            return Err(self.say(&Say::OneSupplier));
        }
        self.wants.suppliers.insert(at, name.clone());
        self.wants.proof = self.wants.proof.max(self.desk().trust.level("supplier"));
        let unattended = self.ticket()?.now.responsible.is_none();
        if unattended {
            self.set(Attribute::Responsible, Some(self.order.agent.login.clone()));
        }
        self.set(Attribute::Supplier, Some(address.to_string()));
        let change = self.set(Attribute::Level, Some(name.clone()));
        if let Some(change) = &change {
            self.happened(Occasion::LevelChanged, change);
            self.begin();
        }
        Ok(format!("{}. {}", self.told(change, &name), self.say(&Say::GoesToSupplier(&address.to_string()))))
    }

    /// A supplier by its name, a part of it that only one has, or the only one there is.
    fn supplier(&self, typed: Option<&str>) -> Result<&'a Supplier, String> {
        let all = self.desk().suppliers.as_slice();
        let found = suppliers(self.desk(), typed);
        match (found.as_slice(), typed) {
            ([one], _) => Ok(one),
            ([], None) => Err(self.say(&Say::NoSupplier)),
            ([], Some(_)) if all.is_empty() => Err(self.say(&Say::NoSupplier)),
            ([], Some(typed)) => {
                let names = all.iter().map(|supplier| supplier.name.as_str()).collect();
                Err(self.say(&super::unknown(Thing::Supplier, typed, names)))
            }
            (several, typed) => {
                let named = |supplier: &&Supplier| (Thing::Supplier, supplier.name.clone());
                let candidates = several.iter().map(named).collect();
                let name = typed.unwrap_or("#");
                Err(self.say(&Say::Several { name, candidates }))
            }
        }
    }

    /// A ticket that would lie where nobody sees it is not handed on; who is of that level elsewhere is named.
    fn nobody_at(&self, level: u8, queue: &str) -> String {
        let desk = self.desk();
        let of_level = desk.agents.iter().filter(|agent| agent.level == level);
        let elsewhere = of_level.map(|agent| {
            let queues = desk.queues.iter().filter(|queue| queue.members.contains(&agent.login));
            let queues: Vec<&str> = queues.map(|queue| queue.name.as_str()).collect();
            if queues.is_empty() {
                agent.name.clone()
            } else {
                format!("{} ({})", agent.name, queues.join(", "))
            }
        });
        self.say(&Say::NobodyAtLevel { level, queue, elsewhere: elsewhere.collect() })
    }

    /// Who is of another level attends the ticket no longer: it was handed on.
    fn leave_to_level(&mut self, level: u8) {
        let responsible = self.ticket().ok().and_then(|ticket| ticket.now.responsible.as_deref());
        let agent = responsible.and_then(|login| self.desk().agent(login));
        if agent.is_some_and(|agent| agent.level != level) {
            self.set(Attribute::Responsible, None);
            self.set_lock(false);
        }
    }

    /// It is back in the house: no supplier is reminded of it.
    fn leave_supplier(&mut self) {
        let with_one = self.ticket().is_ok_and(|ticket| !ticket.suppliers.is_empty());
        if let Some(ticket) = self.at.filter(|_| with_one) {
            let kind = TimerKind::SupplierReminder;
            self.draft.effects.push(Effect::CancelTimer { ticket, kind });
        }
    }

    /// `#derive`.
    pub(super) fn derive(&mut self, to: &str, meant: Option<&Escalation>) -> Result<String, String> {
        match self.sought(to, meant)? {
            Found::Agent(agent) => {
                self.allowed(Right::Owner)?;
                self.hand_to(Some(agent))
            }
            Found::Queue(name) => self.queue(name),
            Found::Escalation(escalation) => self.escalate(&escalation),
        }
    }

    /// The one thing that has this name.
    fn sought(&self, to: &str, meant: Option<&Escalation>) -> Result<Found<'a>, String> {
        let desk = self.desk();
        let found = found(desk, to, meant);
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => {
                let queues = desk.queues.iter().map(|queue| queue.name.as_str());
                let known = desk.agents.iter().map(|agent| agent.login.as_str()).chain(queues);
                let known = known.chain(desk.suppliers.iter().map(|supplier| supplier.name.as_str()));
                let known: Vec<(String, &str)> = known.map(|name| (fold(name), name)).collect();
                let near = nearest(&fold(to), known.iter().map(|(folded, _)| folded.as_str()));
                let near = known.iter().find(|(folded, _)| near == Some(folded)).map(|(_, name)| *name);
                Err(self.say(&Say::NothingCalled { name: to, near }))
            }
            several => {
                let candidates = several.iter().map(Found::named).collect();
                Err(self.say(&Say::Several { name: to, candidates }))
            }
        }
    }
}

/// What has this name: an agent, else a queue, else a level, else a supplier, by the whole of it; else a queue by the last
/// part; then whatever has it as a part of its name.
fn found<'a>(desk: &'a Desk, to: &str, meant: Option<&Escalation>) -> Vec<Found<'a>> {
    let wanted = fold(to);
    let is_agent =
        |agent: &&Agent| fold(&agent.login) == wanted || fold(&agent.name) == wanted || agent.has_address(to);
    let agents: Vec<Found<'a>> = desk.agents.iter().filter(is_agent).map(Found::Agent).collect();
    if !agents.is_empty() {
        return agents;
    }
    let queue = desk.queues.iter().find(|queue| fold(&queue.name) == wanted);
    let supplier = || desk.suppliers.iter().find(|supplier| fold(&supplier.name) == wanted).map(handed_to);
    let whole = queue.map(|queue| Found::Queue(&queue.name));
    let whole = whole.or_else(|| meant.cloned().map(Found::Escalation)).or_else(supplier);
    let whole = whole.or_else(|| desk.queue_meant(to).map(|queue| Found::Queue(&queue.name)));
    whole.map_or_else(|| parts(desk, &wanted), |found| vec![found])
}

/// Whatever has these letters in its name.
fn parts<'a>(desk: &'a Desk, wanted: &str) -> Vec<Found<'a>> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let agents = desk.agents.iter().filter(|agent| fold(&agent.name).contains(wanted));
    let queues = desk.queues.iter().map(|queue| queue.name.as_str());
    let queues = queues.filter(|name| fold(name).contains(wanted));
    let suppliers = desk.suppliers.iter().filter(|supplier| fold(&supplier.name).contains(wanted));
    agents.map(Found::Agent).chain(queues.map(Found::Queue)).chain(suppliers.map(handed_to)).collect()
}

fn handed_to<'a>(supplier: &Supplier) -> Found<'a> {
    Found::Escalation(Escalation::Supplier(Some(supplier.name.clone())))
}

/// The supplier of this name, else those that have it as a part of theirs; without a name all that there are.
fn suppliers<'a>(desk: &'a Desk, typed: Option<&str>) -> Vec<&'a Supplier> {
    let wanted = fold(typed.unwrap_or_default());
    if let Some(supplier) = desk.suppliers.iter().find(|supplier| fold(&supplier.name) == wanted) {
        return vec![supplier];
    }
    desk.suppliers.iter().filter(|supplier| fold(&supplier.name).contains(&wanted)).collect()
}

/// Where a command would take the text of its mail, as far as suppliers go.
pub(in crate::decide) enum HandOver<'a> {
    /// To none.
    None,
    /// To this one.
    To(&'a Supplier),
    /// That cannot be said: it names nothing, or several.
    Unclear,
}

/// Whether a command would hand its ticket to a supplier.
pub(in crate::decide) fn hand_over<'a>(desk: &'a Desk, command: &Command) -> HandOver<'a> {
    let typed = if let Command::Escalate(Escalation::Supplier(name)) = command {
        name.clone()
    } else if let Command::Derive { to, meant } = command {
        match found(desk, to, meant.as_ref()).as_slice() {
            [Found::Escalation(Escalation::Supplier(name))] => name.clone(),
            [_] => return HandOver::None,
            _ => return HandOver::Unclear,
        }
    } else {
        return HandOver::None;
    };
    match suppliers(desk, typed.as_deref()).as_slice() {
        [one] => HandOver::To(one),
        _ => HandOver::Unclear,
    }
}
