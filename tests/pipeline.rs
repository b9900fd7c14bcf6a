//! Mails through the real pipeline and the real store: what customers and agents would see, without servers.

mod support;

use support::desk::{BORDER, Bench, Sent, one};
use taquilla::ingest::intake::{Arrived, Content, Intake, Place, Source, Taken};
use taquilla::store::{Page, Shelf};

const AT_SOPORTE: &str = "To: soporte@minem.example\n";

fn open_ticket(bench: &Bench) -> String {
    format!(
        "From: Ana Torres <ana@minem.example>\n{AT_SOPORTE}Message-ID: <c1@minem.example>\n{}\nNo sé a quién preguntar.\n",
        bench.head("Una consulta")
    )
}

#[tokio::test]
async fn a_ticket_from_first_mail_to_survey() {
    let bench = Bench::new().await;
    let taken = bench.mail(&open_ticket(&bench)).await;
    assert_eq!(taken, "new-ticket");
    let sent = bench.sent().await;
    let welcome = one(&sent, "ana@minem.example");
    assert!(welcome.header("In-Reply-To").contains("<c1@minem.example>"));
    assert_eq!(welcome.header("Auto-Submitted"), "auto-replied");
    assert!(welcome.subject().starts_with("[Ticket#"), "{}", welcome.subject());
    let notice = one(&sent, "mgomez@minem.example");
    assert!(notice.text().contains("No sé a quién preguntar."), "{}", notice.text());

    // The agent answers the notice: the token proves her, the customer gets it from the desk's address.
    let answer =
        notice.reply("Reinicie el equipo, por favor. Escríbame a mgomez@minem.example si sigue igual.\n");
    assert_eq!(bench.mail(&answer).await, "agent-mail");
    let sent = bench.sent().await;
    let answered = one(&sent, "ana@minem.example");
    assert!(answered.header("From").contains("soporte@minem.example"));
    assert!(!answered.raw().contains("mgomez@"), "the agent's address never leaves: {}", answered.raw());
    assert_eq!(answered.header("Auto-Submitted"), "", "a person's words are not marked as automatic");
    assert!(bench.ticket(1).await.contains("open"));

    // The customer's reply is a follow-up.
    assert_eq!(bench.mail(&answered.reply("Sigue igual.\n")).await, "follow-up");
    let follow_up = one(&bench.sent().await, "mgomez@minem.example").clone();

    // She closes it; the customer is told and asked.
    assert_eq!(bench.mail(&follow_up.reply("#cerrar\nCambiamos el cable.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let closed: Vec<&Sent> = sent.iter().filter(|mail| mail.to == "ana@minem.example").collect();
    assert_eq!(
        closed.len(),
        2,
        "the closing mail and the survey: {:?}",
        closed.iter().map(|m| m.subject()).collect::<Vec<_>>()
    );
    assert!(closed.iter().any(|mail| mail.text().contains("Cambiamos el cable.")));
    assert!(one(&sent, "mgomez@minem.example").text().contains("#cerrar"), "the receipt");
    let survey = closed.iter().find(|mail| mail.template == "survey").unwrap();

    // The answer to the survey is stored once and is no follow-up.
    assert_eq!(bench.mail(&survey.reply("5\nMuy amable.\n")).await, "survey-answer");
    assert_eq!(bench.mail(&survey.reply("1\n")).await, "survey-answer");
    assert_eq!(bench.survey_score().await, Some(5));
    assert!(bench.ticket(1).await.contains("closed successful"));
}

/// What somebody was not content with reaches whoever attended the ticket, and stands in it.
#[tokio::test]
async fn a_bad_survey_answer_reaches_the_responsible() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let notice = one(&bench.sent().await, "mgomez@minem.example").clone();
    assert_eq!(bench.mail(&notice.reply("#tomar\n#cerrar\nListo.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let survey = sent.iter().find(|mail| mail.template == "survey").unwrap();
    assert_eq!(bench.mail(&survey.reply("2\nTardaron tres semanas.\n")).await, "survey-answer");
    let sent = bench.sent().await;
    let told = one(&sent, "mgomez@minem.example");
    assert_eq!(told.template, "survey-bad");
    assert!(told.subject().ends_with("Calificación 2: Una consulta"), "{}", told.subject());
    let text = told.text();
    assert!(text.contains("Ana Torres contestó la encuesta de este ticket con 2 de 5:"), "{text}");
    assert!(text.contains("Tardaron tres semanas."), "{text}");
    assert!(sent.iter().all(|mail| mail.to != "ana@minem.example"), "{sent:?}");
    let id = taquilla::desk::TicketId(1);
    let articles = bench.pipeline.store.articles(id, Page::FIRST).await.unwrap();
    let last = &articles.last().unwrap().article.content;
    assert_eq!((last.text.trim(), last.visible), ("Tardaron tres semanas.", false));
    assert_eq!(bench.survey_score().await, Some(2));
    assert!(bench.ticket(1).await.contains("closed successful"), "it stays closed");
    // A second answer tells nobody anything.
    assert_eq!(bench.mail(&survey.reply("1\nPésimo.\n")).await, "survey-answer");
    assert!(bench.sent().await.is_empty());
}

#[tokio::test]
async fn an_unproved_agent_is_asked_and_confirms() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    bench.sent().await;
    let number = bench.number(1).await;
    let forged = format!(
        "From: mgomez@minem.example\n{AT_SOPORTE}Message-ID: <a1@x>\n{}\n#close\n",
        bench.head(&format!("Re: [Ticket#{number}] Una consulta"))
    );
    assert_eq!(bench.mail(&forged).await, "held-for-confirmation");
    assert!(bench.ticket(1).await.contains("new"), "nothing is executed");
    let asked = bench.sent().await;
    let asked = one(&asked, "mgomez@minem.example");
    assert_eq!(asked.template, "confirmation");

    // An out-of-office with the code in it confirms nothing; nor does a mail from somebody else.
    let out = asked.reply("sí\n").replace("\n\n", "\nAuto-Submitted: auto-replied\n\n");
    assert_ne!(bench.mail(&out).await, "confirmation");
    let other = asked.reply("sí\n").replace("From: mgomez@minem.example", "From: lrojas@minem.example");
    assert_ne!(bench.mail(&other).await, "confirmation");
    assert!(bench.ticket(1).await.contains("new"));

    assert_eq!(bench.mail(&asked.reply("Sí.\n")).await, "confirmation");
    assert!(bench.ticket(1).await.contains("closed successful"));
    // Twice changes nothing.
    bench.sent().await;
    assert_eq!(bench.mail(&asked.reply("Sí\n")).await, "confirmation");
    assert!(bench.sent().await.is_empty());
}

#[tokio::test]
async fn all_or_nothing() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let notice = one(&bench.sent().await, "mgomez@minem.example").clone();
    assert_eq!(
        bench.mail(&notice.reply("#prioridad alta\n#cola Sistmas\nUn texto.\n")).await,
        "commands-refused"
    );
    assert!(bench.ticket(1).await.contains("3"), "the priority is as it was");
    let sent = bench.sent().await;
    assert_eq!(sent.len(), 1);
    assert!(sent[0].text().contains("Sistemas"), "did you mean: {}", sent[0].text());
}

#[tokio::test]
async fn the_same_mail_twice_is_one_ticket() {
    let bench = Bench::new().await;
    // Made once: a second later its Date is another one, and so is the mail.
    let mail = open_ticket(&bench);
    assert_eq!(bench.mail(&mail).await, "new-ticket");
    assert_eq!(bench.mail(&mail).await, "duplicate-of");
}

#[tokio::test]
async fn a_stranger_gets_a_linked_ticket() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let number = bench.number(1).await;
    let stranger = format!(
        "From: eve@evil.example\n{AT_SOPORTE}Message-ID: <e1@x>\n{}\nDéjenme ver.\n",
        bench.head(&format!("[Ticket#{number}] Una consulta"))
    );
    assert_eq!(bench.mail(&stranger).await, "new-linked-ticket");
    assert_ne!(bench.number(2).await, number);
}

/// Whoever answers all shows the id of the copy that he got to all: it must not make anybody an agent.
#[tokio::test]
async fn a_participants_copy_proves_no_agent_and_shows_no_other_token() {
    let bench = Bench::new().await;
    bench
        .mail(
            &open_ticket(&bench).replace(AT_SOPORTE, "To: soporte@minem.example\nCc: lrojas@minem.example\n"),
        )
        .await;
    let notice = one(&bench.sent().await, "mgomez@minem.example").clone();
    bench.mail(&notice.reply("Reinicie el equipo.\n")).await;
    let sent = bench.sent().await;
    let (customers, copy) = (one(&sent, "ana@minem.example"), one(&sent, "lrojas@minem.example"));
    assert_eq!(copy.template, "agent-answer");
    assert_eq!(bench.mail(&copy.reply("#close\n")).await, "held-for-confirmation");
    assert!(bench.ticket(1).await.contains("open"));
    // The next answer refers to the first one, but not by the id that holds the customer's token.
    bench.sent().await;
    bench.mail(&notice.reply("Ya puede probar otra vez.\n")).await;
    let sent = bench.sent().await;
    let id = customers.header("Message-ID");
    assert!(one(&sent, "ana@minem.example").header("References").contains(&id));
    let copy = one(&sent, "lrojas@minem.example");
    assert!(!copy.raw().contains(&id), "{}", copy.raw());
    assert!(copy.header("References").contains("<c1@minem.example>"), "{}", copy.raw());
}

/// An address that no mail can carry: the ticket's history says that the answer did not leave.
#[tokio::test]
async fn an_answer_that_cannot_be_written_is_seen() {
    let bench = Bench::new().await;
    let odd = open_ticket(&bench).replace("<ana@minem.example>", "<ana@minem..example>");
    assert_eq!(bench.mail(&odd).await, "new-ticket");
    let sent = bench.sent().await;
    let notice = one(&sent, "mgomez@minem.example");
    assert_eq!(bench.mail(&notice.reply("Reinicie el equipo.\n")).await, "agent-mail");
    let ticket = bench.pipeline.store.tickets(&Default::default(), Page::FIRST).await.unwrap()[0].id;
    let history = bench.pipeline.store.history(ticket, Page::FIRST).await.unwrap();
    assert!(history.iter().any(|line| line.kind == "given-up"), "{history:?}");
}

/// That the mail is the agent's does not say that he means the pieces of a notice in it.
#[tokio::test]
async fn a_confirmed_mail_with_pieces_of_a_notice_is_asked_about_once_more() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    bench.sent().await;
    let answer = bench.unproved("a1", "#public\nReinicie el equipo.\nSu respuesta se enviará a Ana.").await;
    assert_eq!(bench.mail(&answer).await, "held-for-confirmation");
    let asked = one(&bench.sent().await, "mgomez@minem.example").clone();
    assert!(asked.text().contains("Reinicie el equipo."), "{}", asked.text());
    assert!(asked.text().contains("iría a Ana Torres"), "{}", asked.text());
    assert_eq!(bench.mail(&asked.reply("Sí\n")).await, "confirmation");
    let sent = bench.sent().await;
    let again = one(&sent, "mgomez@minem.example").clone();
    assert_eq!((sent.len(), again.template.as_str()), (1, "held-for-author"), "nothing reaches the customer");
    assert!(again.text().contains("Reinicie el equipo."), "{}", again.text());
    assert_eq!(bench.mail(&again.reply("Sí.\n")).await, "confirmation");
    let sent = bench.sent().await;
    let answer = one(&sent, "ana@minem.example");
    assert!(answer.text().contains("Reinicie el equipo."), "{}", answer.raw());
}

/// What stands far down in a long mail is shown, and what cannot be shown is counted.
#[tokio::test]
async fn a_question_shows_what_would_be_sent() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    bench.sent().await;
    let long = format!("{}\nTransfiera el dinero.\n", "Buenos días.\n".repeat(60));
    bench.mail(&bench.unproved("l1", &format!("#public\n{long}")).await).await;
    assert!(one(&bench.sent().await, "mgomez@minem.example").text().contains("Transfiera el dinero."));
    let longer = "Buenos días.\n".repeat(1_000);
    bench.mail(&bench.unproved("l2", &format!("#public\n{longer}")).await).await;
    let asked = one(&bench.sent().await, "mgomez@minem.example").text();
    assert!(asked.contains("2999 caracteres más"), "{asked}");
}

