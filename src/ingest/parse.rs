//! A raw mail, read into [`Mail`]; the only user of the MIME crate.
//!
//! Never fails and never panics: a mail with faults is a mail with a list of [`Defect`]s. All limits are
//! enforced here, because the crate has none. What the mail means is not decided here (`classify`).

mod addresses;
mod charset;
mod fields;
mod mime;
mod names;
mod params;
mod parts;
#[cfg(test)]
mod tests;
mod tnef;
mod uuencode;
mod words;

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use jiff::Timestamp;
use mail_parser::HeaderValue;
use mail_parser::parsers::MessageStream;

use crate::mail::{
    Address, Attachment, Body, BodySource, Defect, Digest, Header, Mail, MessageId, html, language, new_text,
};
use parts::Piece;

/// What is read of one mail; whatever goes beyond is left unread and noted as [`Defect::OverLimit`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseLimits {
    /// Nested multiparts; deeper ones become attachments. 100.
    pub levels: usize,
    /// Entities in the whole mail. 10,000.
    pub parts: usize,
    /// Octets of one header section. 1,000,000.
    pub header_octets: usize,
    /// Addresses of one field. 1,000.
    pub addresses: usize,
    /// Octets of decoded text, all parts together. 10,000,000.
    pub text_octets: usize,
}

impl Default for ParseLimits {
    fn default() -> Self {
        Self {
            levels: 100,
            parts: 10_000,
            header_octets: 1_000_000,
            addresses: 1_000,
            text_octets: 10_000_000,
        }
    }
}

/// Reads a mail as far as it can be read.
pub fn parse(raw: Arc<[u8]>, limits: &ParseLimits) -> Mail {
    match catch_unwind(AssertUnwindSafe(|| read(&raw, limits))) {
        Ok(mail) => mail,
        Err(_) => fallback(&raw, limits),
    }
}

/// The header of a mail that is attached to another (message/rfc822, text/rfc822-headers), decoded.
pub fn headers(raw: &[u8], limits: &ParseLimits) -> Vec<Header> {
    catch_unwind(AssertUnwindSafe(|| fields::headers(&fields::split(raw, limits.header_octets), None).0))
        .unwrap_or_default()
}

