//! What agents ask to see by mail: lists, tickets whole, histories, reports, and many tickets changed by a query.

mod support;

use support::desk::{BORDER, Bench, Sent, one};

const ANA: &str = "ana@minem.example";
const BERTA: &str = "berta@minem.example";
const AGENT: &str = "mgomez@minem.example";

/// A customer's mail; the notice that the agent gets of it.
async fn opened(bench: &Bench, customer: &str, subject: &str) -> Sent {
    let raw = format!(
        "From: {customer}\nTo: soporte@minem.example\nMessage-ID: <{}@customer>\n{}\nNo funciona: {subject}.\n",
        subject.replace(' ', "-"),
        bench.head(subject)
    );
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    one(&bench.sent().await, AGENT).clone()
}

/// A mail of the agent's that belongs to no thread; the border vouches for it.
fn vouched(bench: &Bench, id: &str, text: &str) -> String {
    format!(
        "{BORDER}From: {AGENT}\nTo: soporte@minem.example\nMessage-ID: <{id}@agent>\n{}\n{text}\n",
        bench.head("Consulta")
    )
}

/// Sends a mail that is answered and does nothing else; the one answer.
async fn answered(bench: &Bench, raw: &str, template: &str) -> Sent {
    assert_eq!(bench.mail(raw).await, "agent-mail");
    let sent = bench.sent().await;
    let answer = one(&sent, AGENT).clone();
    assert_eq!(answer.template, template);
    assert_eq!(sent.len(), 1, "no receipt, and nobody else is told");
    answer
}

#[tokio::test]
async fn a_list_is_answered_within_a_thread_and_without_one() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    opened(&bench, BERTA, "Otra consulta").await;
    let articles = bench.history(1).await;

    let list = answered(&bench, &notice.reply("#lista\n"), "list").await;
    let text = list.text();
    assert!(text.starts_with("2 tickets sin cerrar"), "{text}");
    for wanted in
        ["== Nuevos", "Una consulta", "Otra consulta", "Responsable: nadie", "Antigüedad: 0 m", "(-5)"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(text.contains(&bench.number(1).await) && text.contains(&bench.number(2).await));
    assert!(text.contains("código entregado a mgomez"), "on what grounds it was sent: {text}");
    assert_eq!(bench.history(1).await, articles, "the ticket of the thread is as it was");
    assert_eq!(list.subject(), "Tickets abiertos (2)");

    // As a new mail, in English, by a query; the ticket of the thread does not matter.
    let list = answered(&bench, &vouched(&bench, "l1", "#list customer:berta"), "list").await;
    assert!(list.text().starts_with("1 ticket: customer:berta"), "{}", list.text());
    assert!(!list.text().contains("Una consulta"));
    let list = answered(&bench, &vouched(&bench, "l2", "#list mine"), "list").await;
    assert!(list.text().contains("Ningún ticket cumple."), "{}", list.text());
    assert!(list.html().contains("Actualizar"));
    assert_eq!(bench.mail(&notice.reply("#tomar\n")).await, "agent-mail");
    bench.sent().await;
    let list = answered(&bench, &vouched(&bench, "l3", "#lista mis"), "list").await;
    assert!(list.text().starts_with("1 ticket: mis"), "{}", list.text());
    assert!(list.text().contains("3 normal, abierto, bloqueado"), "{}", list.text());
}

#[tokio::test]
async fn buttons_of_a_list_are_mails_that_are_obeyed() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    let list = answered(&bench, &vouched(&bench, "l1", "#lista"), "list").await;
    let html = list.html().replace("&#x3D;", "=").replace("&amp;", "&");
    let sent = |command: &str, nth: u32| {
        let marker = format!("&body={}", command.replace('#', "%23"));
        let href = html
            .split("href=\"mailto:")
            .find(|link| link.contains(&marker))
            .unwrap_or_else(|| panic!("{html}"));
        let href = href.split('"').next().unwrap();
        let (to, query) = href.split_once("?subject=").unwrap();
        let (subject, body) = query.split_once("&body=").unwrap();
        let plain = |text: &str| {
            let octets = text.split('%').enumerate().flat_map(|(at, piece)| match at {
                0 => piece.as_bytes().to_vec(),
                _ => {
                    let (code, rest) = piece.split_at(2);
                    let mut octets = vec![u8::from_str_radix(code, 16).unwrap()];
                    octets.extend(rest.as_bytes());
                    octets
                }
            });
            String::from_utf8(octets.collect()).unwrap()
        };
        format!(
            "From: {AGENT}\nTo: {to}\nMessage-ID: <button{nth}@agent>\n{}\n{}",
            bench.head(&plain(subject)),
            plain(body)
        )
    };
    // Nothing vouches for these: the token of the row is the proof.
    let shown = answered(&bench, &sent("#ver", 1), "show").await;
    assert!(shown.text().contains("No funciona: Una consulta."), "{}", shown.text());
    assert_eq!(bench.mail(&sent("#tomar", 2)).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("open"));
    bench.sent().await;
    assert_eq!(bench.mail(&sent("#cerrar", 3)).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("closed successful"));
}