/// Whoever forges an agent's name cannot fill the mailbox of the agent, and nothing is lost.
#[tokio::test]
async fn questions_have_a_cap_an_hour() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    bench.sent().await;
    let cap = bench.pipeline.house().policy.desk.limits.notices_per_recipient;
    for nth in 0..cap {
        let forged = bench.unproved(&format!("f{nth}"), "#close\n").await;
        assert_eq!(bench.mail(&forged).await, "held-for-confirmation", "{nth}");
    }
    let sent = bench.sent().await;
    let asked = |mail: &&Sent| mail.template == "confirmation";
    assert_eq!(sent.iter().filter(asked).count(), usize::try_from(cap).unwrap());
    let alarms: Vec<&Sent> = sent.iter().filter(|mail| mail.template == "alarm").collect();
    assert_eq!(alarms.len(), 1, "the administrator hears of it once");
    assert!(alarms[0].text().contains("mgomez"), "{}", alarms[0].text());
    for nth in 0..3 {
        let forged = bench.unproved(&format!("g{nth}"), "#close\n").await;
        assert_eq!(bench.mail(&forged).await, "quarantined");
    }
    assert!(
        bench.sent().await.iter().all(|mail| mail.to != "mgomez@minem.example" && mail.template != "alarm")
    );
    assert!(bench.history(1).await.contains("it is in the quarantine"), "{}", bench.history(1).await);
    let kept = bench.pipeline.store.kept(Shelf::Quarantine, Page::FIRST).await.unwrap();
    assert_eq!(kept.len(), 3);
    assert!(bench.ticket(1).await.contains("new"), "nothing was executed");
}

