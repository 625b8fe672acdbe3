use std::{num::NonZeroU32, str::FromStr, sync::Arc};

use anyhow::Context;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{Connection, error::DatabaseError, postgres::PgConnectOptions, query_as};

use super::{Postgres, ensure_letters, error, first_connection, pool};
use crate::server::store::{DatabaseUrl, Engine, Examination, Options, Store, driver::Driver, schema};

pub struct PostgresDriver;

#[async_trait(?Send)]
impl Driver for PostgresDriver {
    fn accepts<'a>(&self, url: &'a DatabaseUrl) -> Option<&'a str> {
        if let DatabaseUrl::Postgres(url) = url { Some(url) } else { None }
    }

    async fn open(&self, url: &str, options: Options) -> anyhow::Result<Arc<dyn Store>> {
        Ok(Arc::new(Postgres::open(url, options.postgres_connections).await?))
    }

    async fn examine(&self, url: &str) -> anyhow::Result<Examination> {
        let options = PgConnectOptions::from_str(url).context("not the URL of a PostgreSQL database")?;
        let options = options.application_name("rollcall doctor");
        let mut connection = first_connection(&options).await?;
        // Not checked at compile time: these catalogs belong to PostgreSQL, not to the schema.
        let (version, version_number, connections): (String, i32, i32) = query_as(
            "select current_setting('server_version'), current_setting('server_version_num')::int, \
             current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int",
        )
        .fetch_one(&mut connection)
        .await?;
        let (has_schema, has_trigrams): (bool, bool) = query_as(
            "select to_regclass($1) is not null, exists (select from pg_available_extensions where name = 'pg_trgm')",
        )
        .bind(format!("public.{}", schema::TABLE))
        .fetch_one(&mut connection)
        .await?;
        let asked = Utc::now();
        let (now,): (DateTime<Utc>,) = query_as("select clock_timestamp()").fetch_one(&mut connection).await?;
        let answered = Utc::now();
        let clock_ahead = now - (asked + (answered - asked) / 2);
        let letters = ensure_letters(&mut connection).await.err().map(|error| format!("{error:#}"));
        let _ = connection.close().await;
        let store = Arc::new(Postgres::over(pool(options, NonZeroU32::MIN)));
        let engine = Engine::Postgres { version, version_number, has_trigrams, connections, clock_ahead, letters };
        Ok(Examination { store, has_schema, engine })
    }

    fn is_transient(&self, error: &dyn DatabaseError) -> bool {
        error::is_transient(error)
    }
}
