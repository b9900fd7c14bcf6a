//! Commands about more than one ticket, and their undoing, through the real pipeline and the real store.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{Bench, Sent, one};
use taquilla::desk::TicketId;
use taquilla::store::Page;

const ANA: &str = "ana@minem.example";
const BERTA: &str = "berta@minem.example";
const AGENT: &str = "mgomez@minem.example";

/// A customer's mail; the notice that the agent gets of it.
async fn opened(bench: &Bench, customer: &str, subject: &str) -> Sent {
    let raw = format!(
        "From: {customer}\nTo: soporte@minem.example\nMessage-ID: <{}@customer>\n{}\nNo funciona.\n",
        subject.replace(' ', "-"),
        bench.head(subject)
    );
    assert_eq!(bench.mail(&raw).await, "new-ticket");
    one(&bench.sent().await, AGENT).clone()
}

/// Sends the commands as an answer to a notice and confirms them; the mails of both.
async fn confirmed(bench: &Bench, notice: &Sent, text: &str) -> Vec<Sent> {
    assert_eq!(bench.mail(&notice.reply(text)).await, "held-for-confirmation");
    let asked = bench.sent().await;
    let question = one(&asked, AGENT);
    assert_eq!(question.template, "confirmation");
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    bench.sent().await
}

async fn history(bench: &Bench, ticket: i64) -> Vec<String> {
    let lines = bench.pipeline.store.history(TicketId(ticket), Page::FIRST).await.unwrap();
    lines.into_iter().map(|line| line.text).collect()
}

/// The line that a receipt says to write.
fn undo_line(receipt: &Sent) -> String {
    let text = receipt.text();
    let line = text.lines().map(str::trim).find(|line| line.starts_with("#deshacer "));
    line.unwrap_or_else(|| panic!("no undo: {text}")).to_owned()
}

#[tokio::test]
async fn two_tickets_become_one_and_mails_to_the_old_one_follow() {
    let bench = Bench::new().await;
    let first = opened(&bench, ANA, "Una consulta").await;
    let second = opened(&bench, BERTA, "Otra consulta").await;
    let third = opened(&bench, ANA, "La tercera consulta").await;
    let numbers = [bench.number(1).await, bench.number(2).await, bench.number(3).await];

    let sent = confirmed(&bench, &second, &format!("#fusionar en {}\n", numbers[0])).await;
    assert!(bench.ticket(2).await.contains("merged"));
    let told = one(&sent, BERTA);
    assert_eq!(told.template, "merged");
    assert!(told.text().contains(&numbers[0]), "{}", told.text());
    assert!(one(&sent, AGENT).text().contains("fusionado en"), "{}", one(&sent, AGENT).text());
    assert!(history(&bench, 2).await.contains(&format!("merged into: none -> {}", numbers[0])));
    assert!(history(&bench, 1).await.contains(&format!("ticket {} was merged into this one", numbers[1])));

    // Over two hops, and into no circle.
    let sent = confirmed(&bench, &first, &format!("#merge into {}\n", numbers[2])).await;
    assert!(one(&sent, ANA).text().contains(&numbers[2]));
    let back = third.reply(&format!("#merge into {}\n", numbers[1]));
    assert_eq!(bench.mail(&back).await, "commands-refused");
    let refused = bench.sent().await;
    assert!(one(&refused, AGENT).text().contains("ya es parte de él"), "{}", one(&refused, AGENT).text());

    // What the customer of the second one writes about it arrives in the third one, where she takes part now.
    assert_eq!(bench.mail(&told.reply("Sigue igual.\n")).await, "follow-up");
    let articles = bench.pipeline.store.articles(TicketId(3), Page::FIRST).await.unwrap();
    assert!(articles.last().unwrap().article.content.text.contains("Sigue igual."));
    bench.sent().await;
    assert_eq!(bench.mail(&third.reply("Ya está.\n")).await, "agent-mail");
    let sent = bench.sent().await;
    one(&sent, ANA);
    one(&sent, BERTA);
}

#[tokio::test]
async fn a_merge_is_undone() {
    let bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    let second = opened(&bench, BERTA, "Otra consulta").await;
    let first = bench.number(1).await;
    let sent = confirmed(&bench, &second, &format!("#fusionar en {first}\n")).await;
    let receipt = one(&sent, AGENT);
    assert_eq!(bench.mail(&receipt.reply(&format!("{}\n", undo_line(receipt)))).await, "agent-mail");
    assert!(bench.ticket(2).await.contains("new"), "{}", bench.ticket(2).await);
    let undone = bench.sent().await;
    assert!(one(&undone, AGENT).text().contains("participante"), "{}", one(&undone, AGENT).text());
    assert!(history(&bench, 1).await.iter().any(|line| line.starts_with("taken back")));
    // Her answer goes into her own ticket again.
    let told = one(&sent, BERTA);
    assert_eq!(bench.mail(&told.reply("¿Y mi ticket?\n")).await, "follow-up");
    let articles = bench.pipeline.store.articles(TicketId(2), Page::FIRST).await.unwrap();
    assert!(articles.last().unwrap().article.content.text.contains("¿Y mi ticket?"));
}

