//! What agents are told, and in which words: who has the ticket now, what was asked, where a text went.

mod support;

use support::desk::{Bench, Sent, one_of, says, says_not};

const ANA: &str = "aquispe@minem.example";
const ROSA: &str = "rcastillo@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const JUAN: &str = "jperez@minem.example";
const CARLA: &str = "csalas@minem.example";

/// The new responsible sees the request, and the old one hears that it is no longer his.
#[tokio::test]
async fn a_ticket_changes_hands_and_both_know() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let sent =
        bench.done(&notice.reply("#cola Soporte Técnico\n#asignar rojas\n#nota\n\nEs lo suyo.\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    says(&luis, "Es lo suyo.\r\n\r\nEl pedido:\r\n\r\nNo funciona.");

    let sent = bench.done(&luis.reply("#derivar Redes\n#nota\n\nEs la red.\n")).await;
    let receipt = one_of(&sent, LUIS, "receipt");
    says(receipt, "cola: Soporte Técnico -> Redes; responsable: Luis Rojas -> ninguno");
    // What says nothing has no line of its own.
    says(receipt, "+ #nota\r\n\r\nSu texto quedó como nota interna.");
    let juan = one_of(&sent, JUAN, "queue-changed").clone();
    says(&juan, "El pedido:\r\n\r\nNo funciona.");
    assert!(!sent.iter().any(|mail| mail.to == LUIS && mail.template != "receipt"), "he did it himself");

    bench.done(&juan.reply("#tomar\n")).await;
    let sent = bench.done(&notice.reply("#tomar\n")).await;
    let told = one_of(&sent, JUAN, "ticket-changed");
    says(told, "María Gómez modificó este ticket.");
    says(told, "- responsable: Juan Pérez -> María Gómez");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
}

/// Each in his own language, whatever the desk's is.
#[tokio::test]
async fn who_is_relieved_reads_it_in_his_own_language() {
    let mut house = support::golden::house();
    let luis = house.policy.desk.agents.iter_mut().find(|agent| agent.login == "lrojas");
    luis.expect("the example has him").language = Some(taquilla::mail::Language::En);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "Una consulta").await;
    bench.done(&notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let sent = bench.done(&notice.reply("#tomar\n")).await;
    says(one_of(&sent, LUIS, "ticket-changed"), "- responsible: Luis Rojas -> María Gómez");
    bench.done(&notice.reply("#asignar rojas\n#desbloquear\n#cerrar\n")).await;
    let sent = bench.done(&notice.reply("#reabrir\n#nota\n\nNo era eso.\n")).await;
    says(one_of(&sent, LUIS, "reopened"), "closed successful");
}

#[tokio::test]
async fn a_receipt_says_where_the_text_went() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    // A part of a ticket is what its customer asks for.
    let sent = bench.done(&notice.reply("#dividir\n#título Otro teclado\n\nPide otro teclado.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "Su texto quedó registrado como el pedido de");

    // Under an internal notice it is a note, also where it closes: that is said.
    let sent = bench.done(&notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    let sent = bench.done(&luis.reply("#cerrar\n\nEl usuario no sabía encenderlo.\n")).await;
    let receipt = one_of(&sent, LUIS, "receipt");
    says(receipt, "Su texto quedó como nota interna: a ");
    says(receipt, "se le avisa del cierre, sin él. Con #público debajo de #cerrar le llega también.");
    says_not(one_of(&sent, ANA, "closed"), "no sabía");
    // Somebody reopens what another one had: that one hears.
    let sent = bench.done(&notice.reply("#reabrir\n#nota\n\nNo era eso.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    says(
        one_of(&sent, LUIS, "reopened"),
        "María Gómez reabrió este ticket; su estado anterior era cerrado con éxito.",
    );

    // Solved at once, the text goes to the customer with the closing notice.
    let text = "#nuevo presencial\n#usuario quispe\n#cerrar\n\nSe le puso una clave nueva.\n";
    let sent = bench.done(&bench.vouched("Clave", text)).await;
    says(one_of(&sent, MARIA, "receipt"), "y le llega con el aviso de cierre");
    says(one_of(&sent, ANA, "closed"), "Se le puso una clave nueva.");
    // A text that is not there is not missed.
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#servicio Sistemas::SIAF\n";
    assert_eq!(bench.mail(&bench.vouched("SIAF", text)).await, "commands-refused");
    let sent = bench.sent().await;
    let refused = one_of(&sent, MARIA, "receipt");
    assert_eq!(refused.subject(), "No se hizo nada: SIAF");
    says_not(refused, "Su texto");
}

#[tokio::test]
async fn people_are_called_by_their_names() {
    let bench = Bench::new().await;
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#cola Soporte Técnico\n#copia +csalas\n\
                #pendiente 2030-03-01 9:00\n\nLlama la señora Huanca.\n";
    let sent = bench.done(&bench.vouched("Impresora", text)).await;
    let luis = one_of(&sent, LUIS, "new-ticket-agent").clone();
    says(&luis, "María Gómez registró un ticket de Lucía Huanca Ticona en la cola Soporte Técnico:");
    says(&luis, "Estado: pendiente con recordatorio, hasta el 01/03/2030 09:00 (-5)");
    says(one_of(&sent, CARLA, "new-ticket-agent"), "María Gómez registró un ticket de Lucía Huanca Ticona");

    // Whose copies go along is said before one answers.
    bench.done(&luis.reply(&format!("#copia +{ROSA}\n"))).await;
    let customer = one_of(&sent, "lhuanca@minem.example", "ticket-created");
    let sent = bench.done(&customer.reply("Ya no atasca.\n")).await;
    let told = one_of(&sent, LUIS, "customer-follow-up");
    says(
        told,
        "Su respuesta se enviará a Lucía Huanca Ticona, con copia a Rosa Castillo Vega; empiécela con #nota",
    );
    says(told, "Lucía Huanca Ticona escribió:");
    // They get what they are named in, also where it closes the ticket.
    let sent = bench.done(&told.reply("#cerrar\n\nListo.\n")).await;
    says(
        one_of(&sent, LUIS, "receipt"),
        "Su texto va a Lucía Huanca Ticona, con copia a Rosa Castillo Vega.",
    );
    for address in ["lhuanca@minem.example", ROSA] {
        says(one_of(&sent, address, "closed"), "Listo.");
    }
    bench.done(&luis.reply("#reabrir\n")).await;
    let sent = bench.done(&told.reply("#cerrar\n")).await;
    one_of(&sent, "lhuanca@minem.example", "closed");
    assert!(sent.iter().all(|mail| mail.to != ROSA), "a notice without words has no copies: {sent:?}");
    bench.done(&luis.reply("#reabrir\n#etiqueta +vuelto\n")).await;
    assert_eq!(bench.mail(&luis.reply("#seguir\n")).await, "agent-mail");
    bench.sent().await;
    assert_eq!(bench.mail(&luis.reply("#seguir\n\n")).await, "agent-mail");
    says(one_of(&bench.sent().await, LUIS, "receipt"), "Ya estaba así: Luis Rojas.");
    // What is not allowed is said in the reader's language, and what there is to choose from.
    assert_eq!(bench.mail(&luis.reply("#cola Redes\n#cerrar\n")).await, "commands-refused");
    let sent = bench.sent().await;
    says(one_of(&sent, LUIS, "receipt"), "Sus roles no permiten «cerrar» en la cola «Redes».");
    assert_eq!(bench.mail(&luis.reply("#tipo insidente\n")).await, "commands-refused");
    let sent = bench.sent().await;
    says(one_of(&sent, LUIS, "receipt"), "¿Quiso decir «incidente»? Hay: incidente, requerimiento.");
}

/// Gmail wants one subject and a common id, Thunderbird the id, Outlook one Thread-Index.
#[tokio::test]
async fn the_mails_to_an_agent_about_a_ticket_are_one_conversation() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let mut all = vec![notice.clone()];
    for text in
        ["#tomar\n", "#prioridad alta\n#nota\n\nUrgente.\n", "#ver\n", "#historial\n", "#cerrar\n\nListo.\n"]
    {
        all.extend(bench.done(&notice.reply(text)).await);
    }
    // A button opens a mail that answers none.
    all.extend(bench.done(&notice.pressed("Pendiente 1 día").replace("pendiente 1d", "etiqueta +uno")).await);
    let of_agent: Vec<&Sent> = all.iter().filter(|mail| mail.to == MARIA).collect();
    assert!(of_agent.len() >= 7, "{of_agent:?}");
    let root = notice.header("References");
    assert!(root.starts_with("<ticket.") && !root.contains(' '), "{root}");
    for mail in of_agent {
        assert!(
            mail.header("References").starts_with(&root),
            "{}: {}",
            mail.template,
            mail.header("References")
        );
        assert_eq!(mail.subject(), notice.subject(), "{}", mail.template);
        assert_eq!(mail.header("Thread-Index"), notice.header("Thread-Index"));
    }
    // The id proves nothing: a stranger who names it opens a ticket of his own.
    let stranger = format!(
        "From: otro@fuera.example\nTo: soporte@minem.example\nMessage-ID: <s@fuera>\nIn-Reply-To: {root}\nReferences: {root}\n{}\nHola.\n",
        bench.head("Una consulta")
    );
    assert_eq!(bench.mail(&stranger).await, "new-ticket");
}

/// On a phone one writes the last part of a long name, and a refusal shows at a glance which lines are wrong.
#[tokio::test]
async fn the_last_part_of_a_name_and_the_lines_that_are_right() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    bench.mail(&notice.reply("#servicio impresora\n#prioridad alta\n#nota\n\nLo veo.\n")).await;
    let sent = bench.sent().await;
    let refused = one_of(&sent, MARIA, "receipt").clone();
    says(
        &refused,
        "! #servicio impresora\r\n    No existe: servicio «impresora». ¿Quiso decir «Equipos::Impresoras»?",
    );
    says(&refused, "  #prioridad alta\r\n  #nota\r\n");
    says_not(&refused, "por las líneas equivocadas");

    bench.mail(&refused.reply("#servicio otra\n")).await;
    let again = bench.sent().await;
    let again = one_of(&again, MARIA, "receipt");
    assert_eq!(again.subject().matches("No se hizo nada").count(), 1, "{}", again.subject());

    let sent = bench.done(&again.reply("#servicio IMPRESORAS\n#prioridad alta\n#nota\n\nLo veo.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "ninguno -> Equipos::Impresoras");
}

/// Whoever may not answer in a queue is asked for a note, and what he answers is not refused.
#[tokio::test]
async fn who_may_not_answer_is_asked_for_a_note() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    bench.done(&notice.reply("#cc lrojas@minem.example\n")).await;
    let subject = format!("Re: [Ticket#{}] Una consulta", bench.number(1).await);
    let more = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <more@customer>\n{}\n¿Alguna novedad?\n",
        bench.head(&subject)
    );
    let sent = bench.done(&more).await;
    let luis = one_of(&sent, LUIS, "customer-follow-up").clone();
    says(&luis, "quedará como nota interna");
    let sent = bench.done(&luis.reply("Yo estuve allí ayer.\n")).await;
    assert!(!sent.iter().any(|mail| mail.to == ANA), "{sent:?}");
}
