//! `taquilla import`: mails of long ago, out of files of every kind, through the real program.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::desk::{Desk, Login};

/// A desk that nobody writes to and that cannot send.
fn desk() -> Desk {
    let desk = Desk::new(&[], &Login::plain(9));
    desk.add("[ticket]\nother_numbers = ['GLPI #\\d+']\n");
    desk
}

/// One mail: day of March 2020, author, recipient, id, what it answers, subject.
fn mail(day: u32, from: &str, to: &str, id: &str, answers: &str, subject: &str) -> String {
    let answers = if answers.is_empty() { String::new() } else { format!("In-Reply-To: <{answers}>\n") };
    format!(
        "Date: {day:02} Mar 2020 10:00:00 +0000\nFrom: {from}\nTo: {to}\nMessage-ID: <{id}>\n{answers}Subject: {subject}\n\
         Content-Type: text/plain; charset=utf-8\n\nTexto de {id}.\n"
    )
}

const ANA: &str = "Ana <ana@client.example>";
const SOPORTE: &str = "soporte@minem.example";
const MARIA: &str = "mgomez@minem.example";

fn put(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn import(desk: &Desk, arguments: &[&str]) -> Value {
    let lines = desk.list(&[&["import", "--json"], arguments].concat());
    lines[0].clone()
}

fn day(row: &Value) -> &str {
    row["created"].as_str().unwrap().split('T').next().unwrap()
}

/// Title and articles of each ticket: who, and what.
fn threads(desk: &Desk) -> Vec<String> {
    let mut all = Vec::new();
    for ticket in desk.list(&["tickets", "--json"]) {
        let shown = &desk.list(&["show", ticket["number"].as_str().unwrap(), "--json"])[0];
        let mut articles: Vec<String> = Vec::new();
        for article in shown["articles"].as_array().unwrap() {
            let (sender, id) = (article["sender"].as_str().unwrap(), article["message_id"].as_str().unwrap());
            articles.push(format!("{sender} {} {}", id.split('@').next().unwrap(), day(article)));
        }
        articles.sort();
        let (created, state) = (day(&ticket), ticket["state"].as_str().unwrap());
        let customer = ticket["customer"].to_string();
        assert!(!customer.contains("minem"), "{customer}");
        all.push(format!(
            "{} ({created}, {state}): {}",
            ticket["title"].as_str().unwrap(),
            articles.join(", ")
        ));
    }
    all.sort();
    all
}

#[test]
fn threads_dates_and_states_as_they_were() {
    let desk = desk();
    let old = desk.file("old");
    // By references: the answers lie in a folder that is read first.
    put(&old, "m/.Sent/cur/1.a:2,S", &mail(3, MARIA, ANA, "b@minem.example", "a@client", "Re: No imprime"));
    put(&old, "m/cur/2.a:2,", &mail(2, ANA, SOPORTE, "a@client", "", "No imprime"));
    put(&old, "m/new/3.a", &mail(4, ANA, SOPORTE, "c@client", "b@minem.example", "Re: No imprime"));
    // By the number of an older desk, with our hook and with another one; nothing else leads there.
    let one = mail(5, ANA, SOPORTE, "d@client", "", "Clave olvidada");
    let two = mail(6, SOPORTE, ANA, "e@minem.example", "d@client", "[Ticket#4711] Clave olvidada");
    let three = mail(7, ANA, SOPORTE, "f@client", "", "RE: [Ticket#4711] Clave olvidada");
    let four = mail(8, ANA, SOPORTE, "g@client", "", "[GLPI #0012] Monitor");
    let five = mail(9, ANA, SOPORTE, "h@client", "", "RV: [glpi #0012] Monitor");
    let from = "From x Tue Mar  3 10:00:00 2020\n";
    put(&old, "viejo.mbox", &[five, three, one, four, two].map(|mail| format!("{from}{mail}\n")).concat());
    // Out of office: no ticket.
    let away = mail(9, "eva@client.example", SOPORTE, "i@client", "x@y", "Out of office: x");
    put(&old, "away.eml", &away.replacen("Subject", "Auto-Submitted: auto-replied\nSubject", 1));
    put(&old, "recent.eml", &mail(29, ANA, SOPORTE, "k@client", "", "Reciente"));

    let path = old.to_str().unwrap();
    let said = import(&desk, &["--state", "closed", "--older", "2020-03-20", path]);
    assert_eq!((said["mails"].as_u64(), said["unreadable"].as_u64()), (Some(10), Some(0)), "{said}");
    let expected = [
        "Clave olvidada (2020-03-05, closed successful): agent e 2020-03-06, customer d 2020-03-05, customer f 2020-03-07",
        "No imprime (2020-03-02, closed successful): agent b 2020-03-03, customer a 2020-03-02, customer c 2020-03-04",
        "Reciente (2020-03-29, new): customer k 2020-03-29",
        "[GLPI #0012] Monitor (2020-03-08, closed successful): customer g 2020-03-08, customer h 2020-03-09",
    ];
    assert_eq!(threads(&desk), expected);
    assert_eq!(desk.list(&["outbox", "list", "--json"]).len(), 0, "nothing is sent");
    let before = desk.list(&["journal", "--json"]).len();

    // Again, and from another place with other line ends: nothing twice.
    assert_eq!(import(&desk, &[path])["known"], 10);
    let copy = desk.file("copy");
    for (name, folder) in [("1.a:2,S", "m/.Sent/cur"), ("2.a:2,", "m/cur"), ("3.a", "m/new")] {
        let text = fs::read_to_string(old.join(folder).join(name)).unwrap();
        put(&copy, &format!("{name}.eml"), &text.replace('\n', "\r\n"));
    }
    assert_eq!(import(&desk, &[copy.to_str().unwrap()])["known"], 3);
    assert_eq!(threads(&desk), expected);
    assert_eq!(desk.list(&["journal", "--json"]).len(), before + 3, "the copies have other octets");
}

#[test]
fn answers_before_what_they_answer() {
    let desk = desk();
    let path = |name: &str| desk.file(name).to_str().unwrap().to_owned();
    let second = mail(3, MARIA, ANA, "b@minem.example", "a@client", "Re: No imprime");
    put(&desk.file("sent"), "1.eml", &second);
    put(&desk.file("inbox"), "2.eml", &mail(2, ANA, SOPORTE, "a@client", "", "No imprime nada"));
    put(
        &desk.file("inbox"),
        "3.eml",
        &mail(4, ANA, SOPORTE, "c@client", "b@minem.example", "Re: No imprime"),
    );
    import(&desk, &[&path("sent")]);
    import(&desk, &[&path("inbox")]);
    assert_eq!(
        threads(&desk),
        [
            "No imprime nada (2020-03-02, open): agent b 2020-03-03, customer a 2020-03-02, customer c 2020-03-04"
        ]
    );
    // A mail of today brings the number of another desk, and the next one finds the ticket by it.
    let other = "From: eva@client.example\nTo: soporte@minem.example\nSubject: [GLPI #77] Monitor\nMessage-ID: <y1@client>\n\nx\n";
    assert!(desk.deliver(other).status.success());
    assert!(desk.deliver(&other.replace("y1", "y2").replace("\nx\n", "\ny\n")).status.success());
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
    // A mail of today finds the ticket by what was brought.
    let today = "From: ana@client.example\nTo: soporte@minem.example\nSubject: Re: No imprime\nMessage-ID: <z@client>\n\
                 References: <a@client> <b@minem.example>\n\nSigue.\n";
    assert!(desk.deliver(today).status.success());
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 2);
}

