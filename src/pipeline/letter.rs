//! From raw octets to an event: the steps before the pen is taken, and the journal row that goes with them.

use std::sync::Arc;

use jiff::Timestamp;

use super::{House, PipelineError};
use crate::decide::{Context, Decision, Event, Given, History, Incoming, Lookup, Proof, Reason, Unfit};
use crate::ingest::classify::classify;
use crate::ingest::evidence::evidence;
use crate::ingest::parse::parse;
use crate::mail::{Attachment, Class, Digest, Mail};
use crate::store::{Entry, Origin, Writing};

/// How much of a mail is looked at. All of it is kept, whatever is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// All of it.
    Whole,
    /// The header: the program went down with the whole mail, and a person wants to see whose it is.
    Header,
    /// Nothing: it went down with the header, too.
    Nothing,
}

/// A raw mail on its way in.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Where it came from.
    pub origin: Origin,
    /// Name of the mailbox, for rules and history.
    pub mailbox: String,
    /// The queue that the mailbox names.
    pub queue: Option<String>,
    /// The octets, or the header alone where `unfit` says so.
    pub raw: Arc<[u8]>,
    /// Size by the server's account, octets.
    pub size: u64,
    /// When the server got it.
    pub received: Option<Timestamp>,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
    /// It makes tickets and sends no mail.
    pub silent: bool,
    /// What was said about the tickets of history.
    pub history: History,
    /// A person let it in: it is not parked.
    pub let_in: bool,
    /// Why it goes to the quarantine.
    pub unfit: Option<Unfit>,
    /// How much of it is looked at.
    pub reading: Reading,
}

impl Letter {
    /// A whole mail that came by no mailbox.
    pub fn of(raw: Arc<[u8]>, mailbox: &str, origin: Origin) -> Self {
        Self {
            origin,
            mailbox: mailbox.to_owned(),
            queue: None,
            size: u64::try_from(raw.len()).unwrap_or(u64::MAX),
            raw,
            received: None,
            attempt: 1,
            silent: false,
            history: History::default(),
            let_in: false,
            unfit: None,
            reading: Reading::Whole,
        }
    }
}

/// Parse, classify, evidence: a raw mail as an event, and what its journal row says of it.
pub fn read(mut letter: Letter, proof: Proof, house: &House) -> (Event, Entry) {
    let size = u64::try_from(letter.raw.len()).unwrap_or(u64::MAX);
    if size > house.policy.desk.limits.mail_bytes && letter.unfit.is_none() {
        // It did not come by a mailbox, which would not have fetched it: kept whole, for nobody else has it.
        letter.unfit = Some(Unfit::TooLarge { size });
        letter.reading = Reading::Header;
    }
    let mail = look_into(&letter, house);
    let classified = classify(&mail, &house.marks);
    let forwarded = forwarded(&mail, classified.class, house);
    let verdicts = evidence(&mail, &house.policy.desk.trust);
    let entry = Entry {
        message_id: mail.message_id.clone(),
        fingerprint: None,
        received: letter.received,
        raw: Some((mail.digest, Arc::clone(&letter.raw))),
        size: letter.size,
        class: Some(classified.class),
        author: mail.from.clone(),
        subject: Some(mail.subject.clone()),
        attempt: letter.attempt,
        ..Entry::of_event(letter.origin, Timestamp::UNIX_EPOCH, "")
    };
    let incoming = Incoming {
        mailbox: letter.mailbox,
        queue: letter.queue,
        mail,
        forwarded,
        classified,
        verdicts,
        proof,
        received: letter.received,
        unfit: letter.unfit,
        silent: letter.silent,
        history: letter.history,
        let_in: letter.let_in,
    };
    (Event::Mail(Box::new(incoming)), entry)
}

/// Mails among the attachments of one that are read; more of them stay files.
const FORWARDED: usize = 20;

/// The mails among the attachments of an agent's mail. Nobody else forwards to the desk what is to be read.
fn forwarded(mail: &Mail, class: Class, house: &House) -> Vec<Mail> {
    let from = mail.from.as_ref().filter(|_| class == Class::Person);
    if from.and_then(|from| house.policy.desk.agent_by_address(&from.address)).is_none() {
        return Vec::new();
    }
    let is_mail = |file: &&Attachment| {
        file.content_type == "message/rfc822" || file.name.to_lowercase().ends_with(".eml")
    };
    let mails = mail.attachments.iter().filter(is_mail).take(FORWARDED);
    mails.map(|file| parse(Arc::clone(&file.content), &house.limits)).collect()
}

fn look_into(letter: &Letter, house: &House) -> Mail {
    let part: &[u8] = match letter.reading {
        Reading::Whole => return parse(Arc::clone(&letter.raw), &house.limits),
        Reading::Header => {
            let end = letter.raw.windows(2).position(|two| two == b"\n\n" || two == b"\n\r");
            letter.raw.get(..end.map_or(letter.raw.len(), |end| end + 1)).unwrap_or_default()
        }
        Reading::Nothing => b"",
    };
    Mail { digest: Digest::of(&letter.raw), ..parse(part.into(), &house.limits) }
}

