//! What single parts of a bounce say; whole bounces are among the cases of `classify`.

use std::sync::Arc;

use super::{fields, read};
use crate::ingest::parse::{ParseLimits, parse};
use crate::mail::{Bounce, BounceAction};

fn bounce(text: &str) -> Bounce {
    let raw: Arc<[u8]> = text.replace('\n', "\r\n").into_bytes().into();
    read(&parse(raw, &ParseLimits::default())).unwrap().0
}

#[test]
fn status_parts_of_every_make() {
    let cases = [
        (
            "Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1 (bad)\n",
            "a@b.example",
            "5.1.1",
            BounceAction::Failed,
        ),
        (
            "Reporting-MTA: dns; x\n\nAction: expanded\nFinal-Recipient: rfc822; a@b.example\nStatus: 2.0.0",
            "a@b.example",
            "2.0.0",
            BounceAction::Expanded,
        ),
        (
            "Original-Recipient: <a@b.example>\nAction: failed\nDiagnostic-Code: smtp; 550 x\n",
            "a@b.example",
            "",
            BounceAction::Failed,
        ),
        (
            "FINAL-RECIPIENT: RFC822;a@b.example\nSTATUS: 4.2.2\n",
            "a@b.example",
            "4.2.2",
            BounceAction::Delayed,
        ),
        (
            "Final-Recipient: x400; c=pe\nOriginal-Recipient: rfc822; a@b.example\nAction: Failed\n",
            "a@b.example",
            "",
            BounceAction::Failed,
        ),
        (
            "Final-Recipient: rfc822; a@b.example\n\nAction: failed\nStatus: 5.2.2\n",
            "a@b.example",
            "5.2.2",
            BounceAction::Failed,
        ),
    ];
    for (text, address, status, action) in cases {
        let found = fields::recipients(text);
        let one = found.first().unwrap_or_else(|| panic!("{text}"));
        assert_eq!(one.address().as_deref(), Some(address), "{text}");
        assert_eq!(one.status.clone().unwrap_or_default(), status, "{text}");
        assert_eq!(one.action(), Some(action), "{text}");
        assert_eq!(found.len(), 1, "{text}");
    }
    assert_eq!(fields::recipients("Dear all,\nAction: none of you\n\nsee you: Monday").len(), 1);
    assert!(fields::recipients("Status: pending\n\nSubject: x").is_empty());
}

#[test]
fn a_folded_diagnostic_is_one_line_without_its_type() {
    let found = fields::recipients(
        "Final-Recipient: rfc822; a@b.example\nAction: failed\nDiagnostic-Code: smtp;\n 550 5.1.1 no\n\tsuch user",
    );
    assert_eq!(found.first().unwrap().diagnostic.as_deref(), Some("550 5.1.1 no such user"));
}

#[test]
fn the_original_is_found_wherever_it_stands() {
    let head = "From: MAILER-DAEMON@x.example\nTo: us@y.example\nMessage-ID: <own@x.example>\nSubject: failure notice\n";
    let in_text = format!(
        "{head}\nHi. This is the qmail-send program.\n<a@b.example>:\nno user\n\n--- Below this line is a copy of the message.\n\nReceived: by y\nMessage-ID:\n <orig@y.example>\nSubject: x\n"
    );
    assert_eq!(bounce(&in_text).original_message_id.unwrap().as_str(), "orig@y.example");
    let in_report = format!(
        "{head}\nThis report relates to a message you sent with the following header fields:\n\n  Message-id: <orig@y.example>\n\n  Recipient address: a@b.example\n  Reason: Over quota\n"
    );
    let found = bounce(&in_report);
    assert_eq!(found.original_message_id.unwrap().as_str(), "orig@y.example");
    assert_eq!((found.status.as_deref(), found.recipient.as_deref()), (Some("5.2.2"), Some("a@b.example")));
    let by_thread = format!("{head}In-Reply-To: <orig@y.example>\n\n<a@b.example>: no such user\n");
    assert_eq!(bounce(&by_thread).original_message_id.unwrap().as_str(), "orig@y.example");
}

#[test]
fn the_recipient_is_neither_the_sender_nor_the_postmaster() {
    let text = "From: MAILER-DAEMON@x.example\nTo: us@y.example\nSubject: Undeliverable\n\nFor help write to <postmaster@x.example>.\nMAIL FROM:<us@y.example>\nRCPT TO:<a@b.example>\n<<< 550 gone\n";
    assert_eq!(bounce(text).recipient.as_deref(), Some("a@b.example"));
    let to_itself = "From: MAILER-DAEMON@x.example\nTo: us@y.example\nSubject: Undeliverable\n\n<us@y.example>: mailbox full\n";
    assert_eq!(bounce(to_itself).recipient.as_deref(), Some("us@y.example"));
}

#[test]
fn the_diagnostic_is_the_line_that_says_why() {
    let text = "From: MAILER-DAEMON@x.example\nTo: us@y.example\nSubject: Undeliverable\n\nDear sender,\n\n<spam-trap@b.example>:\nhost mx said:\n550 user unknown\nin reply to RCPT\n\nYours";
    let found = bounce(text);
    assert_eq!(found.diagnostic.as_deref(), Some("550 user unknown in reply to RCPT"));
    assert_eq!(found.status.as_deref(), Some("5.1.1"));
}
