#[macro_use]
mod columns;

mod accounts;
mod attempts;
mod candidates;
mod changes;
mod connection;
mod count_users;
mod derived_columns;
mod driver;
mod error;
mod events;
mod feed;
mod idempotency;
mod imports;
mod list_users;
mod sessions;
mod statements;
mod tokens;
mod users;

use std::{num::NonZeroU32, str::FromStr, time::Duration};

use anyhow::Context;
use async_trait::async_trait;
use sqlx::{
    Connection, Error, PgConnection,
    migrate::{Migrate, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::{Instant, sleep, timeout, timeout_at};

pub use self::driver::PostgresDriver;
use self::{
    connection::{Connections, Transaction},
    users::read_users,
};
use super::{Pool, Schema, Store, batch_loader::BatchLoader, error::is_transient, schema};
use crate::domain::{AppError, User, UserId};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// A PostgreSQL database, which several instances of Rollcall can share.
#[derive(Debug)]
pub struct Postgres {
    pool: Connections,
    users: BatchLoader<UserId, Result<User, AppError>>,
}

/// How long the start waits for a database that is starting, too. After that the service manager has to retry.
const START_TIMEOUT: Duration = Duration::from_secs(5);
/// The timeout of waiting for a connection: about as long as PostgreSQL takes to restart.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// The idle time after which a connection is pinged before it is used.
const PING_AFTER: Duration = Duration::from_secs(1);
const PING_TIMEOUT: Duration = Duration::from_secs(1);
/// The statement timeout of `begin_long`.
const LONG_TIMEOUT: Duration = Duration::from_hours(1);

/// Timeouts of PostgreSQL itself, which end statements and transactions, with their locks, of clients that are gone.
const LIMITS: [(&str, &str); 4] = [
    ("statement_timeout", "8s"),
    ("idle_in_transaction_session_timeout", "10s"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
];

impl Postgres {
    pub async fn open(url: &str, connections: NonZeroU32) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url).context("not the URL of a PostgreSQL database")?;
        let options = options.application_name("rollcall");
        let mut connection = first_connection(&options).await.context("cannot open the PostgreSQL database")?;
        ensure_letters(&mut connection).await?;
        // sqlx takes an advisory lock. Migrations have no timeouts: building an index over many users takes long.
        if let Err(error) = MIGRATIONS.run(&mut connection).await {
            let refusal = schema::refusal(&MIGRATIONS, &mut connection, error).await;
            return Err(refusal.context("cannot migrate the PostgreSQL database"));
        }
        feed::settle_positions(&mut connection).await.context("cannot order the audit trail")?;
        let _ = connection.close().await;
        Ok(Self::over(pool(options, connections)))
    }

    fn over(pool: Connections) -> Self {
        let readers = pool.clone();
        let users = BatchLoader::new(move |ids| read_users(readers.clone(), ids));
        Self { pool, users }
    }

    /// A transaction at the isolation level read committed: each statement sees what was committed before
    /// it, so rows that must not change between two statements have to be locked.
    async fn begin(&self) -> Result<Transaction<'static>, AppError> {
        Ok(self.pool.begin().await?)
    }

    /// A transaction with long timeouts for statements, and for pauses between them.
    async fn begin_long(&self) -> Result<Transaction<'static>, AppError> {
        let mut transaction = self.begin().await?;
        transaction.set_limit(LONG_TIMEOUT);
        let limit = i64::try_from(LONG_TIMEOUT.as_millis()).map_err(AppError::internal)?.to_string();
        sqlx::query!(
            "select set_config('statement_timeout', $1, true) as statement,
                set_config('idle_in_transaction_session_timeout', $1, true) as idle",
            limit
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(transaction)
    }
}

/// Waits for a database that is starting; returns any other error at once.
async fn first_connection(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        let late = |_| Err(Error::Io(std::io::ErrorKind::TimedOut.into()));
        let error = match timeout_at(deadline, PgConnection::connect_with(options)).await.unwrap_or_else(late) {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        if !is_starting(&error) || Instant::now() >= deadline {
            return Err(error);
        }
        tracing::debug!(%error, "waiting for PostgreSQL to start");
        sleep(START_TIMEOUT / 20).await;
    }
}

fn is_starting(error: &Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    is_transient(error) && code.is_none_or(|code| ["57P03", "53300"].contains(&&*code))
}

/// pg_trgm indexes only letters of the database's character type; for "C" those are ASCII.
async fn ensure_letters(connection: &mut PgConnection) -> anyhow::Result<()> {
    let ctype =
        sqlx::query_scalar!(r#"select datctype::text as "ctype!" from pg_database where datname = current_database()"#)
            .fetch_one(connection)
            .await
            .context("cannot read the character type of the PostgreSQL database")?;
    anyhow::ensure!(
        !matches!(ctype.as_str(), "C" | "POSIX"),
        "the PostgreSQL database has the character type {ctype}, with which names beyond ASCII cannot be found: \
         create it with lc_ctype 'C.UTF-8' or another UTF-8 character type"
    );
    Ok(())
}

fn pool(options: PgConnectOptions, connections: NonZeroU32) -> Connections {
    let own = options.get_options().unwrap_or_default().to_owned();
    let limits = LIMITS.into_iter().filter(|(name, _)| !own.contains(name));
    let pool = PgPoolOptions::new()
        .max_connections(connections.get())
        .acquire_timeout(ACQUIRE_TIMEOUT)
        // A ping costs a round trip, so connections in steady use skip it.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                Ok(meta.idle_for < PING_AFTER || matches!(timeout(PING_TIMEOUT, connection.ping()).await, Ok(Ok(()))))
            })
        });
    Connections(pool.connect_lazy_with(options.options(limits)))
}

#[async_trait]
impl Store for Postgres {
    async fn schema(&self) -> Result<Schema, AppError> {
        let mut connection = self.pool.acquire().await?;
        Ok(Schema::of(&connection.bare().list_applied_migrations(&MIGRATIONS.table_name).await?, &MIGRATIONS))
    }

    fn pools(&self) -> Vec<Pool> {
        vec![Pool::of("postgres", &self.pool.0)]
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}
