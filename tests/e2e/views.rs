//! Rows 9, 17 and 26 of the agents' manual: the tray, a ticket whole, its history, age and times with their offset; and
//! many tickets at once. All of it between real servers, from a mail program.

use crate::desk::Desk;
use crate::letter::Letter;
use crate::mail_host::{MailHost, Person};
use crate::until;

/// A customer's mail and the notice that an agent gets of it.
fn opened(customer: &Person<'_>, agent: &Person<'_>, subject: &str) -> Letter {
    let words = format!("{subject}: no funciona.");
    customer.writes(subject, &words);
    agent.gets("the notice", |mail| mail.text().contains(&words))
}

/// `Creado: 16/12/2013 11:00 (-5)`, of today.
fn has_time(text: &str, label: &str) -> bool {
    text.lines().map(str::trim).any(|line| {
        let digits =
            |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == '/' || c == ':' || c == ' ');
        line.strip_prefix(label)
            .and_then(|rest| rest.trim().strip_suffix("(-5)"))
            .is_some_and(|time| time.len() >= 16 && digits(time))
    })
}

#[test]
fn an_agent_sees_the_tray_a_ticket_whole_and_its_history() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    let first = opened(&ana, &maria, "Una consulta");
    let second = opened(&rosa, &maria, "Otra consulta");
    // Row 26: a notice shows the age, and the time with the offset of the desk's zone beside it.
    assert!(first.text().contains("Antigüedad: 0 m"), "{}", first.text());
    assert!(has_time(&first.text(), "Creado:"), "{}", first.text());

    // Row 9: the tray, by a mail without a thread; the login vouches for it.
    maria.writes("mi bandeja", "#lista");
    let list = maria.gets("the list", |mail| mail.subject() == "Tickets abiertos (2)");
    for wanted in [&first.number(), &second.number(), "Una consulta", "Otra consulta", "Antigüedad: 0 m"] {
        assert!(list.text().contains(wanted), "{wanted}: {}", list.text());
    }
    assert!(has_time(&list.text(), "Creado:"), "{}", list.text());
    // What is derived to her is hers; in a thread, with the token of the notice.
    maria.answers(&second, "#tomar");
    maria.gets("the receipt", |mail| mail.text().contains("responsable: ninguno -> María Gómez"));
    maria.answers(&first, "#lista mis");
    let mine = maria.gets("her own", |mail| mail.subject() == "Tickets: mis (1)");
    assert!(
        mine.text().contains("Otra consulta") && !mine.text().contains("Una consulta"),
        "{}",
        mine.text()
    );

    // Row 17: history and print.
    maria.writes("ver", &format!("#ver {}", second.number()));
    let shown = maria.gets("the ticket whole", |mail| mail.text().contains("== Artículos"));
    assert_eq!(shown.number(), second.number());
    for wanted in
        ["Otra consulta: no funciona.", "1. rcastillo", "visible para el usuario", "Responsable: María Gómez"]
    {
        assert!(shown.text().contains(wanted), "{wanted}: {}", shown.text());
    }
    assert!(has_time(&shown.text(), "Creado:") && shown.text().contains("Antigüedad: "), "{}", shown.text());
    maria.answers(&shown, "#historial");
    let history = maria.gets("the history", |mail| mail.text().contains("Historial: "));
    for wanted in ["ticket creado", "responsable: ninguno → María Gómez", "estado: nuevo → abierto"] {
        assert!(history.text().contains(wanted), "{wanted}: {}", history.text());
    }
    // None of it is an article, opened a ticket, or reached a customer.
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
    let articles = desk.list(&["show", &second.number(), "--json"]).remove(0)["articles"].clone();
    assert_eq!(articles.as_array().unwrap().len(), 1, "{articles}");
    assert_eq!(rosa.mails().len(), 1, "the automatic reply");
    // The same language on the command line.
    let found = desk.list(&["tickets", "responsible:mgomez state:open consulta", "--json"]);
    assert_eq!(
        found.iter().map(|line| line["number"].as_str().unwrap()).collect::<Vec<_>>(),
        [second.number()]
    );
    let wrong = desk.say(&["tickets", "colla:redes"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("Did you mean \"cola:\"?"));
    daemon.stop();
}

#[test]
fn many_tickets_are_changed_by_a_query_that_was_shown() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    let numbers = [
        opened(&ana, &maria, "Sin luz").number(),
        opened(&rosa, &maria, "Sin luz aquí").number(),
        opened(&rosa, &maria, "Otra consulta").number(),
    ];
    maria.writes("corte", "#para título:luz\n#cerrar\n\nVolvió la energía.");
    let question = maria.gets("the question", |mail| mail.text().contains("#para título:luz → 2 tickets"));
    assert!(
        question.text().contains(&numbers[0]) && !question.text().contains(&numbers[2]),
        "{}",
        question.text()
    );
    maria.answers(&question, "sí");
    for customer in [&ana, &rosa] {
        customer.gets("word of the closing", |mail| mail.text().contains("ha sido cerrado"));
    }
    until("both closed", || (desk.list(&["tickets", "state:closed", "--json"]).len() == 2).then_some(()));
    assert_eq!(desk.list(&["tickets", "state:new", "--json"])[0]["number"], numbers[2].as_str());
    daemon.stop();
}
