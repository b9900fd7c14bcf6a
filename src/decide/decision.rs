//! What comes out of a decision.

use std::fmt;

use jiff::Timestamp;

use crate::desk::{Cause, Change, NewArticle, NewTicket, Notice, SenderKind, TicketRef, TimerKind};
use crate::mail::{Digest, MessageId};
use crate::rules::RuleTrace;

/// The named reason of a journal row. Scripts rely on the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A new ticket.
    NewTicket,
    /// A new ticket linked to the one that the mail named: closed long ago, a stranger, a new topic.
    NewLinkedTicket,
    /// An article of a ticket.
    FollowUp,
    /// An article that reopened its ticket.
    Reopened,
    /// An agent's answer, note or commands.
    AgentMail,
    /// An agent's mail that waits for confirmation.
    HeldForConfirmation,
    /// An agent's answer that waits for its author to say what is meant.
    HeldForAuthor,
    /// An agent's mail that waited and was not confirmed in time; nothing of it was done.
    NotConfirmed,
    /// The mail confirmed one that waited.
    Confirmation,
    /// Commands refused: nothing was done, the receipt says why.
    CommandsRefused,
    /// Commands tried and not done, as their mail asked (`#dry`).
    DryRun,
    /// An answer to a survey.
    SurveyAnswer,
    /// A bounce of a mail of ours, added to its ticket.
    Bounce,
    /// A bounce of nothing that we know.
    UnknownBounce,
    /// An automatic reply, added to its ticket without waking anybody.
    AutoReply,
    /// An automatic reply that belongs to no ticket.
    StrayAutoReply,
    /// One of our own mails come back.
    OwnMail,
    /// An abuse report.
    Complaint,
    /// The same mail was taken before under another key.
    DuplicateOf,
    /// A rule discarded it.
    Discarded,
    /// A rule or the queue's policy rejected it with a notice.
    Rejected,
    /// It could not be processed: kept whole, with a minimal ticket.
    Quarantined,
    /// Over a limit of tickets or articles an hour: kept, and decided later.
    Parked,
    /// Left alone at the first start.
    Backlog,
    /// A timer did its work.
    TimerFired,
    /// A timer found nothing left to do.
    TimerVoid,
    /// Done for the operator or the program itself.
    Requested,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::NewTicket,
        Self::NewLinkedTicket,
        Self::FollowUp,
        Self::Reopened,
        Self::AgentMail,
        Self::HeldForConfirmation,
        Self::HeldForAuthor,
        Self::NotConfirmed,
        Self::Confirmation,
        Self::CommandsRefused,
        Self::DryRun,
        Self::SurveyAnswer,
        Self::Bounce,
        Self::UnknownBounce,
        Self::AutoReply,
        Self::StrayAutoReply,
        Self::OwnMail,
        Self::Complaint,
        Self::DuplicateOf,
        Self::Discarded,
        Self::Rejected,
        Self::Quarantined,
        Self::Parked,
        Self::Backlog,
        Self::TimerFired,
        Self::TimerVoid,
        Self::Requested,
    ];

    /// The word of the journal.
    pub fn word(self) -> &'static str {
        match self {
            Self::NewTicket => "new-ticket",
            Self::NewLinkedTicket => "new-linked-ticket",
            Self::FollowUp => "follow-up",
            Self::Reopened => "reopened",
            Self::AgentMail => "agent-mail",
            Self::HeldForConfirmation => "held-for-confirmation",
            Self::HeldForAuthor => "held-for-author",
            Self::NotConfirmed => "not-confirmed",
            Self::Confirmation => "confirmation",
            Self::CommandsRefused => "commands-refused",
            Self::DryRun => "dry-run",
            Self::SurveyAnswer => "survey-answer",
            Self::Bounce => "bounce",
            Self::UnknownBounce => "unknown-bounce",
            Self::AutoReply => "auto-reply",
            Self::StrayAutoReply => "stray-auto-reply",
            Self::OwnMail => "own-mail",
            Self::Complaint => "complaint",
            Self::DuplicateOf => "duplicate-of",
            Self::Discarded => "discarded",
            Self::Rejected => "rejected",
            Self::Quarantined => "quarantined",
            Self::Parked => "parked",
            Self::Backlog => "backlog",
            Self::TimerFired => "timer-fired",
            Self::TimerVoid => "timer-void",
            Self::Requested => "requested",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// What happens to the mail on its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// What the mailbox is set to.
    Default,
    /// Into this folder.
    MoveTo(String),
    /// It stays.
    Keep,
}

