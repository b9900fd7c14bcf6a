//! Whole mails, one a paragraph of `cases.txt`: `=== class [status recipient] | what it is`, then the mail.

use std::sync::Arc;

use proptest::prelude::*;

use super::{OwnMarks, classify};
use crate::ingest::parse::{ParseLimits, parse};
use crate::mail::LOOP_HEADER;
use crate::mail::{Address, Class, Classified, Mail};

const CASES: &str = include_str!("cases.txt");

fn own() -> OwnMarks {
    OwnMarks::new(Some("desk-7".to_owned()), ["Soporte@minem.example"])
}

fn read(text: &str) -> Mail {
    let raw: Arc<[u8]> = text.replace('\n', "\r\n").into_bytes().into();
    parse(raw, &ParseLimits::default())
}

fn of(text: &str) -> Classified {
    classify(&read(text), &own())
}

#[test]
fn every_case_has_its_class_and_bounces_their_codes() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for case in CASES.split("=== ").skip(1) {
        let (head, mail) = case.split_once('\n').unwrap();
        let (wanted, name) = head.split_once(" | ").unwrap();
        let got = of(mail);
        let bounce = got.bounce.as_ref().map(|bounce| {
            let text = |field: &Option<String>| field.clone().unwrap_or_default();
            format!(" {} {}", text(&bounce.status), text(&bounce.recipient))
        });
        let shown = format!("{}{}", got.class, bounce.unwrap_or_default());
        if shown != wanted {
            wrong.push(format!("{name}: wanted {wanted}, got {shown} by {:?}", got.evidence));
        }
        assert_eq!(got.bounce.is_some(), got.class == Class::Bounce, "{name}");
        assert!(got.class == Class::Person || !got.evidence.is_empty(), "{name} has no evidence");
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 60, "only {count} cases");
}

#[test]
fn evidence_is_what_the_mail_says() {
    let got = of("From: a@b.example\nAuto-Submitted: auto-replied\nSubject: x\n\nx");
    assert_eq!(got.evidence, ["Auto-Submitted: auto-replied"]);
    let got = of("From: a@b.example\nAuto-Submitted: no\nSubject: x\n\nx");
    assert_eq!((got.class, got.no_answer, got.evidence.len()), (Class::Person, false, 0));
}

#[test]
fn silence_is_asked_for_in_many_ways() {
    let silent = [
        "X-Auto-Response-Suppress: OOF, DR",
        "X-Auto-Response-Suppress: RN",
        "Precedence: junk",
        "Return-Path: <>",
        "Return-Path: <owner-users@lists.example>",
        "List-Id: <users.lists.example>",
        "Auto-Submitted: auto-notified",
    ];
    for field in silent {
        assert!(of(&format!("From: a@b.example\n{field}\nSubject: x\n\nx")).no_answer, "{field}");
    }
    for field in [
        "X-Auto-Response-Suppress: None",
        "Precedence: first-class",
        "Return-Path: <a@b.example>",
        "X-Loop: 1",
    ] {
        assert!(!of(&format!("From: a@b.example\n{field}\nSubject: x\n\nx")).no_answer, "{field}");
    }
    for from in
        ["noreply@b.example", "users-request@b.example", "soporte@minem.example", "soporte+k7@minem.example"]
    {
        assert!(of(&format!("From: {from}\nSubject: x\n\nx")).no_answer, "{from}");
    }
}

#[test]
fn our_own_address_alone_does_not_hide_a_mail() {
    assert_eq!(of("From: soporte@minem.example\nSubject: x\n\nfrom the shared mailbox").class, Class::Person);
    let other = format!("From: a@b.example\n{LOOP_HEADER}: another-desk\nSubject: x\n\nx");
    assert_eq!(of(&other).class, Class::Person);
    let nameless = classify(&read(&format!("From: a@b.example\n{LOOP_HEADER}: \n\nx")), &OwnMarks::default());
    assert_eq!(nameless.class, Class::Person);
}

#[test]
fn own_addresses_compare_without_case_and_plus_part() {
    assert!(own().is_own(&Address::bare("SOPORTE@MINEM.EXAMPLE")));
    assert!(own().is_own(&Address::bare("soporte+ref.7@minem.example")));
    assert!(!own().is_own(&Address::bare("soporte@minem.example.evil.example")));
}

#[test]
fn nothing_at_all_is_a_person() {
    for text in ["", "\n", "\n\n\n", "garbage without a header"] {
        assert_eq!(of(text).class, Class::Person, "{text:?}");
    }
}

#[test]
fn hostile_sizes_end() {
    let many = |piece: &str| piece.repeat(2_000_000 / piece.len());
    for piece in [
        "550 5.1.1 ",
        "a@b.example ",
        "Final-Recipient: rfc822; a@b.example\n\n",
        "<<<\n",
        "@",
        "Action: failed\n",
        "不在 ",
    ] {
        let text = format!("From: MAILER-DAEMON@b.example\nSubject: failure notice\n\n{}", many(piece));
        assert_eq!(of(&text).class, Class::Bounce, "{piece:?}");
        assert!(
            of(&text).bounce.is_some_and(|bounce| bounce.diagnostic.is_none_or(|said| said.len() <= 4_000))
        );
    }
    let subject = format!("From: a@b.example\nSubject: {}\n\nx", many("[EXTERNAL] Re: "));
    assert_eq!(of(&subject).class, Class::Person);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_octets_make_it_panic(octets in proptest::collection::vec(any::<u8>(), 0..2_000)) {
        let mail = parse(octets.into(), &ParseLimits::default());
        classify(&mail, &own());
    }

    /// Fields and texts in any order and mixture; the class is found twice the same.
    #[test]
    fn no_mixture_makes_it_panic(
        fields in proptest::collection::vec(
            prop::sample::select(vec![
                "From: MAILER-DAEMON@x.example", "From: <>", "From: ana@x.example", "Return-Path: <>", "Auto-Submitted: auto-replied",
                "Subject: Undeliverable: x", "Subject: 自動応答: x", "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
                "Content-Type: message/delivery-status", "X-Failed-Recipients: ,,@", "List-Id: <>", "X-Amz-Sns-Message-Id: 1",
            ]), 0..8),
        body in proptest::collection::vec(
            prop::sample::select(vec![
                "--b", "--b--", "", "Content-Type: message/delivery-status", "Final-Recipient: rfc822;", "Status: 5.", "Action: ", "<@>", "550 5.1.1 @",
                "--- Below this line is a copy of the message.", "{\"notificationType\":\"Bounce\"}", "Received: from", " \u{e9}\u{301}@\u{4e0d}", "\\x{110000}@x",
            ]), 0..30),
    ) {
        let text = format!("{}\n\n{}", fields.join("\n"), body.join("\n"));
        let mail = read(&text);
        prop_assert_eq!(classify(&mail, &own()), classify(&mail, &own()));
    }
}
