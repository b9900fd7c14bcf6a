//! Servers that refuse, lie, vanish and come back: a clear sentence in the log, another attempt where that helps, and
//! nothing lost.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::desk::{Desk, Login, secret};
use crate::letter;
use crate::mail_host::{DESK, MailHost};
use crate::peers::dovecot::{Dovecot, Options, PASSWORD};
use crate::peers::free_port;
use crate::peers::smtp_sink::Sink;
use crate::running::mailbox;
use crate::until;

const ANA: &str = "aquispe@minem.example";

fn question(title: &str) -> String {
    letter::write(ANA, DESK, title, "Hola.")
}

fn has_automatic_reply(sink: &Sink) -> bool {
    sink.mails().iter().any(|mail| mail.contains("Auto-Submitted: auto-replied"))
}

/// The state of the mail to the customer.
fn state(desk: &Desk) -> Option<String> {
    let rows = desk.list(&["outbox", "list", "--json"]);
    let row = rows.iter().find(|row| row["to"] == ANA)?;
    row["state"].as_str().map(str::to_owned)
}

#[test]
fn a_wrong_password() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(sink.port));
    secret(&desk.file("secrets/soporte"), "otra-clave");
    dovecot.deliver("soporte", "INBOX", question("Una consulta").as_bytes());
    let mut daemon = desk.run();
    daemon.says("the server refuses the login");
    daemon.says("next attempt in");
    until("the alarm", || {
        let told = |mail: &String| {
            mail.contains("<admin@minem.example>") && mail.contains("el servidor rechaza la entrada")
        };
        sink.mails().iter().any(told).then_some(())
    });
    // The new password is read at the next attempt, without a restart.
    secret(&desk.file("secrets/soporte"), PASSWORD);
    until("the automatic reply", || has_automatic_reply(&sink).then_some(()));
    daemon.says("recovered");
    daemon.stop();
}

#[test]
fn a_certificate_for_another_name() {
    let names = Options { names: &["mail.elsewhere.example"], ..Options::default() };
    let Some(dovecot) = Dovecot::start(names) else { return };
    let login = Login {
        host: "localhost",
        port: dovecot.imaps,
        tls: "implicit",
        authority: dovecot.settings("soporte").ca_file,
        ..mailbox(&dovecot, "soporte")
    };
    let desk = Desk::new(&[("soporte", login)], &Login::plain(free_port()));
    let output = desk.say(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(75));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("certificate is for mail.elsewhere.example, and not for localhost"), "{said}");
    assert!(!dovecot.log().contains("Login"), "no password left: {}", dovecot.log());
}

#[test]
fn servers_that_go_and_come_back() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    let port = sink.port;
    let desk = Desk::new(&[("soporte", mailbox(&dovecot, "soporte"))], &Login::plain(port));
    let mut daemon = desk.run();
    dovecot.deliver("soporte", "INBOX", question("Antes").as_bytes());
    until("the automatic reply", || has_automatic_reply(&sink).then_some(()));
    drop(sink);
    dovecot.kill();
    daemon.says("next attempt in");
    // Mails wait on both sides.
    assert!(desk.deliver(&question("Por aquí")).status.success());
    daemon.says("no connection to the SMTP server");
    dovecot.deliver("soporte", "INBOX", question("Mientras").as_bytes());
    dovecot.restart();
    let Some(back) = Sink::start_at(&[], Some(port)) else { return };
    until("what had waited", || {
        let mails = back.mails();
        let replies = mails.iter().filter(|mail| mail.contains("Auto-Submitted: auto-replied")).count();
        (replies == 2).then_some(())
    });
    // What else was to be told has its own pace.
    until("an empty outbox", || desk.list(&["outbox", "list", "--json"]).is_empty().then_some(()));
    daemon.stop();
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 3);
}

#[test]
fn not_now_and_then_well() {
    let Some(sink) = Sink::start(&["-r", "RCPT"]) else { return };
    let port = sink.port;
    let desk = Desk::new(&[], &Login::plain(port));
    assert!(desk.deliver(&question("Una consulta")).status.success());
    let mut daemon = desk.run();
    let log = daemon.says("result=\"deferred until");
    assert!(log.contains("450"), "{log}");
    until("all to be deferred", || {
        let rows = desk.list(&["outbox", "list", "--json"]);
        rows.iter().all(|row| row["state"] == "pending" && row["attempts"] == 1).then_some(())
    });
    drop(sink);
    let Some(well) = Sink::start_at(&[], Some(port)) else { return };
    // Not to wait for the next attempt, a minute later.
    desk.done(&["outbox", "retry"]);
    until("the automatic reply", || has_automatic_reply(&well).then_some(()));
    daemon.stop();
}

