//! What agents are told, and in which words: who has the ticket now, what was asked, where a text went.

mod support;

use support::desk::{Bench, Sent, one_of};

const ANA: &str = "aquispe@minem.example";
const ROSA: &str = "rcastillo@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const JUAN: &str = "jperez@minem.example";
const CARLA: &str = "csalas@minem.example";

/// What the mail host of the example writes above a mail whose sender logged in.
fn vouched(bench: &Bench, subject: &str, text: &str) -> String {
    let id = text.len();
    let head = bench.head(subject);
    format!(
        "Authentication-Results: mx.minem.example; auth=pass smtp.auth={MARIA}\nFrom: {MARIA}\nTo: soporte@minem.example\n\
         Message-ID: <v{id}@agent>\n{head}\n{text}"
    )
}

async fn done(bench: &Bench, raw: &str) -> Vec<Sent> {
    let reason = bench.mail(raw).await;
    assert!(["agent-mail", "new-ticket", "follow-up"].contains(&reason.as_str()), "{reason}");
    bench.sent().await
}

#[track_caller]
fn says(mail: &Sent, words: &str) {
    assert!(mail.text().contains(words), "no {words:?} in:\n{}", mail.text());
}

#[track_caller]
fn says_not(mail: &Sent, words: &str) {
    assert!(!mail.text().contains(words), "{words:?} in:\n{}", mail.text());
}

