//! What reaches a Spanish agent's mail is Spanish: grounds, history, questions, alarms.

mod support;

use support::desk::{Bench, one, one_of};
use taquilla::clock::Clock;

const ANA: &str = "ana@minem.example";
const AGENT: &str = "mgomez@minem.example";

/// Fails where words stand that only English has.
#[track_caller]
fn no_english(text: &str) {
    const ENGLISH: [&str; 16] = [
        "the", "of", "is", "was", "from", "for", "says", "issued", "vouches", "mail", "waits", "name",
        "taken", "back", "which", "proves",
    ];
    for line in text.lines().filter(|line| !line.starts_with('>')) {
        let mut words = line.split(|letter: char| !letter.is_alphabetic());
        let english = words.find(|word| ENGLISH.contains(word));
        assert_eq!(english, None, "in {line:?}, of\n{text}");
    }
}

#[tokio::test]
async fn a_receipt_says_its_grounds_in_spanish() {
    let bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    assert_eq!(bench.mail(&notice.reply("#prioridad alta\n")).await, "agent-mail");
    let receipt = one(&bench.sent().await, AGENT).clone();
    assert!(receipt.text().contains("código entregado a mgomez para el ticket"), "{}", receipt.text());
    no_english(&receipt.text());
    no_english(&receipt.html().replace("<html lang=\"es\">", "").replace(['<', '>'], "\n>"));
}

#[tokio::test]
async fn a_question_says_in_spanish_why_it_is_asked() {
    let bench = Bench::new().await;
    bench.opened(ANA, "Una consulta").await;
    let mail = bench.unproved("l1", "#cerrar\n").await;
    assert_eq!(bench.mail(&mail).await, "held-for-confirmation");
    let question = one(&bench.sent().await, AGENT).clone();
    assert!(question.text().contains("nada lo prueba"), "{}", question.text());
    no_english(&question.text());
}

#[tokio::test]
async fn a_history_is_spanish_whatever_happened() {
    let mut bench = Bench::new().await;
    let notice = bench.opened(ANA, "Una consulta").await;
    // Something held, something that nobody confirmed, something taken back.
    let mail = bench.unproved("l1", "#cerrar\n").await;
    assert_eq!(bench.mail(&mail).await, "held-for-confirmation");
    let late = bench.pipeline.clock.now() + jiff::SignedDuration::from_mins(40);
    bench.pipeline.clock = Clock::Fixed(late);
    for timer in bench.pipeline.store.timers_due(late, 10).await.unwrap() {
        bench.pipeline.fire(timer.id).await.unwrap().unwrap();
    }
    assert_eq!(bench.mail(&notice.reply("Vaya usted al diablo.\n")).await, "agent-mail");
    assert_eq!(bench.mail(&notice.reply("#deshacer\n")).await, "agent-mail");
    assert_eq!(bench.mail(&notice.reply("#cerrar en silencio\n")).await, "agent-mail");
    bench.sent().await;
    assert_eq!(bench.mail(&notice.reply("#historial\n\n")).await, "agent-mail");
    let history = one_of(&bench.sent().await, AGENT, "history").text();
    for said in [
        "un correo a nombre de mgomez espera confirmación",
        "un correo a nombre de mgomez no se confirmó a tiempo",
        "deshecho: lo que se hizo el ",
        "respuesta retirada antes de salir",
        "se cerró en silencio",
    ] {
        assert!(history.contains(said), "{said}: {history}");
    }
    no_english(&history);
}

#[tokio::test]
async fn a_denied_mail_is_told_in_spanish() {
    let bench = Bench::new().await;
    bench.opened(ANA, "Una consulta").await;
    let mail = bench.unproved("l1", "#cerrar\n").await;
    assert_eq!(bench.mail(&mail).await, "held-for-confirmation");
    let question = one(&bench.sent().await, AGENT).clone();
    assert_eq!(bench.mail(&question.reply("no\n")).await, "confirmation");
    let sent = bench.sent().await;
    let alarm = sent.iter().find(|mail| mail.template == "alarm").unwrap();
    assert!(alarm.subject().contains("mgomez no escribió el correo"), "{}", alarm.subject());
    no_english(&alarm.text());
    let receipt = sent.iter().find(|mail| mail.template == "receipt").unwrap().text();
    assert!(receipt.starts_with("No se ejecutó ni se envió nada:\r\n\r\n+ no\r\n"), "{receipt}");
}
