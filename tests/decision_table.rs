//! The decision table: every combination of class, match, sender evidence, ticket state and command, in one text
//! file. A change of policy is a readable diff of `tests/decision_table.txt`; `TAQUILLA_REWRITE=1` writes it anew.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test says what is wrong by failing"
)]

mod support;

use std::fmt::Write as _;
use std::path::Path;

use support::golden::{Given, house};
use taquilla::decide::{Decision, Effect, Event, Incoming, Proof, decide, lookup};
use taquilla::desk::token::{self, Use};
use taquilla::desk::{Attribute, TicketNumber};
use taquilla::mail::{Bounce, BounceAction, Class};
use taquilla::pipeline::{House, Letter, read};
use taquilla::rules::RuleSet;
use taquilla::store::Origin;

const NUMBER: &str = "2026030110000014";

/// Where the mail points: (name, the ticket's state and days since closing, whether it names the ticket).
const MATCHES: [(&str, &str, i64, bool); 8] = [
    ("no ticket", "open", 0, false),
    ("new ticket's", "new", 0, true),
    ("open ticket's", "open", 0, true),
    ("pending ticket's", "pending reminder", 0, true),
    ("auto-pending ticket's", "pending auto close+", 0, true),
    ("closed 1 day", "closed successful", 1, true),
    ("closed 60 days", "closed successful", 60, true),
    ("removed ticket's", "removed", 0, true),
];

/// Who wrote it: (name, address, level supposed, carries the token of the address).
const SENDERS: [(&str, &str, Option<u8>, bool); 6] = [
    ("customer, token", "ana.torres@minem.example", None, true),
    ("customer, no token", "ana.torres@minem.example", None, false),
    ("stranger", "eve@evil.example", None, false),
    ("agent level 1", "mgomez@minem.example", Some(1), false),
    ("agent level 2, token", "mgomez@minem.example", Some(2), true),
    ("agent level 3, token", "mgomez@minem.example", Some(3), true),
];

const COMMANDS: [(&str, &str); 10] = [
    ("text", "Una línea de texto.\n"),
    ("thanks", "Gracias\n"),
    ("close", "#close\n"),
    ("close+text", "#close\nResuelto.\n"),
    ("note", "#note\nUna nota.\n"),
    ("reopen", "#reopen\n"),
    ("mistake", "#clse\nTexto.\n"),
    ("dry close", "#dry\n#close\n"),
    ("split+text", "#split\nOtro asunto.\n"),
    ("undo", "#undo\n"),
];

fn summary(decision: &Decision) -> String {
    let mut words: Vec<String> = Vec::new();
    for effect in &decision.effects {
        let word = match effect {
            Effect::Create { .. } => "create".to_owned(),
            Effect::Article { article, .. } => {
                format!("{} article", if article.visible { "visible" } else { "internal" })
            }
            Effect::Set { change, .. } if matches!(change.attribute, Attribute::Link(_)) => "link".to_owned(),
            Effect::Set { change, .. } => {
                format!("{}={}", change.attribute, change.after.as_deref().unwrap_or("-"))
            }
            Effect::Note { .. } => continue,
            Effect::Past { .. } => "past".to_owned(),
            Effect::Erase { .. } => "erase".to_owned(),
            Effect::Timer { kind, .. } => format!("timer {}", kind.word()),
            Effect::CancelTimer { .. } => continue,
            Effect::Notify(notice) => {
                let who = if notice.to.address.contains("ana.") || notice.to.address.contains("eve@") {
                    "C"
                } else {
                    "A"
                };
                format!("{}>{who}", notice.template)
            }
            Effect::Hold { .. } => "hold".to_owned(),
            Effect::Release { .. } => "release".to_owned(),
            Effect::AskSurvey { .. } => "ask survey".to_owned(),
            Effect::WithdrawSurvey { .. } => "take survey back".to_owned(),
            Effect::AnswerSurvey { .. } => "answer survey".to_owned(),
            Effect::Undoable { .. } => continue,
            Effect::Undo { .. } => "undo".to_owned(),
            Effect::DropMail { .. } => "drop mail".to_owned(),
            Effect::Withdraw { .. } => "withdraw".to_owned(),
            Effect::Quarantine { .. } => "quarantine".to_owned(),
            Effect::Park { .. } => "park".to_owned(),
        };
        if words.last().is_none_or(|last| *last != word) {
            words.push(word);
        }
    }
    format!("{}: {}", decision.reason, words.join(", ")).trim_end_matches([':', ' ']).to_owned()
}

