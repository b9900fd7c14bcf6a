//! What can go wrong with the data folder, and whether trying again can help.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::error::DatabaseError;

/// Whether the same thing may succeed later without anybody doing anything about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disposition {
    /// Try again later.
    Transient,
    /// Trying again gives the same answer.
    Permanent,
}

/// Why the store did not do it. Nothing of the transaction was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder or a file in it cannot be made, read or written.
    #[error("{} cannot be used: {error}; the data folder must belong to the user that runs taquilla", path.display())]
    Folder {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        error: std::io::Error,
    },
    /// The file is no database, or not ours.
    #[error(
        "{} is not a database of taquilla: {reason}; restore it from a backup, or move it away to begin anew",
        path.display()
    )]
    NotADatabase {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A newer program wrote the database.
    #[error(
        "{} was written by a newer taquilla (its schema {schema} is unknown here); run that version, or restore a \
         backup from before the upgrade",
        path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Number of the first migration that is unknown.
        schema: i64,
    },
    /// Another program writes, and did for as long as we waited.
    #[error("the database is in use by another program; tried again later")]
    Busy,
    /// No room left.
    #[error("no room is left for the database: {0}; free some space, nothing was lost")]
    Full(String),
    /// The database may be read only.
    #[error("the database cannot be written: {0}; look at the owner and mode of the data folder")]
    ReadOnly(String),
    /// The system has no memory to give.
    #[error("the system is short of memory: {0}; tried again later, nothing was lost")]
    Short(String),
    /// The disk failed.
    #[error("the disk failed: {0}")]
    Disk(String),
    /// The database file is damaged.
    #[error("the database is damaged: {0}; stop taquilla and restore a backup")]
    Damaged(String),
    /// The ticket number is given away already: another counter, or chance.
    #[error("the ticket number was given away before; the next one has to be taken")]
    NumberTaken,
    /// This very mail has its journal row already.
    #[error("the mail is journalled already")]
    AlreadyTaken,
    /// A decision asks for what cannot be written.
    #[error("the decision cannot be written: {0}")]
    Unwritable(String),
    /// A stored value is none that we write.
    #[error("the database holds what cannot be read: {0}")]
    Unreadable(String),
    /// There is nothing of that id.
    #[error("there is no {0}")]
    Missing(String),
    /// What several were written together for failed for all of them.
    #[error(transparent)]
    Together(Arc<Self>),
    /// Everything else that the database said.
    #[error("the database refuses: {0}")]
    Database(sqlx::Error),
}

impl StoreError {
    /// Whether to try again.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Together(error) => error.disposition(),
            Self::Busy | Self::Full(_) | Self::Short(_) | Self::Disk(_) | Self::NumberTaken => {
                Disposition::Transient
            }
            Self::Database(sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed) => Disposition::Transient,
            Self::Folder { .. }
            | Self::NotADatabase { .. }
            | Self::Newer { .. }
            | Self::ReadOnly(_)
            | Self::Damaged(_)
            | Self::AlreadyTaken
            | Self::Unwritable(_)
            | Self::Unreadable(_)
            | Self::Missing(_)
            | Self::Database(_) => Disposition::Permanent,
        }
    }

    /// Whether it is what was to be read or written that is at fault, and not the store: another decision may go well.
    pub fn is_of_one_decision(&self) -> bool {
        match self {
            Self::Together(error) => error.is_of_one_decision(),
            Self::NumberTaken
            | Self::AlreadyTaken
            | Self::Unwritable(_)
            | Self::Unreadable(_)
            | Self::Missing(_) => true,
            // SQLite's own words on one statement; connections, files and memory are not its matter.
            Self::Database(error) => error.as_database_error().is_some(),
            Self::Folder { .. }
            | Self::NotADatabase { .. }
            | Self::Newer { .. }
            | Self::Busy
            | Self::Full(_)
            | Self::ReadOnly(_)
            | Self::Short(_)
            | Self::Disk(_)
            | Self::Damaged(_) => false,
        }
    }

    /// A file operation on `path` failed.
    pub(crate) fn folder(path: &Path, error: std::io::Error) -> Self {
        if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
            return Self::Full(format!("{}: {error}", path.display()));
        }
        Self::Folder { path: path.to_owned(), error }
    }

    /// Adds what file it was, where the database cannot say.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        if let Self::NotADatabase { path: named, .. } | Self::Newer { path: named, .. } = &mut self {
            path.clone_into(named);
        }
        self
    }
}

/// SQLite's result codes (<https://www.sqlite.org/rescode.html>); the low octet is the primary code.
impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy;
        }
        if matches!(error, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) {
            return Self::Unreadable(error.to_string());
        }
        error.as_database_error().and_then(by_code).unwrap_or(Self::Database(error))
    }
}

fn by_code(said: &dyn DatabaseError) -> Option<StoreError> {
    let words = said.message().to_owned();
    let code: i32 = said.code()?.parse().ok()?;
    Some(match code & 0xff {
        5 | 6 => StoreError::Busy,
        7 => StoreError::Short(words),
        8 => StoreError::ReadOnly(words),
        10 => StoreError::Disk(words),
        11 => StoreError::Damaged(words),
        13 => StoreError::Full(words),
        14 => StoreError::Folder { path: PathBuf::from("the database"), error: std::io::Error::other(words) },
        26 => StoreError::NotADatabase { path: PathBuf::new(), reason: words },
        19 if said.is_unique_violation() && words.contains("tickets.number") => StoreError::NumberTaken,
        19 if said.is_unique_violation() && words.contains("journal.uid") => StoreError::AlreadyTaken,
        19 => StoreError::Unwritable(words),
        _ => return None,
    })
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        use sqlx::migrate::MigrateError;
        let path = PathBuf::new();
        if let MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) = error {
            return Self::from(error);
        }
        if let MigrateError::VersionMissing(schema) = error {
            return Self::Newer { path, schema };
        }
        Self::NotADatabase { path, reason: error.to_string() }
    }
}