#[test]
fn broken_off_and_started_again() {
    let desk = desk();
    let old = desk.file("old");
    for number in 0..450_u32 {
        let answers =
            if number % 3 == 0 { String::new() } else { format!("m{}@client", number - number % 3) };
        let text = mail(
            1 + number % 3,
            ANA,
            SOPORTE,
            &format!("m{number}@client"),
            &answers,
            &format!("Caso {}", number / 3),
        );
        put(&old, &format!("cur/{number}.x:2,S"), &text);
    }
    let path = old.to_str().unwrap();
    for crash in ["committed:1", "decided:2"] {
        let output = desk.command(&["import", path]).env("TAQUILLA_CRASH", crash).output().unwrap();
        assert!(!output.status.success(), "{crash}");
    }
    let said = import(&desk, &[path]);
    assert_eq!((said["mails"].as_u64(), said["known"].as_u64()), (Some(450), Some(400)), "{said}");
    let tickets = desk.list(&["tickets", "--json"]);
    assert_eq!(tickets.len(), 150);
    let articles: usize = tickets
        .iter()
        .map(|ticket| {
            desk.list(&["show", ticket["number"].as_str().unwrap(), "--json"])[0]["articles"]
                .as_array()
                .unwrap()
                .len()
        })
        .sum();
    assert_eq!(articles, 450);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_done() {
    let desk = desk();
    let old = desk.file("old");
    put(&old, "good.eml", &mail(2, ANA, SOPORTE, "a@client", "", "Bien"));
    put(&old, "empty.eml", "");
    put(&old, "octets.eml", "\0\u{1}no header at all\n");
    std::os::unix::fs::symlink("/proc/self/mem", old.join("bad.eml")).unwrap();
    let output = desk.say(&["import", old.to_str().unwrap(), desk.file("nowhere").to_str().unwrap()]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("nowhere") && told.contains("bad.eml") && told.contains("2 could not be read"),
        "{told}"
    );
    assert_eq!(desk.list(&["tickets", "--json"]).len(), 3);

    for (arguments, words) in [
        (["import", "--queue", "Mesa de Ayda", "x"], "did you mean \"Mesa de Ayuda\""),
        (["import", "--state", "merged", "x"], "cannot have the state"),
    ] {
        let output = desk.say(&arguments);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
}
