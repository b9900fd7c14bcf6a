//! A ticket that an agent opens for a customer: `#new`.
//!
//! Whose it is, the mail says: `#customer`, or the mail that it forwards. A forwarded mail is the request, with its
//! subject, date and files; the agent's own words above it are a note. Of several attached mails the first is the request,
//! and the others are articles of the ticket. Without one the agent's text is the request, as the customer told it; with
//! `#new mail` it is a mail to the customer.

use jiff::Timestamp;

use super::draft::Draft;
use super::execute::{Wants, someone};
use super::mail::Case;
use super::notify::Happening;
use super::steps::Plan;
use super::write::{Target, Writing};
use super::{Effect, Incoming, MatchKind, NoMail, supplier, text};
use crate::commands::Command;
use crate::desk::{Cause, Channel, Desk, NewArticle, Priority, SenderKind, TicketRef};
use crate::mail::{Address, Attachment, Digest, Language, Mail, MessageId, language, new_text};
use crate::outbound::data;

/// What a mail says of the ticket that it opens for somebody.
#[derive(Debug)]
pub(super) struct Behalf {
    /// How the customer asked.
    channel: Channel,
    /// The agent's text is a mail to the customer.
    pub(super) outgoing: bool,
    /// The mail that is forwarded.
    pub(super) request: Option<Request>,
    /// `#customer` says whose it is.
    pub(super) named: bool,
    /// Whose ticket it is; none where the mail does not say.
    customer: Option<Address>,
    /// The queue that the mail names.
    queue: Option<String>,
}

/// A forwarded mail.
#[derive(Debug)]
pub(super) struct Request {
    from: Address,
    to: Vec<Address>,
    cc: Vec<Address>,
    subject: String,
    text: String,
    date: Option<Timestamp>,
    message_id: Option<MessageId>,
    attachments: Vec<Attachment>,
    /// The forwarded mail itself, where it is whole.
    raw: Option<Digest>,
    /// Mails that came along with it, oldest first.
    others: Vec<Self>,
}

impl Behalf {
    /// `None` where the mail opens no ticket for anybody.
    pub(super) fn of(plan: &Plan<'_>, case: &Case<'_>, rest: &str, reader: Language) -> Option<Self> {
        let desk = &case.policy.desk;
        let commands =
            || plan.steps.iter().flat_map(|step| &step.lines).filter_map(|line| line.read.as_ref().ok());
        let said = commands()
            .find_map(|command| if let Command::New(channel) = command { Some(*channel) } else { None })?;
        let named = commands()
            .find_map(|command| if let Command::Customer(who) = command { Some(who) } else { None })
            .map(|who| someone(desk, who, reader).ok());
        let request = Request::of(case, desk, named.as_ref().and_then(Option::as_ref));
        let customer = match &named {
            Some(named) => named.clone(),
            None => request.as_ref().map(|request| desk.well_named(request.from.clone())),
        };
        let by_default = if request.is_some() { Channel::Mail } else { Channel::Phone };
        Some(Self {
            channel: said.unwrap_or(by_default),
            outgoing: said == Some(Channel::Mail) && (request.is_none() || !rest.is_empty()),
            named: named.is_some(),
            customer,
            queue: super::attend::bound_for(plan.steps.first()?, desk),
            request,
        })
    }

    /// Whether the agent's text is for the customer, where the agent does not say: as the request, as a mail, or as the
    /// answer with which the ticket is closed. Beside a forwarded mail it is a note.
    pub(super) fn shows_text(&self, closed: Option<bool>) -> bool {
        match closed {
            Some(silent) => !silent,
            None => self.outgoing || self.request.is_none(),
        }
    }

    /// Whether the agent's text is an article beside the request, and what is sent of it a mail.
    pub(super) fn writes(&self) -> bool {
        self.outgoing || self.request.is_some()
    }

    /// Mails that were forwarded beside the request.
    pub(super) fn others(&self) -> usize {
        self.request.as_ref().map_or(0, |request| request.others.len())
    }

    /// What is told of the new ticket.
    pub(super) fn announce(&self, opened: &mut Happening) {
        opened.answers = None;
        if self.outgoing {
            opened.reply = Err(NoMail::AgentsMail);
        } else {
            opened.reply = Ok(());
        }
        if let Some(request) = &self.request {
            opened.answers.clone_from(&request.message_id);
            opened.text = data::shown(&request.text);
            opened.public = true;
            opened.extra.insert("attachments".to_owned(), data::attachment_names(&request.attachments));
        }
    }
}

