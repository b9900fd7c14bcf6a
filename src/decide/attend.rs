//! Does what an agent's mail says: its commands step by step over a copy of the draft, then its text.
//!
//! All or nothing: the copy is kept only if every line could be done, unless the mail says `#partial`.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::execute::{Order, Wants, execute};
use super::lookup::Place;
use super::mail::Case;
use super::matching::{Apart, Match};
use super::obey_rules::{Verdict, obey_rules};
use super::receipt::{Manner, Receipt, send_receipt};
use super::sentences::Say;
use super::steps::{Plan, Step};
use super::write::{Target, Writing, write};
use super::{CommandTrace, Decision, Reason, agent_mail, asked, confirmation, customer_mail, mail};
use crate::commands::{self, Block, Command, Escalation, Line};
use crate::desk::{
    Actor, Agent, Cause, Desk, Relation, Right, Supplier, Ticket, TicketRef, TicketSupplier, fold, held_by,
    may, token,
};
use crate::mail::{Address, Language};
use crate::outbound::data;
use crate::rules::RuleEvent;

/// The ticket of the mail itself.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Own {
    /// None where nothing needs one.
    pub(super) at: Option<TicketRef>,
    /// This mail opens it.
    pub(super) new: bool,
    /// A rule suppresses the automatic reply.
    pub(super) silent: bool,
}

/// Commands and text, over a copy.
pub(super) fn attend(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    language: Language,
) -> Decision {
    let plan = Plan::of(block);
    let mut tried = draft.clone();
    let cause = Cause::new(Actor::Agent(agent.login.clone()), case.sender.trace.evidence.join("; "));
    let Some(own) = own_ticket(&mut tried, case, &plan, &cause) else {
        return customer_mail::customer_mail(draft, case);
    };
    if own.at.is_none() {
        mail::concerns_none(&mut draft);
        mail::concerns_none(&mut tried);
    }
    let text = block.rest.trim();
    let order = Order { agent, trace: &case.sender.trace, language, reason: text };
    let mut walk = Walk { draft: &mut tried, order, wants: Wants::default(), lines: Vec::new() };
    for step in &plan.steps {
        walk.step(step, own.at);
    }
    let Walk { wants, mut lines, .. } = walk;
    let mut targets = Vec::new();
    let own = Own { at: own.at.map(|at| wants.now(at)), ..own };
    let named = wants.targets.clone().unwrap_or_else(|| own.at.into_iter().collect());
    let named: BTreeSet<TicketRef> = named.into_iter().map(|at| wants.now(at)).collect();
    for at in named {
        let (visible, guessed) = visible(&tried, case, at, own, &wants);
        let supplier = for_supplier(&tried, case, at, own, &wants).map_err(|say| say.text(language));
        let allowed = supplier.and_then(|supplier| {
            if !text.is_empty() {
                may_write(&tried, &draft, agent, at, visible || supplier.is_some(), &wants, language)?;
            }
            Ok(supplier)
        });
        match allowed {
            // What is for a supplier is for nobody else.
            Ok(Some(name)) => {
                targets.push(Target { at, visible: false, guessed: false, supplier: Some(name) });
            }
            Ok(None) => targets.push(Target { at, visible, guessed, supplier: None }),
            Err(wrong) => lines.push(CommandTrace {
                line: first_words(text),
                ticket: (own.at != Some(at)).then(|| number(&tried, at)).flatten(),
                done: false,
                result: wrong,
            }),
        }
    }
    let wrong = lines.iter().filter(|line| !line.done).count();
    if wrong > 0 && (!plan.partial || wrong == lines.len()) {
        draft.trace.rules = tried.trace.rules;
        return refused(draft, case, agent, lines, language);
    }
    if plan.dry {
        draft.trace.commands = lines;
        let at = case.matched.ticket().map(TicketRef::Existing);
        send_receipt(&mut draft, case, agent, language, Receipt::plain(at, Manner::Dry));
        return draft.finish(Reason::DryRun, at);
    }
    let queried = asked::digest(&wants.queried);
    let unseen = confirmation::others_than_shown(&draft, case, queried);
    let needed = agent_mail::needed_level(block, &case.policy.desk).max(wants.proof);
    if unseen || case.sender.level() < needed {
        return confirmation::hold_for_level(draft, case, agent, &lines, text, queried);
    }
    tried.trace.commands = lines;
    write(tried, draft, Writing { case, agent, own, targets, wants, block, cause, language })
}

