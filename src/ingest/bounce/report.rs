//! The text of a bounce: where the returned mail begins, who was not reached, what the other server said.

use std::cell::OnceCell;

use crate::ingest::classify::fold::fold;
use crate::mail::{Address, BounceAction, Mail};

use super::{address, announcements, causes, status};

/// Characters of the text that are looked at.
const CHARS: usize = 64 * 1024;
/// Lines of the report that are looked at.
const LINES: usize = 400;

/// The text of a mail, cut where the returned mail begins. The cut is sought when it is asked for: of most mails nobody
/// asks.
pub(super) struct Report<'a> {
    all: &'a str,
    /// Octets of `all` before the returned mail.
    end: OnceCell<usize>,
}

impl<'a> Report<'a> {
    /// The text of a mail.
    pub(super) fn of(mail: &'a Mail) -> Self {
        let text = &*mail.body.text;
        let most = text.char_indices().nth(CHARS).map_or(text.len(), |(at, _)| at);
        let all = text.get(..most).unwrap_or(text);
        Self { all, end: OnceCell::new() }
    }

    fn end(&self) -> usize {
        *self.end.get_or_init(|| returned_mail(self.all))
    }

    /// All of the text.
    pub(super) fn all(&self) -> &str {
        self.all
    }

    /// What the mail system wrote.
    pub(super) fn text(&self) -> &str {
        self.all.split_at_checked(self.end()).map_or("", |(text, _)| text)
    }

    /// The returned mail, where it stands in the text.
    pub(super) fn original(&self) -> &str {
        let rest = self.all.split_at_checked(self.end()).map_or("", |(_, rest)| rest);
        // From the first header field on; the separator before it is no field.
        let fields = rest
            .lines()
            .position(|line| is_field(line) && !line.to_ascii_lowercase().starts_with("content-"));
        let skip: usize = rest.split_inclusive('\n').take(fields.unwrap_or(0)).map(str::len).sum();
        rest.split_at_checked(skip).map_or("", |(_, rest)| rest)
    }

    /// The returned mail begins somewhere in the text.
    pub(super) fn returns_mail(&self) -> bool {
        self.end() < self.all.len()
    }

    /// Some line holds a server's reply: a code, and an address, an enhanced code or a reason with it.
    pub(super) fn has_reply(&self) -> bool {
        self.text().lines().take(LINES).any(|line| {
            let code = status::reply_in_line(line).is_some();
            let reason = || causes::of(&fold(&address::without(line), 500)).is_some();
            (code && (line.contains('@') || reason())) || status::enhanced(line).is_some()
        })
    }

    /// Some line begins with the address that failed, or names it behind a label.
    pub(super) fn lists_somebody(&self) -> bool {
        self.text().lines().take(LINES).any(|line| rank(line).is_some_and(|rank| rank <= 2))
    }

    /// Failed, unless the text speaks of a delay or of success.
    pub(super) fn action(&self, mail: &Mail) -> BounceAction {
        let text = fold(self.text(), 4_000);
        let subject = fold(&mail.subject, 300);
        if announcements::permanent(&text) {
            BounceAction::Failed
        } else if announcements::delayed(&subject) || announcements::delayed(&text) {
            BounceAction::Delayed
        } else if announcements::delivered(&subject) {
            BounceAction::Delivered
        } else {
            BounceAction::Failed
        }
    }

    /// The address that the report names: by a header field, by a label, at the start of a line, anywhere.
    pub(super) fn recipient(&self, mail: &Mail) -> Option<String> {
        let fields =
            ["X-Failed-Recipients", "X-Bounced-Address", "X-Failed-Recipient", "X-Original-Recipient"];
        let by_field =
            fields.iter().find_map(|name| address::in_text(mail.first_header(name)?).into_iter().next());
        by_field.or_else(|| self.recipient_in_text(mail))
    }

    fn recipient_in_text(&self, mail: &Mail) -> Option<String> {
        let known: Vec<String> =
            mail.recipients().chain(&mail.from).chain(&mail.reply_to).map(Address::key).collect();
        let stranger = |found: &String| {
            let key = found.to_lowercase();
            let system = ["postmaster@", "mailer-daemon@", "abuse@", "support@", "helpdesk@"]
                .iter()
                .any(|start| key.starts_with(start));
            !system && !known.contains(&key)
        };
        let lines = || self.text().lines().take(LINES);
        let ranked = lines().filter_map(|line| {
            let rank = rank(line)?;
            Some((rank, address::in_text(line).into_iter().find(stranger)?))
        });
        let best = ranked.min_by_key(|(rank, _)| *rank).map(|(_, found)| found);
        // A report to the very address that failed: then it is among the known ones.
        best.or_else(|| {
            lines()
                .filter(|line| matches!(rank(line), Some(0..=2)))
                .find_map(|line| address::in_text(line).into_iter().next())
        })
    }

