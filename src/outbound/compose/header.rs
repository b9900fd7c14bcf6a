//! The header of an outgoing mail: RFC 5322, and RFC 3834 for what is automatic.

use std::time::SystemTime;

use lettre::Address as Checked;
use lettre::address::Envelope;
use lettre::message::header::{self, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Mailboxes, MessageBuilder};

use super::ComposeError;
use super::thread::Thread;
use crate::desk::{Notice, NoticeKind};
use crate::mail::{Address, LOOP_HEADER, MessageId};
use crate::outbound::template::one_line;

/// Characters of a display name.
const NAME: usize = 100;
/// Addresses in Cc.
const COPIES: usize = 100;
/// Octets of a Message-ID that is passed on; a longer one would not fit its line (RFC 5322 section 2.1.1).
const LONGEST_ID: usize = 250;
/// Ids in References: the first and the last ones (RFC 5322 section 3.6.4 sets no limit; mail programs do).
const REFERENCES: usize = 20;

/// What the header is made of.
pub(super) struct Head<'a> {
    pub(super) notice: &'a Notice,
    /// The thread, as far as it may be shown.
    pub(super) thread: Thread,
    pub(super) subject: &'a str,
    pub(super) message_id: &'a MessageId,
    pub(super) instance: &'a str,
    pub(super) date: SystemTime,
    /// The token for Reply-To, where the desk puts it there.
    pub(super) plus: Option<&'a str>,
}

impl Head<'_> {
    /// All fields but those of MIME.
    pub(super) fn builder(&self) -> Result<MessageBuilder, ComposeError> {
        let notice = self.notice;
        let from = mailbox(&notice.from)?;
        let to = mailbox(&notice.to)?;
        // The library would read the envelope back out of the header that it wrote; the outbox has its own.
        let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()])
            .map_err(|error| ComposeError::Build(error.to_string()))?;
        let mut builder = lettre::Message::builder()
            .envelope(envelope)
            // In UTC: a date with another offset the library would not read back, and put the present in its place.
            .date(self.date)
            .from(from.clone())
            .header(header::To::from(Mailboxes::from(to)));
        // A copy that cannot be written costs its recipient the line here and nobody else the mail.
        let copies: Mailboxes = notice.cc.iter().take(COPIES).filter_map(|copy| mailbox(copy).ok()).collect();
        if copies.iter().next().is_some() {
            builder = builder.header(header::Cc::from(copies));
        }
        if let Some(reply_to) = self.plus.and_then(|token| with_token(&from, token)) {
            builder = builder.reply_to(reply_to);
        }
        builder = builder
            .subject(self.subject.to_owned())
            .raw_header(field("Message-ID", self.message_id.to_string()));
        let parent = self.thread.parent.as_ref().filter(|id| is_plain(id));
        if let Some(parent) = parent {
            builder = builder.raw_header(field("In-Reply-To", parent.to_string()));
        }
        let thread = thread(&self.thread.references, parent);
        if !thread.is_empty() {
            builder = builder.raw_header(field("References", thread.join("\r\n ")));
        }
        if let Some(index) = &self.thread.index {
            builder = builder.raw_header(field("Thread-Index", index.clone()));
        }
        let automatic = match notice.kind {
            NoticeKind::AutoReply => Some("auto-replied"),
            NoticeKind::Generated => Some("auto-generated"),
            NoticeKind::Human => None,
        };
        if let Some(word) = automatic {
            // Exchange heeds the second one and may not know the first.
            builder = builder
                .raw_header(field("Auto-Submitted", word.to_owned()))
                .raw_header(field("X-Auto-Response-Suppress", "All".to_owned()));
        }
        let instance: String = self.instance.chars().filter(char::is_ascii_graphic).take(64).collect();
        Ok(builder.raw_header(field(LOOP_HEADER, instance)))
    }
}

/// A field whose value is ASCII, safe and folded already. The library's own encoding would break long ids.
fn field(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}

/// An id that can stand in a header as it is: no blank, no bracket, no control character, ASCII.
fn is_plain(id: &MessageId) -> bool {
    let text = id.as_str();
    text.len() <= LONGEST_ID && text.bytes().all(|octet| octet.is_ascii_graphic() && !b"<>".contains(&octet))
}

