//! Opening a data folder: one connection that writes, a few that read.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteSynchronous};

use super::files::{Files, Keeper};
use super::marks::Marks;
use super::{StoreError, Writing, lock};

/// For the connection that writes: what would undo a part of a batch needs no file.
pub(super) const UNDONE_IN_MEMORY: &str = "PRAGMA temp_store = MEMORY";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// How long a write waits for other programs before it says [`StoreError::Busy`].
    pub busy_timeout: Duration,
    /// Connections for reading, at most.
    pub readers: u32,
    /// The database grows to so many pages of 4 KB at most; no limit where absent.
    pub max_pages: Option<u32>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { busy_timeout: Duration::from_secs(10), readers: 3, max_pages: None }
    }
}

/// An open data folder. Clones are the same store.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    pub(super) files: Files,
    pub(super) marks: Marks,
    dir: PathBuf,
}

impl Store {
    /// Opens a data folder; makes it, and the database in it, where there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError`], a sentence for whoever looks after the machine.
    pub async fn open(dir: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        Self::make_folder(dir)?;
        let path = dir.join("taquilla.db");
        let reachable =
            std::fs::OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        reachable.map_err(|error| StoreError::folder(&path, error))?;
        let opened = Self::connect(dir, &path, options).await;
        opened.map_err(|error| error.at(&path))
    }

    /// Makes the data folder where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn make_folder(dir: &Path) -> Result<(), StoreError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(dir);
        made.map_err(|error| StoreError::folder(dir, error))
    }

    /// Opens a data folder to look into it, also beside a running daemon: nothing is made, changed or brought up to
    /// date, and every write is refused.
    ///
    /// # Errors
    /// [`StoreError`]; so too where the database is of another version of this program.
    pub async fn look(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("taquilla.db");
        let connect = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(false)
            .busy_timeout(StoreOptions::default().busy_timeout)
            .disable_statement_logging()
            .pragma("query_only", "ON")
            .pragma("trusted_schema", "OFF");
        let look = async {
            let readers = PoolOptions::new().max_connections(1).connect_with(connect).await?;
            let sql = "SELECT max(version) FROM _sqlx_migrations WHERE success";
            let version: Option<i64> = sqlx::query_scalar(sql).fetch_one(&readers).await?;
            let ours = MIGRATIONS.iter().map(|step| step.version).max();
            if version != ours {
                let which = if version < ours {
                    "an older taquilla; `taquilla run` of this one brings it up to date"
                } else {
                    "a newer taquilla"
                };
                return Err(StoreError::Unreadable(format!("the database is of {which}")));
            }
            Ok(Self {
                writer: readers.clone(),
                readers,
                files: Files::of(dir),
                marks: Marks::default(),
                dir: dir.to_owned(),
            })
        };
        look.await.map_err(|error: StoreError| error.at(&path))
    }

    async fn connect(dir: &Path, path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let mut connect = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(options.busy_timeout)
            .statement_cache_capacity(200)
            // Where it matters, the store says itself what went wrong.
            .disable_statement_logging()
            // The log is folded in by so many pages (16 MB), not after each batch: what a batch changes, the next one does.
            .pragma("wal_autocheckpoint", "4000")
            // After one large mail the log shrinks again.
            .pragma("journal_size_limit", "33554432")
            // What a batch changes stays in memory until the commit (8 MB).
            .pragma("cache_size", "-8192")
            .pragma("trusted_schema", "OFF");
        if let Some(pages) = options.max_pages {
            connect = connect.pragma("max_page_count", pages.to_string());
        }
        let pool = |connections| {
            PoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(options.busy_timeout.saturating_add(Duration::from_secs(20)))
                .idle_timeout(None)
                .max_lifetime(None)
                // A ping before each use would cost as much as a statement; a file does not hang up.
                .test_before_acquire(false)
        };
        let folder = dir.to_owned();
        let _alone = tokio::task::spawn_blocking(move || lock::brief(&folder))
            .await
            .map_err(|error| StoreError::Unreadable(error.to_string()))?
            .map_err(|error| StoreError::folder(dir, error))?;
        let writer = pool(1).connect_with(connect.clone()).await?;
        MIGRATIONS.run(&writer).await?;
        // Not before: what a migration sorts has no bound.
        sqlx::query(UNDONE_IN_MEMORY).execute(&writer).await?;
        let readers = pool(options.readers.max(1)).connect_lazy_with(connect.pragma("query_only", "ON"));
        Ok(Self { writer, readers, files: Files::of(dir), marks: Marks::default(), dir: dir.to_owned() })
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Takes the pen: from here to the commit nobody else writes, so what is read stays true until then. There is
    /// one pen: with it in hand, nothing else of the store that writes may be waited for.
    ///
    /// # Errors
    /// [`StoreError::Busy`] if another program holds it for longer than the busy timeout.
    pub async fn begin(&self) -> Result<Writing, StoreError> {
        Writing::begin(self.writer.acquire().await?, self.files.clone()).await
    }

    /// Who makes large contents durable ahead of the transaction that will name them.
    pub fn keeper(&self) -> Keeper {
        Keeper { files: self.files.clone() }
    }

    /// Closes all connections; the database's log is folded into it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::TicketNumber;

    fn content(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.is_file()).collect();
        files.sort();
        files.into_iter().map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
    }

    #[tokio::test]
    async fn looking_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Store::look(folder.path()).await.is_err(), "there is nothing to look into");
        assert_eq!(content(folder.path()), []);
        let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
        let number = TicketNumber::new("1").unwrap();
        // Beside somebody who writes ...
        let writing = store.begin().await.unwrap();
        let looking = Store::look(folder.path()).await.unwrap();
        assert!(looking.ticket(&number).await.unwrap().is_none());
        assert!(looking.begin().await.is_err(), "nothing is written through it");
        looking.close().await;
        drop(writing);
        store.close().await;
        // ... and alone.
        let before = content(folder.path());
        let looking = Store::look(folder.path()).await.unwrap();
        assert!(looking.ticket(&number).await.unwrap().is_none());
        looking.close().await;
        assert_eq!(content(folder.path()), before);
    }

    #[tokio::test]
    async fn another_version_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &StoreOptions::default()).await.unwrap();
        sqlx::query("DELETE FROM _sqlx_migrations").execute(&store.writer).await.unwrap();
        store.close().await;
        let told = Store::look(folder.path()).await.unwrap_err().to_string();
        assert!(told.contains("an older taquilla"), "{told}");
    }
}
