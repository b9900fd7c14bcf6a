//! File names of attachments: what the mail says, made harmless, or one of our own.

use super::mime::Node;
use crate::mail::file_name;

/// Endings for parts that came without a name.
const ENDINGS: [(&str, &str); 24] = [
    ("application/gzip", "gz"),
    ("application/json", "json"),
    ("application/ms-tnef", "dat"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/pgp-encrypted", "asc"),
    ("application/pgp-signature", "asc"),
    ("application/pkcs7-mime", "p7m"),
    ("application/pkcs7-signature", "p7s"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("message/global", "eml"),
    ("message/rfc822", "eml"),
    ("text/calendar", "ics"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/rfc822-headers", "txt"),
    ("text/vcard", "vcf"),
];

/// The name of the `number`th attachment. Two may share one, as in the mail; their digests differ.
pub(super) fn name(node: &Node<'_>, number: usize) -> String {
    let given = given(node).map(file_name::safe).unwrap_or_default();
    if !given.is_empty() {
        return given;
    }
    let kind = node.content_type.kind.as_str();
    let other = if kind.starts_with("message/") || kind.starts_with("text/") { "txt" } else { "bin" };
    let ending = ENDINGS.iter().find(|(known, _)| *known == kind).map_or(other, |(_, ending)| ending);
    format!("attachment-{number}.{ending}")
}

/// The name of a file out of another container, made harmless.
pub(super) fn of_file(name: &str) -> Option<String> {
    Some(file_name::safe(name)).filter(|name| !name.is_empty())
}

/// What the mail says: Content-Disposition before Content-Type (RFC 2183 section 2.3).
pub(super) fn given<'a>(node: &'a Node<'_>) -> Option<&'a str> {
    let named = |text: &&str| !text.trim().is_empty();
    node.disposition.get("filename").filter(named).or_else(|| node.content_type.get("name").filter(named))
}
