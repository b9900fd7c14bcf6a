//! A mail of an agent: commands, an answer to the customer, an internal note, or all of it at once.
//!
//! All or nothing: the commands run over a copy of the draft, which is kept only if every line could be done.
//! What is not proved enough waits (`confirmation`); nothing of it is executed, nothing of it reaches the customer.

use serde_json::json;

use super::draft::Draft;
use super::execute::{Order, Wants, execute};
use super::lookup::Place;
use super::mail::Case;
use super::matching::{Apart, Match};
use super::notify::Happening;
use super::obey_rules::{Verdict, obey_rules};
use super::receipt::send_receipt;
use super::sentences::Say;
use super::{CommandTrace, Decision, Reason, confirmation, customer_mail, survey_mail};
use crate::commands::{self, Block, Command};
use crate::desk::{
    Actor, Agent, Attribute, Cause, Desk, LinkKind, Occasion, Right, SenderKind, StateType, Ticket, TicketId,
    TicketRef, may, token,
};
use crate::mail::Language;
use crate::outbound::{data, scrub};
use crate::rules::RuleEvent;

pub(super) fn agent_mail(draft: Draft<'_>, case: &Case<'_>, agent: &Agent) -> Decision {
    let desk = &case.policy.desk;
    let language = agent.language.unwrap_or(desk.language);
    let now = draft.now().to_zoned(desk.time_zone.clone());
    let body = &case.incoming.mail.body;
    let block = commands::read(&body.new_text, &now, language, desk.limits.commands);
    // Somebody who asks for help is a customer of that ticket, agent or not; there the copy that he got is enough.
    if let Match::FollowUp(id) = case.matched
        && block.lines.is_empty()
        && is_own_request(&draft, id, agent)
        && (case.sender.level() >= 2 || case.holds_own_token(draft.context))
    {
        return customer_mail::follow_up(draft, case, id);
    }
    if case.sender.level() < needed_level(&block, desk) || case.sender.doubted {
        return confirmation::hold_unproved(draft, case, agent, &block);
    }
    if body.html_new_text.as_ref().is_some_and(|html| !commands::same_commands(&body.new_text, html)) {
        return refuse_parts(draft, case, agent, &block, language);
    }
    // Who writes to the desk without a command asks for help, agent or not.
    if block.lines.is_empty() && matches!(case.matched, Match::New | Match::Apart(..)) {
        return customer_mail::customer_mail(draft, case);
    }
    attend(draft, case, agent, &block, language)
}

/// The proof that a mail needs: that of its most demanding command, or of an answer. What falls short is asked about,
/// not refused.
fn needed_level(block: &Block, desk: &Desk) -> u8 {
    let level = |verb: &str| desk.trust.levels.get(verb).copied().unwrap_or(2);
    let commands =
        block.lines.iter().map(|line| line.read.as_ref().map_or(2, |command| level(command.verb())));
    let text = (block.lines.is_empty() || !block.rest.trim().is_empty()).then(|| level("public"));
    commands.chain(text).max().unwrap_or(2)
}

fn is_own_request(draft: &Draft<'_>, id: TicketId, agent: &Agent) -> bool {
    draft.ticket(TicketRef::Existing(id)).is_some_and(|ticket| {
        let now = &ticket.now;
        let customer = now.customer.as_ref().is_some_and(|customer| agent.has_address(&customer.address));
        let works =
            [&now.owner, &now.responsible].into_iter().any(|login| login.as_deref() == Some(&agent.login));
        customer && !works
    })
}

fn refuse_parts(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    language: Language,
) -> Decision {
    let wrong = Say::PartsDiffer.text(language);
    let line = block.lines.first().map_or_else(|| "#".to_owned(), |line| line.written.clone());
    draft.trace.commands.push(CommandTrace { line, done: false, result: wrong });
    let at = case.matched.ticket().map(TicketRef::Existing);
    send_receipt(&mut draft, case, agent, at, language, None);
    draft.finish(Reason::CommandsRefused, at)
}