impl fmt::Display for After {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => out.write_str("as the mailbox says"),
            Self::MoveTo(folder) => write!(out, "move to {folder}"),
            Self::Keep => out.write_str("keep"),
        }
    }
}

/// The hash of a one-time code; the code itself leaves in a mail and is stored nowhere.
pub type ConfirmationCode = Digest;

/// Something worth a line of history that changes no attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// The ticket was opened.
    Created,
    /// An article came: who wrote it, visible or not.
    Article {
        /// Whose.
        sender: SenderKind,
        /// For the customer's eyes.
        visible: bool,
    },
    /// A stranger quoted this ticket's number; the mail became another ticket.
    Stranger(String),
    /// A mail of ours bounced: recipient and status.
    Bounced(String),
    /// An outgoing mail was given up.
    GivenUp(String),
    /// A pending date came.
    Reminded,
    /// Another ticket was merged into this one.
    TookIn(String),
    /// A mail waits for confirmation.
    Held(String),
    /// A mail that waited was not confirmed in time.
    HeldExpired(String),
    /// A survey was sent.
    SurveySent(String),
    /// A survey was answered.
    SurveyAnswered(u8),
    /// What was done at that time was taken back.
    Undone(String),
    /// An answer was taken back before it left.
    Withdrawn,
    /// A notice to this address was left out, and why.
    NotNotified(String),
    /// Personal data were erased.
    Erased,
    /// A notice to this address is over a cap and waits in the outbox.
    Capped(String),
    /// Words of a rule's or program's own.
    Remark(String),
}

impl Fact {
    /// The word that classifies it in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Article { .. } => "article",
            Self::Stranger(_) => "stranger",
            Self::Bounced(_) => "bounced",
            Self::GivenUp(_) => "given-up",
            Self::Reminded => "reminded",
            Self::TookIn(_) => "took-in",
            Self::Held(_) => "held",
            Self::HeldExpired(_) => "held-expired",
            Self::SurveySent(_) => "survey-sent",
            Self::SurveyAnswered(_) => "survey-answered",
            Self::Undone(_) => "undone",
            Self::Withdrawn => "withdrawn",
            Self::NotNotified(_) => "not-notified",
            Self::Erased => "erased",
            Self::Capped(_) => "capped",
            Self::Remark(_) => "remark",
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => out.write_str("ticket created"),
            Self::Article { sender, visible } => {
                let eyes = if *visible { "visible to the customer" } else { "internal" };
                write!(out, "article of {}, {eyes}", sender.word())
            }
            Self::Stranger(who) => write!(out, "{who} quoted this number and takes no part in it"),
            Self::Bounced(what) => write!(out, "mail bounced: {what}"),
            Self::GivenUp(what) => write!(out, "mail given up: {what}"),
            Self::Reminded => out.write_str("pending date reached"),
            Self::TookIn(number) => write!(out, "ticket {number} was merged into this one"),
            Self::Held(what) => write!(out, "mail waits: {what}"),
            Self::HeldExpired(what) => write!(out, "mail was not confirmed in time: {what}"),
            Self::SurveySent(who) => write!(out, "survey sent to {who}"),
            Self::SurveyAnswered(score) => write!(out, "survey answered: {score}"),
            Self::Undone(when) => write!(out, "taken back: what was done at {when}"),
            Self::Withdrawn => out.write_str("answer taken back before it left"),
            Self::NotNotified(what) => write!(out, "not notified: {what}"),
            Self::Erased => out.write_str("personal data erased"),
            Self::Capped(what) => write!(out, "mail held over a cap: {what}"),
            Self::Remark(words) => out.write_str(words),
        }
    }
}