/// The new responsible sees the request, and the old one hears that it is no longer his.
#[tokio::test]
async fn a_ticket_changes_hands_and_both_know() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let sent =
        done(&bench, &notice.reply("#cola Soporte Técnico\n#asignar rojas\n#nota\n\nEs lo suyo.\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    says(&luis, "Es lo suyo.\r\n\r\nEl pedido:\r\n\r\nNo funciona.");

    let sent = done(&bench, &luis.reply("#derivar Redes\n#nota\n\nEs la red.\n")).await;
    let receipt = one_of(&sent, LUIS, "receipt");
    says(receipt, "cola: Soporte Técnico -> Redes; responsable: Luis Rojas -> ninguno");
    // What says nothing has no line of its own.
    says(receipt, "+ #nota\r\n\r\nSu texto quedó como nota interna.");
    let juan = one_of(&sent, JUAN, "queue-changed").clone();
    says(&juan, "El pedido:\r\n\r\nNo funciona.");
    assert!(!sent.iter().any(|mail| mail.to == LUIS && mail.template != "receipt"), "he did it himself");

    done(&bench, &juan.reply("#tomar\n")).await;
    let sent = done(&bench, &notice.reply("#tomar\n")).await;
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
    done(&bench, &notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let sent = done(&bench, &notice.reply("#tomar\n")).await;
    says(one_of(&sent, LUIS, "ticket-changed"), "- responsible: Luis Rojas -> María Gómez");
    done(&bench, &notice.reply("#asignar rojas\n#desbloquear\n#cerrar\n")).await;
    let sent = done(&bench, &notice.reply("#reabrir\n#nota\n\nNo era eso.\n")).await;
    says(one_of(&sent, LUIS, "reopened"), "closed successful");
}

/// An answer to a ticket that somebody else has locked waits, and leaves when its author takes the ticket.
#[tokio::test]
async fn an_answer_to_a_locked_ticket_waits_for_a_yes() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let sent =
        done(&bench, &notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    assert_eq!(bench.mail(&notice.reply("Ana, ya lo vemos.\n")).await, "held-for-lock");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    let question = one_of(&sent, MARIA, "held-for-author").clone();
    says(&question, "Luis Rojas tiene bloqueado este ticket.");
    says(&question, "Ana, ya lo vemos.");

    // Not by the wrong word, and not by somebody else.
    assert_eq!(bench.mail(&question.reply("bueno\n")).await, "confirmation");
    assert!(bench.sent().await.iter().all(|mail| mail.to == MARIA));
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo vemos.");
    says(one_of(&sent, LUIS, "ticket-changed"), "- responsable: Luis Rojas -> María Gómez");
    let receipt = one_of(&sent, MARIA, "receipt");
    says(receipt, "+ #tomar\r\n    responsable: Luis Rojas -> María Gómez");
    says(receipt, "Su texto va a");
    // Who changes his mind hears that it is done, and how to take it back; a second yes says nothing new.
    assert_eq!(bench.mail(&question.reply("no, espera\n")).await, "confirmation");
    says(one_of(&bench.sent().await, MARIA, "receipt"), "ya se ejecutó con su sí: para deshacerlo");
    assert_eq!(bench.mail(&question.reply("\nsí\n")).await, "confirmation");
    assert!(bench.sent().await.is_empty());
    // Now it is Luis who has to ask; what he leaves unanswered does not leave.
    assert_eq!(bench.mail(&luis.reply("#público\n\nAna, soy Luis.\n")).await, "held-for-lock");
    assert!(bench.sent().await.iter().all(|mail| mail.to == LUIS));
}

/// A ticket that Luis has locked, and what María is asked about her answer to it: her notice, his, and the question.
async fn asked_about_a_lock(bench: &Bench) -> (Sent, Sent, Sent) {
    let notice = bench.opened(ANA, "Una consulta").await;
    let sent =
        done(bench, &notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    assert_eq!(bench.mail(&notice.reply("Ana, ya lo vemos.\n")).await, "held-for-lock");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    (notice, luis, question)
}

/// The ticket that an agent leaves to its holder: the text was the agent's own, so nobody is alarmed.
#[tokio::test]
async fn a_no_to_a_lock_alarms_nobody() {
    let bench = Bench::new().await;
    let (_, _, question) = asked_about_a_lock(&bench).await;
    assert_eq!(bench.mail(&question.reply("No, mejor lo dejo.\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    let receipt = one_of(&sent, MARIA, "receipt");
    says(receipt, "No se ejecutó ni se envió nada:\r\n\r\n+ No, mejor lo dejo.");
    says(receipt, "Su respuesta no se envió y su texto no se agregó al ticket.");
    says_not(receipt, "Se avisó");
    assert!(receipt.subject().ends_with("] No se hizo nada: Una consulta"), "{}", receipt.subject());
    let history = bench.history(1).await;
    assert!(history.contains("mgomez withdrew the answer \"Re: [Ticket#"), "{history}");
    assert!(history.contains("that waited and left the ticket as it is"), "{history}");
    assert!(!history.contains("did not write"), "{history}");
    // A yes comes too late then.
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    assert!(bench.sent().await.iter().all(|mail| mail.to == MARIA));
}

/// The same where the desk asks whether an answer is meant as it stands.
#[tokio::test]
async fn a_no_to_a_doubtful_answer_alarms_nobody() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let doubtful = "Ana, listo.\n\n1. #cerrar\n";
    assert_eq!(bench.mail(&notice.reply(doubtful)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    assert_eq!(bench.mail(&question.pressed("No, descartarla")).await, "confirmation");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    says(one_of(&sent, MARIA, "receipt"), "Su respuesta no se envió y su texto no se agregó al ticket.");
    let history = bench.history(1).await;
    assert!(history.contains("that waited\n") && !history.contains("did not write"), "{history}");
}

/// A yes meets the ticket as it is by then: nobody holds it any more.
#[tokio::test]
async fn a_yes_to_a_lock_that_is_gone_takes_nothing() {
    let bench = Bench::new().await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    done(&bench, &luis.reply("#desbloquear\n")).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo vemos.");
    assert!(sent.iter().all(|mail| mail.to != LUIS || mail.template != "ticket-changed"), "{sent:?}");
    let receipt = one_of(&sent, MARIA, "receipt");
    says(receipt, "Su texto va a");
    says_not(receipt, "#tomar");
    assert!(!bench.history(1).await.contains("lrojas -> mgomez"));
}

/// Somebody else holds it by then: the agent is asked about that one, and takes it from nobody unasked.
#[tokio::test]
async fn a_yes_to_a_lock_of_somebody_else_is_asked_again() {
    let bench = Bench::new().await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    done(&bench, &luis.reply("#asignar csalas\n#nota\n\nPara ti.\n")).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    let again = one_of(&sent, MARIA, "held-for-author").clone();
    says(&again, "Carla Salas tiene bloqueado este ticket.");
    says(&again, "Ana, ya lo vemos.");
    assert!(sent.iter().all(|mail| mail.to == MARIA), "{sent:?}");
    assert_eq!(bench.mail(&again.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo vemos.");
    says(one_of(&sent, CARLA, "ticket-changed"), "- responsable: Carla Salas -> María Gómez");
}

/// The ticket is a part of another one by then, which its holder keeps until the agent says yes to that.
#[tokio::test]
async fn a_yes_to_a_lock_follows_a_merge() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("merge".to_owned(), 2);
    let bench = Bench::of(house).await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    let other = bench.opened(ROSA, "Otra consulta").await;
    done(&bench, &other.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
    done(&bench, &luis.reply(&format!("#fusionar en {}\n", bench.number(2).await))).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    // The same holder, and another ticket than the one that she said yes about.
    let again = one_of(&sent, MARIA, "held-for-author").clone();
    says(&again, "Luis Rojas tiene bloqueado este ticket.");
    assert!(again.text().contains("Otra consulta"), "{}", again.text());
    assert_eq!(bench.mail(&again.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, ROSA, "agent-answer"), "Ana, ya lo vemos.");
    says(one_of(&sent, LUIS, "ticket-changed"), "- responsable: Luis Rojas -> María Gómez");
}

#[tokio::test]
async fn a_receipt_says_where_the_text_went() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    // A part of a ticket is what its customer asks for.
    let sent = done(&bench, &notice.reply("#dividir\n#título Otro teclado\n\nPide otro teclado.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "Su texto quedó registrado como el pedido de");

    // Under an internal notice it is a note, also where it closes: that is said.
    let sent = done(&bench, &notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let luis = one_of(&sent, LUIS, "assigned").clone();
    let sent = done(&bench, &luis.reply("#cerrar\n\nEl usuario no sabía encenderlo.\n")).await;
    let receipt = one_of(&sent, LUIS, "receipt");
    says(receipt, "Su texto quedó como nota interna: a ");
    says(receipt, "se le avisa del cierre, sin él. Con #público debajo de #cerrar le llega también.");
    says_not(one_of(&sent, ANA, "closed"), "no sabía");
    // Somebody reopens what another one had: that one hears.
    let sent = done(&bench, &notice.reply("#reabrir\n#nota\n\nNo era eso.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    says(
        one_of(&sent, LUIS, "reopened"),
        "María Gómez reabrió este ticket; su estado anterior era cerrado con éxito.",
    );

    // Solved at once, the text goes to the customer with the closing notice.
    let text = "#nuevo presencial\n#usuario quispe\n#cerrar\n\nSe le puso una clave nueva.\n";
    let sent = done(&bench, &vouched(&bench, "Clave", text)).await;
    says(one_of(&sent, MARIA, "receipt"), "y le llega con el aviso de cierre");
    says(one_of(&sent, ANA, "closed"), "Se le puso una clave nueva.");
    // A text that is not there is not missed.
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#servicio Sistemas::SIAF\n";
    assert_eq!(bench.mail(&vouched(&bench, "SIAF", text)).await, "commands-refused");
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
    let sent = done(&bench, &vouched(&bench, "Impresora", text)).await;
    let luis = one_of(&sent, LUIS, "new-ticket-agent").clone();
    says(&luis, "María Gómez registró un ticket de Lucía Huanca Ticona en la cola Soporte Técnico:");
    says(&luis, "Estado: pendiente con recordatorio, hasta el 01/03/2030 09:00 (-5)");
    says(one_of(&sent, CARLA, "new-ticket-agent"), "María Gómez registró un ticket de Lucía Huanca Ticona");

    // Whose copies go along is said before one answers.
    done(&bench, &luis.reply(&format!("#copia +{ROSA}\n"))).await;
    let customer = one_of(&sent, "lhuanca@minem.example", "ticket-created");
    let sent = done(&bench, &customer.reply("Ya no atasca.\n")).await;
    let told = one_of(&sent, LUIS, "customer-follow-up");
    says(
        told,
        "Su respuesta se enviará a Lucía Huanca Ticona, con copia a Rosa Castillo Vega; empiécela con #nota",
    );
    says(told, "Lucía Huanca Ticona escribió:");
    // They get what they are named in, also where it closes the ticket.
    let sent = done(&bench, &told.reply("#cerrar\n\nListo.\n")).await;
    says(
        one_of(&sent, LUIS, "receipt"),
        "Su texto va a Lucía Huanca Ticona, con copia a Rosa Castillo Vega.",
    );
    for address in ["lhuanca@minem.example", ROSA] {
        says(one_of(&sent, address, "closed"), "Listo.");
    }
    done(&bench, &luis.reply("#reabrir\n")).await;
    let sent = done(&bench, &told.reply("#cerrar\n")).await;
    one_of(&sent, "lhuanca@minem.example", "closed");
    assert!(sent.iter().all(|mail| mail.to != ROSA), "a notice without words has no copies: {sent:?}");
    done(&bench, &luis.reply("#reabrir\n#etiqueta +vuelto\n")).await;
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
        all.extend(done(&bench, &notice.reply(text)).await);
    }
    // A button opens a mail that answers none.
    all.extend(
        done(&bench, &notice.pressed("Pendiente 1 día").replace("pendiente 1d", "etiqueta +uno")).await,
    );
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

/// The question shows a text, so a yes to it is to that text and to nothing else.
#[tokio::test]
async fn no_command_waits_with_an_answer_to_a_locked_ticket() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    done(&bench, &notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
    for command in ["#usuario jperez@minem.example", "#escalar 2", "#asignar csalas", "#prioridad alta"] {
        let reason = bench.mail(&notice.reply(&format!("{command}\n\nAna, ya lo vemos.\n"))).await;
        assert_ne!(reason, "held-for-lock", "{command}");
        assert!(bench.sent().await.iter().all(|mail| mail.to == MARIA), "{command}");
    }
    assert_eq!(bench.mail(&notice.reply("Ana, ya lo vemos.\n")).await, "held-for-lock");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "agent-answer"), "Ana, ya lo vemos.");
}

/// A mail that was refused is corrected by an answer to the refusal: it goes where it would have gone.
#[tokio::test]
async fn a_refusal_is_answered_with_the_corrected_mail() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#prioridda alta\n\nAna, ya lo vemos.\n")).await, "commands-refused");
    let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
    says(&refused, "No se hizo nada.");
    says(&refused, "Su respuesta se enviará a ");
    let sent = done(&bench, &refused.reply("#prioridad alta\n\nAna, ya lo vemos hoy.\n")).await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo vemos hoy.");
    // What was done needs no correction, and its receipt no reply to anybody.
    let receipt = one_of(&sent, MARIA, "receipt").clone();
    says_not(&receipt, "Su respuesta se enviará");
    let sent = done(&bench, &receipt.reply("Para recordar: llamarla.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // Commands alone had no text that could go anywhere.
    assert_eq!(bench.mail(&notice.reply("#prioridda alta\n")).await, "commands-refused");
    says_not(one_of(&bench.sent().await, MARIA, "receipt"), "Su respuesta se enviará");
}

/// "Not sent" can be answered with another text, if a command says that it is one: a yes in other words leaves nobody.
#[tokio::test]
async fn a_question_is_answered_with_another_text() {
    let bench = Bench::new().await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    says(&question, "responda a este correo con #público en la primera línea");
    says_not(&question, "Su respuesta se enviará");
    assert_eq!(bench.mail(&question.reply("Claro que sí, mándalo\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(sent.iter().all(|mail| mail.to == MARIA), "{sent:?}");
    says(one_of(&sent, MARIA, "receipt"), "escriba #público (o #nota, o #cerrar) en la primera línea");
    // Its own mistakes are told as anywhere, and the first text waits on.
    assert_eq!(bench.mail(&question.reply("#publicoo\n\nOtra cosa.\n")).await, "commands-refused");
    bench.sent().await;
    let sent = done(&bench, &question.reply("#nota\n\nQue conteste Luis.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // The note is in its place.
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, MARIA, "receipt"), "El código venció");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // The ticket's own rights and locks hold for it.
    assert_eq!(bench.mail(&question.reply("#público\n\nAna, ya lo veo yo.\n")).await, "held-for-lock");
    bench.sent().await;
    done(&bench, &luis.reply("#desbloquear\n")).await;
    let sent = done(&bench, &question.reply("#cerrar\n\nAna, listo todo.\n")).await;
    says(one_of(&sent, ANA, "closed"), "Ana, listo todo.");
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

    let sent = done(&bench, &again.reply("#servicio IMPRESORAS\n#prioridad alta\n#nota\n\nLo veo.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "ninguno -> Equipos::Impresoras");
}

/// Whoever may not answer in a queue is asked for a note, and what he answers is not refused.
#[tokio::test]
async fn who_may_not_answer_is_asked_for_a_note() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    done(&bench, &notice.reply("#cc lrojas@minem.example\n")).await;
    let subject = format!("Re: [Ticket#{}] Una consulta", bench.number(1).await);
    let more = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <more@customer>\n{}\n¿Alguna novedad?\n",
        bench.head(&subject)
    );
    let sent = done(&bench, &more).await;
    let luis = one_of(&sent, LUIS, "customer-follow-up").clone();
    says(&luis, "quedará como nota interna");
    let sent = done(&bench, &luis.reply("Yo estuve allí ayer.\n")).await;
    assert!(!sent.iter().any(|mail| mail.to == ANA), "{sent:?}");
}
