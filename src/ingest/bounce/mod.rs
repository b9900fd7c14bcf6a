//! Reads bounces: delivery status notifications of RFC 3464 and 6533, and the free texts of everybody else.
//!
//! Two questions, kept apart: is it a bounce (`signs`), and what does it say (`fields` where it has fields,
//! `report` where it has only text, `status` for the code). What a bounce says never makes it one: people
//! quote and forward bounces. Pure, and bounded: at most 64 KB of text and 2,000 lines are looked at.

mod address;
mod announcements;
mod causes;
mod feedback;
mod fields;
mod original;
mod report;
mod signs;
mod sns;
mod status;

pub use feedback::complaint;

use std::cell::OnceCell;

use crate::mail::{Bounce, BounceAction, Mail};

use fields::Recipient;
use report::Report;

/// Content types of status parts (RFC 3464, RFC 6533).
const STATUS_PARTS: &[&str] = &["message/delivery-status", "message/global-delivery-status"];

/// What a bounce says, with the evidence that it is one; `None` for every other mail.
pub fn read(mail: &Mail) -> Option<(Bounce, Vec<String>)> {
    if let Some((bounce, evidence)) = sns::read(mail) {
        return Some((bounce, vec![evidence]));
    }
    let report = Report::of(mail);
    let told = OnceCell::new();
    let has_fields = || !told.get_or_init(|| status_recipients(mail, &report)).is_empty();
    let evidence = signs::evidence(mail, &report, &has_fields)?;
    let recipients = told.into_inner().unwrap_or_else(|| status_recipients(mail, &report));
    let untold = recipients.is_empty() && report.recipient(mail).is_none();
    let recipients = if untold { original::reported(mail) } else { recipients };
    Some((tell(mail, &report, recipients), evidence))
}

/// The recipients of the status part, else those that stand as fields in the text.
fn status_recipients(mail: &Mail, report: &Report<'_>) -> Vec<Recipient> {
    let parts = mail.attachments.iter().filter(|part| STATUS_PARTS.contains(&part.content_type.as_str()));
    let told: Vec<Recipient> =
        parts.flat_map(|part| fields::recipients(&String::from_utf8_lossy(&part.content))).collect();
    if told.is_empty() { fields::recipients(report.all()) } else { told }
}

/// Fields first, text for what they leave open.
fn tell(mail: &Mail, report: &Report<'_>, recipients: Vec<Recipient>) -> Bounce {
    let one = recipients.into_iter().min_by_key(|recipient| match recipient.action() {
        Some(BounceAction::Failed) => 0,
        Some(BounceAction::Delayed) => 1,
        None => 2,
        Some(BounceAction::Expanded | BounceAction::Relayed | BounceAction::Delivered) => 3,
    });
    let one = one.unwrap_or_default();
    let action = one.action().unwrap_or_else(|| report.action(mail));
    let recipient =
        one.address().or_else(|| report.recipient(mail)).or_else(|| original::recipient(mail, report));
    let diagnostic = one.diagnostic.clone().or_else(|| report.diagnostic(recipient.as_deref()));
    let told = status::Told {
        action,
        field: one.status.as_deref(),
        diagnostic: diagnostic.as_deref(),
        text: report.text(),
        subject: &mail.subject,
    };
    Bounce {
        action,
        status: status::of(&told),
        recipient,
        diagnostic: diagnostic.map(|text| text.chars().take(1_000).collect()),
        original_message_id: original::message_id(mail, report),
    }
}

#[cfg(test)]
mod tests;
