//! First half of matching: which rows of the past an event needs, named before anything is read.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::draft::MOST_PARTICIPANTS;
use super::{Asked, Event, Incoming, Lookup, Policy, Proof, Request, agent_mail, asked, steps};
use crate::commands;
use crate::desk::{Agent, Desk, Notification, Occasion, Recipient, Supplier, TicketNumber, token};
use crate::mail::{Address, Class, Digest, Mail, MessageId};

/// Ids of a thread that are looked up: the newest ones. A hostile header may name a million.
const THREAD_IDS: usize = 50;
/// Ticket numbers in a text that a rule may link to.
const LINKED_NUMBERS: usize = 20;
/// Runs of letters that are tried as a token.
const TOKEN_CANDIDATES: usize = 60;

/// Where a token stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In `In-Reply-To`, or the newest entry of `References`: what the mail answers.
    Parent,
    /// Elsewhere in the thread.
    Thread,
    /// In the text or the subject.
    Text,
    /// In the address that the mail was sent to.
    Address,
}

/// A genuine token of ours that the mail carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Carried {
    pub(super) place: Place,
    pub(super) claim: token::Claim,
}

impl Carried {
    /// Whether it was issued to this supplier.
    pub(super) fn is_of(&self, supplier: &Supplier) -> bool {
        let issued = |address: &String| self.claim.issued_to(address);
        self.claim.purpose == token::Use::Supplier && supplier.addresses.iter().any(issued)
    }
}

/// Names what must be read for an event.
pub fn lookup(event: &Event, policy: &Policy, now: Timestamp) -> Lookup {
    let desk = &policy.desk;
    let counter = desk.numbering.counter_key(now.to_zoned(desk.time_zone.clone()).date());
    let mut keys = Lookup { counter, ..Lookup::default() };
    match event {
        Event::Mail(incoming) => {
            of_mail(&mut keys, incoming, desk, now);
            keys.numbers.extend(policy.rules.linked_numbers());
            if policy.rules.links_by_mail() {
                keys.numbers.extend(in_text(&incoming.mail, desk));
            }
        }
        Event::Timer(timer) => {
            keys.tickets.extend(timer.ticket);
            keys.held = timer.held;
        }
        Event::Request(Request::GivenUp { ticket, .. }) => {
            keys.tickets.extend(*ticket);
            keys.told.extend(desk.administrator.as_ref().map(Address::key));
        }
        Event::Request(Request::Alarm { .. } | Request::Erase { .. }) => {}
    }
    keys
}

fn of_mail(keys: &mut Lookup, incoming: &Incoming, desk: &Desk, now: Timestamp) {
    let mail = &incoming.mail;
    keys.fingerprint = Some(mail.fingerprint(desk.instance.as_bytes()));
    keys.message_ids = thread(mail).cloned().collect();
    if incoming.silent {
        // A mail of history may come after those that answer it.
        keys.message_ids.extend(mail.message_id.clone());
    }
    if let Some(bounce) = &incoming.classified.bounce {
        keys.message_ids.extend(bounce.original_message_id.clone());
    }
    keys.numbers
        .extend(desk.numbering.in_subject(&mail.subject).into_iter().filter(|n| desk.numbering.plausible(n)));
    let carried = carried(mail, desk, now);
    keys.other_numbers = other_numbers(mail, desk).chain(supplier_numbers(mail, &carried, desk)).collect();
    keys.numbers.extend(carried.iter().map(|carried| carried.claim.number.clone()));
    keys.crowd = Some(desk.limits.articles_per_ticket);
    keys.sender = mail.from.as_ref().map(Address::key);
    counted(keys, incoming, desk);
    if let Some(from) = &mail.from
        && let Some(agent) = desk.agent_by_address(&from.address)
    {
        keys.signed = mail.signed_key(desk.instance.as_bytes());
        // Who is asked whether the mail is his.
        keys.told.insert(agent.address().key());
        of_block(keys, incoming, &carried, agent, desk, now);
    }
    keys.told.extend(desk.administrator.as_ref().map(Address::key));
    keys.codes = codes(mail);
    if let Proof::Confirmed { held, .. } = incoming.proof {
        keys.held = Some(held);
    }
}

/// Numbers in the subject that another desk gave, or may have given.
pub(super) fn other_numbers(mail: &Mail, desk: &Desk) -> impl Iterator<Item = String> {
    let numbering = &desk.numbering;
    numbering.others_in_subject(&mail.subject).into_iter().chain(numbering.older_in_subject(&mail.subject))
}

