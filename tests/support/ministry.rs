//! The desk of the examples, as rules need it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use taquilla::desk::token::Keys;
use taquilla::desk::{
    Agent, Calendar, Customer, Desk, Hours, OtherNumbers, Queue, Role, Service, Sla, Supplier,
};

/// Templates that rules may name.
pub(crate) const TEMPLATES: [&str; 2] = ["rejected", "rule-notice"];

/// Queues, services, agents and a customer of a ministry.
pub(crate) fn ministry() -> Desk {
    let mut desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
    desk.queues = ["Mesa de Ayuda", "Soporte Técnico", "Sistemas", "Redes"].map(Queue::named).to_vec();
    let services = ["Equipos::Impresoras", "Equipos::PC", "Correo", "Red::Internet", "Sistemas::SIAF"];
    desk.services = services.map(|name| Service { name: name.to_owned(), owner: None, queue: None }).to_vec();
    let agent = |login: &str| Agent {
        login: login.to_owned(),
        name: login.to_owned(),
        addresses: vec![format!("{login}@minem.example")],
        language: None,
        roles: Vec::new(),
        level: 1,
    };
    desk.agents = ["mgomez", "lrojas", "jperez", "csalas"].map(agent).to_vec();
    desk.roles = vec![Role { name: "redes".to_owned(), queues: Vec::new(), rights: BTreeSet::new() }];
    let hours = || Hours::read("08:00-17:00").into_iter().collect();
    let week = std::array::from_fn(|day| if day < 5 { hours() } else { Vec::new() });
    desk.calendars.extend(Calendar::new("oficina", TimeZone::UTC, week, BTreeSet::new()));
    let sla = |name: &str| Sla {
        name: name.to_owned(),
        first_response: Some(60),
        update: None,
        solution: Some(480),
        warning: None,
        calendar: None,
    };
    desk.slas = ["8 horas", "Alta Dirección"].map(sla).to_vec();
    desk.suppliers.push(Supplier {
        name: "Suministros Andinos".to_owned(),
        addresses: vec!["soporte@andinos.example".to_owned()],
        language: None,
        remind: None,
        numbers: OtherNumbers::default(),
    });
    desk.mailboxes = vec!["soporte".to_owned()];
    desk.customer_columns = ["piso", "anexo"].map(str::to_owned).into();
    let fields = BTreeMap::from([("piso".to_owned(), "7".to_owned())]);
    desk.customers.insert("ana@minem.example".to_owned(), Customer { fields, ..Customer::default() });
    desk
}
