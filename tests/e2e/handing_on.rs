//! Rows of the agents' manual in which a ticket is handed on: to a colleague, a level, a supplier; and its relatives.

use serde_json::Value;

use crate::desk::Desk;
use crate::letter::Letter;
use crate::mail_host::MailHost;
use crate::until;

fn shown(desk: &Desk, number: &str) -> Value {
    desk.list(&["show", number, "--json"]).remove(0)
}

/// Rows 10, 13, 16 and 19: to a queue, to a level by the priority, to another responsible; and who may answer then.
#[test]
fn a_ticket_goes_from_the_help_desk_to_a_level_and_to_a_specialist() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    let (luis, carla) = (host.person("lrojas"), host.person("csalas"));
    ana.writes("Una consulta", "Mi equipo no enciende.");
    let notice = maria.gets("the notice", |mail| mail.text().contains("no enciende"));
    let number = notice.number();

    maria.answers(&notice, "#derivar Soporte Técnico\n#escalar\n#nota\n\nNo se pudo por teléfono.");
    let first = luis.gets("the ticket of his level", |mail| mail.text().contains("al nivel 1"));
    assert!(first.text().contains("No se pudo por teléfono.") && first.subject().contains("Una consulta"));
    let ticket = shown(&desk, &number);
    assert_eq!((ticket["level"].as_str(), ticket["queue"].as_str()), (Some("1"), Some("Soporte Técnico")));

    // High priority is for level 2, who is told, and takes it by the button.
    luis.answers(&first, "#prioridad alta\n#escalar\n#nota\n\nEs la placa: toda la oficina está detenida.");
    let told = carla.gets("the ticket of her level", |mail| mail.text().contains("al nivel 2"));
    carla.submits(&told.pressed(&carla.address, "Tomar"));
    until("the lock", || (shown(&desk, &number)["lock"] == "lock").then_some(()));
    assert_eq!(shown(&desk, &number)["responsible"], "csalas");
    assert_eq!(desk.list(&["tickets", "--json"])[0]["level"], "2");

    // Locked: somebody else's answer is held, and he is asked whether he takes the ticket.
    luis.answers(&first, "#público\n\nAna, ya lo vemos.");
    luis.gets("the question", |mail| {
        mail.text().contains("Carla Salas tiene bloqueado este ticket. Con su sí")
    });
    carla.answers(&told, "#responsable mgomez\n#nota\n\nUsted la tiene al teléfono.");
    let mine = maria.gets("the assignment", |mail| mail.text().contains("Usted la tiene al teléfono."));
    maria.answers(&mine, "#público\n\nAna, mañana le cambiamos la placa.");
    ana.gets("the answer", |mail| mail.text().contains("le cambiamos la placa"));
    assert!(ana.mails().iter().all(|mail| !mail.text().contains("ya lo vemos")));
    daemon.stop();
}