#[tokio::test]
async fn closing_a_parent_offers_its_children() {
    let bench = Bench::new().await;
    let parent = opened(&bench, ANA, "Consulta general").await;
    let child = opened(&bench, BERTA, "Consulta de Berta").await;
    let (above, below) = (bench.number(1).await, bench.number(2).await);
    assert_eq!(bench.mail(&child.reply(&format!("#asociar {above} principal\n"))).await, "agent-mail");
    let links = bench.pipeline.store.links_of(TicketId(1)).await.unwrap();
    assert_eq!((links[0].relation, links[0].number.as_str()), ("child", below.as_str()));
    assert!(history(&bench, 1).await.contains(&format!("child: none -> {below}")));
    bench.sent().await;

    assert_eq!(bench.mail(&parent.reply("#cerrar\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let receipt = one(&sent, AGENT);
    assert!(receipt.text().contains(&format!("- {below} Consulta de Berta")), "{}", receipt.text());
    assert!(bench.ticket(2).await.contains("new"), "offered, not closed");
    // The button's own mail, sent as it is, and the button of the question.
    let button = receipt.pressed("Cerrar también estos");
    assert!(button.contains(&format!("\n#para {below}\n#cerrar\n")), "{button}");
    assert_eq!(bench.mail(&button).await, "held-for-confirmation");
    let asked = bench.sent().await;
    assert!(bench.ticket(2).await.contains("new"), "asked first");
    assert_eq!(bench.mail(&one(&asked, AGENT).pressed("Sí, fui yo")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(bench.ticket(2).await.contains("closed successful"));
    assert!(sent.iter().any(|mail| mail.to == BERTA && mail.template == "closed"));

    assert_eq!(bench.mail(&child.reply(&format!("#desasociar {above}\n"))).await, "agent-mail");
    assert!(bench.pipeline.store.links_of(TicketId(1)).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_mail_is_split_in_two_tickets() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Dos consultas").await;
    let text = "#dividir\n#titulo El segundo anexo\n#prioridad alta\n\nAna pide también otro anexo.\n";
    assert_eq!(bench.mail(&notice.reply(text)).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("new 3"), "the first one is as it was");
    assert!(bench.ticket(2).await.contains("new 4"));
    let sent = bench.sent().await;
    let welcome = one(&sent, ANA);
    assert!(welcome.subject().contains("El segundo anexo"), "{}", welcome.subject());
    assert!(!welcome.raw().contains("mgomez@"), "{}", welcome.raw());
    let articles = bench.pipeline.store.articles(TicketId(2), Page::FIRST).await.unwrap();
    assert!(articles[0].article.content.text.contains("otro anexo"));
    assert_eq!(
        bench.pipeline.store.links_of(TicketId(2)).await.unwrap()[0].number.as_str(),
        bench.number(1).await
    );

    // Out of an article, which is copied with its files.
    assert_eq!(bench.mail(&notice.reply("#split 1\n#title Otra vez lo mismo\n")).await, "agent-mail");
    let articles = bench.pipeline.store.articles(TicketId(3), Page::FIRST).await.unwrap();
    assert!(articles[0].article.content.text.contains("No funciona."));
    assert_eq!(bench.mail(&notice.reply("#split 9\n")).await, "commands-refused");
    assert_eq!(bench.mail(&notice.reply("#split\n")).await, "commands-refused");
    assert!(bench.sent().await.last().unwrap().text().contains("¿De qué trata"), "it asks for the text");
}

#[tokio::test]
async fn several_tickets_are_closed_and_opened_again() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    opened(&bench, BERTA, "Otra consulta").await;
    let (one_number, other) = (bench.number(1).await, bench.number(2).await);
    let both = format!("{one_number} {other}");
    // A dry run needs no confirmation and changes nothing.
    let dry = notice.reply(&format!("#ensayo\n#para {both}\n#cerrar\n"));
    assert_eq!(bench.mail(&dry).await, "dry-run");
    let shown = bench.sent().await;
    assert!(one(&shown, AGENT).text().contains("No se cambió nada"), "{}", one(&shown, AGENT).text());
    assert!(bench.ticket(1).await.contains("new"));

    let sent = confirmed(&bench, &notice, &format!("#para {both}\n#cerrar\n#etiqueta +corte\n")).await;
    assert!(bench.ticket(1).await.contains("closed") && bench.ticket(2).await.contains("closed"));
    let receipt = one(&sent, AGENT).clone();
    for number in [&one_number, &other] {
        assert!(receipt.text().contains(&format!("Ticket {number}:")), "{}", receipt.text());
    }
    // Both are as they were before; the mails that waited do not leave, and nobody is asked about it.
    let undo = notice.reply(&format!("{}\n", undo_line(&receipt)));
    assert_eq!(bench.mail(&undo).await, "agent-mail");
    assert!(bench.ticket(1).await.contains("new") && bench.ticket(2).await.contains("new"));
    let surveys = bench.pipeline.store.surveys(None, None, Page::FIRST).await.unwrap();
    assert!(surveys.is_empty(), "{surveys:?}");
    // Once only.
    let again = notice.reply(&format!("{}\n\n", undo_line(&receipt)));
    bench.sent().await;
    assert_eq!(bench.mail(&again).await, "commands-refused");
    assert!(one(&bench.sent().await, AGENT).text().contains("ya se deshizo"));
}

#[tokio::test]
async fn an_answer_is_taken_back_within_the_hold() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("Vaya usted al diablo.\n")).await, "agent-mail");
    assert_eq!(one(&bench.sent().await, ANA).template, "agent-answer");
    assert!(bench.ticket(1).await.contains("open"));
    assert_eq!(bench.mail(&notice.reply("#deshacer\n")).await, "agent-mail");
    let sent = bench.sent().await;
    assert!(one(&sent, AGENT).text().contains(&format!("el correo a {ANA} ya no sale")));
    assert!(bench.ticket(1).await.contains("new"));
    let waiting = bench.pipeline.store.outbox(Page::FIRST).await.unwrap();
    assert!(waiting.iter().all(|mail| mail.template != "agent-answer"), "{waiting:?}");
    let articles = bench.pipeline.store.articles(TicketId(1), Page::FIRST).await.unwrap();
    assert!(!articles[1].article.content.visible, "the customer never got it");
}

/// Who repeats the command because no answer came means the same mail, and not the one before it.
#[tokio::test]
async fn a_repeated_undo_takes_back_no_more() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#prioridad alta\n")).await, "agent-mail");
    let first = one(&bench.sent().await, AGENT).clone();
    assert_eq!(bench.mail(&notice.reply("#prioridad muy alta\n")).await, "agent-mail");
    assert_eq!(bench.mail(&notice.reply("#deshacer\n")).await, "agent-mail");
    assert!(bench.ticket(1).await.ends_with(" 4"), "{}", bench.ticket(1).await);
    bench.sent().await;
    assert_eq!(bench.mail(&notice.reply("\n#deshacer\n")).await, "commands-refused");
    assert!(bench.ticket(1).await.ends_with(" 4"), "{}", bench.ticket(1).await);
    let said = one(&bench.sent().await, AGENT).text();
    assert!(said.contains("ya se deshizo: no se deshizo nada más. Para deshacer uno anterior"), "{said}");
    // The way that it names.
    assert_eq!(bench.mail(&notice.reply(&format!("{}\n", undo_line(&first)))).await, "agent-mail");
    assert!(bench.ticket(1).await.ends_with(" 3"), "{}", bench.ticket(1).await);
}

/// A notice to a colleague waits in no hold: that it has left says nothing of the answer.
#[tokio::test]
async fn an_answer_is_taken_back_though_an_agent_was_told() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(
        bench.mail(&notice.reply("#asignar jperez\n#cola Redes\nVaya usted al diablo.\n")).await,
        "agent-mail"
    );
    one(&bench.sent().await, "jperez@minem.example");
    let (store, now) = (&bench.pipeline.store, bench.pipeline.clock.now());
    let told = store.outbox(Page::FIRST).await.unwrap();
    let told = told.into_iter().find(|mail| mail.to.eq_ignore_ascii_case("jperez@minem.example")).unwrap().id;
    store.mark_sending(&[told], now).await.unwrap();
    store.mark_data_sent(told, now).await.unwrap();
    store.mark_accepted(told, "250 2.0.0 Ok", now).await.unwrap();
    let reason = bench.mail(&notice.reply("#deshacer\n")).await;
    let sent = bench.sent().await;
    let text = one(&sent, AGENT).text();
    assert_eq!(reason, "agent-mail", "{text}");
    assert!(text.contains(&format!("el correo a {ANA} ya no sale")), "{text}");
    let articles = bench.pipeline.store.articles(TicketId(1), Page::FIRST).await.unwrap();
    assert!(!articles[1].article.content.visible, "the customer never got it");
}

