//! What a thousand rules cost a mail: `cargo bench --bench rules`. Figures to compare, never a test.

use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use regex::Regex;
use taquilla::desk::token::Keys;
use taquilla::desk::{
    Calendar, Customer, Desk, Hours, NewTicket, Priority, SenderKind, StateType, Ticket, TicketId,
    TicketNumber,
};
use taquilla::mail::{
    Address, Attachment, Body, BodySource, Class, Classified, Digest, Header, Language, Mail,
};
use taquilla::rules::{Facts, RuleEvent, RuleSet};

#[path = "desk/words.rs"]
mod words;

use words::Chance;

const RULES: usize = 1000;
const MAILS: usize = 200;

/// Text of about so many octets.
fn text(seed: usize, octets: usize) -> String {
    Chance::new(seed as u64).words(octets)
}

/// As many fields as a mail has that came through a border and a filter.
fn headers(seed: usize) -> Vec<Header> {
    let hops = (0..12)
        .map(|hop| ("Received".to_owned(), format!("from mx{hop}.example by mx.minem.example; {seed}")));
    let own = [
        ("X-Spam-Score", "2.1 (++)"),
        ("X-Mailer", "Correo del Ministerio 3"),
        ("List-Id", "<avisos.example>"),
    ];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    hops.chain(own).map(|(name, value)| Header { name, value }).collect()
}

fn attachments() -> Vec<Attachment> {
    let file = |name: &str, kind: &str| Attachment {
        name: name.to_owned(),
        content_type: kind.to_owned(),
        content_id: None,
        inline: false,
        digest: Digest::of(name.as_bytes()),
        content: vec![0; 20_000].into(),
    };
    vec![file("Captura de pantalla (3).png", "image/png"), file("Informe técnico.pdf", "application/pdf")]
}

fn ticket() -> Ticket {
    let now = NewTicket {
        number: TicketNumber::new("2013121610000137").expect("digits"),
        title: "La impresora no imprime".to_owned(),
        queue: "Help desk".to_owned(),
        kind: "incident".to_owned(),
        service: Some("Equipos::Impresoras".to_owned()),
        state: "open".to_owned(),
        state_type: StateType::Open,
        priority: Priority::NORMAL,
        locked: false,
        owner: None,
        responsible: None,
        customer: None,
        participants: Vec::new(),
        language: Language::Es,
        level: "0".to_owned(),
        tags: ["vip".to_owned()].into(),
        fields: [("piso".to_owned(), "3".to_owned())].into(),
        created: now(),
    };
    Ticket::begun(TicketId(1), now)
}

fn customer() -> Customer {
    Customer {
        name: Some("José Núñez".to_owned()),
        department: Some("Oficina de Logística".to_owned()),
        fields: [("anexo".to_owned(), "2101".to_owned())].into(),
        ..Customer::default()
    }
}

/// A Monday morning.
fn now() -> Timestamp {
    "2026-03-02T14:00:00Z".parse().expect("a time")
}

fn desk() -> Desk {
    let mut desk = Desk::empty(Keys::new(vec![(1, [0; 32])]));
    let hours =
        || vec![Hours::read("08:00-13:00").expect("hours"), Hours::read("14:00-17:00").expect("hours")];
    let zone = TimeZone::get("America/Lima").expect("a zone");
    desk.calendars.extend(Calendar::new("oficina", zone, std::array::from_fn(|_| hours()), [].into()));
    desk.customers.insert("user0@minem.example".to_owned(), customer());
    desk.customer_columns = ["anexo".to_owned()].into();
    desk
}

/// Conditions as desks write them, one of each for every so many rules; `§` is the number of the rule.
const MIXED: [&str; 12] = [
    "when.subject = ['impresora§', 'tóner§', 'fotocopiadora§']",
    "when.text = ['no hay internet§', 'sin red§', 'nadie puede§']",
    "when.from = '*@monitor§.minem.example'",
    "when.from = '@proveedor§.example'\nwhen.not.subject = 'factura'",
    r"when.subject = '/\[(?<host>[\w.-]+)-§\] (?<what>CRITICAL|DOWN)/'",
    r"when.text = '/\b(?:código|número)\s+§\d{2,}\b/'",
    r"when.text = '/\bpiso\s*:?\s*(?<piso>§\d{1,2})\b/'",
    "when.header.x-mailer = 'programa §'\nwhen.header.x-spam-score = '>= 5'",
    "when.event = ['new', 'follow-up']\nwhen.age = 'older §d'",
    "when.hours = 'outside oficina'\nwhen.customer.department = 'Dirección §'",
    "when.attachment.name = ['*.exe', 'informe§*']\nwhen.attachment.size = '> 5 MB'",
    "when.any = [{ subject = 'equipo§' }, { text = 'equipo §' }, { all = [{ field.piso = '> §00' }, { cc = true }] }]",
];

/// A thousand rules of all of them; every fiftieth holds.
fn mixed() -> RuleSet {
    let mut file = String::new();
    for (n, condition) in MIXED.iter().cycle().enumerate().take(RULES) {
        let condition = if n % 50 == 0 { "when.subject = 'impresora'" } else { condition };
        let condition = condition.replace('§', &n.to_string());
        file.push_str(&format!("[[rule]]\nname = \"rule {n}\"\n{condition}\nthen.field.f{n} = \"x\"\n\n"));
    }
    read(file)
}

fn read(file: String) -> RuleSet {
    let set = RuleSet::read(&[("10-bench.toml".to_owned(), file)], &desk(), &[]);
    set.map_err(|mistakes| mistakes.first().map(|first| first.one_line())).expect("rules without mistakes")
}

