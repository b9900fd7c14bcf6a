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
    assert!(told.subject().ends_with("] Una consulta"), "one conversation: {}", told.subject());
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

const FIRM: &str = "soporte@andinos.example";

/// Hands the first ticket to the supplier, by confirmation; the mail that it gets, and the notice of the help desk.
async fn handed_over(bench: &Bench, text: &str) -> (Sent, Sent) {
    let notice = opened(bench, "La impresora no imprime").await;
    assert_eq!(bench.mail(&notice.reply(text)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    assert!(asked.iter().all(|mail| mail.to == MARIA), "nothing leaves before");
    let question = one(&asked, MARIA);
    assert!(
        question.text().contains(&format!("proveedor Suministros Andinos <{FIRM}>")),
        "{}",
        question.text()
    );
    assert_eq!(bench.mail(&question.reply("Sí.\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "the customer hears nothing");
    (one(&sent, FIRM).clone(), notice)
}

const REQUEST: &str = "#escalar a proveedor suministros andinos\n\nFavor cambiar el fusor de la HP del piso 3.\n\
                       Escriba a mgomez@minem.example.\n";

async fn last_article(bench: &Bench, id: i64) -> taquilla::desk::NewArticle {
    let articles = bench.pipeline.store.articles(TicketId(id), Page::FIRST).await.unwrap();
    articles.last().unwrap().article.content.clone()
}

/// Row 14.
#[tokio::test]
async fn a_supplier_is_written_to_in_a_thread_of_its_own() {
    let bench = Bench::new().await;
    let (request, notice) = handed_over(&bench, REQUEST).await;
    // It gets the agent's words under the ticket's title, and nothing of the customer or of an agent.
    assert_eq!(request.template, "supplier-request");
    assert!(request.subject().ends_with("] La impresora no imprime"), "{}", request.subject());
    let text = request.text().replace("\r\n", "\n");
    assert!(
        text.starts_with("Favor cambiar el fusor de la HP del piso 3.\nEscriba a soporte@minem.example."),
        "{text}"
    );
    assert!(text.contains("María Gómez") && text.contains("Anexo"), "the queue's signature: {text}");
    for private in ["ana@", "Ana Quispe", "No funciona", "mgomez", "#escalar"] {
        assert!(!request.raw().contains(private), "{private}: {}", request.raw());
    }
    assert!(request.header("Auto-Submitted").is_empty() && request.header("References").is_empty());
    let now = ticket(&bench, 1).await;
    assert_eq!((now.level.as_str(), now.responsible.as_deref()), ("Suministros Andinos", Some("mgomez")));
    assert_eq!(now.state, "open");
    let article = last_article(&bench, 1).await;
    assert_eq!((article.sender.word(), article.visible), ("agent", false));
    assert_eq!(article.to[0].address, FIRM);

    // Its answer is internal, and whoever is responsible hears of it.
    let answer = request.reply("El repuesto llega el lunes.\n").replace("Re: ", "RE: REQ-004711 ");
    assert_eq!(bench.mail(&answer).await, "follow-up");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{:?}", sent.iter().map(|mail| &mail.to).collect::<Vec<_>>());
    let told = one(&sent, MARIA);
    assert_eq!(told.template, "supplier-wrote");
    assert!(
        told.text().contains("se enviará a Suministros Andinos, el proveedor, no al usuario"),
        "{}",
        told.text()
    );
    assert!(told.text().contains("El repuesto llega el lunes."));
    let article = last_article(&bench, 1).await;
    assert_eq!((article.sender.word(), article.visible), ("supplier", false));
    assert!(bench.history(1).await.contains("article of supplier, internal"));

    // What the agent answers to that goes to the supplier, in its thread.
    assert_eq!(bench.mail(&told.reply("De acuerdo, los esperamos.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let second = one(&sent, FIRM);
    assert!(second.text().starts_with("De acuerdo, los esperamos."), "{}", second.text());
    assert!(
        second.header("References").contains(&request.header("Message-ID")),
        "{}",
        second.header("References")
    );
    assert!(sent.iter().all(|mail| mail.to != ANA));
    // With #nota it stays inside, with #publico it goes to the customer, and the thread of the supplier is not shown to her.
    let colleague = one(&sent, LUIS);
    assert!(
        colleague.text().contains("María Gómez escribió al proveedor Suministros Andinos:"),
        "{}",
        colleague.text()
    );
    assert_eq!(bench.mail(&told.reply("#nota\n\nOjo: cobran la visita.\n")).await, "agent-mail");
    assert!(bench.sent().await.iter().all(|mail| [MARIA, LUIS].contains(&mail.to.as_str())));
    assert_eq!(bench.mail(&told.reply("#publico\n\nEl lunes cambian la pieza.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let public = one(&sent, ANA);
    assert!(sent.iter().all(|mail| mail.to != FIRM));
    for private in ["andinos", "Andinos", "REQ-", "repuesto", "cobran", "fusor"] {
        assert!(!public.raw().contains(private), "{private}: {}", public.raw());
    }
    let ids: Vec<String> = [&request, second].iter().map(|mail| mail.header("Message-ID")).collect();
    assert!(ids.iter().all(|id| !public.raw().contains(id.as_str())), "{}", public.raw());

    // The customer's notice is answered as ever.
    assert_eq!(bench.mail(&notice.reply("Estamos en ello, Ana.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    one(&sent, ANA);
    assert!(sent.iter().all(|mail| mail.to != FIRM));
}

#[tokio::test]
async fn somebody_else_at_the_firm_answers_and_its_own_number_is_enough_later() {
    let bench = Bench::new().await;
    let (request, _) = handed_over(&bench, REQUEST).await;
    // An automatic acknowledgement: no answer, but there the number stands.
    let number = "Su pedido REQ-004711";
    let automatic = format!(
        "From: Avisos <avisos@andinos.example>\nTo: soporte@minem.example\nMessage-ID: <ack@andinos>\n\
         In-Reply-To: {}\nAuto-Submitted: auto-replied\n{}\nRecibido.\n",
        request.header("Message-ID"),
        bench.head(number)
    );
    assert_eq!(bench.mail(&automatic).await, "auto-reply");
    assert!(bench.sent().await.is_empty());
    assert_eq!(last_article(&bench, 1).await.sender.word(), "supplier");
    let waits = || async { bench.pipeline.store.timers_of(TicketId(1)).await.unwrap().len() };
    assert_eq!(waits().await, 1, "the reminder stays");

    // A colleague whose address nobody knows answers our mail: the token says for whom.
    let colleague =
        request.reply("Voy mañana.\n").replace(&format!("From: {FIRM}"), "From: Juan <juan@andinos.example>");
    assert_eq!(bench.mail(&colleague).await, "follow-up");
    let article = last_article(&bench, 1).await;
    assert_eq!((article.sender.word(), article.visible), ("supplier", false));
    assert_eq!(waits().await, 0, "it answered");
    bench.sent().await;

    // Later the firm writes anew, with nothing but its number.
    let later = |from: &str, id: &str, subject: &str| {
        format!(
            "From: {from}\nTo: soporte@minem.example\nMessage-ID: <{id}>\n{}\nYa está.\n",
            bench.head(subject)
        )
    };
    assert_eq!(bench.mail(&later(FIRM, "n1@andinos", "Cierre de req-004711")).await, "follow-up");
    assert_eq!(last_article(&bench, 1).await.sender.word(), "supplier");
    assert_eq!(one(&bench.sent().await, MARIA).template, "supplier-wrote");
    // Nobody else gets in with it, and a number that was never seen is a request like any other.
    assert_eq!(bench.mail(&later("eva@mala.example", "n2@mala", "REQ-004711")).await, "new-ticket");
    assert_eq!(bench.mail(&later(FIRM, "n3@andinos", "REQ-009999 oferta")).await, "new-ticket");
    let numbers = bench.pipeline.store.other_numbers_of(TicketId(1)).await.unwrap();
    assert_eq!(numbers, ["suministros andinos req-004711"]);
    // What a stranger writes into a subject is no supplier's number.
    assert_eq!(bench.mail(&later("eva@mala.example", "n4@mala", "Precio de REQ-005555")).await, "new-ticket");
    assert!(bench.pipeline.store.other_numbers_of(TicketId(4)).await.unwrap().is_empty());
    assert_eq!(bench.mail(&later(FIRM, "n5@andinos", "Asunto REQ-005555")).await, "new-ticket");
}

#[tokio::test]
async fn a_supplier_is_reminded_until_it_answers() {
    let mut bench = Bench::new().await;
    let (request, notice) = handed_over(&bench, REQUEST).await;
    let start = bench.pipeline.clock.now();
    let at_day = async |bench: &mut Bench, days: i64| {
        let now = start + jiff::SignedDuration::from_hours(24 * days + 1);
        bench.pipeline.clock = taquilla::clock::Clock::Fixed(now);
        let due = bench.pipeline.store.timers_due(now, 10).await.unwrap();
        for timer in &due {
            bench.pipeline.fire(timer.id).await.unwrap().unwrap();
        }
        (due.len(), bench.sent().await)
    };
    assert_eq!(at_day(&mut bench, 1).await.0, 0);
    for day in [2, 5] {
        let (fired, sent) = at_day(&mut bench, day).await;
        assert_eq!(fired, 1, "day {day}");
        let reminder = one(&sent, FIRM);
        assert_eq!(
            (reminder.template.as_str(), reminder.header("Auto-Submitted").as_str()),
            ("supplier-reminder", "auto-generated")
        );
        assert!(reminder.header("References").contains(&request.header("Message-ID")));
        assert!(
            !reminder.raw().contains("Ana Quispe") && reminder.text().contains("desde el"),
            "{}",
            reminder.text()
        );
        assert_eq!(one(&sent, MARIA).template, "supplier-silent");
        assert_eq!(sent.len(), 2);
    }
    // The ticket is back in the house: nobody is reminded any more.
    assert_eq!(bench.mail(&notice.reply("#escalar 0\n")).await, "agent-mail");
    bench.sent().await;
    let (fired, sent) = at_day(&mut bench, 8).await;
    assert_eq!((fired, sent.len()), (0, 0));
    // What comes late is the supplier's all the same.
    assert_eq!(bench.mail(&request.reply("Perdón por la demora.\n")).await, "follow-up");
    assert_eq!(last_article(&bench, 1).await.sender.word(), "supplier");
}

#[tokio::test]
async fn what_is_not_clear_does_not_leave_for_a_supplier() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "La impresora no imprime").await;
    for (text, said) in [
        ("#escalar proveedor\n", "¿Qué debe hacer el proveedor?"),
        ("#escalar proveedor\n#nota\n\nTexto.\n", "quite #nota y #público"),
        ("#publico\n#escalar proveedor\n\nTexto.\n", "quite #nota y #público"),
        ("#escalar proveedor Contoso\n\nTexto.\n", "No existe: proveedor «Contoso»"),
    ] {
        let receipt = refused(&bench, &notice, text).await;
        assert!(receipt.contains(said), "{text}: {receipt}");
    }
    assert!(bench.pipeline.store.suppliers_of(TicketId(1)).await.unwrap().is_empty());
    // By its name alone, as whatever else has a name; and taken back within the two minutes.
    assert_eq!(
        bench.mail(&notice.reply("#derivar andinos\n\nCambien el fusor.\n")).await,
        "held-for-confirmation"
    );
    let asked = bench.sent().await;
    assert_eq!(bench.mail(&one(&asked, MARIA).reply("si\n")).await, "confirmation");
    one(&bench.sent().await, FIRM);
    assert_eq!(bench.mail(&notice.reply("#deshacer\n")).await, "agent-mail");
    let sent = bench.sent().await;
    assert!(
        one(&sent, MARIA).text().contains(&format!("el correo a {FIRM} ya no sale")),
        "{}",
        sent[0].text()
    );
    assert_eq!(ticket(&bench, 1).await.level, "0");
    assert!(bench.pipeline.store.suppliers_of(TicketId(1)).await.unwrap().is_empty());
    assert!(bench.pipeline.store.timers_of(TicketId(1)).await.unwrap().is_empty());
    let waiting = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
    assert!(waiting.iter().all(|mail| mail.to != FIRM), "{waiting:?}");
}

/// What nothing proves is asked about, and the question says to whom the text would go.
#[tokio::test]
async fn the_question_says_that_the_text_goes_to_the_supplier() {
    let bench = Bench::new().await;
    opened(&bench, "La impresora no imprime").await;
    for (id, line) in [("u1", "#escalar proveedor"), ("u2", "#derivar suministros")] {
        let raw = bench.unproved(id, &format!("{line}\n\nCambien el fusor.")).await;
        assert_eq!(bench.mail(&raw).await, "held-for-confirmation");
        let asked = bench.sent().await;
        let text = one(&asked, MARIA).text();
        assert!(text.contains("El texto iría al proveedor Suministros Andinos, no al usuario"), "{text}");
    }
}

/// Row 12.
#[tokio::test]
async fn a_ticket_is_split_and_both_go_their_way() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "Dos consultas").await;
    let text =
        "#dividir\n#título Un segundo teclado\n#derivar Soporte Técnico\n\nAna pide además otro teclado.\n";
    let (receipt, sent) = answered(&bench, &notice, text).await;
    let number = bench.number(2).await;
    assert!(receipt.text().contains(&format!("ticket nuevo {number}")), "{}", receipt.text());
    let welcome = one(&sent, ANA);
    assert!(welcome.subject().contains(&format!("[Ticket#{number}] ")), "{}", welcome.subject());
    assert!(welcome.subject().contains("Un segundo teclado"), "{}", welcome.subject());
    let (first, second) = (ticket(&bench, 1).await, ticket(&bench, 2).await);
    assert_eq!((first.queue.as_str(), second.queue.as_str()), ("Mesa de Ayuda", "Soporte Técnico"));
    assert_eq!(
        (second.title.as_str(), second.customer.unwrap().address.as_str()),
        ("Un segundo teclado", ANA)
    );
    let links = bench.pipeline.store.links_of(TicketId(2)).await.unwrap();
    assert_eq!(links[0].number.as_str(), bench.number(1).await);
    assert!(last_article(&bench, 2).await.text.contains("otro teclado"));
    // Each customer's mail goes to its own.
    assert_eq!(bench.mail(&welcome.reply("El negro, por favor.\n")).await, "follow-up");
    assert!(last_article(&bench, 2).await.text.contains("El negro"));
}

/// Row 16: the text of the mail is the reason.
#[tokio::test]
async fn owner_and_responsible_change_with_the_reason() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "La impresora no imprime").await;
    let text = "#propietario csalas\n#responsable rojas\n#nota\n\nEl jefe pidió que lo vea Luis.\n";
    let (receipt, sent) = answered(&bench, &notice, text).await;
    for line in ["propietario: Luis Rojas -> Carla Salas", "responsable: ninguno -> Luis Rojas"] {
        assert!(receipt.text().contains(line), "{line}: {}", receipt.text());
    }
    for (who, template) in [(LUIS, "assigned"), (CARLA, "owner-changed")] {
        let told = one(&sent, who);
        assert_eq!(told.template, template);
        assert!(told.text().contains("El jefe pidió que lo vea Luis."), "the reason: {}", told.text());
    }
    assert!(sent.iter().all(|mail| mail.to != ANA));
    let now = ticket(&bench, 1).await;
    assert_eq!((now.owner.as_deref(), now.responsible.as_deref()), (Some("csalas"), Some("lrojas")));
    let article = last_article(&bench, 1).await;
    assert_eq!((article.visible, &*article.text), (false, "El jefe pidió que lo vea Luis."));
    let history = bench.history(1).await;
    assert!(
        history.contains("owner: lrojas -> csalas") && history.contains("responsible: none -> lrojas"),
        "{history}"
    );
}

/// Row 19.
#[tokio::test]
async fn a_locked_ticket_is_answered_by_its_own_and_an_unlocked_one_by_others() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "La impresora no imprime").await;
    let luis = {
        let (_, sent) = answered(&bench, &notice, "#derivar Luis\n").await;
        one(&sent, LUIS).clone()
    };
    assert!(ticket(&bench, 1).await.locked);
    assert_eq!(bench.mail(&notice.reply("Ana, ya lo estoy viendo.\n")).await, "held-for-lock");
    let said = one(&bench.sent().await, MARIA).text();
    assert!(said.contains("Luis Rojas tiene bloqueado este ticket. Con su sí usted lo toma"), "{said}");
    assert!(bench.sent().await.is_empty(), "nothing has left");
    // A note is free, and so is whoever takes it over.
    answered(&bench, &notice, "#nota\n\nAna llamó otra vez.\n").await;
    let (_, sent) = answered(&bench, &luis, "#desbloquear\n").await;
    assert!(sent.iter().all(|mail| mail.to != ANA));
    assert!(!ticket(&bench, 1).await.locked);
    assert_eq!(bench.mail(&notice.reply("Ana, ya lo estoy viendo yo.\n")).await, "agent-mail");
    assert!(one(&bench.sent().await, ANA).text().contains("viendo yo"));
    let (_, _) = answered(&bench, &luis, "#bloquear\n\n").await;
    assert_eq!(bench.mail(&notice.reply("#tomar\n\nLo termino yo, Ana.\n")).await, "agent-mail");
    assert!(one(&bench.sent().await, ANA).text().contains("Lo termino yo"));
    let now = ticket(&bench, 1).await;
    assert_eq!((now.responsible.as_deref(), now.locked), (Some("mgomez"), true));
}

/// The buttons of a notice work as they are, in a mail that a telephone opens anew.
#[tokio::test]
async fn what_a_button_writes_is_done() {
    let bench = Bench::new().await;
    let notice = opened(&bench, "La impresora no imprime").await;
    let steps = [
        ("Tomar", "open", Some("mgomez")),
        ("Pendiente 1 día", "pending reminder", Some("mgomez")),
        ("Cerrar", "closed successful", Some("mgomez")),
    ];
    for (button, state, responsible) in steps {
        assert_eq!(bench.mail(&notice.pressed(button)).await, "agent-mail", "{button}");
        let now = ticket(&bench, 1).await;
        assert_eq!((now.state.as_str(), now.responsible.as_deref()), (state, responsible), "{button}");
    }
    let sent = bench.sent().await;
    let receipt = sent.iter().rfind(|mail| mail.template == "receipt").unwrap();
    assert_eq!(bench.mail(&receipt.pressed("Deshacer")).await, "agent-mail");
    assert_eq!(ticket(&bench, 1).await.state, "pending reminder");
    // Nobody but the one who got it presses it: the token is hers.
    let other = notice.pressed("Cerrar").replace(MARIA, "lrojas@minem.example").replace("@phone>", "@other>");
    assert_eq!(bench.mail(&other).await, "held-for-confirmation");
    assert_eq!(ticket(&bench, 1).await.state, "pending reminder");
}

/// The administrator may do without the question; two suppliers of one ticket are never taken for each other.
#[tokio::test]
async fn a_ticket_with_two_suppliers_asks_which() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("supplier".to_owned(), 2);
    let mut other = house.policy.desk.suppliers[0].clone();
    (other.name, other.addresses) = ("Redes del Sur".to_owned(), vec!["noc@sur.example".to_owned()]);
    house.policy.desk.suppliers.push(other);
    let bench = Bench::of(house).await;
    let notice = opened(&bench, "La impresora no imprime").await;
    let said = refused(&bench, &notice, "#escalar proveedor\n\nMiren esto.\n").await;
    assert!(said.contains("proveedor Suministros Andinos, proveedor Redes del Sur"), "{said}");
    let (_, sent) = answered(&bench, &notice, "#escalar proveedor andinos\n\nMiren la impresora.\n").await;
    let first = one(&sent, FIRM).clone();
    assert_eq!(bench.mail(&first.reply("Es la red.\n")).await, "follow-up");
    let of_first = one(&bench.sent().await, MARIA).clone();
    let (receipt, sent) = answered(&bench, &notice, "#escalar proveedor sur\n\nMiren la red.\n").await;
    assert!(receipt.text().contains("nivel: Suministros Andinos -> Redes del Sur"), "{}", receipt.text());
    let second = one(&sent, "noc@sur.example").clone();
    for word in ["ndinos", "impresora."] {
        assert!(!second.raw().contains(word), "{word}: {}", second.raw());
    }
    assert!(!second.raw().contains(&first.header("Message-ID")), "a thread of its own");
    // The notice said that the answer goes to the supplier: there were not two of them then.
    let said = refused(&bench, &of_first, "Ya lo ve otra empresa.\n").await;
    assert!(said.contains("está con varios proveedores: Suministros Andinos, Redes del Sur"), "{said}");
    assert_eq!(bench.mail(&second.reply("La red está bien.\n")).await, "follow-up");
    let of_second = one(&bench.sent().await, MARIA).clone();
    assert!(of_second.text().contains("quedará como nota interna"), "{}", of_second.text());
    answered(&bench, &of_first, "#escalar proveedor redes del sur\n\nRevisen otra vez, por favor.\n").await;
    let waiting = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
    let to = |address: &str| waiting.iter().filter(|mail| mail.to == address).count();
    assert_eq!((to(FIRM), to("noc@sur.example")), (1, 2));
}
