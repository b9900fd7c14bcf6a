//! Abuse reports: RFC 5965 (ARF) and the forms that came before it.

use crate::ingest::classify::fold::fold;
use crate::ingest::classify::has_reply_prefix;
use crate::ingest::classify::headers::evidence;
use crate::mail::Mail;

use super::sns;

/// Evidence that the mail is a complaint about a mail of ours, by a feedback loop.
pub fn complaint(mail: &Mail) -> Option<String> {
    let kind = fold(mail.first_header("Content-Type").unwrap_or_default(), 500);
    let report = kind.starts_with("multipart/report") && kind.contains("feedback-report");
    let part = mail.attachments.iter().find(|part| part.content_type == "message/feedback-report");
    // Some loops forget the report-type, and forward with a prefix.
    let reports = kind.starts_with("multipart/report");
    if let Some(part) = part.filter(|_| reports || !has_reply_prefix(&mail.subject)) {
        let text =
            String::from_utf8_lossy(part.content.get(..part.content.len().min(4_096)).unwrap_or_default())
                .into_owned();
        let line = text.lines().find(|line| line.to_ascii_lowercase().starts_with("feedback-type:"));
        return Some(line.unwrap_or("part message/feedback-report").trim().to_owned());
    }
    if report {
        return Some("Content-Type: multipart/report; report-type=feedback-report".to_owned());
    }
    legacy(mail).or_else(|| sns::complaint(mail))
}

/// Reports without the type: Hotmail's and Amazon's subject, X-ARF's field.
fn legacy(mail: &Mail) -> Option<String> {
    let subject = fold(&mail.subject, 200);
    let from = mail.from.as_ref()?.key();
    let sender = ["staff@hotmail.com", "complaints@", "feedbackloop@", "fbl@", "abuse-report@"]
        .iter()
        .any(|known| from.starts_with(known))
        || from.ends_with("@email-abuse.amazonses.com");
    if sender && subject.starts_with("complaint about message from") {
        return Some(evidence("Subject", &mail.subject));
    }
    ["X-XARF", "X-ARF"].iter().find_map(|name| Some(evidence(name, mail.first_header(name)?)))
}
