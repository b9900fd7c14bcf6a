//! Composed mails, read again by the parser.

mod injection;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use mail_parser::{MessageParser, MimeHeaders as _};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::desk::{
    Agent, Allowance, NewTicket, Priority, Queue, StateType, TicketId, TicketNumber, TicketRef,
};
use crate::mail::{Address, Attachment};
use crate::outbound::catalog::TEMPLATES;
use crate::outbound::data;
use crate::outbound::template::{Fill, sample};

const SEED: [u8; 32] = [7; 32];
const NUMBER: &str = "2013121610000137";

fn now() -> Timestamp {
    "2013-12-18T19:05:00Z".parse().unwrap()
}

fn desk() -> Desk {
    let mut desk = Desk::empty(token::Keys::new(vec![(1, [9; 32])]));
    desk.name = "Mesa de Ayuda".into();
    desk.address = Address::named("Mesa de Ayuda", "soporte@minem.example");
    desk.time_zone = TimeZone::get("America/Lima").unwrap();
    desk.instance = "a1b2c3".into();
    desk.queues = vec![Queue {
        signature: Some("{{agent}}\n{{queue}}, Ministerio de Energía y Minas\nAnexo 1234".into()),
        ..Queue::named("Mesa de Ayuda")
    }];
    desk.default_queue = "Mesa de Ayuda".into();
    desk.agents = vec![Agent {
        login: "mgomez".into(),
        name: "María Gómez".into(),
        addresses: vec!["mgomez@minem.example".into()],
        language: None,
        roles: Vec::new(),
        level: 0,
    }];
    desk
}

fn ticket() -> NewTicket {
    NewTicket {
        number: TicketNumber::new(NUMBER).unwrap(),
        title: "Pc sin internet".into(),
        queue: "Mesa de Ayuda".into(),
        kind: "incident".into(),
        service: Some("Equipos::PC".into()),
        state: "open".into(),
        state_type: StateType::Open,
        priority: Priority::NORMAL,
        locked: false,
        owner: None,
        responsible: Some("mgomez".into()),
        customer: Some(Address::named("José Ñáñez", "jnanez@minem.example")),
        participants: Vec::new(),
        language: Language::Es,
        level: "0".into(),
        tags: BTreeSet::new(),
        fields: BTreeMap::new(),
        created: "2013-12-16T16:00:00Z".parse().unwrap(),
    }
}

