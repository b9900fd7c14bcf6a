//! Whether closing a ticket asks its customer.

use crate::desk::{Desk, StateType, Ticket};
use crate::mail::Address;

/// Local parts behind which nobody reads.
const NOBODY: [&str; 8] = [
    "noreply",
    "no-reply",
    "no_reply",
    "donotreply",
    "do-not-reply",
    "mailer-daemon",
    "postmaster",
    "bounce",
];

/// Whether the customer of a ticket that was just closed is asked; `closed_by` is the login of the agent who
/// closed it, absent for timers and customers.
///
/// Sampling, frequency and a silent closing are the caller's business.
///
/// # Errors
/// Why not, in words for the trace.
pub fn should_ask(ticket: &Ticket, closed_by: Option<&str>, desk: &Desk) -> Result<(), String> {
    let now = &ticket.now;
    let queue = desk.queue(&now.queue);
    if !desk.survey.enabled {
        return Err("surveys are turned off".to_owned());
    }
    if queue.is_some_and(|queue| !queue.survey) {
        return Err(format!("queue \"{}\" asks nobody", now.queue));
    }
    if now.state_type != StateType::Closed {
        return Err(format!("the ticket is {}, not closed", now.state_type.word()));
    }
    let customer = now.customer.as_ref().ok_or("the ticket has no customer")?;
    if let Some(why) = unreadable(customer, desk) {
        return Err(format!("{} {why}", customer.address));
    }
    let own = |login: &str| desk.agent(login).is_some_and(|agent| agent.has_address(&customer.address));
    if closed_by.is_some_and(own) {
        return Err("the customer closed it as agent".to_owned());
    }
    if now.responsible.as_deref().is_some_and(own) {
        return Err("the customer attended it as agent".to_owned());
    }
    Ok(())
}

fn unreadable(customer: &Address, desk: &Desk) -> Option<&'static str> {
    let local = customer.local().to_lowercase();
    if customer.domain().is_empty() || local.is_empty() {
        Some("is no address")
    } else if desk.is_own(&customer.address) {
        Some("is the desk itself")
    } else if NOBODY.iter().any(|nobody| local == *nobody || local.starts_with(&format!("{nobody}+"))) {
        Some("is read by nobody")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::desk::token::Keys;
    use crate::desk::{Agent, NewTicket, Priority, Queue, SurveySettings, TicketId, TicketNumber};
    use crate::mail::Language;

    fn desk() -> Desk {
        let agent = |login: &str| Agent {
            login: login.to_owned(),
            name: login.to_owned(),
            addresses: vec![format!("{login}@minem.example")],
            language: None,
            roles: Vec::new(),
            level: 0,
        };
        let quiet = Queue { survey: false, ..Queue::named("Quiet") };
        Desk {
            agents: vec![agent("gomez"), agent("rojas")],
            queues: vec![Queue::named("Help desk"), quiet],
            ..Desk::empty(Keys::new(Vec::new()))
        }
    }

    fn ticket(customer: Option<&str>) -> Ticket {
        Ticket {
            id: TicketId(1),
            now: NewTicket {
                number: TicketNumber::new("1000007").unwrap(),
                title: "x".into(),
                queue: "Help desk".into(),
                kind: "incident".into(),
                service: None,
                state: "closed successful".into(),
                state_type: StateType::Closed,
                priority: Priority::NORMAL,
                locked: false,
                owner: None,
                responsible: None,
                customer: customer.map(Address::bare),
                participants: Vec::new(),
                language: Language::Es,
                level: "0".into(),
                tags: BTreeSet::new(),
                fields: BTreeMap::new(),
                created: "2026-11-23T15:00:00Z".parse().unwrap(),
            },
            sla: None,
            pending_until: None,
            closed_at: None,
            watchers: BTreeSet::new(),
            thread: Vec::new(),
            merged_into: None,
            estimate: None,
            booked: 0,
            links: std::collections::BTreeSet::new(),
            suppliers: Vec::new(),
        }
    }

    #[test]
    fn who_is_asked() {
        let ask = |customer: Option<&str>, by: Option<&str>| should_ask(&ticket(customer), by, &desk());
        assert_eq!(ask(Some("ana@minem.example"), Some("gomez")), Ok(()));
        assert_eq!(ask(Some("ana@minem.example"), None), Ok(()));
        assert_eq!(
            ask(Some("Rojas@minem.example"), Some("gomez")),
            Ok(()),
            "an agent with a broken computer"
        );
        let refused = [
            (None, "the ticket has no customer"),
            (Some("GOMEZ@minem.example"), "the customer closed it as agent"),
            (Some("helpdesk@localhost"), "helpdesk@localhost is the desk itself"),
            (Some("noreply@shop.example"), "noreply@shop.example is read by nobody"),
            (Some("bounce+7@shop.example"), "bounce+7@shop.example is read by nobody"),
            (Some("Ana"), "Ana is no address"),
            (Some("@minem.example"), "@minem.example is no address"),
        ];
        for (customer, why) in refused {
            assert_eq!(ask(customer, Some("gomez")), Err(why.to_owned()));
        }
    }

    #[test]
    fn when_nobody_is_asked() {
        let good = ticket(Some("ana@minem.example"));
        let off = Desk { survey: SurveySettings { enabled: false }, ..desk() };
        assert_eq!(should_ask(&good, None, &off), Err("surveys are turned off".to_owned()));
        let change = |set: &dyn Fn(&mut NewTicket)| {
            let mut other = good.clone();
            set(&mut other.now);
            should_ask(&other, Some("gomez"), &desk()).unwrap_err()
        };
        assert_eq!(change(&|now| now.queue = "Quiet".into()), "queue \"Quiet\" asks nobody");
        assert_eq!(change(&|now| now.state_type = StateType::Open), "the ticket is open, not closed");
        assert_eq!(change(&|now| now.state_type = StateType::Merged), "the ticket is merged, not closed");
        let own = change(&|now| {
            now.customer = Some(Address::bare("rojas@minem.example"));
            now.responsible = Some("rojas".into());
        });
        assert_eq!(own, "the customer attended it as agent");
    }
}
