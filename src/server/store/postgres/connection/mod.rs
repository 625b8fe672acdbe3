//! Connections with a timeout for every statement, because a server that vanished from the network reports no error.

mod executor;

use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

use sqlx::{Error, PgConnection, PgPool, Postgres, pool::PoolConnection, postgres::PgTransactionManager};
use sqlx_core::transaction::TransactionManager;
use tokio::{runtime::Handle, time::timeout};

/// The timeout of a statement: a little longer than PostgreSQL's own, which reports a proper error.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(9);

/// The timeout of returning a connection to the pool, after which it is closed.
const RETURN_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub struct Connections(pub(super) PgPool);

/// A connection from the pool, returned when it is dropped.
#[derive(Debug)]
pub struct Connection {
    pooled: PoolConnection<Postgres>,
    /// The timeout of a statement.
    limit: Duration,
    /// Whether a transaction unknown to sqlx may be open.
    is_unclear: bool,
}

/// A transaction, or a savepoint in one; dropped without a commit, it is rolled back. Unlike sqlx's it has timeouts,
/// and is safe to drop while it begins.
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
        Ok(Connection { pooled: self.0.acquire().await?, limit: STATEMENT_TIMEOUT, is_unclear: false })
    }

    /// Waits for running statements, which have timeouts.
    pub async fn close(&self) {
        self.0.close().await;
    }

    pub async fn begin(&self) -> Result<Transaction<'static>, Error> {
        Transaction::begin_on(Held::Own(self.acquire().await?)).await
    }
}

impl Connection {
    /// The connection of sqlx, without timeouts, for functions that need one.
    pub fn bare(&mut self) -> &mut PgConnection {
        &mut self.pooled
    }

    /// Inserts rows in the text format of `copy … from stdin`.
    pub async fn copy_in(&mut self, statement: &str, rows: &[u8]) -> Result<u64, Error> {
        // If this is cancelled, PostgreSQL keeps waiting for the rest.
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

    /// Sets the timeout of statements until the connection is back in the pool.
    pub fn set_limit(&mut self, limit: Duration) {
        self.limit = limit;
    }
}

/// Applies a timeout. A statement that timed out may still have been executed.
async fn within<T>(limit: Duration, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(limit, work).await.unwrap_or_else(|_| Err(Error::Io(std::io::ErrorKind::TimedOut.into())))
}

/// On drop, sqlx itself would wait indefinitely for a server that vanished, and the pool for the connection.
impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_unclear {
            self.pooled.close_on_drop();
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(timeout(RETURN_TIMEOUT, self.pooled.return_to_pool()));
        }
    }
}

impl<'c> Transaction<'c> {
    async fn begin_on(mut connection: Held<'c>) -> Result<Self, Error> {
        let limit = connection.limit;
        // If this is cancelled, sqlx forgets that it has sent a `begin`.
        connection.is_unclear = true;
        within(limit, PgTransactionManager::begin(&mut connection.pooled, None)).await?;
        connection.is_unclear = false;
        Ok(Self { connection, is_open: true })
    }

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
