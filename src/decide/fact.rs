//! What stands in the history of a ticket beside the changes of its attributes.

use std::fmt;

use crate::desk::SenderKind;

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
