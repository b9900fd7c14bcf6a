//! Canned answers and macros of the example desk, through the real pipeline and store.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{BORDER, Bench, one_of as one};
use taquilla::desk::{SenderKind, TicketId};
use taquilla::store::Page;

const ANA: &str = "aquispe@minem.example";
const SMITH: &str = "jsmith@minem.example";
const AGENT: &str = "mgomez@minem.example";

async fn texts(bench: &Bench, id: i64) -> Vec<(SenderKind, bool, String)> {
    let shown = bench.pipeline.store.articles(TicketId(id), Page::FIRST).await.unwrap();
    let one = |shown: taquilla::store::ShownArticle| {
        let content = shown.article.content;
        (content.sender, content.visible, content.text.to_string())
    };
    shown.into_iter().map(one).collect()
}

#[tokio::test]
async fn a_canned_answer_speaks_to_the_customer() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "No puedo entrar").await;
    assert_eq!(
        bench.mail(&notice.reply("#plantilla Clave\n#cerrar\n\nEs la que le dicté por teléfono.\n")).await,
        "agent-mail"
    );
    let sent = bench.sent().await;
    let closed = one(&sent, ANA, "closed").text();
    let words = "Ana Quispe Mamani, se le asignó una contraseña nueva.";
    assert!(closed.contains(words) && closed.contains("Es la que le dicté por teléfono."), "{closed}");
    assert!(!closed.contains("#plantilla") && !closed.contains("{{"), "{closed}");
    let stored = texts(&bench, 1).await;
    assert!(stored[1].1 && stored[1].2.starts_with(words), "{stored:?}");
    assert!(one(&sent, AGENT, "receipt").text().contains("Su texto va a Ana Quispe Mamani."));

    // In the customer's language, also where the agent's notice was an internal one; alone it needs no text.
    let notice = bench.opened(SMITH, "I cannot log in today since my password is wrong").await;
    assert_eq!(bench.mail(&notice.reply("#nota\n\nLe cambio la clave.\n")).await, "agent-mail");
    let receipt = one(&bench.sent().await, AGENT, "receipt").clone();
    assert_eq!(bench.mail(&receipt.reply("#template clave\n")).await, "agent-mail");
    assert!(
        one(&bench.sent().await, SMITH, "agent-answer")
            .text()
            .contains("John Smith, you have a new password.")
    );
    // A note stays a note.
    assert_eq!(bench.mail(&receipt.reply("#template clave\n#nota\n")).await, "agent-mail");
    assert!(bench.sent().await.iter().all(|mail| mail.to != SMITH));
    assert!(!texts(&bench, 2).await[3].1);

    for (line, expected) in [
        ("#plantilla calve", "No existe: plantilla «calve». ¿Quiso decir «clave»? Hay: clave, visita."),
        ("#plantilla otra", "No existe: plantilla «otra». Hay: clave, visita."),
        ("#plantilla clave\n#plantilla visita", "Un correo lleva una sola plantilla."),
        ("#macro vista", "No existe: macro «vista». ¿Quiso decir «visita»? Hay: visita, sin respuesta."),
    ] {
        assert_eq!(bench.mail(&notice.reply(&format!("{line}\n"))).await, "commands-refused");
        let said = one(&bench.sent().await, AGENT, "receipt").text();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(expected), "{line}: {said}");
    }
}

#[tokio::test]
async fn a_macro_is_its_lines() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Se mueve la pantalla").await;
    assert_eq!(
        bench.mail(&notice.reply("#macro VISITA\n#prioridad alta\n\nMañana a las nueve.\n")).await,
        "agent-mail"
    );
    let sent = bench.sent().await;
    let number = bench.number(1).await;
    let answer = one(&sent, ANA, "agent-answer").text().replace("\r\n", "\n");
    let words = format!(
        "Mañana a las nueve.\n\nAna Quispe Mamani, un técnico pasará por su oficina. Si no va a estar, responda a este correo y acordamos otra hora.\n\nSu ticket es el {number}."
    );
    assert!(answer.contains(&words), "{answer}");
    assert!(bench.ticket(1).await.contains("pending reminder 4"), "{}", bench.ticket(1).await);
    let receipt = one(&sent, AGENT, "receipt").text();
    for line in [
        "#macro VISITA: #tomar",
        "#macro VISITA: #pendiente 2d",
        "responsable: ninguno -> María Gómez",
        "+visita",
    ] {
        assert!(receipt.contains(line), "{line}: {receipt}");
    }
    let history = bench.history(1).await;
    assert!(history.contains("tag: none -> visita"), "{history}");
}

#[tokio::test]
async fn a_new_ticket_is_answered_with_a_canned_answer() {
    let bench = Bench::new().await;
    let head = bench.head("Clave vencida");
    let text =
        "#nuevo telefónico\n#usuario quispe\n#plantilla clave\n#cerrar\n\nLlama: se le venció la clave.\n";
    let raw =
        format!("{BORDER}From: {AGENT}\nTo: soporte@minem.example\nMessage-ID: <n@agent>\n{head}\n{text}");
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    let sent = bench.sent().await;
    let closed = one(&sent, ANA, "closed").text();
    assert!(closed.contains("se le asignó una contraseña nueva.") && !closed.contains("Llama:"), "{closed}");
    one(&sent, ANA, "ticket-created");
    let stored = texts(&bench, 1).await;
    assert_eq!(stored[0], (SenderKind::Customer, true, "Llama: se le venció la clave.".to_owned()));
    assert!(stored[1].2.starts_with("Ana Quispe Mamani, se le") && stored[1].1, "{stored:?}");
}
