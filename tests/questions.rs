//! Questions of the desk about an agent's answer, and answers to them: nothing leaves that was not meant, and to nobody else.

mod support;

use support::desk::{BORDER, Bench, Sent, one_of, says, says_not};

const ANA: &str = "aquispe@minem.example";
const ROSA: &str = "rcastillo@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
const CARLA: &str = "csalas@minem.example";
const FIRM: &str = "soporte@andinos.example";
const ADMIN: &str = "admin@minem.example";

/// A mail for which the mail host vouches.
fn vouched(raw: &str) -> String {
    format!("{BORDER}{raw}")
}

/// An answer to a ticket that somebody else has locked waits, and leaves when its author takes the ticket.
#[tokio::test]
async fn an_answer_to_a_locked_ticket_waits_for_a_yes() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let sent = bench.done(&notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
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
    let sent = bench.done(&notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
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
    bench.done(&luis.reply("#desbloquear\n")).await;
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
    bench.done(&luis.reply("#asignar csalas\n#nota\n\nPara ti.\n")).await;
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
    bench.done(&other.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
    bench.done(&luis.reply(&format!("#fusionar en {}\n", bench.number(2).await))).await;
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
    bench.done(&notice.reply("#propietario nadie\n#cola Soporte Técnico\n#asignar rojas\n")).await;
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
    let wrong = "#servicio impresra\n#prioridad alta\n#tiempo 5m\n\nAna, ya lo vemos.\n";
    assert_eq!(bench.mail(&notice.reply(wrong)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
    says(&refused, "No se hizo nada.");
    says(&refused, "Su respuesta se enviará a ");
    let right = "#servicio impresoras\n#prioridad alta\n#tiempo 5m\n\nAna, ya lo vemos hoy.\n";
    let sent = bench.done(&refused.reply(right)).await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya lo vemos hoy.");
    // What was done needs no correction, and its receipt no reply to anybody.
    let receipt = one_of(&sent, MARIA, "receipt").clone();
    says_not(&receipt, "Su respuesta se enviará");
    let sent = bench.done(&receipt.reply("Para recordar: llamarla.\n")).await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // Commands alone had no text that could go anywhere.
    assert_eq!(bench.mail(&notice.reply("#servicio impresra\n")).await, "commands-refused");
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

/// "Not sent" is answered with yes or no: whatever else is said to it leaves nobody, and the first answer waits on.
#[tokio::test]
async fn a_question_is_answered_with_yes_or_no() {
    let bench = Bench::new().await;
    let (.., question) = asked_about_a_lock(&bench).await;
    says(
        &question,
        "Para enviar otra cosa, responda «no» o nada a este correo, y envíe otra vez el suyo, corregido",
    );
    says_not(&question, "Su respuesta se enviará");
    for text in [
        "Claro que sí, mándalo\n",
        "Ana, otra cosa.\n",
        "#tomar\nsí, envíala\n",
        "#cerrar\nsí\n",
        "#público\nsí, envíala\n",
        "#público\n\nAna, ya lo veo yo.\n",
        "#tomar\n#público\n\nAna, ya lo veo yo.\n",
        "#nota\n\nQue conteste Luis.\n",
        "#prioridda alta\n\nOtra cosa.\n",
        "#público\n#usuario rcastillo@minem.example\n\nRosa, listo todo.\n",
    ] {
        let told = nothing_comes_of(&bench, &question.reply(text)).await;
        says(&told, "No se envió nada, y su primera respuesta sigue esperando");
        says(&told, "envíe otra vez su correo, corregido, en respuesta al correo del ticket");
        assert!(told.subject().contains(&code_of(&question)), "{}", told.subject());
    }
    assert!(!bench.history(1).await.contains("lrojas -> mgomez"));
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "agent-answer"), "Ana, ya lo vemos.");
    // What she says afterwards leaves nobody either.
    let late = question.reply("#público\n\nAna, otra cosa.\n");
    says(&nothing_comes_of(&bench, &late).await, "usted ya había dicho sí");
}

fn code_of(question: &Sent) -> String {
    taquilla::commands::codes(&question.subject()).next().expect("a code in the subject")
}

/// What the mail says leaves the house to nobody: neither to the customer nor to the supplier.
#[track_caller]
fn stays_inside(sent: &[Sent]) {
    assert!(sent.iter().all(|mail| ![ANA, ROSA, FIRM].contains(&mail.to.as_str())), "{sent:?}");
}

/// The same answer without the code, as from a program that writes its own subject and quotes nothing.
fn without_code(raw: &str, code: &str) -> String {
    let lost = raw.replace(code, "").replace(&code.to_uppercase(), "");
    assert_ne!(lost, raw);
    lost
}

/// A yes that is no answer to the question (its code is lost, or somebody else says it) is a note in its ticket.
#[tokio::test]
async fn a_yes_without_its_code_or_its_author_stays_inside() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let doubtful = "Ana, listo.\n\n1. #cerrar\n";
    assert_eq!(bench.mail(&notice.reply(doubtful)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    let code = code_of(&question);
    for text in ["sí\n", "sí, mándalo\n", "Ana, otra cosa.\n"] {
        bench.done(&without_code(&question.reply(text), &code)).await.iter().for_each(|mail| {
            assert_ne!(mail.to, ANA, "{text}");
        });
        for colleague in [LUIS, CARLA] {
            let raw = question.reply(text).replacen(MARIA, colleague, 1).replacen("<r", "<c", 1);
            for raw in [without_code(&raw, &code).replacen("<c", "<d", 1), raw] {
                bench.mail(&raw).await;
                let sent = bench.sent().await;
                stays_inside(&sent);
                // Asked whether it is his, a colleague reads that it would stay inside, and his yes keeps it there.
                for asked in sent.iter().filter(|mail| mail.template == "confirmation") {
                    says(asked, "El texto quedaría como nota interna.");
                    bench.mail(&asked.reply("sí\n")).await;
                    stays_inside(&bench.sent().await);
                }
            }
        }
    }
    // It waits for her yes all the same.
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "agent-answer"), "Ana, listo.");
}

/// Nor does a yes to whatever the desk says of a question: with its code it is one, without it a text for nobody outside.
#[tokio::test]
async fn a_yes_to_a_receipt_about_a_question_stays_inside() {
    let bench = Bench::new().await;
    let (notice, _, question) = asked_about_a_lock(&bench).await;
    let code = code_of(&question);
    let unclear = nothing_comes_of(&bench, &question.reply("Bueno, mándalo\n")).await;
    assert_eq!(bench.mail(&question.reply("no\n")).await, "confirmation");
    let declined = one_of(&bench.sent().await, MARIA, "receipt").clone();
    let expired = nothing_comes_of(&bench, &question.reply("sí\n")).await;
    for (receipt, text) in [
        (&unclear, "sí\n"),
        (&unclear, "sí, mándalo\n"),
        (&expired, "sí, claro\n"),
        (&declined, "sí, mejor sí\n"),
        (&declined, "sí\n"),
    ] {
        says_not(receipt, "Su respuesta se enviará");
        bench.mail(&receipt.reply(text)).await;
        stays_inside(&bench.sent().await);
        let lost = receipt.reply(&format!("{text}\n")).replace(&code, "");
        bench.mail(&lost).await;
        stays_inside(&bench.sent().await);
    }

    // A yes to what cannot be done any more: the refusal that follows is no way to the customer.
    bench.done(&notice.reply("#desbloquear\n#tomar\n#desbloquear\n")).await;
    let first = "#pendiente 3d\n#público\n\nAna, el viernes.\n\n1. #cerrar\n";
    assert_eq!(bench.mail(&notice.reply(first)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    bench.done(&notice.reply("#asignar rojas\n")).await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    stays_inside(&sent);
    let refused = one_of(&sent, MARIA, "receipt");
    says(refused, "No se hizo nada.");
    says_not(refused, "Su respuesta se enviará");
    bench.mail(&refused.reply("\n\nsí, mándalo\n")).await;
    stays_inside(&bench.sent().await);
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

/// All of what the first mail asks for waits with it, and is done by the yes.
#[tokio::test]
async fn the_commands_of_an_answer_wait_with_it() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let first = "#cerrar\n#público\n#tiempo 20m\n\nAna, listo.\n\n1. #cerrar\n";
    assert_eq!(bench.mail(&notice.reply(first)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    takes_no_text(&bench, &question, "#público\n\nAna, listo del todo.\n").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ANA, "closed"), "Ana, listo.");
    assert!(bench.history(1).await.contains("time: none -> 20"), "{}", bench.history(1).await);
}

/// A question that is no way to anybody.
async fn takes_no_text(bench: &Bench, question: &Sent, text: &str) {
    says(question, "envíe otra vez el suyo, corregido, en respuesta al correo del ticket");
    let told = nothing_comes_of(bench, &question.reply(text)).await;
    says(&told, "No se envió nada, y su primera respuesta sigue esperando");
}

/// A ticket of Ana's that is with the supplier, of whose answer María was told.
async fn with_a_supplier() -> (Bench, Sent) {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("supplier".to_owned(), 2);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "La impresora").await;
    let sent = bench.done(&notice.reply("#escalar proveedor\n\nFavor cambiar el fusor.\n")).await;
    let request = one_of(&sent, FIRM, "supplier-request").clone();
    let reason = bench.mail(&request.reply("El fusor cuesta S/ 950.\n")).await;
    assert_eq!(reason, "follow-up");
    let told = one_of(&bench.sent().await, MARIA, "supplier-wrote").clone();
    (bench, told)
}

/// What is meant for a supplier never gets to the customer by the question about it.
#[tokio::test]
async fn a_question_about_a_text_for_a_supplier_takes_no_other() {
    let (bench, told) = with_a_supplier().await;
    let doubtful = "Cambien el fusor, tope S/ 900.\n\n1. #cerrar al llegar\n";
    assert_eq!(bench.mail(&told.reply(doubtful)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    takes_no_text(&bench, &question, "#público\n\nCambien el fusor, tope S/ 800.\n").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    says(one_of(&sent, FIRM, "supplier-request"), "tope S/ 900");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");

    // The same where somebody else has the ticket.
    bench.done(&told.reply("#cola Soporte Técnico\n#asignar rojas\n#propietario nadie\n")).await;
    assert_eq!(bench.mail(&told.reply("Vengan mañana, tope S/ 700.\n")).await, "held-for-lock");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    takes_no_text(&bench, &question, "#tomar\n#público\n\nVengan mañana, tope S/ 600.\n").await;
}

/// A mail that opens a ticket for somebody, or is for other tickets, is not about the people of the one that it was written in.
#[tokio::test]
async fn a_question_about_other_tickets_takes_no_text() {
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
        takes_no_text(&bench, &question, "#público\n\nRosa, su clave es esta.\n").await;
    }
    // In a thread of its own.
    let fresh = format!(
        "From: {MARIA}\nTo: soporte@minem.example\nMessage-ID: <fresh@agent>\n{}\n{new}",
        bench.head("Su clave")
    );
    assert_eq!(bench.mail(&vouched(&fresh)).await, "held-for-author");
    let question = one_of(&bench.sent().await, MARIA, "held-for-author").clone();
    takes_no_text(&bench, &question, "#público\n\nRosa, su clave es esta.\n").await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    says(one_of(&bench.sent().await, ROSA, "agent-answer"), "Rosa, su clave es otra.");
}

/// A merged ticket has another customer, who gets nothing that was written for the first one.
#[tokio::test]
async fn a_question_about_a_merged_ticket_takes_no_text() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("merge".to_owned(), 2);
    let bench = Bench::of(house).await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    bench.opened(ROSA, "Otra consulta").await;
    bench.mail(&luis.reply("#cola Mesa de Ayuda\n#desbloquear\n")).await;
    bench.done(&luis.reply(&format!("#derivar gomez\n#fusionar en {}\n", bench.number(2).await))).await;
    nothing_comes_of(&bench, &question.reply("#tomar\n#público\n\nAna, la clave es 123.\n")).await;
}

/// The yes was asked about once more: a no to the first question is one to the second.
#[tokio::test]
async fn a_no_reaches_the_question_that_followed_a_yes() {
    let bench = Bench::new().await;
    let (_, luis, question) = asked_about_a_lock(&bench).await;
    bench.done(&luis.reply("#asignar csalas\n#nota\n\nPara ti.\n")).await;
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
    // Once is enough.
    assert_eq!(bench.mail(&question.reply("No, repito, no.\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    says_not(one_of(&sent, MARIA, "receipt"), "Se avisó al administrador");
}

/// A refusal is a way to the customer in the plainest case alone: its answer is a note wherever the mail did more than change
/// its ticket, or was not understood.
#[tokio::test]
async fn a_refusal_is_no_way_to_the_customer_where_anything_is_unclear() {
    let mut house = support::golden::house();
    house.policy.desk.trust.levels.insert("for".to_owned(), 2);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let number = bench.number(1).await;
    let for_it = format!("#para {number}");
    for line in [
        "#nota",
        "#prioridda alta",
        &for_it,
        "#usuario rcastillo@minem.example",
        "#escalar proveedor",
        "#escalar 2",
        "#derivar rojas",
        "#cerrar",
        "#reabrir",
        "#dividir",
        "#deshacer",
        "#ensayo",
        "#plantilla nada",
        "#macro nada",
        "#ayuda",
        "#ver",
    ] {
        let text = format!("{line}\n#servicio impresra\n\nEste usuario miente.\n");
        bench.mail(&notice.reply(&text)).await;
        let sent = bench.sent().await;
        stays_inside(&sent);
        let refused = sent.iter().find(|mail| mail.template == "receipt").expect("a receipt");
        says_not(refused, "Su respuesta se enviará");
        let sent = bench.done(&refused.reply(&format!("Este usuario miente, dicen ({line}).\n"))).await;
        stays_inside(&sent);
    }
    let sent = bench.done(&notice.reply("#cola Soporte Técnico\n#asignar rojas\n")).await;
    let internal = one_of(&sent, LUIS, "assigned").clone();
    let wrong = "#servicio impresra\n#público\n\nAna, ya voy.\n";
    assert_eq!(bench.mail(&internal.reply(wrong)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, LUIS, "receipt").clone();
    says(&refused, "Su respuesta se enviará a ");
    let sent = bench.done(&refused.reply("Ana, ya voy.\n")).await;
    says(one_of(&sent, ANA, "agent-answer"), "Ana, ya voy.");
}

/// The question about a mail in answer to the customer's own, which nothing proves.
async fn asked_in_thread(bench: &Bench, line: &str) -> Sent {
    let id = format!("u{}", line.len());
    let raw = bench.unproved(&id, &format!("{line}\n\nTope S/ 900, no más ({line}).")).await;
    let raw = raw.replacen("Message-ID:", "In-Reply-To: <La-impresora@customer>\nMessage-ID:", 1);
    assert_eq!(bench.mail(&raw).await, "held-for-confirmation", "{line}");
    one_of(&bench.sent().await, MARIA, "confirmation").clone()
}

/// Which supplier is meant cannot be said: nobody is promised the text, and nobody outside gets it.
#[tokio::test]
async fn a_hand_over_to_nobody_in_particular_is_no_way_to_the_customer() {
    let mut house = support::golden::house();
    let desk = &mut house.policy.desk;
    desk.trust.levels.insert("supplier".to_owned(), 2);
    let mut other = desk.suppliers.first().cloned().expect("the example has one");
    other.name = "Redes del Sur".to_owned();
    desk.suppliers.push(other);
    let bench = Bench::of(house).await;
    let notice = bench.opened(ANA, "La impresora").await;
    for line in ["#escalar proveedor", "#escalar proveedor nadie", "#derivar andnos", "#derivar s"] {
        let text = format!("{line}\n\nTope S/ 900, no más ({line}).\n");
        assert_eq!(bench.mail(&notice.reply(&text)).await, "commands-refused", "{line}");
        let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
        says_not(&refused, "Su respuesta se enviará");
        stays_inside(&bench.done(&refused.reply(&format!("Tope S/ 900 ({line}).\n"))).await);
        // What nothing proves is asked about, and promises it to nobody.
        says_not(&asked_in_thread(&bench, line).await, "El texto iría");
    }
    says(&asked_in_thread(&bench, "#prioridad alta").await, "El texto iría a Ana");
    says(
        &asked_in_thread(&bench, "#derivar Redes del Sur").await,
        "El texto iría al proveedor Redes del Sur",
    );
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
    let sent = bench.done(&vouched(&refused.reply(&text))).await;
    let customer = one_of(&sent, "lhuanca@minem.example", "ticket-created");
    assert!(customer.subject().ends_with("] SIAF"), "{}", customer.subject());

    // The same of a ticket of her own.
    let first = format!(
        "From: {MARIA}\nTo: soporte@minem.example\nMessage-ID: <own@agent>\n{}\n#prioridda alta\n\nNo imprime.\n",
        bench.head("Mi impresora")
    );
    assert_eq!(bench.mail(&vouched(&first)).await, "commands-refused");
    let refused = one_of(&bench.sent().await, MARIA, "receipt").clone();
    let sent = bench.done(&vouched(&refused.reply("#prioridad alta\n\nNo imprime.\n"))).await;
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
    let sent = bench.done(&notice.reply("#derivar andinos\n\nCambien el fusor.\n")).await;
    says(one_of(&sent, FIRM, "supplier-request"), "Cambien el fusor.");
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    // What nothing proves is asked about in the same words.
    let unproved = bench.unproved("derive", "#derivar andinos\n\nCambien el fusor.").await;
    assert_eq!(bench.mail(&unproved).await, "held-for-confirmation");
    says(one_of(&bench.sent().await, MARIA, "confirmation"), "proveedor Andinos");
    let sent = bench.done(&notice.reply("#derivar Impresoras::Andinos\n#nota\n\nPara ustedes.\n")).await;
    says(one_of(&sent, MARIA, "receipt"), "Impresoras::Andinos");
}
