use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{query, query_as, query_scalar};

use super::{
    Postgres,
    connection::Connection,
    events::insert_events,
    links::use_link,
    tokens::revoke_tokens_of,
    users::{Row, insert_user, update_user},
};
use crate::{
    domain::{Action, AppError, Role, Timestamp, UserId},
    server::{
        foundation::secret::Hash,
        store::{Account, Accounts, EventRecord, UserRecord, accounts::AccountRow, last_admin},
    },
};

/// The key of the advisory lock that whoever may leave Rollcall without an admin holds, whoever makes
/// the first, and whoever changes many users: any number that nothing else in the database locks.
const ADMINS: i64 = i64::from_be_bytes(*b"rollcall");

#[async_trait]
impl Accounts for Postgres {
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            "select users.id, name, email, role, password_hash
            from public.users join public.accounts on accounts.user_id = users.id
            where email_key = $1 and deleted_at is null",
            email_key
        )
        .fetch_optional(&self.pool)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            "select users.id, name, email, role, password_hash
            from public.users join public.accounts on accounts.user_id = users.id
            where users.id = $1 and deleted_at is null",
            user.0
        )
        .fetch_optional(&self.pool)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn has_admin(&self) -> Result<bool, AppError> {
        let mut connection = self.pool.acquire().await?;
        has_admin(&mut connection).await
    }

    async fn set_role(
        &self,
        user: UserId,
        role: Option<Role>,
        now: Timestamp,
        event: &EventRecord,
    ) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        if role != Some(Role::Admin) {
            ensure_admin_besides(&mut transaction, user).await?;
            revoke_tokens_of(&mut transaction, user, now, event).await?;
        }
        if let Some(role) = role {
            give_role(&mut transaction, user, role, now).await?;
        } else {
            query!("delete from public.links where user_id = $1", user.0).execute(&mut *transaction).await?;
            query!("delete from public.accounts where user_id = $1", user.0).execute(&mut *transaction).await?;
        }
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

    async fn set_password(
        &self,
        user: UserId,
        password_hash: &SecretString,
        keep: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<(), AppError> {
        let mut transaction = self.begin().await?;
        set_password(&mut transaction, user, password_hash).await?;
        let keep = keep.map(Hash::as_slice).unwrap_or_default();
        query!("delete from public.sessions where user_id = $1 and hash <> $2", user.0, keep)
            .execute(&mut *transaction)
            .await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<(), AppError> {
        let (old, new) = (old.expose_secret(), new.expose_secret());
        query!(
            "update public.accounts set password_hash = $1 where user_id = $2 and password_hash = $3",
            new,
            user.0,
            old
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn create_admin(
        &self,
        user: &UserRecord,
        password_hash: &SecretString,
        link: Option<&Hash>,
        event: &EventRecord,
    ) -> Result<Option<UserId>, AppError> {
        let mut transaction = self.begin().await?;
        if let Some(link) = link {
            lock_admins(&mut transaction).await?;
            if has_admin(&mut transaction).await? || !use_link(&mut transaction, link, None, user.created_at).await? {
                return Ok(None);
            }
        }
        let holder = query_as!(
            Row,
            "select id, name, email, version, created_at, updated_at, deleted_at
            from public.users
            where email_key = $1 and deleted_at is null
            for no key update",
            user.email_key
        )
        .fetch_optional(&mut *transaction)
        .await?;
        let id = UserId(holder.as_ref().map_or(user.id.0, |holder| holder.id));
        let mut events = Vec::new();
        match holder {
            None => {
                insert_user(&mut transaction, user).await?;
                events.push(event.clone().creating(user));
            }
            Some(holder) if holder.name != user.name => {
                update_user(&mut transaction, &user.called(id, &holder.email), holder.version).await?;
                events.push(event.and(Action::UserUpdated).changing("name", Some(&holder.name), Some(&user.name)));
            }
            Some(_) => {}
        }
        let before = query_scalar!("select role from public.accounts where user_id = $1", id.0);
        let before = before.fetch_optional(&mut *transaction).await?;
        give_role(&mut transaction, id, Role::Admin, user.updated_at).await?;
        events.push(event.and(Action::RoleChanged).changing("role", before.as_deref(), Some(Role::Admin.as_str())));
        events.retain(EventRecord::is_change);
        set_password(&mut transaction, id, password_hash).await?;
        query!("delete from public.sessions where user_id = $1", id.0).execute(&mut *transaction).await?;
        events.push(event.and(Action::PasswordChanged));
        let events: Vec<_> = events.into_iter().map(|event| event.about(id)).collect();
        insert_events(&mut transaction, &events).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }
}

/// Fails when this user is the last admin who can sign in. The transaction holds the locks from here
/// on, so nobody else can stop being one meanwhile.
pub async fn ensure_admin_besides(connection: &mut Connection, user: UserId) -> Result<(), AppError> {
    lock_admins(connection).await?;
    lock_user(connection, user).await?;
    let is_admin = query_scalar!(
        r#"select exists (
            select 1 from public.accounts where user_id = $1 and role = 'admin' and password_hash is not null
        ) as "is_admin!""#,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let others = query_scalar!(
        r#"select exists (
            select 1 from public.accounts join public.users on users.id = accounts.user_id
            where user_id <> $1 and role = 'admin' and password_hash is not null and deleted_at is null
        ) as "others!""#,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if is_admin && !others { Err(last_admin()) } else { Ok(()) }
}

/// A statement of its own, so that the next one sees what those who held the lock before wrote.
pub async fn lock_admins(connection: &mut Connection) -> Result<(), AppError> {
    query!("select pg_advisory_xact_lock($1)", ADMINS).execute(connection).await?;
    Ok(())
}

/// Before anything else of a user is locked: whoever changes their links, sessions or tokens takes
/// turns, and nobody waits in a circle.
pub async fn lock_user(connection: &mut Connection, user: UserId) -> Result<(), AppError> {
    let row = query!("select 1 as found from public.users where id = $1 for update", user.0);
    row.fetch_optional(connection).await?;
    Ok(())
}

async fn has_admin(connection: &mut Connection) -> Result<bool, AppError> {
    let found = query_scalar!(
        r#"select exists (
            select 1 from public.accounts join public.users on users.id = accounts.user_id
            where role = 'admin' and password_hash is not null and deleted_at is null
        ) as "found!""#
    );
    Ok(found.fetch_one(connection).await?)
}

async fn give_role(connection: &mut Connection, user: UserId, role: Role, now: Timestamp) -> Result<(), AppError> {
    let role = role.as_str();
    let given = query!(
        "insert into public.accounts (user_id, role, created_at)
        select id, $1, $2 from public.users where id = $3 and deleted_at is null
        on conflict (user_id) do update set role = excluded.role",
        role,
        now.utc(),
        user.0
    )
    .execute(connection)
    .await?;
    if given.rows_affected() == 0 { Err(AppError::no_such_user()) } else { Ok(()) }
}

pub async fn set_password(
    connection: &mut Connection,
    user: UserId,
    password_hash: &SecretString,
) -> Result<(), AppError> {
    let password_hash = password_hash.expose_secret();
    let set = query!("update public.accounts set password_hash = $1 where user_id = $2", password_hash, user.0);
    if set.execute(&mut *connection).await?.rows_affected() == 0 {
        return Err(AppError::no_such_user());
    }
    query!("delete from public.links where user_id = $1 and used_at is null", user.0).execute(connection).await?;
    Ok(())
}
