//! What a thousand rules cost a mail: `cargo bench --bench rules`. Figures to compare, never a test.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use taquilla::desk::token::Keys;
use taquilla::desk::{Desk, SenderKind};
use taquilla::mail::{Address, Body, BodySource, Class, Classified, Digest, Mail};
use taquilla::rules::{Facts, RuleEvent, RuleSet};

const RULES: usize = 1000;
const MAILS: usize = 200;

/// Words as they stand in mails to a help desk, some of them with accents.
const WORDS: [&str; 24] = [
    "Buenas",
    "tardes",
    "señores",
    "de",
    "soporte",
    "técnico",
    "la",
    "impresora",
    "del",
    "piso",
    "no",
    "imprime",
    "desde",
    "ayer",
    "necesito",
    "que",
    "alguien",
    "venga",
    "a",
    "revisar",
    "mañana",
    "código",
    "atención",
    "gracias",
];

fn text(seed: usize, octets: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut out = String::new();
    while out.len() < octets {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let word = WORDS.iter().cycle().nth((state >> 33) as usize % WORDS.len());
        out.push_str(word.unwrap_or(&""));
        out.push_str(if state >> 60 == 0 { ".\n" } else { " " });
    }
    out
}

fn mail(seed: usize) -> Mail {
    let text = text(seed, 10_000);
    Mail {
        raw: text.as_bytes().into(),
        digest: Digest::of(text.as_bytes()),
        headers: Vec::new(),
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        from: Some(Address::named("José Núñez", format!("user{seed}@minem.example"))),
        reply_to: Vec::new(),
        to: vec![Address::bare("soporte@minem.example")],
        cc: Vec::new(),
        return_path: None,
        subject: format!("Avería número {seed}: la impresora no imprime"),
        date: None,
        body: Body {
            source: BodySource::Plain,
            new_text: text.clone(),
            text,
            quoted_text: String::new(),
            html_new_text: None,
            html: None,
        },
        language: None,
        attachments: Vec::new(),
        defects: Vec::new(),
    }
}

/// A thousand rules with this condition, `N` replaced by the number of the rule.
fn rules(condition: &str) -> RuleSet {
    let mut file = String::new();
    for n in 0..RULES {
        let condition = condition.replace('N', &n.to_string());
        file.push_str(&format!("[[rule]]\nname = \"rule {n}\"\n{condition}\nthen.tags = \"t{n}\"\n\n"));
    }
    let desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
    RuleSet::read(&[("10-bench.toml".to_owned(), file)], &desk, &[]).expect("rules without mistakes")
}

/// Time for one mail, the middle of many different ones.
fn per_mail(set: &RuleSet, mails: &[Mail]) -> (Duration, Duration) {
    let classified =
        Classified { class: Class::Person, evidence: Vec::new(), bounce: None, no_answer: false };
    let mut times: Vec<Duration> = mails
        .iter()
        .map(|mail| {
            let begun = Instant::now();
            black_box(set.evaluate(&Facts {
                mail,
                classified: &classified,
                event: RuleEvent::New,
                sender: SenderKind::Customer,
                authentication: "none",
                mailbox: "soporte",
                ticket: None,
                customer: None,
                text_limit: 64 * 1024,
                now: Timestamp::UNIX_EPOCH,
            }));
            begun.elapsed()
        })
        .collect();
    times.sort();
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    (at(times.len() / 2), at(times.len() - 1))
}

fn main() {
    let mails: Vec<Mail> = (0..MAILS).map(mail).collect();
    let hostile: Vec<Mail> = (0..20)
        .map(|seed| {
            let mut mail = mail(seed);
            mail.body.new_text = text(seed, 64 * 1024).replace(' ', "\u{301} ñandú7 host-");
            mail
        })
        .collect();
    let kinds = [
        ("one word in the subject", "when.subject = 'averíaN'"),
        ("words in the text", "when.text = ['palabraN', 'impresión N', 'otraN']"),
        ("phrase in the text that is nearly there", "when.text = 'impresora N no imprime'"),
        ("expression in the text, Unicode \\b", r"when.text = '/\bimpresoraN\b/'"),
        ("expression with groups", r"when.text = '/\[(?<host>[\w.-]+)N\] (?<what>CRITICAL|DOWN)/'"),
        ("expression that starts with anything", r"when.text = '/\w+@hostN\.example\s+\d{3,}/'"),
        ("stars in the sender", "when.from = '*@monitorN.minem.example'"),
        ("stars in the text", "when.text = '*monitorN*'"),
        ("header, ticket and class", "when.header.x-rule = 'N'\nwhen.class = 'person'"),
        ("all rules hold", "when.subject = 'impresora'"),
    ];
    let mut out = std::io::stdout();
    writeln!(out, "{RULES} rules; a mail of 10 KB (median, worst) and of 64 KB made to be slow")
        .expect("stdout");
    let begun = Instant::now();
    let nothing = per_mail(&rules("when.subject = false"), &mails).0;
    writeln!(out, "reading {RULES} rules: {:?}", begun.elapsed()).expect("stdout");
    for (name, condition) in kinds {
        let begun = Instant::now();
        let set = rules(condition);
        let reading = begun.elapsed();
        let (median, worst) = per_mail(&set, &mails);
        let slow = per_mail(&set, &hostile).1;
        let ratio = median.as_secs_f64() / nothing.as_secs_f64();
        writeln!(
            out,
            "{name:<42} {median:>10.1?} {worst:>10.1?} {slow:>10.1?}   {ratio:>5.1} x no condition, read in {reading:.0?}"
        )
        .expect("stdout");
    }
}
