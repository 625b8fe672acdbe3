use async_trait::async_trait;
use sqlx::{
    Postgres as Database, Transaction, query, query_as, query_scalar,
    types::{Uuid, time::OffsetDateTime},
};

use super::Postgres;
use crate::{
    domain::{AppError, ListUsers, Page, User, UserId, needles},
    server::store::{
        Import, Users,
        row::{UserRecord, UserRow, email_taken, holders},
    },
};

type Row = UserRow<OffsetDateTime>;

/// The two statements of a list in one order: everybody, and those in whom every needle is found.
macro_rules! list_in_order {
    ($store:expr, $needles:expr, $limit:expr, $offset:expr, $order:literal) => {
        match $needles {
            None => {
                query_as!(
                    Row,
                    "select id, name, email, version, created_at, updated_at, deleted_at
                    from public.users
                    where deleted_at is null
                    order by "
                        + $order
                        + " limit $1 offset $2",
                    $limit,
                    $offset
                )
                .fetch_all(&$store.pool)
                .await?
            }
            Some(needles) => {
                query_as!(
                    Row,
                    "select id, name, email, version, created_at, updated_at, deleted_at
                    from public.users
                    where deleted_at is null
                        and not exists (select 1 from unnest($1::text[]) as needle where strpos(search, needle) = 0)
                    order by "
                        + $order
                        + " limit $2 offset $3",
                    &needles,
                    $limit,
                    $offset
                )
                .fetch_all(&$store.pool)
                .await?
            }
        }
    };
}

#[async_trait]
impl Users for Postgres {
    async fn list(&self, list: &ListUsers) -> Result<Page<User>, AppError> {
        let needles = list.q.as_deref().map(needles);
        let (limit, offset) = (i64::from(list.per_page) + 1, i64::from(list.offset()));
        let rows = in_order_of!(list.sort, list_in_order!(self, needles, limit, offset));
        let users = rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?;
        Ok(Page::from_one_more(users, list.offset(), list.per_page))
    }

    async fn get(&self, id: UserId) -> Result<Option<User>, AppError> {
        query_as!(
            Row,
            "select id, name, email, version, created_at, updated_at, deleted_at
            from public.users
            where id = $1",
            id.0
        )
        .fetch_optional(&self.pool)
        .await?
        .map(User::try_from)
        .transpose()
    }

    async fn create(&self, user: &UserRecord) -> Result<(), AppError> {
        query!(
            "insert into public.users (id, name, email, name_key, email_key, search, created_at, updated_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8)",
            user.id.0,
            user.name,
            user.email,
            user.name_key,
            user.email_key,
            user.search,
            user.created_at.utc(),
            user.updated_at.utc()
        )
        .execute(&self.pool)
        .await
        .map_err(|error| match error.as_database_error() {
            Some(cause) if cause.is_unique_violation() => email_taken(),
            _ => error.into(),
        })?;
        Ok(())
    }

    async fn is_empty(&self) -> Result<bool, AppError> {
        let found =
            query_scalar!(r#"select exists (select 1 from public.users) as "found!""#).fetch_one(&self.pool).await?;
        Ok(!found)
    }

    async fn begin_import(&self) -> Result<Box<dyn Import>, AppError> {
        Ok(Box::new(PostgresImport(self.pool.begin().await?)))
    }
}

struct PostgresImport(Transaction<'static, Database>);

#[async_trait]
impl Import for PostgresImport {
    async fn add(&mut self, batch: &[UserRecord]) -> Result<Vec<Option<User>>, AppError> {
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
        holders(batch, inserted, met)
    }

    async fn commit(self: Box<Self>) -> Result<(), AppError> {
        Ok(self.0.commit().await?)
    }
}
