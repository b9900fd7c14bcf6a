//! The desk of the examples, as rules need it.

use std::collections::{BTreeMap, BTreeSet};

use taquilla::desk::token::Keys;
use taquilla::desk::{Agent, Customer, Desk, Queue, Role, Service};

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
    let fields = BTreeMap::from([("piso".to_owned(), "7".to_owned())]);
    desk.customers.insert("ana@minem.example".to_owned(), Customer { fields, ..Customer::default() });
    desk
}
