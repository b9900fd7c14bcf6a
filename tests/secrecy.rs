//! What is for agents' eyes reaches nobody else, what is for an agent reaches the registered address, and who is no agent
//! any more has nothing left: through the real pipeline, over everything that it put into the outbox.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod support;

use support::desk::{Bench, Sent};
use support::golden::house;
use taquilla::desk::token::{self, Use};

const ANA: &str = "ana@minem.example";
const BERTA: &str = "berta@minem.example";
const MARIA: &str = "mgomez@minem.example";
const LUIS: &str = "lrojas@minem.example";
/// Stands in everything that no customer is to see.
const SECRET: &str = "SECRETO";

/// A desk and every mail that ever left it.
struct Watched {
    bench: Bench,
    all: Vec<Sent>,
}

impl Watched {
    async fn new() -> Self {
        let mut house = house();
        for agent in &mut house.policy.desk.agents {
            // All of them work everywhere, and write from home, too.
            agent.roles = vec!["jefatura".to_owned()];
            agent.addresses.push(format!("{}@casa.example", agent.login));
        }
        Self { bench: Bench::of(house).await, all: Vec::new() }
    }

    /// Takes a mail; what left because of it.
    async fn takes(&mut self, raw: &str, reason: &str) -> Vec<Sent> {
        let got = self.bench.mail(raw).await;
        let sent = self.bench.sent().await;
        assert_eq!(
            got,
            reason,
            "{raw}\n{:?}",
            sent.iter().map(|m| (&m.to, &m.template, m.text())).collect::<Vec<_>>()
        );
        self.all.extend(sent.iter().cloned());
        sent
    }

    async fn opened(&mut self, customer: &str, subject: &str) -> Sent {
        let raw = format!(
            "From: {customer}\nTo: soporte@minem.example\nCc: jefe@minem.example\nMessage-ID: <{}@c>\n{}\nNo funciona.\n",
            subject.replace(' ', "-"),
            self.bench.head(subject)
        );
        let sent = self.takes(&raw, "new-ticket").await;
        to(&sent, MARIA)
    }
}

fn to(sent: &[Sent], address: &str) -> Sent {
    let found = sent.iter().find(|mail| mail.to == address);
    let all: Vec<_> = sent.iter().map(|mail| (&mail.to, &mail.template)).collect();
    found.cloned().unwrap_or_else(|| panic!("nothing to {address}: {all:?}"))
}

/// The same answer as a mail program writes it in HTML, with all of the notice below.
fn outlook(notice: &Sent, text: &str) -> String {
    let plain = notice.reply(text);
    let head = plain.split("\n\n").next().unwrap().replace("text/plain", "text/html");
    let lines: String = text.lines().map(|line| format!("<p class=\"MsoNormal\">{line}</p>")).collect();
    format!(
        "{head}\n\n<html><body>{lines}<div style=\"border:none;border-top:solid #E1E1E1 1.0pt\"><p><b>De:</b> Mesa<br>\
         <b>Enviado:</b> hoy<br><b>Para:</b> María<br><b>Asunto:</b> x</p></div>{}</body></html>\n",
        notice.html()
    )
}

