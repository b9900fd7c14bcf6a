//! Is this mail a bounce? The form of a report, or a mail system that announces something.
//!
//! Words alone are never enough. People forward bounces, quote them, ask about them; shops cannot deliver
//! parcels. So words need a mail system's name, the null sender, or a returned mail beside a sender that is
//! a program, and a reply or a forward by a person is a person's mail even with a report inside.

use crate::ingest::classify::fold::fold;
use crate::ingest::classify::headers::{evidence as field, null_sender};
use crate::ingest::classify::sender::{SenderKind, kind};
use crate::ingest::classify::{has_auto_prefix, has_reply_prefix};
use crate::mail::Mail;

use super::announcements;
use super::original::is_returned;
use super::report::Report;

/// Characters of the report in which an announcement is looked for.
const CHARS: usize = 4_000;

/// Who sent it, in the order of how much that proves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// A mail system by name.
    Daemon,
    /// The null sender.
    Null,
    /// Postmaster or system administrator: a mail system, or its keeper.
    Postmaster,
    /// A program.
    Program,
    /// Anybody.
    Somebody,
}

/// Evidence that the mail is a bounce.
pub(super) fn evidence(
    mail: &Mail,
    report: &Report<'_>,
    has_fields: &dyn Fn() -> bool,
) -> Option<Vec<String>> {
    let voice = voice(mail);
    let person = voice == Voice::Somebody || (voice == Voice::Postmaster && has_reply_prefix(&mail.subject));
    let subject = fold(&mail.subject, 300);
    // Postfix tells its keeper of protocol errors in the same voice; nothing bounced.
    if subject.starts_with("postfix smtp server: errors from") {
        return None;
    }
    let kind = fold(mail.first_header("Content-Type").unwrap_or_default(), 500);
    let reports = kind.starts_with("multipart/report");
    let status_report = reports && kind.contains("delivery-status");
    let part = mail.attachments.iter().any(|part| super::STATUS_PARTS.contains(&part.content_type.as_str()));
    if status_report && (part || !person || returned(mail, report)) {
        return Some(vec!["Content-Type: multipart/report; report-type=delivery-status".to_owned()]);
    }
    if part && has_fields() && !(person && (has_reply_prefix(&mail.subject) || written(mail))) {
        return Some(vec!["part message/delivery-status".to_owned()]);
    }
    if person {
        return by_form(mail, report, &subject);
    }
    if kind.contains("disposition-notification") && voice != Voice::Daemon {
        return None;
    }
    by_words(mail, report, voice, &subject, has_fields)
}

/// A mail system's voice with words, or without words but with a returned mail.
fn by_words(
    mail: &Mail,
    report: &Report<'_>,
    voice: Voice,
    subject: &str,
    has_fields: &dyn Fn() -> bool,
) -> Option<Vec<String>> {
    let text = fold(report.text(), CHARS);
    let speaks = who(mail, voice);
    let failed = mail.first_header("X-Failed-Recipients").map(|value| field("X-Failed-Recipients", value));
    if let Some(failed) = failed {
        return Some(vec![speaks, failed]);
    }
    let words = Words {
        subject: announcements::announced(subject).is_some(),
        formal: announcements::formal(&text),
        text: announcements::announced(&text),
        returned: returned(mail, report),
        reply: report.has_reply(),
        fields: has_fields(),
    };
    if !words.are_enough(mail, voice) {
        return None;
    }
    let subject = words.subject.then(|| field("Subject", &mail.subject));
    let text = words.formal.or(words.text).map(|phrase| format!("text: {phrase}"));
    Some([Some(speaks), subject, text].into_iter().flatten().collect())
}

/// A gateway that sends under some name of its own: the subject announces, the mail answers nothing, and its
/// very first paragraph is a sentence that only mail systems write. Whoever asks about a bounce begins otherwise.
fn by_form(mail: &Mail, report: &Report<'_>, subject: &str) -> Option<Vec<String>> {
    let answers = !mail.in_reply_to.is_empty() || !mail.references.is_empty();
    if answers || has_reply_prefix(&mail.subject) || announcements::announced(subject).is_none() {
        return None;
    }
    let drawn = |line: &&str| !line.contains(char::is_alphanumeric);
    let lines = report.text().lines().skip_while(drawn).take_while(|line| !line.trim().is_empty());
    let first: Vec<&str> = lines.take(6).collect();
    let phrase = announcements::formal(&fold(&first.join(" "), 400))?;
    // Parcels cannot be delivered either.
    if !(report.has_reply() || report.lists_somebody() || returned(mail, report)) {
        return None;
    }
    Some(vec![field("Subject", &mail.subject), format!("text: {phrase}")])
}

