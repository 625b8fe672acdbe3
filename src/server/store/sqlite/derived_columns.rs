use async_trait::async_trait;
use serde_json::json;
use sqlx::{query, query_as, query_scalar, types::Uuid};

use super::{Sqlite, columns::Row};
use crate::{
    domain::{AppError, User},
    server::store::{DerivedColumns, DerivedRow, row::unless_taken, stored_keys::KeysRow},
};

#[async_trait]
impl DerivedColumns for Sqlite {
    async fn count_outdated(&self) -> Result<u64, AppError> {
        let count = query_scalar!(r#"select count(*) as "count: i64" from users where folding < 2"#);
        Ok(count.fetch_one(&self.readers).await?.unsigned_abs())
    }

    async fn has_outdated(&self) -> Result<bool, AppError> {
        let outdated = query_scalar!(r#"select exists (select 1 from users where folding < 2) as "outdated: bool""#);
        Ok(outdated.fetch_one(&self.readers).await?)
    }

    async fn outdated(&self, after: i64, limit: u32) -> Result<Vec<DerivedRow>, AppError> {
        let rows = query_as!(
            DerivedRow,
            r#"select seq, id as "id: Uuid", name, email, deleted_at is not null as "is_deleted!: bool", name_key, email_key,
                search, folding as "folding: i16"
            from users
            where folding < 2 and seq > ?
            order by seq
            limit ?"#,
            after,
            limit
        );
        Ok(rows.fetch_all(&self.readers).await?)
    }

    async fn stored_keys(&self, ids: &[Uuid]) -> Result<Vec<KeysRow>, AppError> {
        let ids = json!(ids.iter().map(|id| id.simple()).collect::<Vec<_>>()).to_string();
        let rows = query_as!(
            KeysRow,
            r#"select users.id as "id: Uuid", name_key, email_key
            from json_each(?) as ids
            cross join users on users.id = unhex(ids.value)
            where +folding < 2"#,
            ids
        );
        Ok(rows.fetch_all(&self.readers).await?)
    }

    async fn holder(&self, email_key: &str) -> Result<Option<User>, AppError> {
        let row = sql!(
            query_as!(Row, ["select " {user} " from users where deleted_at is null and email_key = ?"], email_key)
        );
        row.fetch_optional(&self.readers).await?.map(User::try_from).transpose()
    }

    async fn rederive(&self, users: &[DerivedRow]) -> Result<Option<u64>, AppError> {
        let rows = users.iter().map(|user| {
            let DerivedRow { seq, name, email, name_key, email_key, search, folding, .. } = user;
            json!([seq, name, email, name_key, email_key, search, folding])
        });
        let rows = json!(rows.collect::<Vec<_>>()).to_string();
        let mut transaction = self.begin().await?;
        // The `+` prevents the planner from joining each row with all outdated users.
        let written = query!(
            "update users
            set name_key = value ->> 3, email_key = value ->> 4, search = value ->> 5, folding = value ->> 6
            from json_each(?)
            where seq = value ->> 0 and users.name = value ->> 1 and users.email = value ->> 2 and +folding < 2",
            rows
        )
        .execute(&mut *transaction)
        .await
        .map_err(unless_taken)?;
        transaction.commit().await?;
        Ok(Some(written.rows_affected()))
    }
}
