//! One ticket from the first mail to the survey, as its people see it.

use crate::desk::Desk;
use crate::letter::Letter;
use crate::mail_host::{DESK, MailHost};
use crate::until;

#[test]
fn a_ticket_from_the_first_mail_to_the_survey() {
    let Some(host) = MailHost::start(&[]) else { return };
    let desk = Desk::at(&host);
    let daemon = desk.run();
    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));

    // A mail becomes a ticket; its author hears so in the thread, the agent gets the words.
    let asked = ana.writes("Una consulta", "No sé a quién preguntar por mi anexo.");
    let welcome = ana.gets("the automatic reply", |mail| mail.header("In-Reply-To") == asked);
    assert_eq!((welcome.from(), welcome.header("Auto-Submitted")), (DESK.into(), "auto-replied".into()));
    let number = welcome.number();
    let notice = maria.gets("the notice", |mail| mail.text().contains("por mi anexo"));
    assert_eq!(notice.number(), number);

    // The agent answers the notice; the customer gets it from the desk, and nothing of the agent's address.
    maria.answers(&notice, "Su anexo es el 2101. Si no, escriba a mgomez@minem.example.");
    let answer = ana.gets("the answer", |mail| mail.text().contains("el 2101"));
    assert_eq!((answer.from(), answer.header("Auto-Submitted")), (DESK.into(), String::new()));
    assert!(!answer.0.contains("mgomez"), "{}", answer.0);
    assert!(answer.text().contains("Anexo 4000"), "the queue's signature: {}", answer.text());
    assert!(answer.header("References").contains(&asked), "one thread for the customer");

    // The customer's answer is a follow-up.
    ana.answers(&answer, "Ese anexo no suena.");
    let follow_up = maria.gets("the follow-up", |mail| mail.text().contains("no suena"));
    assert_eq!(follow_up.number(), number);

    // The agent closes; the customer gets the closing words and the survey, the agent a receipt.
    maria.answers(&follow_up, "#cerrar exitoso\n\nYa suena: cambiamos el cable.");
    maria.gets("the receipt", |mail| mail.text().contains("#cerrar"));
    ana.gets("the closing words", |mail| mail.text().contains("cambiamos el cable"));
    let is_survey = |mail: &Letter| mail.header("Auto-Submitted") == "auto-generated";
    let survey = ana.gets("the survey", is_survey);
    ana.answers(&survey, "5\nMuy amables.");
    let score = until("the answer to the survey", || {
        let shown = desk.list(&["show", &number, "--json"]).remove(0);
        shown["surveys"][0]["score"].as_u64()
    });
    assert_eq!(score, 5);

    let shown = desk.list(&["show", &number, "--json"]).remove(0);
    assert_eq!(
        (shown["state"].as_str(), shown["customer"].as_str()),
        (Some("closed successful"), Some("aquispe@minem.example"))
    );
    let from_customer = |article: &&serde_json::Value| article["sender"] == "customer";
    assert_eq!(shown["articles"].as_array().unwrap().iter().filter(from_customer).count(), 2);
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 1, "one ticket all along");
    until("an empty inbox", || host.mails(DESK, "INBOX").is_empty().then_some(()));
    assert_eq!(host.mails(DESK, "Procesados").len(), 5);
    assert_eq!(desk.list(&["journal", "--json"]).len(), 5, "each mail has its row");
    assert!(desk.list(&["outbox", "list", "--json"]).is_empty(), "all mails have left");
    daemon.stop();
}