/// Only who holds a locked ticket changes its state.
#[tokio::test]
async fn a_lock_keeps_other_agents_from_the_state() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench).replace("Una consulta", "La laptop no enciende")).await;
    let notices = bench.sent().await;
    let of = |to: &str| one(&notices, to).clone();
    assert_eq!(bench.mail(&of("lrojas@minem.example").reply("#tomar\n")).await, "agent-mail");
    bench.sent().await;
    let other = of("mgomez@minem.example");
    for commands in ["#cerrar\n", "#pendiente 2d\n", "#estado abierto\n#cerrar sin exito\n"] {
        assert_eq!(bench.mail(&other.reply(commands)).await, "commands-refused", "{commands}");
        let receipt = one(&bench.sent().await, "mgomez@minem.example").text();
        assert!(receipt.contains("bloqueado por Luis Rojas") && receipt.contains("#tomar"), "{receipt}");
    }
    assert_eq!(bench.mail(&other.reply("#tomar\n#cerrar\n")).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("closed successful"));
}

/// Nobody is asked how the work was while it goes on.
#[tokio::test]
async fn a_survey_that_has_not_left_is_taken_back() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let notice = one(&bench.sent().await, "mgomez@minem.example").clone();
    bench.mail(&notice.reply("#cerrar\nListo.\n")).await;
    let waiting =
        |lines: &[taquilla::store::OutboxLine]| lines.iter().filter(|line| line.template == "survey").count();
    assert_eq!(waiting(&bench.pipeline.store.outbox(Page::FIRST).await.unwrap()), 1);
    assert_eq!(bench.mail(&notice.reply("#reabrir\n")).await, "agent-mail");
    assert_eq!(waiting(&bench.pipeline.store.outbox(Page::FIRST).await.unwrap()), 0);
    assert!(bench.history(1).await.contains("was taken back"), "{}", bench.history(1).await);
    assert_eq!(bench.survey_score().await, None);
    // At the next closing it is asked about anew.
    bench.mail(&notice.reply("#cerrar\nAhora sí.\n")).await;
    assert_eq!(waiting(&bench.pipeline.store.outbox(Page::FIRST).await.unwrap()), 1);
}