/// The ticket that the mail belongs to or opens; `None` where a rule keeps the mail out.
fn own_ticket(draft: &mut Draft<'_>, case: &Case<'_>, plan: &Plan<'_>, cause: &Cause) -> Option<Own> {
    let at = match case.matched {
        Match::FollowUp(id) => {
            return Some(Own { at: Some(TicketRef::Existing(id)), ..Own::default() });
        }
        Match::New | Match::Apart(..) if !plan.needs_own() => return Some(Own::default()),
        Match::New => customer_mail::open(draft, case, cause),
        Match::Apart(id, why) => {
            let at = customer_mail::open(draft, case, cause);
            if why == Apart::NewTopic {
                draft.link(TicketRef::Existing(id), at, Relation::Linked, cause);
            }
            at
        }
    };
    // First the rules, then what the agent says otherwise.
    let obeyed = obey_rules(draft, case, at, RuleEvent::New);
    (obeyed.verdict == Verdict::Go).then_some(Own { at: Some(at), new: true, silent: obeyed.silent })
}

/// One mail's commands on their way.
struct Walk<'d, 'a, 'o> {
    draft: &'d mut Draft<'a>,
    order: Order<'o>,
    wants: Wants,
    lines: Vec<CommandTrace>,
}

impl Walk<'_, '_, '_> {
    fn step(&mut self, step: &Step<'_>, own: Option<TicketRef>) {
        self.wants.bound_for = bound_for(step, self.draft.desk);
        let targets: Vec<Option<TicketRef>> = match step.opener {
            None => vec![own],
            Some(opener) => {
                self.wants.targets = Some(Vec::new());
                self.line(own, opener, None);
                self.wants.targets.iter().flatten().copied().map(Some).collect()
            }
        };
        for (nth, at) in targets.iter().enumerate() {
            let ticket = step.opener.and(*at).and_then(|at| number(self.draft, at));
            for line in &step.lines {
                // A line that cannot be read is wrong once, however many tickets it is for.
                if nth == 0 || line.read.is_ok() {
                    self.line(*at, line, ticket.clone());
                }
            }
        }
    }

    fn line(&mut self, at: Option<TicketRef>, line: &Line, ticket: Option<String>) {
        let at = at.map(|at| self.wants.now(at));
        let result = match &line.read {
            Ok(command) => execute(self.draft, at, &self.order, &line.written, command, &mut self.wants),
            Err(mistake) => Err(mistake.0.clone()),
        };
        let done = result.is_ok();
        let result = result.unwrap_or_else(|wrong| wrong);
        self.lines.push(CommandTrace { line: line.written.clone(), ticket, done, result });
    }
}

/// The queue into which a line of a step moves its tickets.
fn bound_for(step: &Step<'_>, desk: &Desk) -> Option<String> {
    let queue = |line: &&Line| match &line.read {
        Ok(Command::Queue(name)) => desk.queues.iter().find(|queue| fold(&queue.name) == fold(name)),
        Ok(_) | Err(_) => None,
    };
    step.lines.iter().rev().find_map(queue).map(|queue| queue.name.clone())
}

fn number(draft: &Draft<'_>, at: TicketRef) -> Option<String> {
    draft.ticket(at).map(|ticket| ticket.now.number.to_string())
}

/// Nothing is done, the receipt says why.
fn refused(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    lines: Vec<CommandTrace>,
    language: Language,
) -> Decision {
    draft.trace.commands = lines;
    let at = case.matched.ticket().map(TicketRef::Existing);
    let text_went = Some(Say::NothingKept.text(language));
    let receipt = Receipt { text_went, ..Receipt::plain(at, Manner::Whole) };
    send_receipt(&mut draft, case, agent, language, receipt);
    for line in draft.trace.commands.iter_mut().filter(|line| line.done) {
        line.done = false;
        line.result = commands::not_done(language);
    }
    draft.finish(Reason::CommandsRefused, at)
}

/// First words of a text, to name it in a receipt.
fn first_words(text: &str) -> String {
    let first: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    format!("\u{201c}{first}\u{2026}\u{201d}")
}

/// Whether the text goes to the customer: as the author says, else as the notice that is answered does. And whether
/// that had to be guessed.
fn visible(draft: &Draft<'_>, case: &Case<'_>, at: TicketRef, own: Own, wants: &Wants) -> (bool, bool) {
    if let Some(said) = wants.visible {
        return (said, false);
    }
    if wants.opened.contains(&at) {
        return (true, false);
    }
    // A merged ticket has another customer, who never saw what is answered here.
    if own.at != Some(at) || wants.merged.values().any(|into| *into == at) {
        // A text for tickets that the author does not have before him stays inside, unless he says otherwise.
        return (false, false);
    }
    let silent = wants.closed.get(&at).copied().unwrap_or_default();
    if silent || own.new {
        return (own.new && !silent, false);
    }
    if let Some(answered) = answered_notice(case) {
        return (matches!(answered, token::Use::Thread | token::Use::Copy), false);
    }
    // No notice of ours: a reply to the customer's own mail is meant for the customer.
    let answered = case.incoming.mail.in_reply_to.first().or(case.incoming.mail.references.last());
    let of_thread = |ticket: &Ticket| answered.is_some_and(|id| ticket.thread.contains(id));
    let known = draft.ticket(at).is_some_and(of_thread);
    (known, !known)
}

