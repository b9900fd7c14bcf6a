//! The named reasons of journal rows.

use std::fmt;

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
    /// An answer to a ticket that somebody else has locked: it waits for its author to take the ticket.
    HeldForLock,
    /// An agent's mail that waited and was not confirmed in time, or that its author did not want any more; nothing of it was done.
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
    pub const ALL: [Self; 28] = [
        Self::NewTicket,
        Self::NewLinkedTicket,
        Self::FollowUp,
        Self::Reopened,
        Self::AgentMail,
        Self::HeldForConfirmation,
        Self::HeldForAuthor,
        Self::HeldForLock,
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
            Self::HeldForLock => "held-for-lock",
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
