//! What the desk says to an agent whose command cannot be done: the sentences of `decide`, per language.
//!
//! Mistakes of grammar are `commands`' own; here are those that need the desk or the ticket to be seen. The words stand in
//! a file for each language, with those of evidence and history.

pub(super) mod english;
pub(super) mod spanish;

use super::Unfit;
use crate::desk::Right;
use crate::mail::Language;

/// Something to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Say<'a> {
    /// There is no such thing; perhaps another name was meant.
    Unknown { what: Thing, name: &'a str, near: Option<&'a str>, all: Vec<&'a str> },
    /// Several agents fit.
    Ambiguous { name: &'a str, candidates: Vec<String> },
    /// Several things fit.
    Several { name: &'a str, candidates: Vec<(Thing, String)> },
    /// Neither an agent nor a queue nor a level nor a supplier is called so.
    NothingCalled { name: &'a str, near: Option<&'a str> },
    /// There is nothing to write to a supplier.
    SupplierNeedsText,
    /// `#note` or `#public` where the text is for a supplier.
    SupplierAlone,
    /// Two suppliers for the text of one mail.
    OneSupplier,
    /// The ticket is the supplier's own request.
    SupplierAsks(&'a str),
    /// The ticket is with several suppliers.
    WhichSupplier(Vec<&'a str>),
    /// There is none.
    NoSupplier,
    /// To whom the text goes: the supplier's name and address.
    GoesToSupplier(&'a str),
    /// The same of a mail that waits.
    WouldGoToSupplier(&'a str),
    /// Nobody of a level would see the ticket; who is of that level elsewhere.
    NobodyAtLevel { level: u8, queue: &'a str, elsewhere: Vec<String> },
    /// Several people fit.
    SeveralPeople { name: &'a str, candidates: Vec<String> },
    /// The desk is nobody's customer.
    IsTheDesk(&'a str),
    /// Somebody asked for no more mails about this ticket.
    SaidStop(&'a str),
    /// Every answer goes to all of them.
    TooManyTakePart(usize),
    /// The customers file does not offer this service to this customer.
    NotOffered { service: &'a str, customer: &'a str, offered: Vec<&'a str> },
    /// The ticket has no service any more, for the new customer is not offered it.
    ServiceLeft { service: &'a str, customer: &'a str, offered: Vec<&'a str> },
    /// What becomes of a new customer.
    NobodyTold,
    /// More work would be taken back than was booked.
    NotSoMuchBooked(&'a str),
    /// The right is missing.
    NotAllowed { right: Right, queue: &'a str },
    /// One canned answer a mail.
    OneAnswer,
    /// A mail opens one ticket for somebody, and does nothing to others.
    NewOnce,
    /// Nobody knows whose the new ticket is.
    WhoseTicket,
    /// A mail to the customer that says nothing.
    MailNeedsText,
    /// The text stands as what the customer asked for.
    Registered(&'a str),
    /// The same, and it closes the ticket: the customer gets it with the notice.
    RegisteredAndSent(&'a str),
    /// Nothing to change.
    Already(&'a str),
    /// A closing state is set by `#close`.
    UseClose(&'a str),
    /// A pending state needs a date.
    UsePend(&'a str),
    /// The ticket is closed.
    Closed,
    /// The ticket is not closed.
    NotClosed,
    /// This needs more evidence than there is, and is done once it is confirmed.
    NeedsConfirmation { has: u8 },
    /// What is confirmed is what was shown, and a query finds something else by now.
    OthersThanShown,
    /// `#note` and `#public` in one mail.
    NoteAndPublic,
    /// Locked by someone else.
    LockedBy(&'a str),
    /// The same, of an answer that waits for its author to take the ticket.
    AnswerLocked(&'a str),
    /// Locked by someone else, and the state is the holder's to change.
    StateLockedBy(&'a str),
    /// The text and HTML parts of the mail say different things.
    PartsDiffer,
    /// An agent who may not attend this queue.
    NotInQueue { login: &'a str, queue: &'a str, members: Vec<&'a str> },
    /// There is no ticket to do it to.
    NoTicket,
    /// No such ticket, perhaps a typing error.
    NoSuchTicket { number: &'a str, typing: bool },
    /// A ticket cannot be linked with itself or merged into itself.
    SameTicket(&'a str),
    /// A ticket that was merged or removed.
    NoLonger(&'a str),
    /// The link stands the other way round.
    OtherWayRound(&'a str),
    /// There is no link to take away.
    NotLinked(&'a str),
    /// A ticket has no article of that number.
    NoArticle(u32),
    /// There is nothing to open a second ticket with.
    SplitNeedsText,
    /// A ticket was opened.
    NewTicket(&'a str),
    /// A ticket was opened, and mails that were forwarded beside its request are articles of it.
    NewTicketOfMails { number: &'a str, others: usize },
    /// The token names nothing of this agent's, or there is nothing in this ticket.
    NothingToUndo,
    /// It was taken back before.
    UndoneBefore,
    /// The last doing was, and no earlier one is meant.
    LastUndoneBefore,
    /// Too late, counted in days.
    UndoExpired(i64),
    /// Something was changed since.
    ChangedSince(&'a str),
    /// All of it is as it was before.
    NothingLeftToUndo,
    /// A mail that nobody can take back.
    MailHasLeft(&'a str),
    /// A mail that does not leave.
    MailTakenBack(&'a str),
    /// Nothing is found that could be changed.
    NoneFound,
    /// More is found than may be changed.
    OverLimit { count: u64, limit: u32 },
    /// More lists or tickets whole than one mail may ask for.
    AsksTooMuch(usize),
    /// It is no time.
    NoTime(&'a str),
    /// How many tickets a line names.
    Tickets(usize),
    /// What was asked for follows.
    AnswerFollows,
    /// The text goes to the customer.
    Goes(&'a str),
    /// The same, and who gets copies.
    GoesWithCopies(&'a str, &'a str),
    /// The text goes to the customers of several tickets.
    GoesToAll(usize),
    /// To whom the text of a mail that waits would go; to nobody where it would be a note.
    WouldGo(Option<&'a str>),
    /// The mail opens a ticket.
    OpensTicket,
    /// The text stays internal.
    StaysInternal,
    /// The same, and the customer hears that the ticket is closed, without it.
    ClosedWithoutText(&'a str),
    /// A line of the text looks like a command and was kept as text.
    KeptAsText(&'a str),
    /// No ticket of the mail could take the text.
    TextNotKept,
    /// Nothing of the text was kept.
    NothingKept,
    /// The mail that waited was confirmed too late.
    CodeExpired,
    /// Its author said yes to the mail that waited, and says something else now.
    ConfirmedBefore,
    /// An answer to a question that is neither yes nor no.
    NotYes,
    /// The same, of an agent's own answer.
    NeitherYesNorNo,
    /// A confirmation that fails a check of its sender.
    NotFromYou,
    /// The mail that waited is not the agent's.
    Denied,
    /// The answer that waited is not sent, for the agent said no; whether the administrator was told.
    AnswerDeclined { told: bool },
    /// Alarm: an agent said no to an answer that a token alone proved to be hers.
    NoToToken { login: &'a str, subject: &'a str },
    /// The mail is in quarantine: nobody read it.
    Unfit(&'a Unfit),
    /// The mail is in quarantine: a rule of this name says so.
    ByRule(Option<&'a str>),
    /// The mail is in quarantine: its supposed author was asked so often within an hour.
    NotAsked { login: &'a str, cap: u32 },
    /// Alarm: so many mails in one name wait.
    ManyWait { login: &'a str, cap: u32 },
    /// What that may mean, and what becomes of further ones.
    ManyWaitText,
    /// Alarm: somebody gets no mail any more.
    Undeliverable(&'a str),
    /// Alarm: somebody calls a mail of the desk abuse.
    AbuseReport,
}

/// What was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thing {
    Agent,
    Queue,
    State,
    Type,
    Service,
    Level,
    Sla,
    Customer,
    Answer,
    Macro,
    Supplier,
    Report,
}

impl Thing {
    fn word(self, language: Language) -> &'static str {
        match (language, self) {
            (Language::En, Self::Agent) => "agent",
            (Language::En, Self::Queue) => "queue",
            (Language::En, Self::State) => "state",
            (Language::En, Self::Type) => "type",
            (Language::En, Self::Service) => "service",
            (Language::En, Self::Report) => "report",
            (Language::En, Self::Level) => "level",
            (Language::En, Self::Sla) => "SLA",
            (Language::En, Self::Customer) => "customer",
            (Language::En, Self::Answer) => "canned answer",
            (Language::En | Language::Es, Self::Macro) => "macro",
            (Language::Es, Self::Answer) => "plantilla",
            (Language::Es, Self::Sla) => "ANS",
            (Language::Es, Self::Customer) => "usuario",
            (Language::En, Self::Supplier) => "supplier",
            (Language::Es, Self::Agent) => "agente",
            (Language::Es, Self::Queue) => "cola",
            (Language::Es, Self::State) => "estado",
            (Language::Es, Self::Type) => "tipo",
            (Language::Es, Self::Service) => "servicio",
            (Language::Es, Self::Report) => "reporte",
            (Language::Es, Self::Level) => "nivel",
            (Language::Es, Self::Supplier) => "proveedor",
        }
    }
}

impl Say<'_> {
    pub(super) fn text(&self, language: Language) -> String {
        match language {
            Language::En => english::say(self),
            Language::Es => spanish::say(self),
        }
    }
}

/// `agente lrojas (Luis Rojas), cola Redes`.
fn things(candidates: &[(Thing, String)], language: Language) -> String {
    let named = candidates.iter().map(|(thing, name)| format!("{} {name}", thing.word(language)));
    named.collect::<Vec<_>>().join(", ")
}

fn listed(intro: &str, names: &[&str]) -> String {
    // Names of states have commas in them.
    let between = if names.iter().any(|name| name.contains(", ")) { "; " } else { ", " };
    if names.is_empty() { String::new() } else { format!("{intro}{}.", names.join(between)) }
}