async fn an_eventful_ticket(desk: &mut Watched) {
    let notice = desk.opened(ANA, "Una consulta").await;
    let other = desk.opened(BERTA, "Otra consulta").await;
    let numbers = [desk.bench.number(1).await, desk.bench.number(2).await];

    // Notes, reasons, fields, tags, files, by one and by another.
    desk.takes(&notice.reply("#asignar lrojas\n#nota\n\nSECRETO uno\n"), "agent-mail").await;
    let note = to(&desk.all, LUIS);
    let reason = note
        .reply("#propietario mgomez\n#campo.piso SECRETO-dos\n#etiqueta +secreto-tres\n\nSECRETO cuatro\n");
    let sent = desk.takes(&reason, "agent-mail").await;
    let from_luis = to(&sent, MARIA);
    let file = note.reply("x").replace("text/plain; charset=utf-8", "multipart/mixed; boundary=b");
    let head = file.split("\n\n").next().unwrap().replace("Message-ID: <", "Message-ID: <file.");
    let file = format!(
        "{head}\n\n--b\nContent-Type: text/plain\n\n#nota\nSECRETO cinco\n--b\nContent-Type: text/plain; name=SECRETO.txt\n\
         Content-Disposition: attachment; filename=SECRETO.txt\n\nSECRETO seis\n--b--\n"
    );
    desk.takes(&file, "agent-mail").await;

    // Answers above internal text, in both forms; with addresses of agents; with a piece of a notice in them.
    desk.takes(&from_luis.reply("#publico\n\nPrimera respuesta.\n"), "agent-mail").await;
    let answer = "#publico\n\nSegunda respuesta; escríbame a mgomez@minem.example o a lrojas@casa.example.";
    desk.takes(&outlook(&from_luis, answer), "agent-mail").await;
    let pieces = |skipped: usize| -> String {
        from_luis.text().lines().skip(skipped).take(6).map(|line| format!("{line}\n")).collect()
    };
    // With the cut line nothing of it is text; without it somebody has to say that it is meant.
    desk.takes(&notice.reply(&format!("Tercera respuesta.\n\n{}\nSECRETO siete\n", pieces(0))), "agent-mail")
        .await;
    desk.takes(&notice.reply(&format!("Otra respuesta.\n\n{}\nSECRETO\n", pieces(1))), "held-for-author")
        .await;
    let token = notice.header("Message-ID").trim_matches(['<', '>']).split('.').next().unwrap().to_owned();
    let sent =
        desk.takes(&notice.reply(&format!("Cuarta respuesta, ref {token}.\n")), "held-for-author").await;
    desk.takes(&to(&sent, MARIA).reply("sí\n"), "confirmation").await;

    // The customer answers; what was internal stays so below her mail.
    let answered = to(&desk.all.iter().rev().cloned().collect::<Vec<_>>(), ANA);
    let sent = desk.takes(&answered.reply("Gracias, pero sigue igual.\n"), "follow-up").await;
    let follow_up = sent.iter().find(|mail| [MARIA, LUIS].contains(&mail.to.as_str())).unwrap().clone();
    desk.takes(&follow_up.reply("#dividir\n#nota\n\nSECRETO ocho\n"), "agent-mail").await;

    // Several tickets, a merge, closing in silence and aloud.
    let several = notice.reply(&format!("#para {} {}\n#nota\n\nSECRETO nueve\n", numbers[0], numbers[1]));
    let sent = desk.takes(&several, "held-for-confirmation").await;
    desk.takes(&to(&sent, MARIA).reply("sí\n"), "confirmation").await;
    desk.takes(&other.reply("#nota\n\nSECRETO diez\n"), "agent-mail").await;
    let sent = desk
        .takes(
            &other.reply(&format!("#fusionar en {}\n#nota\n\nSECRETO once\n", numbers[0])),
            "held-for-confirmation",
        )
        .await;
    desk.takes(&to(&sent, MARIA).reply("sí\n"), "confirmation").await;
    desk.takes(&follow_up.reply("#cerrar silencio\n\nSECRETO doce\n"), "agent-mail").await;
    desk.takes(&follow_up.reply("#reabrir\n#nota\n\nSECRETO trece\n"), "agent-mail").await;
    desk.takes(&follow_up.reply("#cerrar\n\nResuelto.\n"), "agent-mail").await;
}

#[tokio::test]
async fn nothing_internal_reaches_a_customer() {
    let mut desk = Watched::new().await;
    an_eventful_ticket(&mut desk).await;
    let house = desk.bench.pipeline.house();
    let keys = &house.policy.desk.keys;
    let now = desk.bench.pipeline.clock.now();
    let agents: Vec<String> =
        house.policy.desk.agents.iter().flat_map(|agent| agent.addresses.clone()).collect();
    let (inside, outside): (Vec<&Sent>, Vec<&Sent>) =
        desk.all.iter().partition(|mail| agents.contains(&mail.to));
    assert!(inside.iter().filter(|mail| mail.text().contains(SECRET)).count() > 8, "agents are told of it");
    let templates: Vec<&str> = outside.iter().map(|mail| mail.template.as_str()).collect();
    for template in ["ticket-created", "agent-answer", "merged", "closed", "survey"] {
        assert!(templates.contains(&template), "no {template} among {templates:?}");
    }
    for mail in outside {
        let shown = [mail.subject(), mail.text(), mail.html(), mail.raw().to_owned()].join("\n");
        let lower = shown.to_lowercase();
        assert!(!lower.contains(&SECRET.to_lowercase()), "{} to {}:\n{shown}", mail.template, mail.to);
        for agent in &agents {
            assert!(!lower.contains(agent), "{agent} in {} to {}:\n{shown}", mail.template, mail.to);
        }
        for found in token::candidates(&shown).filter_map(|found| token::verify(keys, found, now)) {
            assert!(found.issued_to(&mail.to), "somebody else's token in {} to {}", mail.template, mail.to);
            assert!(matches!(found.purpose, Use::Copy | Use::Survey), "{:?} to {}", found.purpose, mail.to);
        }
    }
}

