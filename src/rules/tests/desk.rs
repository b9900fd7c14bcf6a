//! The desk, the ticket and the mail of the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::diagnostic::render_all;
use crate::desk::token::Keys;
use crate::desk::{
    Agent, Calendar, Customer, Desk, Hours, NewTicket, Priority, Queue, Right, Role, SenderKind, Service,
    Sla, StateType, Ticket, TicketId, TicketNumber,
};
use crate::mail::{Address, Attachment, Body, BodySource, Class, Classified, Digest, Header, Language, Mail};
use crate::rules::{Evaluated, Facts, RuleEvent, RuleSet};

pub(super) const TEMPLATES: [&str; 3] = ["rejected", "rule-notice", "vip"];

pub(super) fn desk() -> Desk {
    let mut desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
    desk.domains = vec!["minem.example".to_owned()];
    let queues = ["Mesa de Ayuda", "Soporte Técnico", "Sistemas", "Redes"];
    desk.queues = queues.map(Queue::named).to_vec();
    let services = ["Equipos::Impresoras", "Equipos::PC", "Correo", "Red::Internet"];
    desk.services = services.map(|name| Service { name: name.to_owned(), owner: None, queue: None }).to_vec();
    desk.agents = ["mgomez", "lrojas"]
        .map(|login| Agent {
            login: login.to_owned(),
            name: login.to_uppercase(),
            addresses: vec![format!("{login}@minem.example")],
            language: None,
            roles: Vec::new(),
            level: 1,
        })
        .to_vec();
    let rights = BTreeSet::from([Right::Read]);
    desk.roles = vec![Role { name: "redes".to_owned(), queues: Vec::new(), rights }];
    let hours = || vec![Hours::read("08:00-13:00").unwrap(), Hours::read("14:00-17:00").unwrap()];
    let week = std::array::from_fn(|day| if day < 5 { hours() } else { Vec::new() });
    let lima = TimeZone::get("America/Lima").unwrap();
    desk.calendars.extend(Calendar::new("oficina", lima, week, BTreeSet::new()));
    let week = std::array::from_fn(|_| vec![Hours::read("00:00-24:00").unwrap()]);
    desk.calendars.extend(Calendar::new("la sede sur", TimeZone::UTC, week, BTreeSet::new()));
    desk.slas = vec![Sla {
        name: "8 horas".to_owned(),
        first_response: Some(60),
        update: None,
        solution: Some(480),
        warning: None,
        calendar: None,
    }];
    desk.mailboxes = vec!["soporte".to_owned(), "alarmas".to_owned()];
    desk.customer_columns = ["floor", "site"].map(str::to_owned).into();
    desk.customers.insert("ana@minem.example".to_owned(), customer());
    desk
}

pub(super) fn customer() -> Customer {
    Customer {
        name: Some("Ana Quispe".to_owned()),
        department: Some("Logística".to_owned()),
        language: Some(Language::Es),
        services: Vec::new(),
        fields: BTreeMap::from([("floor".to_owned(), "7".to_owned()), ("site".to_owned(), String::new())]),
    }
}

pub(super) fn ticket() -> Ticket {
    Ticket {
        id: TicketId(1),
        now: NewTicket {
            number: TicketNumber::new("2013121610000137").unwrap(),
            title: "PC sin internet".to_owned(),
            queue: "Mesa de Ayuda".to_owned(),
            kind: "incident".to_owned(),
            service: Some("Equipos::PC".to_owned()),
            state: "pending reminder".to_owned(),
            state_type: StateType::PendingReminder,
            priority: Priority::NORMAL,
            locked: false,
            owner: None,
            responsible: Some("mgomez".to_owned()),
            customer: None,
            participants: Vec::new(),
            language: Language::Es,
            level: "0".to_owned(),
            tags: BTreeSet::from(["vip".to_owned()]),
            fields: BTreeMap::from([
                ("piso".to_owned(), "3".to_owned()),
                ("entrega".to_owned(), "2026-12-01".to_owned()),
            ]),
            created: now() - jiff::SignedDuration::from_hours(50),
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

pub(super) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(super) fn mail() -> Mail {
    let raw: Arc<[u8]> = vec![b'x'; 3000].into();
    let file = |name: &str, kind: &str, size: usize| Attachment {
        name: name.to_owned(),
        content_type: kind.to_owned(),
        content_id: None,
        inline: false,
        digest: Digest::of(name.as_bytes()),
        content: vec![0; size].into(),
    };
    let header = |name: &str, value: &str| Header { name: name.to_owned(), value: value.to_owned() };
    Mail {
        digest: Digest::of(&raw),
        raw,
        headers: vec![
            header("X-Priority", "1"),
            header("Received", "from a.example"),
            header("Received", "from b.example"),
            header("X-Empty", ""),
        ],
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        from: Some(Address::named("Ana Quispe Ñahui", "Ana@minem.example")),
        reply_to: Vec::new(),
        to: vec![Address::named("Mesa", "soporte@minem.example"), Address::bare("jefe@other.example")],
        cc: Vec::new(),
        return_path: None,
        subject: "URGENTE: La Impresora no imprime [srv-01] CRITICAL".to_owned(),
        date: Some("2026-11-20T09:00:00Z".parse().unwrap()),
        body: Body {
            source: BodySource::Plain,
            text: "Buenas tardes, no hay tóner.\nPiso: 3\n> Gracias por su correo\n".into(),
            new_text: "Buenas tardes, no hay tóner.\nPiso: 3\n".to_owned(),
            quoted_text: "> Gracias por su correo\n".to_owned(),
            html_new_text: None,
        },
        language: Some(Language::Es),
        attachments: vec![
            file("Captura de pantalla.png", "image/png", 10_000),
            file("nota.pdf", "application/pdf", 300),
        ],
        defects: Vec::new(),
    }
}

/// What the rules are asked about; [`World::ask`] asks.
pub(super) struct World {
    pub(super) mail: Mail,
    pub(super) class: Class,
    pub(super) event: RuleEvent,
    pub(super) ticket: Option<Ticket>,
    pub(super) customer: Option<Customer>,
    pub(super) text_limit: usize,
    pub(super) work_limit: usize,
    pub(super) told: bool,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            mail: mail(),
            class: Class::Person,
            event: RuleEvent::New,
            ticket: Some(ticket()),
            customer: Some(customer()),
            text_limit: 64 * 1024,
            work_limit: usize::MAX,
            told: true,
        }
    }

    pub(super) fn ask(&self, rules: &RuleSet) -> Evaluated {
        let classified =
            Classified { class: self.class, evidence: Vec::new(), bounce: None, no_answer: false };
        rules.evaluate(&Facts {
            mail: &self.mail,
            classified: &classified,
            event: self.event,
            sender: SenderKind::Customer,
            authentication: "pass",
            mailbox: "soporte",
            ticket: self.ticket.as_ref(),
            customer: self.customer.as_ref(),
            text_limit: self.text_limit,
            work_limit: self.work_limit,
            now: now(),
            told: self.told,
        })
    }
}

/// Reads one file, which has to be right.
pub(super) fn rules(text: &str) -> RuleSet {
    try_rules(text).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

pub(super) fn try_rules(text: &str) -> Result<RuleSet, String> {
    RuleSet::read(&[("10-test.toml".to_owned(), text.to_owned())], &desk(), &TEMPLATES)
        .map_err(|mistakes| render_all(&mistakes, false))
}