/// What it costs to ask a thousand expressions one by one, as they stand in the rules.
fn alone(condition: &str, mails: &[Mail]) -> Option<Duration> {
    let (key, expression) = condition.split_once(" = '/")?;
    let expression = expression.strip_suffix("/'")?;
    let compiled = |n: usize| {
        let expression = expression.replace('N', &n.to_string());
        Regex::new(&format!("(?im){expression}")).expect("an expression")
    };
    let all: Vec<Regex> = (0..RULES).map(compiled).collect();
    let mut times: Vec<Duration> = mails
        .iter()
        .take(10)
        .map(|mail| {
            let text = if key.ends_with("subject") { &mail.subject } else { &mail.body.new_text };
            let begun = Instant::now();
            black_box(all.iter().filter(|one| one.is_match(text)).count());
            begun.elapsed()
        })
        .collect();
    times.sort();
    times.get(times.len() / 2).copied()
}

fn mail(seed: usize) -> Mail {
    let text = text(seed, 10_000);
    Mail {
        raw: text.as_bytes().into(),
        digest: Digest::of(text.as_bytes()),
        headers: headers(seed),
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
            text: text.as_str().into(),
            new_text: text,
            quoted_text: String::new(),
            html_new_text: None,
        },
        language: None,
        attachments: attachments(),
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
    read(file)
}

/// Asked for the first time, the middle and the worst of many different mails; and the worst of the best of three, which
/// no other program on the machine has a part in.
struct Times {
    median: Duration,
    worst: Duration,
    worst_again: Duration,
}

/// Time for one mail, of many different ones.
fn per_mail(set: &RuleSet, mails: &[Mail]) -> Times {
    let classified =
        Classified { class: Class::Person, evidence: Vec::new(), bounce: None, no_answer: false };
    let (ticket, customer) = (ticket(), customer());
    let once = |mail: &Mail| {
        let begun = Instant::now();
        black_box(set.evaluate(&Facts {
            mail,
            classified: &classified,
            event: RuleEvent::New,
            sender: SenderKind::Customer,
            authentication: "none",
            mailbox: "soporte",
            ticket: Some(&ticket),
            customer: Some(&customer),
            text_limit: 64 * 1024,
            work_limit: usize::MAX,
            now: now(),
            told: false,
        }));
        begun.elapsed()
    };
    let mut times: Vec<Duration> = mails.iter().map(once).collect();
    let best = mails.iter().zip(&times).map(|(mail, first)| once(mail).min(once(mail)).min(*first));
    let worst_again = best.max().unwrap_or_default();
    times.sort();
    let at = |index: usize| times.get(index).copied().unwrap_or_default();
    Times { median: at(times.len() / 2), worst: at(times.len() - 1), worst_again }
}

/// A row of the table.
fn row(name: &str, set: &RuleSet, mails: &[Mail], hostile: &[Mail], rest: &str) {
    let Times { median, worst, worst_again } = per_mail(set, mails);
    let slow = per_mail(set, hostile).worst_again;
    let mut out = std::io::stdout();
    writeln!(out, "{name:<42} {median:>9.1?} {worst:>9.1?} {worst_again:>9.1?} {slow:>9.1?}  {rest}")
        .expect("stdout");
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
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{RULES} rules; a mail of 10 KB (median, worst, worst of the best of three) and one of 64 KB made to be slow"
    )
    .expect("stdout");
    row("all kinds of conditions, mixed", &mixed(), &mails, &hostile, "");
    let kinds = [
        ("one word in the subject", "when.subject = 'averíaN'"),
        ("words in the text", "when.text = ['palabraN', 'impresión N', 'otraN']"),
        ("phrase in the text that is nearly there", "when.text = 'impresora N no imprime'"),
        ("expression in the text, Unicode \\b", r"when.text = '/\bimpresoraN\b/'"),
        ("expression with groups", r"when.text = '/\[(?<host>[\w.-]+)N\] (?<what>CRITICAL|DOWN)/'"),
        ("expression that starts with anything", r"when.text = '/\w+@hostN\.example\s+\d{3,}/'"),
        (
            "expression in the text, Unicode classes",
            r"when.text = '/\b(?:código|n[uú]mero)\s+[^\W\d]{3,}N\d+\b/'",
        ),
        (
            "expression whose words all stand there",
            r"when.text = '/\bimpresora\b[^.\n]*\b(?:piso|sistema)\b[^\d\n]*(?:N)?\d/'",
        ),
        ("expression without any word", r"when.text = '/\b\p{Lu}\w+\s\d{2,}\s?N?\b/'"),
        ("stars in the sender", "when.from = '*@monitorN.minem.example'"),
        ("stars in the text", "when.text = '*monitorN*'"),
        (
            "hours, age and a column",
            "when.hours = 'inside oficina'\nwhen.age = 'newer 9d'\nwhen.customer.anexo = 'N'",
        ),
        ("header as a number", "when.header.x-spam-score = '>= N'"),
        ("attachments", "when.attachment.name = '*N.exe'\nwhen.attachment.size = '> 1 kB'"),
        ("header, ticket and class", "when.header.x-rule = 'N'\nwhen.class = 'person'"),
        ("all rules hold", "when.subject = 'impresora'"),
    ];
    for (name, condition) in kinds {
        let begun = Instant::now();
        let set = rules(condition);
        let reading = begun.elapsed();
        let alone = alone(condition, &mails)
            .map_or_else(String::new, |alone| format!("; each by itself {alone:.1?} a mail"));
        row(name, &set, &mails, &hostile, &format!("read in {reading:.0?}{alone}"));
    }
}
