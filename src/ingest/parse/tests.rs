//! Mails of all shapes, and of none.

use super::*;

fn read_text(mail: &str) -> Mail {
    parse(mail.as_bytes().into(), &ParseLimits::default())
}

#[test]
fn a_simple_mail() {
    let mail = read_text("From: Ana <ana@example.org>\nTo: b@example.org\nSubject: Hola\n\nBuenos =días\n");
    assert_eq!(mail.from.unwrap().address, "ana@example.org");
    assert_eq!(mail.subject, "Hola");
    assert_eq!(mail.body.text, "Buenos =días");
    assert_eq!(mail.body.source, BodySource::Plain);
}
