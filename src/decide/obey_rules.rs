//! Does what rules ask for, after the same checks as for anybody else.

use serde_json::json;

use super::draft::Draft;
use super::mail::Case;
use super::notify::{Happening, may_reply};
use super::{After, Fact};
use crate::desk::{
    Actor, Attribute, Cause, Channel, Found, NewArticle, Notification, Occasion, Recipient, Relation,
    RuleRef, SenderKind, StateType, TicketRef,
};
use crate::outbound::data;
use crate::rules::{Action, Facts, RuleEvent, Steps};

/// Whether the mail stays what it was going to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Yes.
    Go,
    /// The journal alone keeps it.
    Discard,
    /// So it does, and the sender gets this template.
    Reject(String),
    /// Into the quarantine.
    Quarantine,
}

/// What the rules said beyond changes of the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obeyed {
    pub(super) verdict: Verdict,
    /// No automatic reply.
    pub(super) silent: bool,
}

/// Runs the rules over a mail and changes the draft as they say.
pub(super) fn obey_rules(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef, event: RuleEvent) -> Obeyed {
    let ticket = draft.ticket(at).cloned();
    let verdicts = &case.incoming.verdicts;
    let passed = verdicts.dmarc_pass || verdicts.submission || verdicts.internal;
    let address = case.sender.address(&case.incoming.mail);
    // A ticket that an agent opens for somebody is that customer's.
    let whose =
        ticket.as_ref().filter(|_| event == RuleEvent::New).and_then(|ticket| ticket.now.customer.as_ref());
    let address = whose.map_or_else(|| address.into_owned(), crate::mail::Address::key);
    let facts = Facts {
        mail: &case.incoming.mail,
        classified: &case.incoming.classified,
        event,
        sender: case.sender.trace.kind,
        authentication: match (verdicts.fail, passed) {
            (true, _) => "fail",
            (false, true) => "pass",
            (false, false) => "none",
        },
        mailbox: &case.incoming.mailbox,
        ticket: ticket.as_ref(),
        customer: draft.desk.customers.get(&address),
        text_limit: draft.desk.limits.rule_text_bytes,
        work_limit: draft.desk.limits.rule_work_bytes,
        now: draft.now(),
        told: draft.given.told,
    };
    let evaluated = case.policy.rules.evaluate(&facts);
    let mut obeyed = Obeyed { verdict: Verdict::Go, silent: false };
    draft.trace.rules.extend(evaluated.traces);
    if let Some(rule) = evaluated.left_out {
        let words = format!(
            "rules from \"{}\" ({}:{}) on were not asked: those before it cost as much as one mail may ([limits] rule_work)",
            rule.name, rule.file, rule.line
        );
        draft.trace.remarks.push(words.clone());
        draft.fact(at, Fact::Remark(words), &Cause::new(Actor::System, "limit of rules"));
    }
    for (rule, action) in evaluated.actions {
        let cause =
            Cause::new(Actor::Rule(RuleRef::clone(&rule)), format!("mail in {}", case.incoming.mailbox));
        if let Err(why) = obey(draft, case, at, &rule, &action, &cause, &mut obeyed) {
            let words = format!("rule \"{}\": {why}", rule.name);
            draft.trace.remarks.push(words.clone());
            draft.fact(at, Fact::Remark(words), &cause);
        }
    }
    obeyed
}

fn obey(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    rule: &RuleRef,
    action: &Action,
    cause: &Cause,
    obeyed: &mut Obeyed,
) -> Result<(), String> {
    if case.incoming.silent {
        super::history::obeys(&case.incoming.history, action)?;
    }
    match action {
        Action::Discard => keep_out(draft, obeyed, Verdict::Discard, action, cause),
        Action::Reject(template) => {
            keep_out(draft, obeyed, Verdict::Reject(template.clone()), action, cause);
        }
        Action::Quarantine => keep_out(draft, obeyed, Verdict::Quarantine, action, cause),
        Action::SuppressReply => {
            obeyed.silent = true;
            told(draft, at, action, cause);
        }
        Action::MoveMail(folder) => {
            draft.after = After::MoveTo(folder.clone());
            told(draft, at, action, cause);
        }
        Action::Note(text) => note(draft, at, rule, text, cause),
        Action::Notify { whom, template } => {
            told(draft, at, action, cause);
            notify(draft, case, at, &rule.name, whom, template.as_deref());
        }
        Action::Queue(_)
        | Action::Type(_)
        | Action::Service(_)
        | Action::Sla(_)
        | Action::Priority(_)
        | Action::State(_)
        | Action::Owner(_)
        | Action::Responsible(_)
        | Action::Title(_)
        | Action::Lock(_)
        | Action::Tag(_)
        | Action::Field(..)
        | Action::PendUntil(_)
        | Action::Level(_)
        | Action::Link(_)
        | Action::Watcher(_) => change(draft, at, action, cause)?,
    }
    Ok(())
}

/// What changes no attribute stands in the history all the same, with its rule.
fn told(draft: &mut Draft<'_>, at: TicketRef, action: &Action, cause: &Cause) {
    draft.fact(at, Fact::Remark(action.to_string()), cause);
}

/// Without a ticket there is no history: the journal says which rule it was.
fn keep_out(draft: &mut Draft<'_>, obeyed: &mut Obeyed, verdict: Verdict, action: &Action, cause: &Cause) {
    obeyed.verdict = verdict;
    draft.trace.remarks.push(format!("{action}, by {}", cause.actor));
}

