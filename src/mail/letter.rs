//! One mail, read: the only form in which the rest of the program sees it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Address, Defect, Digest, MessageId};

/// A language of people, by its ISO 639-1 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// All languages in which texts are shipped.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// `en`, `es`: the folder of templates.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// Reads a code or a tag such as `es-PE` (RFC 5646).
    pub fn from_code(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::ALL.into_iter().find(|language| language.code() == primary)
    }
}

/// A header field, name as written, value unfolded and decoded (RFC 2047), control characters removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Field name as written.
    pub name: String,
    /// Decoded value.
    pub value: String,
}

/// A part that is not the text of the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// A safe file name: no path, no control characters, never empty (`attachment-1.pdf` where none is given).
    pub name: String,
    /// `type/subtype`, lower case.
    pub content_type: String,
    /// Content-ID without angle brackets, of an inline image.
    pub content_id: Option<String>,
    /// Shown within the text rather than beside it.
    pub inline: bool,
    /// SHA-256 of the decoded content.
    pub digest: Digest,
    /// The decoded content.
    pub content: Arc<[u8]>,
}

impl Attachment {
    /// A signature over the mail itself (RFC 8551, RFC 3156): nothing that its author attached, and worth nothing
    /// beside another mail.
    pub fn is_signature(&self) -> bool {
        matches!(
            self.content_type.as_str(),
            "application/pkcs7-signature" | "application/x-pkcs7-signature" | "application/pgp-signature"
        )
    }
}

/// Which part the text was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodySource {
    /// There is no text.
    None,
    /// A text/plain part.
    Plain,
    /// An HTML part, converted: there is no text/plain part worth reading.
    Html,
}

/// The readable text and its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Where the text came from.
    pub source: BodySource,
    /// All of it, LF line ends, no control characters, format=flowed undone. Shared: an article is made of it.
    pub text: Arc<str>,
    /// What the sender wrote now: no quote, no signature, no forwarded mail.
    /// Never empty where `text` is not blank. Answers between quoted lines stay, with the lines they answer.
    pub new_text: String,
    /// The quoted rest, as it stood.
    pub quoted_text: String,
    /// The new text of the HTML part where the mail has both parts, for comparing the commands in them.
    pub html_new_text: Option<String>,
}

/// A mail, read as far as it could be. Made by `ingest::parse` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The raw mail, kept as it came.
    pub raw: Arc<[u8]>,
    /// SHA-256 of `raw`.
    pub digest: Digest,
    /// All header fields in their order, top first.
    pub headers: Vec<Header>,
    /// The mail's own id.
    pub message_id: Option<MessageId>,
    /// Parents by `In-Reply-To`.
    pub in_reply_to: Vec<MessageId>,
    /// The thread by `References`, oldest first.
    pub references: Vec<MessageId>,
    /// The author; of several, the first one (and a [`Defect::SeveralFrom`]).
    pub from: Option<Address>,
    /// `Reply-To`. Never identifies the sender.
    pub reply_to: Vec<Address>,
    /// `To`.
    pub to: Vec<Address>,
    /// `Cc`.
    pub cc: Vec<Address>,
    /// Envelope sender by `Return-Path`: `Some("")` is the null sender of RFC 5321 section 4.5.5.
    pub return_path: Option<String>,
    /// Decoded subject, prefixes and all.
    pub subject: String,
    /// `Date`, where it is one.
    pub date: Option<Timestamp>,
    /// The text.
    pub body: Body,
    /// The language of the new text, where it is one of ours and sure enough.
    pub language: Option<Language>,
    /// Everything that is not the text.
    pub attachments: Vec<Attachment>,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

impl Mail {
    /// The values of a header field, top first; names compare without case.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }

    /// The topmost value of a header field.
    pub fn first_header<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.header(name).next()
    }

    /// Everyone in `To` and `Cc`.
    pub fn recipients(&self) -> impl Iterator<Item = &Address> {
        self.to.iter().chain(&self.cc)
    }
}
