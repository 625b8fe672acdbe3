use secrecy::{ExposeSecret, SecretString};
use sqlx::{query, query_as, query_scalar, types::Uuid};

use super::{
    Postgres,
    columns::{Row, delete_user, insert_user, restore_user, update_user},
    connection::{self, Connection},
    events::{insert_events, redact_events},
    idempotency::save_outcome,
    tokens::{has_token, insert_token, revoke_token, revoke_tokens_of},
};
use crate::{
    domain::{AppError, Email, Role, Timestamp, TokenId, User, UserId, outdated},
    server::{
        foundation::secret::Hash,
        store::{
            EventRecord, KeyedRequest, LinkRecord, TokenRecord, UserRecord,
            statements::{Database, Statements, Transaction},
        },
    },
};

/// The key of the advisory lock of admins: any number that nothing else in the database uses.
const ADMINS: i64 = i64::from_be_bytes(*b"rollcall");

impl Database for Postgres {
    type Transaction = connection::Transaction<'static>;

    async fn begin(&self) -> Result<Self::Transaction, AppError> {
        Self::begin(self).await
    }
}

impl Transaction for connection::Transaction<'_> {
    async fn commit(self) -> Result<(), AppError> {
        Ok(Self::commit(self).await?)
    }
}

impl Statements for Connection {
    /// A separate statement, so that the next one sees what the previous holder of the lock committed.
    async fn lock_admins(&mut self) -> Result<(), AppError> {
        query!("select pg_advisory_xact_lock($1)", ADMINS).execute(self).await?;
        Ok(())
    }

    async fn lock_user(&mut self, user: UserId) -> Result<(), AppError> {
        let row = query!("select 1 as found from public.users where id = $1 for update", user.0);
        row.fetch_optional(self).await?;
        Ok(())
    }

    async fn lock_user_by_email(&mut self, email: &str) -> Result<Option<User>, AppError> {
        sql!(query_as!(
            Row,
            [
                "select " {user} " from public.users
                where email_key in ($1, $2) and deleted_at is null
                order by email_key <> $2
                limit 1
                for no key update"
            ],
            Email::key_of(email),
            outdated::email_key(email)
        ))
        .fetch_optional(self)
        .await?
        .map(User::try_from)
        .transpose()
    }

    async fn insert_user(&mut self, user: &UserRecord) -> Result<(), AppError> {
        insert_user(self, user).await
    }

    async fn update_user(&mut self, user: &UserRecord, version: i64) -> Result<Option<User>, AppError> {
        update_user(self, user, version).await?.map(User::try_from).transpose()
    }

    async fn delete_user(&mut self, user: UserId, now: Timestamp) -> Result<Option<User>, AppError> {
        delete_user(self, user, now).await?.map(User::try_from).transpose()
    }

    async fn restore_user(&mut self, user: UserId, now: Timestamp) -> Result<Option<User>, AppError> {
        restore_user(self, user, now).await?.map(User::try_from).transpose()
    }

    /// Foreign keys delete the account, sessions and links.
    async fn erase_user(&mut self, user: UserId) -> Result<bool, AppError> {
        let erased = query!("delete from public.users where id = $1", user.0).execute(self).await?;
        Ok(erased.rows_affected() > 0)
    }

