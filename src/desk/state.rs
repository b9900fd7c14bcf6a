//! States of a ticket: a desk names them as it likes, their types are fixed.

use crate::mail::Language;

/// What a state means, whatever its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateType {
    /// Nobody has attended yet.
    New,
    /// Being attended.
    Open,
    /// Waits until a date, then reminds.
    PendingReminder,
    /// Waits until a date, then closes.
    PendingAuto,
    /// Done.
    Closed,
    /// Became part of another ticket.
    Merged,
    /// Taken out of sight.
    Removed,
}

impl StateType {
    /// All types, in the order in which lists show them.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Open,
        Self::PendingReminder,
        Self::PendingAuto,
        Self::Closed,
        Self::Merged,
        Self::Removed,
    ];

    /// The word in files and in the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Open => "open",
            Self::PendingReminder => "pending-reminder",
            Self::PendingAuto => "pending-auto",
            Self::Closed => "closed",
            Self::Merged => "merged",
            Self::Removed => "removed",
        }
    }

    /// Reads [`word`](Self::word) back.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Somebody still has to do something.
    pub fn is_open(self) -> bool {
        matches!(self, Self::New | Self::Open | Self::PendingReminder | Self::PendingAuto)
    }

    /// Waits for a date.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::PendingReminder | Self::PendingAuto)
    }
}

/// One state of the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// Its name, as stored and as English texts show it.
    pub name: String,
    /// What it means.
    pub kind: StateType,
    /// How Spanish texts show it.
    pub spanish: String,
    /// For `pending-auto`: the closed state that follows.
    pub next: Option<String>,
}

impl State {
    /// The name for a reader.
    pub fn label(&self, language: Language) -> &str {
        match language {
            Language::En => &self.name,
            Language::Es => &self.spanish,
        }
    }

    /// The states of a desk that says nothing about states: those of OTRS.
    pub fn shipped() -> Vec<Self> {
        let rows = [
            ("new", StateType::New, "nuevo", None),
            ("open", StateType::Open, "abierto", None),
            ("pending reminder", StateType::PendingReminder, "pendiente con recordatorio", None),
            (
                "pending auto close+",
                StateType::PendingAuto,
                "pendiente, cierre exitoso",
                Some("closed successful"),
            ),
            (
                "pending auto close-",
                StateType::PendingAuto,
                "pendiente, cierre sin éxito",
                Some("closed unsuccessful"),
            ),
            ("closed successful", StateType::Closed, "cerrado con éxito", None),
            ("closed unsuccessful", StateType::Closed, "cerrado sin éxito", None),
            ("closed with workaround", StateType::Closed, "cerrado con solución temporal", None),
            ("merged", StateType::Merged, "fusionado", None),
            ("removed", StateType::Removed, "eliminado", None),
        ];
        rows.into_iter()
            .map(|(name, kind, spanish, next)| Self {
                name: name.to_owned(),
                kind,
                spanish: spanish.to_owned(),
                next: next.map(str::to_owned),
            })
            .collect()
    }
}
