use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{query, query_as, query_scalar};

use super::Postgres;
use crate::{
    domain::{AppError, Member, Timestamp, UserId},
    server::{
        foundation::{limits::SESSION_RENEWAL_GRACE, secret::Hash},
        store::{
            SessionRecord, Sessions,
            sessions::{SessionRow, SignedInRow},
        },
    },
};

type Row = SessionRow<DateTime<Utc>>;
type SignedIn = SignedInRow<DateTime<Utc>>;

#[async_trait]
impl Sessions for Postgres {
    /// Waits for a transaction that is deleting the user or changing the password, and makes one that begins now wait: so
    /// the latter sees the session, and ends it.
    async fn create_session(
        &self,
        hash: &Hash,
        session: &SessionRecord,
        password_hash: Option<&SecretString>,
    ) -> Result<bool, AppError> {
        let (hash, role) = (hash.as_slice(), session.role.as_str());
        let password_hash: Option<&str> = password_hash.map(ExposeSecret::expose_secret);
        let created = query!(
            "insert into public.sessions (hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent)
            select $1, $2, user_id, $3, $4, $5, $6, $7, $8
            from public.users join public.accounts on accounts.user_id = users.id
            where user_id = $9 and password_hash is not distinct from $10 and deleted_at is null
            for share",
            hash,
            session.id,
            role,
            session.signed_in_at.utc(),
            session.seen_at.utc(),
            session.expires_at.utc(),
            session.address,
            session.agent,
            session.user.0,
            password_hash
        )
        .execute(&self.pool)
        .await?;
        Ok(created.rows_affected() == 1)
    }

    async fn save_session(&self, hash: &Hash, session: &SessionRecord) -> Result<bool, AppError> {
        let (hash, role) = (hash.as_slice(), session.role.as_str());
        let saved = query!(
            "update public.sessions set role = $1, seen_at = $2, expires_at = $3 where hash = $4",
            role,
            session.seen_at.utc(),
            session.expires_at.utc(),
            hash
        )
        .execute(&self.pool)
        .await?;
        Ok(saved.rows_affected() == 1)
    }

    async fn renew_session(
        &self,
        old: &Hash,
        new: &Hash,
        session: &SessionRecord,
        keeps_old: bool,
    ) -> Result<bool, AppError> {
        let renewed = query!(
            "update public.sessions
            set hash = $1, previous_hash = case when $2 then hash end, renewed_at = $3, role = $4, seen_at = $3,
                expires_at = $5
            where hash = $6",
            new.as_slice(),
            keeps_old,
            session.seen_at.utc(),
            session.role.as_str(),
            session.expires_at.utc(),
            old.as_slice()
        )
        .execute(&self.pool)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    async fn session(&self, hash: &Hash, now: Timestamp) -> Result<Option<(Hash, SessionRecord, Member)>, AppError> {
        let hash = hash.as_slice();
        let row = query_as!(
            SignedIn,
            "select hash, sessions.id, sessions.user_id, sessions.role, signed_in_at, seen_at, expires_at, address, agent,
                name, email, accounts.role as role_now
            from public.sessions
                join public.accounts on accounts.user_id = sessions.user_id
                join public.users on users.id = sessions.user_id
            where (hash = $1 or previous_hash = $1 and renewed_at > $2) and expires_at > $3 and deleted_at is null",
            hash,
            now.minus(SESSION_RENEWAL_GRACE).utc(),
            now.utc()
        );
        row.fetch_optional(&self.pool).await?.map(TryInto::try_into).transpose()
    }

    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<(Hash, SessionRecord)>, AppError> {
        let rows = query_as!(
            Row,
            "select hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent
            from public.sessions
            where user_id = $1 and expires_at > $2
            order by signed_in_at desc, id",
            user.0,
            now.utc()
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(<(Hash, SessionRecord)>::try_from).collect()
    }

    async fn count_sessions(&self, now: Timestamp) -> Result<u32, AppError> {
        let count =
            query_scalar!(r#"select count(*) as "count!" from public.sessions where expires_at > $1"#, now.utc());
        Ok(u32::try_from(count.fetch_one(&self.pool).await?).unwrap_or(u32::MAX))
    }

    async fn delete_session(&self, hash: &Hash) -> Result<bool, AppError> {
        let hash = hash.as_slice();
        let deleted = query!("delete from public.sessions where hash = $1 or previous_hash = $1", hash)
            .execute(&self.pool)
            .await?;
        Ok(deleted.rows_affected() == 1)
    }

    async fn prune_expired(&self, now: Timestamp, attempts: Timestamp) -> Result<(), AppError> {
        let (now, attempts) = (now.utc(), attempts.utc());
        query!("delete from public.sessions where expires_at <= $1", now).execute(&self.pool).await?;
        query!("delete from public.links where expires_at <= $1", now).execute(&self.pool).await?;
        query!("delete from public.attempts where at <= $1", attempts).execute(&self.pool).await?;
        Ok(())
    }
}
