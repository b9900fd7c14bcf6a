//! Does what an agent's mail says: its commands step by step over a copy of the draft, then its text.
//!
//! All or nothing: the copy is kept only if every line could be done, unless the mail says `#partial`.

use std::collections::BTreeMap;

use super::addressees::{self, Asked};
use super::draft::Draft;
use super::execute::{Order, Wants, execute, relieve};
use super::mail::Case;
use super::matching::{Apart, Match};
use super::obey_rules::{Verdict, obey_rules};
use super::on_behalf::{self, Behalf};
use super::receipt::{Manner, Receipt, send_receipt};
use super::sentences::Say;
use super::steps::{Plan, Step};
use super::write::{self, Writing, write};
use super::{
    CommandTrace, Decision, HeldFor, Proof, Reason, agent_mail, asked, confirmation, customer_mail, evidence,
    mail,
};
use crate::commands::{self, Block, Command, Line};
use crate::desk::{Actor, Agent, Attribute, Cause, Desk, Relation, Right, TicketId, TicketRef, held_by, may};
use crate::mail::Language;
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
    let cause = Cause::new(
        Actor::Agent(agent.login.clone()),
        evidence::line(&case.sender.trace.evidence, Language::En),
    );
    let text = block.rest.trim();
    let behalf = Behalf::of(&plan, case, text, language);
    let opened = behalf.as_ref().map(|behalf| on_behalf::open(&mut tried, case, behalf, text, &cause));
    let own = match opened {
        Some(at) => Some(for_customer(&mut tried, case, at)),
        None => own_ticket(&mut tried, case, &plan, &cause),
    };
    let Some(own) = own else {
        return customer_mail::customer_mail(draft, case);
    };
    if own.at.is_none() {
        mail::concerns_none(&mut draft);
        mail::concerns_none(&mut tried);
    }
    let order = Order { agent, trace: &case.sender.trace, language, reason: text };
    let mut walk =
        Walk { draft: &mut tried, order, wants: Wants::begun(opened, behalf.as_ref()), lines: Vec::new() };
    for step in &plan.steps {
        walk.step(step, own.at);
    }
    let Walk { order, mut wants, mut lines, .. } = walk;
    let own = Own { at: own.at.map(|at| wants.now(at)), ..own };
    lines.extend(take_over(&mut tried, case, own.at, &order, &cause, &mut wants));
    let whom = Asked {
        before: &draft,
        tried: &tried,
        case,
        agent,
        block,
        own,
        behalf: behalf.as_ref(),
        wants: &wants,
    };
    let (targets, more) = whom.targets(language);
    let enough = agent_mail::proves_enough(case, block) && case.sender.level() >= wants.proof;
    if let Some(holder) = waits_for(&more, &whom, language).filter(|_| enough) {
        return confirmation::hold_for_lock(draft, case, agent, block, &holder);
    }
    lines.extend(more);
    let wrong = lines.iter().filter(|line| !line.done).count();
    // A ticket in somebody's name is opened whole or not at all.
    let for_nobody = behalf.is_some() && (!wants.announced || whom.is_nobodys());
    if wrong > 0 && (!plan.partial || wrong == lines.len() || for_nobody) {
        draft.trace.rules = tried.trace.rules;
        let says = write::says(block, write::files(case, behalf.as_ref()));
        return refused(draft, case, agent, block, lines, says, language);
    }
    if plan.dry {
        draft.trace.commands = lines;
        let at = case.matched.ticket().map(TicketRef::Existing);
        send_receipt(&mut draft, case, agent, language, Receipt::plain(at, Manner::Dry));
        return draft.finish(Reason::DryRun, at);
    }
    let queried = asked::digest(&wants.queried);
    let unseen = confirmation::others_than_shown(&draft, case, queried);
    if unseen || !enough {
        return confirmation::hold_for_level(draft, case, agent, &lines, text, queried);
    }
    tried.trace.commands = lines;
    write(
        tried,
        draft,
        Writing { case, agent, own, behalf, targets, wants, block, cause, language, words: BTreeMap::new() },
    )
}

