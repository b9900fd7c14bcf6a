//! Mails as people write and read them.

use std::sync::atomic::{AtomicU32, Ordering};

/// A mail in somebody's mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Letter(pub(crate) String);

impl Letter {
    fn parsed(&self) -> mail_parser::Message<'_> {
        mail_parser::MessageParser::default().parse(self.0.as_bytes()).unwrap()
    }

    /// A header as it is written; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> String {
        self.parsed().header_raw(name).unwrap_or_default().trim().to_owned()
    }

    /// The subject, decoded.
    pub(crate) fn subject(&self) -> String {
        self.parsed().subject().unwrap_or_default().to_owned()
    }

    /// The address of From.
    pub(crate) fn from(&self) -> String {
        let mail = self.parsed();
        mail.from().unwrap().first().unwrap().address().unwrap().to_owned()
    }

    /// The text part.
    pub(crate) fn text(&self) -> String {
        self.parsed().body_text(0).unwrap_or_default().into_owned()
    }

    /// The number in `[Ticket#NUMBER]`.
    pub(crate) fn number(&self) -> String {
        let subject = self.subject();
        let rest = subject.split("[Ticket#").nth(1).unwrap_or_else(|| panic!("no number in {subject}"));
        rest.split(']').next().unwrap().to_owned()
    }

    /// The HTML part.
    fn html(&self) -> String {
        self.parsed().body_html(0).unwrap_or_default().into_owned()
    }

    /// The mail that a button opens, sent as it is.
    pub(crate) fn pressed(&self, from: &str, words: &str) -> String {
        let crate::link::Filled { to, subject, body } = crate::link::pressed(&self.html(), words);
        compose(from, &to, &subject, &[], &body)
    }

    /// The answer of an ordinary mail program: the text on top, the mail quoted below.
    pub(crate) fn reply(&self, from: &str, text: &str) -> String {
        let quoted: String = self.text().lines().map(|line| format!("> {line}\n")).collect();
        let (id, to) = (self.header("Message-ID"), self.from());
        let references = format!("{} {id}", self.header("References"));
        let subject = format!("Re: {}", self.subject());
        let text = format!("{text}\n\nEl lun, 23 nov 2026, Mesa de Ayuda <{to}> escribió:\n{quoted}");
        compose(from, &to, &subject, &[("In-Reply-To", &id), ("References", references.trim())], &text)
    }
}

/// A new mail with a Message-ID of its own.
pub(crate) fn write(from: &str, to: &str, subject: &str, text: &str) -> String {
    compose(from, to, subject, &[], text)
}

fn compose(from: &str, to: &str, subject: &str, more: &[(&str, &str)], text: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let more: String = more.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let subject = data_encoding::BASE64.encode(subject.as_bytes());
    format!(
        "From: <{from}>\nTo: <{to}>\nSubject: =?utf-8?B?{subject}?=\nDate: Mon, 23 Nov 2026 09:00:00 -0500\n\
         Message-ID: <{count}.{}@client.example>\n{more}MIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n",
        std::process::id()
    )
}
