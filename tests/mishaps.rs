//! What goes wrong on a Monday: the same thing twice, two agents at once, too much of everything. Nothing is lost, nothing
//! leaves that should not, and somebody is told.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod support;

use std::fmt::Write as _;

use support::desk::{Bench, Sent, one_of};
use taquilla::desk::TicketId;
use taquilla::store::Page;

const ANA: &str = "aquispe@minem.example";
const BERTA: &str = "berta@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";

async fn articles(bench: &Bench, id: i64) -> Vec<(bool, String)> {
    let shown = bench.pipeline.store.articles(TicketId(id), Page::FIRST).await.unwrap();
    shown.into_iter().map(|one| (one.article.content.visible, one.article.content.text.to_string())).collect()
}

async fn receipt(bench: &Bench, notice: &Sent, text: &str, reason: &str) -> Sent {
    assert_eq!(bench.mail(&notice.reply(text)).await, reason, "{text}");
    one_of(&bench.sent().await, &notice.to, "receipt").clone()
}

#[tokio::test]
async fn two_agents_take_one_ticket() {
    let bench = Bench::new().await;
    let maria = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&maria.reply("#cola Soporte Técnico\n")).await, "agent-mail");
    let sent = bench.sent().await;
    let luis = one_of(&sent, LUIS, "queue-changed").clone();
    receipt(&bench, &maria, "#tomar\n#prioridad muy alta\n", "agent-mail").await;
    assert_eq!(bench.mail(&luis.reply("#tomar\n#prioridad muy baja\n")).await, "agent-mail");
    let sent = bench.sent().await;
    // The later one has it, and the earlier one knows.
    let told = one_of(&sent, MARIA, "ticket-changed").text();
    assert!(told.contains("responsable: María Gómez -> Luis Rojas"), "{told}");
    assert!(bench.ticket(1).await.ends_with(" 1"), "{}", bench.ticket(1).await);
    // What the first one did cannot be taken back over the second one's head.
    let refused = receipt(&bench, &maria, "#deshacer\n", "commands-refused").await.text();
    assert!(refused.contains("No se deshizo, porque cambió desde entonces"), "{refused}");
    assert!(bench.ticket(1).await.ends_with(" 1"));
}

#[tokio::test]
async fn far_too_many_commands() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let many = (0..300).fold(String::new(), |mut many, nth| {
        writeln!(many, "#etiqueta +t{nth}").unwrap();
        many
    });
    let text = receipt(&bench, &notice, &many, "commands-refused").await.text();
    assert!(text.contains("Un correo puede llevar 25 comandos."), "{text}");
    assert!(text.lines().count() < 120, "{}", text.lines().count());
    assert!(!bench.history(1).await.contains("tag"), "nothing was done");
}

#[tokio::test]
async fn a_mail_with_nothing_in_it() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    for text in ["", "\n\n", "   \n", "\u{200b}\n"] {
        let reason = bench.mail(&notice.reply(text)).await;
        assert!(["held-for-author", "duplicate-of", "agent-mail"].contains(&reason.as_str()), "{reason}");
        let sent = bench.sent().await;
        assert!(sent.iter().all(|mail| mail.to != ANA), "{text:?}: {sent:?}");
    }
}

#[tokio::test]
async fn marks_that_turn_the_line_around() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let text =
        "\u{200f}#prioridad alta\u{200f}\n\u{2067}#título 🖨️ Impresora \u{202e}rota\u{202c} 😀\u{2069}\n";
    let told = receipt(&bench, &notice, text, "agent-mail").await;
    assert!(told.text().contains("asunto: Una consulta -> 🖨"), "{}", told.text());
    let odd =
        |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}');
    assert!(!told.subject().contains(odd), "{}", told.subject());
    assert!(bench.ticket(1).await.ends_with('4'));
}

