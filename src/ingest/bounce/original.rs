//! What the bounced mail itself tells: its Message-ID and, where the report names nobody, its recipient.

use crate::mail::{Attachment, Mail, MessageId};

use super::address;
use super::fields::{self, Recipient};
use super::report::Report;

/// Octets of the returned mail in which its header is looked for.
const HEADER_BYTES: usize = 64 * 1024;

/// The Message-ID of the bounced mail: the returned mail's, else what the text or the fields say, else the thread.
pub(super) fn message_id(mail: &Mail, report: &Report<'_>) -> Option<MessageId> {
    let own = mail.message_id.as_ref();
    let usable = |value: String| identifier(&value).filter(|id| Some(id) != own);
    let parts = || parts(mail).find_map(|text| field(&text, "message-id").and_then(usable));
    let text = || field(report.original(), "message-id").and_then(usable);
    let said = || {
        let names = ["message-id", "original-message-id", "x-original-message-id"];
        names.iter().find_map(|name| anywhere(report.text(), name)).and_then(usable)
    };
    parts()
        .or_else(text)
        .or_else(said)
        .or_else(|| mail.in_reply_to.first().filter(|id| Some(*id) != own).cloned())
        .or_else(|| mail.references.last().filter(|id| Some(*id) != own).cloned())
}

/// To whom the bounced mail went, by its own header.
pub(super) fn recipient(mail: &Mail, report: &Report<'_>) -> Option<String> {
    let texts = parts(mail).chain([report.original().to_owned()]);
    let fields = ["x-original-to", "x-rcpt-to", "to", "cc"];
    texts
        .filter_map(|text| fields.iter().find_map(|name| field(&text, name)))
        .find_map(|value| address::in_text(&value).into_iter().next())
}

/// Whom a report tells of that came as an attached mail, wrapped by a gateway.
pub(super) fn reported(mail: &Mail) -> Vec<Recipient> {
    let report = |text: &String| {
        field(text, "content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("delivery-status"))
    };
    parts(mail).filter(report).flat_map(|text| fields::recipients(&text)).collect()
}

/// The returned mail, or its header, as it is attached.
fn parts(mail: &Mail) -> impl Iterator<Item = String> {
    mail.attachments.iter().filter(|part| is_returned(part)).map(|part| {
        let bytes = part.content.get(..part.content.len().min(HEADER_BYTES)).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    })
}

/// A part that holds a mail or a header: by its type, or as text that begins with trace fields.
pub(super) fn is_returned(part: &Attachment) -> bool {
    let kind = part.content_type.as_str();
    if matches!(
        kind,
        "message/rfc822"
            | "message/global"
            | "text/rfc822-headers"
            | "text/rfc822-header"
            | "message/global-headers"
            | "message/rfc822-headers"
    ) {
        return true;
    }
    let start = part.content.get(..part.content.len().min(200)).unwrap_or_default().to_ascii_lowercase();
    let text = String::from_utf8_lossy(&start);
    let text = text.trim_start();
    kind.starts_with("text/")
        && ["received:", "return-path:", "x-original-to:", "dkim-signature:", "message-id:"]
            .iter()
            .any(|name| text.starts_with(name))
}

/// A field of the header with which a text begins, unfolded.
fn field(text: &str, name: &str) -> Option<String> {
    let mut value: Option<String> = None;
    for line in text.trim_start().lines().take(1_000) {
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(found) = &mut value {
            if !line.starts_with([' ', '\t']) || found.len() > 2_000 {
                break;
            }
            found.push_str(line);
        } else if let Some((field, rest)) = line.split_once(':') {
            value = field.trim().eq_ignore_ascii_case(name).then(|| rest.trim().to_owned());
        }
    }
    value.filter(|value| !value.trim().is_empty())
}

/// The same field in any line of a text, indented or not; its value may stand on the next line.
fn anywhere(text: &str, name: &str) -> Option<String> {
    let mut lines = text.lines().take(2_000).map(str::trim);
    let value = lines.by_ref().find_map(|line| {
        line.split_once(':')
            .filter(|(field, _)| field.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    })?;
    if value.is_empty() { lines.next().map(str::to_owned) } else { Some(value.to_owned()) }
}

/// What stands between angle brackets, or the whole where it has no blank.
fn identifier(value: &str) -> Option<MessageId> {
    let inner = value.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(inner, _)| inner);
    let bare = inner.unwrap_or(value).trim();
    (bare.contains('@') && !bare.contains(char::is_whitespace)).then(|| MessageId::new(bare)).flatten()
}
