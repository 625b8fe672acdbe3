//! Where users are kept: a trait for each resource, and a database or two that implement them.
//! SQL stands nowhere else.

/// Calls a statement's macro with the filter of a list's status and the order of its sort as its
/// last arguments. Neither can be a bind (an index serves a filter that it can see, and no order is a
/// value), so each pair is a statement of its own, checked like any other.
macro_rules! for_list {
    ($list:expr, $statement:ident!($($argument:expr),*)) => {
        match $list.status {
            $crate::domain::UserStatus::Active => {
                in_order_of!($list.sort, $statement!($($argument),*), "deleted_at is null")
            }
            $crate::domain::UserStatus::Deleted => {
                in_order_of!($list.sort, $statement!($($argument),*), "deleted_at is not null")
            }
            $crate::domain::UserStatus::All => in_order_of!($list.sort, $statement!($($argument),*), "true"),
        }
    };
}

macro_rules! in_order_of {
    ($sort:expr, $statement:ident!($($argument:expr),*), $filter:literal) => {
        match ($sort.field, $sort.descending) {
            ($crate::domain::SortField::Name, false) => $statement!($($argument),*, $filter, "name_key, id"),
            ($crate::domain::SortField::Name, true) => $statement!($($argument),*, $filter, "name_key desc, id desc"),
            ($crate::domain::SortField::Email, false) => $statement!($($argument),*, $filter, "email_key, id"),
            ($crate::domain::SortField::Email, true) => $statement!($($argument),*, $filter, "email_key desc, id desc"),
            ($crate::domain::SortField::CreatedAt, false) => $statement!($($argument),*, $filter, "created_at, id"),
            ($crate::domain::SortField::CreatedAt, true) => {
                $statement!($($argument),*, $filter, "created_at desc, id desc")
            }
            ($crate::domain::SortField::UpdatedAt, false) => $statement!($($argument),*, $filter, "updated_at, id"),
            ($crate::domain::SortField::UpdatedAt, true) => {
                $statement!($($argument),*, $filter, "updated_at desc, id desc")
            }
        }
    };
}

mod accounts;
mod attempts;
mod events;
mod links;
#[cfg(feature = "postgres")]
mod postgres;
mod row;
mod sessions;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tokens;
mod users;

use std::{fmt, str::FromStr, sync::Arc};

use async_trait::async_trait;

use crate::domain::{AppError, Cause};
pub use accounts::{Account, Accounts};
pub use attempts::{Attempt, Attempts, Limits};
pub use events::{EventRecord, Events};
pub use links::{Link, LinkRecord, Links};
pub use row::{UserRecord, email_taken, last_admin};
pub use sessions::{SessionRecord, Sessions};
pub use tokens::{TokenRecord, Tokens};
pub use users::{Import, Users};

/// Everything a database has to do for Rollcall. Every method of its parts is one unit of work,
/// its transaction inside, and what the audit trail says of it is written there, too.
#[async_trait]
pub trait Store: Accounts + Attempts + Events + Links + Sessions + Tokens + Users {
    /// Lets what runs finish and leaves the database tidy.
    async fn close(&self);
}

/// Opens the database and brings its schema up to date.
///
/// # Errors
/// When it cannot be reached, created or migrated; the message is for whoever starts Rollcall.
pub async fn open(url: &DatabaseUrl) -> anyhow::Result<Arc<dyn Store>> {
    match url {
        #[cfg(feature = "sqlite")]
        DatabaseUrl::Sqlite(url) => Ok(Arc::new(sqlite::Sqlite::open(url).await?)),
        #[cfg(feature = "postgres")]
        DatabaseUrl::Postgres(url) => Ok(Arc::new(postgres::Postgres::open(url).await?)),
        #[cfg(not(all(feature = "sqlite", feature = "postgres")))]
        other => anyhow::bail!("this build of Rollcall cannot open {other}"),
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

/// No connection free in time, or none to be had, may be over in a moment; the rest is a fault.
impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable(Cause::new(error))
            }
            other => Self::internal(other),
        }
    }
}