#[test]
fn never_is_given_up_and_the_agent_is_told() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let mut daemon = desk.run();
    let maria = host.person("mgomez");
    // An address of the house that is nobody's: Postfix refuses the recipient with 550.
    let lost = "perdido@minem.example";
    host.post(lost, &letter::write(lost, DESK, "Una consulta", "Me voy pronto."));
    let notice = maria.gets("the notice", |mail| mail.text().contains("Me voy pronto."));
    daemon.says("result=\"given up\"");
    maria.answers(&notice, "Ya no importa.");
    let told =
        maria.gets("the notice of failure", |mail| mail.text().contains(lost) && mail.text().contains("550"));
    assert_eq!(told.number(), notice.number());
    let rows = desk.list(&["outbox", "list", "--json"]);
    let failed: Vec<_> = rows.iter().filter(|row| row["to"] == lost && row["state"] == "failed").collect();
    assert_eq!(failed.len(), 2, "they stay in the list: {rows:?}");
    let shown = desk.done(&["show", &notice.number()]);
    assert!(shown.contains("perdido@minem.example"), "{shown}");
    daemon.stop();
}

#[test]
fn a_connection_cut_after_the_final_dot() {
    let Some(sink) = Sink::start(&["-q", "."]) else { return };
    let port = sink.port;
    let desk = Desk::new(&[], &Login::plain(port));
    assert!(desk.deliver(&question("Una consulta")).status.success());
    let decided = desk.list(&["outbox", "list", "--json"]).len();
    // Nothing was refused and nothing is wrong with us: there is simply more to do later.
    let output = desk.say(&["run", "--once"]);
    assert!(matches!(output.status.code(), Some(0 | 75)));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("result=\"in doubt\""), "{said}");
    let doubtful = desk.list(&["audit", "--json"]);
    assert_eq!(doubtful.len(), decided, "each of them may have a second copy");
    drop(sink);
    let Some(well) = Sink::start_at(&[], Some(port)) else { return };
    desk.done(&["outbox", "retry"]);
    desk.run_once();
    assert!(has_automatic_reply(&well));
    assert_eq!(well.mails().len(), decided);
    assert_eq!(desk.list(&["audit", "--json"]).len(), decided, "the list keeps them");
}

#[test]
fn one_mailbox_down_delays_no_other() {
    let Some(mut dovecot) = Dovecot::start(Options::default()) else { return };
    let Some(sink) = Sink::start(&[]) else { return };
    // One where nobody answers, one that accepts and never says a word, one that works.
    let mute = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let at = |port| Login { port, ..mailbox(&dovecot, "otra") };
    let (down, silent) = (at(free_port()), at(mute.local_addr().unwrap().port()));
    let mailboxes = [("caído", down), ("mudo", silent), ("soporte", mailbox(&dovecot, "soporte"))];
    let desk = Desk::new(&mailboxes, &Login::plain(sink.port));
    let mut daemon = desk.run();
    daemon.says("mailbox=\"caído\"");
    dovecot.deliver("soporte", "INBOX", question("Una consulta").as_bytes());
    let began = Instant::now();
    until("the automatic reply", || has_automatic_reply(&sink).then_some(()));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(mute);
    daemon.stop();
}

#[test]
fn the_state_of_a_mail_that_waits_can_be_seen() {
    let desk = Desk::new(&[], &Login::plain(free_port()));
    assert!(desk.deliver(&question("Una consulta")).status.success());
    let output = desk.say(&["run", "--once"]);
    assert_eq!(output.status.code(), Some(75));
    assert_eq!(state(&desk).as_deref(), Some("pending"));
    let id = desk.list(&["outbox", "list", "--json"])[0]["id"].to_string();
    assert!(desk.done(&["outbox", "show", &id]).contains("Auto-Submitted: auto-replied"));
    desk.done(&["outbox", "drop", &id]);
    assert_eq!(state(&desk), None);
}
