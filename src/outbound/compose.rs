//! From a notice to the octets of a mail: pure, and the same octets for the same seed.
//!
//! A notice says what is meant; here it becomes header and parts. Nothing that a customer or an agent wrote can add
//! a header field, a part or a tag, and no reply token but the recipient's own leaves the desk.

mod buttons;
mod header;
mod parts;
mod thread;

use jiff::Timestamp;
use serde_json::{Map, Value};

pub(in crate::outbound) use header::address as checked_address;

use super::catalog::{self, Audience};
use super::template::{RenderError, Templates, bounded_text};
use crate::desk::{Desk, EnvelopeSender, Notice, NoticeKind, token};
use crate::mail::new_text::CUT_LINE_MARK;
use crate::mail::{Digest, Language, MessageId};

/// A mail, ready for the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Its id, which carries the recipient's token where it has one.
    pub message_id: MessageId,
    /// The envelope sender.
    pub envelope_sender: EnvelopeSender,
    /// The subject as a reader sees it.
    pub subject: String,
    /// All octets, CRLF line ends.
    pub content: Vec<u8>,
    /// Why the desk's own template was not used, where it failed.
    pub warning: Option<String>,
}

/// Why there is no mail.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// The template.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// An address that no mail can be sent to or from.
    #[error("\"{0}\" is no address that a mail can carry")]
    Address(String),
    /// The mail library refused.
    #[error("the mail cannot be built: {0}")]
    Build(String),
}

/// Builds the mail of a notice. `seed` must be another one for each notice: Message-ID and boundaries come from it.
///
/// # Errors
/// [`ComposeError`]; none of them goes away by trying again.
pub fn compose(
    notice: &Notice,
    desk: &Desk,
    templates: &Templates,
    now: Timestamp,
    seed: [u8; 32],
) -> Result<Composed, ComposeError> {
    let chance = Chance(seed);
    let token = notice.token.and_then(|purpose| {
        token::issue(&desk.keys, purpose, notice.number.as_ref()?, &notice.to.address, now)
    });
    let data = framed(notice, desk, token.as_deref(), now);
    let rendered = templates.render(&notice.template, notice.language, &data)?;
    let subject = subject(notice, desk, &rendered.subject);
    let message_id = message_id(notice, token.as_deref(), &chance)?;
    let theirs = |id: &&MessageId| !is_of_another(id, notice, desk, now);
    let head = header::Head {
        notice,
        thread: thread::Thread::of(notice, desk, theirs)?,
        subject: &subject,
        message_id: &message_id,
        instance: &desk.instance,
        date: now.into(),
        plus: token.as_deref().filter(|_| desk.trust.plus),
    };
    let content = parts::build(head.builder()?, rendered.text, rendered.html, &notice.attachments, &chance)?;
    // RFC 3834 section 3.3 for replies; a program's own mails want no bounce to a mailbox that people read either.
    let envelope_sender = match notice.kind {
        NoticeKind::AutoReply | NoticeKind::Generated => EnvelopeSender::Null,
        NoticeKind::Human => EnvelopeSender::Address(header::address(&notice.from.address)?.to_string()),
    };
    Ok(Composed { message_id, envelope_sender, subject, content, warning: rendered.warning })
}

/// The random octets of one mail, each use with its own word.
struct Chance([u8; 32]);

impl Chance {
    /// Lower-case letters and digits (base32), at most 51 of them.
    fn letters(&self, purpose: &str, count: usize) -> String {
        let digest = Digest::of(&[self.0.as_slice(), purpose.as_bytes()].concat());
        let letters = data_encoding::BASE32_NOPAD.encode(digest.as_bytes()).to_lowercase();
        letters.chars().take(count).collect()
    }
}

/// `TOKEN.RANDOM@domain`, or `RANDOM@domain` without a token: what comes back in In-Reply-To.
fn message_id(notice: &Notice, token: Option<&str>, chance: &Chance) -> Result<MessageId, ComposeError> {
    let from = header::address(&notice.from.address)?;
    let random = chance.letters(&format!("message-id {} {}", notice.template, notice.to.address), 24);
    let left = token.map_or_else(|| random.clone(), |token| format!("{token}.{random}"));
    MessageId::new(&format!("{left}@{}", from.domain()))
        .ok_or_else(|| ComposeError::Address(notice.from.address.clone()))
}

/// Characters of a title in a subject; more of it stands in the mail.
const TITLE: usize = 200;

/// The rendered subject, with the ticket's number where it does not carry it already.
fn subject(notice: &Notice, desk: &Desk, rendered: &str) -> String {
    // An encoded word (RFC 2047) that somebody wrote must not be decoded by the reader's program.
    let plain = rendered.replace("=?", "= ?");
    let mut title: String = plain.chars().take(TITLE).collect();
    if title.len() < plain.len() {
        title.push('…');
    }
    match &notice.number {
        Some(number) if !desk.numbering.in_subject(&title).contains(number) => {
            desk.numbering.subject(number, &title).trim().to_owned()
        }
        _ if title.is_empty() => desk.name.clone(),
        _ => title,
    }
}

