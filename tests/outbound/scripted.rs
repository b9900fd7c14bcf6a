//! What a server may say that smtp-sink does not: logins, TLS, odd replies, refused senders.

use std::sync::Arc;

use data_encoding::BASE64;
use jiff::SignedDuration;
use taquilla::config::mailbox::Tls;
use taquilla::config::secret::SecretSource;
use taquilla::config::smtp::{SenderPolicy, SmtpSettings};
use taquilla::desk::EnvelopeSender;
use taquilla::outbound::outbox::Condition;
use taquilla::outbound::smtp::{Outgoing, Session};

use crate::outbox::{Memory, drain, settings};
use crate::peers::certificate;
use crate::server::{Answers, Secure, Server};

fn with_login(port: u16, secret: SecretSource) -> SmtpSettings {
    SmtpSettings { user: Some("soporte@minem.example".into()), secret: Some(secret), ..settings(port) }
}

fn password() -> SecretSource {
    SecretSource::Password("secreto".into())
}

fn token() -> SecretSource {
    SecretSource::Command(vec!["echo".into(), "tok".into()])
}

#[tokio::test]
async fn the_three_logins() {
    let plain: Answers = |line| line.starts_with("AUTH").then_some(b"235 ok\r\n");
    let server = Server::start(Secure::Never, plain).await;
    Session::open(&with_login(server.port, password())).await.unwrap();
    let answer = BASE64.encode(b"\0soporte@minem.example\0secreto");
    assert!(server.lines().contains(&format!("AUTH PLAIN {answer}")));

    let login: Answers = |line| match line {
        line if line.starts_with("EHLO") => Some(b"250-test\r\n250 AUTH LOGIN\r\n"),
        "AUTH LOGIN" => Some(b"334 VXNlcm5hbWU6\r\n"),
        "c29wb3J0ZUBtaW5lbS5leGFtcGxl" => Some(b"334 UGFzc3dvcmQ6\r\n"),
        "c2VjcmV0bw==" => Some(b"235 ok\r\n"),
        _ => Some(b"535 no\r\n"),
    };
    let server = Server::start(Secure::Never, login).await;
    Session::open(&with_login(server.port, password())).await.unwrap();

    let server = Server::start(Secure::Never, plain).await;
    Session::open(&with_login(server.port, token())).await.unwrap();
    let answer = BASE64.encode(b"user=soporte@minem.example\x01auth=Bearer tok\x01\x01");
    assert!(server.lines().contains(&format!("AUTH XOAUTH2 {answer}")));
}

