use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{SqliteConnection, query, query_as, query_scalar, types::Uuid};

use super::{
    Sqlite,
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

#[async_trait]
impl Accounts for Sqlite {
    async fn account_by_email(&self, email_key: &str) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            r#"select users.id as "id: Uuid", name, email, role, password_hash
            from users join accounts on accounts.user_id = users.id
            where email_key = ? and deleted_at is null"#,
            email_key
        )
        .fetch_optional(&self.readers)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    async fn account(&self, user: UserId) -> Result<Option<Account>, AppError> {
        query_as!(
            AccountRow,
            r#"select users.id as "id: Uuid", name, email, role, password_hash
            from users join accounts on accounts.user_id = users.id
            where users.id = ? and deleted_at is null"#,
            user.0
        )
        .fetch_optional(&self.readers)
        .await?
        .map(Account::try_from)
        .transpose()
    }

    /// `cross join` looks from the few who have an account to the users, and not at all users.
    async fn has_admin(&self) -> Result<bool, AppError> {
        let mut connection = self.readers.acquire().await?;
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
            query!("delete from links where user_id = ?", user.0).execute(&mut *transaction).await?;
            query!("delete from accounts where user_id = ?", user.0).execute(&mut *transaction).await?;
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
        query!("delete from sessions where user_id = ? and hash <> ?", user.0, keep).execute(&mut *transaction).await?;
        insert_events(&mut transaction, std::slice::from_ref(event)).await?;
        Ok(transaction.commit().await?)
    }

    async fn rehash_password(&self, user: UserId, old: &SecretString, new: &SecretString) -> Result<(), AppError> {
        let (old, new) = (old.expose_secret(), new.expose_secret());
        query!("update accounts set password_hash = ? where user_id = ? and password_hash = ?", new, user.0, old)
            .execute(&self.writer)
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
        if let Some(link) = link
            && (has_admin(&mut transaction).await? || !use_link(&mut transaction, link, None, user.created_at).await?)
        {
            return Ok(None);
        }
        let holder = query_as!(
            Row,
            r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
            from users
            where email_key = ? and deleted_at is null"#,
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
        let before = query_scalar!("select role from accounts where user_id = ?", id.0);
        let before = before.fetch_optional(&mut *transaction).await?;
        give_role(&mut transaction, id, Role::Admin, user.updated_at).await?;
        events.push(event.and(Action::RoleChanged).changing("role", before.as_deref(), Some(Role::Admin.as_str())));
        events.retain(EventRecord::is_change);
        set_password(&mut transaction, id, password_hash).await?;
        query!("delete from sessions where user_id = ?", id.0).execute(&mut *transaction).await?;
        events.push(event.and(Action::PasswordChanged));
        let events: Vec<_> = events.into_iter().map(|event| event.about(id)).collect();
        insert_events(&mut transaction, &events).await?;
        transaction.commit().await?;
        Ok(Some(id))
    }
}

/// Fails when this user is the last admin who can sign in. The transaction holds the lock, so
/// nobody else can stop being one meanwhile.
pub async fn ensure_admin_besides(connection: &mut SqliteConnection, user: UserId) -> Result<(), AppError> {
    let is_admin = query_scalar!(
        r#"select exists (
            select 1 from accounts where user_id = ? and role = 'admin' and password_hash is not null
        ) as "is_admin: bool""#,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    let others = query_scalar!(
        r#"select exists (
            select 1 from accounts cross join users on users.id = accounts.user_id
            where user_id <> ? and role = 'admin' and password_hash is not null and deleted_at is null
        ) as "others: bool""#,
        user.0
    )
    .fetch_one(&mut *connection)
    .await?;
    if is_admin && !others { Err(last_admin()) } else { Ok(()) }
}

async fn has_admin(connection: &mut SqliteConnection) -> Result<bool, AppError> {
    let found = query_scalar!(
        r#"select exists (
            select 1 from accounts cross join users on users.id = accounts.user_id
            where role = 'admin' and password_hash is not null and deleted_at is null
        ) as "found: bool""#
    );
    Ok(found.fetch_one(connection).await?)
}

async fn give_role(
    connection: &mut SqliteConnection,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<(), AppError> {
    let (role, now) = (role.as_str(), now.unix_micros());
    let given = query!(
        "insert into accounts (user_id, role, created_at)
        select id, ?, ? from users where id = ? and deleted_at is null
        on conflict (user_id) do update set role = excluded.role",
        role,
        now,
        user.0
    )
    .execute(connection)
    .await?;
    if given.rows_affected() == 0 { Err(AppError::no_such_user()) } else { Ok(()) }
}

pub async fn set_password(
    connection: &mut SqliteConnection,
    user: UserId,
    password_hash: &SecretString,
) -> Result<(), AppError> {
    let password_hash = password_hash.expose_secret();
    let set = query!("update accounts set password_hash = ? where user_id = ?", password_hash, user.0);
    if set.execute(&mut *connection).await?.rows_affected() == 0 {
        return Err(AppError::no_such_user());
    }
    query!("delete from links where user_id = ? and used_at is null", user.0).execute(connection).await?;
    Ok(())
}