    async fn has_admin(&mut self, besides: Option<UserId>) -> Result<bool, AppError> {
        let besides = besides.map(|user| user.0);
        let found = query_scalar!(
            r#"select exists (
                select 1 from public.accounts join public.users on users.id = accounts.user_id
                where user_id is distinct from $1 and role = 'admin' and password_hash is not null and deleted_at is null
            ) as "found!""#,
            besides
        );
        Ok(found.fetch_one(self).await?)
    }

    async fn is_admin(&mut self, user: UserId) -> Result<bool, AppError> {
        let found = query_scalar!(
            r#"select exists (
                select 1 from public.accounts where user_id = $1 and role = 'admin' and password_hash is not null
            ) as "found!""#,
            user.0
        );
        Ok(found.fetch_one(self).await?)
    }

    async fn lock_role(&mut self, user: UserId) -> Result<Option<Role>, AppError> {
        let role = query_scalar!("select role from public.accounts where user_id = $1 for share", user.0);
        role.fetch_optional(self).await?.map(|role| role.parse().map_err(AppError::internal)).transpose()
    }

    async fn set_role(&mut self, user: UserId, role: Role, now: Timestamp) -> Result<bool, AppError> {
        let set = query!(
            "insert into public.accounts (user_id, role, created_at)
            select id, $1, $2 from public.users where id = $3 and deleted_at is null
            on conflict (user_id) do update set role = excluded.role",
            role.as_str(),
            now.utc(),
            user.0
        );
        Ok(set.execute(self).await?.rows_affected() > 0)
    }

    async fn set_password(&mut self, user: UserId, hash: &SecretString) -> Result<bool, AppError> {
        let hash = hash.expose_secret();
        let set = query!("update public.accounts set password_hash = $1 where user_id = $2", hash, user.0);
        Ok(set.execute(self).await?.rows_affected() > 0)
    }

    async fn replace_password(
        &mut self,
        user: UserId,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<bool, AppError> {
        let replaced = query!(
            "update public.accounts set password_hash = $1 where user_id = $2 and password_hash = $3",
            new.expose_secret(),
            user.0,
            old.expose_secret()
        );
        Ok(replaced.execute(self).await?.rows_affected() > 0)
    }

    async fn delete_account(&mut self, user: UserId) -> Result<(), AppError> {
        query!("delete from public.accounts where user_id = $1", user.0).execute(self).await?;
        Ok(())
    }

    async fn delete_sessions(
        &mut self,
        user: UserId,
        id: Option<Uuid>,
        except: Option<&Hash>,
    ) -> Result<u64, AppError> {
        let except = except.map(Hash::as_slice).unwrap_or_default();
        let deleted = query!(
            "delete from public.sessions
            where user_id = $1 and id = coalesce($2, id) and hash <> $3 and previous_hash is distinct from $3",
            user.0,
            id,
            except
        );
        Ok(deleted.execute(self).await?.rows_affected())
    }

    async fn insert_link(&mut self, link: &LinkRecord) -> Result<(), AppError> {
        let (hash, user) = (link.hash.as_slice(), link.user.map(|user| user.0));
        query!(
            "insert into public.links (hash, user_id, created_at, expires_at) values ($1, $2, $3, $4)",
            hash,
            user,
            link.created_at.utc(),
            link.expires_at.utc()
        )
        .execute(self)
        .await?;
        Ok(())
    }

    async fn use_link(&mut self, hash: &Hash, user: Option<UserId>, now: Timestamp) -> Result<bool, AppError> {
        let (hash, user) = (hash.as_slice(), user.map(|user| user.0));
        let update = query!(
            "update public.links set used_at = $1
            where hash = $2 and user_id is not distinct from $3 and used_at is null and expires_at > $1",
            now.utc(),
            hash,
            user
        );
        Ok(update.execute(self).await?.rows_affected() > 0)
    }

    async fn delete_links(&mut self, user: UserId) -> Result<(), AppError> {
        query!("delete from public.links where user_id = $1", user.0).execute(self).await?;
        Ok(())
    }

    async fn delete_unused_links(&mut self, user: UserId) -> Result<(), AppError> {
        query!("delete from public.links where user_id = $1 and used_at is null", user.0).execute(self).await?;
        Ok(())
    }

    async fn insert_token(&mut self, token: &TokenRecord) -> Result<(), AppError> {
        insert_token(self, token).await
    }

    async fn has_token(&mut self, id: TokenId) -> Result<bool, AppError> {
        has_token(self, id).await
    }

    async fn revoke_token(&mut self, id: TokenId, now: Timestamp) -> Result<Option<String>, AppError> {
        revoke_token(self, id, now).await
    }

    async fn revoke_tokens_of(&mut self, owner: UserId, now: Timestamp) -> Result<Vec<(TokenId, String)>, AppError> {
        revoke_tokens_of(self, owner, now).await
    }

    async fn insert_events(&mut self, events: &[EventRecord]) -> Result<(), AppError> {
        insert_events(self, events).await
    }
    async fn redact_events(&mut self, user: UserId) -> Result<(), AppError> {
        redact_events(self, user).await
    }

    async fn set_outcome(&mut self, request: &KeyedRequest, outcome: &str) -> Result<bool, AppError> {
        save_outcome(self, request, outcome).await
    }
}