#[tokio::test]
async fn refused_logins_keep_the_mails_and_are_told_once() {
    let cases: [(Answers, SecretSource, &str); 4] = [
        (
            |line| line.starts_with("AUTH").then_some(b"535 5.7.8 bad password\r\n"),
            password(),
            "535 5.7.8 bad password",
        ),
        (
            // The reason comes as a challenge; an empty answer gets the refusal.
            |line| match line {
                "" => Some(b"535 5.7.3 Authentication unsuccessful\r\n"),
                line if line.starts_with("AUTH") => Some(b"334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
                _ => None,
            },
            token(),
            "535 5.7.3 Authentication unsuccessful",
        ),
        (|line| line.starts_with("EHLO").then_some(b"250 test\r\n"), password(), "no login with a password"),
        (|_| None, SecretSource::File("/nowhere/smtp".into()), "/nowhere/smtp cannot be read"),
    ];
    for (answers, secret, words) in cases {
        let server = Server::start(Secure::Never, answers).await;
        let outbox = Arc::new(Memory::default());
        let ids = [outbox.put_one(), outbox.put_one()];
        let drained = drain(with_login(server.port, secret), &outbox).await;
        assert!(drained.trouble.unwrap().contains(words));
        assert!(ids.iter().all(|id| outbox.state(*id) == "pending"));
        let reports = outbox.reports.lock().unwrap().clone();
        assert!(matches!(&reports[..], [Condition::Refused(why)] if why.contains(words)), "{reports:?}");
        assert!(!format!("{reports:?} {:?}", outbox.notes(ids[0])).contains("secreto"));
    }
}

#[tokio::test]
async fn tls_from_the_start_and_after_starttls() {
    for (tls, names, trouble) in [
        (Tls::Implicit, "localhost", None),
        (Tls::StartTls, "localhost", None),
        (Tls::Implicit, "other.example", Some("certificate is for other.example, and not for localhost")),
        (Tls::StartTls, "other.example", Some("certificate is for other.example, and not for localhost")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let made = certificate::make(folder.path(), &[names]);
        let ca_file = Some(made.authority.clone());
        let secure = if tls == Tls::Implicit { Secure::AtOnce(made) } else { Secure::AfterStartTls(made) };
        let server = Server::start(secure, |_| None).await;
        let outbox = Arc::new(Memory::default());
        let id = outbox.put_one();
        let settings = SmtpSettings { host: "localhost".into(), tls, ca_file, ..settings(server.port) };
        let drained = drain(settings.clone(), &outbox).await;
        match trouble {
            None => assert_eq!((drained.trouble, outbox.state(id)), (None, "accepted")),
            Some(words) => {
                assert!(drained.trouble.unwrap().contains(words));
                assert!(!server.lines().iter().any(|line| line.starts_with("MAIL")), "nothing was said");
            }
        }
        // An authority that is not trusted.
        let stranger = SmtpSettings { ca_file: None, ..settings };
        let why = Session::open(&stranger).await.err().unwrap().to_string();
        assert!(trouble.is_some() || why.contains("not trusted here"), "{why}");
    }
}

#[tokio::test]
async fn no_way_around_tls() {
    let folder = tempfile::tempdir().unwrap();
    let refused = async |answers: Answers| {
        let made = certificate::make(folder.path(), &["localhost"]);
        let ca_file = Some(made.authority.clone());
        let server = Server::start(Secure::AfterStartTls(made), answers).await;
        let settings =
            SmtpSettings { tls: Tls::StartTls, host: "localhost".into(), ca_file, ..settings(server.port) };
        Session::open(&settings).await.err().unwrap().to_string()
    };
    assert!(
        refused(|line| line.starts_with("EHLO").then_some(b"250 test\r\n"))
            .await
            .contains("does not offer STARTTLS")
    );
    // Somebody in between puts words behind the server's answer, to be taken for the server's own under TLS.
    let injected =
        refused(|line| (line == "STARTTLS").then_some(b"220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n")).await;
    assert!(injected.contains("spoke on before TLS"), "{injected}");
    assert!(
        refused(|line| (line == "STARTTLS").then_some(b"502 5.5.1 no\r\n"))
            .await
            .contains("STARTTLS was refused: 502")
    );
    assert!(
        refused(|line| (line == "STARTTLS").then_some(b"hello\r\n")).await.contains("does not speak SMTP")
    );

    let elsewhere = SmtpSettings { host: "0.0.0.0".into(), ..settings(9) };
    assert!(Session::open(&elsewhere).await.is_err());
}

#[tokio::test]
async fn a_server_that_takes_the_logins_sender_alone() {
    let answers: Answers = |line| match line {
        line if line.starts_with("AUTH") => Some(b"235 ok\r\n"),
        "MAIL FROM:<soporte@minem.example>" => None,
        line if line.starts_with("MAIL") => {
            Some(b"550 5.7.60 client does not have permissions to send as\r\n")
        }
        _ => None,
    };
    let server = Server::start(Secure::Never, answers).await;
    let outbox = Arc::new(Memory::default());
    let ids = [outbox.put_one(), outbox.put_one()];
    let auto = SmtpSettings { connections: 1, ..with_login(server.port, password()) };
    drain(auto.clone(), &outbox).await;
    assert!(ids.iter().all(|id| outbox.state(*id) == "accepted"), "{:?}", outbox.notes(ids[0]));
    let senders = server.lines().into_iter().filter(|line| line.starts_with("MAIL")).collect::<Vec<_>>();
    let [null, login] = ["MAIL FROM:<>", "MAIL FROM:<soporte@minem.example>"];
    assert_eq!(senders, [null, login, login], "remembered while the connection lasts");
    // Told to use another address, it uses no other.
    let id = outbox.put_one();
    let other = SenderPolicy::Address("rebotes@minem.example".into());
    drain(SmtpSettings { envelope_sender: other, ..auto }, &outbox).await;
    assert_eq!(outbox.state(id), "pending");
    assert_eq!(outbox.reports.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn odd_replies() {
    // Latin-1, several lines, no text at all.
    let server = Server::start(Secure::Never, |line| match line {
        "." => Some(b"250-2.0.0 Aceptaci\xf3n\r\n250 2.0.0 de su correo\r\n"),
        line if line.starts_with("RCPT") => Some(b"250\r\n"),
        line if line.starts_with("DATA") => Some(b"354\n"),
        _ => None,
    });
    let outbox = Arc::new(Memory::default());
    let id = outbox.put_one();
    drain(settings(server.await.port), &outbox).await;
    assert_eq!(outbox.notes(id), ["data-sent", "250 2.0.0 Aceptaci?n 2.0.0 de su correo"]);
    // Endless lines, and answers that are none, end the connection and not the program.
    let cases: [Answers; 3] = [
        |line| line.starts_with("MAIL").then_some(&[b'2'; 100_000]),
        |line| line.starts_with("DATA").then_some(b"250 what content?\r\n"),
        |line| line.starts_with("RCPT").then_some(b"hello\r\n"),
    ];
    for answers in cases {
        let server = Server::start(Secure::Never, answers).await;
        let outbox = Arc::new(Memory::default());
        let id = outbox.put_one();
        drain(settings(server.port), &outbox).await;
        assert_eq!(outbox.state(id), "pending", "{:?}", outbox.notes(id));
        assert!(!outbox.notes(id).contains(&"data-sent".to_owned()));
    }
}

#[tokio::test]
async fn addresses_beyond_ascii_need_smtputf8() {
    let server = Server::start(Secure::Never, |_| None).await;
    let outbox = Arc::new(Memory::default());
    let id = outbox.put("muñoz@minem.example", b"x\r\n", SignedDuration::ZERO);
    let idn = outbox.put("ana@ñandú.example", b"x\r\n", SignedDuration::ZERO);
    let none = outbox.put("a b@minem.example\r\nDATA", b"x\r\n", SignedDuration::ZERO);
    drain(settings(server.port), &outbox).await;
    assert_eq!(outbox.state(id), "failed");
    assert!(outbox.notes(id)[0].contains("does not offer SMTPUTF8"), "{:?}", outbox.notes(id));
    assert_eq!((outbox.state(idn), outbox.state(none)), ("accepted", "failed"));
    assert!(
        server.lines().contains(&"RCPT TO:<ana@xn--and-6ma2c.example>".to_owned()),
        "{:?}",
        server.lines()
    );

    let offered = Server::start(Secure::Never, |line| {
        line.starts_with("EHLO").then_some(b"250-test\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n")
    })
    .await;
    let mut session = Session::open(&settings(offered.port)).await.unwrap();
    let sender = EnvelopeSender::Address("soporte@minem.example".into());
    let mail = Outgoing { sender: &sender, recipient: "muñoz@minem.example", content: b"x\r\n\r\n.\r\n" };
    session.send(mail, async { Ok::<(), String>(()) }).await.unwrap();
    session.quit().await;
    let lines = offered.lines();
    assert!(
        lines.contains(&"MAIL FROM:<soporte@minem.example> BODY=8BITMIME SMTPUTF8".to_owned()),
        "{lines:?}"
    );
    let content: Vec<&str> = lines.iter().map(String::as_str).skip_while(|line| *line != "DATA").collect();
    assert_eq!(content, ["DATA", "x", "", "..", ".", "QUIT"], "dots doubled, no line added");
}
