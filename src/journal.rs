//! The operator's mail log: one line for each mail event, apart from the log of the program.
//!
//! Every event has its function here, so that a log line cannot carry a body, a token or a secret by accident.

use jiff::Timestamp;

use crate::decide::{Decision, Effect};
use crate::ingest::intake::Condition;
use crate::store::{Applied, DueMail};

/// A mail, timer or request was decided and is durable.
pub fn decided(decision: &Decision, applied: &Applied) {
    let ticket = applied.tickets.first().map(|(_, number)| number.to_string());
    let known = decision.trace.matched.as_ref().and_then(|matched| matched.ticket.clone());
    let sender = decision.trace.sender.as_ref();
    tracing::info!(
        target: "taquilla::journal",
        row = applied.journal,
        reason = decision.reason.word(),
        ticket = ticket.or(known).unwrap_or_default(),
        sender = sender.map(|sender| sender.id.as_str()).unwrap_or_default(),
        level = sender.map(|sender| sender.level).unwrap_or_default(),
        mails = decision.effects.iter().filter(|effect| matches!(effect, Effect::Notify(_))).count(),
        "decided"
    );
}

/// A mailbox has something to report.
pub fn condition(mailbox: &str, condition: &Condition) {
    if matches!(condition, Condition::Recovered) {
        tracing::info!(target: "taquilla::journal", mailbox, "recovered");
    } else {
        tracing::warn!(target: "taquilla::journal", mailbox, %condition, "mailbox");
    }
}

/// The server took a mail over.
pub fn accepted(mail: &DueMail, answer: &str) {
    sent(mail, "accepted", answer);
}

/// A mail is tried again later.
pub fn deferred(mail: &DueMail, next: Timestamp, why: &str) {
    sent(mail, &format!("deferred until {next}"), why);
}

/// Nobody knows whether the server has it.
pub fn in_doubt(mail: &DueMail, why: &str) {
    sent(mail, "in doubt", why);
}

/// A mail is not tried again.
pub fn given_up(mail: &DueMail, why: &str) {
    sent(mail, "given up", why);
}

/// No Message-ID here: ours carry tokens. Some servers name it in their answer.
fn sent(mail: &DueMail, result: &str, answer: &str) {
    let answer = without(answer, mail.message_id.as_str());
    tracing::info!(
        target: "taquilla::journal",
        outbox = mail.id,
        to = %mail.recipient,
        result,
        answer,
        "mail"
    );
}

/// A text without an id, in whatever case it stands there.
fn without(text: &str, id: &str) -> String {
    let (folded, id) = (text.to_ascii_lowercase(), id.to_ascii_lowercase());
    let mut rest = 0;
    let mut out = String::new();
    for (at, _) in folded.match_indices(&id) {
        out.push_str(text.get(rest..at).unwrap_or_default());
        out.push_str("...");
        rest = at + id.len();
    }
    out.push_str(text.get(rest..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_names_the_mail_is_written_without_its_name() {
        for (answer, written) in [
            ("2.0.0 OK <Tok.Ran@minem.example> [Hostname=a]", "2.0.0 OK <...> [Hostname=a]"),
            ("ñ TOK.RAN@MINEM.EXAMPLE tok.ran@minem.example", "ñ ... ..."),
            ("2.0.0 Ok: queued as 1A", "2.0.0 Ok: queued as 1A"),
        ] {
            assert_eq!(without(answer, "tok.ran@minem.example"), written);
        }
    }
}
