//! The agents' manual, row by row: customers, those who take part, services, candidates, time. What an agent does with a
//! mail, and what customers and colleagues get of it.
//!
//! Through the real pipeline and the real store, at the desk of `examples/ministry`. The rows are those of the guide
//! `docs/guia-del-agente.md`.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{Bench, Sent, one_of as one};
use taquilla::desk::{Notification, Occasion, Recipient, Ticket, TicketId, TicketNumber};
use taquilla::store::Page;

const ANA: &str = "aquispe@minem.example";
const LUCIA: &str = "lhuanca@minem.example";
const ROSA: &str = "rcastillo@minem.example";
const AGENT: &str = "mgomez@minem.example";

/// Answers a notice; the receipt.
async fn answered(bench: &Bench, notice: &Sent, text: &str, reason: &str) -> (String, Vec<Sent>) {
    assert_eq!(bench.mail(&notice.reply(text)).await, reason, "{text}");
    let sent = bench.sent().await;
    (one(&sent, AGENT, "receipt").text(), sent)
}

async fn ticket(bench: &Bench, id: i64) -> Ticket {
    let number = TicketNumber::new(&bench.number(id).await).unwrap();
    bench.pipeline.store.ticket(&number).await.unwrap().unwrap()
}

#[tokio::test]
async fn row_4_a_copy_keeps_colleagues_and_others_informed() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let text = format!("#copia +{ROSA}, +lrojas, +externo@proveedor.example\n");
    let (receipt, _) = answered(&bench, &notice, &text, "agent-mail").await;
    assert!(receipt.contains(&format!("+Rosa Castillo Vega <{ROSA}>, +Luis Rojas")), "{receipt}");
    let now = ticket(&bench, 1).await;
    let takes_part: Vec<&str> = now.now.participants.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(takes_part, [ROSA, "externo@proveedor.example"]);
    assert!(now.watchers.contains("lrojas"), "an agent watches");

    // All of them get the answer; the one who left does not.
    answered(&bench, &notice, "#copia -externo@proveedor.example\n\nYa lo vemos.\n", "agent-mail").await;
    assert_eq!(bench.mail(&notice.reply("Listo.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    for customer in [ANA, ROSA] {
        assert!(one(&sent, customer, "agent-answer").text().contains("Listo."));
    }
    assert!(sent.iter().all(|mail| mail.to != "externo@proveedor.example"), "{sent:?}");
    // A specialist hears of notes too.
    assert_eq!(bench.mail(&notice.reply("#nota\n\nParece el switch.\n")).await, "agent-mail");
    assert!(one(&bench.sent().await, "lrojas@minem.example", "note-added").text().contains("switch"));
    let (receipt, _) = answered(&bench, &notice, "#cc +soporte@minem.example\n", "commands-refused").await;
    assert!(receipt.contains("es la propia mesa de ayuda"), "{receipt}");
}

#[tokio::test]
async fn row_6_the_services_on_offer_are_the_customers() {
    let bench = Bench::new().await;
    let notice = bench.opened(LUCIA, "Una consulta").await;
    let (receipt, _) = answered(&bench, &notice, "#servicio Sistemas::SIAF\n", "commands-refused").await;
    let offered = "no está entre los servicios de Lucía Huanca Ticona. Son: Correo, Equipos, Equipos::Impresoras, Equipos::PC.";
    assert!(receipt.contains(offered), "{receipt}");
    assert_eq!(ticket(&bench, 1).await.now.service, None);
    // A grouping level may be chosen, and what stands below it.
    answered(&bench, &notice, "#servicio Equipos\n", "agent-mail").await;
    answered(&bench, &notice, "#servicio equipos::pc\n", "agent-mail").await;
    assert_eq!(ticket(&bench, 1).await.now.service.as_deref(), Some("Equipos::PC"));
    // Who has no list of services has all of them.
    let notice = bench.opened(ANA, "Otra consulta").await;
    answered(&bench, &notice, "#servicio Sistemas::SIAF\n", "agent-mail").await;
}

#[tokio::test]
async fn row_7_candidates_are_those_of_the_queue() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    for verb in ["#asignar", "#propietario"] {
        let line = format!("{verb} jperez\n");
        let (receipt, _) = answered(&bench, &notice, &line, "commands-refused").await;
        // csalas may work every queue by her role.
        let candidates = "jperez no trabaja en la cola «Mesa de Ayuda». Trabajan allí: mgomez, csalas.";
        assert!(receipt.contains(candidates), "{receipt}");
    }
    // The queue to which the same mail moves it counts, wherever its line stands.
    answered(&bench, &notice, "#asignar jperez\n#cola Redes\n", "agent-mail").await;
    let now = ticket(&bench, 1).await.now;
    assert_eq!((now.queue.as_str(), now.responsible.as_deref()), ("Redes", Some("jperez")));
    // A supervisor of the desk's file may own it, whatever the queue.
    answered(&bench, &notice, "#propietario lrojas\n", "agent-mail").await;
    assert_eq!(ticket(&bench, 1).await.now.owner.as_deref(), Some("lrojas"));
}