#[tokio::test]
async fn nothing_is_listed_to_whoever_only_says_who_he_is() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    let forged =
        vouched(&bench, "f1", "#list").replace("Authentication-Results: mx.minem.example", "X-Other: x");
    assert_eq!(bench.mail(&forged).await, "held-for-confirmation");
    let sent = bench.sent().await;
    let question = one(&sent, AGENT);
    assert_eq!(question.template, "confirmation");
    assert!(!question.text().contains("Una consulta"), "{}", question.text());
    // The registered address says yes, and the list follows.
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert_eq!(one(&sent, AGENT).template, "list");
    assert!(one(&sent, AGENT).text().contains("Una consulta"));
}

#[tokio::test]
async fn mistakes_in_queries_are_told_with_the_nearest_word() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    for (nth, (text, wanted)) in [
        ("#lista colla:redes", "¿Quiso decir «cola:»?"),
        ("#lista cola:redse", "¿Quiso decir «Redes»?"),
        ("#para estado:abirto\n#cerrar", "¿Quiso decir «abierto»?"),
        ("#reporte encuetas", "¿Quiso decir «encuestas»?"),
        ("#reporte encuestas mucho", "no es un tiempo"),
        ("#ver", "No hay ticket al que aplicarlo"),
        ("#ver 2013121610000137", "No existe el ticket 2013121610000137"),
        ("#para cola:redes\n#cerrar", "Ningún ticket cumple"),
    ]
    .into_iter()
    .enumerate()
    {
        let raw = vouched(&bench, &format!("m{nth}"), text);
        assert_eq!(bench.mail(&raw).await, "commands-refused", "{text}");
        let sent = bench.sent().await;
        assert!(one(&sent, AGENT).text().contains(wanted), "{text}: {}", one(&sent, AGENT).text());
    }
}

#[tokio::test]
async fn a_dry_list_sends_a_receipt_alone() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#ensayo\n#lista\n")).await, "dry-run");
    let sent = bench.sent().await;
    assert_eq!(one(&sent, AGENT).template, "receipt");
    assert!(one(&sent, AGENT).text().contains("1 ticket"), "{}", one(&sent, AGENT).text());
}

#[tokio::test]
async fn a_ticket_is_shown_whole_and_its_history_is_told_in_spanish() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(
        bench
            .mail(
                &notice.reply(
                    "#nota\n#prioridad alta\n#campo.sala 204\n#ans Alta Dirección\n\nLlamar a redes.\n"
                )
            )
            .await,
        "agent-mail"
    );
    bench.sent().await;
    let shown = answered(&bench, &notice.reply("#ver\n"), "show").await;
    let text = shown.text();
    for wanted in [
        "Prioridad: 4 alto",
        "Antigüedad: 0 m",
        "Creado: ",
        "(-5)",
        "sala: 204",
        "ANS: Alta Dirección",
        "Primera respuesta hasta: ",
        "1. ana@minem.example",
        "No funciona: Una consulta.",
        "visible para el usuario",
        "Llamar a redes.",
        "correo, agente, interno",
        "== Últimos cambios",
        "prioridad: 3 normal → 4 alto",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    // An answer to it with commands is about its ticket.
    let history = answered(&bench, &shown.reply("#historial\n"), "history").await;
    let text = history.text();
    for wanted in
        ["ticket creado", "artículo del usuario, visible para el usuario", "sala: ninguno → 204", "María"]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    // By number, of another ticket, in English words.
    opened(&bench, BERTA, "Otra consulta").await;
    let number = bench.number(2).await;
    let shown = answered(&bench, &notice.reply(&format!("#show {number}\n")), "show").await;
    assert!(shown.text().contains("No funciona: Otra consulta."), "{}", shown.text());
    assert!(shown.subject().contains(&number), "{}", shown.subject());
}

