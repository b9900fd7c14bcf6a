//! For whom the text of an agent's mail is: the customer, a supplier, or nobody outside, for each of its tickets.

use std::collections::BTreeSet;

use super::attend::{Own, number};
use super::draft::Draft;
use super::execute::{HandOver, Wants, hand_over};
use super::lookup::Place;
use super::mail::Case;
use super::matching::Match;
use super::on_behalf::Behalf;
use super::receipt::Answers;
use super::sentences::Say;
use super::write::{Target, files, says};
use super::{CommandTrace, Proof, agent_mail};
use crate::commands::{Block, Command};
use crate::desk::{Agent, Desk, Right, Ticket, TicketRef, TicketSupplier, held_by, may, token};
use crate::mail::{Address, Attachment, Language};
use crate::outbound::data;

/// What is asked about the text of a mail once its commands were tried.
pub(super) struct Asked<'w> {
    pub(super) before: &'w Draft<'w>,
    pub(super) tried: &'w Draft<'w>,
    pub(super) case: &'w Case<'w>,
    pub(super) agent: &'w Agent,
    pub(super) block: &'w Block,
    pub(super) own: Own,
    pub(super) behalf: Option<&'w Behalf>,
    pub(super) wants: &'w Wants,
}

impl Asked<'_> {
    /// Who (a login) holds the mail's own ticket against its author, where an answer is for the customer and nothing else is wrong:
    /// it can wait for its author to take the ticket.
    pub(super) fn held_by(&self) -> Option<String> {
        let at = self.own.at.filter(|_| self.wants.targets.is_none() && !self.own.new)?;
        let ticket = self.before.ticket(at)?;
        let holder = held_by(&ticket.now, self.agent)?;
        let takes = may(self.tried.desk, self.agent, Right::Owner, &ticket.now.queue).is_ok();
        (takes && ticket.now.state_type.is_open()).then(|| holder.to_owned())
    }

    /// The tickets that get the text, and why others cannot.
    pub(super) fn targets(&self, language: Language) -> (Vec<Target>, Vec<CommandTrace>) {
        let Self { tried, case, own, wants, .. } = *self;
        let (mut targets, mut wrong) = (Vec::new(), Vec::new());
        let files = files(case, self.behalf);
        let says = says(self.block, files);
        let named = wants.targets.clone().unwrap_or_else(|| own.at.into_iter().collect());
        let named: BTreeSet<TicketRef> = named.into_iter().map(|at| wants.now(at)).collect();
        for at in named {
            let (visible, guessed) = visible(tried, case, at, own, self.behalf, wants);
            let supplier = for_supplier(tried, case, at, own, wants).map_err(|say| say.text(language));
            // Who may open a ticket may say what it is about.
            let request = self.behalf.is_some_and(|behalf| own.at == Some(at) && !behalf.writes());
            let allowed = supplier.and_then(|supplier| {
                let said = says && (!request || supplier.is_some());
                if said || wants.canned.is_some() {
                    let leaves = visible || supplier.is_some();
                    may_write(tried, self.before, self.agent, at, leaves, wants, language)?;
                }
                Ok(supplier)
            });
            match allowed {
                // What is for a supplier is for nobody else.
                Ok(Some(name)) => {
                    targets.push(Target { at, visible: false, guessed: false, supplier: Some(name) });
                }
                Ok(None) => targets.push(Target { at, visible, guessed, supplier: None }),
                Err(result) => wrong.push(CommandTrace {
                    line: first_words(self.block.rest.trim(), files),
                    ticket: (own.at != Some(at)).then(|| number(tried, at)).flatten(),
                    done: false,
                    result,
                }),
            }
        }
        (targets, wrong)
    }

    /// Whether the mail's own ticket has no customer.
    pub(super) fn is_nobodys(&self) -> bool {
        self.own.at.and_then(|at| self.tried.ticket(at)).is_some_and(|ticket| ticket.now.customer.is_none())
    }
}

/// First words of a text, to name it in a receipt; of a mail without one, what its files are called.
fn first_words(text: &str, files: &[Attachment]) -> String {
    if text.is_empty() && !files.is_empty() {
        return files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
    }
    let first: String = text.lines().next().unwrap_or_default().chars().take(60).collect();
    let more = if first.len() < text.len() { "\u{2026}" } else { "" };
    format!("\u{201c}{first}{more}\u{201d}")
}

