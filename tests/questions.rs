//! Questions of the desk about an agent's answer, and answers to them: nothing leaves that was not meant, and to nobody else.

mod support;

use support::desk::{Bench, Sent, one_of};

const ANA: &str = "aquispe@minem.example";
const ROSA: &str = "rcastillo@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const CARLA: &str = "csalas@minem.example";
const FIRM: &str = "soporte@andinos.example";
const ADMIN: &str = "admin@minem.example";

/// What the mail host of the example writes above a mail whose sender logged in.
fn vouched(raw: &str) -> String {
    format!("Authentication-Results: mx.minem.example; auth=pass smtp.auth={MARIA}\n{raw}")
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
    let told = one_of(&bench.sent().await, MARIA, "receipt").clone();
    says(&told, "usted ya había dicho sí, y el correo que siguió dice qué resultó");
    is_no_refusal(&told);
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
    assert_eq!(bench.mail(&vouched(&notice.reply("Ana, ya lo vemos.\n"))).await, "held-for-lock");
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
    assert!(history.contains("mgomez said no to the answer \"Re: [Ticket#"), "{history}");
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
    assert_eq!(bench.mail(&vouched(&notice.reply(doubtful))).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    says(&question, "Para descartarla, responda «no»");
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

/// What is told about a question is no list of lines to be corrected.
#[track_caller]
fn is_no_refusal(receipt: &Sent) {
    says_not(receipt, "Corrija las líneas");
    says_not(receipt, "No se hizo nada");
    assert!(receipt.subject().contains("Sobre su respuesta: "), "{}", receipt.subject());
}

/// The mail does nothing and leaves nobody, and its author reads why.
async fn nothing_comes_of(bench: &Bench, raw: &str) -> Sent {
    assert_eq!(bench.mail(raw).await, "confirmation", "{raw}");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    let receipt = one_of(&sent, MARIA, "receipt").clone();
    is_no_refusal(&receipt);
    receipt
}

/// "Not sent" is answered with another text, if `#public` or `#note` say that it is one: a yes in other words leaves nobody.
#[tokio::test]
async fn a_question_is_answered_with_another_text() {
    let bench = Bench::new().await;
    let (.., question) = asked_about_a_lock(&bench).await;
    says(&question, "responda con #tomar en la primera línea, #público en la segunda y el texto debajo");
    says_not(&question, "Su respuesta se enviará");
    for text in [
        "Claro que sí, mándalo\n",
        "#tomar\nsí, envíala\n",
        "#cerrar\nsí\n",
        "#público\nsí, envíala\n",
        "#público\n\nNo, gracias.\n",
        "#tomar\n",
        "#público\n",
        "#publicoo\n\nOtra cosa.\n",
        "#parcial\n#público\n#tiempo 15m\n\nTexto.\n",
        "#público\n#cerrar\n\nAna, listo todo.\n",
        "#público\n#usuario rcastillo@minem.example\n\nRosa, listo todo.\n",
        // She has not taken it: another question about the same answer would be one too many.
        "#público\n\nAna, ya lo veo yo.\n",
        "#público\n#tomar\n\nAna, ya.\n\n1. #cerrar\n",
    ] {
        let told = nothing_comes_of(&bench, &question.reply(text)).await;
        says(&told, "No se envió nada, y su primera respuesta sigue esperando");
        says(&told, "conteste otra vez al correo del ticket");
    }
    assert!(!bench.history(1).await.contains("time"), "{}", bench.history(1).await);
    let sent = done(&bench, &question.reply("#tomar\n#público\n\nAna, ya lo veo yo.\n")).await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo veo yo.");
    says(one_of(&sent, LUIS, "ticket-changed"), "- responsable: Luis Rojas -> María Gómez");
    let receipt = one_of(&sent, MARIA, "receipt");
    says(receipt, "Queda en lugar de su respuesta «Re: [Ticket#");
    says(receipt, "Su texto va a ");
    let history = bench.history(1).await;
    assert!(history.contains("mgomez wrote another text in place of the answer \"Re: [Ticket#"), "{history}");
    // The first one waits no longer, and the code is good for nothing more.
    says(&nothing_comes_of(&bench, &question.reply("sí\n")).await, "El código venció");
    let late = question.reply("#público\n\nAna, una cosa más.\n");
    says(&nothing_comes_of(&bench, &late).await, "El código venció");
}

/// A note in place of the answer: nothing leaves, and the ticket stays the holder's.
#[tokio::test]
async fn a_note_takes_the_place_of_an_answer() {
    let bench = Bench::new().await;
    let (.., question) = asked_about_a_lock(&bench).await;
    let sent = done(&bench, &question.reply("#nota\n\nQue conteste Luis.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    let receipt = one_of(&sent, MARIA, "receipt");
    says(receipt, "Su texto quedó como nota interna. Queda en lugar de su respuesta «");
    says(&nothing_comes_of(&bench, &question.reply("sí\n")).await, "El código venció");
    assert!(!bench.history(1).await.contains("lrojas -> mgomez"));
}

/// What is wrong with the new text is told as anywhere, and that the first one still waits.
#[tokio::test]
async fn another_text_that_is_refused_takes_no_place() {
    let bench = Bench::new().await;
    let (.., question) = asked_about_a_lock(&bench).await;
    let plain = question.reply("#nota\n\nQue conteste Luis.\n");
    let (head, text) = plain.split_once("\n\n").expect("a mail has a head");
    let head = head.replace("text/plain; charset=utf-8", "multipart/alternative; boundary=b");
    let part = |kind: &str, text: &str| format!("--b\nContent-Type: text/{kind}; charset=utf-8\n\n{text}\n");
    let html = part("html", "<p>#público</p><p>Que conteste Luis.</p>");
    let raw = format!("{head}\n\n{}{html}--b--\n", part("plain", text));
    let reason = bench.mail(&raw).await;
    assert_eq!(reason, "commands-refused");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    says(one_of(&sent, MARIA, "receipt"), "su primera respuesta sigue esperando un sí o un no");
    assert_eq!(bench.mail(&question.reply("no\n")).await, "confirmation");
    assert!(bench.history(1).await.contains("mgomez said no to the answer"), "it waited");
}

/// An explanation keeps the code: a yes in answer to it is one.
#[tokio::test]
async fn a_yes_to_the_explanation_is_a_yes() {
    let bench = Bench::new().await;
    let (.., question) = asked_about_a_lock(&bench).await;
    let told = nothing_comes_of(&bench, &question.reply("Bueno, mándalo\n")).await;
    let again = nothing_comes_of(&bench, &told.reply("#público\n\nAna, otra cosa.\n")).await;
    assert_eq!(again.subject().matches("Sobre su respuesta").count(), 1, "{}", again.subject());
    assert_eq!(bench.mail(&again.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "agent-answer"), "Ana, ya lo vemos.");
}

/// What else the first mail does would get lost: no text can take its place.
#[tokio::test]
async fn an_answer_with_commands_has_no_other_in_its_place() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let first = "#cerrar\n#público\n#tiempo 20m\n\nAna, listo.\n\n1. #cerrar\n";
    assert_eq!(bench.mail(&notice.reply(first)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    cannot_be_replaced(&bench, &question, "#público\n\nAna, listo del todo.\n").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "closed"), "Ana, listo.");
    assert!(bench.history(1).await.contains("time: none -> 20"), "{}", bench.history(1).await);
    // Nor has it once she said yes: both texts would leave.
    let late = question.reply("#público\n\nAna, otra cosa.\n");
    says(&nothing_comes_of(&bench, &late).await, "usted ya había dicho sí");
}

/// A question that does not offer what it would not do, and does not do it.
async fn cannot_be_replaced(bench: &Bench, question: &Sent, text: &str) {
    says_not(question, "#público en la");
    says(question, "Para cambiarla, envíe otra vez su correo, corregido, y no como respuesta a este.");
    let told = nothing_comes_of(bench, &question.reply(text)).await;
    says(&told, "No se envió nada, y su primera respuesta sigue esperando");
}

/// A ticket of Ana's that is with the supplier, of whose answer María was told.
async fn with_a_supplier() -> (Bench, Sent) {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("supplier".to_owned(), 2);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "La impresora").await;
    let sent = done(&bench, &notice.reply("#escalar proveedor\n\nFavor cambiar el fusor.\n")).await;
    let request = one_of(&sent, FIRM, "supplier-request").clone();
    let reason = bench.mail(&request.reply("El fusor cuesta S/ 950.\n")).await;
    assert_eq!(reason, "follow-up");
    let told = one_of(&bench.sent().await, MARIA, "supplier-wrote").clone();
    (bench, told)
}

/// What is meant for a supplier never gets to the customer by the question about it.
#[tokio::test]
async fn a_text_for_a_supplier_has_no_other_in_its_place() {
    let (bench, told) = with_a_supplier().await;
    let doubtful = "Cambien el fusor, tope S/ 900.\n\n1. #cerrar al llegar\n";
    assert_eq!(bench.mail(&told.reply(doubtful)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    cannot_be_replaced(&bench, &question, "#público\n\nCambien el fusor, tope S/ 800.\n").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, FIRM, "supplier-request"), "tope S/ 900");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");

    // The same where somebody else has the ticket.
    done(&bench, &told.reply("#cola Soporte Técnico\n#asignar rojas\n#propietario nadie\n")).await;
    assert_eq!(bench.mail(&told.reply("Vengan mañana, tope S/ 700.\n")).await, "held-for-lock");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    cannot_be_replaced(&bench, &question, "#tomar\n#público\n\nVengan mañana, tope S/ 600.\n").await;
}

/// A mail that opens a ticket for somebody, or is for other tickets, is not about the people of the one that it was written in.
#[tokio::test]
async fn a_mail_about_other_tickets_has_no_other_in_its_place() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("for".to_owned(), 2);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "Una consulta").await;
    bench.opened(ROSA, "Otra consulta").await;
    let new = "#nuevo correo\n#usuario castillo\n\nRosa, su clave es otra.\n\n1. #cerrar\n";
    let others =
        format!("#para {}\n#público\n\nRosa, su clave es otra.\n\n1. #cerrar\n", bench.number(2).await);
    for text in [new, &others] {
        assert_eq!(bench.mail(&vouched(&notice.reply(text))).await, "held-for-author");
        let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
        cannot_be_replaced(&bench, &question, "#público\n\nRosa, su clave es esta.\n").await;
    }
    // In a thread of its own.
    let fresh = format!(
        "From: {MARIA}\nTo: soporte@minem.example\nMessage-ID: <fresh@agent>\n{}\n{new}",
        bench.head("Su clave")
    );
    assert_eq!(bench.mail(&vouched(&fresh)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    says_not(&question, "#público en la");
    let told = nothing_comes_of(&bench, &question.reply("#público\n\nRosa, su clave es esta.\n")).await;
    says(&told, "Para enviar otra cosa, envíe otra vez su correo.");
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ROSA, "agent-answer"), "Rosa, su clave es otra.");
}

