//! Rows that fall due.

use jiff::Timestamp;

use super::TicketId;

/// Why something happens at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimerKind {
    /// A pending ticket reminds its responsible.
    PendingReminder,
    /// A pending ticket closes.
    PendingAuto,
    /// A supplier has not answered.
    SupplierReminder,
    /// A mail that waited for confirmation waits no longer.
    HeldExpired,
}

impl TimerKind {
    /// All kinds.
    pub const ALL: [Self; 4] =
        [Self::PendingReminder, Self::PendingAuto, Self::SupplierReminder, Self::HeldExpired];

    /// The word in lists and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::PendingReminder => "pending-reminder",
            Self::PendingAuto => "pending-auto",
            Self::SupplierReminder => "supplier-reminder",
            Self::HeldExpired => "held-expired",
        }
    }

    /// Whether it belongs to a pending state and goes with it.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingReminder | Self::PendingAuto)
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One row, due once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Row id.
    pub id: i64,
    /// The ticket it belongs to; none for a held mail outside any ticket.
    pub ticket: Option<TicketId>,
    /// What it is for.
    pub kind: TimerKind,
    /// Row id in `held`, for [`TimerKind::HeldExpired`].
    pub held: Option<i64>,
    /// When.
    pub due: Timestamp,
}
