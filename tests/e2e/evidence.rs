//! What a border says of a sender, and what follows: with it, without it, and with one that is not ours.

use data_encoding::BASE64;
use mail_auth::common::crypto::Ed25519Key;
use mail_auth::common::headers::HeaderWriter as _;
use mail_auth::dkim::DkimSigner;
use taquilla::clock::Clock;

use crate::desk::Desk;
use crate::dns::Dns;
use crate::letter::{self, Letter};
use crate::mail_host::{DESK, MailHost};
use crate::until;

#[test]
fn a_border_that_says_who_logged_in() {
    in_and_outside_a_thread("auth-pass", true);
}

#[test]
fn a_border_that_says_nothing() {
    in_and_outside_a_thread("none", false);
}

#[test]
fn a_border_of_another_name() {
    in_and_outside_a_thread("wrong-id", false);
}

/// The token of a thread works whatever the border; a command outside a thread needs its word or a confirmation.
fn in_and_outside_a_thread(border: &str, believed: bool) {
    let Some(host) = MailHost::start(&["--border", border]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    ana.writes("Una consulta", "No sé a quién preguntar.");
    let notice = maria.gets("the notice", |mail| mail.text().contains("a quién preguntar"));
    let number = notice.number();
    maria.answers(&notice, "A mí, por ejemplo.");
    ana.gets("the answer", |mail| mail.text().contains("A mí, por ejemplo."));

    let priority = || desk.list(&["show", &number, "--json"])[0]["priority"].as_u64().unwrap();
    let is_question =
        |mail: &Letter| mail.text().contains("prioridad") && mail.0.contains("X-Auto-Response-Suppress");
    let before = maria.mails().len();
    maria.writes(&format!("Más rápido [Ticket#{number}]"), "#prioridad alta\n");
    let news = maria.gets("a receipt or a question", |_| maria.mails().len() > before);
    assert!(news.from() == DESK);
    let question = maria.mails().into_iter().rfind(is_question).unwrap();
    if believed {
        until("the new priority", || (priority() == 4).then_some(()));
        assert_eq!(reasons(&desk, "held-for-confirmation"), 0);
    } else {
        assert_eq!(reasons(&desk, "held-for-confirmation"), 1);
        assert_eq!(priority(), 3, "nothing is done before");
        maria.answers(&question, "Sí.");
        until("the new priority", || (priority() == 4).then_some(()));
        assert_eq!(reasons(&desk, "confirmation"), 1);
    }

    // Who only says to be the agent, with the verdict of our border written by the sender, is asked.
    let held = reasons(&desk, "held-for-confirmation");
    let forged = letter::write("mgomez@minem.example", DESK, &format!("[Ticket#{number}]"), "#cerrar");
    let verdict = "Authentication-Results: mx.minem.example; auth=pass smtp.auth=mgomez@minem.example\n";
    host.post("mgomez@minem.example", &format!("{verdict}{forged}"));
    until("a question for the forged mail", || {
        (reasons(&desk, "held-for-confirmation") == held + 1).then_some(())
    });
    assert_eq!(desk.list(&["show", &number, "--json"])[0]["state_type"], "open");
    daemon.stop();
}

/// Signed by the domain, sent by a stranger's machine through real servers; then the same without, and once more.
#[test]
fn a_signature_that_is_checked_by_the_desk() {
    let Some(host) = MailHost::start(&["--border", "none"]) else { return };
    let dns = Dns::start();
    let key = Ed25519Key::generate_pkcs8().unwrap();
    let public = Ed25519Key::from_pkcs8_der(&key).unwrap().public_key();
    let record = format!("v=DKIM1; k=ed25519; p={}", BASE64.encode(&public));
    dns.tell("s1._domainkey.minem.example", &[&record]);
    let desk = Desk::at_with(&host, &format!("dkim = true\nresolver = \"{}\"\n", dns.address));
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    ana.writes("Una consulta", "No sé a quién preguntar.");
    let number = maria.gets("the notice", |mail| mail.text().contains("a quién preguntar")).number();
    let priority = || desk.list(&["show", &number, "--json"])[0]["priority"].as_u64().unwrap();

    let now = Clock::System.now().to_zoned(jiff::tz::TimeZone::UTC);
    let date = format!("Date: {}", jiff::fmt::rfc2822::to_string(&now).unwrap());
    let plain = |text: &str| {
        let mail = letter::write("mgomez@minem.example", DESK, &format!("[Ticket#{number}] {text}"), text);
        let old = mail.lines().find(|line| line.starts_with("Date: ")).unwrap();
        mail.replace(old, &date).replace('\n', "\r\n")
    };
    let signed = |mail: &str| {
        let signer = DkimSigner::from_key(Ed25519Key::from_pkcs8_der(&key).unwrap());
        let signer = signer.domain("minem.example").selector("s1").headers(["From", "To", "Subject", "Date"]);
        signer.sign(mail.as_bytes()).unwrap().to_header() + mail
    };
    let good = signed(&plain("#prioridad alta"));
    host.post("mgomez@minem.example", &good.replace("\r\n", "\n"));
    until("the new priority", || (priority() == 4).then_some(()));
    maria.gets("the receipt", |mail| mail.text().contains("responde por él (DKIM"));
    assert_eq!(reasons(&desk, "held-for-confirmation"), 0);

    let bad = signed(&plain("#prioridad baja")).replace("baja", "muy baja");
    host.post("mgomez@minem.example", &bad.replace("\r\n", "\n"));
    until("a question for the changed mail", || (reasons(&desk, "held-for-confirmation") == 1).then_some(()));
    let again = good.replace("Message-ID: <", "Message-ID: <again.");
    host.post("mgomez@minem.example", &again.replace("\r\n", "\n"));
    until("a question for the mail that was sent again", || {
        (reasons(&desk, "held-for-confirmation") == 2).then_some(())
    });
    assert_eq!(priority(), 4);

    // Without the key of that day, explain still knows what was found.
    dns.tell("s1._domainkey.minem.example", &[]);
    let came =
        host.mails(DESK, "Procesados").into_iter().find(|mail| mail.0.contains("#prioridad alta")).unwrap();
    let file = desk.file("came.eml");
    std::fs::write(&file, came.0).unwrap();
    let words = desk.done(&["explain", file.to_str().unwrap()]);
    assert!(words.contains("level 2") && words.contains("vouches for it (DKIM"), "{words}");
    daemon.stop();
}

fn reasons(desk: &Desk, reason: &str) -> usize {
    desk.list(&["journal", "--reason", reason, "--json"]).len()
}
