//! Connections on which nothing takes longer than it may, whatever becomes of the network: a server
//! that vanished answers nothing, not even that it is gone.

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use futures::{
    StreamExt, TryStreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use sqlx::{
    Describe, Either, Error, Execute, Executor, PgConnection, PgPool, Postgres, SqlStr,
    pool::PoolConnection,
    postgres::{PgQueryResult, PgRow, PgStatement, PgTransactionManager, PgTypeInfo},
};
use sqlx_core::transaction::TransactionManager;
use tokio::{runtime::Handle, time::timeout};

/// How long a statement may take: a little longer than PostgreSQL itself lets it, so that it is the
/// one to give up while it can be heard.
const STATEMENT: Duration = Duration::from_secs(9);

/// How long a connection may take to get ready for its next use; else it is closed.
const RETURN: Duration = Duration::from_secs(2);

/// The pool.
#[derive(Debug, Clone)]
pub struct Connections(pub(super) PgPool);

/// A connection from the pool, which it goes back to.
#[derive(Debug)]
pub struct Connection {
    pooled: PoolConnection<Postgres>,
    /// How long a statement may take.
    limit: Duration,
    /// Whether a transaction may have begun that nobody knows of.
    is_unclear: bool,
}

/// A transaction, or a savepoint within one: dropped without a commit, it leaves nothing. As sqlx's,
/// but within limits of time, and safe to be dropped while it begins.
#[derive(Debug)]
pub struct Transaction<'c> {
    connection: Held<'c>,
    is_open: bool,
}

#[derive(Debug)]
enum Held<'c> {
    Own(Connection),
    Lent(&'c mut Connection),
}

impl Connections {
    pub async fn acquire(&self) -> Result<Connection, Error> {
        Ok(Connection { pooled: self.0.acquire().await?, limit: STATEMENT, is_unclear: false })
    }

    /// Waits for what runs, which is not long.
    pub async fn close(&self) {
        self.0.close().await;
    }

    pub async fn begin(&self) -> Result<Transaction<'static>, Error> {
        Transaction::begin_on(Held::Own(self.acquire().await?)).await
    }
}

impl Connection {
    /// For what takes nothing else; without a limit of time.
    pub fn bare(&mut self) -> &mut PgConnection {
        &mut self.pooled
    }

    /// Hands rows over in the text format of `copy … from stdin`.
    pub async fn copy_in(&mut self, statement: &str, rows: &[u8]) -> Result<u64, Error> {
        // Dropped in the middle, PostgreSQL waits for the rest.
        self.is_unclear = true;
        let copied = within(self.limit, async {
            let mut copy = self.pooled.copy_in_raw(statement).await?;
            copy.send(rows).await?;
            copy.finish().await
        });
        let copied = copied.await?;
        self.is_unclear = false;
        Ok(copied)
    }

    /// Lets statements take so long, for as long as this is not back in the pool.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }
}

/// What was not answered in time may have been done nevertheless.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
}

/// What sqlx does by itself when a pooled connection is dropped, which is to end what runs on it,
/// would wait for ever for a server that vanished, and the pool for the connection.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_unclear {
            self.pooled.close_on_drop();
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(RETURN, self.pooled.return_to_pool()));
        }
    }
}

impl<'c> Transaction<'c> {
    async fn begin_on(mut connection: Held<'c>) -> Result<Self, Error> {
        let limit = connection.limit;
        // Dropped in the middle of this, sqlx forgets that it has sent a `begin`.
        connection.is_unclear = true;
        within(limit, PgTransactionManager::begin(&mut connection.pooled, None)).await?;
        connection.is_unclear = false;
        Ok(Self { connection, is_open: true })
    }

    /// A savepoint.
    pub async fn begin(&mut self) -> Result<Transaction<'_>, Error> {
        Transaction::begin_on(Held::Lent(&mut self.connection)).await
    }

    pub async fn commit(mut self) -> Result<(), Error> {
        within(self.limit, PgTransactionManager::commit(&mut self.pooled)).await?;
        self.is_open = false;
        Ok(())
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.is_open {
            PgTransactionManager::start_rollback(&mut self.pooled);
        }
    }
}

impl Deref for Transaction<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.connection
    }
}

impl Deref for Held<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        match self {
            Self::Own(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        match self {
            Self::Own(connection) => connection,
            Self::Lent(connection) => connection,
        }
    }
}

type Step = Either<PgQueryResult, PgRow>;

fn streamed<'e>(
    steps: impl Future<Output = Result<Vec<Step>, Error>> + Send + 'e,
) -> BoxStream<'e, Result<Step, Error>> {
    stream::once(steps).map_ok(|steps| stream::iter(steps).map(Ok)).try_flatten().boxed()
}

impl<'c> Executor<'c> for &'c mut Connection {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        streamed(within(self.limit, self.pooled.fetch_many(query).try_collect::<Vec<_>>()))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(within(self.limit, self.pooled.fetch_optional(query)))
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        Box::pin(within(self.limit, self.pooled.prepare_with(sql, parameters)))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        Box::pin(within(self.limit, self.pooled.describe(sql)))
    }
}

impl<'p> Executor<'p> for &Connections {
    type Database = Postgres;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Step, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        streamed(async move { pool.acquire().await?.fetch_many(query).try_collect().await })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let pool = self.clone();
        Box::pin(async move { pool.acquire().await?.fetch_optional(query).await })
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move { pool.acquire().await?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        Box::pin(async move { pool.acquire().await?.describe(sql).await })
    }
}
