//! Is this mail the answer of a program? Out-of-office, acknowledgements, read receipts, calendar replies.
//!
//! A field that says so is enough. Words are not: "Out of office" is also what people write about, so words
//! need the form that only programs give them, or a field beside them. Answers with the prefix of a reply or a
//! forward (`RE: Automatic reply: ...`) are people's.

use crate::mail::subject::outer_prefix;
use crate::mail::{Attachment, Mail};

use super::away::WORDS;
use super::fold::{Phrases, fold};
use super::headers::{self, AutoSubmitted};

/// Lines of the new text that count as its opening.
const OPENING_LINES: usize = 6;
/// Characters of the new text that count as its opening.
const OPENING_CHARS: usize = 600;

/// Evidence that a program answered, by a field of the header.
pub(super) fn by_field(mail: &Mail) -> Option<String> {
    if let Some((AutoSubmitted::Replied, said)) = headers::auto_submitted(mail) {
        return Some(said);
    }
    let precedence = || {
        let value = headers::precedence(mail)?;
        (value == "auto_reply").then(|| headers::evidence("Precedence", &value))
    };
    headers::answering_program(mail).or_else(precedence)
}

/// Evidence that the mail is a receipt: a disposition notification (RFC 8098) or the answer to an invitation.
pub(super) fn receipt(mail: &Mail) -> Option<String> {
    let kind = fold(mail.first_header("Content-Type").unwrap_or_default(), 500);
    let part =
        |names: &[&str]| mail.attachments.iter().any(|part| names.contains(&part.content_type.as_str()));
    let report = kind.starts_with("multipart/report") && kind.contains("disposition-notification");
    let disposition = part(&["message/disposition-notification", "message/global-disposition-notification"]);
    if report || (disposition && !has_reply_prefix(&mail.subject)) {
        return Some("disposition notification (read receipt)".to_owned());
    }
    let calendar = kind.starts_with("text/calendar") && kind.contains("method=reply");
    let answer = mail.attachments.iter().find_map(calendar_answer);
    if let Some(comment) = answer {
        return (!comment).then(|| "calendar METHOD:REPLY".to_owned());
    }
    calendar.then(|| "Content-Type: text/calendar; method=REPLY".to_owned())
}

/// `Some(has a comment)` for an iTIP reply (RFC 5546 section 3.2.3).
fn calendar_answer(part: &Attachment) -> Option<bool> {
    if !matches!(part.content_type.as_str(), "text/calendar" | "application/ics") {
        return None;
    }
    let mut reply = false;
    let mut comment = false;
    for line in part.content.split(|byte| *byte == b'\n').take(2_000) {
        let line = String::from_utf8_lossy(line.get(..line.len().min(200)).unwrap_or_default());
        let line = line.trim_end().to_ascii_uppercase();
        reply |= matches!(line.as_str(), "METHOD:REPLY" | "METHOD:COUNTER" | "METHOD:DECLINECOUNTER");
        comment |= line
            .strip_prefix("COMMENT")
            .and_then(|rest| rest.split_once(':'))
            .is_some_and(|(_, text)| !text.replace("\\N", "").trim().is_empty());
    }
    reply.then_some(comment)
}

