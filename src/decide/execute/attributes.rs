//! Verbs of what a ticket is about: queue, type, service, tags.

use super::{Doing, is_member, unknown};
use crate::decide::sentences::{Say, Thing};
use crate::desk::{Attribute, Occasion, Right, fold};
use crate::mail::Language;
use crate::outbound::data;

impl<'a> Doing<'_, 'a, '_> {
    pub(super) fn queue(&mut self, typed: &str) -> Result<String, String> {
        let desk = self.desk();
        let Some(queue) = desk.queue_meant(typed) else {
            let all = desk.queues.iter().map(|queue| queue.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Queue, typed, all)));
        };
        if self.wants.is_on_behalf(self.at) {
            // So it was opened, and whoever may open tickets there may; but a rule may have had another idea.
            self.allowed_in(Right::Create, &queue.name)?;
            self.set(Attribute::Queue, Some(queue.name.clone()));
            self.supervise(queue.owner.clone());
            return Ok(self.now_is(&Attribute::Queue));
        }
        // Out of the one queue and into the other: or whoever may move in one would take every ticket there.
        self.allowed(Right::Move)?;
        if !self.order.agent.roles.is_empty() {
            self.allowed_in(Right::Move, &queue.name)?;
        }
        let change = self.set(Attribute::Queue, Some(queue.name.clone()));
        self.supervise(queue.owner.clone());
        if let Some(change) = &change {
            self.happened(Occasion::QueueChanged, change);
            self.leave_responsible();
        }
        Ok(self.told(change, &queue.name))
    }

    /// Who is no member of the new queue attends the ticket no longer: it was handed on.
    fn leave_responsible(&mut self) {
        let now = self.ticket().ok().map(|ticket| &ticket.now);
        let queue = now.and_then(|now| self.desk().queue(&now.queue));
        let responsible = now.and_then(|now| self.desk().agent(now.responsible.as_deref()?));
        let (Some(queue), Some(agent)) = (queue, responsible) else { return };
        if !is_member(queue, agent) {
            self.set(Attribute::Responsible, None);
            self.set_lock(false);
        }
    }

    pub(super) fn kind(&mut self, typed: &str) -> Result<String, String> {
        let desk = self.desk();
        let wanted = fold(typed);
        let named = |kind: &&String| {
            fold(kind) == wanted
                || Language::ALL.iter().any(|language| fold(&data::type_label(*language, kind)) == wanted)
        };
        let Some(kind) = desk.types.iter().find(named) else {
            let all: Vec<String> =
                desk.types.iter().map(|kind| data::type_label(self.order.language, kind)).collect();
            return Err(self.say(&unknown(Thing::Type, typed, all.iter().map(String::as_str).collect())));
        };
        self.plain(Attribute::Type, Some(kind.clone()), None)
    }

    pub(super) fn service(&mut self, typed: Option<&str>) -> Result<String, String> {
        let desk = self.desk();
        let Some(typed) = typed else { return self.plain(Attribute::Service, None, None) };
        let Some(service) = desk.service_meant(typed) else {
            let all = desk.services.iter().map(|service| service.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Service, typed, all)));
        };
        let customer = self.ticket()?.now.customer.clone();
        if let Some(customer) = &customer
            && desk.customer(&customer.address).is_some_and(|known| !known.is_offered(&service.name))
        {
            let offered = desk.services_of(&customer.address).map(|service| service.name.as_str()).collect();
            let (service, customer) = (service.name.as_str(), customer.called());
            return Err(self.say(&Say::NotOffered { service, customer, offered }));
        }
        let told = self.plain(Attribute::Service, Some(service.name.clone()), None)?;
        self.supervise(service.owner.clone());
        Ok(told)
    }

    pub(super) fn sla(&mut self, typed: Option<&str>) -> Result<String, String> {
        let desk = self.desk();
        let Some(typed) = typed else { return self.plain(Attribute::Sla, None, None) };
        let wanted = fold(typed);
        let Some(sla) = desk.slas.iter().find(|sla| fold(&sla.name) == wanted) else {
            let all = desk.slas.iter().map(|sla| sla.name.as_str()).collect();
            return Err(self.say(&unknown(Thing::Sla, typed, all)));
        };
        self.plain(Attribute::Sla, Some(sla.name.clone()), None)
    }

    /// `#time`: whoever may leave a note may say how long it took.
    pub(super) fn time(&mut self, minutes: i64) -> Result<String, String> {
        self.allowed(Right::Note)?;
        let before = self.ticket()?.booked;
        let after = before.saturating_add(minutes);
        if after < 0 {
            return Err(self.say(&Say::NotSoMuchBooked(&data::work(before))));
        }
        let change = self.set(Attribute::Booked, (after > 0).then(|| after.to_string()));
        Ok(self.told(change, &data::work(after)))
    }

    /// `#estimate`.
    pub(super) fn estimate(&mut self, minutes: Option<i64>) -> Result<String, String> {
        self.plain(Attribute::Estimate, minutes.map(|minutes| minutes.to_string()), None)
    }

    pub(super) fn tags(&mut self, add: &[String], remove: &[String]) -> Result<String, String> {
        self.allowed(Right::Priority)?;
        let mut told = Vec::new();
        for tag in add {
            if self.set(Attribute::Tag, Some(tag.clone())).is_some() {
                told.push(format!("+{tag}"));
            }
        }
        for tag in remove {
            if self.remove(Attribute::Tag, tag).is_some() {
                told.push(format!("-{tag}"));
            }
        }
        if told.is_empty() {
            let now: Vec<String> = self.ticket()?.now.tags.iter().cloned().collect();
            return Ok(self.say(&Say::Already(&now.join(", "))));
        }
        Ok(told.join(" "))
    }
}
