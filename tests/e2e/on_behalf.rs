//! Tickets that agents open for customers, and what they say of them, as agents and customers see it.

use serde_json::Value;

use crate::desk::Desk;
use crate::mail_host::{DESK, MailHost};
use crate::until;

fn ticket(desk: &Desk, number: &str) -> Value {
    desk.list(&["show", number, "--json"]).remove(0)
}

/// Rows 2, 4, 6, 7, 8 and 22 of the manual: a customer on the phone.
#[test]
fn a_phone_call_becomes_a_ticket_of_which_everybody_is_told() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let customers = std::fs::read_to_string(desk.file("customers.csv")).unwrap();
    let fewer = customers.replace("Sistemas::SIAF|Correo|Equipos|Red::Internet", "Correo|Equipos");
    std::fs::write(desk.file("customers.csv"), fewer).unwrap();
    let daemon = desk.run();
    let (rosa, maria, luis) = (host.person("rcastillo"), host.person("mgomez"), host.person("lrojas"));
    // First a service that is not hers and a colleague who does not work there.
    maria.writes(
        "Impresora",
        "#nuevo telefónico\n#usuario Rosa Castillo\n#servicio Sistemas::SIAF\n#responsable jperez\n#cola Soporte Técnico\n\nLlama.",
    );
    let refused = maria.gets("what is wrong", |mail| mail.text().contains("no está entre los servicios"));
    let text = refused.text().replace('\n', " ").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Son: Correo, Equipos, Equipos::Impresoras, Equipos::PC."), "{text}");
    assert!(text.contains("jperez no trabaja en la cola «Soporte Técnico». Trabajan allí:"), "{text}");

    maria.writes(
        "Impresora",
        "#nuevo telefónico\n#usuario Rosa Castillo\n#servicio Equipos::Impresoras\n#responsable lrojas\n#cola Soporte Técnico\n\
         #prioridad alta\n#estimado 1h\n#tiempo 10m\n\nLlama: la impresora atasca el papel.",
    );
    let told = rosa.gets("the creation notice", |mail| mail.subject().contains("Impresora"));
    assert!(told.text().contains("Rosa Castillo Vega") && !told.0.contains("mgomez@"), "{}", told.text());
    luis.gets("the assignment", |mail| mail.text().contains("Llama: la impresora atasca el papel."));
    let receipt = maria.gets("the receipt", |mail| {
        mail.text().contains("#nuevo telefónico") && mail.text().contains("ticket nuevo")
    });
    assert!(receipt.text().contains("tiempo: ninguno -> 10 m"), "{}", receipt.text());
    let now = ticket(&desk, &told.number());
    assert_eq!(
        (&now["queue"], &now["service"], &now["responsible"], &now["customer"]),
        (
            &"Soporte Técnico".into(),
            &"Equipos::Impresoras".into(),
            &"lrojas".into(),
            &"rcastillo@minem.example".into()
        )
    );
    assert_eq!((&now["time"], &now["estimate"], &now["priority"]), (&10.into(), &60.into(), &4.into()));
    assert_eq!(now["articles"][0]["channel"], "phone");
    // Her answer to the notice comes to the ticket.
    rosa.answers(&told, "También parpadea una luz.");
    luis.gets("her answer", |mail| mail.text().contains("parpadea una luz"));
    daemon.stop();
}

/// Rows 3 and 21: solved while the customer stands there, and the survey follows.
#[test]
fn the_help_desk_solves_it_at_once() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    maria.writes(
        "Clave vencida",
        "#nuevo presencial\n#usuario quispe\n#cerrar\n\nSe le puso una clave nueva.",
    );
    let told = ana.gets("the creation notice", |mail| mail.text().contains("Hemos recibido su solicitud"));
    ana.gets("the closing", |mail| mail.text().contains("Se le puso una clave nueva."));
    ana.gets("the survey", |mail| mail.text().contains("Qué tan satisfecho(a) está"));
    let now = ticket(&desk, &told.number());
    assert_eq!((&now["state_type"], &now["articles"][0]["channel"]), (&"closed".into(), &"person".into()));
    daemon.stop();
}

/// Row 5: a mail from the desk to a customer.
#[test]
fn a_new_mail_ticket_is_a_mail_from_the_desk() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (rosa, maria) = (host.person("rcastillo"), host.person("mgomez"));
    maria.writes("Cambio de equipo", "#nuevo correo\n#usuario castillo\n\nMañana le cambiamos el equipo.");
    let mail = rosa.gets("the mail", |mail| mail.text().contains("Mañana le cambiamos el equipo."));
    assert_eq!(mail.from(), DESK);
    assert!(mail.text().contains("Anexo 4000") && !mail.0.contains("mgomez@"), "{}", mail.text());
    rosa.answers(&mail, "A las nueve, por favor.");
    let notice = maria.gets("her answer", |mail| mail.text().contains("A las nueve, por favor."));
    assert_eq!(notice.number(), mail.number());
    assert_eq!(rosa.mails().len(), 1, "no creation notice beside it");
    daemon.stop();
}

/// A customer's mail that came to the agent, forwarded from a phone.
#[test]
fn a_forwarded_mail_becomes_the_customers_ticket() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    maria.writes(
        "Fwd: Anexo mudo",
        "#nuevo\n\nEnviado desde mi iPhone\n\nInicio del mensaje reenviado:\n\n> De: Ana Quispe <aquispe@minem.example>\n\
         > Fecha: 2 de marzo de 2026, 8:40:00 a.m. GMT-5\n> Para: mgomez@minem.example\n> Asunto: Anexo mudo\n> \n> Mi anexo no suena.\n",
    );
    let told = ana.gets("the creation notice", |mail| mail.subject().contains("Anexo mudo"));
    let now = ticket(&desk, &told.number());
    assert_eq!(now["articles"][0]["text"], "Mi anexo no suena.");
    assert_eq!(now["articles"][0]["created"], "2026-03-02T13:40:00Z");
    assert_eq!(now["articles"][0]["from"], "Ana Quispe <aquispe@minem.example>");
    daemon.stop();
}

/// Row 17: whose ticket it is changes once the agent has confirmed it; without a border that vouches, `#new` asks, too.
#[test]
fn the_customer_changes_after_a_confirmation() {
    let Some(host) = MailHost::start(&["--border", "none"]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    ana.writes("Una consulta", "Es para Rosa: no entra al correo.");
    let notice = maria.gets("the notice", |mail| mail.text().contains("Es para Rosa"));
    maria.answers(&notice, "#usuario castillo\n#campo.piso 3");
    let question = maria.gets("the question", |mail| mail.text().contains("#usuario castillo"));
    assert_eq!(ticket(&desk, &notice.number())["customer"], "aquispe@minem.example");
    maria.answers(&question, "sí");
    until("the new customer", || {
        (ticket(&desk, &notice.number())["customer"] == "rcastillo@minem.example").then_some(())
    });
    assert_eq!(ticket(&desk, &notice.number())["fields"]["piso"], "3");
    maria.answers(&notice, "Ya puede entrar.");
    rosa.gets("the answer", |mail| mail.text().contains("Ya puede entrar."));

    maria.answers(&notice, "#nuevo telefónico\n#usuario quispe\n\nAdemás llama Ana.");
    let question = maria.gets("another question", |mail| mail.text().contains("Además llama Ana."));
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 1, "nothing is opened before");
    maria.answers(&question, "sí");
    until("the second ticket", || (desk.list(&["tickets", "--json"]).len() == 2).then_some(()));
    daemon.stop();
}
