use async_trait::async_trait;
use sqlx::{query, query_as, query_scalar, types::Uuid};

use super::{Postgres, columns::Row};
use crate::{
    domain::{AppError, User},
    server::store::{DerivedColumns, DerivedRow, row::unless_taken, stored_keys::KeysRow},
};

/// The advisory lock of the rebuild: one instance at a time.
const REBUILD: i64 = i64::from_be_bytes(*b"rollfold");

#[async_trait]
impl DerivedColumns for Postgres {
    async fn count_outdated(&self) -> Result<u64, AppError> {
        let count = query_scalar!(r#"select count(*) as "count!" from public.users where folding < 2"#);
        Ok(count.fetch_one(&self.pool).await?.unsigned_abs())
    }

    async fn has_outdated(&self) -> Result<bool, AppError> {
        let outdated = query_scalar!(r#"select exists (select 1 from public.users where folding < 2) as "outdated!""#);
        Ok(outdated.fetch_one(&self.pool).await?)
    }

    async fn outdated(&self, after: i64, limit: u32) -> Result<Vec<DerivedRow>, AppError> {
        let rows = query_as!(
            DerivedRow,
            r#"select seq, id, name, email, deleted_at is not null as "is_deleted!", name_key, email_key, search, folding
            from public.users
            where folding < 2 and seq > $1
            order by seq
            limit $2"#,
            after,
            i64::from(limit)
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    async fn stored_keys(&self, ids: &[Uuid]) -> Result<Vec<KeysRow>, AppError> {
        let rows = query_as!(
            KeysRow,
            "select id, name_key, email_key from public.users where id = any($1) and folding < 2",
            ids
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    async fn holder(&self, email_key: &str) -> Result<Option<User>, AppError> {
        let row = sql!(query_as!(
            Row,
            ["select " {user} " from public.users where deleted_at is null and email_key = $1"],
            email_key
        ));
        row.fetch_optional(&self.pool).await?.map(User::try_from).transpose()
    }

    /// Skips locked rows and waits at most 200 ms for a key, so that it cannot deadlock with other writers.
    async fn rederive(&self, users: &[DerivedRow]) -> Result<Option<u64>, AppError> {
        let mut transaction = self.begin().await?;
        let lock = query!(
            r#"select pg_try_advisory_xact_lock($1) as "is_ours!", set_config('lock_timeout', '200ms', true) as timeout"#,
            REBUILD
        );
        if !lock.fetch_one(&mut *transaction).await?.is_ours {
            return Ok(None);
        }
        let seqs: Vec<i64> = users.iter().map(|user| user.seq).collect();
        let text =
            |column: fn(&DerivedRow) -> &String| users.iter().map(|user| column(user).clone()).collect::<Vec<_>>();
        let foldings: Vec<i16> = users.iter().map(|user| user.folding).collect();
        let written = query!(
            "with free as (
                select seq from public.users
                where seq = any($1) and folding < 2
                order by seq
                for no key update skip locked
            )
            update public.users
            set name_key = r.name_key, email_key = r.email_key, search = r.search, folding = r.folding
            from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[])
                as r (seq, name, email, name_key, email_key, search, folding)
            where users.seq = r.seq and users.name = r.name and users.email = r.email
                and r.seq in (select seq from free)",
            &seqs,
            &text(|user| &user.name),
            &text(|user| &user.email),
            &text(|user| &user.name_key),
            &text(|user| &user.email_key),
            &text(|user| &user.search),
            &foldings
        )
        .execute(&mut *transaction)
        .await
        .map_err(unless_taken)?;
        transaction.commit().await?;
        Ok(Some(written.rows_affected()))
    }
}