fn given(house: &House, state: &str, days: i64) -> Given {
    let text = format!(
        "[[ticket]]\nnumber = \"{NUMBER}\"\ntitle = \"Pc sin internet\"\nstate = \"{state}\"\nclosed_days = {days}\n\
         customer = \"Ana Torres <ana.torres@minem.example>\"\nresponsible = \"mgomez\"\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("row.given");
    std::fs::write(&path, text).unwrap();
    Given::beside(&path, house)
}

fn mail(
    house: &House,
    given: &Given,
    sender: (&str, &str, Option<u8>, bool),
    names: bool,
    text: &str,
) -> Incoming {
    let (_, address, level, holds) = sender;
    let number = TicketNumber::new(NUMBER).unwrap();
    let token = token::issue(&house.policy.desk.keys, Use::Thread, &number, address, given.now).unwrap();
    let thread =
        if names && holds { format!("In-Reply-To: <{token}.x@minem.example>\n") } else { String::new() };
    let subject =
        if names { format!("Re: [Ticket#{NUMBER}] Pc sin internet") } else { "Impresora".to_owned() };
    let raw = format!(
        "From: <{address}>\nTo: <soporte@minem.example>\nMessage-ID: <m1@x>\nDate: Mon, 2 Mar 2026 09:00:00 -0500\n\
         {thread}Subject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    );
    let proof = level.map_or(Proof::None, Proof::Supposed);
    let (event, _) =
        read(Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None)), proof, house);
    let Event::Mail(incoming) = event else { panic!("a mail") };
    *incoming
}

fn decided(house: &House, given: &Given, incoming: Incoming) -> Decision {
    let event = Event::Mail(Box::new(incoming));
    let keys = lookup(&event, &house.policy, given.now);
    decide(&event, &given.context(&keys), &house.policy, &given.chance())
}

#[test]
fn the_table_is_as_agreed() {
    // Rules are another table: here is what happens without any.
    let mut house = house();
    house.policy.rules = RuleSet::none();
    let mut table = String::new();
    for class in Class::ALL {
        let written = matches!(class, Class::Person | Class::SurveyAnswer);
        for (place, state, days, names) in MATCHES {
            let given = given(&house, state, days);
            for sender in SENDERS {
                for (name, text) in COMMANDS {
                    // Only persons give commands; for programs one row stands for all texts.
                    if !written && name != "text" && name != "close" {
                        continue;
                    }
                    let mut incoming = mail(&house, &given, sender, names, text);
                    incoming.classified.class = class;
                    incoming.classified.bounce = (class == Class::Bounce).then(|| Bounce {
                        action: BounceAction::Failed,
                        status: Some("5.1.1".to_owned()),
                        recipient: Some("ana.torres@minem.example".to_owned()),
                        diagnostic: None,
                        original_message_id: None,
                    });
                    let decision = decided(&house, &given, incoming);
                    writeln!(table, "{class} | {place} | {} | {name} | {}", sender.0, summary(&decision))
                        .unwrap();
                    check_invariants(class, sender, &decision);
                }
            }
        }
    }
    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decision_table.txt");
    let problem = support::compare(&expected, &table);
    assert!(problem.is_none(), "{}", problem.unwrap());
}

/// What must hold in every row, whatever the table says.
fn check_invariants(class: Class, sender: (&str, &str, Option<u8>, bool), decision: &Decision) {
    let lacking = support::lacking(decision);
    assert!(lacking.is_empty(), "{class} {}: {lacking:?}", sender.0);
    let to_customer = decision.notices().filter(|notice| notice.to.address.contains("ana."));
    if !matches!(class, Class::Person | Class::SurveyAnswer) {
        assert_eq!(
            to_customer.count(),
            0,
            "nothing automatic answers anything automatic: {class} {}",
            sender.0
        );
        assert!(decision.trace.commands.is_empty(), "programs give no commands: {class} {}", sender.0);
    }
    if sender.2 == Some(1) && matches!(class, Class::Person) {
        let touched = decision.effects.iter().any(|effect| {
            matches!(
                effect,
                Effect::Set { .. }
                    | Effect::Article { .. }
                    | Effect::Create { .. }
                    | Effect::AskSurvey { .. }
            )
        });
        assert!(!touched, "nothing unproved is executed: {decision}");
    }
    if sender.0 == "stranger" {
        let touched = decision.effects.iter().any(|effect| match effect {
            // That a new ticket belongs to it may stand in its history.
            Effect::Set { change, .. } if matches!(change.attribute, Attribute::Link(_)) => false,
            Effect::Set { ticket, .. } | Effect::Article { ticket, .. } => {
                matches!(ticket, taquilla::desk::TicketRef::Existing(_))
            }
            _ => false,
        });
        let program = matches!(class, Class::Bounce | Class::AutoReply | Class::Complaint);
        assert!(!touched || program, "a stranger changed a ticket: {decision}");
    }
}