/// Row 14: the supplier writes back, and the customer never sees a word of it.
#[test]
fn a_supplier_is_asked_answers_and_gets_an_answer() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    let firm = host.person("soporte@andinos.example");
    ana.writes("La impresora no imprime", "Desde ayer, y es urgente.");
    let notice = maria.gets("the notice", |mail| mail.text().contains("Desde ayer"));
    let number = notice.number();

    maria.answers(
        &notice,
        "#escalar proveedor Suministros Andinos\n\nFavor cambiar el fusor de la HP del piso 3.",
    );
    let question = maria.gets("the question", |mail| mail.text().contains("Suministros Andinos <soporte@"));
    assert!(firm.mails().is_empty());
    maria.submits(&question.pressed(&maria.address, "Sí, fui yo"));
    let request = firm.gets("the request", |mail| mail.text().contains("cambiar el fusor"));
    assert_eq!(request.number(), number);
    for private in ["aquispe", "Quispe", "Desde ayer", "mgomez"] {
        assert!(!request.0.contains(private), "{private}: {}", request.0);
    }
    firm.submits(
        &request
            .reply(&firm.address, "El repuesto llega el lunes.")
            .replace("Subject: ", "Subject: REQ-004711 "),
    );
    let told = maria.gets("the supplier's answer", |mail| mail.text().contains("llega el lunes"));
    assert!(
        told.text().contains("se enviará a Suministros Andinos, el proveedor, no al usuario"),
        "{}",
        told.text()
    );
    maria.answers(&told, "De acuerdo, pregunten por la mesa.");
    let second = firm.gets("the answer to it", |mail| mail.text().contains("pregunten por la mesa"));
    assert!(second.header("References").contains(&request.header("Message-ID")));

    // With nothing but its own number it finds the ticket again.
    firm.writes("REQ-004711 cerrado", "Hemos terminado.");
    let ended = maria.gets("the end", |mail| mail.text().contains("Hemos terminado."));
    assert_eq!(ended.number(), number);
    maria.answers(&ended, "#cerrar\n#público\n\nYa imprime: cambiaron el fusor.");
    ana.gets("the closing words", |mail| mail.text().contains("Ya imprime"));
    for mail in ana.mails() {
        for private in ["ndinos", "REQ-", "repuesto", "pregunten", "terminado"] {
            assert!(!mail.0.contains(private), "{private}: {}", mail.0);
        }
    }
    let ticket = shown(&desk, &number);
    assert_eq!(ticket["suppliers"][0]["name"], "Suministros Andinos");
    assert_eq!(ticket["other_numbers"][0], "suministros andinos req-004711");
    let of_supplier = |article: &&Value| article["sender"] == "supplier" && article["visible"] == false;
    assert_eq!(ticket["articles"].as_array().unwrap().iter().filter(of_supplier).count(), 2);
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 1, "one ticket all along");
    daemon.stop();
}

/// Rows 11 and 12: a second ticket out of the first, both under one parent, and closed with it by the button.
#[test]
fn children_are_closed_with_their_parent_by_the_button_of_the_receipt() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, rosa, maria) = (host.person("aquispe"), host.person("rcastillo"), host.person("mgomez"));
    ana.writes("Dos consultas", "No hay anexo, y me falta un teclado.");
    let parent = maria.gets("the first notice", |mail| mail.text().contains("me falta un teclado"));
    rosa.writes("Sin anexo", "Tampoco aquí hay anexo.");
    let child = maria.gets("the second notice", |mail| mail.text().contains("Tampoco aquí"));
    let (above, below) = (parent.number(), child.number());
    maria.answers(&parent, "#dividir\n#título Un teclado\n\nLe falta un teclado.");
    let welcome = ana.gets("the second ticket", |mail| mail.subject().contains("Un teclado"));
    let split = welcome.number();
    assert!(split != above && split != below);
    maria.answers(&child, &format!("#asociar {above} principal"));
    until("the link", || {
        let links = shown(&desk, &above)["links"].clone();
        links.as_array().unwrap().iter().any(|link| link["relation"] == "child").then_some(())
    });

    maria.answers(&parent, "#cerrar\n\nVolvieron los anexos.");
    let offers = |mail: &Letter| mail.text().contains(&format!("- {below}"));
    let receipt = maria.gets("the receipt with the offer", offers);
    maria.submits(&receipt.pressed(&maria.address, "Cerrar también estos"));
    let about = |mail: &Letter| {
        let text = mail.text();
        mail.subject().contains("confirme") && text.contains(&below) && text.contains("#cerrar")
    };
    let question = maria.gets("the question", about);
    assert_eq!(shown(&desk, &below)["state_type"], "new", "not before");
    maria.submits(&question.pressed(&maria.address, "Sí, fui yo"));
    rosa.gets("the closing of hers", |mail| mail.number() == below && mail.text().contains("cerr"));
    until("the end of the child", || (shown(&desk, &below)["state_type"] == "closed").then_some(()));
    assert_eq!(shown(&desk, &split)["state_type"], "new", "no child, not closed");
    daemon.stop();
}