/// Evidence by words: the subject, the first lines, and what stands beside them.
pub(super) fn by_words(mail: &Mail) -> Option<Vec<String>> {
    let folded = fold(&mail.subject, 300);
    let subject = without_tags(&folded);
    let said = headers::evidence("Subject", &mail.subject);
    let hint = program_hint(mail);
    if let Some((phrase, rest)) = WORDS.auto.at_start(subject) {
        // "Auto" is a car too; Notes writes "AUTO: Ana is out of the office (returning ...)".
        let sure =
            phrase != "Auto" || hint.is_some() || answers(mail) || WORDS.openings.within(rest).is_some();
        if (sure && is_prefix(rest)) || hint.is_some() {
            return Some(vec![said]);
        }
    }
    let tag = folded.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(tag, _)| tag);
    if tag
        .and_then(|tag| WORDS.auto.at_start(tag))
        .is_some_and(|(phrase, rest)| rest.is_empty() && phrase != "Auto")
    {
        return Some(vec![said]);
    }
    let opening = opening(mail);
    let away = WORDS.openings.within(&opening).map(text_evidence);
    if let Some((_, rest)) = WORDS.away.at_start(subject) {
        let beside = hint
            .clone()
            .or_else(|| headers::suppressed(mail))
            .or_else(|| answers(mail).then(|| "In-Reply-To".to_owned()));
        if let Some(beside) = beside.filter(|_| away.is_some() || is_prefix(rest)) {
            return Some([Some(said), Some(beside), away].into_iter().flatten().collect());
        }
        // Nobody but a program puts its absence before "Re:".
        if has_reply_prefix(rest.trim_start_matches([':', '-', ' '])) {
            return Some(vec![said]);
        }
        if let Some(words) = begins_as_answer(mail, is_prefix(rest) && !rest.trim().is_empty()) {
            return Some(vec![said, words]);
        }
    }
    if let Some(words) = read_notice(mail, subject, &opening) {
        return Some(vec![said, words]);
    }
    if let Some(line) = confession(mail) {
        return Some(vec![text_evidence(line)]);
    }
    Some(vec![hint?, away?])
}

/// Without a field to help: the first sentence is that of somebody absent, and, unless the subject repeats
/// ours behind a prefix, something in the opening answers. People who ask for help begin otherwise.
fn begins_as_answer(mail: &Mail, prefixed: bool) -> Option<String> {
    let lines = mail.body.new_text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2);
    let sentences: Vec<String> = lines
        .map(|line| fold(line.split_inclusive(['.', '。', '!', '?']).next().unwrap_or_default(), 200))
        .collect();
    let first = |words: &Phrases| sentences.iter().find_map(|sentence| words.within(sentence));
    let away = first(&WORDS.openings);
    let response = first(&WORDS.responses);
    let opening = opening(mail);
    let both = (away.is_some() && WORDS.responses.within(&opening).is_some())
        || (response.is_some() && WORDS.openings.within(&opening).is_some());
    away.or(response).filter(|_| prefixed || both).map(text_evidence)
}

/// Read receipts of mail programs that send them as plain text: "Read: ..." and "Your message ... was read on".
fn read_notice(mail: &Mail, subject: &str, opening: &str) -> Option<String> {
    const SUBJECTS: &[&str] = &[
        "read:",
        "not read:",
        "gelesen:",
        "ungelesen geloscht:",
        "leido:",
        "no leido:",
        "lu :",
        "lu:",
        "non lu :",
        "letto:",
        "non letto:",
        "lida:",
        "lido:",
        "gelezen:",
        "last:",
        "laest:",
        "lest:",
        "luettu:",
        "przeczytano:",
        "прочтено:",
        "прочитано:",
        "既読:",
        "開封済み:",
        "已读:",
        "read receipt",
        "return receipt",
        "lesebestatigung",
        "confirmacion de lectura",
        "accuse de lecture",
        "conferma di lettura",
        "confirmacao de leitura",
    ];
    const TEXTS: &[&str] = &[
        "was read on",
        "was deleted without being read",
        "your message",
        "ihre nachricht",
        "gelesen",
        "se ha leido",
        "se leyo",
        "fue leido",
        "su mensaje",
        "votre message",
        "a ete lu",
        "il messaggio",
        "e stato letto",
        "sua mensagem",
        "foi lida",
        "uw bericht",
        "is gelezen",
        "ditt meddelande",
        "din meddelelse",
        "viestisi",
        "panstwa wiadomosc",
        "ваше сообщение",
        "开封",
        "開封",
        "您的邮件",
    ];
    let fits = SUBJECTS.iter().any(|known| subject.starts_with(*known))
        && TEXTS.iter().any(|known| opening.contains(known));
    let short = mail.body.new_text.chars().take(1_000).count() < 1_000;
    (fits && short && (answers(mail) || program_hint(mail).is_some() || opening.contains("was read")))
        .then(|| "read notice".to_owned())
}

/// The mail names a parent.
fn answers(mail: &Mail) -> bool {
    !mail.in_reply_to.is_empty() || !mail.references.is_empty()
}

