//! The worker against Postfix.

use std::sync::Arc;

use jiff::SignedDuration;
use taquilla::config::mailbox::Tls;
use taquilla::config::smtp::SmtpSettings;
use taquilla::outbound::outbox::Condition;

use crate::outbox::{Memory, drain, settings};
use crate::peers::postfix::Postfix;

#[tokio::test]
async fn what_arrives_is_what_was_sent() {
    let Some(postfix) = Postfix::start(&["localhost"]) else { return };
    let outbox = Arc::new(Memory::default());
    let content = "Subject: x\r\nMessage-ID: <1@minem.example>\r\n\r\n.\r\n.a\r\n..\r\nlast line\r\n";
    let [tls, starttls] = [Tls::Implicit, Tls::StartTls].map(|tls| SmtpSettings {
        host: "localhost".into(),
        tls,
        ca_file: Some(postfix.certificate.authority.clone()),
        ..settings(if tls == Tls::Implicit { postfix.tls_port } else { postfix.port })
    });
    for settings in [&tls, &starttls] {
        let id = outbox.put("ana@minem.example", content.as_bytes(), SignedDuration::ZERO);
        let drained = drain(settings.clone(), &outbox).await;
        assert_eq!((drained.trouble, outbox.state(id)), (None, "accepted"), "{}", postfix.log());
        assert!(outbox.notes(id)[1].contains("queued as"), "{:?}", outbox.notes(id));
    }
    let arrived = postfix.delivered("ana", 2);
    assert_eq!(arrived.len(), 2, "{}", postfix.log());
    let sent = content.replace("\r\n", "\n");
    let (head, body) = sent.split_once("\n\n").unwrap();
    for mail in &arrived {
        assert!(mail.ends_with(&format!("\n\n{body}")), "{mail}");
        assert!(head.lines().all(|line| mail.contains(line)) && mail.contains("Return-Path: <>"), "{mail}");
    }

    // A user that is not there, a mail that is too large, a domain that is not Postfix's: each its own answer.
    let unknown = outbox.put("eva@minem.example", b"x\r\n", SignedDuration::ZERO);
    let large = "y".repeat(70) + "\r\n";
    let large = outbox.put("ana@minem.example", large.repeat(20_000).as_bytes(), SignedDuration::ZERO);
    let foreign = outbox.put("ana@elsewhere.example", b"x\r\n", SignedDuration::ZERO);
    drain(starttls, &outbox).await;
    let ended = |id| (outbox.state(id), outbox.notes(id).pop().unwrap());
    let (state, why) = ended(unknown);
    assert!(state == "failed" && why.starts_with("550 5.1.1"), "{state} {why}");
    let (state, why) = ended(large);
    assert!(state == "failed" && why.starts_with("552 5.3.4"), "{state} {why}");
    let (state, why) = ended(foreign);
    assert!(state == "pending" && why.contains("Relay access denied"), "{state} {why}");
    let reports = outbox.reports.lock().unwrap().clone();
    assert!(
        matches!(&reports[0], Condition::Refused(why) if why.contains("Relay access denied")),
        "{reports:?}"
    );
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let Some(postfix) = Postfix::start(&["mx.minem.example"]) else { return };
    let outbox = Arc::new(Memory::default());
    let id = outbox.put_one();
    let settings = SmtpSettings {
        host: "localhost".into(),
        tls: Tls::StartTls,
        ca_file: Some(postfix.certificate.authority.clone()),
        ..settings(postfix.port)
    };
    let drained = drain(settings, &outbox).await;
    let why = drained.trouble.unwrap();
    assert!(why.contains("certificate is for mx.minem.example, and not for localhost"), "{why}");
    assert_eq!(outbox.state(id), "pending");
}