/// A supplier's own numbers in the subject of a mail from one of its addresses, or with a token that was issued to one.
pub(super) fn supplier_numbers(mail: &Mail, carried: &[Carried], desk: &Desk) -> Vec<String> {
    let wrote = |supplier: &&Supplier| {
        mail.from.as_ref().is_some_and(|from| supplier.has_address(&from.address))
            || carried.iter().any(|carried| carried.is_of(supplier))
    };
    let subject = &mail.subject;
    desk.suppliers.iter().filter(wrote).flat_map(|supplier| supplier.numbers_in(subject)).collect()
}

/// What the commands of an agent's mail name beside its own ticket.
fn of_block(
    keys: &mut Lookup,
    incoming: &Incoming,
    carried: &[Carried],
    agent: &Agent,
    desk: &Desk,
    now: Timestamp,
) {
    if incoming.classified.class != Class::Person || incoming.silent || incoming.unfit.is_some() {
        return;
    }
    let block = agent_mail::block(incoming, agent, desk, now);
    keys.numbers.extend(steps::numbers(&block));
    if asked::believable(incoming, carried, agent, &block, desk, now) {
        keys.asked = Asked::of(&block, agent, desk, now);
    }
    keys.articles = steps::articles(&block);
    keys.undo = steps::undo(&block, &agent.login);
}

/// What may be ticket numbers in the subject and the new text of a mail.
fn in_text(mail: &Mail, desk: &Desk) -> Vec<TicketNumber> {
    let runs = [&mail.subject, &mail.body.new_text].into_iter().flat_map(|text| {
        let text = text.get(..text.floor_char_boundary(desk.limits.rule_text_bytes)).unwrap_or_default();
        text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
    });
    let numbers = runs.filter_map(TicketNumber::new).filter(|number| desk.numbering.plausible(number));
    numbers.take(LINKED_NUMBERS).collect()
}

/// Whose automatic mails of the last hour are counted: the sender's, and where the desk tells participants of more than
/// answers, theirs. The people of known tickets come with these.
fn counted(keys: &mut Lookup, incoming: &Incoming, desk: &Desk) {
    let told =
        |row: &Notification| row.event != Occasion::AgentAnswer && row.to.contains(&Recipient::Participants);
    let participants = desk.notifications.iter().any(told);
    let mail = &incoming.mail;
    let others = mail.recipients().take(if participants { MOST_PARTICIPANTS } else { 0 });
    for address in mail.from.iter().chain(others) {
        keys.recipients.insert(address.key());
        let domain = address.domain();
        if !desk.is_own_domain(&domain) {
            keys.domains.insert(domain);
        }
    }
}

/// What a mail answers, nearest first; without the ids that begin threads, which anybody can guess and give to a mail of his
/// own.
pub(super) fn thread(mail: &Mail) -> impl Iterator<Item = &MessageId> {
    let ids = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    ids.filter(|id| !id.begins_thread()).take(THREAD_IDS)
}

/// The genuine tokens of a mail, what it answers first.
pub(super) fn carried(mail: &Mail, desk: &Desk, now: Timestamp) -> Vec<Carried> {
    let parents = mail.in_reply_to.iter().chain(mail.references.last()).map(|id| (Place::Parent, id.left()));
    let older = mail.references.iter().rev().skip(1).take(THREAD_IDS).map(|id| (Place::Thread, id.left()));
    let texts = [mail.subject.as_str(), &*mail.body.text].into_iter().map(|text| (Place::Text, text));
    let addresses = mail.recipients().take(THREAD_IDS).map(|to| (Place::Address, to.local()));
    let mut found: Vec<Carried> = Vec::new();
    let candidates = parents
        .chain(older)
        .chain(texts)
        .chain(addresses)
        .flat_map(|(place, text)| token::candidates(text).map(move |candidate| (place, candidate)));
    for (place, candidate) in candidates.take(TOKEN_CANDIDATES) {
        if let Some(claim) = token::verify(&desk.keys, candidate, now)
            && !found.iter().any(|known| known.claim == claim && known.place <= place)
        {
            found.push(Carried { place, claim });
        }
    }
    found
}

/// Hashes of what may be a one-time code: in the subject, the thread, the text.
pub(super) fn codes(mail: &Mail) -> BTreeSet<Digest> {
    let ids = thread(mail).map(MessageId::as_str);
    [mail.subject.as_str(), &*mail.body.text]
        .into_iter()
        .chain(ids)
        .flat_map(commands::codes)
        .take(TOKEN_CANDIDATES)
        .map(|code| hash_code(&code))
        .collect()
}

/// How a one-time code is stored. Case does not matter.
pub(super) fn hash_code(code: &str) -> Digest {
    Digest::of(format!("taquilla confirmation code 1 {}", code.to_lowercase()).as_bytes())
}

/// How the token of an undo is stored. Case does not matter.
pub(super) fn hash_undo(code: &str) -> Digest {
    Digest::of(format!("taquilla undo token 1 {}", code.to_lowercase()).as_bytes())
}
