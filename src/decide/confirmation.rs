//! Mails that wait for a person: what is not proved enough, and answers that would carry internal text outside.
//!
//! The desk asks the registered address and nobody else. A confirmation is a mail from that address, written by a
//! person, that carries the one-time code and whose first line is "yes"; an out-of-office has no chance.

use jiff::SignedDuration;
use serde_json::{Map, json};

use super::draft::Draft;
use super::lookup::hash_code;
use super::mail::Case;
use super::notify::Happening;
use super::receipt::{Answers, Manner, Receipt, notice_to_agent, send_receipt};
use super::sentences::Say;
use super::{
    CommandTrace, Decision, Effect, Evidence, Fact, HeldFor, HeldMail, HeldOutcome, Reason, SenderTrace,
    addressees, agent_mail, evidence, quarantine,
};
use crate::commands::{self, Block};
use crate::desk::{Actor, Agent, Cause, Occasion, Ticket, TicketRef};
use crate::mail::{Digest, Language};
use crate::outbound::{data, scrub};

/// For how long a code is good.
const MINUTES: i64 = 30;
/// Lines that the question shows.
const MOST_ACTIONS: usize = 60;
/// Letters of the text that a question shows; it says how many more there are.
const SHOWN: usize = 10_000;
/// The level that a confirmation gives.
const CONFIRMED: u8 = 3;
/// Template of the question about a mail that nothing proves.
const UNPROVED: &str = "confirmation";
/// Template of the question about an answer that may not be meant as it stands.
const FOR_AUTHOR: &str = "held-for-author";

/// The waiting mail for which this one carries the code, if it comes from an address of the agent who has to confirm.
pub(super) fn of(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent) -> Option<HeldMail> {
    if !matches!(case.incoming.proof, super::Proof::None | super::Proof::Supposed(_)) {
        return None;
    }
    draft.context.held.clone().filter(|held| held.login == agent.login)
}

/// A mail that carries a code: it confirms, it denies, or its author hears why it does neither.
pub(super) fn confirmation(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: HeldMail) -> Decision {
    let at = held.ticket.map(TicketRef::Existing);
    let body = &case.incoming.mail.body;
    if case.incoming.verdicts.fail {
        return unanswered(draft, case, agent, at, &Say::NotFromYou, "a check of the sender failed");
    }
    if case.sender.doubted {
        return unanswered(draft, case, agent, at, &Say::NotFromYou, "From can be read in two ways");
    }
    if held.outcome == Some(HeldOutcome::Confirmed) {
        return confirmed_before(draft, case, agent, at);
    }
    if commands::denies(&body.new_text) {
        return declined(draft, case, agent, &held);
    }
    if held.outcome.is_some() || draft.now() > held.expires {
        return unanswered(draft, case, agent, at, &Say::CodeExpired, "the code has expired");
    }
    let confirms =
        commands::confirms(&body.new_text) && body.html_new_text.as_deref().is_none_or(commands::confirms);
    if !confirms {
        let say = match held.held_for {
            HeldFor::Proof => Say::NotYes,
            HeldFor::Author | HeldFor::Lock { .. } => Say::NeitherYesNorNo,
        };
        return unanswered(draft, case, agent, at, &say, "the first line is not yes");
    }
    draft.trace.remarks.push(format!("{} confirmed the mail that waited", agent.login));
    draft.effects.push(Effect::Release { held: held.id, confirmed: true });
    draft.finish(Reason::Confirmation, at)
}

/// The mail was confirmed, and may have been refused since, or asked about once more: a no is to that question then.
fn confirmed_before(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, at: Option<TicketRef>) -> Decision {
    let text = &case.incoming.mail.body.new_text;
    let again = draft.context.held_again.clone().filter(|held| held.login == agent.login);
    if let Some(held) = again.filter(|_| commands::denies(text)) {
        return declined(draft, case, agent, &held);
    }
    let why = "the mail was confirmed before";
    if !commands::confirms(text) {
        return unanswered(draft, case, agent, at, &Say::ConfirmedBefore, why);
    }
    // A yes that is sent twice needs no word; whatever else is said would get lost in silence.
    draft.trace.remarks.push(format!("nothing is confirmed: {why}"));
    draft.finish(Reason::Confirmation, at)
}

