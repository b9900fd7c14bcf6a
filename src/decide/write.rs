//! The text of an agent's mail: into its tickets as articles, and to everybody who is to have it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::attend::Own;
use super::draft::Draft;
use super::execute::Wants;
use super::lookup::hash_undo;
use super::mail::Case;
use super::notify::{Happening, others};
use super::on_behalf::{self, Behalf};
use super::receipt::{Answers, Manner, Receipt, send_receipt};
use super::sentences::Say;
use super::view::Reader;
use super::{
    Decision, Effect, HeldFor, NoMail, Reason, asked, canned, confirmation, customer_word, supplier,
    survey_mail, undo,
};
use crate::commands::{Block, Command};
use crate::desk::{Agent, Attribute, Cause, Occasion, SenderKind, StateType, TicketRef};
use crate::mail::{Address, Attachment, Language};
use crate::outbound::{data, scrub};

/// A ticket that gets the text.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) at: TicketRef,
    /// For the customer's eyes.
    pub(super) visible: bool,
    /// The mail does not show whom the text is for.
    pub(super) guessed: bool,
    /// For this supplier and nobody else outside.
    pub(super) supplier: Option<String>,
}

impl Target {
    /// It leaves the house.
    fn leaves(&self) -> bool {
        self.visible || self.supplier.is_some()
    }
}

/// A mail whose commands were done.
pub(super) struct Writing<'c> {
    pub(super) case: &'c Case<'c>,
    pub(super) agent: &'c Agent,
    pub(super) own: Own,
    /// The ticket is a customer's in whose name the mail opens it.
    pub(super) behalf: Option<Behalf>,
    pub(super) targets: Vec<Target>,
    pub(super) wants: Wants,
    pub(super) block: &'c Block,
    pub(super) cause: Cause,
    pub(super) language: Language,
    /// What a canned answer says in the words of each ticket.
    pub(super) words: BTreeMap<TicketRef, String>,
}

impl Writing<'_> {
    fn is_new(&self, at: TicketRef) -> bool {
        (self.own.new && self.own.at == Some(at)) || self.wants.opened.contains(&at)
    }

    fn manner(&self, draft: &Draft<'_>) -> Manner {
        let all = draft.trace.commands.iter().all(|line| line.done);
        if all { Manner::Whole } else { Manner::Partial }
    }

    fn target(&self, at: TicketRef) -> Option<&Target> {
        self.targets.iter().find(|target| target.at == at)
    }

    /// Every line asks for a mail and gets it: those mails are the answer, a receipt would be one more.
    fn only_asks(&self) -> bool {
        let asks = |line: &crate::commands::Line| line.read.as_ref().is_ok_and(Command::only_asks);
        self.block.lines.iter().all(asks) && !self.has_text()
    }

    /// What the mail says of a ticket that it opens for a customer.
    fn behalf_of(&self, at: TicketRef) -> Option<&Behalf> {
        self.behalf.as_ref().filter(|_| self.own.at == Some(at))
    }

    /// Whether the text is more than the request of a new ticket.
    fn answers(&self, at: TicketRef) -> bool {
        self.behalf_of(at).is_some_and(|behalf| behalf.writes() || self.wants.canned.is_some())
    }

    fn files(&self) -> &[Attachment] {
        files(self.case, self.behalf.as_ref())
    }

    /// The text for one ticket: the canned answer where there is one, else the author's, without what must not leave
    /// where it does.
    pub(super) fn text_of<'t>(&'t self, at: TicketRef, leaves: bool, scrubbed: &'t str) -> &'t str {
        let own = if leaves { scrubbed } else { self.block.rest.trim() };
        self.words.get(&at).map_or(own, String::as_str)
    }

    /// The canned answer in the words of each ticket, with the author's text in it; beside a request that is that text,
    /// without it.
    fn canned(&self, draft: &Draft<'_>, scrubbed: &str) -> BTreeMap<TicketRef, String> {
        let Some(name) = &self.wants.canned else { return BTreeMap::new() };
        let words = |target: &Target| {
            let is_request = self.behalf_of(target.at).is_some_and(|behalf| !behalf.writes());
            let own = match (is_request, target.leaves()) {
                (true, _) => "",
                (false, true) => scrubbed,
                (false, false) => self.block.rest.trim(),
            };
            Some((target.at, canned::words(draft, target.at, name, self.agent, own).ok()?))
        };
        self.targets.iter().filter_map(words).collect()
    }

    fn has_text(&self) -> bool {
        self.wants.canned.is_some() || says(self.block, self.files())
    }
}