/// What came into a ticket since it was opened would go with it.
#[tokio::test]
async fn a_ticket_that_went_on_is_not_removed() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Dos consultas").await;
    let split = "#dividir\n#título El segundo anexo\n\nLa usuaria pide además otro anexo.\n";
    assert_eq!(bench.mail(&notice.reply(split)).await, "agent-mail");
    let sent = bench.sent().await;
    let receipt = sent.iter().find(|mail| mail.template == "receipt").unwrap();
    let welcome = sent.iter().find(|mail| mail.to == ANA).unwrap();
    assert_eq!(bench.mail(&welcome.reply("Es el anexo 1234.\n")).await, "follow-up");
    bench.sent().await;
    assert_eq!(bench.mail(&receipt.reply(&format!("{}\n", undo_line(receipt)))).await, "commands-refused");
    let text = one(&bench.sent().await, AGENT).text();
    assert!(text.contains("cambió desde entonces") && text.contains(&bench.number(2).await), "{text}");
    assert!(!bench.ticket(2).await.contains("removed"), "{}", bench.ticket(2).await);
}

/// Whoever reads the question too late still says that somebody writes in his name.
#[tokio::test]
async fn a_late_no_is_heard_and_a_late_yes_is_answered() {
    let mut bench = Bench::new().await;
    opened(&bench, ANA, "Una consulta").await;
    let mail = bench.unproved("l1", "#cerrar\n").await;
    assert_eq!(bench.mail(&mail).await, "held-for-confirmation");
    let question = one(&bench.sent().await, AGENT).clone();
    let late = bench.pipeline.clock.now() + jiff::SignedDuration::from_mins(40);
    bench.pipeline.clock = taquilla::clock::Clock::Fixed(late);
    for timer in bench.pipeline.store.timers_due(late, 10).await.unwrap() {
        bench.pipeline.fire(timer.id).await.unwrap().unwrap();
    }
    bench.sent().await;
    assert_eq!(bench.mail(&question.reply("sí\n")).await, "confirmation");
    assert!(one(&bench.sent().await, AGENT).text().contains("El código venció"));
    assert!(bench.ticket(1).await.contains("new"));
    assert_eq!(bench.mail(&question.reply("no\n\n")).await, "confirmation");
    let sent = bench.sent().await;
    assert!(sent.iter().any(|mail| mail.template == "alarm"), "{sent:?}");
}

