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
    PgPool, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::Store;
use crate::domain::AppError;

/// A PostgreSQL database, which several instances of Rollcall may share.
#[derive(Debug)]
pub struct Postgres {
    pool: PgPool,
}

impl Postgres {
    const CONNECTIONS: u32 = 16;

    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let options = PgConnectOptions::from_str(url).context("not the address of a PostgreSQL database")?;
        let options = options.application_name("rollcall");
        let pool = PgPoolOptions::new()
            .max_connections(Self::CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
            .test_before_acquire(false)
            .connect_with(options)
            .await
            .context("cannot open the PostgreSQL database")?;
        let ctype = sqlx::query_scalar!(
            r#"select datctype::text as "ctype!" from pg_database where datname = current_database()"#
        )
        .fetch_one(&pool)
        .await
        .context("cannot ask the PostgreSQL database for its character type")?;
        // pg_trgm takes only what the character type calls letters: of "C", those of ASCII.
        anyhow::ensure!(
            !matches!(ctype.as_str(), "C" | "POSIX"),
            "the PostgreSQL database has the character type {ctype}, by which names beyond ASCII are not found: \
             create it with lc_ctype 'C.UTF-8' or another of UTF-8"
        );
        sqlx::migrate!("migrations/postgres").run(&pool).await.context("cannot migrate the PostgreSQL database")?;
        feed::settle_positions(&pool).await.context("cannot put the audit trail in order")?;
        Ok(Self { pool })
    }

    /// A transaction whose statements each see what others committed before them (read committed):
    /// what must not change between two of them has to be locked.
    async fn begin(&self) -> Result<Transaction<'static, sqlx::Postgres>, AppError> {
        Ok(self.pool.begin().await?)
    }
}

#[async_trait]
impl Store for Postgres {
    async fn close(&self) {
        self.pool.close().await;
    }
}