/// The files that go with the text of a mail: not those of one that it forwards.
pub(super) fn files<'c>(case: &'c Case<'_>, behalf: Option<&Behalf>) -> &'c [Attachment] {
    let forwards = behalf.is_some_and(|behalf| behalf.request.is_some());
    if forwards { &[] } else { &case.incoming.mail.attachments }
}

/// Text of its own, or a file that is more than the picture in a signature.
pub(super) fn says(block: &Block, files: &[Attachment]) -> bool {
    let commands_alone = !block.lines.is_empty();
    !block.rest.trim().is_empty()
        || files.iter().any(|file| !(file.is_signature() || file.inline && commands_alone))
}

/// The text of an answer without what is private.
fn scrubbed(case: &Case<'_>, block: &Block) -> scrub::Scrubbed {
    scrub::scrub(block.rest.trim(), &scrub::Private::of(&case.policy.desk))
}

/// What in an answer may not have been meant to leave: parts of our own notices, and lines that look like commands.
fn doubts<'b>(scrubbed: &'b scrub::Scrubbed, block: &'b Block) -> Vec<&'b str> {
    scrubbed.leftovers.iter().chain(&block.stray).map(String::as_str).collect()
}

/// Whether there is any such thing in an answer.
pub(super) fn is_doubtful(case: &Case<'_>, block: &Block) -> bool {
    !doubts(&scrubbed(case, block), block).is_empty()
}

/// Writes the articles and tells everybody; `before` is the draft without anything done.
pub(super) fn write(mut draft: Draft<'_>, before: Draft<'_>, mut what: Writing<'_>) -> Decision {
    let Writing { case, agent, .. } = what;
    let meant = matches!(case.incoming.proof, super::Proof::Confirmed { held_for: HeldFor::Author, .. });
    let scrubbed = scrubbed(case, what.block);
    let doubts = doubts(&scrubbed, what.block);
    let request = |at: TicketRef| what.own.new && what.own.at == Some(at) && what.behalf.is_none();
    let leaves = what.targets.iter().find(|target| target.leaves() && !request(target.at));
    if leaves.is_some() && !doubts.is_empty() && !meant {
        // A yes to this is one to the tickets as well: they were shown before, or needed no showing.
        let targets = asked::digest(&what.wants.queried);
        return confirmation::hold_for_author(before, case, agent, what.block, &doubts.join("; "), targets);
    }
    what.words = what.canned(&draft, &scrubbed.text);
    for target in &what.targets {
        article(&mut draft, &what, target, &scrubbed.text);
    }
    tell(&mut draft, &what, &scrubbed.text);
    let at = what.own.at.or_else(|| what.targets.first().map(|target| target.at));
    let guessed = what.targets.iter().any(|target| target.guessed) && what.has_text();
    let undo = undoable(&mut draft, &what);
    let stray = what.block.stray.first().filter(|_| what.has_text() && !meant);
    // Who said yes to taking the ticket hears also where there was nothing to take any more.
    let agreed =
        matches!(case.incoming.proof, super::Proof::Confirmed { held_for: HeldFor::Lock { .. }, .. });
    let told = agreed || !draft.trace.commands.is_empty() && !what.only_asks();
    if told || guessed || stray.is_some() {
        let about = if what.targets.len() > 1 { what.own.at } else { at };
        let receipt = Receipt {
            at: about,
            manner: what.manner(&draft),
            text_went: went(&draft, &what).map(|went| {
                let stray = stray.map(|line| Say::KeptAsText(line).text(what.language));
                [Some(went), stray].into_iter().flatten().collect::<Vec<_>>().join(" ")
            }),
            undo,
            children: &what.wants.children,
            answer: Answers::Inside,
        };
        send_receipt(&mut draft, case, agent, what.language, receipt);
    }
    let reader = Reader { case, agent, language: what.language };
    for answer in &what.wants.answers {
        reader.answer(&mut draft, answer);
    }
    let reason = if what.own.new { Reason::NewTicket } else { Reason::AgentMail };
    draft.finish(reason, at)
}

