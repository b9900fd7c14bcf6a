//! A ticket that an agent opens for a customer: `#new`.
//!
//! Whose it is, the mail says: `#customer`, or the mail that it forwards. A forwarded mail is the request, with its
//! subject, date and files; the agent's own words above it are a note. Without one the agent's text is the request, as
//! the customer told it; with `#new mail` it is a mail to the customer.

use jiff::Timestamp;

use super::draft::Draft;
use super::execute::{Wants, someone};
use super::mail::Case;
use super::notify::Happening;
use super::steps::Plan;
use super::write::{Target, Writing};
use super::{Effect, MatchKind, NoMail, supplier, text};
use crate::commands::Command;
use crate::desk::{Cause, Channel, Desk, NewArticle, Priority, SenderKind, TicketRef};
use crate::mail::{Address, Attachment, Language, Mail, MessageId, language, new_text};
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
}

impl Behalf {
    /// `None` where the mail opens no ticket for anybody.
    pub(super) fn of(plan: &Plan<'_>, case: &Case<'_>, rest: &str, reader: Language) -> Option<Self> {
        let desk = &case.policy.desk;
        let commands =
            || plan.steps.iter().flat_map(|step| &step.lines).filter_map(|line| line.read.as_ref().ok());
        let said = commands()
            .find_map(|command| if let Command::New(channel) = command { Some(*channel) } else { None })?;
        let request = Request::of(case, desk);
        let named = commands()
            .find_map(|command| if let Command::Customer(who) = command { Some(who) } else { None })
            .map(|who| someone(desk, who, reader).ok());
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
    fn of(case: &Case<'_>, desk: &Desk) -> Option<Self> {
        let mail = &case.incoming.mail;
        Self::inline(mail, desk)
            .or_else(|| case.incoming.forwarded.as_deref().and_then(Self::attached))
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
        })
    }

    /// As a mail attached to it (message/rfc822).
    fn attached(mail: &Mail) -> Option<Self> {
        Some(Self {
            from: mail.from.clone()?,
            to: mail.to.clone(),
            cc: mail.cc.clone(),
            subject: mail.subject.clone(),
            text: mail.body.text.clone(),
            date: mail.date,
            message_id: mail.message_id.clone(),
            attachments: mail.attachments.clone(),
        })
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
    let subject = request.map_or(mail.subject.as_str(), |request| request.subject.as_str());
    let at = draft.create(
        |ticket| {
            ticket.title = text::title_of([subject, mail.subject.as_str()], words, desk);
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
    let mut agents = what.case.article(draft, SenderKind::Agent, target.visible, text.to_owned());
    if let Some(supplier) = &target.supplier {
        let party = draft.ticket(at).and_then(|ticket| supplier::of(ticket, supplier));
        agents.to = party.map(|party| party.address.clone()).into_iter().collect();
        agents.cc = Vec::new();
    }
    let customer = draft.ticket(at).and_then(|ticket| ticket.now.customer.clone());
    let queue = draft.ticket(at).map(|ticket| ticket.now.queue.clone()).unwrap_or_default();
    let title = draft.ticket(at).map(|ticket| ticket.now.title.clone()).unwrap_or_default();
    if let Some(request) = &behalf.request {
        let article = NewArticle {
            channel: behalf.channel,
            sender: SenderKind::Customer,
            visible: true,
            from: Some(request.from.clone()),
            to: request.to.clone(),
            cc: request.cc.clone(),
            subject: request.subject.clone(),
            text: request.text.clone(),
            message_id: request.message_id.clone(),
            attachments: request.attachments.clone(),
            // Nobody writes in time to come.
            at: request.date.filter(|date| *date <= draft.now()).unwrap_or(draft.now()),
            raw: agents.raw,
        };
        draft.article(at, article, &what.cause);
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
            text: if target.visible { scrubbed } else { written }.to_owned(),
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
