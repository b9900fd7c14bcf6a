//! Commands about more than one ticket, as agents and customers see them.

use crate::desk::Desk;
use crate::letter::Letter;
use crate::mail_host::{MailHost, Person};
use crate::until;

/// A customer's mail and the notice that an agent gets of it.
fn opened(customer: &Person<'_>, agent: &Person<'_>, subject: &str) -> Letter {
    customer.writes(subject, &format!("{subject}: no funciona."));
    let words = format!("{subject}: no funciona.");
    agent.gets("the notice", |mail| mail.text().contains(&words))
}

/// Sends commands, and confirms them with the reply button.
fn confirmed(agent: &Person<'_>, notice: &Letter, commands: &str) {
    agent.answers(notice, commands);
    let first = commands.lines().next().unwrap().to_owned();
    let question =
        agent.gets("the question", |mail| mail.text().contains(&first) && mail.subject().contains("confirm"));
    agent.answers(&question, "sí");
}

fn state(desk: &Desk, number: &str) -> String {
    desk.list(&["show", number, "--json"])[0]["state"].as_str().unwrap().to_owned()
}

#[test]
fn two_customers_tickets_are_merged_and_both_follow_the_one() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    let first = opened(&ana, &maria, "Una consulta");
    let second = opened(&rosa, &maria, "Otra consulta");
    confirmed(&maria, &second, &format!("#fusionar en {}", first.number()));
    let told = rosa.gets("word of the merge", |mail| mail.text().contains(&first.number()));
    assert_eq!(state(&desk, &second.number()), "merged");
    rosa.answers(&told, "Sigue sin funcionar.");
    let notice = maria.gets("the follow-up", |mail| mail.text().contains("Sigue sin funcionar"));
    assert_eq!(notice.number(), first.number(), "in the ticket that goes on");
    maria.answers(&notice, "Ya volvió la red.");
    for customer in [&ana, &rosa] {
        customer.gets("the answer", |mail| mail.text().contains("Ya volvió la red"));
    }
    daemon.stop();
}

#[test]
fn a_parent_is_closed_and_its_child_with_the_button() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    let parent = opened(&ana, &maria, "Consulta general");
    let child = opened(&rosa, &maria, "Anexo mudo");
    maria.answers(&child, &format!("#asociar {} principal", parent.number()));
    maria.gets("the receipt", |mail| mail.text().contains("ticket principal: ninguno -> "));
    maria.answers(&parent, "#cerrar\n\nVolvió la energía.");
    let offer = maria.gets("the offer", |mail| mail.text().contains(&format!("- {} Anexo", child.number())));
    assert_eq!(state(&desk, &child.number()), "new");
    confirmed(&maria, &offer, &format!("#para {}\n#cerrar", child.number()));
    rosa.gets("word of the closing", |mail| mail.text().contains("ha sido cerrado"));
    assert_eq!(state(&desk, &child.number()), "closed successful");
    daemon.stop();
}

#[test]
fn a_second_ticket_is_split_off_and_taken_back() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    let first = opened(&ana, &maria, "Dos consultas");
    maria.answers(&first, "#dividir\n#título El segundo anexo\n\nLa usuaria pide además otro anexo.");
    let welcome =
        ana.gets("the number of the second one", |mail| mail.subject().contains("El segundo anexo"));
    assert_ne!(welcome.number(), first.number());
    let receipt = maria.gets("the receipt", |mail| mail.text().contains("#dividir"));
    let text = receipt.text();
    let line = text.lines().map(str::trim).find(|line| line.starts_with("#deshacer ")).unwrap();
    maria.answers(&receipt, line);
    until("the end of the second ticket", || (state(&desk, &welcome.number()) == "removed").then_some(()));
    maria.gets("what could not be taken back", |mail| {
        mail.text().contains("el correo a aquispe@minem.example ya salió")
    });
    let shown = desk.list(&["show", &first.number(), "--json"]).remove(0);
    assert_eq!(shown["links"].as_array().unwrap().len(), 0);
    daemon.stop();
}