/// The subject begins as only a program's answer does.
pub(in crate::ingest) fn has_auto_prefix(subject: &str) -> bool {
    let folded = fold(subject, 300);
    WORDS.auto.at_start(without_tags(&folded)).is_some_and(|(_, rest)| is_prefix(rest))
}

/// An acknowledgement: says that it received something, is by a program, and answers a mail.
pub(super) fn acknowledgement(mail: &Mail) -> Option<String> {
    if !answers(mail) {
        return None;
    }
    let subject = fold(&mail.subject, 300);
    let opening = opening(mail);
    let phrase = WORDS.acknowledgements.within(&subject).or_else(|| WORDS.acknowledgements.within(&opening));
    phrase.map(|phrase| format!("acknowledges: {phrase}"))
}

/// The null sender with words of absence, or in answer to something: not a bounce, so an answer.
pub(super) fn by_null_sender(mail: &Mail) -> bool {
    let subject = fold(&mail.subject, 300);
    let opening = opening(mail);
    let thanks =
        |text: &str| WORDS.acknowledgements.within(text).is_some() || WORDS.responses.within(text).is_some();
    answers(mail)
        || has_reply_prefix(&mail.subject)
        || WORDS.away.at_start(&subject).is_some()
        || WORDS.openings.within(&opening).is_some()
        || thanks(&subject)
        || thanks(&opening)
}

/// What only programs add, short of saying that they answer. What asks for silence alone is not among it.
fn program_hint(mail: &Mail) -> Option<String> {
    let generated = headers::auto_submitted(mail).map(|(_, said)| said);
    let precedence = || headers::precedence(mail).map(|value| headers::evidence("Precedence", &value));
    let null = || headers::null_sender(mail).then(|| "envelope sender is null".to_owned());
    generated.or_else(precedence).or_else(null)
}

/// The first lines of the new text, folded.
fn opening(mail: &Mail) -> String {
    let lines = mail.body.new_text.lines().filter(|line| !line.trim().is_empty()).take(OPENING_LINES);
    let text: String = lines.flat_map(|line| [line, "\n"]).flat_map(str::chars).take(OPENING_CHARS).collect();
    fold(&text, OPENING_CHARS)
}

/// A line with which a program says that it is one.
fn confession(mail: &Mail) -> Option<&'static str> {
    let starts = |line: &str| {
        let line = fold(line, 200);
        WORDS
            .confessions
            .at_start(line.trim_start_matches(|c: char| !c.is_alphanumeric()))
            .map(|(phrase, _)| phrase)
    };
    let lines = mail.body.new_text.lines().filter(|line| !line.trim().is_empty());
    lines.take(12).find_map(starts)
}

/// A phrase of the text as evidence.
fn text_evidence(phrase: &str) -> String {
    format!("text: {phrase}")
}

/// After a program's prefix: nothing, a colon or bracket, or the prefix of a reply.
fn is_prefix(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.is_empty()
        || rest.starts_with([':', '(', '[', '-', '/', '|', '!', '"', '*', '~', '。', '【', '：'])
        || has_reply_prefix(rest)
}

/// Subject tags that gateways put in front (`[EXTERNAL]`, `***SPAM***`).
fn without_tags(folded: &str) -> &str {
    let mut rest = folded;
    for _ in 0..3 {
        rest = rest.trim_start_matches(['*', ' ', '-']);
        let Some((tag, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) else {
            break;
        };
        if tag.len() > 24 {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// Words before a colon that point to an earlier letter and yet are no prefix to be cut off a subject.
const ALLUSIONS: [&str; 5] = ["ref", "betr", "atsakyti", "hitzen", "προ"];

/// The subject begins with the prefix of a reply or a forward.
pub(in crate::ingest) fn has_reply_prefix(subject: &str) -> bool {
    let folded = fold(subject, 60);
    let bare = without_tags(&folded);
    let alludes = |(word, _): (&str, &str)| ALLUSIONS.contains(&word.trim());
    outer_prefix(bare).is_some() || bare.split_once(':').is_some_and(alludes)
}
