//! A decision in words: what `explain` prints and what stands beside each golden mail.

use std::fmt;

use super::{Decision, Effect, MatchKind};
use crate::desk::{Allowance, Channel, Notice, TicketRef};
use crate::rules::RuleTrace;

/// The whole decision, how it was reached first. Stable, so that a change of policy is a readable diff.
impl fmt::Display for Decision {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(sender) = &self.trace.sender {
            let id = if sender.id.is_empty() { "nobody" } else { &sender.id };
            writeln!(out, "sender: {} {id}, level {}", sender.kind.word(), sender.level)?;
            for evidence in &sender.evidence {
                writeln!(out, "  because {evidence}")?;
            }
        }
        if let Some(matched) = &self.trace.matched {
            let joins = match matched.kind {
                MatchKind::New => ", linked to",
                MatchKind::FollowUp => " of",
                MatchKind::None => ", although it names",
            };
            let ticket =
                matched.ticket.as_ref().map(|number| format!("{joins} ticket {number}")).unwrap_or_default();
            writeln!(out, "match: {}{ticket}", matched.kind.word())?;
            writeln!(out, "  because {}", matched.evidence)?;
        }
        for rule in &self.trace.rules {
            write_rule(out, rule)?;
        }
        for command in &self.trace.commands {
            let mark = if command.done { "done" } else { "refused" };
            let about = command.ticket.as_ref().map(|number| format!(" (ticket {number})"));
            writeln!(out, "command: {}{}", command.line, about.unwrap_or_default())?;
            let result =
                if command.result.is_empty() { String::new() } else { format!(": {}", command.result) };
            writeln!(out, "  {mark}{result}")?;
        }
        for remark in &self.trace.remarks {
            writeln!(out, "remark: {remark}")?;
        }
        for effect in &self.effects {
            writeln!(out, "effect: {effect}")?;
        }
        writeln!(out, "reason: {}", self.reason)?;
        write!(out, "after: {}", self.after)
    }
}

fn write_rule(out: &mut fmt::Formatter<'_>, rule: &RuleTrace) -> fmt::Result {
    let verdict = if rule.matched { "matched" } else { "did not match" };
    writeln!(out, "rule: \"{}\" ({}:{}) {verdict}", rule.rule.name, rule.rule.file, rule.rule.line)?;
    for condition in &rule.conditions {
        writeln!(out, "  if {condition}")?;
    }
    for action in &rule.actions {
        writeln!(out, "  then {action}")?;
    }
    Ok(())
}

struct Which(TicketRef);

impl fmt::Display for Which {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            TicketRef::Existing(id) => write!(out, "ticket id {}", id.0),
            TicketRef::New(0) => out.write_str("the new ticket"),
            TicketRef::New(nth) => write!(out, "new ticket {}", nth + 1),
        }
    }
}

/// One line.
impl fmt::Display for Effect {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { ticket, cause, .. } => {
                let customer =
                    ticket.customer.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string);
                write!(
                    out,
                    "create ticket {} \"{}\" in queue {} for {customer}, by {}",
                    ticket.number, ticket.title, ticket.queue, cause.actor
                )
            }
            Self::Article { ticket, article, .. } => {
                let eyes = if article.visible { "visible" } else { "internal" };
                let files = match article.attachments.len() {
                    0 => String::new(),
                    1 => ", 1 attachment".to_owned(),
                    many => format!(", {many} attachments"),
                };
                let by = by_channel(article.channel);
                write!(
                    out,
                    "add {eyes} article of {} to {}{by}{files}",
                    article.sender.word(),
                    Which(*ticket)
                )
            }
            Self::Set { ticket, change, cause } => {
                write!(out, "set {change} of {}, by {}", Which(*ticket), cause.actor)
            }
            Self::Note { ticket, fact, .. } => write!(out, "history of {}: {fact}", Which(*ticket)),
            Self::Past { ticket, message_ids, other_numbers, since, closed } => {
                write!(out, "{} is found by {} ids", Which(*ticket), message_ids.len())?;
                other_numbers.iter().try_for_each(|number| write!(out, ", {number}"))?;
                since.map_or(Ok(()), |since| write!(out, "; opened {since}"))?;
                closed.map_or(Ok(()), |closed| write!(out, "; closed {closed}"))
            }
            Self::Timer { ticket, kind, due } => {
                write!(out, "timer {} of {} at {due}", kind.word(), Which(*ticket))
            }
            Self::CancelTimer { ticket, kind } => {
                write!(out, "no timer {} of {}", kind.word(), Which(*ticket))
            }
            Self::Notify(notice) => write_notice(out, notice),
            Self::Hold { login, ticket, expires, .. } => {
                write!(out, "hold the mail until {login} confirms it, at the latest at {expires}")?;
                ticket.map_or(Ok(()), |at| write!(out, " ({})", Which(at)))
            }
            Self::Release { held, confirmed: true } => write!(out, "release held mail {held}: confirmed"),
            Self::Release { held, confirmed: false } => write!(out, "held mail {held} waits no longer"),
            Self::AskSurvey { ticket, customer } => write!(out, "ask {customer} about {}", Which(*ticket)),
            Self::WithdrawSurvey { ticket, .. } => write!(out, "take back the survey of {}", Which(*ticket)),
            Self::AnswerSurvey { survey, score, comment } => {
                write!(out, "survey {survey} answered with {score}")?;
                if comment.is_empty() { Ok(()) } else { out.write_str(" and a comment") }
            }
            Self::Erase { address, .. } => write!(out, "erase everything of {address}"),
            Self::Undoable { login, expires, .. } => {
                write!(out, "{login} can take this back until {expires}")
            }
            Self::Undo { undo } => write!(out, "doing {undo} is taken back"),
            Self::DropMail { mail } => write!(out, "mail {mail} of the outbox does not leave"),
            Self::Withdraw { ticket, article } => {
                write!(out, "article {article} of {} is internal from now on", Which(*ticket))
            }
            Self::Quarantine { ticket, why } => write!(out, "quarantine, shown by {}: {why}", Which(*ticket)),
            Self::Park { due, why, .. } => write!(out, "park until {due}: {why}"),
        }
    }
}

fn by_channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Mail | Channel::Note => "",
        Channel::Phone => ", by phone",
        Channel::Chat => ", by chat",
        Channel::Person => ", in person",
    }
}

fn write_notice(out: &mut fmt::Formatter<'_>, notice: &Notice) -> fmt::Result {
    write!(out, "mail {} ({}) to {}", notice.template, notice.language.code(), notice.to.address)?;
    if let Some(time) = notice.not_before {
        write!(out, ", not before {time}")?;
    }
    write!(out, ", {}", notice.kind.word())?;
    match &notice.allowance {
        Allowance::Over { .. } => out.write_str(", held over a cap"),
        Allowance::Uncounted | Allowance::Within { .. } => Ok(()),
    }
}
