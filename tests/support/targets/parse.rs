//! Raw octets to a mail: what holds of every mail, however broken.

use taquilla::ingest::bounce;
use taquilla::ingest::classify::{OwnMarks, classify};
use taquilla::ingest::parse::{ParseLimits, headers, parse, safe_html};
use taquilla::mail::{Digest, Mail};

/// Low enough that inputs of a few kilobytes go beyond them.
const LOW: ParseLimits =
    ParseLimits { levels: 3, parts: 8, header_octets: 600, addresses: 4, text_octets: 500 };

pub(super) fn run(octets: &[u8]) {
    let usual = ParseLimits::default();
    let mail = parse(octets.into(), &usual);
    check(&mail, octets);
    assert_eq!(mail, parse(octets.into(), &usual), "the same octets are the same mail");
    let cut = parse(octets.into(), &LOW);
    check(&cut, octets);
    assert!(cut.body.text.len() <= 3 * LOW.text_octets, "{} octets of text", cut.body.text.len());
    drop(headers(octets, &usual));
    let classified = classify(&mail, &OwnMarks::new(Some("fuzz".to_owned()), ["soporte@minem.example"]));
    assert!(classified.bounce.is_none() || classified.class == taquilla::mail::Class::Bounce);
    let _read = bounce::read(&mail);
}

fn check(mail: &Mail, octets: &[u8]) {
    assert_eq!(&*mail.raw, octets, "the original is kept");
    assert_eq!(mail.digest, Digest::of(octets));
    for text in [&*mail.body.text, &mail.body.new_text, &mail.body.quoted_text, &mail.subject] {
        let wrong = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
        assert!(wrong.is_none(), "the control character {wrong:?} in {text:?}");
    }
    assert!(!mail.subject.contains('\n'), "a subject of two lines: {:?}", mail.subject);
    assert!(
        mail.body.text.trim().is_empty()
            // A reference of our own is nobody's words.
            || mail.body.text.contains("[ref:")
            || !mail.body.new_text.trim().is_empty() || !mail.body.quoted_text.trim().is_empty(),
        "text became nothing: {:?}",
        mail.body
    );
    for field in &mail.headers {
        let wrong = field.value.chars().find(|c| c.is_control() && *c != '\t');
        assert!(wrong.is_none(), "the control character {wrong:?} in the header {field:?}");
    }
    for file in &mail.attachments {
        let name = &file.name;
        let safe = !name.is_empty() && name != "." && name != ".." && name.len() <= 255;
        assert!(
            safe && !name.contains(['/', '\\']) && !name.contains(char::is_control),
            "a file named {name:?}"
        );
        assert_eq!(file.digest, Digest::of(&file.content));
    }
    if let Some((html, _)) = safe_html(octets, &ParseLimits::default()) {
        let low = html.to_lowercase();
        let active = ["<script", "<iframe", "<object", "<style", "javascript:\"", " onload=\""];
        assert!(!active.iter().any(|word| low.contains(word)), "active HTML: {html}");
    }
}