/// A merged ticket has another customer, who gets nothing that was written for the first one.
#[tokio::test]
async fn a_merged_ticket_has_no_other_text_in_place() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("merge".to_owned(), 2);
    let bench = Bench::of(house).await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    bench.opened(ROSA, "Otra consulta").await;
    bench.mail(&luis.reply("#cola Mesa de Ayuda\n#desbloquear\n")).await;
    done(&bench, &luis.reply(&format!("#derivar gomez\n#fusionar en {}\n", bench.number(2).await))).await;
    nothing_comes_of(&bench, &question.reply("#tomar\n#público\n\nAna, la clave es 123.\n")).await;
}

/// The yes was asked about once more: a no to the first question is one to the second.
#[tokio::test]
async fn a_no_reaches_the_question_that_followed_a_yes() {
    let bench = Bench::new().await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    done(&bench, &luis.reply("#asignar csalas\n#nota\n\nPara ti.\n")).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let again = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    // Said once more it is not a yes to the other one.
    assert_eq!(bench.mail(&question.reply("\nsí\n")).await, "confirmation");
    assert!(bench.sent().await.is_empty());
    assert_eq!(bench.mail(&question.reply("no, mejor no\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    says(one_of(&sent, MARIA, "receipt"), "Su respuesta no se envió y su texto no se agregó al ticket.");
    says(&nothing_comes_of(&bench, &again.reply("sí\n")).await, "El código venció");
    assert!(bench.history(1).await.contains("mgomez said no to the answer"));
}

/// A token alone proved the answer, and whoever reads María's mails has it: her no may be the first word of that.
#[tokio::test]
async fn a_no_to_what_a_token_alone_proved_alarms() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("Ana, su clave es 1234.\n\n1. #cerrar\n")).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    assert_eq!(bench.mail(&question.reply("No, eso no lo escribí yo.\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, MARIA, "receipt"), "Se avisó al administrador");
    let alarm = one_of(&sent, ADMIN, "alarm");
    says(alarm, "mgomez dijo que no a la respuesta «Re: [Ticket#");
    says(alarm, "No, eso no lo escribí yo.");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    let history = bench.history(1).await;
    assert!(history.contains("mgomez said no to the answer") && !history.contains("withdrew"), "{history}");
}

/// A receipt of a refusal says of an answer to it what would have become of the mail.
#[tokio::test]
async fn a_refusal_takes_a_note_for_a_note() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let number = bench.number(1).await;
    for text in [
        "#servicio impresra\n#nota\n\nEste usuario miente.\n".to_owned(),
        format!("#para {number}\n#servicio impresra\n\nEste usuario miente.\n"),
        "#servicio impresra\n#usuario rcastillo@minem.example\n\nEste usuario miente.\n".to_owned(),
        "#servicio impresra\n#escalar proveedor\n\nEste usuario miente.\n".to_owned(),
    ] {
        assert_eq!(bench.mail(&notice.reply(&text)).await, "commands-refused", "{text}");
        let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
        says_not(&refused, "Su respuesta se enviará");
        let sent = done(&bench, &refused.reply("Este usuario miente, dicen.\n")).await;
        assert!(sent.iter().all(|mail| mail.to != ANA), "{text}: {sent:?}");
    }
    let sent = done(&bench, &notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let internal = one_of(&sent, LUIS, "assigned").clone();
    let wrong = "#servicio impresra\n#público\n\nAna, ya voy.\n";
    assert_eq!(bench.mail(&internal.reply(wrong)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, LUIS, "receipt").clone();
    says(&refused, "Su respuesta se enviará a ");
    let sent = done(&bench, &refused.reply("Ana, ya voy.\n")).await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya voy.");
}

/// The customer of a ticket that was opened at the second try reads nothing of the first one.
#[tokio::test]
async fn a_corrected_mail_opens_a_ticket_under_its_own_subject() {
    let bench = Bench::new().await;
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#servicio Sistemas::SIAFF\n\nNo entra.\n";
    let first = format!(
        "From: {MARIA}\nTo: soporte@minem.example\nMessage-ID: <first@agent>\n{}\n{text}",
        bench.head("SIAF")
    );
    assert_eq!(bench.mail(&vouched(&first)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
    assert_eq!(refused.subject(), "No se hizo nada: SIAF");
    let text = "#nuevo telefónico\n#usuario lhuanca@minem.example\n#servicio Soporte\n\nNo entra.\n";
    let text = text.replace("#servicio Soporte\n", "");
    let sent = done(&bench, &vouched(&refused.reply(&text))).await;
    let customer = one_of(&sent, "lhuanca@minem.example", "ticket-created");
    assert!(customer.subject().ends_with("] SIAF"), "{}", customer.subject());

    // The same of a ticket of her own.
    let first = format!(
        "From: {MARIA}\nTo: soporte@minem.example\nMessage-ID: <own@agent>\n{}\n#prioridda alta\n\nNo imprime.\n",
        bench.head("Mi impresora")
    );
    assert_eq!(bench.mail(&vouched(&first)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
    let sent = done(&bench, &vouched(&refused.reply("#prioridad alta\n\nNo imprime.\n"))).await;
    let receipt = one_of(&sent, MARIA, "receipt");
    assert!(receipt.subject().ends_with("] Mi impresora"), "{}", receipt.subject());
}

/// The whole name of a supplier is more than the last part of a queue's.
#[tokio::test]
async fn a_supplier_is_meant_before_a_part_of_a_queue() {
    let mut house = support::golden::house();
    let desk = &mut house.policy.desk;
    desk.trust.levels.insert("supplier".to_owned(), 2);
    let mut queue = desk.queues.iter().find(|queue| queue.name == "Soporte Técnico").cloned().expect("one");
    queue.name = "Impresoras::Andinos".to_owned();
    desk.queues.push(queue);
    desk.suppliers.first_mut().expect("one").name = "Andinos".to_owned();
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "La impresora").await;
    let sent = done(&bench, &notice.reply("#derivar andinos\n\nCambien el fusor.\n")).await;
    says(one_of(&sent, FIRM, "supplier-request"), "Cambien el fusor.");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // What nothing proves is asked about in the same words.
    let unproved = bench.unproved("derive", "#derivar andinos\n\nCambien el fusor.").await;
    assert_eq!(bench.mail(&unproved).await, "held-for-confirmation");
    says(one_of(&bench.sent().await, MARIA, "confirmation"), "proveedor Andinos");
    let sent = done(&bench, &notice.reply("#derivar Impresoras::Andinos\n#nota\n\nPara ustedes.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "Impresoras::Andinos");
}