/// One thing to be written. The store writes them in their order and decides nothing.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Opens a ticket and moves the counter that gave its number; the history begins.
    Create {
        /// The ticket.
        ticket: Box<NewTicket>,
        /// Value of the counter that was used up.
        counter: u64,
        /// Who.
        cause: Cause,
    },
    /// Adds an article.
    Article {
        /// To which ticket.
        ticket: TicketRef,
        /// What.
        article: Box<NewArticle>,
        /// Who.
        cause: Cause,
    },
    /// Changes one attribute, with its line of history.
    Set {
        /// Of which ticket.
        ticket: TicketRef,
        /// What.
        change: Change,
        /// Who.
        cause: Cause,
    },
    /// A line of history.
    Note {
        /// Of which ticket.
        ticket: TicketRef,
        /// What.
        fact: Fact,
        /// Who.
        cause: Cause,
    },
    /// What history brings to a ticket beyond its articles: by what later mails find it, and when it began and ended.
    Past {
        /// Which ticket.
        ticket: TicketRef,
        /// Mails that its mails answer.
        message_ids: Vec<MessageId>,
        /// Numbers that other desks gave it.
        other_numbers: Vec<String>,
        /// It was opened then, if that is earlier.
        since: Option<Timestamp>,
        /// It is closed since then, if that is later and it is closed.
        closed: Option<Timestamp>,
    },
    /// Sets a timer, in place of an unfired one of the same kind for the same ticket.
    Timer {
        /// For which ticket.
        ticket: TicketRef,
        /// Why.
        kind: TimerKind,
        /// When.
        due: Timestamp,
    },
    /// Takes back the unfired timers of a kind.
    CancelTimer {
        /// For which ticket.
        ticket: TicketRef,
        /// Why.
        kind: TimerKind,
    },
    /// Puts a mail into the outbox.
    Notify(Box<Notice>),
    /// Keeps the mail until its sender confirms it, and sets the timer that ends the wait.
    Hold {
        /// Who has to confirm.
        login: String,
        /// Hash of the code.
        code: ConfirmationCode,
        /// The ticket that it would change.
        ticket: Option<TicketRef>,
        /// Subject, for notices.
        subject: String,
        /// Until when.
        expires: Timestamp,
    },
    /// The wait is over: confirmed (the mail is decided anew in the same transaction) or expired.
    Release {
        /// Row in `held`.
        held: i64,
        /// Whether to decide the mail anew.
        confirmed: bool,
    },
    /// A survey goes out about a ticket.
    AskSurvey {
        /// Which ticket.
        ticket: TicketRef,
        /// Whom it asks, lower case.
        customer: String,
    },
    /// A survey whose mail has not left is taken back: the ticket may be asked about again.
    WithdrawSurvey {
        /// Of which ticket.
        ticket: TicketRef,
        /// Row of the survey.
        survey: i64,
    },
    /// A survey is answered, once.
    AnswerSurvey {
        /// Row of the survey.
        survey: i64,
        /// 1 to 5.
        score: u8,
        /// In the customer's words.
        comment: String,
    },
    /// Erases everything that stands of a person.
    Erase {
        /// Address, lower case.
        address: String,
        /// Raw mails that name it.
        named_in: Vec<Digest>,
        /// Name of the state that the person's open tickets get.
        husk: Option<String>,
        /// Who.
        cause: Cause,
    },
    /// What this decision does can be taken back by whoever has the token.
    Undoable {
        /// Who did it, and alone may take it back.
        login: String,
        /// Hash of the token.
        code: ConfirmationCode,
        /// Until when.
        expires: Timestamp,
    },
    /// What an earlier event did is taken back by this decision, once.
    Undo {
        /// Row in `undos`.
        undo: i64,
    },
    /// A mail that waits in the outbox does not leave.
    DropMail {
        /// Row in the outbox.
        mail: i64,
    },
    /// An article that the customer never got is internal from now on.
    Withdraw {
        /// Of which ticket.
        ticket: TicketRef,
        /// Row of the article.
        article: i64,
    },
    /// Lists the mail in the quarantine.
    Quarantine {
        /// The minimal ticket that shows it.
        ticket: TicketRef,
        /// Why.
        why: String,
    },
    /// Parks the mail: somebody floods the desk, and it is decided anew later.
    Park {
        /// Address (lower case) of who wrote it; empty where there is none.
        sender: String,
        /// When it has its turn.
        due: Timestamp,
        /// Which limit, in words.
        why: String,
    },
}