/// Whether the text goes to the customer: as the author says, else as the notice that is answered does. And whether
/// that had to be guessed.
fn visible(
    draft: &Draft<'_>,
    case: &Case<'_>,
    at: TicketRef,
    own: Own,
    behalf: Option<&Behalf>,
    wants: &Wants,
) -> (bool, bool) {
    if let Some(said) = wants.visible {
        return (said, false);
    }
    if let Some(behalf) = behalf.filter(|_| own.at == Some(at)) {
        return (behalf.shows_text(wants.closed.get(&at).copied()), false);
    }
    // A canned answer was written for customers.
    let silent = wants.closed.get(&at).copied().unwrap_or_default();
    if wants.opened.contains(&at) || (wants.canned.is_some() && !silent) {
        return (true, false);
    }
    // A merged ticket has another customer, who never saw what is answered here.
    if own.at != Some(at) || wants.merged.values().any(|into| *into == at) {
        // A text for tickets that the author does not have before him stays inside, unless he says otherwise.
        return (false, false);
    }
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

/// What becomes of an answer to the receipt of a refused mail about a ticket. It goes to the customer in the plainest case alone:
/// the mail's text would have, and its lines, all of them read, change the ticket and nothing else. Whatever is less plain stays
/// inside, and who means the customer says so by `#public`.
pub(super) fn of_correction(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent, block: &Block) -> Answers {
    let Match::FollowUp(id) = case.matched else { return Answers::Inside };
    let at = TicketRef::Existing(id);
    let Some(ticket) = draft.ticket(at).filter(|ticket| ticket.now.customer.is_some()) else {
        return Answers::Inside;
    };
    // Who said yes to a question may say yes once more, to the receipt.
    let asked = matches!(case.incoming.proof, Proof::Confirmed { .. });
    let plain = block.lines.iter().all(|line| line.read.as_ref().is_ok_and(changes_ticket_alone));
    let allowed = may(draft.desk, agent, Right::Answer, &ticket.now.queue).is_ok();
    if asked || !plain || !allowed || block.rest.trim().is_empty() {
        return Answers::Inside;
    }
    let public = block.lines.iter().any(|line| line.read == Ok(Command::Public));
    let wants = Wants { visible: public.then_some(true), ..Wants::default() };
    let own = Own { at: Some(at), ..Own::default() };
    let inside = !matches!(for_supplier(draft, case, at, own, &wants), Ok(None));
    let goes = !inside && visible(draft, case, at, own, None, &wants).0;
    if goes { Answers::Customer } else { Answers::Inside }
}

/// Whether a command changes what its own ticket has and nothing else, and leaves the text where it would go without it.
fn changes_ticket_alone(command: &Command) -> bool {
    match command {
        Command::Pend { .. }
        | Command::Assign(_)
        | Command::Owner(_)
        | Command::Queue(_)
        | Command::Priority(_)
        | Command::State(_)
        | Command::Lock(_)
        | Command::Type(_)
        | Command::Service(_)
        | Command::Sla(_)
        | Command::Title(_)
        | Command::Tag { .. }
        | Command::Field { .. }
        | Command::Cc { .. }
        | Command::Watch(_)
        | Command::Time(_)
        | Command::Estimate(_)
        | Command::Public => true,
        Command::New(_)
        | Command::Customer(_)
        | Command::Close { .. }
        | Command::Reopen
        | Command::Escalate(_)
        | Command::Derive { .. }
        | Command::Template(_)
        | Command::Macro(_)
        | Command::Note
        | Command::Help
        | Command::Merge(_)
        | Command::Link { .. }
        | Command::Unlink(_)
        | Command::Split(_)
        | Command::For(_)
        | Command::Limit(_)
        | Command::List(_)
        | Command::Show(_)
        | Command::History(_)
        | Command::Report { .. }
        | Command::Undo(_)
        | Command::Dry
        | Command::Partial => false,
    }
}

/// For whom a mail's lines say that its text is, before they are done; `None` where they take the text to other tickets or to
/// another customer, or where that cannot be said.
fn wants_of(block: &Block, at: TicketRef, desk: &Desk) -> Option<Wants> {
    let mut wants = Wants::default();
    for line in &block.lines {
        let command = line.read.as_ref().ok()?;
        if matches!(
            command,
            Command::New(_) | Command::For(_) | Command::Merge(_) | Command::Split(_) | Command::Customer(_)
        ) {
            return None;
        } else if matches!(command, Command::Note | Command::Public) {
            wants.visible = Some(matches!(command, Command::Public));
        } else if let Command::Close { silent, .. } = command {
            wants.closed.insert(at, *silent);
        } else if let Command::Template(name) = command {
            wants.canned = Some(name.clone());
        }
        match hand_over(desk, command) {
            HandOver::None => {}
            HandOver::To(supplier) => {
                wants.suppliers.insert(at, supplier.name.clone());
            }
            HandOver::Unclear => return None,
        }
    }
    Some(wants)
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

/// What would become of the text of a mail that waits, in words.
pub(super) fn would_go(draft: &Draft<'_>, case: &Case<'_>, agent: &Agent, block: &Block) -> Option<String> {
    let language = agent.language.unwrap_or(draft.desk.language);
    let Match::FollowUp(id) = case.matched else { return Some(Say::OpensTicket.text(language)) };
    if agent_mail::opens(block) {
        return Some(Say::OpensTicket.text(language));
    }
    let at = TicketRef::Existing(id);
    let wants = wants_of(block, at, draft.desk)?;
    let own = Own { at: Some(at), ..Own::default() };
    if let Some(name) = for_supplier(draft, case, at, own, &wants).ok()? {
        return (!block.rest.trim().is_empty()).then(|| Say::WouldGoToSupplier(&name).text(language));
    }
    let (visible, _) = visible(draft, case, at, own, None, &wants);
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
    may(tried.desk, agent, right, &now.queue)
        .map_err(|refusal| Say::NotAllowed { right: refusal.right, queue: &refusal.queue }.text(language))?;
    let holds = outward && !wants.took.contains(&at) && !wants.is_on_behalf(Some(at));
    match held_by(now, agent).filter(|_| holds) {
        Some(holder) => Err(Say::LockedBy(&data::agent_label(tried.desk, holder)).text(language)),
        None => Ok(()),
    }
}
