//! Mails through the real pipeline and the real store: what customers and agents would see, without servers.

#![expect(clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{Bench, Sent};
use taquilla::ingest::intake::{Arrived, Content, Intake, Place, Source, Taken};
use taquilla::store::Page;

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

fn one<'a>(sent: &'a [Sent], to: &str) -> &'a Sent {
    let mut found = sent.iter().filter(|mail| mail.to == to);
    let all: Vec<_> = sent.iter().map(|mail| (&mail.to, &mail.template)).collect();
    match (found.next(), found.next()) {
        (Some(one), None) => one,
        _ => panic!("not one mail to {to}: {all:?}"),
    }
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
    assert_eq!(bench.mail(&open_ticket(&bench)).await, "new-ticket");
    assert_eq!(bench.mail(&open_ticket(&bench)).await, "duplicate-of");
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

/// A store without room is no fault of the mail: however often it is brought, it does not go to the quarantine.
#[tokio::test]
async fn a_full_disk_is_no_crash() {
    let bench = Bench::new().await;
    let place = Place { mailbox: "soporte".into(), folder: "INBOX".into(), uidvalidity: 7, epoch: 0 };
    let intake = &bench.pipeline;
    intake.adopt(&place, None).await.unwrap();
    let raw = format!("{}{}", open_ticket(&bench), "Una línea más.\n".repeat(10_000)).replace('\n', "\r\n");
    let arrived = Arrived {
        source: Source { place, uid: 1 },
        received: None,
        size: 170_000,
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