/// Whether these octets are the header alone of a mail that the server said to have more: nothing stands behind the
/// first empty line. Servers' sizes may differ a little from the octets (Exchange).
pub(super) fn is_header_of(raw: &[u8], size: u64) -> bool {
    const SLACK: u64 = 64;
    let end = raw.windows(2).position(|two| two == b"\n\n" || two == b"\n\r");
    let body = end.and_then(|end| raw.get(end + 1..)).unwrap_or_default();
    body.iter().all(u8::is_ascii_whitespace) && size > (raw.len() as u64).saturating_add(SLACK)
}

/// Raw mails and files; the large ones do not stand in the database.
pub(super) fn contents(read: &[(Event, Entry)]) -> Vec<(Digest, Arc<[u8]>)> {
    let mut contents = Vec::new();
    for (event, entry) in read {
        contents.extend(entry.raw.clone());
        if let Event::Mail(incoming) = event {
            let within = incoming.forwarded.iter().flat_map(|mail| &mail.attachments);
            let files = incoming.mail.attachments.iter().chain(within);
            contents.extend(files.map(|file| (file.digest, Arc::clone(&file.content))));
        }
    }
    contents
}

/// A mail that waited and is confirmed, as an event of its own; its journal row gets the new reason. The one mail that is
/// read with the pen in hand: only the decision says which it is.
pub(super) async fn held(
    writing: &mut Writing,
    house: &Arc<House>,
    held: i64,
    now: Timestamp,
) -> Result<(Event, Entry), PipelineError> {
    let kept = writing.held_mail(held).await?;
    let letter = Letter {
        queue: house.queue_of(&kept.mailbox),
        received: Some(now),
        ..Letter::of(kept.raw, &kept.mailbox, Origin::Again(kept.journal))
    };
    let proof = Proof::Confirmed { login: kept.login, held, held_for: kept.held_for, ticket: kept.ticket };
    let house = Arc::clone(house);
    let read = tokio::task::spawn_blocking(move || read(letter, proof, &house));
    read.await.map_err(|_| PipelineError::Panicked)
}

/// Fills in what only the decision knows of its journal row.
pub(super) fn complete(
    entry: &mut Entry,
    lookup: &Lookup,
    context: &Context,
    decision: &Decision,
    given: &Given,
) {
    entry.at = given.now;
    entry.counter.clone_from(&lookup.counter);
    entry.fingerprint = lookup.fingerprint;
    entry.signed = lookup.signed;
    if decision.reason == Reason::DuplicateOf {
        entry.duplicate_of = context.duplicate.map(|(row, _)| row);
    }
    let sender =
        decision.trace.sender.iter().flat_map(|sender| sender.evidence.iter().map(ToString::to_string));
    let matched = decision.trace.matched.iter().map(|matched| matched.evidence.clone());
    entry.evidence =
        sender.chain(matched).chain(decision.trace.remarks.iter().cloned()).collect::<Vec<_>>().join("; ");
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::decide::Policy;
    use crate::desk::{Desk, token::Keys};
    use crate::ingest::parse::ParseLimits;
    use crate::outbound::template::Templates;
    use crate::rules::RuleSet;

    #[test]
    fn what_the_program_went_down_with_is_kept_whole_and_read_less() {
        let policy = Policy { desk: Desk::empty(Keys::new(Vec::new())), rules: RuleSet::none() };
        let house = House::new(policy, Templates::shipped().clone(), ParseLimits::default(), BTreeMap::new());
        let raw = b"From: ana@x.example\r\nSubject: x\r\n\r\nthe body\r\n";
        for (reading, subject, text) in
            [(Reading::Whole, "x", "the body"), (Reading::Header, "x", ""), (Reading::Nothing, "", "")]
        {
            let letter = Letter { reading, ..Letter::of(raw.as_slice().into(), "x", Origin::Deliver(None)) };
            let (event, entry) = read(letter, Proof::None, &house);
            let Event::Mail(incoming) = event else { panic!("a mail") };
            assert_eq!((incoming.mail.subject.as_str(), incoming.mail.body.text.trim()), (subject, text));
            assert_eq!(incoming.mail.digest, Digest::of(raw));
            assert_eq!(
                entry.raw.map(|(digest, raw)| (digest, raw.len())),
                Some((Digest::of(raw), raw.len()))
            );
        }
    }

    #[test]
    fn a_mail_is_too_large_from_one_octet_more_than_the_limit_on() {
        let mut policy = Policy { desk: Desk::empty(Keys::new(Vec::new())), rules: RuleSet::none() };
        let raw = b"From: ana@x.example\r\nSubject: x\r\n\r\nthe body\r\n";
        policy.desk.limits.mail_bytes = raw.len() as u64;
        let house = House::new(policy, Templates::shipped().clone(), ParseLimits::default(), BTreeMap::new());
        for (more, expected) in [("", None), ("!", Some(Unfit::TooLarge { size: raw.len() as u64 + 1 }))] {
            let octets = [raw.as_slice(), more.as_bytes()].concat();
            let letter = Letter::of(octets.into(), "x", Origin::Deliver(None));
            let (event, entry) = read(letter, Proof::None, &house);
            let Event::Mail(incoming) = event else { panic!("a mail") };
            assert_eq!(incoming.mail.body.text.is_empty(), expected.is_some());
            assert_eq!(incoming.unfit, expected);
            assert_eq!(entry.raw.map(|(_, kept)| kept.len()), Some(raw.len() + more.len()), "kept whole");
        }
    }
}