/// For what the nearest token is: that of the notice that the mail answers.
fn answered_notice(case: &Case<'_>) -> Option<token::Use> {
    let issued = |place: Place| {
        case.carried
            .iter()
            .find(|carried| carried.place == place && carried.claim.purpose != token::Use::Survey)
    };
    let nearest = [Place::Parent, Place::Text, Place::Thread, Place::Address].into_iter().find_map(issued);
    nearest.map(|carried| carried.claim.purpose)
}

/// The supplier that the text is for: the one that the mail names, else the one whose mail was told of in the notice that is
/// answered. Where that can be several, the author has to say which.
fn for_supplier<'t>(
    draft: &'t Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    own: Own,
    wants: &Wants,
) -> Result<Option<String>, Say<'t>> {
    if let Some(name) = wants.suppliers.get(&at) {
        return Ok(Some(name.clone()));
    }
    let answers = own.at == Some(at) && !own.new && wants.visible.is_none();
    let Some(ticket) =
        draft.ticket(at).filter(|_| answers && answered_notice(case) == Some(token::Use::Relay))
    else {
        return Ok(None);
    };
    match ticket.suppliers.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.name().to_owned())),
        several => Err(Say::WhichSupplier(several.iter().map(TicketSupplier::name).collect())),
    }
}

/// The supplier that a command may hand the ticket to, before it is done.
fn handed_to(command: &Command, desk: &Desk) -> Option<String> {
    let typed = if let Command::Escalate(Escalation::Supplier(name))
    | Command::Derive { meant: Some(Escalation::Supplier(name)), .. } = command
    {
        name.clone().unwrap_or_default()
    } else if let Command::Derive { to, .. } = command
        && desk.queues.iter().all(|queue| fold(&queue.name) != fold(to))
    {
        to.clone()
    } else {
        return None;
    };
    let fits = |supplier: &&Supplier| fold(&supplier.name).contains(&fold(&typed));
    desk.suppliers.iter().find(fits).map(|supplier| supplier.name.clone())
}

/// What would become of the text of a mail that waits, in words.
pub(super) fn would_go(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent, block: &Block) -> Option<String> {
    let language = agent.language.unwrap_or(draft.desk.language);
    let Match::FollowUp(id) = case.matched else { return Some(Say::OpensTicket.text(language)) };
    let at = TicketRef::Existing(id);
    let mut wants = Wants::default();
    for command in block.lines.iter().filter_map(|line| line.read.as_ref().ok()) {
        if matches!(command, Command::Note | Command::Public) {
            wants.visible = Some(matches!(command, Command::Public));
        } else if let Command::Close { silent, .. } = command {
            wants.closed.insert(at, *silent);
        } else if let Some(name) = handed_to(command, draft.desk) {
            wants.suppliers.insert(at, name);
        }
    }
    let own = Own { at: Some(at), ..Own::default() };
    if let Ok(Some(name)) = for_supplier(draft, case, at, own, &wants) {
        return (!block.rest.trim().is_empty()).then(|| Say::WouldGoToSupplier(&name).text(language));
    }
    let (visible, _) = visible(draft, case, at, own, &wants);
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.as_ref()).filter(|_| visible);
    (!block.rest.trim().is_empty()).then(|| Say::WouldGo(customer.map(Address::called)).text(language))
}

fn may_write(
    tried: &Draft<'_>,
    before: &Draft<'_>,
    agent: &Agent,
    at: TicketRef,
    outward: bool,
    wants: &Wants,
    language: Language,
) -> Result<(), String> {
    let Some(ticket) = before.ticket(at).or_else(|| tried.ticket(at)) else { return Ok(()) };
    let now = &ticket.now;
    let right = if outward { Right::Answer } else { Right::Note };
    may(tried.desk, agent, right, &now.queue).map_err(|refusal| {
        Say::NotAllowed { right: refusal.right.word(), queue: &refusal.queue }.text(language)
    })?;
    match held_by(now, agent).filter(|_| outward && !wants.took.contains(&at)) {
        Some(holder) => Err(Say::LockedBy(&data::agent_label(tried.desk, holder)).text(language)),
        None => Ok(()),
    }
}
