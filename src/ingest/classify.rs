//! What sent this mail: a person, a program, a mail system, a list, or we ourselves.
//!
//! By evidence, in one order, first verdict wins: own, complaint, bounce, auto-reply, list, automatic, person.
//! The evidence is kept in words, for `explain` and for the journal. Pure; knows nothing of tickets, so that a
//! survey answer is recognised later, by its token.

mod automatic;
mod away;
pub(in crate::ingest) mod fold;
pub(in crate::ingest) mod headers;
mod reply;
pub(in crate::ingest) mod sender;

use std::collections::BTreeSet;

use super::bounce;
use crate::mail::{Address, Bounce, Class, Classified, LOOP_HEADER, Mail};

pub(in crate::ingest) use reply::{has_auto_prefix, has_reply_prefix};

/// By what our own mails are known when they come back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnMarks {
    instance: Option<String>,
    addresses: BTreeSet<String>,
}

impl OwnMarks {
    /// The id in our [`LOOP_HEADER`], and the addresses from which we send (any case).
    pub fn new<A: AsRef<str>>(instance: Option<String>, addresses: impl IntoIterator<Item = A>) -> Self {
        let addresses = addresses.into_iter().map(|address| address.as_ref().trim().to_lowercase()).collect();
        Self { instance: instance.filter(|id| !id.trim().is_empty()), addresses }
    }

    /// Our addresses, lower case.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().map(String::as_str)
    }

    /// One of our addresses, also with a plus-part (a reply token) behind the local part.
    pub fn is_own(&self, address: &Address) -> bool {
        let key = address.key();
        let bare = key.split_once('+').and_then(|(local, rest)| {
            let (_, domain) = rest.rsplit_once('@')?;
            Some(format!("{local}@{domain}"))
        });
        self.addresses.contains(&key) || bare.is_some_and(|bare| self.addresses.contains(&bare))
    }
}

/// A verdict and its reasons, before the question whether to answer.
struct Verdict {
    class: Class,
    evidence: Vec<String>,
    bounce: Option<Bounce>,
}

impl Verdict {
    fn new(class: Class, evidence: Vec<String>) -> Self {
        Self { class, evidence, bounce: None }
    }
}

/// Classifies a mail.
pub fn classify(mail: &Mail, own: &OwnMarks) -> Classified {
    let verdict = own_mail(mail, own)
        .or_else(|| bounce::complaint(mail).map(|said| Verdict::new(Class::Complaint, vec![said])))
        .or_else(|| {
            let (bounce, evidence) = bounce::read(mail)?;
            Some(Verdict { class: Class::Bounce, evidence, bounce: Some(bounce) })
        })
        .or_else(|| auto_reply(mail, own).map(|said| Verdict::new(Class::AutoReply, said)))
        .or_else(|| headers::list(mail, own).map(|said| Verdict::new(Class::List, vec![said])))
        .or_else(|| automatic(mail).map(|said| Verdict::new(Class::Automatic, said)))
        .unwrap_or_else(|| Verdict::new(Class::Person, Vec::new()));
    let Verdict { class, mut evidence, bounce } = verdict;
    let unanswered = no_answer(mail, own);
    let no_answer = class != Class::Person || unanswered.is_some();
    evidence.extend(unanswered.filter(|said| !evidence.contains(said)));
    Classified { class, evidence, bounce, no_answer }
}

/// Ours by the loop header, or from our own address and automatic by its own word.
fn own_mail(mail: &Mail, own: &OwnMarks) -> Option<Verdict> {
    if let Some(instance) = &own.instance {
        let ours = mail.header(LOOP_HEADER).find(|value| value.trim().eq_ignore_ascii_case(instance.trim()));
        if let Some(value) = ours {
            return Some(Verdict::new(Class::Own, vec![headers::evidence(LOOP_HEADER, value)]));
        }
    }
    let from = mail.from.as_ref().filter(|from| own.is_own(from))?;
    let (_, said) = headers::auto_submitted(mail)?;
    Some(Verdict::new(Class::Own, vec![format!("From: {}", from.address), said]))
}

/// A program's answer. A list that forwards one does not make it a list mail.
fn auto_reply(mail: &Mail, own: &OwnMarks) -> Option<Vec<String>> {
    if let Some(said) = reply::receipt(mail).or_else(|| reply::by_field(mail)) {
        return Some(vec![said]);
    }
    if let Some(said) = reply::by_words(mail) {
        return Some(said);
    }
    if headers::null_sender(mail) && reply::by_null_sender(mail) {
        return Some(vec!["envelope sender is null".to_owned()]);
    }
    if headers::list(mail, own).is_some() {
        return None;
    }
    let mut program = automatic::evidence(mail)?;
    program.push(reply::acknowledgement(mail)?);
    Some(program)
}

/// A program's own mail. The null sender asks for no answer, which people never do.
fn automatic(mail: &Mail) -> Option<Vec<String>> {
    automatic::evidence(mail)
        .or_else(|| headers::null_sender(mail).then(|| vec!["envelope sender is null".to_owned()]))
}

/// Why no automatic answer may be sent, by the header alone (RFC 3834 section 2).
fn no_answer(mail: &Mail, own: &OwnMarks) -> Option<String> {
    use sender::SenderKind;
    let from = || {
        let from = mail.from.as_ref()?;
        let silent = own.is_own(from)
            || matches!(sender::kind(from), SenderKind::Daemon | SenderKind::NoReply | SenderKind::ListOwner);
        silent.then(|| format!("From: {}", from.address))
    };
    let path = || {
        let path = Address::bare(mail.return_path.clone()?);
        let silent = matches!(sender::kind(&path), SenderKind::Daemon | SenderKind::ListOwner);
        silent.then(|| format!("Return-Path: {}", path.address))
    };
    let null = || headers::null_sender(mail).then(|| "envelope sender is null".to_owned());
    headers::auto_submitted(mail)
        .map(|(_, said)| said)
        .or_else(|| headers::suppressed(mail))
        .or_else(|| headers::precedence(mail).map(|value| headers::evidence("Precedence", &value)))
        .or_else(|| headers::list(mail, own))
        .or_else(null)
        .or_else(from)
        .or_else(path)
}

#[cfg(test)]
mod tests;
