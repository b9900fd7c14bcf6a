//! Amazon SES tells of bounces by SNS: a mail whose text is one JSON object.

use serde::Deserialize as _;
use serde_json::Value;

use crate::mail::{Bounce, BounceAction, Mail, MessageId};

use super::status;

/// Octets of JSON that are read.
const BYTES: usize = 256 * 1024;

/// A bounce, or the news that something was delivered.
pub(super) fn read(mail: &Mail) -> Option<(Bounce, String)> {
    let notification = notification(mail)?;
    let kind = kind(&notification)?;
    let (action, recipient) = match kind {
        "Bounce" => (BounceAction::Failed, notification.pointer("/bounce/bouncedRecipients/0")),
        "DeliveryDelay" => {
            (BounceAction::Delayed, notification.pointer("/deliveryDelay/delayedRecipients/0"))
        }
        "Delivery" => (BounceAction::Delivered, None),
        _ => return None,
    };
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let diagnostic = text(recipient.and_then(|one| one.get("diagnosticCode")))
        .or_else(|| text(notification.pointer("/delivery/smtpResponse")))
        .map(|said| {
            said.split_once(';')
                .filter(|(kind, _)| kind.trim() == "smtp")
                .map_or(said.clone(), |(_, rest)| rest.trim().to_owned())
        });
    let transient = notification.pointer("/bounce/bounceType").and_then(Value::as_str) == Some("Transient");
    let action = if transient && action == BounceAction::Failed { BounceAction::Delayed } else { action };
    let code = text(recipient.and_then(|one| one.get("status")));
    let told = status::Told {
        action,
        field: code.as_deref(),
        diagnostic: diagnostic.as_deref(),
        text: "",
        subject: "",
    };
    let to = text(recipient.and_then(|one| one.get("emailAddress")))
        .or_else(|| text(notification.pointer("/delivery/recipients/0")))
        .or_else(|| text(notification.pointer("/mail/destination/0")));
    let id = text(notification.pointer("/mail/commonHeaders/messageId"))
        .or_else(|| header(&notification, "Message-ID"))
        .or_else(|| text(notification.pointer("/mail/messageId")));
    let bounce = Bounce {
        action,
        status: status::of(&told),
        recipient: to,
        diagnostic,
        original_message_id: id.as_deref().and_then(MessageId::new),
    };
    Some((bounce, format!("notificationType: {kind}")))
}

/// A complaint by the same way.
pub(super) fn complaint(mail: &Mail) -> Option<String> {
    let notification = notification(mail)?;
    (kind(&notification) == Some("Complaint")).then(|| "notificationType: Complaint".to_owned())
}

fn kind(notification: &Value) -> Option<&str> {
    ["notificationType", "eventType"].iter().find_map(|name| notification.get(name)?.as_str())
}

/// A header field of the original that SES repeats.
fn header(notification: &Value, name: &str) -> Option<String> {
    let fields = notification.pointer("/mail/headers")?.as_array()?;
    let field = fields.iter().find(|field| {
        field.get("name").and_then(Value::as_str).is_some_and(|found| found.eq_ignore_ascii_case(name))
    })?;
    field.get("value")?.as_str().map(str::to_owned)
}

/// The JSON object of a mail that Amazon's notification service sent.
fn notification(mail: &Mail) -> Option<Value> {
    let amazon = mail.first_header("X-Amz-Sns-Message-Id").is_some()
        || mail.from.as_ref().is_some_and(|from| from.domain() == "sns.amazonaws.com");
    let text = mail.body.text.trim_start();
    if !amazon || !text.starts_with('{') || text.len() > BYTES {
        return None;
    }
    let value = Value::deserialize(&mut serde_json::Deserializer::from_str(text)).ok()?;
    // The raw form of SNS wraps the notification as a string.
    match value.get("Message").and_then(Value::as_str) {
        Some(inner) => serde_json::from_str(inner).ok(),
        None => Some(value),
    }
}