/// Nothing comes of the mail, and its author hears why. That mail is about no ticket: its subject keeps the code, so that a
/// yes in answer to it is one as well.
fn unanswered(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    at: Option<TicketRef>,
    say: &Say<'_>,
    why: &str,
) -> Decision {
    draft.trace.remarks.push(format!("nothing is confirmed: {why}"));
    answer(&mut draft, case, agent, say, Manner::Question, None);
    draft.finish(Reason::Confirmation, at)
}

/// A no. Also too late: where somebody writes in the agent's name the administrator has to hear of it.
fn declined(draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Decision {
    match held.held_for {
        HeldFor::Proof => denied(draft, case, agent, held),
        HeldFor::Author | HeldFor::Lock { .. } => withdrawn(draft, case, agent, held),
    }
}

/// Somebody writes in the agent's name: the mail waits no longer, and the administrator hears of it.
fn denied(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Decision {
    let at = held.ticket.map(TicketRef::Existing);
    draft.trace.remarks.push(format!("{} denies the mail that waited", agent.login));
    if held.outcome.is_none() {
        draft.effects.push(Effect::Release { held: held.id, confirmed: false });
    }
    let denied = Fact::Denied { login: agent.login.clone(), subject: held.subject.clone() };
    let words = denied.text(draft.desk.language, |at| at.to_string());
    if let Some(at) = at {
        draft.fact(at, denied, &Cause::new(Actor::System, "confirmation"));
    }
    answer(&mut draft, case, agent, &Say::Denied, Manner::Declined, None);
    alarm(&mut draft, case, at, words);
    draft.finish(Reason::Confirmation, at)
}

/// The agent does not want the answer sent that waited for a word of hers. Where nobody vouched for it the no may as well mean
/// that it is not hers: whoever has one of her mails has the token that proved it.
fn withdrawn(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, held: &HeldMail) -> Decision {
    let at = held.ticket.map(TicketRef::Existing);
    draft.trace.remarks.push(format!("{} says no to the answer that waited", agent.login));
    if held.outcome.is_none() {
        draft.effects.push(Effect::Release { held: held.id, confirmed: false });
        if let Some(at) = at {
            let (login, subject) = (agent.login.clone(), held.subject.clone());
            let left = matches!(held.held_for, HeldFor::Lock { .. });
            let cause = Cause::new(Actor::Agent(agent.login.clone()), "confirmation");
            draft.fact(at, Fact::AnswerDeclined { login, subject, left }, &cause);
        }
    }
    // Once: a second no says nothing new, and what nobody answered in time was not told before.
    let told = !held.vouched && (held.outcome.is_none() || held.timed_out());
    answer(&mut draft, case, agent, &Say::AnswerDeclined { told }, Manner::Declined, at);
    if told {
        let words = Say::NoToToken { login: &agent.login, subject: &held.subject }.text(draft.desk.language);
        alarm(&mut draft, case, at, words);
    }
    draft.finish(Reason::Confirmation, at)
}

/// Tells the administrator of an agent's no.
fn alarm(draft: &mut Draft<'_>, case: &Case<'_>, at: Option<TicketRef>, words: String) {
    let mut happening = Happening::new(Occasion::MailboxStalled, at, &case.sender.trace);
    happening.extra.insert("alarm".to_owned(), json!(words));
    happening.text = case.incoming.mail.body.new_text.chars().take(4000).collect();
    draft.happenings.push(happening);
}

/// A receipt about the first line of the answer, to the registered address.
fn answer(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    say: &Say<'_>,
    manner: Manner,
    at: Option<TicketRef>,
) {
    let language = agent.language.unwrap_or(draft.desk.language);
    let first = case.incoming.mail.body.new_text.lines().find(|line| !line.trim().is_empty());
    let line = first.unwrap_or_default().trim().chars().take(60).collect();
    let done = manner == Manner::Declined;
    draft.trace.commands.push(CommandTrace { line, ticket: None, done, result: say.text(language) });
    send_receipt(draft, case, agent, language, Receipt::plain(at, manner));
}

/// Holds an agent's mail that nothing proves, and asks the registered address.
pub(super) fn hold_unproved(draft: Draft<'_>, case: &Case<'_>, agent: &Agent, block: &Block) -> Decision {
    let question = Question {
        held_for: HeldFor::Proof,
        at: case.matched.ticket().map(TicketRef::Existing),
        targets: None,
        why: &Why::Sender(&case.sender.trace.evidence),
        actions: agent_mail::actions(block),
        text: block.rest.trim(),
        text_went: addressees::would_go(&draft, case, agent, block),
    };
    hold(draft, case, agent, question)
}

/// Holds commands that were tried and need more proof than their mail carries: the question shows what each would do.
pub(super) fn hold_for_level(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    lines: &[CommandTrace],
    text: &str,
    targets: Option<Digest>,
) -> Decision {
    let at = case.matched.ticket().map(TicketRef::Existing);
    let again = matches!(case.incoming.proof, super::Proof::Confirmed { .. });
    let say = if again { Say::OthersThanShown } else { Say::NeedsConfirmation { has: case.sender.level() } };
    let shown = lines.iter().take(MOST_ACTIONS).map(|line| {
        let about = line.ticket.as_ref().map(|number| named(&draft, number)).unwrap_or_default();
        let does = if line.result.is_empty() { String::new() } else { format!(" \u{2192} {}", line.result) };
        format!("{about}{}{does}", line.line)
    });
    let mut actions: Vec<String> = shown.collect();
    if lines.len() > MOST_ACTIONS {
        actions.push(format!("\u{2026} (+{})", lines.len() - MOST_ACTIONS));
    }
    hold(
        draft,
        case,
        agent,
        Question {
            held_for: HeldFor::Proof,
            at,
            targets,
            why: &Why::Says(say),
            actions,
            text,
            text_went: None,
        },
    )
}

/// Letters of a title in a question.
const TITLE: usize = 50;

/// A ticket as a question names it: nobody knows tickets by their numbers.
fn named(draft: &Draft<'_>, number: &str) -> String {
    let of = |ticket: &&Ticket| ticket.now.number.as_str() == number;
    let title = draft.context.tickets.values().find(of).map_or("", |ticket| ticket.now.title.as_str());
    let mut shown: String = title.chars().take(TITLE).collect();
    if shown.len() < title.len() {
        shown.push('\u{2026}');
    }
    if shown.is_empty() { format!("{number}: ") } else { format!("{number} {shown}: ") }
}

/// Whether queries of a mail find other tickets than its sender was shown, or than anybody was: a confirmation is about
/// what it shows. Where a desk asks for no confirmation there is nothing to compare.
pub(super) fn others_than_shown(draft: &Draft<'_>, case: &Case<'_>, queried: Option<Digest>) -> bool {
    if queried.is_none() || draft.desk.trust.level("for") < CONFIRMED {
        return false;
    }
    let shown = || draft.context.held.as_ref().and_then(|held| held.targets);
    matches!(case.incoming.proof, super::Proof::Confirmed { .. }) && shown() != queried
}

/// Holds an answer that carries parts of a notice or lines that look like commands, and asks its author.
pub(super) fn hold_for_author(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    why: &str,
    targets: Option<Digest>,
) -> Decision {
    let question = Question {
        held_for: HeldFor::Author,
        at: case.matched.ticket().map(TicketRef::Existing),
        targets,
        why: &Why::Text(why),
        actions: Vec::new(),
        text: block.rest.trim(),
        text_went: None,
    };
    hold(draft, case, agent, question)
}

/// Holds an answer to a ticket that somebody else (`holder`, a login) has locked, and asks its author whether to take the ticket.
pub(super) fn hold_for_lock(
    draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    holder: &str,
) -> Decision {
    let name = data::agent_label(draft.desk, holder);
    let question = Question {
        held_for: HeldFor::Lock { holder: holder.to_owned() },
        at: case.matched.ticket().map(TicketRef::Existing),
        targets: None,
        why: &Why::Says(Say::AnswerLocked(&name)),
        actions: Vec::new(),
        text: block.rest.trim(),
        text_went: None,
    };
    hold(draft, case, agent, question)
}

/// What the registered address is asked.
struct Question<'q> {
    held_for: HeldFor,
    at: Option<TicketRef>,
    /// Which tickets a query finds that the question shows.
    targets: Option<Digest>,
    why: &'q Why<'q>,
    actions: Vec<String>,
    text: &'q str,
    text_went: Option<String>,
}

/// Why a mail waits.
enum Why<'w> {
    /// What is known of its sender.
    Sender(&'w [Evidence]),
    /// A sentence.
    Says(Say<'w>),
    /// Words of the mail itself.
    Text(&'w str),
}

impl Why<'_> {
    fn text(&self, language: Language) -> String {
        match self {
            Self::Sender(evidence) => evidence::line(evidence, language),
            Self::Says(say) => say.text(language),
            Self::Text(words) => (*words).to_owned(),
        }
    }
}

fn hold(mut draft: Draft<'_>, case: &Case<'_>, agent: &Agent, question: Question<'_>) -> Decision {
    let desk = draft.desk;
    // Whoever forges an agent's name must not be able to fill the agent's mailbox with questions.
    let asked = draft.context.told_of(&agent.address(), &[UNPROVED, FOR_AUTHOR]);
    let cap = desk.limits.notices_per_recipient;
    if asked >= cap {
        return not_asked(draft, case, agent, question.at, cap);
    }
    let Question { at, held_for, why, .. } = question;
    let (template, reason) = match held_for {
        HeldFor::Proof => (UNPROVED, Reason::HeldForConfirmation),
        HeldFor::Author => (FOR_AUTHOR, Reason::HeldForAuthor),
        HeldFor::Lock { .. } => (FOR_AUTHOR, Reason::HeldForLock),
    };
    let code: String = draft.code("confirmation code");
    let expires = draft.now().checked_add(SignedDuration::from_mins(MINUTES)).unwrap_or(draft.now());
    let mail = &case.incoming.mail;
    let language = agent.language.unwrap_or(desk.language);
    draft.effects.push(Effect::Hold {
        login: agent.login.clone(),
        code: hash_code(&code),
        ticket: at,
        held_for,
        vouched: case.sender.vouched,
        targets: question.targets,
        subject: mail.subject.clone(),
        expires,
    });
    if let Some(at) = at {
        let cause = Cause::new(Actor::System, why.text(Language::En));
        draft.fact(at, Fact::Held(agent.login.clone()), &cause);
    }
    // As it would leave: without tokens and without agents' addresses.
    let text = scrub::scrub(question.text, &scrub::Private::of(desk)).text;
    let omitted = text.chars().count().saturating_sub(SHOWN);
    let mut fill = Map::new();
    fill.insert("code".to_owned(), json!(code));
    fill.insert("mail_subject".to_owned(), json!(mail.subject));
    fill.insert("actions".to_owned(), json!(question.actions));
    fill.insert("minutes".to_owned(), json!(MINUTES.to_string()));
    fill.insert("expires".to_owned(), json!(data::date(desk, language, expires)));
    fill.insert("why".to_owned(), json!(why.text(language)));
    fill.insert("text_went".to_owned(), json!(question.text_went));
    fill.insert("text".to_owned(), json!(text.chars().take(SHOWN).collect::<String>()));
    fill.insert("omitted".to_owned(), json!((omitted > 0).then(|| omitted.to_string())));
    fill.insert("attachments".to_owned(), data::attachment_names(&mail.attachments));
    // Whatever is said to a question is no answer to anybody else: also without its code, or by a colleague in copy.
    notice_to_agent(&mut draft, case, agent, at, Answers::Inside, template, fill);
    if asked + 1 == cap {
        let alarm = Say::ManyWait { login: &agent.login, cap }.text(desk.language);
        let mut happening = Happening::new(Occasion::MailboxStalled, None, &SenderTrace::of_program());
        happening.extra.insert("alarm".to_owned(), json!(alarm));
        happening.text = Say::ManyWaitText.text(desk.language);
        draft.happenings.push(happening);
    }
    draft.finish(reason, at)
}

/// Over the hourly cap of questions: kept whole and listed, and the ticket says so. The administrator was told with
/// the last question.
fn not_asked(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    at: Option<TicketRef>,
    cap: u32,
) -> Decision {
    let login = &agent.login;
    let why = Say::NotAsked { login, cap };
    draft.trace.remarks.push(format!("no question: {}", why.text(Language::En)));
    if let Some(at) = at {
        let system = Cause::new(Actor::System, "cap of questions");
        draft.fact(at, Fact::NotAsked { login: login.clone(), cap }, &system);
    }
    quarantine::quietly(draft, case, &why)
}
