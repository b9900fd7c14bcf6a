//! Golden mails: each `fixtures/mail/<topic>/<what-is-special>.eml` has its decision in words beside it.
//!
//! The desk is `examples/ministry`, rules included. A `.given` beside the mail says what the desk knows already: the
//! time, tickets, what was sent. In mail and outcome, `@TOKEN thread ADDRESS NUMBER@` stands for a genuine token.
//! `TAQUILLA_REWRITE=1 cargo test --test golden` writes the outcomes anew; read the diff.

mod support;

use std::fmt::Write as _;
use std::path::Path;

use support::golden::{Given, house, tokens_filled};
use taquilla::decide::{Event, Proof, decide, lookup};
use taquilla::mail::Mail;
use taquilla::pipeline::{House, Letter, read};
use taquilla::store::Origin;

/// The decision about a mail, with what was read of it in front.
fn outcome(raw: Vec<u8>, given: &Given, house: &House) -> String {
    let proof = given.level.map_or(Proof::None, Proof::Supposed);
    let letter = Letter {
        queue: house.queue_of("soporte"),
        ..Letter::of(raw.into(), "soporte", Origin::Deliver(None))
    };
    let (event, _) = read(letter, proof, house);
    let keys = lookup(&event, &house.policy.desk, given.now);
    let context = given.context(&keys);
    let decision = decide(&event, &context, &house.policy, &given.chance());
    let Event::Mail(incoming) = &event else { panic!("a mail") };
    let mut text = String::new();
    let class = &incoming.classified;
    writeln!(text, "class: {}", class.class).unwrap();
    for evidence in &class.evidence {
        writeln!(text, "  because {evidence}").unwrap();
    }
    write_mail(&mut text, &incoming.mail);
    writeln!(text, "{decision}").unwrap();
    text
}

fn write_mail(text: &mut String, mail: &Mail) {
    let from = mail.from.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
    writeln!(text, "from: {from}\nsubject: {}", mail.subject).unwrap();
    for line in mail.body.new_text.lines() {
        writeln!(text, "{}", format!("new text: {line}").trim_end()).unwrap();
    }
    for file in &mail.attachments {
        writeln!(text, "attachment: {} ({}, {} bytes)", file.name, file.content_type, file.content.len())
            .unwrap();
    }
    for defect in &mail.defects {
        writeln!(text, "defect: {defect}").unwrap();
    }
}

#[test]
fn every_mail_has_its_outcome() {
    let house = house();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail");
    let mut wrong = Vec::new();
    let mails = support::files(&root, "eml");
    for path in &mails {
        let given = Given::beside(path, &house);
        let raw = tokens_filled(&std::fs::read(path).unwrap(), &house, given.now);
        let lf = String::from_utf8_lossy(&raw).contains('\u{fffd}').then(|| raw.clone());
        let lf = lf.unwrap_or_else(|| String::from_utf8_lossy(&raw).replace("\r\n", "\n").into_bytes());
        let crlf: Vec<u8> = lf.split(|octet| *octet == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        let (got, other) = (outcome(lf, &given, &house), outcome(crlf, &given, &house));
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        if got != other {
            wrong.push(format!("{name}: LF and CRLF differ\n{}", support::diff(&got, &other)));
        }
        if let Some(problem) = support::compare(&path.with_extension("outcome"), &got) {
            wrong.push(format!("{name}: {problem}"));
        }
    }
    assert!(mails.len() >= 40, "only {} golden mails", mails.len());
    assert!(wrong.is_empty(), "{} outcomes differ:\n{}", wrong.len(), wrong.join("\n"));
}