/// The notice's data with what every mail has.
fn framed(notice: &Notice, desk: &Desk, token: Option<&str>, now: Timestamp) -> Map<String, Value> {
    let mut data: Map<String, Value> =
        notice.data.iter().map(|(name, value)| (name.clone(), scrubbed(value, desk, now))).collect();
    let is_agent = desk.agent_by_address(&notice.to.address).is_some();
    let spec = catalog::find(&notice.template);
    let for_agent = spec.map_or(is_agent, |spec| spec.audience == Audience::Agent);
    data.insert("desk".to_owned(), Value::from(desk.name.as_str()));
    if spec.map_or(!is_agent, |spec| matches!(spec.audience, Audience::Customer | Audience::Supplier)) {
        data.insert("signature".to_owned(), Value::from(signature(desk, &data)));
    }
    if let Some(token) = token {
        data.insert("ref".to_owned(), Value::from(format!("[ref:{token}]")));
    }
    if for_agent && token.is_some() {
        data.insert("cut_line".to_owned(), Value::from(cut_line(notice.language)));
        let leaves = notice.token == Some(token::Use::Thread);
        let silent = |spec: &catalog::TemplateSpec| {
            spec.reply == catalog::ReplyGoes::Unsaid && spec.buttons != catalog::Buttons::Work && !leaves
        };
        if !spec.is_some_and(silent) {
            data.insert("reply".to_owned(), reply(notice, &data).into());
        }
    }
    let mut kind = spec.map_or(catalog::Buttons::Work, |spec| spec.buttons);
    if kind == catalog::Buttons::Work && !(for_agent && is_agent) {
        kind = catalog::Buttons::None;
    }
    let buttons = buttons::of(kind, notice, desk, token, &data);
    data.insert("buttons".to_owned(), buttons);
    if spec.is_some_and(|spec| spec.buttons == catalog::Buttons::Rows) {
        buttons::of_rows(&mut data, notice, desk, now);
    }
    data
}

/// What becomes of an agent's reply, by the token that the notice carries.
fn reply(notice: &Notice, data: &Map<String, Value>) -> Option<&'static str> {
    match notice.token? {
        token::Use::Thread if data.get("customer").is_some_and(Value::is_object) => Some("customer"),
        token::Use::Thread | token::Use::Internal => Some("internal"),
        token::Use::Relay => Some("supplier"),
        token::Use::Survey | token::Use::Copy | token::Use::Supplier => None,
    }
}

/// The line below which nothing in a reply counts; `mail::new_text` knows it by its two ends.
pub fn cut_line(language: Language) -> String {
    let words = match language {
        Language::En => "Please write your reply above this line",
        Language::Es => "Por favor escriba su respuesta encima de esta línea",
    };
    format!("{CUT_LINE_MARK}{words} -##")
}

/// The queue's signature with agent and queue filled in; the desk's name where the queue has none.
fn signature(desk: &Desk, data: &Map<String, Value>) -> String {
    let said = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
    let queue = desk.queue(said("queue")).or_else(|| desk.queue(&desk.default_queue));
    let Some(signature) = queue.and_then(|queue| queue.signature.as_deref()) else {
        return desk.name.clone();
    };
    // A line that only names the agent is left out of mails that no agent wrote.
    let agent = said("agent");
    let named = |line: &&str| !agent.is_empty() || line.trim() != "{{agent}}";
    let signature = signature.lines().filter(named).collect::<Vec<_>>().join("\n");
    // Only the signature's own names are replaced: a name that an agent chose is put in last and read no more.
    let parts: Vec<String> = signature
        .split("{{agent}}")
        .map(|part| part.replace("{{queue}}", queue.map_or("", |queue| queue.name.as_str())))
        .collect();
    let whole = parts.join(agent);
    whole.lines().filter(|line| *line != "-- ").collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// Whether an id carries a token that was issued to somebody else: the thread of a ticket holds the customer's, and
/// the other participants get the same thread.
fn is_of_another(id: &MessageId, notice: &Notice, desk: &Desk, now: Timestamp) -> bool {
    token::candidates(id.as_str())
        .filter_map(|token| token::verify(&desk.keys, token, now))
        .any(|claim| !claim.issued_to(&notice.to.address))
}

/// A value without any reply token of ours: whoever reads a token can write in its owner's name.
fn scrubbed(value: &Value, desk: &Desk, now: Timestamp) -> Value {
    match value {
        Value::String(text) => Value::from(without_tokens(&bounded_text(text), desk, now)),
        Value::Array(entries) => entries.iter().map(|entry| scrubbed(entry, desk, now)).collect(),
        Value::Object(fields) => Value::Object(
            fields.iter().map(|(name, value)| (name.clone(), scrubbed(value, desk, now))).collect(),
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn without_tokens(text: &str, desk: &Desk, now: Timestamp) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let run = piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let genuine = run.len() == token::LENGTH && token::verify(&desk.keys, run, now).is_some();
        out.push_str(if genuine { "..." } else { run });
        out.push_str(piece.strip_prefix(run).unwrap_or_default());
    }
    out
}

#[cfg(test)]
mod tests;
