//! The text of a rule file to rules, mistakes inside the file, and rules asked about a mail.

use std::sync::LazyLock;

use taquilla::config::diagnostic::{Diagnostic, Place, render_all};
use taquilla::desk::SenderKind;
use taquilla::ingest::classify::classify;
use taquilla::ingest::parse::{ParseLimits, parse};
use taquilla::mail::Mail;
use taquilla::pipeline::House;
use taquilla::rules::{Facts, RuleEvent, RuleSet};

use super::super::golden::house;

static HOUSE: LazyLock<House> = LazyLock::new(house);

static MAIL: LazyLock<Mail> = LazyLock::new(|| {
    let raw = b"From: Ana Torres <ana.torres@minem.example>\r\nTo: soporte@minem.example\r\n\
        Subject: =?utf-8?q?La_impresora_del_piso_7_est=C3=A1_atascada?=\r\nX-Priority: 1\r\n\
        Date: Mon, 2 Mar 2026 09:00:00 -0500\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
        Buenos d\xc3\xadas: no imprime, error E-0042.\r\n--b\r\nContent-Type: application/pdf; name=hoja.pdf\r\n\r\n%PDF\r\n--b--\r\n";
    parse(raw.as_slice().into(), &ParseLimits::default())
});

pub(super) fn run(octets: &[u8]) {
    let Ok(text) = std::str::from_utf8(octets) else { return };
    let house = &*HOUSE;
    let files = [("10-fuzz.toml".to_owned(), text.to_owned())];
    let set = match RuleSet::read(&files, &house.policy.desk, &["rule-notice", "rejected"]) {
        Ok(set) => set,
        Err(mistakes) => {
            assert!(!mistakes.is_empty(), "refused, and nobody says why");
            mistakes.iter().for_each(check);
            assert!(!render_all(&mistakes, false).is_empty() && !render_all(&mistakes, true).is_empty());
            return;
        }
    };
    let mail = &*MAIL;
    let facts = Facts {
        mail,
        classified: &classify(mail, &house.marks),
        event: RuleEvent::New,
        sender: SenderKind::Customer,
        authentication: "pass",
        mailbox: "soporte",
        ticket: None,
        customer: None,
        text_limit: 65_536,
        work_limit: house.policy.desk.limits.rule_work_bytes,
        now: "2026-03-02T14:00:00Z".parse().unwrap(),
        told: true,
    };
    let evaluated = set.evaluate(&facts);
    assert!(evaluated.traces.len() <= set.len());
    assert_eq!(evaluated, set.evaluate(&facts), "asking changes nothing");
}

fn check(mistake: &Diagnostic) {
    for place in mistake.place.iter().chain(&mistake.related) {
        inside(place);
    }
    assert!(!mistake.title.is_empty() && !mistake.title.contains('\n'), "{:?}", mistake.title);
    assert!(mistake.one_line().lines().count() == 1, "{}", mistake.one_line());
}

fn inside(place: &Place) {
    let (text, span) = (&place.source.text, &place.span);
    assert!(span.start <= span.end && span.end <= text.len(), "{span:?} of {} octets", text.len());
    assert!(
        text.is_char_boundary(span.start) && text.is_char_boundary(span.end),
        "{span:?} divides a character"
    );
}