/// `Date`, and when the last server received the mail: what stands behind the last `;` of the topmost Received field
/// (RFC 5321 section 4.4). A part of the header may be given.
pub fn dates(raw: &[u8]) -> (Option<Timestamp>, Option<Timestamp>) {
    let read = || {
        let head = fields::split(raw, ParseLimits::default().header_octets);
        let text = |name: &str| head.first(name).map(|value| fields::unfold(value, None).0);
        let received = text("Received");
        let received = received.as_deref().and_then(|value| value.rsplit_once(';'));
        (text("Date").and_then(|value| date(&value)), received.and_then(|(_, value)| date(value)))
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// The mail by its tree.
fn read(raw: &Arc<[u8]>, limits: &ParseLimits) -> Mail {
    let octets = with_line_feeds(raw);
    let head = fields::split(&octets, limits.header_octets);
    let tree = mime::tree(&octets, &head, limits);
    let declared = tree.nodes.first().and_then(|root| root.content_type.get("charset")).map(str::to_owned);
    let mut mail = envelope(raw, &head, declared.as_deref(), limits);
    let content = parts::content(&tree, limits);
    for defect in tree.defects.into_iter().chain(content.defects) {
        note(&mut mail.defects, defect);
    }
    mail.body = body(content.pieces);
    mail.attachments = content.attachments;
    mail.language = language::of(&mail.body.new_text);
    mail
}

/// The HTML of a mail, made safe to be shown, and its files, among which are its pictures; `None` where it has no HTML. Made
/// when somebody wants to see it: the tree that a sanitiser builds costs as much as all the rest of reading.
pub fn safe_html(raw: &[u8], limits: &ParseLimits) -> Option<(String, Vec<Attachment>)> {
    let read = || {
        let octets = with_line_feeds(raw);
        let head = fields::split(&octets, limits.header_octets);
        let content = parts::content(&mime::tree(&octets, &head, limits), limits);
        let html: Vec<String> = content.pieces.into_iter().filter_map(|piece| piece.html).collect();
        (!html.is_empty()).then(|| (html::sanitise(&html.join("\n")), content.attachments))
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// Lines that end in CR alone, as an old Macintosh saved them, end in LF.
fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.contains(&b'\n') || !raw.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    raw.iter().map(|&octet| if octet == b'\r' { b'\n' } else { octet }).collect::<Vec<u8>>().into()
}

/// Header and text cut by hand, without a tree, for a mail over which the crate stumbled.
fn fallback(raw: &Arc<[u8]>, limits: &ParseLimits) -> Mail {
    let head = fields::split(raw, limits.header_octets);
    let text = raw.get(head.body_at..).unwrap_or_default();
    let text = String::from_utf8_lossy(text.get(..limits.text_octets).unwrap_or(text)).into_owned();
    let text = parts::tidy(&text).0.trim_end().to_owned();
    let mut mail = Mail {
        raw: Arc::clone(raw),
        digest: Digest::of(raw),
        headers: Vec::new(),
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        from: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        return_path: None,
        subject: String::new(),
        date: None,
        body: Body {
            source: if text.is_empty() { BodySource::None } else { BodySource::Plain },
            text: text.as_str().into(),
            new_text: text,
            quoted_text: String::new(),
            html_new_text: None,
        },
        language: None,
        attachments: Vec::<Attachment>::new(),
        defects: vec![Defect::Unparseable],
    };
    for field in &head.fields {
        let value = String::from_utf8_lossy(field.value).replace(['\r', '\n'], "");
        mail.headers.push(Header { name: field.name.to_owned(), value: fields::strip_controls(&value).0 });
    }
    mail.from = mail.first_header("From").and_then(|value| addresses::read(value, 1).0.into_iter().next());
    mail.subject = mail.first_header("Subject").unwrap_or_default().to_owned();
    mail.message_id = mail.first_header("Message-ID").and_then(MessageId::new);
    mail.return_path = mail.first_header("Return-Path").map(return_path);
    mail
}

/// Everything that stands in the header; the body is still empty.
fn envelope(raw: &Arc<[u8]>, head: &fields::Head<'_>, declared: Option<&str>, limits: &ParseLimits) -> Mail {
    let mut defects = Vec::new();
    let (headers, raw_octets, controls) = fields::headers(head, declared);
    let unfolded = |name: &str| head.first(name).map(|value| fields::unfold(value, declared).0);
    let list = |name: &str, defects: &mut Vec<Defect>| {
        let mut all = Vec::new();
        for field in head.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name)) {
            let (found, over) = addresses::read(&fields::unfold(field.value, declared).0, limits.addresses);
            all.extend(found);
            if over || all.len() > limits.addresses {
                note(defects, Defect::OverLimit("addresses"));
                all.truncate(limits.addresses);
            }
        }
        all
    };
    let mut from = list("From", &mut defects);
    if from.is_empty() {
        // Some programs encode the whole mailbox as one word.
        let decoded = headers.iter().find(|field| field.name.eq_ignore_ascii_case("From"));
        from = decoded.map(|field| addresses::read(&field.value, 1).0).unwrap_or_default();
    }
    let date = unfolded("Date").and_then(|value| date(&value));
    form_defects(raw, head, &from, date.is_some(), &mut defects);
    let groups = head.fields.iter().filter(|field| field.name.eq_ignore_ascii_case("From"));
    if groups.map(|field| fields::unfold(field.value, declared).0).any(|value| addresses::has_group(&value)) {
        note(&mut defects, Defect::GroupFrom);
    }
    if raw_octets {
        note(&mut defects, Defect::RawHeader);
    }
    if controls {
        note(&mut defects, Defect::ControlCharacters);
    }
    let shown = |name: &str| unfolded(name).map(|value| fields::shown(&value).0).unwrap_or_default();
    Mail {
        raw: Arc::clone(raw),
        digest: Digest::of(raw),
        message_id: unfolded("Message-ID").and_then(|value| ids(&value).into_iter().next()),
        in_reply_to: unfolded("In-Reply-To").map(|value| ids(&value)).unwrap_or_default(),
        references: unfolded("References").map(|value| ids(&value)).unwrap_or_default(),
        from: from.into_iter().next(),
        reply_to: list("Reply-To", &mut defects),
        to: list("To", &mut defects),
        cc: list("Cc", &mut defects),
        return_path: unfolded("Return-Path").map(|value| return_path(&value)),
        subject: shown("Subject"),
        date,
        body: body(Vec::new()),
        language: None,
        attachments: Vec::new(),
        headers,
        defects,
    }
}

/// Faults of form in the header section.
fn form_defects(
    raw: &[u8],
    head: &fields::Head<'_>,
    from: &[Address],
    dated: bool,
    defects: &mut Vec<Defect>,
) {
    if raw.is_empty() {
        note(defects, Defect::Empty);
    } else if head.fields.is_empty() {
        note(defects, Defect::NoHeader);
    }
    if head.over_limit {
        note(defects, Defect::OverLimit("header"));
    }
    if from.is_empty() {
        note(defects, Defect::NoFrom);
    }
    let count = |name: &str| head.fields.iter().filter(|field| field.name.eq_ignore_ascii_case(name)).count();
    if count("From") > 1 || from.len() > 1 {
        note(defects, Defect::SeveralFrom);
    }
    // RFC 5322 section 3.6: these may stand once.
    for name in [
        "Date",
        "Sender",
        "Reply-To",
        "To",
        "Cc",
        "Bcc",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Subject",
    ] {
        if count(name) > 1 {
            note(defects, Defect::Repeated(name.to_owned()));
        }
    }
    if !dated {
        note(defects, Defect::NoDate);
    }
}

/// Adds a defect once.
fn note(defects: &mut Vec<Defect>, defect: Defect) {
    if !defects.contains(&defect) {
        defects.push(defect);
    }
}

/// The text of the pieces in their order, from each the form that is worth reading.
fn body(pieces: Vec<Piece>) -> Body {
    let mut out = Body {
        source: BodySource::None,
        text: Arc::default(),
        new_text: String::new(),
        quoted_text: String::new(),
        html_new_text: None,
    };
    let html: Vec<&str> = pieces.iter().filter_map(|piece| piece.html.as_deref()).collect();
    let both = pieces.iter().any(|piece| piece.html.is_some() && piece.plain.is_some());
    if both {
        out.html_new_text = Some(new_text::of_html(&html.join("<br>")).new_text);
    }
    drop(html);
    let mut whole = String::new();
    let mut quoted = Vec::new();
    let runs = runs(pieces);
    let single = runs.len() == 1;
    for run in runs {
        let (mut text, cut) = match run {
            Run::Plain(text) => {
                out.source = BodySource::Plain;
                let cut = new_text::of_text(&text);
                let cut = match &out.html_new_text {
                    Some(html) if single => new_text::cut_like(cut, html),
                    _ => cut,
                };
                (text, cut)
            }
            Run::Html(source) => {
                let text = html::to_text(&source);
                if out.source == BodySource::None && !text.is_empty() {
                    out.source = BodySource::Html;
                }
                (text, new_text::of_html(&source))
            }
        };
        text.truncate(text.trim_end().len());
        push_block(&mut whole, text);
        push_block(&mut out.new_text, cut.new_text);
        quoted.push(cut.quoted_text);
    }
    for text in quoted {
        push_block(&mut out.quoted_text, text);
    }
    out.text = whole.into();
    out
}

/// Neighbouring pieces that are read in the same form, so that a quote may run over several.
enum Run {
    Plain(String),
    Html(String),
}

/// From each piece the form that is worth reading, neighbours joined.
fn runs(pieces: Vec<Piece>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for piece in pieces {
        let plain = piece.plain.filter(|plain| !plain.trim().is_empty());
        let html_only = match (&plain, &piece.html) {
            (Some(plain), Some(html)) => html::is_stub(plain, html),
            (plain, _) => plain.is_none(),
        };
        match (html_only, plain, piece.html, runs.last_mut()) {
            (true, _, Some(html), Some(Run::Html(open))) => {
                open.push_str("<br>");
                open.push_str(&html);
            }
            (true, _, Some(html), _) => runs.push(Run::Html(html)),
            (false, Some(plain), _, Some(Run::Plain(open))) => {
                if !open.ends_with('\n') {
                    open.push('\n');
                }
                open.push_str(&plain);
            }
            (false, Some(plain), _, _) => runs.push(Run::Plain(plain)),
            _ => {}
        }
    }
    runs
}

/// Appends a stretch of text, one empty line apart. The first one is taken as it is: it may be most of the memory.
fn push_block(out: &mut String, block: String) {
    if block.trim().is_empty() {
        return;
    }
    if out.is_empty() {
        *out = block;
        return;
    }
    out.push_str("\n\n");
    out.push_str(&block);
}

/// The ids of a Message-ID, In-Reply-To or References field (RFC 5322 section 3.6.4), also without brackets.
fn ids(value: &str) -> Vec<MessageId> {
    const MAX_IDS: usize = 1_000;
    let clean: String = value.chars().filter(|character| !character.is_control()).collect();
    let bracketed: Vec<MessageId> = clean
        .split('<')
        .skip(1)
        .filter_map(|part| part.split_once('>'))
        .filter_map(|(id, _)| MessageId::new(&id.split_whitespace().collect::<String>()))
        .take(MAX_IDS)
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    clean
        .split([' ', '\t', ','])
        .filter(|word| word.contains('@'))
        .filter_map(MessageId::new)
        .take(MAX_IDS)
        .collect()
}

/// What stands between the angle brackets, `""` for the null sender.
fn return_path(value: &str) -> String {
    let bare = value.rsplit_once('<').map_or(value, |(_, rest)| rest);
    bare.split('>').next().unwrap_or_default().trim().to_owned()
}

/// The crate's lenient date, checked against the calendar.
fn date(value: &str) -> Option<Timestamp> {
    let line = format!("{value}\n");
    let HeaderValue::DateTime(read) = MessageStream::new(line.as_bytes()).parse_date() else { return None };
    let number = |value: u8| i8::try_from(value).ok();
    let civil = jiff::civil::DateTime::new(
        i16::try_from(read.year).ok()?,
        number(read.month)?,
        number(read.day)?,
        number(read.hour)?,
        number(read.minute)?,
        // A leap second is no second of its own here.
        number(read.second.min(59))?,
        0,
    )
    .ok()?;
    let seconds = i32::from(read.tz_hour) * 3600 + i32::from(read.tz_minute) * 60;
    let offset = jiff::tz::Offset::from_seconds(if read.tz_before_gmt { -seconds } else { seconds }).ok()?;
    offset.to_timestamp(civil).ok()
}