/// A store without room is no fault of the mail: however often it is brought, it does not go to the quarantine.
#[tokio::test]
async fn a_full_disk_is_no_crash() {
    let bench = Bench::new().await;
    let place = Place { mailbox: "soporte".into(), folder: "INBOX".into(), uidvalidity: 7, epoch: 0 };
    let intake = &bench.pipeline;
    intake.adopt(&place, None).await.unwrap();
    let raw = format!("{}{}", open_ticket(&bench), "Una línea más.\n".repeat(20_000)).replace('\n', "\r\n");
    let arrived = Arrived {
        source: Source { place, uid: 1 },
        received: None,
        size: 340_000,
        backlog: false,
        content: Content::Whole(raw.into_bytes().into()),
    };
    // Large mails are files: here none can be written.
    let blobs = bench.folder.path().join("blobs");
    let _removed = std::fs::remove_dir_all(&blobs);
    std::fs::write(&blobs, "in the way").unwrap();
    for _ in 0..5 {
        let told = Intake::take(intake, vec![arrived.clone()]).await.unwrap_err();
        assert!(told.to_string().contains("blobs"), "{told}");
    }
    std::fs::remove_file(&blobs).unwrap();
    assert!(matches!(&Intake::take(intake, vec![arrived]).await.unwrap()[..], [Taken::Yes { uid: 1, .. }]));
    let journal = bench.pipeline.store.journal(&Default::default(), Page::FIRST).await.unwrap();
    assert_eq!(journal.iter().map(|line| line.reason.as_str()).collect::<Vec<_>>(), ["new-ticket"]);
}

