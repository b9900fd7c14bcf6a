//! The parts of an outgoing mail: text and HTML as alternatives (RFC 2046 section 5.1.4), files beside them.

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Attachment as FilePart, Body, MessageBuilder, MultiPart, SinglePart};

use super::{Chance, ComposeError};
use crate::mail::{Attachment, file_name};

/// The whole mail.
pub(super) fn build(
    builder: MessageBuilder,
    text: String,
    html: String,
    files: &[Attachment],
    chance: &Chance,
) -> Result<Vec<u8>, ComposeError> {
    // "=_" occurs in no quoted-printable and in no base64 (RFC 2045 section 6.7); the rest cannot be guessed.
    let boundary = |word: &str| format!("=_{}", chance.letters(word, 32));
    let alternative = MultiPart::alternative()
        .boundary(boundary("alternative"))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body(&text)))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(body(&html)));
    let whole = if files.is_empty() {
        alternative
    } else {
        let mixed = MultiPart::mixed().boundary(boundary("mixed")).multipart(alternative);
        files.iter().fold(mixed, |mixed, file| mixed.singlepart(part(file)))
    };
    let mail = builder.multipart(whole).map_err(|error| ComposeError::Build(error.to_string()))?;
    Ok(mail.formatted())
}

/// A text part, 7bit, quoted-printable or base64, whichever is shortest: no line longer than 76 octets.
fn body(text: &str) -> Body {
    // The library would insert each CR into the text in place: quadratic in the number of lines.
    Body::new(text.replace("\r\n", "\n").replace('\n', "\r\n"))
}

fn part(file: &Attachment) -> SinglePart {
    let name = file_name::safe(&file.name);
    let name = if name.is_empty() { "attachment".to_owned() } else { name };
    let content = file.content.to_vec();
    let body = Body::new_with_encoding(content, ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    FilePart::new(name).body(body, content_type(&file.content_type))
}

/// The type as the sender gave it, where it can stand for a file in base64: mails and multiparts cannot (RFC 2046
/// sections 5.1 and 5.2.1).
fn content_type(said: &str) -> ContentType {
    let token = |text: &str| {
        !text.is_empty()
            && text.len() <= 100
            && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b".+-_".contains(&octet))
    };
    let usable = said.split_once('/').is_some_and(|(kind, subtype)| {
        token(kind) && token(subtype) && !["multipart", "message"].contains(&kind.to_lowercase().as_str())
    });
    let parsed = ContentType::parse(if usable { said } else { "application/octet-stream" });
    parsed.unwrap_or(ContentType::TEXT_PLAIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_types_are_octets() {
        let shown = |said: &str| {
            let mut headers = lettre::message::header::Headers::new();
            headers.set(content_type(said));
            headers.to_string().trim().to_owned()
        };
        assert_eq!(shown("application/pdf"), "Content-Type: application/pdf");
        for odd in ["", "pdf", "message/rfc822", "multipart/mixed", "a/b; x=\"y\"\r\nBcc: eva@x", "a/b/c"] {
            assert_eq!(shown(odd), "Content-Type: application/octet-stream", "{odd:?}");
        }
    }
}
