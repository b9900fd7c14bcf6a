//! The example desk over a store in a temporary folder: mails in, rendered mails out.

use jiff::Timestamp;
use taquilla::clock::Clock;
use taquilla::mail::Digest;
use taquilla::pipeline::{House, Letter, Pipeline};
use taquilla::store::{Origin, Page, Store, StoreOptions};
use tempfile::TempDir;

use super::golden::house;

/// The agent of the help desk.
const AGENT: &str = "mgomez@minem.example";
/// What the mail host of the example writes above a mail for which that agent logged in.
pub const BORDER: &str =
    "Authentication-Results: mx.minem.example; auth=pass smtp.auth=mgomez@minem.example\n";

/// See the file's head.
pub struct Bench {
    pub pipeline: Pipeline,
    seen: std::sync::Mutex<i64>,
    pub folder: TempDir,
}

/// A mail of the outbox.
#[derive(Debug, Clone)]
pub struct Sent {
    pub to: String,
    pub template: String,
    content: String,
}

impl Bench {
    pub async fn new() -> Self {
        Self::of(house()).await
    }

    /// A desk of one's own.
    pub async fn of(house: House) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
        let pipeline = Pipeline::new(store, house, Clock::System);
        Self { pipeline, seen: std::sync::Mutex::new(0), folder }
    }

    /// Header fields that every mail has.
    pub fn head(&self, subject: &str) -> String {
        let now: Timestamp = self.pipeline.clock.now();
        format!(
            "Date: {}\nSubject: {subject}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n",
            jiff::fmt::rfc2822::to_string(&now.to_zoned(jiff::tz::TimeZone::UTC)).unwrap()
        )
    }

    /// A mail of the help desk's agent that belongs to no thread; the border vouches for it.
    pub fn vouched(&self, subject: &str, text: &str) -> String {
        let id = text.len();
        let head = self.head(subject);
        format!("{BORDER}From: {AGENT}\nTo: soporte@minem.example\nMessage-ID: <v{id}@agent>\n{head}\n{text}")
    }

    /// Takes a mail of which something comes; what was put into the outbox for it.
    pub async fn done(&self, raw: &str) -> Vec<Sent> {
        let reason = self.mail(raw).await;
        assert!(["agent-mail", "new-ticket", "follow-up"].contains(&reason.as_str()), "{reason}");
        self.sent().await
    }

    /// Takes a mail; the reason of its journal row.
    pub async fn mail(&self, raw: &str) -> String {
        let raw = raw.replace("\r\n", "\n").replace('\n', "\r\n");
        let letter = Letter::of(raw.into_bytes().into(), "soporte", Origin::Deliver(None));
        let outcome = self.pipeline.take(vec![letter]).await.unwrap().remove(0).unwrap();
        outcome.decision.reason.word().to_owned()
    }

    /// A customer's first mail; the notice that the agent of the help desk gets of it.
    pub async fn opened(&self, customer: &str, subject: &str) -> Sent {
        let raw = format!(
            "From: {customer}\nTo: soporte@minem.example\nMessage-ID: <{}@customer>\n{}\nNo funciona.\n",
            subject.replace(' ', "-"),
            self.head(subject)
        );
        assert_eq!(self.mail(&raw).await, "new-ticket");
        one_of(&self.sent().await, "mgomez@minem.example", "new-ticket-agent").clone()
    }

    /// What was put into the outbox since the last call.
    pub async fn sent(&self) -> Vec<Sent> {
        let after = *self.seen.lock().unwrap();
        let mut sent = Vec::new();
        for line in self.pipeline.store.outbox(Page::FIRST).await.unwrap() {
            if line.id > after {
                let content = self.pipeline.store.outbox_content(line.id).await.unwrap();
                let content = String::from_utf8(content).unwrap();
                sent.push(Sent { to: line.to.to_lowercase(), template: line.template, content });
                *self.seen.lock().unwrap() = line.id;
            }
        }
        sent
    }

    pub async fn number(&self, id: i64) -> String {
        self.tickets().await.into_iter().find(|(known, ..)| *known == id).unwrap().1
    }

    /// State and priority of a ticket.
    pub async fn ticket(&self, id: i64) -> String {
        self.tickets().await.into_iter().find(|(known, ..)| *known == id).unwrap().2
    }

    async fn tickets(&self) -> Vec<(i64, String, String)> {
        let lines = self.pipeline.store.tickets(&Default::default(), Page::FIRST).await.unwrap();
        lines
            .into_iter()
            .map(|line| {
                (line.id.0, line.number.to_string(), format!("{} {}", line.state, line.priority.value()))
            })
            .collect()
    }

    /// The history of a ticket, a line each.
    pub async fn history(&self, id: i64) -> String {
        let store = &self.pipeline.store;
        let lines = store.history(taquilla::desk::TicketId(id), Page::FIRST).await.unwrap();
        lines.into_iter().map(|line| line.text + "\n").collect()
    }

    /// A mail in an agent's name that names the first ticket by its number alone: nothing proves it.
    pub async fn unproved(&self, id: &str, text: &str) -> String {
        let number = self.number(1).await;
        format!(
            "From: mgomez@minem.example\nTo: soporte@minem.example\nMessage-ID: <{id}@x>\n{}\n{text}\n",
            self.head(&format!("Re: [Ticket#{number}] Una consulta"))
        )
    }

    pub async fn survey_score(&self) -> Option<u8> {
        self.pipeline
            .store
            .surveys(None, None, Page::FIRST)
            .await
            .unwrap()
            .first()
            .and_then(|line| line.score)
    }
}

