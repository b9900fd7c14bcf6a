//! Why an event could not be taken.

use crate::store::StoreError;

/// Why an event could not be taken. What was there before stands; the event is brought again.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The operating system gives no random octets.
    #[error("the operating system gives no random octets: {0}")]
    Chance(std::io::Error),
    /// The counter of ticket numbers lags behind the tickets; its next value has to be tried.
    #[error("ticket number {used} of {counter} was given away before")]
    NumberTaken {
        /// Key of the counter.
        counter: String,
        /// The value that is taken.
        used: u64,
    },
    /// A mistake in this program: it gave up on this event.
    #[error(
        "the program failed on this mail; it is tried again and goes to the quarantine after three times"
    )]
    Panicked,
    /// A mail on a list was dealt with by somebody else in the meantime.
    #[error("it is no longer on the list")]
    Settled,
    /// The rest of the mail was never here.
    #[error(
        "the desk has only the header of this mail, which was too large or not given by the server; ask its author, or drop it"
    )]
    HeaderOnly,
    /// Another mail of its batch, or the store, was in its way.
    #[error("the batch came to an end before this mail: {0}")]
    BatchEnded(String),
}

impl PipelineError {
    /// The same for a mail of the batch that it ended.
    pub(super) fn of_batch(&self) -> Self {
        match self {
            Self::Panicked => Self::Panicked,
            Self::Store(_)
            | Self::Chance(_)
            | Self::NumberTaken { .. }
            | Self::Settled
            | Self::HeaderOnly
            | Self::BatchEnded(_) => Self::BatchEnded(self.to_string()),
        }
    }

    /// Whether it is this event that fails, and would again, while others go well. Where it is not, all of them wait.
    pub fn is_of_this_event(&self) -> bool {
        match self {
            Self::Store(error) => error.is_of_one_decision(),
            Self::Chance(_) | Self::BatchEnded(_) => false,
            Self::NumberTaken { .. } | Self::Panicked | Self::Settled | Self::HeaderOnly => true,
        }
    }

    /// What somebody else has seen to is well.
    pub(super) fn unless_settled(self) -> Result<(), Self> {
        if matches!(self, Self::Settled) { Ok(()) } else { Err(self) }
    }
}