impl Request {
    fn of(case: &Case<'_>, desk: &Desk, customer: Option<&Address>) -> Option<Self> {
        let mail = &case.incoming.mail;
        Self::inline(mail, desk)
            .or_else(|| Self::attached(case.incoming, desk, customer))
            .filter(|request| !desk.is_own(&request.from.address))
    }

    /// Within the text.
    fn inline(mail: &Mail, desk: &Desk) -> Option<Self> {
        let found = new_text::forwarded(&mail.body.quoted_text)?;
        let by_name = || match desk.customers_named(found.name.as_deref()?).as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        };
        Some(Self {
            from: found.from.clone().or_else(by_name)?,
            to: Vec::new(),
            cc: found.cc,
            subject: found.subject.unwrap_or_default(),
            text: found.text,
            date: found.date.and_then(|date| date.moment(&desk.time_zone)),
            message_id: None,
            attachments: mail.attachments.clone(),
            raw: None,
            others: Vec::new(),
        })
    }

    /// As mails attached to it (message/rfc822): the first one of the customer whom the agent names, else of anybody outside,
    /// for mail programs attach whole threads. Whatever else is attached comes along: nothing is lost.
    fn attached(incoming: &Incoming, desk: &Desk, customer: Option<&Address>) -> Option<Self> {
        let files = &incoming.mail.attachments;
        let mut others: Vec<Self> =
            incoming.forwarded.iter().filter_map(|mail| Self::whole(mail, files)).collect();
        let of_customer = |mail: &Self| customer.is_some_and(|customer| customer.key() == mail.from.key());
        let of_outside = |mail: &Self| mail.author(None, desk).0 == SenderKind::Customer;
        let nth = others.iter().position(of_customer).or_else(|| others.iter().position(of_outside));
        let nth = nth.unwrap_or(0);
        let mut first = if nth < others.len() { others.remove(nth) } else { return None };
        others.sort_by_key(|other| (other.date.is_none(), other.date));
        let read = |file: &Attachment| {
            let is_it = |request: &Self| request.raw == Some(file.digest);
            is_it(&first) || others.iter().any(is_it)
        };
        // Programs send documents inline as well; only a picture that the text shows belongs to the text.
        let shown = |file: &Attachment| {
            file.is_signature()
                || file.inline && file.content_id.is_some() && file.content_type.starts_with("image/")
        };
        let rest: Vec<Attachment> =
            files.iter().filter(|file| !shown(file) && !read(file)).cloned().collect();
        first.attachments.extend(rest);
        first.others = others;
        Some(first)
    }

    /// One attached mail, which stays beside its own files as a file.
    fn whole(mail: &Mail, files: &[Attachment]) -> Option<Self> {
        let itself = files.iter().find(|file| file.digest == mail.digest);
        let itself = itself.map(|file| Attachment { inline: false, ..file.clone() });
        Some(Self {
            from: mail.from.clone()?,
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            subject: mail.subject.clone(),
            text: mail.body.text.to_string(),
            date: mail.date,
            message_id: mail.message_id.clone(),
            attachments: mail.attachments.iter().cloned().chain(itself).collect(),
            raw: Some(mail.digest),
            others: Vec::new(),
        })
    }

    /// As an article.
    fn article(&self, channel: Channel, sender: SenderKind, visible: bool, now: Timestamp) -> NewArticle {
        NewArticle {
            channel,
            sender,
            visible,
            from: Some(self.from.clone()),
            to: self.to.clone(),
            cc: self.cc.clone(),
            subject: self.subject.clone(),
            text: self.text.as_str().into(),
            message_id: self.message_id.clone(),
            attachments: self.attachments.clone(),
            raw: self.raw,
            // Nobody writes in time to come.
            at: self.date.filter(|date| *date <= now).unwrap_or(now),
        }
    }

    /// Who wrote it, of a ticket's people, and whether the customer may see it: what he wrote himself.
    fn author(&self, customer: Option<&Address>, desk: &Desk) -> (SenderKind, bool) {
        let address = &self.from.address;
        if desk.agent_by_address(address).is_some() {
            (SenderKind::Agent, false)
        } else if desk.is_own(address) {
            (SenderKind::System, false)
        } else if desk.supplier_by_address(address).is_some() {
            (SenderKind::Supplier, false)
        } else {
            (SenderKind::Customer, customer.is_some_and(|customer| customer.key() == self.from.key()))
        }
    }
}

