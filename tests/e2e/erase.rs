//! `taquilla erase`: words planted wherever a person's data can stand are found nowhere afterwards, octet by octet.

use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64;

use crate::desk::{Desk, Login};

const ANA: &str = "ana.canario@client.example";
const SOPORTE: &str = "soporte@minem.example";

/// Words of hers alone: address, name, Message-ID, subject, text, HTML, file name, file, agent's answer, bounce, note in
/// her name, mail that waits, mail over the limit, survey, ticket of somebody else.
const WORDS: [&str; 16] = [
    "ana.canario@client.example",
    "CANARIONOMBRE",
    "CANARIOID",
    "CANARIOASUNTO",
    "CANARIOTEXTO",
    "CANARIOHTML",
    "CANARIOFICHERO",
    "CANARIOADJUNTO",
    "CANARIOGRANDE",
    "CANARIORESPUESTA",
    "CANARIOREBOTE",
    "CANARIOESPERA",
    "CANARIOCUARENTENA",
    "CANARIOENCUESTA",
    "CANARIOAJENO",
    "CANARIOIMPORTADO",
];

fn desk() -> Desk {
    let desk = Desk::new(&[], &Login::plain(9));
    desk.add("[trust]\nborder = \"mx.minem.example\"\nsubmission = true\n[limits]\nmail_size = \"256 KB\"\n");
    desk
}

fn deliver(desk: &Desk, mail: &str) {
    let output = desk.deliver(mail);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn from_ana(id: &str, subject: &str, more: &str, text: &str) -> String {
    format!(
        "From: Ana CANARIONOMBRE <{ANA}>\nTo: {SOPORTE}\nSubject: {subject}\nMessage-ID: <{id}@client.example>\n{more}\n{text}\n"
    )
}

/// A mail of an agent for whom the border vouches.
fn from_maria(id: &str, subject: &str, text: &str) -> String {
    format!(
        "Authentication-Results: mx.minem.example; auth=pass smtp.auth=mgomez@minem.example\n\
         From: mgomez@minem.example\nTo: {SOPORTE}\nSubject: {subject}\nMessage-ID: <{id}@minem.example>\n\n{text}\n"
    )
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() { found.extend(files(&entry)) } else { found.push(entry) }
    }
    found
}

/// The forms in which a word may stand: as it is, and in base64 wherever it begins.
fn forms(word: &str) -> Vec<String> {
    let encoded = (0..3).map(|before| {
        let text = format!("{}{word}", "x".repeat(before));
        let all = BASE64.encode(text.as_bytes()).trim_end_matches('=').to_owned();
        // The first and the last letters depend on what stands beside.
        let from = [0, 2, 3][before];
        all.chars().take(all.len() - 1).skip(from).collect::<String>().to_lowercase()
    });
    encoded.chain([word.to_lowercase(), word.to_lowercase().replace('@', "=40")]).collect()
}

/// Where a word stands.
fn standing(desk: &Desk, word: &str) -> Vec<String> {
    let forms = forms(word);
    let holds = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&fs::read(path).unwrap()).to_lowercase();
        forms.iter().any(|form| text.contains(form.as_str()))
    };
    files(&desk.file("data"))
        .iter()
        .filter(|path| holds(path))
        .map(|path| path.display().to_string())
        .collect()
}