#[tokio::test]
async fn what_changed_since_is_not_undone() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#prioridad alta\n")).await, "agent-mail");
    let receipt = one(&bench.sent().await, AGENT).clone();
    assert_eq!(bench.mail(&notice.reply("#prioridad baja\n")).await, "agent-mail");
    bench.sent().await;
    assert_eq!(bench.mail(&notice.reply(&format!("{}\n", undo_line(&receipt)))).await, "commands-refused");
    let text = one(&bench.sent().await, AGENT).text();
    assert!(text.contains("cambió desde entonces") && text.contains("4 alto -> 2 bajo"), "{text}");
    assert!(bench.ticket(1).await.contains('2'));
    // Nobody else's token, and no invented one.
    let other = notice.reply(&format!("{}\n\n", undo_line(&receipt))).replace(AGENT, "lrojas@minem.example");
    assert_ne!(bench.mail(&other).await, "agent-mail");
    assert_eq!(bench.mail(&notice.reply("#undo aaaaaaaaaaaaaaaaaaaaaaaaaa\n")).await, "commands-refused");
}

/// What says how the others are done is said once, above the tickets.
#[tokio::test]
async fn a_dry_run_over_several_tickets_says_once_that_it_is_one() {
    let bench = Bench::new().await;
    let notice = opened(&bench, ANA, "Una consulta").await;
    opened(&bench, BERTA, "Otra consulta").await;
    let lines = "#para estado:nuevo\n#límite 10\n#cerrar\n#ensayo\n#parcial\n";
    assert_eq!(bench.mail(&notice.reply(lines)).await, "dry-run");
    let text = one(&bench.sent().await, AGENT).text();
    let text = text.lines().take_while(|line| !line.starts_with('>')).collect::<Vec<_>>().join("\n");
    for (line, times) in [("#límite 10", 1), ("#ensayo", 1), ("#parcial", 1), ("#cerrar", 2)] {
        assert_eq!(text.matches(&format!("+ {line}")).count(), times, "{line}: {text}");
    }
    let heading = text.find("Ticket 2").unwrap();
    assert!(text.find("#ensayo").unwrap() < heading && heading < text.find("#cerrar").unwrap(), "{text}");
    // A value of several words without quotes is told with the query as it should be.
    let lines = "#para prioridad:muy alto\n#cerrar\n\n";
    assert_eq!(bench.mail(&notice.reply(lines)).await, "commands-refused");
    let text = one(&bench.sent().await, AGENT).text();
    assert!(text.contains("Escriba prioridad:\"muy alto\""), "{text}");
    let lines = "#para prioridad:“muy alto”\n#cerrar\n\n\n";
    assert_eq!(bench.mail(&notice.reply(lines)).await, "commands-refused");
    let text = one(&bench.sent().await, AGENT).text();
    assert!(text.contains("Ningún ticket cumple"), "understood: {text}");
}