/// `strict = true`: the border's word alone is not enough, nor is the token; both together are.
#[tokio::test]
async fn strict_wants_the_border_and_the_token() {
    let bench = Bench::new().await;
    let mut strict = support::golden::house();
    strict.policy.desk.trust.strict = true;
    bench.pipeline.reload(strict);
    bench.mail(&open_ticket(&bench)).await;
    let notice = one(&bench.sent().await, "mgomez@minem.example").clone();
    let vouched = |mail: &str| format!("{BORDER}{mail}");
    assert_eq!(
        bench.mail(&notice.reply("#prioridad alta\n")).await,
        "held-for-confirmation",
        "a token alone"
    );
    let number_alone = bench.unproved("s1", "#prioridad alta\n").await;
    assert_eq!(bench.mail(&vouched(&number_alone)).await, "held-for-confirmation", "the border alone");
    assert_eq!(bench.ticket(1).await, "new 3");
    assert_eq!(bench.mail(&vouched(&notice.reply("#prioridad muy alta\n"))).await, "agent-mail");
    assert_eq!(bench.ticket(1).await, "new 5");
    // What is confirmed counts as well.
    let asked = bench.sent().await.into_iter().find(|mail| mail.template == "confirmation").unwrap();
    assert_eq!(bench.mail(&asked.reply("Sí\n")).await, "confirmation");
    assert_eq!(bench.ticket(1).await, "new 4");
}

