//! The agents' manual, operation by operation: mails in, tickets and mails out, through the real pipeline and store.
//! Those of its rows that have to do with handing a ticket on.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{Bench, Sent, one};
use taquilla::desk::TicketId;
use taquilla::store::{Page, TicketLine};

const ANA: &str = "ana@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const CARLA: &str = "csalas@minem.example";
const JUAN: &str = "jperez@minem.example";

/// A customer's mail; the notice that the help desk gets of it.
async fn opened(bench: &Bench, subject: &str) -> Sent {
    let raw = format!(
        "From: Ana Quispe <{ANA}>\nTo: soporte@minem.example\nMessage-ID: <{}@customer>\n{}\nNo funciona.\n",
        subject.replace(' ', "-"),
        bench.head(subject)
    );
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    one(&bench.sent().await, MARIA).clone()
}

async fn ticket(bench: &Bench, id: i64) -> TicketLine {
    let lines = bench.pipeline.store.tickets(&Default::default(), Page::FIRST).await.unwrap();
    lines.into_iter().find(|line| line.id == TicketId(id)).unwrap()
}

/// Sends an answer to a notice; the receipt and the other mails.
async fn answered(bench: &Bench, notice: &Sent, text: &str) -> (Sent, Vec<Sent>) {
    assert_eq!(bench.mail(&notice.reply(text)).await, "agent-mail");
    let sent = bench.sent().await;
    (one(&sent, &notice.to).clone(), sent)
}

/// What is refused says why.
async fn refused(bench: &Bench, notice: &Sent, text: &str) -> String {
    assert_eq!(bench.mail(&notice.reply(text)).await, "commands-refused");
    one(&bench.sent().await, &notice.to).text()
}

/// Row 10.
#[tokio::test]
async fn a_ticket_is_derived_to_whatever_has_the_name() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "Una consulta").await;
    // A queue, by its whole name and by a part of it.
    let (receipt, sent) =
        answered(&bench, &notice, "#derivar a Soporte Técnico\n#nota\n\nEs de equipos.\n").await;
    assert!(receipt.text().contains("cola: Mesa de Ayuda -> Soporte Técnico"), "{}", receipt.text());
    let told = one(&sent, LUIS);
    assert_eq!(told.template, "queue-changed");
    assert!(told.text().contains("Es de equipos."), "the reason: {}", told.text());
    // An agent, by a part of the name; the ticket is hers or his and locked.
    let (_, sent) = answered(&bench, &notice, "#derivar Rojas\n").await;
    assert_eq!(one(&sent, LUIS).template, "assigned");
    let now = ticket(&bench, 1).await;
    assert_eq!((now.responsible.as_deref(), now.locked), (Some("lrojas"), true));
    // Out of the queue again: whoever does not work there attends it no longer.
    let (_, sent) = answered(&bench, &notice, "#derive redes\n").await;
    assert_eq!(one(&sent, JUAN).template, "queue-changed");
    let now = ticket(&bench, 1).await;
    assert_eq!((now.queue.as_str(), now.responsible, now.locked), ("Redes", None, false));
    // Several, nothing, and somebody who does not work there.
    let said = refused(&bench, &notice, "#derivar s\n").await;
    assert!(said.contains("agente lrojas (Luis Rojas), agente csalas (Carla Salas)"), "{said}");
    assert!(said.contains("cola Soporte Técnico, cola Sistemas"), "{said}");
    let said = refused(&bench, &notice, "#derivar sistenas\n").await;
    assert!(said.contains("¿Quiso decir «Sistemas»?"), "{said}");
    let said = refused(&bench, &notice, "#derivar lrojas\n").await;
    assert!(said.contains("lrojas no trabaja en la cola «Redes»"), "{said}");
    assert_eq!(ticket(&bench, 1).await.queue, "Redes");
    // To oneself it is taken; a level is one, too.
    let (_, _) = answered(&bench, &notice, "#derivar a mí\n").await;
    assert_eq!(ticket(&bench, 1).await.responsible.as_deref(), Some("mgomez"));
    let (_, sent) = answered(&bench, &notice, "#derivar nivel 1\n").await;
    assert_eq!(one(&sent, JUAN).template, "level-changed");
    assert_eq!(ticket(&bench, 1).await.level, "1");
}

/// Row 13.
#[tokio::test]
async fn a_ticket_is_escalated_by_its_priority_and_the_level_is_told() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "Una consulta").await;
    assert_eq!(ticket(&bench, 1).await.level, "0");
    // Nobody of level 1 works in the queue of the help desk: it would lie there unseen.
    let said = refused(&bench, &notice, "#escalar\n").await;
    assert!(said.contains("Luis Rojas (Soporte Técnico), Juan Pérez (Redes)"), "{said}");
    assert_eq!(ticket(&bench, 1).await.level, "0");

    answered(&bench, &notice, "#tomar\n").await;
    let text = "#cola Soporte Técnico\n#escalar\n#nota\n\nNo pude resolverlo por teléfono.\n";
    let (receipt, sent) = answered(&bench, &notice, text).await;
    assert!(receipt.text().contains("nivel: 0 -> 1"), "{}", receipt.text());
    let told = one(&sent, LUIS);
    assert_eq!(told.template, "level-changed");
    assert!(told.text().contains("María Gómez pasó este ticket al nivel 1"), "{}", told.text());
    assert!(told.text().contains("No pude resolverlo por teléfono."), "{}", told.text());
    assert!(told.subject().contains("Nivel 1"), "{}", told.subject());
    assert!(sent.iter().all(|mail| mail.to != ANA), "internal");
    let now = ticket(&bench, 1).await;
    assert_eq!((now.level.as_str(), now.responsible, now.locked), ("1", None, false));
    assert!(bench.history(1).await.contains("level: 0 -> 1"));

    // High priority goes to level 2; whoever may answer in the queue stands in where no member is of that level.
    let told = told.clone();
    let (_, sent) = answered(&bench, &told, "#tomar\n#prioridad alta\n#escalar.\n").await;
    assert_eq!(one(&sent, CARLA).template, "level-changed");
    assert_eq!(ticket(&bench, 1).await.level, "2");
    let (receipt, _) = answered(&bench, &told, "#escalate to level 2\n").await;
    assert!(receipt.text().contains("Ya estaba así: 2"), "{}", receipt.text());
    // Back to the help desk.
    let (_, sent) = answered(&bench, &told, "#escalar 0\n").await;
    assert_eq!(one(&sent, MARIA).template, "level-changed");
    let said = refused(&bench, &told, "#escalar 3\n").await;
    assert!(said.contains("#escalar no conoce «3»"), "{said}");
    answered(&bench, &notice, "#cerrar silencio\n").await;
    assert!(refused(&bench, &told, "#escalar 1\n").await.contains("#reabrir"));
}