fn change(draft: &mut Draft<'_>, at: TicketRef, action: &Action, cause: &Cause) -> Result<(), String> {
    let desk = draft.desk;
    match action {
        Action::Queue(name) => {
            let owner = desk.queue(name).ok_or_else(|| unknown("queue", name))?.owner.clone();
            draft.set(at, Attribute::Queue, Some(name.clone()), cause);
            draft.supervise(at, owner, cause);
        }
        Action::Service(name) => {
            let owner = desk.service(name).ok_or_else(|| unknown("service", name))?.owner.clone();
            draft.set(at, Attribute::Service, Some(name.clone()), cause);
            draft.supervise(at, owner, cause);
        }
        Action::Type(name) => {
            desk.types.contains(name).then_some(()).ok_or_else(|| unknown("type", name))?;
            draft.set(at, Attribute::Type, Some(name.clone()), cause);
        }
        Action::Priority(steps) => {
            let now = draft.ticket(at).map_or(desk.default_priority, |ticket| ticket.now.priority);
            let after = match steps {
                Steps::To(priority) => *priority,
                Steps::By(steps) => now.moved(*steps),
            };
            draft.set(at, Attribute::Priority, Some(after.value().to_string()), cause);
        }
        Action::State(name) => {
            let state = desk.state(name).ok_or_else(|| unknown("state", name))?;
            draft.set_state(at, state, None, cause);
        }
        Action::PendUntil(until) => {
            let now = draft.ticket(at).and_then(|ticket| desk.state(&ticket.now.state));
            let pending = now.filter(|state| state.kind.is_pending());
            let state = pending.or_else(|| desk.first_state(StateType::PendingReminder));
            let state = state.ok_or_else(|| unknown("state", "pending reminder"))?;
            draft.set_state(at, state, Some(*until), cause);
        }
        Action::Link(number) => {
            let known = crate::desk::TicketNumber::new(number);
            let other = known.and_then(|number| super::matching::resolve(draft.context, &number));
            let other = other.ok_or_else(|| unknown("ticket", number))?;
            if at == TicketRef::Existing(other) {
                return Err("a ticket is not linked to itself".to_owned());
            }
            draft.link(TicketRef::Existing(other), at, Relation::Linked, cause);
            told(draft, at, action, cause);
        }
        Action::Lock(locked) => {
            draft.set_lock(at, *locked, cause);
        }
        Action::Responsible(login) => responsible(draft, at, login, cause)?,
        Action::Owner(login) => {
            let login = agent(draft, login)?;
            draft.set(at, Attribute::Owner, Some(login), cause);
        }
        Action::Watcher(login) => {
            let login = agent(draft, login)?;
            draft.set(at, Attribute::Watcher, Some(login), cause);
        }
        Action::Sla(_) | Action::Level(_) | Action::Title(_) | Action::Tag(_) | Action::Field(..) => {
            plain(draft, at, action, cause);
        }
        Action::Discard
        | Action::Reject(_)
        | Action::Quarantine
        | Action::SuppressReply
        | Action::MoveMail(_)
        | Action::Note(_)
        | Action::Notify { .. } => {}
    }
    Ok(())
}

fn unknown(what: &str, name: &str) -> String {
    format!("there is no {what} \"{name}\"")
}

/// Values that need no look at the desk.
fn plain(draft: &mut Draft<'_>, at: TicketRef, action: &Action, cause: &Cause) {
    let (attribute, value) = if let Action::Sla(name) = action {
        (Attribute::Sla, name)
    } else if let Action::Level(level) = action {
        (Attribute::Level, level)
    } else if let Action::Title(title) = action {
        (Attribute::Title, title)
    } else if let Action::Tag(tag) = action {
        (Attribute::Tag, tag)
    } else if let Action::Field(name, value) = action {
        (Attribute::Field(name.clone()), value)
    } else {
        return;
    };
    draft.set(at, attribute, Some(value.clone()), cause);
}

fn responsible(draft: &mut Draft<'_>, at: TicketRef, login: &str, cause: &Cause) -> Result<(), String> {
    let login = agent(draft, login)?;
    if draft.set(at, Attribute::Responsible, Some(login), cause).is_some() {
        let by_rule = super::SenderTrace::of_program();
        let mut happening = Happening::new(Occasion::ResponsibleChanged, Some(at), &by_rule);
        happening.extra.insert("by".to_owned(), json!(cause.actor.to_string()));
        draft.happenings.push(happening);
    }
    Ok(())
}

fn agent(draft: &Draft<'_>, login: &str) -> Result<String, String> {
    match draft.desk.find_agent(login) {
        Found::One(agent) => Ok(agent.login.clone()),
        Found::Several(_) | Found::Nobody => Err(format!("there is no agent \"{login}\"")),
    }
}

fn note(draft: &mut Draft<'_>, at: TicketRef, rule: &RuleRef, text: &str, cause: &Cause) {
    let note = NewArticle {
        channel: Channel::Note,
        sender: SenderKind::System,
        visible: false,
        from: None,
        to: Vec::new(),
        cc: Vec::new(),
        subject: rule.name.clone(),
        text: text.into(),
        message_id: None,
        attachments: Vec::new(),
        raw: None,
        at: draft.now(),
    };
    draft.article(at, note, cause);
}

/// Tells those whom the rule names; a customer among them under the rules of automatic replies.
fn notify(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    rule: &str,
    whom: &Recipient,
    template: Option<&str>,
) {
    let mut about = Happening::new(Occasion::StateChanged, Some(at), &case.sender.trace);
    let template = template.unwrap_or(super::notify::RULE_NOTICE);
    about.row = Some(Notification::new(rule, Occasion::StateChanged, vec![whom.clone()], template));
    about.sender.clone_from(&case.incoming.mail.from);
    about.by = SenderKind::Customer;
    about.text = data::shown(&case.incoming.mail.body.new_text);
    about.public = true;
    about.extra.insert("rule".to_owned(), json!(rule));
    about.reply = may_reply(case.incoming);
    draft.happenings.push(about);
}