/// What the mail says, piece by piece.
struct Words {
    /// The subject announces.
    subject: bool,
    /// A sentence that only mail systems write.
    formal: Option<&'static str>,
    /// An announcement in the text.
    text: Option<&'static str>,
    /// A mail or its header came back.
    returned: bool,
    /// A server's reply stands in the text.
    reply: bool,
    /// Fields of a status report, as a part or in the text.
    fields: bool,
}

impl Words {
    /// The less a voice proves, the more must be said.
    fn are_enough(&self, mail: &Mail, voice: Voice) -> bool {
        let formal = self.formal.is_some();
        let text = formal || self.text.is_some();
        match voice {
            Voice::Daemon => {
                self.subject || text || self.returned || self.fields || (null_sender(mail) && self.reply)
            }
            // Autoresponders send from the null sender too, and repeat our subject.
            Voice::Null if has_auto_prefix(&mail.subject) => self.fields,
            Voice::Null if has_reply_prefix(&mail.subject) => {
                self.fields || (formal && (self.returned || self.reply))
            }
            Voice::Null => {
                self.fields
                    || formal
                    || self.subject
                    || (text && (self.reply || self.returned || !talks(mail)))
            }
            Voice::Postmaster => {
                formal
                    || self.fields
                    || (self.subject && (text || self.reply || self.returned))
                    || (text && (self.reply || self.returned))
            }
            // Notifications quote bounces: there the report must be the mail's own form.
            Voice::Program => {
                let attached = mail.attachments.iter().any(is_returned);
                let listed = ["List-Id", "List-Unsubscribe", "List-Post"]
                    .iter()
                    .any(|name| mail.first_header(name).is_some());
                !listed && text && (attached || (self.subject && self.returned && formal))
            }
            Voice::Somebody => false,
        }
    }
}

/// Whose voice it is.
fn voice(mail: &Mail) -> Voice {
    let sender = mail.from.as_ref().map(kind);
    let null = null_sender(mail);
    match sender {
        Some(SenderKind::Daemon) => Voice::Daemon,
        _ if null => Voice::Null,
        Some(SenderKind::Postmaster) => Voice::Postmaster,
        Some(SenderKind::NoReply | SenderKind::Program | SenderKind::ListOwner) => Voice::Program,
        Some(SenderKind::Somebody) => Voice::Somebody,
        // `From: <>` and `From: mailer-daemon`: no person's mail program writes these.
        None => nameless(mail),
    }
}

/// A From without an address.
fn nameless(mail: &Mail) -> Voice {
    let shown = fold(mail.first_header("From").unwrap_or_default(), 200);
    let bare = shown.trim_matches(|c: char| !c.is_alphanumeric());
    let system = ["mailer-daemon", "mailer daemon", "mail delivery", "mail daemon", "mdaemon"];
    if system.iter().any(|name| bare.contains(name)) {
        Voice::Daemon
    } else if shown.contains("<>") {
        Voice::Null
    } else if bare == "postmaster" {
        Voice::Postmaster
    } else if bare.is_empty() {
        Voice::Program
    } else {
        Voice::Somebody
    }
}

/// The voice as evidence.
fn who(mail: &Mail, voice: Voice) -> String {
    match (voice, mail.from.as_ref()) {
        (Voice::Null, _) => "envelope sender is null".to_owned(),
        (_, Some(from)) => field("From", &from.to_string()),
        (_, None) => field("From", mail.first_header("From").unwrap_or_default()),
    }
}

/// A mail, or the header of one, came back with it.
fn returned(mail: &Mail, report: &Report<'_>) -> bool {
    report.returns_mail() || mail.attachments.iter().any(is_returned)
}

/// The author wrote something of their own: text before a forwarded report.
fn written(mail: &Mail) -> bool {
    let text = fold(&mail.body.new_text, 2_000);
    announcements::formal(&text).is_none() && announcements::announced(&text).is_none()
}

/// The mail takes part in a conversation, as autoresponders' mails do.
fn talks(mail: &Mail) -> bool {
    has_reply_prefix(&mail.subject) || mail.first_header("Auto-Submitted").is_some()
}
