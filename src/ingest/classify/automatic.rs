//! Is this mail a program's own? Monitoring, scanners, shops, newsletters.
//!
//! By what the header says, by who sends, and by the few subjects that monitoring writes always the same way.

use crate::mail::Mail;

use super::fold::fold;
use super::headers;
use super::reply::has_reply_prefix;
use super::sender::{SenderKind, kind};

/// Beginnings of subjects that only programs write, folded.
const SUBJECTS: &[&str] = &[
    "** problem",
    "** recovery",
    "** acknowledgement",
    "** flapping",
    "** downtime",
    "[firing:",
    "[resolved]",
    "[resolved:",
    "cron <",
    "anacron job",
    "logwatch for",
    "*** security information for",
    "build failed in jenkins",
    "jenkins build",
    "problem: ",
    "resolved: ",
    "resolved in ",
    "problem started",
    "[alert]",
    "[alerta]",
    "[alarm]",
    "[zabbix]",
    "[prtg",
    "[nagios]",
    "[icinga]",
    "[grafana]",
    "smart error (",
    "dma log",
    "report domain:",
    "backup report",
    "postfix smtp server: errors",
    "undelivered report",
    "scan from ",
    "scan data from",
    "message from km",
    "scanned from a xerox",
    "attached image",
    "microsoft outlook test message",
];

/// Evidence that a program wrote the mail of its own accord.
pub(super) fn evidence(mail: &Mail) -> Option<Vec<String>> {
    let generated = headers::auto_submitted(mail).map(|(_, said)| said);
    let precedence = headers::precedence(mail).map(|value| headers::evidence("Precedence", &value));
    let said: Vec<String> =
        [generated, precedence, headers::program(mail), sender(mail)].into_iter().flatten().collect();
    if !said.is_empty() {
        return Some(said);
    }
    let subject = fold(&mail.subject, 120);
    if let Some(begin) = SUBJECTS.iter().find(|begin| subject.starts_with(*begin)) {
        // "Problem: the printer ..." is also how people write; programs leave a second trace.
        let ambiguous =
            matches!(*begin, "problem: " | "resolved: " | "backup report" | "attached image" | "scan from ");
        if !ambiguous || headers::suppressed(mail).is_some() {
            return Some(vec![headers::evidence("Subject", &mail.subject)]);
        }
    }
    None
}

/// A sender that is a program by its name. A reply to one of its mails is not: there a person sits behind it.
fn sender(mail: &Mail) -> Option<String> {
    let from = mail.from.as_ref()?;
    let sender = kind(from);
    let program = match sender {
        SenderKind::NoReply | SenderKind::Daemon => true,
        SenderKind::Program | SenderKind::ListOwner => !has_reply_prefix(&mail.subject),
        SenderKind::Postmaster | SenderKind::Somebody => false,
    };
    program.then(|| format!("From: {}", from.address))
}
