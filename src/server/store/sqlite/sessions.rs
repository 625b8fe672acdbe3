use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{query, query_as, query_scalar, types::Uuid};

use super::Sqlite;
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

type Row = SessionRow<i64>;
type SignedIn = SignedInRow<i64>;

#[async_trait]
impl Sessions for Sqlite {
    async fn create_session(
        &self,
        hash: &Hash,
        session: &SessionRecord,
        password_hash: Option<&SecretString>,
    ) -> Result<bool, AppError> {
        let (hash, role) = (hash.as_slice(), session.role.as_str());
        let (signed_in_at, seen_at) = (session.signed_in_at.unix_micros(), session.seen_at.unix_micros());
        let expires_at = session.expires_at.unix_micros();
        let password_hash: Option<&str> = password_hash.map(ExposeSecret::expose_secret);
        let created = query!(
            "insert into sessions (hash, id, user_id, role, signed_in_at, seen_at, expires_at, address, agent)
            select ?, ?, user_id, ?, ?, ?, ?, ?, ?
            from accounts join users on users.id = accounts.user_id
            where user_id = ? and password_hash is ? and deleted_at is null",
            hash,
            session.id,
            role,
            signed_in_at,
            seen_at,
            expires_at,
            session.address,
            session.agent,
            session.user.0,
            password_hash
        )
        .execute(&self.writer)
        .await?;
        Ok(created.rows_affected() == 1)
    }

    async fn save_session(&self, hash: &Hash, session: &SessionRecord) -> Result<bool, AppError> {
        let (hash, role) = (hash.as_slice(), session.role.as_str());
        let (seen_at, expires_at) = (session.seen_at.unix_micros(), session.expires_at.unix_micros());
        let saved = query!(
            "update sessions set role = ?, seen_at = ?, expires_at = ? where hash = ?",
            role,
            seen_at,
            expires_at,
            hash
        )
        .execute(&self.writer)
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
        let (old, new, role) = (old.as_slice(), new.as_slice(), session.role.as_str());
        let (seen_at, expires_at) = (session.seen_at.unix_micros(), session.expires_at.unix_micros());
        let renewed = query!(
            "update sessions
            set hash = ?1, previous_hash = iif(?2, hash, null), renewed_at = ?3, role = ?4, seen_at = ?3, expires_at = ?5
            where hash = ?6",
            new,
            keeps_old,
            seen_at,
            role,
            expires_at,
            old
        )
        .execute(&self.writer)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    async fn session(&self, hash: &Hash, now: Timestamp) -> Result<Option<(Hash, SessionRecord, Member)>, AppError> {
        let (hash, renewed_after) = (hash.as_slice(), now.minus(SESSION_RENEWAL_GRACE).unix_micros());
        let now = now.unix_micros();
        let row = query_as!(
            SignedIn,
            r#"select hash, sessions.id as "id: Uuid", sessions.user_id as "user_id: Uuid", sessions.role, signed_in_at,
                seen_at, expires_at, address, agent, name, email, accounts.role as role_now
            from sessions
                join accounts on accounts.user_id = sessions.user_id
                join users on users.id = sessions.user_id
            where (hash = ?1 or previous_hash = ?1 and renewed_at > ?2) and expires_at > ?3 and deleted_at is null"#,
            hash,
            renewed_after,
            now
        );
        row.fetch_optional(&self.readers).await?.map(TryInto::try_into).transpose()
    }

    async fn sessions_of(&self, user: UserId, now: Timestamp) -> Result<Vec<(Hash, SessionRecord)>, AppError> {
        let now = now.unix_micros();
        let rows = query_as!(
            Row,
            r#"select hash, id as "id: Uuid", user_id as "user_id: Uuid", role, signed_in_at, seen_at, expires_at, address,
                agent
            from sessions
            where user_id = ? and expires_at > ?
            order by signed_in_at desc, id"#,
            user.0,
            now
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(<(Hash, SessionRecord)>::try_from).collect()
    }

    async fn count_sessions(&self, now: Timestamp) -> Result<u32, AppError> {
        let now = now.unix_micros();
        let count = query_scalar!("select count(*) from sessions where expires_at > ?", now);
        Ok(u32::try_from(count.fetch_one(&self.readers).await?).unwrap_or(u32::MAX))
    }

    async fn delete_session(&self, hash: &Hash) -> Result<bool, AppError> {
        let hash = hash.as_slice();
        let deleted =
            query!("delete from sessions where hash = ?1 or previous_hash = ?1", hash).execute(&self.writer).await?;
        Ok(deleted.rows_affected() == 1)
    }

    async fn prune_expired(&self, now: Timestamp, attempts: Timestamp) -> Result<(), AppError> {
        let (now, attempts) = (now.unix_micros(), attempts.unix_micros());
        query!("delete from sessions where expires_at <= ?", now).execute(&self.writer).await?;
        query!("delete from links where expires_at <= ?", now).execute(&self.writer).await?;
        query!("delete from attempts where at <= ?", attempts).execute(&self.writer).await?;
        Ok(())
    }
}
