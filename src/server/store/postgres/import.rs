use std::time::Duration;

use async_trait::async_trait;
use sqlx::{
    query, query_as, query_scalar,
    types::{Uuid, time::OffsetDateTime},
};

use super::{Postgres, connection::Transaction, events::insert_events, users::Row};
use crate::{
    domain::{AppError, User},
    server::store::{
        EventRecord, Import,
        row::{UserRecord, holders},
    },
};

/// Whoever types in what is imported may take this long for a batch, and PostgreSQL for writing it.
const PATIENCE: Duration = Duration::from_hours(1);

/// The transaction of an import.
pub struct PostgresImport(Transaction<'static>);

impl PostgresImport {
    pub async fn begin(store: &Postgres) -> Result<Self, AppError> {
        let mut transaction = store.begin().await?;
        transaction.set_limit(PATIENCE);
        let patience = i64::try_from(PATIENCE.as_millis()).map_err(AppError::internal)?.to_string();
        query!(
            "select set_config('statement_timeout', $1, true) as statement,
                set_config('idle_in_transaction_session_timeout', $1, true) as idle",
            patience
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(Self(transaction))
    }
}

#[async_trait]
impl Import for PostgresImport {
    async fn add(&mut self, batch: &[UserRecord], events: &[EventRecord]) -> Result<Vec<Option<User>>, AppError> {
        let ids: Vec<Uuid> = batch.iter().map(|user| user.id.0).collect();
        let text = |column: fn(&UserRecord) -> &String| batch.iter().map(column).cloned().collect::<Vec<String>>();
        let email_keys = text(|user| &user.email_key);
        let created: Vec<OffsetDateTime> = batch.iter().map(|user| user.created_at.utc()).collect();
        let updated: Vec<OffsetDateTime> = batch.iter().map(|user| user.updated_at.utc()).collect();
        let inserted = query_scalar!(
            "insert into public.users (id, name, email, name_key, email_key, search, created_at, updated_at)
            select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                $7::timestamptz[], $8::timestamptz[])
            on conflict (email_key) where deleted_at is null do nothing
            returning email_key",
            &ids,
            &text(|user| &user.name),
            &text(|user| &user.email),
            &text(|user| &user.name_key),
            &email_keys,
            &text(|user| &user.search),
            &created,
            &updated
        )
        .fetch_all(&mut *self.0)
        .await?;
        let met = if inserted.len() == batch.len() {
            Vec::new()
        } else {
            query_as!(
                Row,
                "select id, name, email, version, created_at, updated_at, deleted_at
                from public.users
                where deleted_at is null and email_key = any($1::text[])",
                &email_keys
            )
            .fetch_all(&mut *self.0)
            .await?
        };
        let holders = holders(batch, inserted, met)?;
        let inserted = holders.iter().zip(events).filter(|(holder, _)| holder.is_none());
        insert_events(&mut self.0, &inserted.map(|(_, event)| event.clone()).collect::<Vec<_>>()).await?;
        Ok(holders)
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Ok(self.0.commit().await?)
    }
}
