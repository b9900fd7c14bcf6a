//! The door between the worker and the rest: what it asks of the outbox, and what it tells. Whoever opens it keeps the
//! rows and makes the decisions; everything that must survive a crash is behind it.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use jiff::Timestamp;

use crate::config::smtp::InDoubt;
use crate::store::DueMail;

/// Why the outbox cannot answer now. It was logged where it happened; the worker waits and asks again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the outbox does not answer: {0}")]
pub struct OutboxError(pub String);

/// What an administrator has to know about the server. `Display` is the sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The server or our settings need somebody: a refused login, a certificate, a sender that may not send.
    Refused(String),
    /// No mail has left for some time, for this reason.
    Stalled(String),
    /// The end of either.
    Recovered,
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(why) => write!(
                out,
                "the SMTP server or its settings refuse our mails: {why}. They are kept and tried again; put the \
                 settings right ([smtp] in taquilla.toml)"
            ),
            Self::Stalled(why) => {
                write!(out, "no mail can be sent: {why}. The mails are kept and tried again")
            }
            Self::Recovered => out.write_str("mails are sent again"),
        }
    }
}

/// The outbox, as its worker sees it. Every method that returns `Ok` has made its effect durable.
pub trait Outbox: Send + Sync + 'static {
    /// Puts in order what the run before left in the middle; before anything else.
    fn left_over(&self, policy: InDoubt) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// Lets go what was held over a cap and may leave now, and gives up what waited longer than this. Called now and
    /// then.
    fn release(&self, give_up_after: Duration) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// Mails to be sent now, the longest due first.
    fn due(&self, limit: u32) -> impl Future<Output = Result<Vec<DueMail>, OutboxError>> + Send;

    /// When the next one falls due.
    fn next_due(&self) -> impl Future<Output = Result<Option<Timestamp>, OutboxError>> + Send;

    /// Takes mails for sending; answers which of them are still to be sent.
    fn sending(&self, ids: &[i64]) -> impl Future<Output = Result<Vec<i64>, OutboxError>> + Send;

    /// All octets of a mail.
    fn content(&self, id: i64) -> impl Future<Output = Result<Vec<u8>, OutboxError>> + Send;

    /// The server answered 354; the content leaves when this has returned, and not if it fails.
    fn data_sent(&self, id: i64) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// The server has taken the mail over, in these words.
    fn accepted(&self, mail: &DueMail, answer: &str) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// It certainly has not; again at `next`.
    fn retry(
        &self,
        mail: &DueMail,
        next: Timestamp,
        why: &str,
    ) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// These were taken for sending and not looked at.
    fn unsent(&self, ids: &[i64]) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// Nobody knows whether the server has it.
    fn in_doubt(
        &self,
        mail: &DueMail,
        policy: InDoubt,
        next: Timestamp,
        why: &str,
    ) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// It will not be tried again: refused for good, or for too long. A decision tells whoever must know.
    fn give_up(
        &self,
        mail: &DueMail,
        why: &str,
        in_doubt: bool,
    ) -> impl Future<Output = Result<(), OutboxError>> + Send;

    /// Returns when there may be something new.
    fn woken(&self) -> impl Future<Output = ()> + Send;

    /// Tells the administrator. Called when a condition begins and when it ends.
    fn report(&self, condition: Condition) -> impl Future<Output = ()> + Send;
}
