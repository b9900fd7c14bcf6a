//! What stands in the history of a ticket beside the changes of its attributes.
//!
//! A row of the history keeps the word of the fact and its English sentence, which the command line shows and `erase`
//! searches. Whoever reads it by mail has it in another language: the sentence is read back into the fact.

use std::fmt;

use jiff::Timestamp;

use super::no_mail::NoMail;
use super::sentences;
use crate::desk::SenderKind;
use crate::mail::Language;

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
    /// An outgoing mail was given up: for whom it was.
    GivenUp(String),
    /// A pending date came.
    Reminded,
    /// Another ticket was merged into this one.
    TookIn(String),
    /// A mail in the name of this agent waits for confirmation.
    Held(String),
    /// A mail in the name of this agent was not confirmed in time.
    HeldExpired(String),
    /// A mail in an agent's name, about which the agent was not asked: so many such mails came before it.
    NotAsked {
        /// The agent.
        login: String,
        /// Questions within an hour.
        cap: u32,
    },
    /// An agent says of a mail that waited that it is not his.
    Denied {
        /// The agent.
        login: String,
        /// The subject of the mail.
        subject: String,
    },
    /// An agent does not want the answer sent that waited for a yes or no.
    AnswerDeclined {
        /// The agent.
        login: String,
        /// The subject of the mail.
        subject: String,
        /// He was asked whether he takes the ticket, and leaves it to whoever has it.
        left: bool,
    },
    /// A follow-up came when the ticket was closed for good.
    FollowUpRejected,
    /// A survey was sent.
    SurveySent(String),
    /// A survey was answered.
    SurveyAnswered(u8),
    /// It was answered once more, which does not count.
    SurveyAgain(u8),
    /// It had not left when the ticket was opened again.
    SurveyWithdrawn,
    /// What was done at that time was taken back.
    Undone(Timestamp),
    /// An answer was taken back before it left.
    Withdrawn,
    /// An automatic mail was left out.
    NotNotified {
        /// To whom.
        to: String,
        /// Which.
        template: String,
        /// Why.
        why: NoMail,
    },
    /// Personal data were erased.
    Erased,
    /// A notice is over a cap and waits in the outbox.
    Capped {
        /// To whom.
        to: String,
        /// Which.
        template: String,
        /// Automatic mails within an hour before it.
        sent: u32,
        /// How many may be.
        cap: u32,
        /// It is the cap of all recipients of a domain.
        of_domain: bool,
    },
    /// A supplier was reminded.
    SupplierReminded(String),
    /// Words of a rule's own.
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
            Self::NotAsked { .. } => "not-asked",
            Self::Denied { .. } => "denied",
            Self::AnswerDeclined { .. } => "answer-declined",
            Self::FollowUpRejected => "follow-up-rejected",
            Self::SurveySent(_) => "survey-sent",
            Self::SurveyAnswered(_) => "survey-answered",
            Self::SurveyAgain(_) => "survey-again",
            Self::SurveyWithdrawn => "survey-withdrawn",
            Self::Undone(_) => "undone",
            Self::Withdrawn => "withdrawn",
            Self::NotNotified { .. } => "not-notified",
            Self::Erased => "erased",
            Self::Capped { .. } => "capped",
            Self::SupplierReminded(_) => "supplier-reminded",
            Self::Remark(_) => "remark",
        }
    }

    /// Said in a language; `date` says a time as its reader does.
    pub fn text(&self, language: Language, date: impl Fn(Timestamp) -> String) -> String {
        match language {
            Language::En => sentences::english::fact(self, date),
            Language::Es => sentences::spanish::fact(self, date),
        }
    }

    /// Reads the word and the sentence of a row back; `None` where an earlier version wrote it in other words.
    pub fn read(word: &str, text: &str) -> Option<Self> {
        let behind = |prefix: &str| text.strip_prefix(prefix);
        let owned = |prefix: &str| behind(prefix).map(str::to_owned);
        Some(match word {
            "created" => Self::Created,
            "article" => article(behind("article of ")?)?,
            "stranger" => {
                Self::Stranger(text.strip_suffix(" quoted this number and takes no part in it")?.to_owned())
            }
            "bounced" => Self::Bounced(owned("mail bounced: ")?),
            "given-up" => Self::GivenUp(owned("mail given up: ")?),
            "reminded" => Self::Reminded,
            "took-in" => {
                Self::TookIn(behind("ticket ")?.strip_suffix(" was merged into this one")?.to_owned())
            }
            "held" => Self::Held(owned("mail waits: a mail in the name of ")?),
            "held-expired" => {
                Self::HeldExpired(owned("mail was not confirmed in time: a mail in the name of ")?)
            }
            "not-asked" => {
                let (login, rest) = behind("a mail in the name of ")?.split_once(", who was asked about ")?;
                let cap = rest.split(' ').next()?.parse().ok()?;
                Self::NotAsked { login: login.to_owned(), cap }
            }
            "denied" => {
                let (login, rest) = text.split_once(" did not write the mail \"")?;
                let subject = rest.strip_suffix("\" that waited")?.to_owned();
                Self::Denied { login: login.to_owned(), subject }
            }
            "answer-declined" => {
                let (login, rest) = text.split_once(" said no to the answer \"")?;
                let (rest, left) = match rest.strip_suffix(" and left the ticket as it is") {
                    Some(rest) => (rest, true),
                    None => (rest, false),
                };
                let subject = rest.strip_suffix("\" that waited")?.to_owned();
                Self::AnswerDeclined { login: login.to_owned(), subject, left }
            }
            "follow-up-rejected" => Self::FollowUpRejected,
            "survey-sent" => Self::SurveySent(owned("survey sent to ")?),
            "survey-answered" => Self::SurveyAnswered(behind("survey answered: ")?.parse().ok()?),
            "survey-again" => {
                let score = behind("another survey answer (")?.strip_suffix(") was not counted")?;
                Self::SurveyAgain(score.parse().ok()?)
            }
            "survey-withdrawn" => Self::SurveyWithdrawn,
            "undone" => Self::Undone(behind("taken back: what was done at ")?.parse().ok()?),
            "withdrawn" => Self::Withdrawn,
            "not-notified" => {
                let (to, rest) = behind("not notified: ")?.split_once(" (")?;
                let (template, why) = rest.split_once("): ")?;
                let (to, template) = (to.to_owned(), template.to_owned());
                Self::NotNotified { to, template, why: NoMail::read(why)? }
            }
            "erased" => Self::Erased,
            "capped" => capped(behind("mail held over a cap: ")?)?,
            "supplier-reminded" => {
                Self::SupplierReminded(behind("supplier ")?.strip_suffix(" was reminded")?.to_owned())
            }
            "remark" => Self::Remark(text.to_owned()),
            _ => return None,
        })
    }
}