#[tokio::test]
async fn what_is_for_an_agent_goes_to_the_registered_address() {
    let mut desk = Watched::new().await;
    let notice = desk.opened(ANA, "Una consulta").await;
    let from_home = |text: &str, more: &str| {
        notice
            .reply(text)
            .replacen(
                &format!("From: {MARIA}"),
                &format!("From: mgomez@casa.example\nReply-To: eve@evil.example{more}"),
                1,
            )
            .replacen("Message-ID: <", "Message-ID: <home.", 1)
    };
    // Done, refused, and asked about: the answer goes to the first address, not to where the mail came from.
    let sent = desk.takes(&from_home("#prioridad alta\n", ""), "agent-mail").await;
    assert_eq!(to(&sent, MARIA).template, "receipt");
    assert!(sent.iter().all(|mail| mail.to == MARIA), "{sent:?}");
    let sent = desk.takes(&from_home("#prioridad altísima\n", ""), "commands-refused").await;
    assert!(sent.iter().all(|mail| mail.to == MARIA), "{sent:?}");
    for asked in ["#ver\n", "#historial\n", "#lista\n"] {
        let sent = desk.takes(&from_home(asked, ""), "agent-mail").await;
        assert!(!sent.is_empty() && sent.iter().all(|mail| mail.to == MARIA), "{asked}: {sent:?}");
    }
    let two = from_home("#prioridad baja\n", "").replacen("From: ", "From: eve@evil.example, ", 1);
    desk.takes(&two, "follow-up").await;
    let two =
        from_home("#prioridad baja.\n", "").replacen("@casa.example", "@casa.example, eve@evil.example", 1);
    let sent = desk.takes(&two, "held-for-confirmation").await;
    assert!(sent.iter().all(|mail| mail.to == MARIA), "{sent:?}");
    assert!(desk.bench.ticket(1).await.ends_with('4'));
}

#[tokio::test]
async fn an_order_is_carried_out_once() {
    let mut desk = Watched::new().await;
    let notice = desk.opened(ANA, "Una consulta").await;
    let order = notice.reply("#prioridad alta\n");
    desk.takes(&order, "agent-mail").await;
    let back = notice.reply("#prioridad baja ya\n").replace(" ya", "");
    desk.takes(&back, "agent-mail").await;
    desk.takes(&order, "duplicate-of").await;
    desk.takes(
        &format!("Received: from evil by mx; Mon, 2 Mar 2026 15:00:00 +0000\n{order}"),
        "duplicate-of",
    )
    .await;
    assert!(desk.bench.ticket(1).await.ends_with('2'), "{}", desk.bench.ticket(1).await);

    // A code is good once, whoever sends its mail again, and for its own mail alone.
    let sent =
        desk.takes(&desk.bench.unproved("m1", "#prioridad muy alta\n").await, "held-for-confirmation").await;
    let yes = to(&sent, MARIA).reply("sí\n");
    desk.takes(&yes, "confirmation").await;
    assert!(desk.bench.ticket(1).await.ends_with('5'));
    desk.takes(&back.replace("Message-ID: <", "Message-ID: <2."), "agent-mail").await;
    desk.takes(&yes, "duplicate-of").await;
    let again = yes.replace("Message-ID: <", "Message-ID: <again.");
    let sent = desk.takes(&again, "confirmation").await;
    assert!(sent.is_empty() && desk.bench.ticket(1).await.ends_with('2'), "{sent:?}");
}

#[tokio::test]
async fn who_is_no_agent_any_more_has_nothing_left() {
    let mut desk = Watched::new().await;
    let notice = desk.opened(ANA, "Una consulta").await;
    let sent =
        desk.takes(&desk.bench.unproved("m1", "#prioridad alta\n").await, "held-for-confirmation").await;
    let question = to(&sent, MARIA);

    let mut without = house();
    without.policy.desk.agents.retain(|agent| agent.login != "mgomez");
    desk.bench.pipeline.reload(without);
    let before = desk.bench.ticket(1).await;
    let sent = desk.takes(&notice.reply("#cerrar\n\nSECRETO\n"), "new-linked-ticket").await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    let sent = desk.takes(&question.reply("sí\n"), "new-linked-ticket").await;
    assert!(sent.iter().all(|mail| mail.to != ANA), "{sent:?}");
    assert_eq!(desk.bench.ticket(1).await, before, "nothing was done");

    // With another address the old tokens are somebody else's, too.
    let mut moved = house();
    for agent in moved.policy.desk.agents.iter_mut().filter(|agent| agent.login == "mgomez") {
        agent.addresses = vec!["maria@minem.example".to_owned()];
    }
    desk.bench.pipeline.reload(moved);
    let stolen = notice.reply("#cerrar ya\n").replace(" ya", "").replace(MARIA, "maria@minem.example");
    let sent = desk.takes(&stolen, "held-for-confirmation").await;
    assert!(sent.iter().all(|mail| mail.to == "maria@minem.example"), "{sent:?}");
    assert_eq!(desk.bench.ticket(1).await, before);
}

/// Whoever the desk's files name beside the agents has tokens as well, and answers what he was told.
#[tokio::test]
async fn others_whom_the_files_name_take_part() {
    let mut desk = Watched::new().await;
    let boss = "jefa@elsewhere.example";
    let mut told = house();
    let rows = &mut told.policy.desk.notifications;
    let mut row = rows.iter().find(|row| row.template == "new-ticket-agent").unwrap().clone();
    row.name = "boss".to_owned();
    row.to = vec![taquilla::desk::Recipient::Address(taquilla::mail::Address::bare(boss))];
    rows.push(row);
    desk.bench.pipeline.reload(told);
    desk.opened(ANA, "Una consulta").await;
    let notice = desk.all.iter().find(|mail| mail.to == boss).unwrap().clone();
    desk.takes(&notice.reply("Que se haga hoy.\n"), "follow-up").await;
}
