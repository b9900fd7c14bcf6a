//! What must never stand in the log, at whatever level: words of mails, passwords, tokens, one-time codes.

use std::collections::BTreeSet;

use crate::desk::{Desk, secret};
use crate::letter::{self, Letter};
use crate::mail_host::{DESK, DESK_PASSWORD, MailHost};

/// Everything, also of the libraries that would say passwords.
const LOUDEST: &str = "trace,async_imap=trace,imap_proto=trace,lettre=trace,sqlx=trace,rustls=trace";

#[test]
fn no_words_secrets_or_tokens_in_the_log() {
    // The border says nothing: so there are codes, too.
    let Some(host) = MailHost::start(&["--border", "none"]) else { return };
    let desk = Desk::at(&host);
    secret(&desk.file("secrets/soporte"), "CANARIO-CLAVE-FALSA");
    let mut daemon = desk.start(desk.command(&["run"]).env("TAQUILLA_LOG", LOUDEST));
    daemon.says("the server refuses the login");
    secret(&desk.file("secrets/soporte"), DESK_PASSWORD);

    let (ana, maria) = (host.person("aquispe"), host.person("mgomez"));
    ana.writes("Una consulta", "CANARIO-CUERPO");
    let notice = maria.gets("the notice", |mail| mail.text().contains("CANARIO-CUERPO"));
    maria.answers(&notice, "CANARIO-RESPUESTA");
    let answer = ana.gets("the answer", |mail| mail.text().contains("CANARIO-RESPUESTA"));
    let odd = format!(
        "Content-Type: multipart/mixed; boundary=x\nFrom: <{}>\nTo: <{DESK}>\nSubject: Re: {}\nIn-Reply-To: {}\n\
         Message-ID: <odd@client.example>\n\n--x\nContent-Type: text/html; charset=unknown\n\n<p>CANARIO-HTML</p>\n\
         --x\nContent-Type: application/pdf; name=\"CANARIO-NOMBRE\"\nContent-Disposition: attachment\n\n\
         CANARIO-ADJUNTO\n--x--\n",
        ana.address,
        answer.subject(),
        answer.header("Message-ID"),
    );
    ana.submits(&odd);
    let follow_up = maria.gets("the follow-up", |mail| mail.text().contains("CANARIO-HTML"));

    // Outside a thread: a question with a code, and its answer.
    maria.writes(&format!("[Ticket#{}]", notice.number()), "#nota\n\nCANARIO-NOTA");
    let before: BTreeSet<String> = maria.mails().iter().map(|mail| mail.header("Message-ID")).collect();
    let question = maria.gets("the question", |mail| !before.contains(&mail.header("Message-ID")));
    maria.answers(&question, "Sí");
    maria.answers(&follow_up, "#cerrar\n\nCANARIO-CIERRE");
    let survey = ana.gets("the survey", |mail| mail.header("Auto-Submitted") == "auto-generated");
    ana.answers(&survey, "4\nCANARIO-ENCUESTA");
    daemon.says("reason=\"survey-answer\"");
    // Answers that are refused, and mails that nobody gets.
    host.post(
        "perdido@minem.example",
        &letter::write("perdido@minem.example", DESK, "Hola", "CANARIO-PERDIDO"),
    );
    daemon.says("result=\"given up\"");
    let mut log = daemon.stop();
    let mut delivering = desk.command(&["deliver"]);
    let mail = letter::write("eva@world.example", DESK, "Hola", "CANARIO-ENTREGA");
    let delivered = desk.deliver_by(delivering.env("TAQUILLA_LOG", LOUDEST), &mail);
    log.push_str(&String::from_utf8_lossy(&delivered.stderr));

    assert!(log.contains("libraries are heard up to info only"), "it was asked for all of it");
    let confirmed = desk.list(&["journal", "--reason", "confirmation", "--json"]);
    assert_eq!(confirmed.len(), 1, "there was a code");
    let login = data_encoding::BASE64.encode(format!("\0{DESK}\0{DESK_PASSWORD}").as_bytes());
    let password = data_encoding::BASE64.encode(DESK_PASSWORD.as_bytes());
    let fixed = ["CANARIO", DESK_PASSWORD, &login, &password].map(str::to_owned);
    let mails = [ana.mails(), maria.mails()].concat();
    let secrets = mails.iter().flat_map(long_words);
    let keys = std::fs::read_to_string(desk.file("data/keys")).unwrap();
    let keys = long_words(&Letter(keys));
    assert!(!keys.is_empty());
    let seen: BTreeSet<String> = fixed.into_iter().chain(secrets).chain(keys).collect();
    assert!(seen.len() > 20, "{seen:?}");
    for word in seen {
        let line = log.lines().find(|line| line.to_lowercase().contains(&word.to_lowercase()));
        assert_eq!(line, None, "{word}");
    }
}

/// Whatever may be a token, a code or a key: nobody writes such long words.
fn long_words(mail: &Letter) -> Vec<String> {
    let words = mail.0.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| word.len() >= 20).map(str::to_owned).collect()
}
