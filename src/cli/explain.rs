//! `taquilla explain MAIL.eml...`: the whole decision about a mail, and nothing is done.

use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use super::args::ExplainArgs;
use super::list::plain;
use super::{CliError, Exit, open};
use crate::clock::Clock;
use crate::decide::Effect;
use crate::desk::token::{self, Use};
use crate::mail::{Address, Class, Mail};
use crate::pipeline::{Explained, House};
use crate::store::Store;

/// Explains each mail.
pub(super) async fn run(config: Option<&Path>, args: &ExplainArgs) -> Result<Exit, CliError> {
    let (house, store) = open::to_explain(config).await?;
    let explained = explain_all(args, &house, store.as_ref()).await;
    if let Some(store) = store {
        // Or the database's own files would be left behind.
        store.close().await;
    }
    explained.map(|()| Exit::Done)
}

async fn explain_all(args: &ExplainArgs, house: &House, store: Option<&Store>) -> Result<(), CliError> {
    let mut out = std::io::stdout().lock();
    for path in &args.mails {
        let raw = open::read_mail(path)?;
        let explained = Explained::of(raw, args.from_agent, house, store, Clock::System, "explain").await?;
        if args.json {
            writeln!(out, "{}", to_json(path, &explained, house))?;
        } else {
            if args.mails.len() > 1 {
                writeln!(out, "== {}", path.display())?;
            }
            writeln!(out, "{}", plain(&explained.to_string()))?;
        }
    }
    Ok(())
}

/// The class as scripts see it: an answer to a survey is known by its token.
fn class(explained: &Explained, house: &House) -> Class {
    let class = explained.incoming.classified.class;
    let answered =
        explained.decision.effects.iter().any(|effect| matches!(effect, Effect::AnswerSurvey { .. }));
    let holds_survey_token = || {
        let ids = explained.incoming.mail.in_reply_to.iter().flat_map(|id| token::candidates(id.left()));
        ids.filter_map(|found| token::verify(&house.policy.desk.keys, found, Clock::System.now()))
            .any(|claim| claim.purpose == Use::Survey)
    };
    if class == Class::Person && (answered || holds_survey_token()) { Class::SurveyAnswer } else { class }
}

fn to_json(path: &Path, explained: &Explained, house: &House) -> Value {
    let Explained { incoming, decision } = explained;
    let mail = &incoming.mail;
    let bounce = incoming.classified.bounce.as_ref().map(|bounce| {
        json!({
            "action": bounce.action.word(),
            "status": bounce.status,
            "recipient": bounce.recipient,
            "diagnostic": bounce.diagnostic,
            "original_message_id": bounce.original_message_id.as_ref().map(|id| id.as_str()),
        })
    });
    let sender = decision.trace.sender.as_ref().map(|sender| {
        json!({
            "kind": sender.kind.word(), "id": sender.id, "level": sender.level, "evidence": sender.evidence.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    });
    let matched = decision.trace.matched.as_ref().map(|matched| {
        json!({ "kind": matched.kind.word(), "ticket": matched.ticket, "evidence": matched.evidence })
    });
    let mut object = json!({
        "file": path.display().to_string(),
        "class": class(explained, house).word(),
        "class_evidence": incoming.classified.evidence,
        "subject": mail.subject,
        "from": mail.from.as_ref().map(address),
        "to": mail.to.iter().map(address).collect::<Vec<_>>(),
        "cc": mail.cc.iter().map(address).collect::<Vec<_>>(),
        "date": mail.date.map(|date| date.to_string()),
        "message_id": mail.message_id.as_ref().map(|id| id.as_str()),
    });
    let rest = json!({
        "text": mail.body.text,
        "new_text": mail.body.new_text,
        "quoted_text": mail.body.quoted_text,
        "attachments": attachments(mail),
        "defects": mail.defects.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "bounce": bounce,
        "sender": sender,
        "match": matched,
        "rules": rules(explained),
        "commands": commands(explained),
        "effects": decision.effects.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "notifications": notifications(explained),
        "reason": decision.reason.word(),
        "after": decision.after.to_string(),
    });
    if let (Some(object), Value::Object(rest)) = (object.as_object_mut(), rest) {
        object.extend(rest);
    }
    object
}

fn address(address: &Address) -> Value {
    json!({ "name": address.name, "address": address.address })
}

fn attachments(mail: &Mail) -> Vec<Value> {
    let one = |file: &crate::mail::Attachment| {
        json!({
            "name": file.name,
            "type": file.content_type,
            "bytes": file.content.len(),
            "sha256": file.digest.to_string(),
        })
    };
    mail.attachments.iter().map(one).collect()
}

fn rules(explained: &Explained) -> Vec<Value> {
    let one = |tried: &crate::rules::RuleTrace| {
        json!({
            "name": tried.rule.name,
            "file": tried.rule.file,
            "line": tried.rule.line,
            "matched": tried.matched,
            "conditions": tried.conditions,
            "actions": tried.actions,
        })
    };
    explained.decision.trace.rules.iter().map(one).collect()
}

fn commands(explained: &Explained) -> Vec<Value> {
    let one = |command: &crate::decide::CommandTrace| {
        json!({
            "line": command.line, "ticket": command.ticket, "done": command.done, "result": command.result,
        })
    };
    explained.decision.trace.commands.iter().map(one).collect()
}

fn notifications(explained: &Explained) -> Vec<Value> {
    explained
        .decision
        .notices()
        .map(|notice| {
            json!({
                "template": notice.template, "to": notice.to.address, "language": notice.language.code(),
            })
        })
        .collect()
}
