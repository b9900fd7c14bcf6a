//! How the program runs: once, beside itself, told to stop, told to read its rules again.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::desk::{Desk, Login};
use crate::letter;
use crate::mail_host::{DESK, MailHost};
use crate::peers::dovecot::{Dovecot, PASSWORD};
use crate::peers::smtp_sink::Sink;
use crate::until;

const ANA: &str = "aquispe@minem.example";

/// A login of the small Dovecot.
pub(crate) fn mailbox(dovecot: &Dovecot, user: &str) -> Login {
    Login { user: Some((user.to_owned(), PASSWORD.to_owned())), ..Login::plain(dovecot.imap) }
}

#[test]
fn once_takes_sends_and_ends() {
    let Some(mut dovecot) = Dovecot::start(Default::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    for number in 0..5 {
        let mail = letter::write(ANA, DESK, &format!("Consulta {number}"), "Hola.");
        dovecot.deliver("soporte", "INBOX", mail.as_bytes());
    }
    desk.run_once();
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 5);
    assert!(desk.list(&["outbox", "list", "--json"]).is_empty());
    assert_eq!(dovecot.files("soporte", "Procesados").len(), 5);
    let answers = sink.mails().iter().filter(|mail| mail.contains("Auto-Submitted: auto-replied")).count();
    assert_eq!(answers, 5);
    // Nothing to do is well, too.
    desk.run_once();
    assert_eq!(desk.list(&["journal", "--json"]).len(), 5);

    // What cannot be reached is said, and the exit code says that later may be better.
    drop(sink);
    dovecot.deliver("soporte", "INBOX", letter::write(ANA, DESK, "Otra", "Hola.").as_bytes());
    let output = desk.say(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(75));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("taquilla: no connection to 127.0.0.1 port"), "{said}");
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 6, "the mail was taken all the same");
}

#[test]
fn deliver_works_beside_the_daemon_and_tells_the_mail_server_how_it_went() {
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[], &Login::plain(sink.port));
    let daemon = desk.run();
    let mail = letter::write(ANA, DESK, "Una consulta", "Hola.");
    let began = Instant::now();
    assert_eq!(desk.deliver(&mail).status.code(), Some(0));
    // The daemon is woken: nobody waits for its next look.
    until("the automatic reply", || {
        sink.mails().iter().any(|mail| mail.contains("Auto-Submitted: auto-replied")).then_some(())
    });
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    daemon.stop();

    let unknown = desk.deliver_by(&mut desk.command(&["deliver", "--mailbox", "ventas"]), &mail);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is no mailbox \"ventas\""));

    // Ended before the exit code: the mail server brings the mail again, and it is one ticket.
    let other = letter::write(ANA, DESK, "Otra consulta", "Hola.");
    let mut crashing = desk.command(&["deliver"]);
    let crashed = desk.deliver_by(crashing.env("TAQUILLA_CRASH", "committed"), &other);
    assert_eq!(crashed.status.code(), None, "ended by a signal");
    assert_eq!(desk.deliver(&other).status.code(), Some(0));
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
    assert_eq!(desk.list(&["journal", "--reason", "duplicate-of", "--json"]).len(), 1);

    // A mistake in the files is no reason to bounce anybody's mail.
    desk.change("name = \"Mesa de Ayuda\"", "nmae = \"Mesa de Ayuda\"");
    let refused = desk.deliver(&mail);
    assert_eq!(refused.status.code(), Some(75));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nmae"));
}

#[test]
fn one_daemon_a_data_folder() {
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[], &Login::plain(sink.port));
    let daemon = desk.run();
    let second = desk.say(&["run"]);
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(said.contains("another taquilla (process ") && said.contains("stop it first"), "{said}");
    daemon.stop();
    desk.run().stop();
}

#[test]
fn it_ends_in_time_though_a_server_says_nothing() {
    // Somebody listens and never says a word.
    let mute = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = mute.local_addr().unwrap().port();
    let silent = Login { user: Some(("soporte".into(), "x".into())), ..Login::plain(port) };
    let desk = Desk::new(&[("soporte", silent)], &Login::plain(port));
    assert!(desk.deliver(&letter::write(ANA, DESK, "Una consulta", "Hola.")).status.success());
    let daemon = desk.run();
    let (_imap, _smtp) = (mute.accept().unwrap(), mute.accept().unwrap());
    daemon.stop();
    let waiting = desk.list(&["outbox", "list", "--json"]);
    assert!(!waiting.is_empty());

    // The second signal ends it at once.
    let mut daemon = desk.run();
    let _smtp = mute.accept().unwrap();
    daemon.signal(Signal::TERM);
    daemon.says("a second signal ends at once");
    let asked = Instant::now();
    daemon.signal(Signal::TERM);
    let status = daemon.ends();
    assert!(asked.elapsed() < Duration::from_secs(3), "{status} after {:?}", asked.elapsed());
    assert_eq!(desk.list(&["outbox", "list", "--json"]).len(), waiting.len(), "nothing is lost");
}

#[test]
fn new_rules_are_taken_whole_or_not_at_all() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let mut daemon = desk.run();
    let (ana, admin) = (host.person("aquispe"), host.person("admin"));
    let rules = desk.file("rules/95-nuevas.toml");
    let queue_of = |words: &str| {
        ana.writes(words, "Hola.");
        let welcome = ana.gets("the automatic reply", |mail| mail.subject().ends_with(words));
        desk.list(&["show", &welcome.number(), "--json"])[0]["queue"].as_str().unwrap().to_owned()
    };
    assert_eq!(queue_of("Drones en la azotea"), "Mesa de Ayuda");

    let good = "[[rule]]\nname = \"Drones\"\nwhen.subject = \"drones\"\nthen.queue = \"Redes\"\n";
    fs::write(&rules, good).unwrap();
    daemon.signal(Signal::HUP);
    daemon.says("the files of the desk were read anew");
    assert_eq!(queue_of("Más drones"), "Redes");

    fs::write(&rules, good.replace("Redes", "Rdes")).unwrap();
    daemon.signal(Signal::HUP);
    let log = daemon.says("are refused, the old ones stay");
    assert!(log.contains("95-nuevas.toml"), "{log}");
    let told = admin.gets("the alarm", |mail| mail.text().contains("95-nuevas.toml"));
    assert!(told.text().contains("Rdes") && told.text().contains("Redes"), "did you mean: {}", told.text());
    assert_eq!(queue_of("Siguen los drones"), "Redes", "the old rules hold");

    // A file that is saved is enough.
    let read = |log: String| log.matches("the files of the desk were read anew").count();
    let before = read(daemon.log());
    fs::write(&rules, good.replace("Redes", "Sistemas")).unwrap();
    until("the new rules", || (read(daemon.log()) > before).then_some(()));
    assert_eq!(queue_of("Otra vez los drones"), "Sistemas");
    daemon.stop();
}