/// What was done can be taken back by its author; the token for it, and until when.
fn undoable(draft: &mut Draft<'_>, what: &Writing<'_>) -> Option<(String, Timestamp)> {
    let changes = |effect: &Effect| {
        matches!(effect, Effect::Set { .. } | Effect::Article { .. } | Effect::Create { .. })
    };
    if what.wants.undoes || !draft.effects.iter().any(changes) {
        return None;
    }
    let code = draft.code("undo token");
    let expires = draft.now().checked_add(SignedDuration::from_hours(24 * undo::DAYS)).ok()?;
    let login = what.agent.login.clone();
    draft.effects.push(Effect::Undoable { login, code: hash_undo(&code), expires });
    Some((code, expires))
}

/// The article of one ticket.
fn article(draft: &mut Draft<'_>, what: &Writing<'_>, target: &Target, scrubbed: &str) {
    let new = what.is_new(target.at);
    if let Some(behalf) = what.behalf_of(target.at) {
        on_behalf::articles(draft, what, behalf, target, scrubbed);
        if what.answers(target.at) && target.visible && what.has_text() {
            first_answer(draft, target.at, what.agent, &what.cause);
        }
        return;
    }
    // The request itself, or what an agent says of it: a part of another ticket.
    let own = new && !what.wants.opened.contains(&target.at);
    let mail = &what.case.incoming.mail;
    let written = what.block.rest.trim();
    let text = what.text_of(target.at, target.leaves(), scrubbed);
    // What an agent forwards to open a ticket is the request itself.
    let forwarded = mail.body.quoted_text.trim();
    let whole = match (own && !forwarded.is_empty(), text.is_empty()) {
        (true, false) => format!("{written}\n\n{forwarded}"),
        (true, true) => forwarded.to_owned(),
        (false, _) => text.to_owned(),
    };
    if what.has_text() || own {
        let sender = if own { SenderKind::Customer } else { SenderKind::Agent };
        let mut article = what.case.article(draft, sender, target.visible, whole);
        if let Some(supplier) = &target.supplier {
            let party = draft.ticket(target.at).and_then(|ticket| supplier::of(ticket, supplier));
            article.to = party.map(|party| party.address.clone()).into_iter().collect();
            article.cc = Vec::new();
        }
        draft.article(target.at, article, &what.cause);
    }
    if target.visible && what.has_text() && !new {
        first_answer(draft, target.at, what.agent, &what.cause);
    }
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

/// One mail's news about each of its tickets.
fn tell(draft: &mut Draft<'_>, what: &Writing<'_>, scrubbed: &str) {
    let mut all: Vec<TicketRef> = what.targets.iter().map(|target| target.at).collect();
    let others = what.wants.closed.keys().chain(&what.wants.opened);
    all.extend(others.copied().filter(|at| what.target(*at).is_none()).collect::<BTreeSet<_>>());
    for at in all {
        tell_of(draft, what, at, scrubbed);
    }
}

fn tell_of(draft: &mut Draft<'_>, what: &Writing<'_>, at: TicketRef, scrubbed: &str) {
    let target = what.target(at);
    let visible = target.is_some_and(|target| target.visible);
    let has_text = target.is_some() && what.has_text();
    let name = json!(what.agent.name);
    let about = |occasion: Occasion| {
        let mut happening = Happening::new(occasion, Some(at), &what.case.sender.trace);
        if target.is_some() {
            happening.text = what.text_of(at, visible, scrubbed).to_owned();
            happening.extra.insert("attachments".to_owned(), data::attachment_names(what.files()));
        }
        happening.extra.insert("agent".to_owned(), name.clone());
        happening.extra.insert("by".to_owned(), name.clone());
        happening.public = visible;
        happening
    };
    if what.is_new(at) {
        let created = opened(what, at, about(Occasion::TicketCreated), visible, scrubbed);
        draft.happenings.push(created);
    }
    if let Some(silent) = what.wants.closed.get(&at) {
        let mut closed = about(Occasion::Closed);
        if target.is_some() {
            closed.attachments = to_send(what.files());
        }
        if *silent {
            closed.reply = Err(NoMail::Silent);
            draft.happenings.push(closed);
        } else {
            survey_mail::closed(draft, closed, Some(&what.agent.login));
        }
    } else if visible && has_text && (!what.is_new(at) || what.answers(at)) {
        let mut answer = about(Occasion::AgentAnswer);
        answer.attachments = to_send(what.files());
        draft.happenings.push(answer);
    }
    let to_supplier = target.and_then(|target| target.supplier.as_ref()).filter(|_| has_text);
    if !visible && has_text {
        let mut note = about(Occasion::Note);
        note.extra.insert("to_supplier".to_owned(), json!(to_supplier));
        draft.happenings.push(note);
    }
    if let Some(name) = to_supplier {
        let words = supplier::Words {
            agent: what.agent,
            text: what.text_of(at, true, scrubbed),
            files: &to_send(what.files()),
        };
        supplier::write_to(draft, at, name, &words);
    }
}

/// What is told of a ticket that the mail opens.
fn opened(
    what: &Writing<'_>,
    at: TicketRef,
    mut opened: Happening,
    visible: bool,
    scrubbed: &str,
) -> Happening {
    let own = what.block.rest.trim();
    if what.own.at == Some(at) {
        opened.answers.clone_from(&what.case.incoming.mail.message_id);
    }
    opened.by = SenderKind::Customer;
    let part = what.wants.opened.contains(&at);
    if what.behalf.is_some() || part {
        opened.extra.insert("registered_by".to_owned(), json!(what.agent.name));
    }
    opened.reply = if part { Ok(()) } else { super::notify::may_reply(what.case.incoming) };
    if let Some(behalf) = what.behalf_of(at) {
        if behalf.request.is_some() && !visible && !own.is_empty() {
            opened.extra.insert("note".to_owned(), json!(own));
        }
        if !behalf.writes() {
            opened.text = if visible { scrubbed } else { own }.to_owned();
        }
        behalf.announce(&mut opened);
    }
    if what.own.silent {
        opened.reply = Err(NoMail::Rule);
    }
    opened
}

/// What goes along to the customer or the supplier: the files, without a signature over a mail that he does not get.
fn to_send(files: &[Attachment]) -> Vec<Attachment> {
    files.iter().filter(|file| !file.is_signature()).cloned().collect()
}

/// Where the text went, in words.
fn went(draft: &Draft<'_>, what: &Writing<'_>) -> Option<String> {
    if !what.has_text() {
        return None;
    }
    let party = |target: &Target| {
        let party = supplier::of(draft.ticket(target.at)?, target.supplier.as_deref()?)?;
        Some(party.address.to_string())
    };
    if let Some(party) = what.targets.iter().find_map(party) {
        return Some(Say::GoesToSupplier(&party).text(what.language));
    }
    let [target] = what.targets.as_slice() else {
        let visible = what.targets.iter().any(|target| target.visible);
        let say = match (what.targets.len(), visible) {
            (0, _) => Say::TextNotKept,
            (count, true) => Say::GoesToAll(count),
            (_, false) => Say::StaysInternal,
        };
        return Some(say.text(what.language));
    };
    let opened = what.wants.opened.contains(&target.at);
    let registered = opened || what.behalf_of(target.at).is_some() && !what.answers(target.at);
    // Whether the customer hears that it is closed.
    let closed = what.wants.closed.get(&target.at) == Some(&false);
    let ticket = draft.ticket(target.at);
    let customer = ticket.and_then(|ticket| ticket.now.customer.as_ref());
    let hears = |who: &&Address| !customer_word::stopped(draft, target.at, &who.key());
    let unsaid = closed && what.wants.visible.is_none() && customer.as_ref().is_some_and(hears);
    Some(match (target.visible, customer) {
        (true, Some(customer)) if registered && closed => {
            Say::RegisteredAndSent(customer.called()).text(what.language)
        }
        (true, Some(customer)) if registered => Say::Registered(customer.called()).text(what.language),
        (false, Some(customer)) if unsaid => Say::ClosedWithoutText(customer.called()).text(what.language),
        (true, Some(customer)) => {
            let copies = ticket.map(|ticket| others(ticket, customer, draft.desk)).unwrap_or_default();
            let names: Vec<&str> = copies.iter().map(Address::called).collect();
            let to = customer.called();
            let names = names.join(", ");
            if names.is_empty() { Say::Goes(to) } else { Say::GoesWithCopies(to, &names) }.text(what.language)
        }
        (true, None) | (false, _) => Say::StaysInternal.text(what.language),
    })
}