#[tokio::test]
async fn a_report_says_what_it_is_and_counts() {
    let bench = Bench::new().await;
    let report = answered(&bench, &vouched(&bench, "r1", "#reporte encuestas"), "report").await;
    let text = report.text();
    for wanted in ["Cada encuesta enviada", "Cómo se obtiene:", "Columnas:", "Enviadas: 0", "No hay filas."]
    {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
}

/// Sends commands that need a confirmation; the question.
async fn asked(bench: &Bench, raw: &str) -> Sent {
    assert_eq!(bench.mail(raw).await, "held-for-confirmation");
    let question = one(&bench.sent().await, AGENT).clone();
    assert_eq!(question.template, "confirmation");
    question
}

#[tokio::test]
async fn what_a_query_finds_is_changed_once_it_was_shown() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    opened(&bench, BERTA, "Otra consulta").await;
    let text = "#para estado:nuevo\n#prioridad alta\n#etiqueta +corte";
    let question = asked(&bench, &vouched(&bench, "q1", text)).await;
    for wanted in ["#para estado:nuevo → 2 tickets", &bench.number(1).await, &bench.number(2).await, "4 alto"]
    {
        assert!(question.text().contains(wanted), "{wanted}: {}", question.text());
    }
    assert!(question.text().contains("Otra consulta: #prioridad alta"), "by its title: {}", question.text());
    // Another ticket has come: a confirmation is about what it shows.
    opened(&bench, ANA, "La tercera consulta").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    assert!(bench.ticket(1).await.contains('3'), "nothing was done");
    let again = one(&bench.sent().await, AGENT).clone();
    assert_eq!(again.template, "confirmation");
    assert!(
        again.text().contains("→ 3 tickets") && again.text().contains("otros tickets"),
        "{}",
        again.text()
    );
    assert_eq!(bench.mail(&again.reply("sí\n")).await, "confirmation");
    for id in 1..=3 {
        assert!(bench.ticket(id).await.contains('4'), "{id}: {}", bench.ticket(id).await);
    }
    let receipt = one(&bench.sent().await, AGENT).clone();
    assert_eq!(receipt.template, "receipt");
    assert!(receipt.text().contains("#deshacer"), "{}", receipt.text());

    // Nothing but a name in From: the query is shown before anything is done, though the mail itself was confirmed.
    let forged = vouched(&bench, "q2", "#para estado:nuevo\n#prioridad baja");
    let forged = forged.replace("Authentication-Results: mx.minem.example", "X-Other: x");
    let question = asked(&bench, &forged).await;
    assert!(!question.text().contains(&bench.number(1).await), "nothing is read for it: {}", question.text());
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    assert!(bench.ticket(1).await.contains('4'));
    let again = one(&bench.sent().await, AGENT).clone();
    assert!(again.text().contains("→ 3 tickets"), "{}", again.text());
    assert_eq!(bench.mail(&again.reply("sí\n")).await, "confirmation");
    assert!(bench.ticket(1).await.contains('2'));
}