/// The one mail of a template to somebody.
pub fn one_of<'a>(sent: &'a [Sent], to: &str, template: &str) -> &'a Sent {
    let found: Vec<&Sent> = sent.iter().filter(|mail| mail.to == to && mail.template == template).collect();
    let all: Vec<_> = sent.iter().map(|mail| (&mail.to, &mail.template)).collect();
    assert_eq!(found.len(), 1, "{template} to {to}, among {all:?}");
    found[0]
}

/// The one mail to somebody.
pub fn one<'a>(sent: &'a [Sent], to: &str) -> &'a Sent {
    let mut found = sent.iter().filter(|mail| mail.to == to);
    let all: Vec<_> = sent.iter().map(|mail| (&mail.to, &mail.template)).collect();
    match (found.next(), found.next()) {
        (Some(one), None) => one,
        _ => panic!("not one mail to {to}: {all:?}"),
    }
}

#[track_caller]
pub fn says(mail: &Sent, words: &str) {
    assert!(mail.text().contains(words), "no {words:?} in:\n{}", mail.text());
}

#[track_caller]
pub fn says_not(mail: &Sent, words: &str) {
    assert!(!mail.text().contains(words), "{words:?} in:\n{}", mail.text());
}

impl Sent {
    fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(self.content.as_bytes()).unwrap()
    }

    pub fn raw(&self) -> &str {
        &self.content
    }

    pub fn header(&self, name: &str) -> String {
        let mail = self.parsed();
        mail.header_raw(name).unwrap_or_default().trim().to_owned()
    }

    pub fn subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    pub fn text(&self) -> String {
        self.parsed().body_text(0).unwrap_or_default().into_owned()
    }

    pub fn html(&self) -> String {
        self.parsed().body_html(0).unwrap_or_default().into_owned()
    }

    /// The mail that a button of it opens, sent as it is, under a telephone's signature.
    pub fn pressed(&self, words: &str) -> String {
        let super::link::Filled { to, subject, body } = super::link::pressed(&self.html(), words);
        let unique = Digest::of(format!("{body}{subject}").as_bytes()).to_string();
        let subject = data_encoding::BASE64.encode(subject.as_bytes());
        format!(
            "From: {}\nTo: {to}\nSubject: =?utf-8?B?{subject}?=\nMessage-ID: <{unique}@phone>\n\
             Date: Mon, 2 Mar 2026 09:05:00 -0500\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\n{body}\nEnviado desde mi iPhone\n",
            self.to,
        )
    }

    /// The answer that its recipient writes with an ordinary mail client: text on top, the mail quoted below.
    pub fn reply(&self, text: &str) -> String {
        let id = self.header("Message-ID");
        let quoted: String = self.text().lines().map(|line| format!("> {line}\n")).collect();
        let unique = self.to.len() + text.len();
        format!(
            "From: {}\nTo: {}\nSubject: Re: {}\nMessage-ID: <r{unique}.{}@client>\nIn-Reply-To: {id}\nReferences: {id}\n\
             Date: Mon, 2 Mar 2026 09:00:00 -0500\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\n{text}\nEl lun, 2 mar 2026, Mesa de Ayuda escribió:\n{quoted}",
            self.to,
            self.header("From"),
            self.subject(),
            id.trim_matches(['<', '>']).chars().rev().take(8).collect::<String>(),
        )
    }
}
