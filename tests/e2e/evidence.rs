//! What a border says of a sender, and what follows: with it, without it, and with one that is not ours.

use crate::desk::Desk;
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

fn reasons(desk: &Desk, reason: &str) -> usize {
    desk.list(&["journal", "--reason", reason, "--json"]).len()
}