    /// The line that says why, with the lines that continue it: after the recipient first, else anywhere.
    pub(super) fn diagnostic(&self, recipient: Option<&str>) -> Option<String> {
        let lines: Vec<&str> = self.text().lines().take(LINES).collect();
        let at = recipient
            .and_then(|wanted| lines.iter().position(|line| line.contains(wanted) && rank(line).is_some()));
        let after = lines.get(at.unwrap_or(0)..).unwrap_or_default();
        let near = after.iter().take(25).position(|line| tells(line)).map(|found| found + at.unwrap_or(0));
        let found = near.or_else(|| lines.iter().position(|line| tells(line)))?;
        let mut said = String::new();
        for line in lines.get(found..)?.iter().take(8) {
            let line = line.trim();
            if line.is_empty() || (!said.is_empty() && line.starts_with(['>', '<']) && line.contains("<<<")) {
                break;
            }
            if !said.is_empty() {
                said.push(' ');
            }
            said.extend(line.chars().take(500));
        }
        let said = said.strip_prefix("<<<").or(said.strip_prefix(">>>")).unwrap_or(&said).trim();
        (!said.is_empty()).then(|| said.to_owned())
    }
}

/// A line that gives a reason: a code, or a phrase of the table; not what our side said.
fn tells(line: &str) -> bool {
    let bare = line.trim_start();
    if bare.is_empty()
        || (bare.starts_with(">>>") && status::reply_in_line(bare).is_none())
        || header_like(bare)
    {
        return false;
    }
    status::reply_in_line(bare).is_some()
        || status::enhanced(bare).is_some()
        || causes::of(&fold(&address::without(bare), 500)).is_some()
}

/// How likely the address of a line is the one that failed; less is better, `None` is never.
fn rank(line: &str) -> Option<u8> {
    let bare = line.trim();
    if bare.is_empty() || !bare.contains('@') {
        return None;
    }
    let folded = fold(bare, 300);
    const LABELS: &[&str] = &[
        "final-recipient:",
        "recipient address:",
        "recipient:",
        "recipients:",
        "original address:",
        "addressed to:",
        "failed recipient",
        "unable to deliver message to:",
        "could not be delivered to:",
        "undeliverable to:",
        "rejected recipient",
        "rcpt to:",
        "sent <<< rcpt to",
        "delivery to <",
        "the following message to <",
        "your message to:",
        "returned permanent errors:",
        "failed to deliver to",
        "empfanger:",
        "destinatario:",
        "destinataire:",
    ];
    if LABELS.iter().any(|label| folded.contains(label)) && !folded.contains("mail from:") {
        return Some(if folded.contains("rcpt to:") { 1 } else { 0 });
    }
    if header_like(bare) || folded.contains("mail from:") || folded.starts_with("from:") {
        return folded.starts_with("to:").then_some(6);
    }
    let start = bare
        .trim_start_matches(['<', '>', '"', '\'', '*', '-', '•', '·', ' ', '\t', '|', '(', '[', '=', '+']);
    let start = start
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ')
        .trim_start_matches(['<', '"', '.', ')', ' ']);
    let first = start.split(|c: char| c.is_whitespace()).next().unwrap_or_default();
    if first.contains('@') && !first.starts_with("http") {
        return Some(2);
    }
    if bare.starts_with(">>>")
        || folded.contains("contact")
        || folded.contains("assistance")
        || folded.contains("visit")
    {
        return Some(5);
    }
    Some(3)
}

/// Fields of the mail that bounced, which reports like to repeat.
fn header_like(line: &str) -> bool {
    const NAMES: &[&str] = &[
        "from",
        "subject",
        "sent",
        "date",
        "to",
        "cc",
        "reply-to",
        "sender",
        "message-id",
        "message id",
        "return-path",
        "in-reply-to",
        "original sender",
        "von",
        "betreff",
        "de",
        "asunto",
        "para",
        "envelope-from",
    ];
    line.split_once(':')
        .is_some_and(|(name, _)| NAMES.iter().any(|known| name.trim().eq_ignore_ascii_case(known)))
}

/// Octets before the returned mail: a separator that mail systems write, or a run of trace fields.
fn returned_mail(text: &str) -> usize {
    let mut before = 0;
    let mut seen_text = false;
    for line in text.split_inclusive('\n') {
        if seen_text && (announcements::separator(line) || begins_header(line)) {
            return before;
        }
        seen_text |= !line.trim().is_empty();
        before += line.len();
    }
    text.len()
}

/// A line with which only a mail's header begins.
fn begins_header(line: &str) -> bool {
    let lower = line.get(..20).unwrap_or(line).to_ascii_lowercase();
    ["received: ", "received:from", "return-path: <", "return-path:<", "dkim-signature:", "x-google-smtp-"]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// `Name: value` at the start of a line.
fn is_field(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, _)| {
        (2..=60).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}
