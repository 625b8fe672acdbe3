mod accounts;
mod attempts;
mod candidates;
mod changes;
mod count_users;
mod events;
mod feed;
mod idempotency;
mod import;
mod links;
mod list_users;
mod sessions;
mod tokens;
mod trash;
mod users;

use std::{str::FromStr, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use sqlx::{
    SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::Store;
use crate::domain::AppError;

/// A SQLite file: many readers beside one writer (WAL).
#[derive(Debug)]
pub struct Sqlite {
    readers: SqlitePool,
    /// One connection: SQLite has one writer at a time, and waiting for a turn is fairer here than
    /// in its busy handler.
    writer: SqlitePool,
}

impl Sqlite {
    const READERS: u32 = 8;
    const WAIT_FOR_A_CONNECTION: Duration = Duration::from_secs(5);

    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .with_context(|| format!("{url} is not the address of a SQLite file"))?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .pragma("cache_size", "-16384")
            .pragma("journal_size_limit", "67108864")
            .statement_cache_capacity(128)
            .optimize_on_close(true, Some(400));
        // The writer comes first: it makes the file, and readers cannot.
        let writer = pool(1).connect_with(options.clone()).await.with_context(|| format!("cannot open {url}"))?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await.with_context(|| format!("cannot migrate {url}"))?;
        let readers = pool(Self::READERS)
            .connect_with(options.create_if_missing(false).pragma("query_only", "on").optimize_on_close(false, None))
            .await
            .with_context(|| format!("cannot open {url}"))?;
        Ok(Self { readers, writer })
    }

    /// A transaction that writes: it has the lock from its beginning, so nothing it read changes.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Sqlite>, AppError> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }
}

#[async_trait]
impl Store for Sqlite {
    /// Moves the write-ahead log into the file, so that the file alone is the whole database.
    async fn close(&self) {
        self.readers.close().await;
        if let Err(error) = sqlx::query("pragma wal_checkpoint(truncate)").execute(&self.writer).await {
            tracing::warn!(%error, "the write-ahead log stays beside the database until the next start");
        }
        self.writer.close().await;
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Sqlite::WAIT_FOR_A_CONNECTION)
        // A file does not go away: no ping before each use, and no connection grows old.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
