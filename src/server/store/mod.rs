//! Where users are kept: a trait for each resource, and a database or two that implement them.
//! SQL stands nowhere else.

/// Calls a statement's macro for a list of users with, as its last arguments, the filter of one
/// status, the key of its sort, that key as a bind, and the way it is read. None of them can be a
/// bind (an index serves a filter that it can see, and no order is a value), so each combination is a
/// statement of its own, checked like any other.
macro_rules! for_status {
    ($deleted:expr, $field:expr, $span:expr, $statement:ident!($($argument:expr),*)) => {
        if $deleted {
            for_order!($field, $span, $statement!($($argument),*), "deleted_at is not null")
        } else {
            for_order!($field, $span, $statement!($($argument),*), "deleted_at is null")
        }
    };
}

macro_rules! for_order {
    ($field:expr, $span:expr, $statement:ident!($($argument:expr),*), $filter:literal) => {
        match $field {
            SortField::Name => for_direction!($span, $statement!($($argument),*), $filter, "name_key", text),
            SortField::Email => for_direction!($span, $statement!($($argument),*), $filter, "email_key", text),
            SortField::CreatedAt => for_direction!($span, $statement!($($argument),*), $filter, "created_at", time),
            SortField::UpdatedAt => for_direction!($span, $statement!($($argument),*), $filter, "updated_at", time),
        }
    };
}

macro_rules! for_direction {
    ($span:expr, $statement:ident!($($argument:expr),*), $filter:literal, $key:literal, $bind:ident) => {
        if $span.descending {
            $statement!($($argument),*, $filter, $key, $bind, "<", ">=", "desc")
        } else {
            $statement!($($argument),*, $filter, $key, $bind, ">", "<=", "asc")
        }
    };
}

mod accounts;
mod attempts;
mod backup;
mod batch_loader;
mod changes;
mod events;
mod examine;
mod failure;
mod feed;
mod idempotency;
mod imports;
mod keyset;
mod links;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod schema;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tokens;
mod total;
mod users;

use std::{fmt, num::NonZeroU32, str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use clap::ValueEnum;

use crate::domain::AppError;

pub use accounts::{Account, Accounts};
pub use attempts::{Attempt, Attempts, Limits};
pub use backup::{Backup, Contents, OnProgress, Restored, backup, restore};
pub use changes::{Changes, LockedUser};
pub use events::{EventRecord, Events};
pub use examine::{Engine, Examination, examine, file};
pub use failure::is_unreachable;
pub use feed::{Feed, Mark, Position, TrailEvent};
pub use idempotency::{IdempotencyKeys, KeptAnswer, KeyedRequest, KnownRequest};
pub use imports::{
    Applied, Back, Batch, Claim, Done, HowToApply, HowToUndo, ImportDetails, ImportRecord, Imports, Piece,
    StagedPerson, StagedRow, StoredImport,
};
pub use links::{Link, LinkRecord, Links};
pub use row::{UserRecord, email_taken, last_admin};
pub use schema::Schema;
pub use sessions::{SessionRecord, Sessions};
pub use tokens::{TokenRecord, Tokens};
pub use users::Users;

/// So many candidates are found by an index and sorted; more are met on a walk.
const FEW: i64 = 5_000;

fn is_few<T>(rows: &[T]) -> bool {
    i64::try_from(rows.len()).is_ok_and(|count| count <= FEW)
}

/// How many connections to PostgreSQL there may be when nobody says otherwise.
pub const CONNECTIONS: NonZeroU32 = NonZeroU32::new(16).unwrap();

/// Everything a database has to do for Rollcall. Every method of its parts is one unit of work,
/// its transaction inside, and what the audit trail says of it is written there, too.
#[async_trait]
pub trait Store:
    Accounts + Attempts + Events + Feed + IdempotencyKeys + Imports + Links + Sessions + Tokens + Users
{
    /// Which schema the database has, read from it anew.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    async fn schema(&self) -> Result<Schema, AppError>;

    /// How busy the connections are, pool by pool.
    fn pools(&self) -> Vec<Pool>;

    /// Lets what runs finish and leaves the database tidy.
    async fn close(&self);
}

/// Connections to a database, which requests take turns with.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    pub name: &'static str,
    pub open: u32,
    pub idle: u32,
    pub max: u32,
}

impl Pool {
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { name, open: pool.size(), idle, max: pool.options().get_max_connections() }
    }
}

/// How long statements in progress may delay shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// How a database is used, where there is a choice.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub sqlite_synchronous: Synchronous,
    /// Up to so many connections to PostgreSQL.
    pub postgres_connections: NonZeroU32,
}

impl Default for Options {
    fn default() -> Self {
        Self { sqlite_synchronous: Synchronous::default(), postgres_connections: CONNECTIONS }
    }
}

/// What SQLite waits for before a change counts as done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Synchronous {
    /// Until the change is on the disk: what was answered survives a power cut
    #[default]
    Full,
    /// For nothing: a power cut may take the last changes back, and leaves the rest whole
    Normal,
}

/// Opens the database and brings its schema up to date.
///
/// # Errors
/// When it cannot be reached, created or migrated; the message is for whoever starts Rollcall.
pub async fn open(url: &DatabaseUrl, options: Options) -> anyhow::Result<Arc<dyn Store>> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => Ok(Arc::new(sqlite::Sqlite::open(url, options).await?)),
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => Ok(Arc::new(postgres::Postgres::open(url, options.postgres_connections).await?)),
        #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
        other => anyhow::bail!("this build of Rollcall cannot open {other}"),
    }
}

/// Closes a database, waiting at most `CLOSE_TIMEOUT` for statements in progress.
pub async fn close(store: &dyn Store) {
    if tokio::time::timeout(CLOSE_TIMEOUT, store.close()).await.is_err() {
        tracing::warn!("the database was still busy at the end");
    }
}

/// Where the database is. Prints without what may be secret.
#[derive(Clone)]
pub enum DatabaseUrl {
    Sqlite(String),
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            // Readers and the writer would each have a database of their own, gone at the end.
            Some("sqlite") if url.contains(":memory:") || url.contains("mode=memory") => {
                Err("must name a file: a database in memory would be lost")
            }
            Some("sqlite") => Ok(Self::Sqlite(url.to_owned())),
            Some("postgres" | "postgresql") => Ok(Self::Postgres(url.to_owned())),
            _ => Err("must begin with sqlite: or postgres:, as in sqlite://rollcall.db"),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(url) => f.write_str(url),
            Self::Postgres(_) => f.write_str("postgres:…"),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