/// The thread, oldest first, the parent last, cut in the middle.
fn thread(references: &[MessageId], parent: Option<&MessageId>) -> Vec<String> {
    let mut ids: Vec<&MessageId> = Vec::new();
    for id in references.iter().filter(|id| is_plain(id) && Some(*id) != parent) {
        if !ids.contains(&id) {
            ids.push(id);
        }
        // The first one stays, the oldest of the others goes: never more than the limit to search through.
        if ids.len() > REFERENCES {
            ids.remove(1);
        }
    }
    ids.extend(parent);
    if ids.len() > REFERENCES {
        ids.remove(1);
    }
    ids.into_iter().map(MessageId::to_string).collect()
}

/// An address that a mail can carry: domain in ASCII (RFC 5890), local part quoted where its form asks for it.
pub(in crate::outbound) fn address(text: &str) -> Result<Checked, ComposeError> {
    let refused = || ComposeError::Address(one_line(text));
    let (local, domain) = text.trim().rsplit_once('@').ok_or_else(refused)?;
    if local.chars().chain(domain.chars()).any(|c| c.is_control() || c.is_whitespace()) {
        return Err(refused());
    }
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).map_err(|_| refused())?
    };
    // Some providers gave out addresses such as `a..b@`, which only a quoted string can hold (RFC 5321 section 4.1.2).
    let quoted = || format!("\"{local}\"");
    Checked::new(local, &domain).or_else(|_| Checked::new(quoted(), &domain)).map_err(|_| refused())
}

fn mailbox(who: &Address) -> Result<Mailbox, ComposeError> {
    let address = address(&who.address)?;
    let name = who.name.as_deref().map(|name| one_line(name).replace("=?", "= ?"));
    let name = name.map(|name| name.chars().take(NAME).collect::<String>());
    Ok(Mailbox::new(name.filter(|name| !name.is_empty()), address))
}

/// `soporte+TOKEN@minem.example`; `None` where the local part would be longer than 64 octets (RFC 5321 section
/// 4.5.3.1.1).
fn with_token(from: &Mailbox, token: &str) -> Option<Mailbox> {
    let local = format!("{}+{token}", from.email.user());
    let address = Checked::new(&local, from.email.domain()).ok().filter(|_| local.len() <= 64)?;
    Some(Mailbox::new(from.name.clone(), address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> MessageId {
        MessageId::new(text).unwrap()
    }

    #[test]
    fn a_long_thread_keeps_its_ends() {
        let ids: Vec<MessageId> = (0..50).map(|n| id(&format!("{n}@x"))).collect();
        let thread = thread(&ids, Some(&id("49@x")));
        assert_eq!((thread.len(), thread[0].as_str(), thread[1].as_str()), (20, "<0@x>", "<31@x>"));
        assert_eq!(thread.last().map(String::as_str), Some("<49@x>"));
        let twice = vec![id("a@x"), id("b@x"), id("a@x")];
        assert_eq!(super::thread(&twice, Some(&id("c@x"))), ["<a@x>", "<b@x>", "<c@x>"]);
    }

    #[test]
    fn ids_that_break_a_header_are_left_out() {
        let bad = ["a b@x", "a\r\nBcc: eva@x", "ñ@x", "a>b@x", &"x".repeat(251)];
        assert!(bad.iter().all(|text| !is_plain(&id(text))), "{bad:?}");
        assert!(is_plain(&id("[a&b]%c@x")));
    }

    #[test]
    fn addresses() {
        let of =
            |text: &str| address(text).map(|checked| checked.to_string()).map_err(|error| error.to_string());
        assert_eq!(of("ana@minem.example"), Ok("ana@minem.example".into()));
        assert_eq!(of("ana@ñandú.example"), Ok("ana@xn--and-6ma2c.example".into()));
        assert_eq!(of("a..b@docomo.example"), Ok("\"a..b\"@docomo.example".into()));
        assert_eq!(of("muñoz@minem.example"), Ok("muñoz@minem.example".into()));
        for bad in [
            "",
            "ana",
            "ana@",
            "@x",
            "a\"b@x.example",
            "ana@x.example\r\nBcc: eva@x.example",
            "a b@x.example",
        ] {
            assert!(of(bad).is_err(), "{bad:?} became {:?}", of(bad));
        }
    }
}
