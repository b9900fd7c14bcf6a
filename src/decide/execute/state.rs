//! Verbs of the state: close, reopen, wait, any other state by its name.

use super::{Child, Doing, unknown};
use crate::commands::{AutoClose, Outcome};
use crate::decide::sentences::{Say, Thing};
use crate::desk::{Attribute, Desk, Occasion, Relation, Right, State, StateType, fold, held_by};
use crate::mail::Language;
use crate::outbound::data;

impl<'a> Doing<'_, 'a, '_> {
    pub(super) fn close(&mut self, outcome: Outcome, silent: bool) -> Result<String, String> {
        self.allowed(Right::Close)?;
        let state = closing_state(self.desk(), outcome).ok_or_else(|| self.unknown_state("closed"))?;
        if self.ticket()?.now.state_type == StateType::Closed && self.ticket()?.now.state == state.name {
            return Ok(self.say(&Say::Already(state.label(self.order.language))));
        }
        self.unlocked()?;
        let change = self.set_state(state, None);
        self.wants.closed.extend(self.at.map(|at| (at, silent)));
        self.offer_children();
        Ok(self.told(change, state.label(self.order.language)))
    }

    /// The tickets below a closed one are offered, not closed: somebody may still wait for an answer.
    fn offer_children(&mut self) {
        let Some(ticket) = self.at.and_then(|at| self.draft.ticket(at)) else { return };
        let kin = &self.draft.context.kin;
        let below = ticket.links.iter().filter(|(relation, _)| *relation == Relation::Child);
        let open = below.filter_map(|(_, number)| {
            let known = kin.get(number).filter(|known| known.open)?;
            Some(Child { number: number.clone(), title: known.title.clone() })
        });
        let open: Vec<Child> = open.collect();
        self.wants.children.extend(open);
    }

    pub(super) fn reopen(&mut self) -> Result<String, String> {
        self.allowed(Right::Close)?;
        if self.ticket()?.now.state_type.is_open() {
            return Err(self.say(&Say::NotClosed));
        }
        self.unlocked()?;
        let state = self.desk().first_state(StateType::Open).ok_or_else(|| self.unknown_state("open"))?;
        let change = self.set_state(state, None);
        if let Some(change) = &change {
            self.happened(Occasion::Reopened, change);
        }
        Ok(self.told(change, &state.name))
    }

    pub(super) fn pend(&mut self, until: jiff::Timestamp, then: Option<AutoClose>) -> Result<String, String> {
        self.allowed(Right::Close)?;
        if !self.ticket()?.now.state_type.is_open() {
            return Err(self.say(&Say::Closed));
        }
        self.unlocked()?;
        let desk = self.desk();
        let state = match then {
            None => desk.first_state(StateType::PendingReminder),
            Some(sign) => pending_auto_state(desk, sign),
        };
        let state = state.ok_or_else(|| self.unknown_state("pending"))?;
        // Nobody means a fraction of a second.
        let until = jiff::Timestamp::from_second(until.as_second()).unwrap_or(until);
        let change = self.set_state(state, Some(until));
        let language = self.order.language;
        let date = data::date(desk, language, until);
        if let Some(change) = &change {
            self.happened(Occasion::StateChanged, change);
        }
        let told = match change.filter(|change| change.attribute == Attribute::State) {
            Some(change) => self.shown(&change),
            None => state.label(language).to_owned(),
        };
        Ok(format!("{told}, {date}"))
    }

    pub(super) fn state(&mut self, typed: &str) -> Result<String, String> {
        self.allowed(Right::Close)?;
        let wanted = fold(typed);
        let found = self
            .desk()
            .states
            .iter()
            .find(|state| Language::ALL.iter().any(|language| fold(state.label(*language)) == wanted));
        let state = found.ok_or_else(|| self.unknown_state(typed))?;
        let label = state.label(self.order.language);
        match state.kind {
            StateType::Closed => return Err(self.say(&Say::UseClose(label))),
            StateType::PendingReminder | StateType::PendingAuto => return Err(self.say(&Say::UsePend(label))),
            StateType::Merged | StateType::Removed => return Err(self.unknown_state(typed)),
            StateType::New | StateType::Open => {}
        }
        self.unlocked()?;
        let change = self.set_state(state, None);
        if let Some(change) = &change {
            self.happened(Occasion::StateChanged, change);
        }
        Ok(self.told(change, label))
    }

    /// The state of a locked ticket is its holder's; whoever else wants to change it takes it first.
    fn unlocked(&self) -> Result<(), String> {
        if self.wants.is_on_behalf(self.at) {
            return Ok(());
        }
        match held_by(&self.ticket()?.now, self.order.agent) {
            Some(holder) => Err(self.say(&Say::StateLockedBy(&data::agent_label(self.desk(), holder)))),
            None => Ok(()),
        }
    }

    pub(super) fn unknown_state(&self, typed: &str) -> String {
        let all = self.desk().states.iter().map(|state| state.label(self.order.language)).collect();
        self.say(&unknown(Thing::State, typed, all))
    }
}

/// The state that `#close OUTCOME` sets: by OTRS's name, else the first closed one.
pub(in crate::decide) fn closing_state(desk: &Desk, outcome: Outcome) -> Option<&State> {
    let name = match outcome {
        Outcome::Successful => "closed successful",
        Outcome::Unsuccessful => "closed unsuccessful",
        Outcome::Workaround => "closed with workaround",
    };
    desk.state(name).or_else(|| desk.first_state(StateType::Closed))
}

fn pending_auto_state(desk: &Desk, sign: AutoClose) -> Option<&State> {
    let outcome = match sign {
        AutoClose::Successful => Outcome::Successful,
        AutoClose::Unsuccessful => Outcome::Unsuccessful,
    };
    let next = closing_state(desk, outcome)?;
    let leads_there = |state: &&State| {
        state.kind == StateType::PendingAuto && state.next.as_deref() == Some(next.name.as_str())
    };
    desk.states.iter().find(leads_there).or_else(|| desk.first_state(StateType::PendingAuto))
}
