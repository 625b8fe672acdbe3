use async_trait::async_trait;
use serde_json::json;
use sqlx::{Sqlite as Database, Transaction, query_as, query_scalar, types::Uuid};

use super::{events::insert_events, users::Row};
use crate::{
    domain::{AppError, User},
    server::store::{
        EventRecord, Import,
        row::{UserRecord, holders},
    },
};

/// The transaction of an import.
pub struct SqliteImport(pub Transaction<'static, Database>);

#[async_trait]
impl Import for SqliteImport {
    async fn add(&mut self, batch: &[UserRecord], events: &[EventRecord]) -> Result<Vec<Option<User>>, AppError> {
        // A batch travels as one JSON array: a statement for each row would cost a trip to the
        // connection's thread each.
        let rows = json!(batch.iter().map(as_json).collect::<Vec<_>>()).to_string();
        let inserted = query_scalar!(
            "insert into users (id, name, email, name_key, email_key, search, created_at, updated_at)
            select unhex(value ->> 0), value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7
            from json_each(?)
            where true
            on conflict (email_key) where deleted_at is null do nothing
            returning email_key",
            rows
        )
        .fetch_all(&mut *self.0)
        .await?;
        let met = if inserted.len() == batch.len() {
            Vec::new()
        } else {
            let keys = json!(batch.iter().map(|user| &user.email_key).collect::<Vec<_>>()).to_string();
            query_as!(
                Row,
                r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                from users
                where deleted_at is null and email_key in (select value from json_each(?))"#,
                keys
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

fn as_json(user: &UserRecord) -> serde_json::Value {
    json!([
        user.id.0.simple(),
        user.name,
        user.email,
        user.name_key,
        user.email_key,
        user.search,
        user.created_at.unix_micros(),
        user.updated_at.unix_micros()
    ])
}