/// The question about a doubtful line shows the mail that the question about the tickets showed: one yes to each.
#[tokio::test]
async fn a_doubtful_answer_to_what_a_query_finds_can_be_confirmed() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    let text = "#para estado:nuevo\n#público\nReinicie el equipo.\nSu respuesta se enviará a Ana.";
    let question = asked(&bench, &vouched(&bench, "d1", text)).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let again = one(&bench.sent().await, AGENT).clone();
    assert_eq!(again.template, "held-for-author");
    assert_eq!(bench.mail(&again.reply("Sí.\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(one(&sent, ANA).text().contains("Reinicie el equipo."), "{sent:?}");
}

#[tokio::test]
async fn a_query_that_finds_too_many_tickets_changes_none() {
    let mut house = support::golden::house();
    (house.policy.desk.limits.bulk_unless_said, house.policy.desk.limits.bulk) = (1, 2);
    let bench = Bench::of(house).await;
    opened(&bench, ANA, "Una consulta").await;
    opened(&bench, BERTA, "Otra consulta").await;
    let refused = async |id: &str, text: &str, wanted: &str| {
        assert_eq!(bench.mail(&vouched(&bench, id, text)).await, "commands-refused", "{text}");
        let sent = bench.sent().await;
        assert!(one(&sent, AGENT).text().contains(wanted), "{text}: {}", one(&sent, AGENT).text());
    };
    refused("t1", "#para estado:nuevo\n#cerrar", "Son 2 tickets, y no se pueden cambiar más de 1").await;
    refused("t2", "#límite 1\n#para estado:nuevo\n#cerrar", "no se pueden cambiar más de 1").await;
    // One fits, and so do two where the mail says so; more than the desk allows do not.
    asked(&bench, &vouched(&bench, "t3", "#para cliente:ana\n#cerrar")).await;
    asked(&bench, &vouched(&bench, "t4", "#límite 2\n#para estado:nuevo\n#cerrar")).await;
    opened(&bench, ANA, "La tercera consulta").await;
    refused(
        "t5",
        "#límite 500\n#para estado:nuevo\n#cerrar",
        "Son 3 tickets, y no se pueden cambiar más de 2",
    )
    .await;
    assert!(bench.ticket(1).await.contains("new") && bench.ticket(2).await.contains("new"));
}

#[tokio::test]
async fn only_tickets_that_the_agent_may_read_are_shown_and_found() {
    let mut house = support::golden::house();
    // Without roles an agent works the queues of which he is a member.
    let agent = house.policy.desk.agents.iter_mut().find(|agent| agent.login == "mgomez").unwrap();
    agent.roles.clear();
    let bench = Bench::of(house).await;
    opened(&bench, ANA, "Una consulta").await;
    let raw = format!(
        "From: {BERTA}\nTo: soporte@minem.example\nMessage-ID: <siaf@customer>\n{}\nNo abre.\n",
        bench.head("El SIAF secreto no abre")
    );
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    bench.sent().await;
    let hidden = bench.number(2).await;

    for (id, text) in
        [("p1", "#lista"), ("p2", "#lista estado:todos"), ("p3", "#lista -cola:mesa estado:todos")]
    {
        let list = answered(&bench, &vouched(&bench, id, text), "list").await;
        assert!(!list.text().contains("secreto") && !list.raw().contains(&hidden), "{}", list.text());
        let expected = if id == "p3" { "0 tickets" } else { "1 ticket" };
        assert!(list.text().starts_with(expected), "what is hidden is not counted: {}", list.text());
    }
    for (id, text) in [
        ("p4", format!("#ver {hidden}")),
        ("p5", format!("#historial {hidden}")),
        ("p6", "#para título:siaf\n#cerrar".to_owned()),
    ] {
        assert_eq!(bench.mail(&vouched(&bench, id, &text)).await, "commands-refused", "{text}");
        assert!(!one(&bench.sent().await, AGENT).text().contains("secreto"), "{text}");
    }
    let question = asked(&bench, &vouched(&bench, "p7", "#para estado:nuevo\n#etiqueta +x")).await;
    assert!(
        question.text().contains("→ 1 ticket") && !question.text().contains(&hidden),
        "{}",
        question.text()
    );
}

#[tokio::test]
async fn a_long_list_ends_and_says_how_many_more_there_are() {
    let bench = Bench::new().await;
    for n in 0..43 {
        opened(&bench, &format!("person{n}@minem.example"), &format!("Consulta {n}")).await;
    }
    let list = answered(&bench, &vouched(&bench, "long", "#lista consulta"), "list").await;
    assert!(list.text().starts_with("43 tickets: consulta"), "{}", list.text());
    assert_eq!(list.text().matches("Responsable: ").count(), 40);
    assert!(list.text().contains("Hay 3 más."), "{}", list.text());
    // Mail programs cut what is longer.
    assert!(list.html().len() < 102_000, "{} octets", list.html().len());
    // One mail asks for five lists and no more.
    let six: Vec<String> = (0..6).map(|n| format!("#lista consulta {n}")).collect();
    assert_eq!(bench.mail(&vouched(&bench, "six", &six.join("\n"))).await, "commands-refused");
    assert!(one(&bench.sent().await, AGENT).text().contains("Un correo puede pedir 5 de estos"));
    assert_eq!(bench.mail(&vouched(&bench, "five", &six[1..].join("\n"))).await, "agent-mail");
    assert_eq!(bench.sent().await.len(), 5);
}

#[tokio::test]
async fn a_long_ticket_shows_its_first_and_last_articles() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    for n in 1..=105 {
        assert_eq!(
            bench.mail(&notice.reply(&format!("#nota\n\nNota número {n}.{}\n", "x".repeat(n)))).await,
            "agent-mail"
        );
    }
    bench.sent().await;
    let shown = answered(&bench, &notice.reply("#ver\n"), "show").await;
    let text = shown.text();
    for wanted in [
        "No funciona: Una consulta.",
        "6 artículos no se muestran aquí",
        "8. María Gómez",
        "106. María Gómez",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(
        !text.contains("Nota número 6.")
            && text.contains("Nota número 7.")
            && text.contains("Nota número 105.")
    );
    let history = answered(&bench, &notice.reply("#historial\n\n"), "history").await;
    assert!(history.text().contains("que no se muestran"), "{}", history.text());
}
