//! The names that other people's scripts rely on.

use serde_json::Value;

use crate::desk::{Desk, Login};
use crate::letter;
use crate::mail_host::DESK;
use crate::peers::smtp_sink::Sink;

const TICKET: [&str; 12] = [
    "number",
    "title",
    "queue",
    "type",
    "service",
    "state",
    "priority",
    "owner",
    "responsible",
    "lock",
    "customer",
    "created",
];

#[test]
fn listings_have_the_fields_that_scripts_rely_on() {
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[], &Login::plain(sink.port));
    let first = letter::write("aquispe@minem.example", DESK, "La impresora no imprime", "Piso 4.");
    assert!(desk.deliver(&first).status.success());
    let nameless = "From: Eva <eva@world.example>\nTo: soporte@minem.example\nSubject: Hola\n\nSin nombre.\n";
    assert!(desk.deliver(nameless).status.success());

    let tickets = desk.list(&["tickets", "--json"]);
    assert_eq!(tickets.len(), 2);
    has(&tickets[0], &TICKET);
    has(&tickets[0], &["age"]);
    assert_eq!(tickets[0]["queue"], "Soporte Técnico");
    assert_eq!(tickets[0]["service"], "Equipos::Impresoras");
    assert_eq!((&tickets[0]["priority"], &tickets[0]["lock"]), (&Value::from(3), &Value::from("unlock")));
    let number = tickets[0]["number"].as_str().unwrap();

    let shown = desk.list(&["show", number, "--json"]).remove(0);
    has(&shown, &TICKET);
    has(&shown, &["age", "articles", "history", "timers", "links"]);
    let article = &shown["articles"][0];
    has(article, &["message_id", "channel", "sender", "visible", "from", "to", "subject", "text"]);
    has(article, &["attachments", "created"]);
    assert_eq!(article["text"].as_str().unwrap().trim(), "Piso 4.");

    let journal = desk.list(&["journal", "--json"]);
    assert_eq!(journal.len(), 2, "a row also for the mail without Message-ID");
    for row in &journal {
        has(row, &["at", "mailbox", "folder", "uidvalidity", "uid", "message_id", "reason", "ticket"]);
    }
    assert_eq!(
        (&journal[0]["reason"], journal[0]["ticket"].as_str()),
        (&Value::from("new-ticket"), Some(number))
    );
    assert_eq!(journal[1]["message_id"], Value::Null);

    let outbox = desk.list(&["outbox", "list", "--json"]);
    for row in &outbox {
        has(row, &["id", "message_id", "ticket", "to", "subject", "state", "attempts", "next_attempt"]);
    }
    let to_customer: Vec<&Value> = outbox.iter().filter(|row| row["to"] == "aquispe@minem.example").collect();
    assert_eq!(to_customer.len(), 1, "each new ticket is answered once");

    // Ended while the server was being given a mail: a second copy is possible, and listed for good.
    let mut crashing = desk.command(&["run", "--once"]);
    assert!(!crashing.env("TAQUILLA_CRASH", "data-sent").status().unwrap().success());
    desk.run_once();
    assert!(desk.list(&["outbox", "list", "--json"]).is_empty());
    let audit = desk.list(&["audit", "--json"]);
    assert!(!audit.is_empty());
    for row in &audit {
        has(row, &["message_id", "ticket", "to", "state", "at"]);
        assert_eq!(row["state"], "accepted");
    }
    let status = desk.list(&["status", "--json"]).remove(0);
    has(&status, &["tickets", "outbox", "in_doubt", "held", "quarantine", "timers", "mailboxes"]);
    assert_eq!(status["in_doubt"], Value::from(audit.len()));
}

/// The field is there, whatever its value.
fn has(object: &Value, fields: &[&str]) {
    let object = object.as_object().unwrap();
    for field in fields {
        assert!(object.contains_key(*field), "no {field} in {object:?}");
    }
}