/// How the sender was identified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenderTrace {
    /// Customer, agent, ...
    pub kind: SenderKind,
    /// Login of an agent, address of anyone else, empty where there is none.
    pub id: String,
    /// 0 to 3.
    pub level: u8,
    /// Why that level.
    pub evidence: Vec<String>,
}

impl SenderTrace {
    /// The program itself: timers, rules, reports.
    pub fn of_program() -> Self {
        Self { kind: SenderKind::System, id: String::new(), level: 0, evidence: Vec::new() }
    }
}

/// New, follow-up, or neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// Opens a ticket.
    New,
    /// Belongs to one.
    FollowUp,
    /// Concerns no ticket.
    None,
}

impl MatchKind {
    /// The word that scripts rely on.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::FollowUp => "follow-up",
            Self::None => "none",
        }
    }
}

/// How the ticket was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchTrace {
    /// The verdict.
    pub kind: MatchKind,
    /// Number of the ticket found, also where the mail was then kept out of it.
    pub ticket: Option<String>,
    /// By what.
    pub evidence: String,
}

/// One command line, tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandTrace {
    /// The line as written.
    pub line: String,
    /// Number of the ticket, where the mail names several.
    pub ticket: Option<String>,
    /// Whether it could be (and, unless another one failed, was) done.
    pub done: bool,
    /// Before and after, or what is wrong, in the sender's language.
    pub result: String,
}

/// How a decision was reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The sender; absent for timers and requests.
    pub sender: Option<SenderTrace>,
    /// The match; absent for timers and requests.
    pub matched: Option<MatchTrace>,
    /// The rules, in their order.
    pub rules: Vec<RuleTrace>,
    /// The commands, in their order.
    pub commands: Vec<CommandTrace>,
    /// Policies that had a say, in words.
    pub remarks: Vec<String>,
}

/// What is to be done, why, and how that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The named reason.
    pub reason: Reason,
    /// The ticket that the journal row names.
    pub ticket: Option<TicketRef>,
    /// What to write, in order.
    pub effects: Vec<Effect>,
    /// How it was reached.
    pub trace: Trace,
    /// What becomes of the mail on the server.
    pub after: After,
}

impl Decision {
    /// The notices among the effects, in order.
    pub fn notices(&self) -> impl Iterator<Item = &Notice> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Notify(notice) => Some(notice.as_ref()),
            Effect::Create { .. }
            | Effect::Article { .. }
            | Effect::Set { .. }
            | Effect::Note { .. }
            | Effect::Past { .. }
            | Effect::Timer { .. }
            | Effect::CancelTimer { .. }
            | Effect::Hold { .. }
            | Effect::Release { .. }
            | Effect::AskSurvey { .. }
            | Effect::WithdrawSurvey { .. }
            | Effect::AnswerSurvey { .. }
            | Effect::Erase { .. }
            | Effect::Undoable { .. }
            | Effect::Undo { .. }
            | Effect::DropMail { .. }
            | Effect::Withdraw { .. }
            | Effect::Quarantine { .. }
            | Effect::Park { .. } => None,
        })
    }
}