/// `customer, visible to the customer`.
fn article(text: &str) -> Option<Fact> {
    let (sender, eyes) = text.split_once(", ")?;
    let sender = SenderKind::ALL.into_iter().find(|kind| kind.word() == sender)?;
    Some(Fact::Article { sender, visible: eyes != "internal" })
}

/// `ana@x.example (ticket-created): 20 automatic mails to its domain within an hour, the cap is 20`.
fn capped(text: &str) -> Option<Fact> {
    let (to, rest) = text.split_once(" (")?;
    let (template, why) = rest.split_once("): ")?;
    let (sent, cap) = why.split_once(" automatic mails")?;
    Some(Fact::Capped {
        to: to.to_owned(),
        template: template.to_owned(),
        sent: sent.parse().ok()?,
        cap: cap.rsplit(' ').next()?.parse().ok()?,
        of_domain: why.contains(" to its domain"),
    })
}

/// In English, as the history keeps it.
impl fmt::Display for Fact {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text(Language::En, |at| at.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Class;

    fn all() -> Vec<Fact> {
        let x = || "XYZ".to_owned();
        let articles = SenderKind::ALL
            .into_iter()
            .flat_map(|sender| [true, false].map(|visible| Fact::Article { sender, visible }));
        let reasons = [
            NoMail::NoSender,
            NoMail::AsksNot,
            NoMail::NullReturnPath,
            NoMail::CheckFailed,
            NoMail::Spam,
            NoMail::OpenedByProgram("automatic".to_owned()),
            NoMail::Unproved("a check of the sender failed".to_owned()),
            NoMail::Unproved("the mail is marked as spam".to_owned()),
            NoMail::FollowUp,
            NoMail::Supplier,
            NoMail::Rule,
            NoMail::AgentsMail,
            NoMail::Silent,
            NoMail::Quarantined,
        ];
        let reasons = reasons.into_iter().chain(Class::ALL.map(NoMail::NotPerson));
        let left_out = reasons.map(|why| Fact::NotNotified { to: x(), template: "closed".to_owned(), why });
        let capped = [true, false].map(|of_domain| Fact::Capped {
            to: x(),
            template: "closed".to_owned(),
            sent: 21,
            cap: 20,
            of_domain,
        });
        let plain = [
            Fact::Created,
            Fact::Stranger(x()),
            Fact::Bounced(x()),
            Fact::GivenUp(x()),
            Fact::Reminded,
            Fact::TookIn(x()),
            Fact::Held(x()),
            Fact::HeldExpired(x()),
            Fact::NotAsked { login: x(), cap: 20 },
            Fact::Denied { login: x(), subject: "No \"da\" Internet".to_owned() },
            Fact::AnswerDeclined { login: x(), subject: x(), left: true },
            Fact::AnswerDeclined { login: x(), subject: x(), left: false },
            Fact::FollowUpRejected,
            Fact::SurveySent(x()),
            Fact::SurveyAnswered(4),
            Fact::SurveyAgain(2),
            Fact::SurveyWithdrawn,
            Fact::Undone("2026-11-29T05:00:00Z".parse().unwrap()),
            Fact::Withdrawn,
            Fact::Erased,
            Fact::SupplierReminded(x()),
        ];
        plain.into_iter().chain(articles).chain(left_out).chain(capped).collect()
    }

    #[test]
    fn every_fact_is_read_back_and_said_in_both_languages() {
        for fact in all() {
            let english = fact.to_string();
            assert_eq!(Fact::read(fact.word(), &english), Some(fact.clone()), "{english}");
            let spanish = fact.text(Language::Es, |_| "XYZ".to_owned());
            assert_ne!(spanish, english);
            assert!(!english.contains("XYZ") || spanish.contains("XYZ"), "{english}: {spanish}");
            for word in ["the", "mail", "is", "of", "was", "to", "sender", "and"] {
                let mut words = spanish.split(|letter: char| !letter.is_alphabetic());
                assert!(!words.any(|said| said == word), "{spanish}");
            }
        }
        let words = Fact::Remark("words of a rule".to_owned());
        assert_eq!(words.text(Language::Es, |at| at.to_string()), "words of a rule");
        assert_eq!(Fact::read("held", "what an earlier version wrote"), None);
    }
}