/// Where the first mail failed a check, nothing automatic leaves later either, until the customer is proved.
#[tokio::test]
async fn nothing_automatic_for_whose_first_mail_failed_a_check() {
    let bench = Bench::new().await;
    // The example's rules put such a mail into the quarantine; not every desk's do.
    let mut trusting = support::golden::house();
    trusting.policy.rules = taquilla::rules::RuleSet::none();
    bench.pipeline.reload(trusting);
    let failed = format!(
        "Authentication-Results: mx.minem.example; dmarc=fail header.from=minem.example\n{}",
        open_ticket(&bench)
    );
    assert_eq!(bench.mail(&failed).await, "new-ticket");
    let sent = bench.sent().await;
    assert!(sent.iter().all(|mail| mail.to != "ana@minem.example"), "{sent:?}");
    let notice = one(&sent, "mgomez@minem.example").clone();
    bench.mail(&notice.reply("#cerrar\n")).await;
    assert!(
        bench.sent().await.iter().all(|mail| mail.to != "ana@minem.example"),
        "no closing mail, no survey"
    );
    assert!(bench.history(1).await.contains("the customer is not proved"), "{}", bench.history(1).await);
    // A person's answer goes, and her reply to it, which carries her token, proves her.
    bench.mail(&notice.reply("#reabrir\n#publico\n¿Sigue el problema?\n")).await;
    let answer = one(&bench.sent().await, "ana@minem.example").clone();
    assert_eq!(bench.mail(&answer.reply("Ya no.\n")).await, "follow-up");
    bench.sent().await;
    bench.mail(&notice.reply("#cerrar\n\n")).await;
    let sent = bench.sent().await;
    assert!(sent.iter().any(|mail| mail.to == "ana@minem.example" && mail.template == "closed"), "{sent:?}");
}

/// A lasting failure is for whoever attends; the administrator hears of it where an agent gets no mail, once.
#[tokio::test]
async fn bounces_reach_who_can_act() {
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let sent = bench.sent().await;
    let bounce = |mail: &Sent, nth: u8| {
        format!(
            "From: MAILER-DAEMON@mx.minem.example\nTo: soporte@minem.example\nMessage-ID: <b{nth}.{}@mx>\nReturn-Path: <>\n\
             Auto-Submitted: auto-replied\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nNo such user.\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; {}\n\
             Action: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {}\n\n--b--\n",
            mail.to.len(),
            mail.to,
            mail.header("Message-ID"),
        )
    };
    let to_admin = |sent: &[Sent]| sent.iter().filter(|mail| mail.to == "admin@minem.example").count();
    assert_eq!(bench.mail(&bounce(one(&sent, "ana@minem.example"), 1)).await, "bounce");
    let told = bench.sent().await;
    assert_eq!((to_admin(&told), one(&told, "mgomez@minem.example").template.as_str()), (0, "given-up"));
    for nth in 2..5 {
        assert_eq!(bench.mail(&bounce(one(&sent, "mgomez@minem.example"), nth)).await, "bounce");
        assert_eq!(to_admin(&bench.sent().await), usize::from(nth == 2), "once");
    }
    // A server that bounces in the name of an agent would bounce what he were told of it.
    let named = bounce(one(&sent, "ana@minem.example"), 9).replace("MAILER-DAEMON@mx.minem", "mgomez@minem");
    assert_eq!(bench.mail(&named).await, "bounce");
    assert!(bench.sent().await.iter().all(|mail| mail.to != "mgomez@minem.example"));
    // Then nobody would know of it but the administrator.
    let bench = Bench::new().await;
    bench.mail(&open_ticket(&bench)).await;
    let sent = bench.sent().await;
    let named = bounce(one(&sent, "ana@minem.example"), 9).replace("MAILER-DAEMON@mx.minem", "mgomez@minem");
    bench.mail(&named).await;
    let told = bench.sent().await;
    assert_eq!(told.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["admin@minem.example"]);
}