/// Commands and text, over a copy.
fn attend(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    language: Language,
) -> Decision {
    let mut tried = draft.clone();
    let cause = Cause::new(Actor::Agent(agent.login.clone()), case.sender.trace.evidence.join("; "));
    let (at, new) = match case.matched {
        Match::FollowUp(id) => (TicketRef::Existing(id), false),
        Match::New => (customer_mail::open(&mut tried, case, &cause), true),
        Match::Apart(id, why) => {
            let at = customer_mail::open(&mut tried, case, &cause);
            if why == Apart::NewTopic {
                tried.link(TicketRef::Existing(id), at, LinkKind::Normal);
            }
            (at, true)
        }
    };
    // First the rules, then what the agent says otherwise.
    let mut silent = false;
    if new {
        let obeyed = obey_rules(&mut tried, case, at, RuleEvent::New);
        if obeyed.verdict != Verdict::Go {
            return customer_mail::customer_mail(draft, case);
        }
        silent = obeyed.silent;
    }
    let text = block.rest.trim();
    let order = Order { agent, trace: &case.sender.trace, language, reason: text };
    let mut wants = Wants::default();
    let mut lines: Vec<CommandTrace> = Vec::new();
    for line in &block.lines {
        let result = match &line.read {
            Ok(command) => execute(&mut tried, at, &order, &line.written, command, &mut wants),
            Err(mistake) => Err(mistake.0.clone()),
        };
        let done = result.is_ok();
        lines.push(CommandTrace {
            line: line.written.clone(),
            done,
            result: result.unwrap_or_else(|wrong| wrong),
        });
    }
    let (visible, guessed) = visible(&tried, case, at, new, wants);
    if !text.is_empty()
        && let Err(wrong) = may_write(&tried, &draft, agent, at, visible, wants, language)
    {
        lines.push(CommandTrace { line: data_line(text), done: false, result: wrong });
    }
    if lines.iter().any(|line| !line.done) {
        draft.trace.commands = lines;
        draft.trace.rules = tried.trace.rules;
        let at = case.matched.ticket().map(TicketRef::Existing);
        send_receipt(&mut draft, case, agent, at, language, Some(Say::NothingKept.text(language)));
        for line in draft.trace.commands.iter_mut().filter(|line| line.done) {
            line.done = false;
            line.result = commands::not_done(language);
        }
        return draft.finish(Reason::CommandsRefused, at);
    }
    tried.trace.commands = lines;
    write(
        tried,
        draft,
        Writing { case, agent, at, new, visible, guessed, silent, wants, block, cause, language },
    )
}

/// First words of a text, to name it in a receipt.
fn data_line(text: &str) -> String {
    let first: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    format!("\u{201c}{first}\u{2026}\u{201d}")
}

/// Whether the text goes to the customer: as the author says, else as the notice that is answered does. And whether
/// that had to be guessed.
fn visible(draft: &Draft<'_>, case: &Case<'_>, at: TicketRef, new: bool, wants: Wants) -> (bool, bool) {
    if let Some(said) = wants.visible {
        return (said, false);
    }
    if wants.silent || new {
        return (new && !wants.silent, false);
    }
    // The nearest token decides: the notice that this mail answers.
    let issued = |place: Place| {
        case.carried
            .iter()
            .find(|carried| carried.place == place && carried.claim.purpose != token::Use::Survey)
    };
    let nearest = [Place::Parent, Place::Text, Place::Thread, Place::Address].into_iter().find_map(issued);
    if let Some(carried) = nearest {
        return (matches!(carried.claim.purpose, token::Use::Thread | token::Use::Copy), false);
    }
    // No notice of ours: a reply to the customer's own mail is meant for the customer.
    let answered = case.incoming.mail.in_reply_to.first().or(case.incoming.mail.references.last());
    let of_thread = |ticket: &Ticket| answered.is_some_and(|id| ticket.thread.contains(id));
    let known = draft.ticket(at).is_some_and(of_thread);
    (known, !known)
}

fn may_write(
    tried: &Draft<'_>,
    before: &Draft<'_>,
    agent: &Agent,
    at: TicketRef,
    visible: bool,
    wants: Wants,
    language: Language,
) -> Result<(), String> {
    let Some(ticket) = before.ticket(at).or_else(|| tried.ticket(at)) else { return Ok(()) };
    let now = &ticket.now;
    let right = if visible { Right::Answer } else { Right::Note };
    may(tried.desk, agent, right, &now.queue).map_err(|refusal| {
        Say::NotAllowed { right: refusal.right.word(), queue: &refusal.queue }.text(language)
    })?;
    let mine = [&now.owner, &now.responsible].into_iter().any(|login| login.as_deref() == Some(&agent.login));
    if visible && now.locked && !mine && !wants.took {
        let holder = now.responsible.as_deref().or(now.owner.as_deref()).unwrap_or("?");
        return Err(Say::LockedBy(&data::agent_label(tried.desk, holder)).text(language));
    }
    Ok(())
}

struct Writing<'c> {
    case: &'c Case<'c>,
    agent: &'c Agent,
    at: TicketRef,
    new: bool,
    visible: bool,
    /// The mail does not show whom the text is for.
    guessed: bool,
    /// A rule suppresses the automatic reply.
    silent: bool,
    wants: Wants,
    block: &'c Block,
    cause: Cause,
    language: Language,
}