#[tokio::test]
async fn the_only_article_becomes_a_ticket_and_is_still_there() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    receipt(&bench, &notice, "#dividir 1\n#título Otra\n", "agent-mail").await;
    assert_eq!(articles(&bench, 1).await, [(true, "No funciona.".to_owned())]);
    assert_eq!(articles(&bench, 2).await, [(true, "No funciona.".to_owned())]);
    let refused = receipt(&bench, &notice, "#dividir 7\n", "commands-refused").await.text();
    assert!(refused.contains("no tiene un artículo 7"), "{refused}");
    // Taken back, and taken back once more: nothing of hers is left.
    receipt(&bench, &notice, "#deshacer\n", "agent-mail").await;
    assert!(bench.ticket(2).await.starts_with("removed"));
    let refused = receipt(&bench, &notice, "#deshacer\n\n", "commands-refused").await.text();
    assert!(refused.contains("no se deshizo nada más"), "{refused}");
    // Whoever writes about the removed one is not lost.
    let number = bench.number(2).await;
    let late = format!(
        "From: {ANA}\nTo: soporte@minem.example\nMessage-ID: <late@customer>\n{}\n¿Y lo otro?\n",
        bench.head(&format!("Re: [Ticket#{number}] Otra"))
    );
    let reason = bench.mail(&late).await;
    assert!(
        ["follow-up", "new-linked-ticket", "new-ticket", "reopened"].contains(&reason.as_str()),
        "{reason}"
    );
}

#[tokio::test]
async fn the_same_mail_and_the_same_words_twice() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    let raw = notice.reply("#tiempo 15m\n");
    assert_eq!(bench.mail(&raw).await, "agent-mail");
    bench.sent().await;
    assert_eq!(bench.mail(&raw).await, "duplicate-of");
    assert!(bench.sent().await.is_empty(), "nobody hears of it twice");
    // Sent again by a person it is another mail.
    assert_eq!(bench.mail(&raw.replace("Message-ID: <r", "Message-ID: <again")).await, "agent-mail");
    assert!(bench.history(1).await.contains("time: 15 -> 30"), "{}", bench.history(1).await);
}

#[tokio::test]
async fn orders_about_tickets_that_one_may_only_read() {
    let bench = Bench::new().await;
    let maria = bench.opened(ANA, "Una consulta").await;
    bench.opened(BERTA, "Otra consulta").await;
    let (first, second) = (bench.number(1).await, bench.number(2).await);
    assert_eq!(bench.mail(&maria.reply("#cola Soporte Técnico\n")).await, "agent-mail");
    let luis = one_of(&bench.sent().await, LUIS, "queue-changed").clone();
    // The second one is in a queue that is not Luis's: all of it is refused, and he hears which and why.
    let refused = receipt(&bench, &luis, &format!("#para {first} {second}\n#cerrar\n"), "commands-refused")
        .await
        .text();
    assert!(refused.contains("Sus roles no permiten «cerrar» en la cola «Mesa de Ayuda»."), "{refused}");
    assert!(bench.ticket(1).await.starts_with("new") && bench.ticket(2).await.starts_with("new"));
    // A query finds only what he may change, or is refused; never is the other one touched.
    let reason = bench.mail(&luis.reply("#para consulta\n#prioridad muy alta\n")).await;
    assert_eq!(reason, "commands-refused");
    assert!(bench.ticket(2).await.ends_with('3'));
}

/// Ten megabytes of text are kept whole, and nobody gets them in a notice.
#[tokio::test]
async fn a_very_long_note() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#propietario csalas\n")).await, "agent-mail");
    bench.sent().await;
    let line = "x".repeat(90);
    let long = format!("#nota\n\n{}", format!("{line}\n").repeat(60_000));
    assert_eq!(bench.mail(&notice.reply(&long)).await, "agent-mail");
    for mail in bench.sent().await {
        assert!(mail.raw().len() < 4_000_000, "{}: {}", mail.template, mail.raw().len());
    }
    let kept = articles(&bench, 1).await;
    let Some((visible, text)) = kept.last() else { panic!("nothing was kept") };
    assert!(!visible && text.len() > 5_000_000, "{}", text.len());
}