fn plant(desk: &Desk) {
    let large = BASE64.encode(format!("CANARIOGRANDE {}", "x".repeat(70_000)).as_bytes());
    let folded: String =
        large.as_bytes().chunks(76).map(|line| format!("{}\n", String::from_utf8_lossy(line))).collect();
    let parts = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/alternative; \
         boundary=a\n\n--a\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{}\n--a\nContent-Type: \
         text/html\n\n<p>CANARIOHTML</p>\n--a--\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; \
         filename=\"CANARIOFICHERO.txt\"\n\nCANARIOADJUNTO\n--b\nContent-Type: application/pdf; name=g.pdf\n\
         Content-Disposition: attachment; filename=g.pdf\nContent-Transfer-Encoding: base64\n\n{folded}--b--\n",
        BASE64.encode(b"Hola CANARIOTEXTO, y mas.")
    );
    deliver(desk, &from_ana("CANARIOID", "CANARIOASUNTO", &parts, ""));
    let number = desk.list(&["tickets", "--json"])[0]["number"].as_str().unwrap().to_owned();
    let tag = format!("Re: [Ticket#{number}] CANARIOASUNTO");
    deliver(
        desk,
        &from_maria("r1", &tag, "#publico\nCANARIORESPUESTA\n\nEl lunes, Ana escribio:\n> CANARIOTEXTO"),
    );
    // A bounce of a mail to her, which concerns no ticket that anybody knows.
    deliver(
        desk,
        &format!(
            "From: MAILER-DAEMON@mx.minem.example\nTo: {SOPORTE}\nSubject: Undelivered Mail Returned to Sender\n\
             MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n\
             CANARIOREBOTE <{ANA}>: unknown\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n\
             Final-Recipient: rfc822; {ANA}\nAction: failed\nStatus: 5.1.1\n--b--\n"
        ),
    );
    // Somebody who says to be the agent: it waits.
    let forged = format!(
        "From: mgomez@minem.example\nTo: {SOPORTE}\nSubject: {tag}\nMessage-ID: <f@x>\n\n#cerrar\nCANARIOESPERA\n"
    );
    deliver(desk, &forged);
    // Over the limit: in the quarantine.
    deliver(desk, &from_ana("q", "CANARIOCUARENTENA", "", &"CANARIOCUARENTENA ".repeat(16_000)));
    // Closed, asked, answered.
    deliver(desk, &from_maria("r2", &tag, "#cerrar\nListo."));
    let mails = desk.list(&["outbox", "list", "--json"]);
    let survey = mails.iter().find(|mail| mail["template"] == "survey").unwrap();
    let id = survey["message_id"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
    let answer = format!("In-Reply-To: <{id}>\nReferences: <{id}>\n");
    deliver(desk, &from_ana("s", "Re: encuesta", &answer, "4\nCANARIOENCUESTA"));
    // A ticket of somebody else, in which she takes part and is spoken of.
    let other = format!(
        "From: Eva <eva@client.example>\nTo: {SOPORTE}\nCc: Ana CANARIONOMBRE <{ANA}>\nSubject: Otra cosa\n\
         Message-ID: <o1@client.example>\n\nDice Ana CANARIONOMBRE ({ANA}) que sí.\n"
    );
    deliver(desk, &other);
    let answers = "In-Reply-To: <o1@client.example>\n";
    deliver(desk, &from_ana("o2", "Re: Otra cosa", answers, "CANARIOAJENO"));
    let old = desk.file("old.eml");
    fs::write(
        &old,
        format!("Date: Tue, 3 Mar 2020 10:00:00 +0000\n{}", from_ana("i", "Viejo", "", "CANARIOIMPORTADO")),
    )
    .unwrap();
    desk.done(&["import", old.to_str().unwrap()]);
}