/// Who (a login) holds the ticket, where that alone keeps an answer in: a text without commands, of which nothing else has to be asked.
/// The question shows the text, and a yes is to that and no more.
fn waits_for(refused: &[CommandTrace], whom: &Asked<'_>, language: Language) -> Option<String> {
    let [refused] = refused else { return None };
    let holder = whom.held_by()?;
    let bare = whom.block.lines.iter().all(|line| line.read == Ok(Command::Public));
    let right = bare && !write::is_doubtful(whom.case, whom.block);
    let name = data::agent_label(whom.tried.desk, &holder);
    (right && refused.result == Say::LockedBy(&name).text(language)).then_some(holder)
}

/// Its author said yes to the question whether to take the ticket that somebody else had locked. What was asked may be half
/// an hour old: he takes it from the one who was named to him, in the ticket that was named. Where somebody else holds it by
/// now he is asked once more, and where nobody does there is nothing to take.
fn take_over(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    own: Option<TicketRef>,
    order: &Order<'_>,
    cause: &Cause,
    wants: &mut Wants,
) -> Option<CommandTrace> {
    let Proof::Confirmed { held_for: HeldFor::Lock { holder }, ticket, .. } = &case.incoming.proof else {
        return None;
    };
    let at = own.filter(|at| *ticket == existing(*at))?;
    let now = &draft.ticket(at)?.now;
    let same = held_by(now, order.agent) == Some(holder.as_str());
    if !same || !now.state_type.is_open() || may(draft.desk, order.agent, Right::Owner, &now.queue).is_err() {
        return None;
    }
    wants.took.insert(at);
    let change = draft.set(at, Attribute::Responsible, Some(order.agent.login.clone()), cause)?;
    draft.set_lock(at, true, cause);
    relieve(draft, at, order, &change);
    let line = format!("#{}", commands::word("take", order.language));
    let result = data::change_line(draft.desk, order.language, &change);
    Some(CommandTrace { line, ticket: None, done: true, result })
}

fn existing(at: TicketRef) -> Option<TicketId> {
    if let TicketRef::Existing(id) = at { Some(id) } else { None }
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

/// The ticket that a mail opens for a customer: the rules may say where it belongs, and not whether it is there.
fn for_customer(draft: &mut Draft<'_>, case: &Case<'_>, at: TicketRef) -> Own {
    let obeyed = obey_rules(draft, case, at, RuleEvent::New);
    Own { at: Some(at), new: true, silent: obeyed.silent }
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
        for line in &step.manners {
            self.line(own, line, None);
        }
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
pub(super) fn bound_for(step: &Step<'_>, desk: &Desk) -> Option<String> {
    let queue = |line: &&Line| match &line.read {
        Ok(Command::Queue(name)) => desk.queue_meant(name),
        Ok(_) | Err(_) => None,
    };
    step.lines.iter().rev().find_map(queue).map(|queue| queue.name.clone())
}

pub(super) fn number(draft: &Draft<'_>, at: TicketRef) -> Option<String> {
    draft.ticket(at).map(|ticket| ticket.now.number.to_string())
}

/// Nothing is done, the receipt says why.
fn refused(
    mut draft: Draft<'_>,
    case: &Case<'_>,
    agent: &Agent,
    block: &Block,
    lines: Vec<CommandTrace>,
    says: bool,
    language: Language,
) -> Decision {
    draft.trace.commands = lines;
    let at = case.matched.ticket().map(TicketRef::Existing);
    let text_went = says.then(|| Say::NothingKept.text(language));
    let answer = addressees::of_correction(&draft, case, agent, block);
    let receipt = Receipt { text_went, answer, ..Receipt::plain(at, Manner::Whole) };
    send_receipt(&mut draft, case, agent, language, receipt);
    for line in draft.trace.commands.iter_mut().filter(|line| line.done) {
        line.done = false;
        line.result = commands::not_done(language);
    }
    draft.finish(Reason::CommandsRefused, at)
}
