//! What a decision writes.

use jiff::Timestamp;

use super::HeldFor;
use super::fact::Fact;
use crate::desk::{Cause, Change, NewArticle, NewTicket, Notice, TicketRef, TimerKind};
use crate::mail::{Digest, MessageId};

/// The hash of a one-time code; the code itself leaves in a mail and is stored nowhere.
pub type ConfirmationCode = Digest;

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
        /// What is asked about it.
        held_for: HeldFor,
        /// More than a token proves whose it is.
        vouched: bool,
        /// Which tickets a query of it finds now.
        targets: Option<Digest>,
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

impl Effect {
    /// The mail that it puts into the outbox, if that is what it does.
    pub fn notice(&self) -> Option<&Notice> {
        match self {
            Self::Notify(notice) => Some(notice.as_ref()),
            Self::Create { .. }
            | Self::Article { .. }
            | Self::Set { .. }
            | Self::Note { .. }
            | Self::Past { .. }
            | Self::Timer { .. }
            | Self::CancelTimer { .. }
            | Self::Hold { .. }
            | Self::Release { .. }
            | Self::AskSurvey { .. }
            | Self::WithdrawSurvey { .. }
            | Self::AnswerSurvey { .. }
            | Self::Erase { .. }
            | Self::Undoable { .. }
            | Self::Undo { .. }
            | Self::DropMail { .. }
            | Self::Withdraw { .. }
            | Self::Quarantine { .. }
            | Self::Park { .. } => None,
        }
    }
}
