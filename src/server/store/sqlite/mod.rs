mod accounts;
mod attempts;
mod backup;
mod candidates;
mod changes;
mod count_users;
mod database_file;
mod events;
mod examine;
mod feed;
mod group_commit;
mod idempotency;
mod imports;
mod links;
mod list_users;
mod restore;
mod sessions;
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

pub use self::{
    backup::backup,
    examine::{examine, file},
    restore::restore,
};
use self::{database_file::DatabaseFile, group_commit::Queue, users::read_users, write_waits::WriteWaits};
use super::{
    Options, Pool, Schema, Store, Synchronous,
    batch_loader::BatchLoader,
    failure::{BUSY, sqlite_code},
    schema,
};
use crate::domain::{AppError, User, UserId};

const BEGIN: &str = "begin immediate";

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A SQLite file: many readers beside one writer (WAL).
#[derive(Debug)]
pub struct Sqlite {
    readers: SqlitePool,
    users: BatchLoader<UserId, Result<User, AppError>>,
    /// One connection: SQLite has one writer at a time, and waiting for a turn is fairer here than
    /// in its busy handler.
    writer: SqlitePool,
    queue: Queue,
    waits: WriteWaits,
    /// The writer was opened again after something failed: perhaps the file takes no writes.
    needs_write_check: Arc<AtomicBool>,
    /// Tells `restore` that the file is in use; nothing for who only looks.
    _in_use: Option<File>,
}

impl Sqlite {
    const READERS: u32 = 8;
    /// So many rows may wait to be taken before SQLite stops reading: as many as a page of a file has.
    const MANY: usize = 5_001;
    const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

    pub async fn open(url: &str, options: Options) -> anyhow::Result<Self> {
        let (database, connect) = DatabaseFile::of(url)?;
        let connect = connect_options(connect, options.sqlite_synchronous);
        // Several at once would be in each other's way: who makes the file, who migrates.
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
            .connect_with(connect.pragma("query_only", "on").optimize_on_close(false, None).row_buffer_size(Self::MANY))
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

    /// A transaction that writes, by itself, since it is long or rare: it has the lock from its
    /// beginning, so nothing it read changes.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Sqlite>, AppError> {
        self.waits
            .measure(async {
                self.ensure_writable_again().await?;
                Ok(self.writer.begin_with(BEGIN).await?)
            })
            .await
    }

    /// A connection of its own for a statement that looks at very much: what it keeps and sorts in memory
    /// is little, and goes with it.
    async fn long_reader(&self) -> Result<SqliteConnection, AppError> {
        let options = self.readers.connect_options().as_ref().clone();
        Ok(SqliteConnection::connect_with(&options.pragma("cache_size", "-2048")).await?)
    }

    /// Finds out whether the file takes writes again.
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

    /// Moves the write-ahead log into the file, so that the file alone is the whole database.
    async fn close(&self) {
        self.readers.close().await;
        if let Err(error) = query("pragma wal_checkpoint(truncate)").execute(&self.writer).await {
            tracing::warn!(%error, "the write-ahead log stays beside the database until the next start");
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

/// SQLite opens a file that it may not write for reading, begins what looks like writing, and goes on
/// so when the file could be written again: a connection that cannot write is closed.
async fn ensure_writable(writer: &SqlitePool) -> Result<(), sqlx::Error> {
    let mut connection = writer.acquire().await?;
    match query("delete from users where false").execute(&mut *connection).await {
        // Somebody is writing right now, so it can be written.
        Err(sqlx::Error::Database(cause)) if sqlite_code(cause.as_ref()) == Some(BUSY) => Ok(()),
        Err(error) => {
            let _ = connection.close().await;
            Err(error)
        }
        Ok(_) => Ok(()),
    }
}

/// What fails for want of space, SQLite takes back by itself, and sqlx waits for a rollback that cannot
/// be: such a connection would begin no transaction again, so another one takes its database.
fn writer_pool(needs_write_check: Arc<AtomicBool>) -> SqlitePoolOptions {
    pool(1).after_release(move |connection, _| {
        let needs_write_check = needs_write_check.clone();
        Box::pin(async move {
            // Whatever was to be rolled back was by now.
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
        // A file does not go away: no ping before each use, and no connection grows old.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
