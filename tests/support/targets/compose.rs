//! A notice of any content to a mail, read again: the header is what the desk wrote, nothing that the content brought.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};
use taquilla::desk::token::Use;
use taquilla::desk::{Allowance, Desk, Notice, NoticeKind, TicketId, TicketNumber, TicketRef};
use taquilla::ingest::parse::{ParseLimits, parse, safe_html};
use taquilla::mail::{Address, Attachment, Digest, Language, MessageId};
use taquilla::outbound::catalog::{self, Kind, TEMPLATES};
use taquilla::outbound::compose::{ComposeError, Composed, compose};
use taquilla::outbound::template::Templates;
use taquilla::pipeline::House;

use super::super::golden::house;

static HOUSE: LazyLock<House> = LazyLock::new(house);

/// What a mail of ours may have in its header, each at most once.
const FIELDS: [&str; 16] = [
    "Date",
    "From",
    "To",
    "Cc",
    "Reply-To",
    "Subject",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Taquilla-Loop",
    "Thread-Index",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

pub(super) fn run(octets: &[u8]) {
    let Ok(notice) = notice(&mut Unstructured::new(octets)) else { return };
    let desk = &HOUSE.policy.desk;
    let now = "2026-03-02T14:00:00Z".parse().unwrap();
    // Boundaries are made by chance: what is written into a mail cannot know its own.
    let chance = *Digest::of(octets).as_bytes();
    let composed = match compose(&notice, desk, Templates::shipped(), now, chance) {
        Ok(composed) => composed,
        Err(ComposeError::Address(_)) => return,
        Err(error) => panic!("{}: {error}", notice.template),
    };
    assert!(composed.warning.is_none(), "a shipped template failed: {:?}", composed.warning);
    lawful(&composed.content);
    check(&notice, &composed, desk);
}

fn check(notice: &Notice, composed: &Composed, desk: &Desk) {
    let mail = parse(composed.content.as_slice().into(), &ParseLimits::default());
    assert_eq!(mail.defects, [], "{}", String::from_utf8_lossy(&composed.content));
    let mut seen = BTreeSet::new();
    for field in &mail.headers {
        assert!(FIELDS.contains(&field.name.as_str()), "the header has {field:?}");
        assert!(seen.insert(&field.name), "twice in the header: {field:?}");
    }
    assert_eq!(mail.message_id.as_ref(), Some(&composed.message_id));
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeezed(&mail.subject), squeezed(&composed.subject));
    assert_eq!(mail.from.as_ref().map(Address::key), Some(notice.from.key()));
    assert_eq!(mail.to.len(), 1, "{:?}", mail.to);
    assert!(mail.cc.len() <= notice.cc.len(), "{:?} of {:?}", mail.cc, notice.cc);
    let automatic = mail.first_header("Auto-Submitted").is_some();
    assert_eq!(automatic, notice.kind != NoticeKind::Human);
    assert!(mail.attachments.len() == notice.attachments.len(), "{:?}", mail.attachments);
    for (got, given) in mail.attachments.iter().zip(&notice.attachments) {
        assert_eq!(got.content, given.content, "{} differs", given.name);
    }
    assert!(mail.first_header("X-Taquilla-Loop") == Some(desk.instance.as_str()));
    let html = safe_html(&mail.raw, &ParseLimits::default()).map(|(html, _)| html);
    let html = html.unwrap_or_default().to_lowercase();
    assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<iframe"), "{html}");
}

/// RFC 5322 section 2.1.1 and RFC 5321 section 2.3.8: no line over 998 octets, no bare CR or LF, no NUL.
pub(super) fn lawful(content: &[u8]) {
    assert!(content.ends_with(b"\r\n") && !content.contains(&0));
    let bare = |two: &[u8]| (two[0] == b'\r') != (two[1] == b'\n');
    assert!(!content.windows(2).any(bare), "a bare CR or LF");
    let longest = content.split(|octet| *octet == b'\n').map(<[u8]>::len).max().unwrap_or(0);
    assert!(longest <= 999, "a line of {longest} octets");
}

fn notice(of: &mut Unstructured<'_>) -> Result<Notice> {
    let spec = of.choose(TEMPLATES)?;
    let mut data = Map::new();
    for variable in catalog::variables(spec.name) {
        let common = catalog::COMMON.iter().any(|common| common.name == variable.name);
        if !common && (!variable.optional || of.arbitrary()?) {
            data.insert(variable.name.to_owned(), value(variable.kind, of)?);
        }
    }
    let numbered = of.ratio(9, 10)?;
    let to = if of.arbitrary()? { "mgomez@minem.example" } else { "pflores@minem.example" };
    let to = Address { name: of.arbitrary::<Option<String>>()?, address: to.to_owned() };
    let mut notice = Notice {
        ticket: numbered.then_some(TicketRef::Existing(TicketId(1))),
        number: TicketNumber::new("2026022710000316").filter(|_| numbered),
        template: spec.name.to_owned(),
        language: *of.choose(&Language::ALL)?,
        from: Address { name: of.arbitrary()?, address: "soporte@minem.example".to_owned() },
        to: if of.ratio(1, 8)? { Address::bare(of.arbitrary::<String>()?) } else { to },
        cc: Vec::new(),
        data,
        kind: *of.choose(&[NoticeKind::AutoReply, NoticeKind::Generated, NoticeKind::Human])?,
        in_reply_to: MessageId::new(of.arbitrary()?),
        references: Vec::new(),
        token: *of.choose(&[None, Some(Use::Thread), Some(Use::Internal), Some(Use::Survey)])?,
        not_before: None,
        allowance: Allowance::Uncounted,
        attachments: Vec::new(),
    };
    for _ in 0..of.int_in_range(0..=3)? {
        notice.cc.push(Address::read(of.arbitrary()?));
        notice.references.extend(MessageId::new(of.arbitrary()?));
    }
    for _ in 0..of.int_in_range(0..=2)? {
        notice.attachments.push(file(of)?);
    }
    Ok(notice)
}

fn value(kind: Kind, of: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match kind {
        Kind::Line | Kind::Text => json!(of.arbitrary::<&str>()?),
        Kind::Flag => json!(of.arbitrary::<bool>()?),
        Kind::Person => json!({ "name": of.arbitrary::<&str>()?, "address": of.arbitrary::<&str>()? }),
        Kind::Lines => json!([of.arbitrary::<&str>()?, of.arbitrary::<&str>()?]),
        Kind::List(fields) | Kind::Rows(fields) | Kind::Blocks(fields) => {
            let entry: Result<Map<String, Value>> = fields
                .iter()
                .map(|field| Ok(((*field).to_owned(), json!(of.arbitrary::<&str>()?))))
                .collect();
            json!([entry?])
        }
    })
}

fn file(of: &mut Unstructured<'_>) -> Result<Attachment> {
    let content: &[u8] = of.arbitrary()?;
    Ok(Attachment {
        name: of.arbitrary()?,
        content_type: of.arbitrary()?,
        content_id: of.arbitrary()?,
        inline: false,
        digest: Digest::of(content),
        content: content.into(),
    })
}