#[test]
fn planted_words_are_found_nowhere() {
    let desk = desk();
    plant(&desk);
    for word in WORDS {
        assert!(!standing(&desk, word).is_empty(), "{word} was planted");
    }
    let counted = |reason: &str| desk.list(&["journal", "--reason", reason, "--json"]).len();
    let (held, quarantined, answered) =
        (counted("held-for-confirmation"), counted("quarantined"), counted("survey-answer"));
    assert_eq!((held, quarantined, answered), (1, 1, 1));
    let rows = desk.list(&["journal", "--json"]).len();

    // Asked for without a terminal: nothing is done.
    let output = desk.say(&["erase", ANA]);
    assert_eq!(output.status.code(), Some(2));
    let would = desk.list(&["erase", "--dry-run", "--json", ANA]);
    assert!(!standing(&desk, "CANARIOTEXTO").is_empty());
    let done = desk.list(&["erase", "--yes", "--json", "Ana.Canario@client.example"]);
    assert_eq!(would, done, "the dry run counts what is done");
    for word in WORDS {
        assert_eq!(standing(&desk, word), Vec::<String>::new(), "{word}");
    }

    // Husks for the figures, the others' words, and one row for each mail.
    let tickets = desk.list(&["tickets", "--json"]);
    assert_eq!(tickets.len(), 4, "{tickets:?}");
    let husks = tickets.iter().filter(|ticket| ticket["title"] == "(erased)").count();
    assert_eq!(husks, 3);
    let other = tickets.iter().find(|ticket| ticket["title"] == "Otra cosa").unwrap();
    let shown = &desk.list(&["show", other["number"].as_str().unwrap(), "--json"])[0];
    assert_eq!(shown["articles"].as_array().unwrap().len(), 1);
    assert!(
        shown["articles"][0]["text"].as_str().unwrap().contains("Dice (erased) ((erased)) que sí."),
        "{shown}"
    );
    assert!(shown["history"].to_string().contains("personal data erased"));
    for ticket in &tickets {
        desk.done(&["show", ticket["number"].as_str().unwrap()]);
    }
    assert_eq!(desk.list(&["journal", "--json"]).len(), rows);
    assert_eq!(desk.list(&["quarantine", "list", "--json"]).len(), 0);
    desk.done(&["outbox", "list"]);
    desk.done(&["audit"]);
    // A second time there is nothing.
    let again = desk.list(&["erase", "--yes", "--json", ANA]);
    assert!(again[0].as_object().unwrap().values().all(|number| number == 0), "{again:?}");
}

#[test]
fn parked_mails_go_too() {
    let desk = desk();
    desk.change("mail_size = \"256 KB\"\n", "mail_size = \"256 KB\"\ntickets_per_sender = 1\n");
    deliver(&desk, &from_ana("p1", "Primera", "", "Hola."));
    deliver(&desk, &from_ana("CANARIOID", "CANARIOAPARCADO", "", "CANARIOTEXTO"));
    let eva = "From: eva@client.example\nTo: soporte@minem.example\nMessage-ID: <e";
    deliver(&desk, &format!("{eva}1@x>\nSubject: Una\n\nx\n"));
    deliver(&desk, &format!("{eva}2@x>\nSubject: Dos\n\nx\n"));
    let parked = || desk.list(&["parked", "list", "--json"]);
    assert_eq!(parked().len(), 2);
    assert!(!standing(&desk, "CANARIOAPARCADO").is_empty(), "it was planted");
    desk.done(&["erase", "--yes", ANA]);
    for word in [ANA, "CANARIONOMBRE", "CANARIOID", "CANARIOAPARCADO", "CANARIOTEXTO"] {
        assert_eq!(standing(&desk, word), Vec::<String>::new(), "{word}");
    }
    let left = parked();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["subject"], "Dos", "{left:?}");
}

#[test]
fn beside_a_running_daemon() {
    let desk = desk();
    let daemon = desk.run();
    plant(&desk);
    desk.done(&["erase", "--yes", ANA]);
    for word in WORDS {
        assert_eq!(standing(&desk, word), Vec::<String>::new(), "{word}");
    }
    // The desk works on.
    deliver(
        &desk,
        "From: eva@client.example\nTo: soporte@minem.example\nSubject: Hola\nMessage-ID: <n@x>\n\nx\n",
    );
    assert!(desk.list(&["tickets", "--json"]).iter().any(|ticket| ticket["title"] == "Hola"));
    daemon.stop();
    for word in WORDS {
        assert_eq!(standing(&desk, word), Vec::<String>::new(), "{word}");
    }
}

#[test]
fn not_for_those_who_work_here() {
    let desk = desk();
    for (address, words) in
        [("mgomez@minem.example", "agent's address"), (SOPORTE, "agent's address"), ("ana", "is no address")]
    {
        let output = desk.say(&["erase", "--yes", address]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(words), "{told}");
    }
}
