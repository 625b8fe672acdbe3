//! Persistence: a trait for each resource, implemented by SQLite and by PostgreSQL. All SQL is in `sqlite/` and
//! `postgres/`; code that both share is in this folder.

/// Expands a list statement for each status, sort key and direction, which it passes as the statement's
/// last arguments. None of them can be a bind (an index needs a literal filter, and an order is not a value), so each
/// combination is a statement of its own, checked at compile time.
macro_rules! for_status {
    ($deleted:expr, $field:expr, $range:expr, $statement:ident!($($argument:expr),*)) => {
        if $deleted {
            for_order!($field, $range, $statement!($($argument),*), "deleted_at is not null")
        } else {
            for_order!($field, $range, $statement!($($argument),*), "deleted_at is null")
        }
    };
}

macro_rules! for_order {
    ($field:expr, $range:expr, $statement:ident!($($argument:expr),*), $filter:literal) => {
        match $field {
            SortField::Name => for_direction!($range, $statement!($($argument),*), $filter, "name_key", text),
            SortField::Email => for_direction!($range, $statement!($($argument),*), $filter, "email_key", text),
            SortField::CreatedAt => for_direction!($range, $statement!($($argument),*), $filter, "created_at", time),
            SortField::UpdatedAt => for_direction!($range, $statement!($($argument),*), $filter, "updated_at", time),
        }
    };
}

macro_rules! for_direction {
    ($range:expr, $statement:ident!($($argument:expr),*), $filter:literal, $key:literal, $bind:ident) => {
        if $range.descending {
            $statement!($($argument),*, $filter, $key, $bind, "<", ">=", "desc")
        } else {
            $statement!($($argument),*, $filter, $key, $bind, ">", "<=", "asc")
        }
    };
}

mod accounts;
mod attempts;
mod batch_loader;
mod changes;
mod derived_columns;
mod driver;
mod error;
mod events;
mod examine;
mod feed;
mod idempotency;
mod imports;
mod keyset;
mod links;
mod list_users;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod schema;
mod search_forms;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod statements;
mod stored_keys;
mod tokens;
mod total;
mod transactions;
mod users;

use std::num::NonZeroU32;

use async_trait::async_trait;
use clap::ValueEnum;

use crate::{domain::AppError, server::foundation::limits::DATABASE_CONNECTIONS};

pub use accounts::{Account, Accounts};
pub use attempts::{Attempt, AttemptLimits, Attempts};
pub use changes::{Changes, LockedUser};
pub use derived_columns::{DerivedColumns, DerivedRow};
pub use driver::{Backup, Contents, DatabaseUrl, OnProgress, Restored, backup, close, examine, file, open, restore};
pub use error::is_unreachable;
pub use events::{EventRecord, Events};
pub use examine::{Engine, Examination};
pub use feed::{Feed, PollMark, Position, TrailEvent};
pub use idempotency::{IdempotencyKeys, KeyedRequest, KnownRequest, StoredResponse};
pub use imports::{
    Applied, ApplyOptions, Claim, ImportDetails, ImportRecord, ImportTransaction, ImportedChange, Imports, Piece,
    StagedPerson, StagedRow, StoredImport, UndoOptions, UndoStep,
};
pub use links::{Link, LinkRecord};
pub use row::{ProfileColumns, UserRecord, email_taken, last_admin};
pub use schema::Schema;
pub use sessions::{SessionRecord, Sessions};
pub use tokens::{TokenRecord, Tokens};
pub use transactions::Transactions;
pub use users::Users;

const DRIVERS: &[&dyn driver::Driver] = &[
    #[cfg(feature = "sqlite")]
    &sqlite::SqliteDriver,
    #[cfg(feature = "postgres")]
    &postgres::PostgresDriver,
];

/// The maximum number of candidates that are read by an index and sorted; with more, a list walks the index of its
/// sort.
const MAX_SORTED: i64 = 5_000;

/// The limit of candidates to read: one more than `MAX_SORTED` shows that there are too many.
const CANDIDATE_LIMIT: i64 = MAX_SORTED + 1;

fn can_sort<T>(rows: &[T]) -> bool {
    i64::try_from(rows.len()).is_ok_and(|count| count <= MAX_SORTED)
}

/// A database. Every method is one transaction, which includes its audit events, or begins one that it returns.
#[async_trait]
pub trait Store:
    Accounts
    + Attempts
    + DerivedColumns
    + Events
    + Feed
    + IdempotencyKeys
    + Imports
    + Sessions
    + Tokens
    + Transactions
    + Users
{
    /// The current schema of the database.
    ///
    /// # Errors
    /// `Unavailable`, `Internal`.
    async fn schema(&self) -> Result<Schema, AppError>;

    /// The utilization of each pool of connections.
    fn pools(&self) -> Vec<Pool>;

    /// Waits for running statements and closes all connections.
    async fn close(&self);
}

/// A pool of connections.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    pub name: &'static str,
    pub open: u32,
    pub idle: u32,
    pub max: u32,
}

impl Pool {
    fn of<D: sqlx::Database>(name: &'static str, pool: &sqlx::Pool<D>) -> Self {
        let idle = u32::try_from(pool.num_idle()).unwrap_or(u32::MAX);
        Self { name, open: pool.size(), idle, max: pool.options().get_max_connections() }
    }
}

/// The options for opening a database.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub sqlite_synchronous: Synchronous,
    /// The size of the pool of connections to PostgreSQL.
    pub postgres_connections: NonZeroU32,
    /// Whether a SQLite file that is missing is created. Otherwise opening it fails.
    pub create_if_missing: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            sqlite_synchronous: Synchronous::default(),
            postgres_connections: DATABASE_CONNECTIONS,
            create_if_missing: true,
        }
    }
}

/// When SQLite reports a change as committed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Synchronous {
    /// Once it is on the disk: an acknowledged change survives a power cut
    #[default]
    Full,
    /// At once: a power cut may lose the last changes, but corrupts nothing
    Normal,
}