/// Opens the ticket, without rules and commands yet.
pub(super) fn open(
    draft: &mut Draft<'_>,
    case: &Case<'_>,
    behalf: &Behalf,
    rest: &str,
    cause: &Cause,
) -> TicketRef {
    let (desk, mail) = (&case.policy.desk, &case.incoming.mail);
    let queue = behalf.queue.clone().unwrap_or_else(|| case.queue());
    let request = behalf.request.as_ref();
    let words = request.map_or(rest, |request| request.text.as_str());
    let own = text::subject_of_agent(mail, desk);
    let subject = request.map_or(own.as_str(), |request| request.subject.as_str());
    let at = draft.create(
        |ticket| {
            ticket.title = text::title_of([subject, own.as_str()], words, desk);
            ticket.owner = desk.queue(&queue).and_then(|queue| queue.owner.clone());
            ticket.language = language_of(behalf, words, &queue, desk);
            ticket.queue = queue;
            ticket.level = Priority::NORMAL.level().saturating_sub(1).to_string();
            ticket.customer = behalf.customer.clone();
        },
        cause,
    );
    let copies = request.into_iter().flat_map(|request| &request.cc);
    draft.add_participants(at, mail.recipients().chain(copies), cause);
    if let Some(matched) = &mut draft.trace.matched
        && matched.kind == MatchKind::FollowUp
    {
        matched.kind = MatchKind::New;
        matched.ticket = None;
        matched.evidence.push_str("; #new opens a ticket of its own");
    }
    at
}

/// The customer's own language, else that of what the customer wrote or is written, else the queue's.
fn language_of(behalf: &Behalf, words: &str, queue: &str, desk: &Desk) -> Language {
    let of_customer = behalf.customer.as_ref().and_then(|who| desk.customer(&who.address)?.language);
    of_customer
        .or_else(|| behalf.writes().then(|| language::of(words))?)
        .or_else(|| desk.queue(queue).and_then(|queue| queue.language))
        .unwrap_or(desk.language)
}

/// The articles of the new ticket: the request, and what the agent says beside it.
pub(super) fn articles(
    draft: &mut Draft<'_>,
    what: &Writing<'_>,
    behalf: &Behalf,
    target: &Target,
    scrubbed: &str,
) {
    let at = target.at;
    let written = what.block.rest.trim();
    let text = what.text_of(at, target.visible, scrubbed);
    let mut agents = what.case.article(draft, SenderKind::Agent, target.visible, text);
    if let Some(supplier) = &target.supplier {
        let party = draft.ticket(at).and_then(|ticket| supplier::of(ticket, supplier));
        agents.to = party.map(|party| party.address.clone()).into_iter().collect();
        agents.cc = Vec::new();
    }
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.clone());
    let queue = draft.ticket(at).map(|ticket| ticket.now.queue.clone()).unwrap_or_default();
    let title = draft.ticket(at).map(|ticket| ticket.now.title.clone()).unwrap_or_default();
    if let Some(request) = &behalf.request {
        let now = draft.now();
        let article = request.article(behalf.channel, SenderKind::Customer, true, now);
        // What stands within the agent's mail is made of that.
        let article = NewArticle { raw: article.raw.or(agents.raw), ..article };
        draft.article(at, article, &what.cause);
        for other in &request.others {
            let (sender, visible) = other.author(customer.as_ref(), draft.desk);
            draft.article(at, other.article(Channel::Mail, sender, visible, now), &what.cause);
        }
        if !text.is_empty() {
            let article = NewArticle { attachments: Vec::new(), ..agents };
            draft.article(at, article, &what.cause);
        } else if let Some(id) = &what.case.incoming.mail.message_id {
            // What the agent writes in his own thread belongs to it.
            draft.effects.push(Effect::Past {
                ticket: at,
                message_ids: vec![id.clone()],
                other_numbers: Vec::new(),
                since: None,
                closed: None,
            });
        }
    } else if behalf.outgoing {
        let article = NewArticle { to: customer.into_iter().collect(), subject: title, ..agents };
        draft.article(at, article, &what.cause);
    } else {
        let article = NewArticle {
            channel: behalf.channel,
            sender: SenderKind::Customer,
            from: customer,
            to: vec![draft.desk.queue_address(&queue)],
            cc: Vec::new(),
            subject: title,
            text: if target.visible { scrubbed } else { written }.into(),
            ..agents.clone()
        };
        draft.article(at, article, &what.cause);
        if what.words.contains_key(&at) || target.supplier.is_some() {
            // The mail's own files and id are the request's.
            let answer = NewArticle { attachments: Vec::new(), message_id: None, ..agents };
            draft.article(at, answer, &what.cause);
        }
    }
}

impl Wants {
    /// Whether a ticket is the one that the mail opens for a customer.
    pub(super) fn is_on_behalf(&self, at: Option<TicketRef>) -> bool {
        at.is_some() && self.on_behalf == at
    }
}
