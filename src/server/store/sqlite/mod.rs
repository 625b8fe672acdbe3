#[macro_use]
mod columns;

mod accounts;
mod attempts;
mod backup;
mod candidates;
mod changes;
mod count_users;
mod database_file;
mod derived_columns;
mod driver;
mod error;
mod events;
mod feed;
mod group_commit;
mod idempotency;
mod imports;
mod list_users;
mod restore;
mod sessions;
mod statements;
mod tokens;
mod users;
mod verify;
mod write_waits;

use std::{
    fs::File,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::Context;
use async_trait::async_trait;
use sqlx::{
    Connection, SqliteConnection, SqlitePool, Transaction,
    migrate::{Migrate, Migrator},
    query,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

pub use self::driver::SqliteDriver;
use self::{
    database_file::DatabaseFile, error::is_busy, group_commit::Queue, users::read_users, write_waits::WriteWaits,
};
use super::{Options, Pool, Schema, Store, Synchronous, batch_loader::BatchLoader, schema};
use crate::domain::{AppError, User, UserId};

const BEGIN: &str = "begin immediate";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A SQLite database in WAL mode: many readers concurrent with one writer.
#[derive(Debug)]
pub struct Sqlite {
    readers: SqlitePool,
    users: BatchLoader<UserId, Result<User, AppError>>,
    /// One connection: SQLite has one writer at a time, and the pool's queue is fairer than its busy handler.
    writer: SqlitePool,
    /// The group commit queue of short writes.
    queue: Queue,
    waits: WriteWaits,
    /// Whether the writer was reconnected after a failure, so that the file may have become read-only.
    needs_write_check: Arc<AtomicBool>,
    /// The shared lock that excludes `restore`; `None` when the database is only examined.
    _in_use: Option<File>,
}

impl Sqlite {
    const READERS: u32 = 8;
    /// The number of rows that SQLite reads ahead: a page of an export, and one more.
    const ROW_BUFFER: usize = 5_001;
    const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

    pub async fn open(url: &str, options: Options) -> anyhow::Result<Self> {
        let (database, connect) = DatabaseFile::of(url)?;
        if !options.create_if_missing {
            database.ensure_exists()?;
        }
        let connect = connect_options(connect, options.sqlite_synchronous);
        // Only one process at a time creates the file and migrates it.
        let _folder = database.lock_folder().await.with_context(|| format!("cannot open {url}"))?;
        let in_use = database
            .create_if_missing()
            .and_then(|()| database.lock_shared())
            .with_context(|| format!("cannot open {url}"))?;
        let needs_write_check = Arc::new(AtomicBool::new(false));
        let writer = writer_pool(needs_write_check.clone())
            .connect_with(connect.clone())
            .await
            .with_context(|| format!("cannot open {url}"))?;
        migrate(&writer).await.with_context(|| format!("cannot migrate {url}"))?;
        ensure_writable(&writer).await.with_context(|| format!("cannot write to {url}"))?;
        let readers = pool(Self::READERS)
            .connect_with(
                connect.pragma("query_only", "on").optimize_on_close(false, None).row_buffer_size(Self::ROW_BUFFER),
            )
            .await
            .with_context(|| format!("cannot open {url}"))?;
        Ok(Self { _in_use: Some(in_use), ..Self::over(readers, writer, needs_write_check) })
    }

    fn over(readers: SqlitePool, writer: SqlitePool, needs_write_check: Arc<AtomicBool>) -> Self {
        let pool = readers.clone();
        let users = BatchLoader::new(move |ids| read_users(pool.clone(), ids));
        let (queue, waits) = (Queue::default(), WriteWaits::default());
        Self { readers, users, writer, queue, waits, needs_write_check, _in_use: None }
    }

    /// A transaction without group commit, for long or rare changes. It holds the write lock from its beginning, so
    /// nothing it reads changes until it ends.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Sqlite>, AppError> {
        self.waits
            .measure(async {
                self.ensure_writable_again().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            })
            .await
    }

    /// A separate connection for a statement that reads very much. Its small cache is freed with it.
    async fn long_reader(&self) -> Result<SqliteConnection, AppError> {
        let options = self.readers.connect_options().as_ref().clone();
        Ok(SqliteConnection::connect_with(&options.pragma("cache_size", "-2048")).await?)
    }

    /// Checks that the file is writable, if a failure made that doubtful.
    async fn ensure_writable_again(&self) -> Result<(), AppError> {
        if self.needs_write_check.load(Ordering::Relaxed) {
            ensure_writable(&self.writer).await?;
            self.needs_write_check.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn schema(&self) -> Result<Schema, AppError> {
        let mut connection = self.readers.acquire().await?;
        Ok(Schema::of(&connection.list_applied_migrations(&MIGRATIONS.table_name).await?, &MIGRATIONS))
    }

    fn pools(&self) -> Vec<Pool> {
        vec![Pool::of("readers", &self.readers), Pool::of("writer", &self.writer)]
    }

    /// Checkpoints the write-ahead log, so that the file alone contains the whole database.
    async fn close(&self) {
        self.readers.close().await;
        if let Err(error) = query("pragma wal_checkpoint(truncate)").execute(&self.writer).await {
            tracing::warn!(%error, "cannot checkpoint the write-ahead log: it stays beside the database until the next start");
        }
        self.writer.close().await;
    }
}

fn connect_options(options: SqliteConnectOptions, synchronous: Synchronous) -> SqliteConnectOptions {
    options
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(match synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        })
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .pragma("cache_size", "-16384")
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(128)
        .optimize_on_close(true, Some(400))
}

async fn migrate(writer: &SqlitePool) -> anyhow::Result<()> {
    let mut connection = writer.acquire().await?;
    match MIGRATIONS.run(&mut *connection).await {
        Ok(()) => Ok(()),
        Err(error) => Err(schema::refusal(&MIGRATIONS, &mut *connection, error).await),
    }
}

/// Replaces a connection that cannot write: SQLite opens a read-only file without an error, begins a write transaction
/// on it, and keeps failing even after the file becomes writable again.
async fn ensure_writable(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut connection = writer.acquire().await?;
    match query("delete from users where false").execute(&mut *connection).await {
        // Another process is writing, so the file is writable.
        Err(error) if is_busy(&error) => Ok(()),
        Err(error) => {
            let _ = connection.close().await;
            Err(error)
        }
        Ok(_) => Ok(()),
    }
}

/// SQLite rolls a transaction back by itself when the disk is full, and sqlx then waits for a rollback
/// that cannot happen. Such a connection could not begin a transaction again, so it is replaced.
fn writer_pool(needs_write_check: Arc<AtomicBool>) -> SqlitePoolOptions {
    pool(1).after_release(move |connection, _| {
        let needs_write_check = needs_write_check.clone();
        Box::pin(async move {
            // Runs a pending rollback first.
            connection.ping().await?;
            let has_ended = !connection.is_in_transaction();
            needs_write_check.fetch_or(!has_ended, Ordering::Relaxed);
            Ok(has_ended)
        })
    })
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Sqlite::ACQUIRE_TIMEOUT)
        // A file needs no ping before each use, and its connections do not expire.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