/// A notice with data as a decision gives them.
fn notice(template: &str, language: Language) -> Notice {
    let spec = catalog::find(template).unwrap();
    let mut fields = sample(template, Fill::Everything, "…");
    fields.retain(|name, _| !catalog::COMMON.iter().any(|common| common.name == name));
    fields.extend(data::ticket_data(&desk(), &ticket(), language, now()));
    let natural = json!({
        "agent": "María Gómez", "by": "María Gómez", "before": "Redes",
        "text": "Buenos días:\n\nNo hay internet en mi PC desde las 9.\n\n  Saludos, José",
        "attachments": ["captura.png", "Ñandú.pdf"], "from": { "name": "José Ñáñez", "address": "jnanez@minem.example" },
        "pending_until": "20/12/2013 09:00 (-5)", "supplier": "Suministros Andinos", "since": "17/12/2013 10:00 (-5)", "changes": ["prioridad: 3 normal -> 4 alto"],
        "copies": [], "waits_until": null, "done": true, "evidence": ["reply token issued to mgomez"], "text_went": null,
        "lines": [
            { "line": "#tomar", "done": true, "result": "responsable: ninguno -> María Gómez" },
            { "line": "#prioridad alta", "done": true, "result": "prioridad: 3 normal -> 4 alto" },
        ],
        "code": "abcdefghijklmnopqrstuvwxyz", "mail_subject": "RE: Pc sin internet", "minutes": "30",
        "actions": ["#cerrar"], "expires": "18/12/2013 14:35 (-5)", "why": "la dirección no está probada",
        "resumed": false, "copy": false, "score": "5", "closed": "01/12/2013 08:00 (-5)", "recipient": "jnanez@minem.example",
        "alarm": "El buzón soporte no responde", "rule": "Impresoras", "size": "52 MB", "limit": "40 MB",
        "commands": [{ "form": "#cerrar", "does": "cierra el ticket" }, { "form": "#tomar", "does": "lo toma" }],
    });
    for (name, value) in natural.as_object().unwrap() {
        if fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
    if template.contains("closed") || template.starts_with("survey") {
        fields.insert("state".into(), "cerrado con éxito".into());
    }
    if matches!(template, "customer-follow-up" | "reopened") {
        fields.insert("before".into(), "cerrado con éxito".into());
    }
    let to_customer = matches!(spec.audience, Audience::Customer | Audience::Supplier);
    let purpose = match spec.reply {
        _ if template.starts_with("survey") => token::Use::Survey,
        _ if spec.audience == Audience::Supplier => token::Use::Supplier,
        catalog::ReplyGoes::Internal => token::Use::Internal,
        catalog::ReplyGoes::ToSupplier => token::Use::Relay,
        catalog::ReplyGoes::Unsaid if spec.audience == Audience::Agent => token::Use::Internal,
        catalog::ReplyGoes::ToCustomer | catalog::ReplyGoes::Unsaid => token::Use::Thread,
    };
    Notice {
        ticket: Some(TicketRef::Existing(TicketId(1))),
        number: Some(ticket().number),
        template: template.into(),
        language,
        from: desk().address,
        to: if to_customer { ticket().customer.unwrap() } else { desk().agents[0].address() },
        cc: Vec::new(),
        data: fields,
        kind: match template {
            "agent-answer" => NoticeKind::Human,
            "ticket-created" => NoticeKind::AutoReply,
            _ => NoticeKind::Generated,
        },
        in_reply_to: MessageId::new("3@minem.example"),
        references: ["1@minem.example", "2@minem.example"]
            .iter()
            .filter_map(|id| MessageId::new(id))
            .collect(),
        token: Some(purpose),
        not_before: None,
        attachments: Vec::new(),
        allowance: Allowance::Uncounted,
    }
}

fn file(name: &str, content_type: &str, content: &[u8]) -> Attachment {
    Attachment {
        name: name.into(),
        content_type: content_type.into(),
        content_id: None,
        inline: false,
        digest: Digest::of(content),
        content: Arc::from(content),
    }
}

fn made(notice: &Notice) -> Composed {
    let composed = compose(notice, &desk(), Templates::shipped(), now(), SEED).unwrap();
    lawful(&composed.content);
    composed
}

/// RFC 5322 section 2.1.1 and RFC 5321 section 2.3.8: no line over 998 octets, no bare CR or LF, no NUL.
fn lawful(content: &[u8]) {
    let text = std::str::from_utf8(content).unwrap();
    assert!(text.ends_with("\r\n") && !text.contains('\0'));
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    let longest = text.split("\r\n").map(str::len).max().unwrap();
    assert!(longest <= 998, "{longest}");
}

fn header_names(content: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(content).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    let fields = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    fields.map(|line| line.split(':').next().unwrap().to_owned()).collect()
}

fn field(content: &[u8], name: &str) -> Option<String> {
    let unfolded = String::from_utf8_lossy(content).split("\r\n\r\n").next()?.replace("\r\n ", " ");
    unfolded.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
}

#[test]
fn a_mail_says_who_it_is() {
    let mail = made(&notice("ticket-created", Language::Es));
    let of = |name| field(&mail.content, name);
    let token =
        token::issue(&desk().keys, token::Use::Thread, &ticket().number, "jnanez@minem.example", now());
    let token = token.unwrap();
    assert_eq!(of("Date").as_deref(), Some("Wed, 18 Dec 2013 19:05:00 +0000"));
    assert_eq!(of("From").as_deref(), Some("\"Mesa de Ayuda\" <soporte@minem.example>"));
    assert_eq!(of("Subject").as_deref(), Some("[Ticket#2013121610000137] Pc sin internet"));
    assert_eq!(of("Message-ID"), Some(mail.message_id.to_string()));
    assert!(mail.message_id.as_str().starts_with(&format!("{token}.")));
    assert!(mail.message_id.as_str().ends_with("@minem.example"));
    assert_eq!(of("In-Reply-To").as_deref(), Some("<3@minem.example>"));
    assert_eq!(of("References").as_deref(), Some("<1@minem.example> <2@minem.example> <3@minem.example>"));
    assert_eq!(of("Auto-Submitted").as_deref(), Some("auto-replied"));
    assert_eq!(of("X-Auto-Response-Suppress").as_deref(), Some("All"));
    assert_eq!(of("X-Taquilla-Loop").as_deref(), Some("a1b2c3"));
    assert_eq!(of("Reply-To"), None);
    assert_eq!(mail.envelope_sender, EnvelopeSender::Null);
    assert_eq!(
        mail,
        compose(&notice("ticket-created", Language::Es), &desk(), Templates::shipped(), now(), SEED).unwrap()
    );
    let other =
        compose(&notice("ticket-created", Language::Es), &desk(), Templates::shipped(), now(), [8; 32]);
    assert_ne!(mail.message_id, other.unwrap().message_id);
    let parsed = MessageParser::default().parse(&mail.content).unwrap();
    for text in [parsed.body_text(0).unwrap(), parsed.body_html(0).unwrap()] {
        assert!(text.contains(&format!("[ref:{token}]")) && text.contains("José Ñáñez"), "{text}");
    }
}

/// What Thunderbird and Gmail go by: a common id, one subject. Outlook: Thread-Index.
#[test]
fn the_mails_about_a_ticket_are_one_conversation() {
    let heads = |template: &str, answers: Option<&str>, number: &str| {
        let mut notice = notice(template, Language::Es);
        notice.number = TicketNumber::new(number);
        notice.data.insert("number".into(), number.into());
        notice.in_reply_to = answers.and_then(MessageId::new);
        notice.references = notice.in_reply_to.iter().cloned().collect();
        let mail = made(&notice);
        ["Subject", "In-Reply-To", "References", "Thread-Index"].map(|name| field(&mail.content, name))
    };
    let told = heads("new-ticket-agent", None, NUMBER);
    let root = format!("<ticket.{NUMBER}.a1b2c3@minem.example>");
    assert_eq!(told[1].as_deref(), Some(root.as_str()));
    for template in [
        "assigned",
        "owner-changed",
        "queue-changed",
        "level-changed",
        "note-added",
        "closed-agent",
        "reopened",
        "customer-follow-up",
        "pending-reminder",
        "pending-closed",
        "ticket-changed",
        "supplier-wrote",
        "supplier-silent",
        "show",
        "history",
        "receipt",
    ] {
        assert_eq!(heads(template, None, NUMBER), told, "{template}");
    }
    // A receipt answers the agent's mail, which may be a new one, as a button writes it.
    let receipt = heads("receipt", Some("button@phone"), NUMBER);
    assert_eq!(receipt[1].as_deref(), Some("<button@phone>"));
    assert_eq!(receipt[2], Some(format!("{root} <button@phone>")));
    assert_eq!(receipt[3], told[3]);
    let index = data_encoding::BASE64.decode(told[3].as_ref().unwrap().as_bytes()).unwrap();
    assert_eq!((index.len(), index.first()), (22, Some(&1)));
    // Another ticket is another one; and what a customer answers is the customer's own thread.
    assert_ne!(heads("assigned", None, "2013121610000146")[3], told[3]);
    let customers = heads("ticket-created", Some("1@customer"), NUMBER);
    assert_eq!(customers[2].as_deref(), Some("<1@customer>"));
    assert_eq!(customers[3], None);
    // Who telephoned has none.
    assert_eq!(heads("ticket-created", None, NUMBER)[2], Some(root));
}

#[test]
fn a_persons_words_are_not_marked_as_automatic() {
    let mail = made(&notice("agent-answer", Language::Es));
    let from = EnvelopeSender::Address("soporte@minem.example".into());
    assert_eq!(mail.envelope_sender, from);
    assert!(
        ["Auto-Submitted", "X-Auto-Response-Suppress"]
            .iter()
            .all(|name| field(&mail.content, name).is_none())
    );
    let parsed = MessageParser::default().parse(&mail.content).unwrap();
    let text = parsed.body_text(0).unwrap();
    assert!(
        text.contains("-- \r\nMaría Gómez\r\nMesa de Ayuda, Ministerio de Energía y Minas\r\nAnexo 1234\r\n"),
        "{text}"
    );
    assert!(!text.contains("mgomez@") && !text.contains("##-"), "{text}");
}

#[test]
fn agents_are_told_where_a_reply_goes() {
    let text = |notice: &Notice| {
        let mail = made(notice);
        MessageParser::default().parse(&mail.content).unwrap().body_text(0).unwrap().replace("\r\n", "\n")
    };
    let mut follow_up = notice("customer-follow-up", Language::En);
    let said = text(&follow_up);
    let start = "##- Please write your reply above this line -##\n\
                 Your reply goes to José Ñáñez; begin it with #note to keep it internal.\n";
    assert!(said.starts_with(start), "{said}");
    assert!(said.contains("#close, #take, #pend 1d. #help"), "{said}");
    follow_up.data.insert("customer".into(), Value::Null);
    assert!(text(&follow_up).contains("stays internal"));
    let note = text(&notice("note-added", Language::Es));
    assert!(note.contains("quedará como nota interna") && note.starts_with(CUT_LINE_MARK), "{note}");
    follow_up.token = None;
    assert!(!text(&follow_up).contains("##-"));
    // Somebody who is no agent gets no buttons.
    let mut outside = notice("rule-notice", Language::Es);
    outside.to = Address::bare("jefe@otra.example");
    assert!(!text(&outside).contains("#cerrar"));
}

#[test]
fn buttons_are_those_that_the_agent_may_use() {
    let commands = |desk: &Desk, change: fn(&mut Notice)| {
        let mut notice = notice("customer-follow-up", Language::En);
        change(&mut notice);
        let mail = compose(&notice, desk, Templates::shipped(), now(), [3; 32]).unwrap();
        let text = MessageParser::default().parse(&mail.content).unwrap().body_text(0).unwrap().into_owned();
        let line = text.lines().find(|line| line.starts_with("Commands for")).unwrap_or_default().to_owned();
        ["#close", "#take", "#pend"].into_iter().filter(|word| line.contains(*word)).collect::<Vec<_>>()
    };
    let mut desk = desk();
    assert_eq!(commands(&desk, |_| {}), ["#close", "#take", "#pend"]);
    // Her own ticket, and locked.
    let taken = |notice: &mut Notice| drop(notice.data.insert("lock".into(), "locked".into()));
    assert_eq!(commands(&desk, taken), ["#close", "#pend"]);
    let rights = [crate::desk::Right::Read, crate::desk::Right::Owner].into();
    desk.roles.push(crate::desk::Role { name: "deriva".into(), queues: Vec::new(), rights });
    desk.agents[0].roles.push("deriva".into());
    assert_eq!(commands(&desk, |_| {}), ["#take"]);
}

/// Replies of all kinds of programs, above what they quote or merely repeat.
#[test]
fn a_reply_to_a_notice_is_told_from_it() {
    for (template, language) in ["customer-follow-up", "note-added", "receipt"]
        .iter()
        .flat_map(|t| Language::ALL.map(|code| (t, code)))
    {
        let mail = made(&notice(template, language));
        let parsed = MessageParser::default().parse(&mail.content).unwrap();
        let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        for below in
            [text.clone(), quoted.clone(), format!("El mié, 18 dic 2013, Mesa escribió:\n\n{quoted}")]
        {
            let cut = crate::mail::new_text::of_text(&format!("#tomar\n\nDe acuerdo, voy.\n\n{below}"));
            assert_eq!(cut.new_text, "#tomar\n\nDe acuerdo, voy.", "{template}\n{below}");
        }
        let html = format!("<div>De acuerdo, voy.</div><br>{}", parsed.body_html(0).unwrap());
        assert_eq!(crate::mail::new_text::of_html(&html).new_text, "De acuerdo, voy.", "{template}");
    }
}

#[test]
fn buttons_carry_command_and_token() {
    for (template, label, body) in [
        ("customer-follow-up", "Cerrar", "%23cerrar%0D%0A%0D%0A%5Bref%3A"),
        ("survey", "5", "5%0D%0A%0D%0A%5Bref%3A"),
        ("confirmation", "Sí, fui yo", "si%0D%0A%0D%0Aabcdefghijklmnopqrstuvwxyz"),
        ("held-for-author", "Sí, enviarla", "si%0D%0A%0D%0Aabcdefghijklmnopqrstuvwxyz"),
        ("held-for-author", "No, descartarla", "no%0D%0A%0D%0Aabcdefghijklmnopqrstuvwxyz"),
    ] {
        let mail = made(&notice(template, Language::Es));
        let parsed = MessageParser::default().parse(&mail.content).unwrap();
        let html = parsed.body_html(0).unwrap().replace("&#x3D;", "=").replace("&amp;", "&");
        assert!(html.contains("href=\"mailto:soporte@minem.example?subject="), "{html}");
        assert!(html.contains(body) && html.contains(&format!(">{label}</a>")), "{html}");
    }
}

#[test]
fn a_token_goes_into_reply_to_where_the_desk_says_so() {
    let mut desk = desk();
    desk.trust.plus = true;
    let mail = compose(&notice("survey", Language::Es), &desk, Templates::shipped(), now(), SEED).unwrap();
    let reply_to = field(&mail.content, "Reply-To").unwrap();
    assert!(reply_to.starts_with("\"Mesa de Ayuda\" <soporte+"), "{reply_to}");
    let mut long = notice("survey", Language::Es);
    long.from = Address::bare("mesa.de.ayuda.y.soporte@minem.example");
    let mail = compose(&long, &desk, Templates::shipped(), now(), SEED).unwrap();
    assert_eq!(field(&mail.content, "Reply-To"), None);
}

#[test]
fn no_token_of_somebody_else_leaves() {
    let keys = desk().keys;
    let theirs =
        token::issue(&keys, token::Use::Thread, &ticket().number, "eva@minem.example", now()).unwrap();
    let mut notice = notice("customer-follow-up", Language::Es);
    let text = format!("x{theirs} {theirs}\n[ref:{theirs}] <{}.abc@minem.example>", theirs.to_uppercase());
    notice.data.insert("text".into(), text.into());
    notice.data.insert("attachments".into(), json!([format!("{theirs}.pdf")]));
    let mail = made(&notice);
    let parsed = MessageParser::default().parse(&mail.content).unwrap();
    let body = parsed.body_text(0).unwrap();
    for run in token::candidates(&body) {
        let claim = token::verify(&keys, run, now()).unwrap();
        assert!(claim.issued_to("mgomez@minem.example"), "{run}");
    }
    assert!(body.contains("[ref:...] <....abc@minem.example>") && body.contains("- ....pdf"), "{body}");
}

#[test]
fn files_come_along() {
    let mut notice = notice("agent-answer", Language::Es);
    let dots = b".\r\n.\n\rline without end";
    notice.attachments = vec![
        file("../../Ñandú \"1\".pdf", "application/pdf", dots),
        file("carta.eml", "message/rfc822", b"Subject: x\n\ny\n"),
        file("\r\nBcc: eva@x.example", "a/b\r\nBcc: eva@x.example", &[0; 3]),
    ];
    let mail = made(&notice);
    let parsed = MessageParser::default().parse(&mail.content).unwrap();
    let found: Vec<(String, Vec<u8>)> = parsed
        .attachments()
        .map(|part| (part.attachment_name().unwrap_or_default().to_owned(), part.contents().to_vec()))
        .collect();
    assert_eq!(found[0], ("Ñandú _1_.pdf".to_owned(), dots.to_vec()));
    assert_eq!(found[1], ("carta.eml".to_owned(), b"Subject: x\n\ny\n".to_vec()));
    assert_eq!(found[2], ("Bcc_ eva@x.example".to_owned(), vec![0; 3]));
    assert_eq!(found.len(), 3);
    assert!(field(&mail.content, "Content-Type").unwrap().starts_with("multipart/mixed"));
}

#[test]
fn what_cannot_be_sent_is_said() {
    let refused = |change: fn(&mut Notice)| {
        let mut notice = notice("alarm", Language::Es);
        change(&mut notice);
        compose(&notice, &desk(), Templates::shipped(), now(), SEED).unwrap_err().to_string()
    };
    assert_eq!(refused(|n| n.to.address = "nobody".into()), "\"nobody\" is no address that a mail can carry");
    assert_eq!(refused(|n| n.template = "x".into()), "there is no template \"x\"");
    assert!(refused(|n| n.from.address = "a@b\r\nBcc: c@d".into()).contains("no address"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_in_a_notice_adds_to_the_header(
        name in "\\PC*|[ -~\r\n\t\"\\\\<>,:;@=?]{0,400}|(a{0,90} ?ñ?){0,20}",
        title in "\\PC*|[ -~\r\n\t]{0,600}|(=\\?utf-8\\?b\\?QQ==\\?= ?){0,5}",
        text in "(.|\r|\n|\\.\r\n){0,300}",
        id in "[ -~\r\n]{0,80}",
        which in 0..TEMPLATES.len(),
    ) {
        let mut notice = notice(TEMPLATES[which].name, Language::Es);
        let before = header_names(&made(&notice).content);
        notice.to.name = Some(name.clone());
        notice.from.name = Some(name.clone());
        notice.attachments = vec![file(&name, &title, text.as_bytes())];
        notice.references.extend(MessageId::new(&id));
        for entry in ["title", "mail_subject", "rule", "alarm", "by", "agent"] {
            notice.data.insert(entry.into(), title.clone().into());
        }
        notice.data.insert("text".into(), text.clone().into());
        let mail = made(&notice);
        prop_assert_eq!(header_names(&mail.content), before);
        let parsed = MessageParser::default().parse(&mail.content).unwrap();
        prop_assert_eq!(parsed.to().and_then(|to| to.first()).and_then(|to| to.address()), Some(notice.to.address.as_str()));
        prop_assert_eq!(parsed.from().and_then(|to| to.first()).and_then(|to| to.address()), Some("soporte@minem.example"));
        prop_assert_eq!(parsed.subject().unwrap_or_default().trim(), mail.subject.split_whitespace().collect::<Vec<_>>().join(" "));
        prop_assert_eq!(parsed.attachment_count(), 1);
        prop_assert_eq!(parsed.attachment(0).unwrap().contents(), text.as_bytes());
        prop_assert!(parsed.text_body_count() == 1 && parsed.html_body_count() == 1);
        if notice.template == "agent-answer" {
            let words: String = text.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
            let shown: String = parsed.body_text(0).unwrap().chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(shown.starts_with(&words), "{shown} does not begin with {words}");
        }
    }
}

/// What readers get, as text: `fixtures/outgoing`. `TAQUILLA_REWRITE=1` writes it anew; the diff is what to look at.
#[test]
fn mails_read_as_they_did() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/outgoing");
    let mut texts = BTreeMap::new();
    for language in Language::ALL {
        let mut all = String::new();
        for spec in TEMPLATES {
            let mail = made(&notice(spec.name, language));
            let parsed = MessageParser::default().parse(&mail.content).unwrap();
            let text = parsed.body_text(0).unwrap().replace("\r\n", "\n");
            all.push_str(&format!("=== {}: {}\nSubject: {}\n\n{text}\n", spec.name, spec.when, mail.subject));
        }
        texts.insert(format!("{}.txt", language.code()), all);
    }
    for (name, template) in [("answer-with-file", "agent-answer"), ("follow-up", "customer-follow-up")] {
        let mut notice = notice(template, Language::Es);
        notice.attachments = vec![file("Ñandú.txt", "text/plain", b"hola\n")];
        let mail = String::from_utf8(made(&notice).content).unwrap();
        texts.insert(format!("{name}.eml"), mail.replace("\r\n", "\n"));
    }
    let mut changed = Vec::new();
    for (name, text) in texts {
        let path = folder.join(&name);
        if std::env::var_os("TAQUILLA_REWRITE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let before = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        if before != text {
            let line = before.lines().zip(text.lines()).position(|(a, b)| a != b).map_or(0, |at| at + 1);
            changed.push(format!("{name}:{line}"));
        }
    }
    assert!(changed.is_empty(), "changed: {changed:?}; TAQUILLA_REWRITE=1 writes them anew");
}