/// Writes the article and tells everybody; `before` is the draft without anything done.
fn write(mut draft: Draft<'_>, before: Draft<'_>, what: Writing<'_>) -> Decision {
    let Writing { case, agent, at, .. } = what;
    let desk = &case.policy.desk;
    let mail = &case.incoming.mail;
    let confirmed = matches!(case.incoming.proof, super::Proof::Confirmed { .. });
    let scrubbed = scrub::scrub(what.block.rest.trim(), &scrub::Private::of(desk));
    let text = if what.visible { scrubbed.text.clone() } else { what.block.rest.trim().to_owned() };
    let doubtful = !scrubbed.leftovers.is_empty() || !what.block.stray.is_empty();
    if what.visible && !what.new && doubtful && !confirmed {
        let why = scrubbed.leftovers.iter().chain(&what.block.stray).cloned().collect::<Vec<_>>().join("; ");
        return confirmation::hold_for_author(before, case, agent, at, &why);
    }
    // What an agent forwards to open a ticket is the request itself.
    let forwarded = mail.body.quoted_text.trim();
    let whole = match (what.new && !forwarded.is_empty(), text.is_empty()) {
        (true, false) => format!("{}\n\n{forwarded}", what.block.rest.trim()),
        (true, true) => forwarded.to_owned(),
        (false, _) => text.clone(),
    };
    // A picture in a signature does not make an article of commands.
    let commands_alone = !what.block.lines.is_empty();
    let has_text = !text.is_empty() || mail.attachments.iter().any(|file| !(file.inline && commands_alone));
    if has_text || what.new {
        let sender = if what.new { SenderKind::Customer } else { SenderKind::Agent };
        let mut article = case.article(&draft, sender, what.visible, whole);
        article.html = None;
        draft.article(at, article, &what.cause);
    }
    if what.visible && has_text && !what.new {
        first_answer(&mut draft, at, agent, &what.cause);
    }
    tell(&mut draft, &what, &text, has_text);
    if !what.block.lines.is_empty() || (what.guessed && has_text) {
        let went = went(&draft, &what, has_text);
        send_receipt(&mut draft, case, agent, Some(at), what.language, went);
    }
    if what.wants.help {
        super::receipt::send_help(&mut draft, case, agent, what.language);
    }
    let reason = if what.new { Reason::NewTicket } else { Reason::AgentMail };
    draft.finish(reason, Some(at))
}

/// Whoever answers first attends the ticket, and the ticket is no longer new.
fn first_answer(draft: &mut Draft<'_>, at: TicketRef, agent: &Agent, cause: &Cause) {
    let Some(ticket) = draft.ticket(at).cloned() else { return };
    if ticket.now.responsible.is_none() && ticket.now.state_type.is_open() {
        let cause = Cause::new(cause.actor.clone(), "first answer");
        draft.set(at, Attribute::Responsible, Some(agent.login.clone()), &cause);
    }
    if ticket.now.state_type == StateType::New
        && let Some(open) = draft.desk.first_state(StateType::Open)
    {
        draft.set_state(at, open, None, cause);
    }
}

fn tell(draft: &mut Draft<'_>, what: &Writing<'_>, text: &str, has_text: bool) {
    let trace = &what.case.sender.trace;
    let mail = &what.case.incoming.mail;
    let name = json!(what.agent.name);
    let about = |occasion: Occasion| {
        let mut happening = Happening::new(occasion, Some(what.at), trace);
        happening.text = text.to_owned();
        happening.extra.insert("agent".to_owned(), name.clone());
        happening.extra.insert("by".to_owned(), name.clone());
        happening.extra.insert("attachments".to_owned(), data::attachment_names(&mail.attachments));
        happening.public = what.visible;
        happening
    };
    if what.new {
        let mut opened = Happening { answers: mail.message_id.clone(), ..about(Occasion::TicketCreated) };
        opened.by = SenderKind::Customer;
        let suppressed = Err("a rule suppresses the automatic reply".to_owned());
        let reply = super::notify::may_reply(draft, what.case.incoming);
        opened.reply = if what.silent { suppressed } else { reply };
        draft.happenings.push(opened);
    }
    if what.wants.closed {
        let mut closed = about(Occasion::Closed);
        closed.attachments = mail.attachments.clone();
        if what.wants.silent {
            closed.reply = Err("closed silently".to_owned());
            draft.happenings.push(closed);
        } else {
            survey_mail::closed(draft, closed, Some(&what.agent.login));
        }
    } else if what.visible && has_text && !what.new {
        let mut answer = about(Occasion::AgentAnswer);
        answer.attachments = mail.attachments.clone();
        draft.happenings.push(answer);
    }
    if !what.visible && has_text {
        let note = about(Occasion::Note);
        draft.happenings.push(note);
    }
}

fn went(draft: &Draft<'_>, what: &Writing<'_>, has_text: bool) -> Option<String> {
    if !has_text {
        return None;
    }
    let customer = draft.ticket(what.at).and_then(|ticket| ticket.now.customer.as_ref());
    Some(match (what.visible, customer) {
        (true, Some(customer)) => Say::Goes(customer.called()).text(what.language),
        (true, None) | (false, _) => Say::StaysInternal.text(what.language),
    })
}

/// The lines of a block as they would be read out in a confirmation.
pub(super) fn actions(block: &Block) -> Vec<String> {
    block
        .lines
        .iter()
        .map(|line| match &line.read {
            Ok(Command::Help | Command::Note | Command::Public) | Ok(_) => line.written.clone(),
            Err(mistake) => format!("{}: {}", line.written, mistake.0),
        })
        .collect()
}