#[tokio::test]
async fn row_17_the_customer_changes_once_it_is_confirmed() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    // Two people begin so, and nobody is asked for a confirmation of a mistake.
    let (receipt, _) = answered(&bench, &notice, "#usuario v\n", "commands-refused").await;
    assert!(receipt.contains("«v» puede ser varias personas: Carmen Vargas Ríos <cvargas@"), "{receipt}");
    let reply = notice.reply("#usuario smith\n#campo.sala 204\n#prioridad alta\n");
    assert_eq!(bench.mail(&reply).await, "held-for-confirmation");
    assert!(bench.ticket(1).await.contains("new 3"), "nothing is done before");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT, "confirmation");
    assert!(question.text().contains("John Smith <jsmith@minem.example>"), "{}", question.text());
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let now = ticket(&bench, 1).await.now;
    assert_eq!(now.customer.unwrap().to_string(), "John Smith <jsmith@minem.example>");
    assert_eq!((now.language.code(), now.fields["sala"].as_str(), now.priority.value()), ("en", "204", 4));
    bench.sent().await;
    // The answer goes to the new one alone, in his language.
    assert_eq!(bench.mail(&notice.reply("#cerrar\n\nDone.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    assert!(one(&sent, "jsmith@minem.example", "closed").text().contains("has been closed"));
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    let history = bench.history(1).await;
    assert!(
        history.contains(
            "customer: Ana Quispe Mamani <aquispe@minem.example> -> John Smith <jsmith@minem.example>"
        ),
        "{history}"
    );
}

/// OTRS users would expect the new customer's own services; and nobody writes to anybody without being asked to.
#[tokio::test]
async fn row_17_a_new_customer_keeps_no_service_that_is_not_his() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    answered(&bench, &notice, "#servicio Sistemas::SIAF\n", "agent-mail").await;
    assert_eq!(bench.mail(&notice.reply("#usuario lucía\n")).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT, "confirmation");
    assert!(question.text().contains("Se quitó el servicio «Sistemas::SIAF»"), "{}", question.text());
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    let receipt = one(&sent, AGENT, "receipt").text();
    for said in [
        "Se quitó el servicio «Sistemas::SIAF»: no está entre los de Lucía Huanca Ticona.",
        "Elija con #servicio entre: Correo, Equipos",
        "Ningún correo lo avisa",
    ] {
        assert!(receipt.contains(said), "{said}: {receipt}");
    }
    assert_eq!(ticket(&bench, 1).await.now.service, None);
    assert!(sent.iter().all(|mail| mail.to != LUCIA && mail.to != ANA), "{sent:?}");
    // One that he may have stays, and the text of the same mail goes to him.
    answered(&bench, &notice, "#servicio Equipos::PC\n", "agent-mail").await;
    let line = format!("#usuario {ROSA}\n\nDesde ahora la atendemos a usted.\n");
    assert_eq!(bench.mail(&notice.reply(&line)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT, "confirmation");
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    assert_eq!(ticket(&bench, 1).await.now.service.as_deref(), Some("Equipos::PC"));
    assert!(one(&bench.sent().await, ROSA, "agent-answer").text().contains("la atendemos a usted"));
}

/// A desk that wants it tells the new customer.
#[tokio::test]
async fn row_17_a_notification_of_the_desk_tells_the_new_customer() {
    let mut house = support::golden::house();
    let (to, event) = (vec![Recipient::Customer], Occasion::CustomerChanged);
    let row = Notification::new("new customer", event, to, "ticket-created");
    house.policy.desk.notifications.push(row);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#usuario lucía\n")).await, "held-for-confirmation");
    let asked = bench.sent().await;
    assert_eq!(bench.mail(&one(&asked, AGENT, "confirmation").reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(one(&sent, LUCIA, "ticket-created").text().contains("Lucía Huanca Ticona"));
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
}

#[tokio::test]
async fn row_22_work_is_estimated_and_booked() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let text = "#estimado 2h\n#tiempo 15m\n#pendiente 2d\n#ans alta direccion\n";
    let (receipt, _) = answered(&bench, &notice, text, "agent-mail").await;
    for line in
        ["tiempo estimado: ninguno -> 2 h", "tiempo: ninguno -> 15 m", "ANS: ninguno -> Alta Dirección"]
    {
        assert!(receipt.contains(line), "{receipt}");
    }
    let (receipt, _) = answered(&bench, &notice, "#tiempo 1h30\n", "agent-mail").await;
    assert!(receipt.contains("tiempo: 15 m -> 1 h 45 m"), "{receipt}");
    let now = ticket(&bench, 1).await;
    assert_eq!((now.estimate, now.booked, now.sla.as_deref()), (Some(120), 105, Some("Alta Dirección")));
    assert!(bench.history(1).await.contains("time: 15 -> 105"));
    // What was booked by mistake is taken back, and no more than that.
    answered(&bench, &notice, "#tiempo -5m\n", "agent-mail").await;
    let (receipt, _) = answered(&bench, &notice, "#tiempo -3h\n", "commands-refused").await;
    assert!(receipt.contains("Solo hay 1 h 40 m anotados."), "{receipt}");
    assert_eq!(ticket(&bench, 1).await.booked, 100);
    let undo = answered(&bench, &notice, "#deshacer\n", "agent-mail").await.0;
    assert!(undo.contains("tiempo: 1 h 40 m -> 1 h 45 m"), "{undo}");
    let lines = bench.pipeline.store.history(TicketId(1), Page::FIRST).await.unwrap();
    let booked = lines.iter().filter(|line| line.attribute.as_deref() == Some("time"));
    assert!(
        booked.clone().count() >= 3
            && booked.into_iter().all(|line| line.cause.actor.to_string() == "agent mgomez")
    );
    let (receipt, _) = answered(&bench, &notice, "#tiempo pronto\n", "commands-refused").await;
    assert!(receipt.contains("#tiempo no conoce «pronto»"), "{receipt}");
}
