use async_trait::async_trait;
use sqlx::{SqliteConnection, query, query_as};

use super::Sqlite;
use crate::{
    domain::{AppError, Timestamp},
    server::store::{IdempotencyKeys, KeyedRequest, KnownRequest, StoredResponse, idempotency::KeyRow},
};

#[async_trait]
impl IdempotencyKeys for Sqlite {
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        abandoned: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Option<KnownRequest>, AppError> {
        let mut unit = self.begin_grouped().await?;
        let (key, hash, at) = (request.key.as_slice(), request.request.as_slice(), request.at.unix_micros());
        let (abandoned, forgotten) = (abandoned.unix_micros(), forgotten.unix_micros());
        let begun = query!(
            "insert into idempotency_keys as known (actor, key_hash, request_hash, created_at)
            values (?, ?, ?, ?)
            on conflict (actor, key_hash) do update
            set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, headers = null,
                body = null, outcome = null
            where known.created_at <= ?
                or (known.status is null and known.outcome is null and known.created_at <= ?)",
            request.actor,
            key,
            hash,
            at,
            forgotten,
            abandoned
        )
        .execute(&mut *unit)
        .await?;
        if begun.rows_affected() == 1 {
            unit.commit().await?;
            return Ok(None);
        }
        let known = query_as!(
            KeyRow,
            "select request_hash, status, headers, body, outcome from idempotency_keys
            where actor = ? and key_hash = ?",
            request.actor,
            key
        )
        .fetch_one(&mut *unit)
        .await?;
        unit.rollback().await?;
        KnownRequest::try_from(known).map(Some)
    }

    async fn finish_request(&self, request: &KeyedRequest, answer: &StoredResponse) -> Result<bool, AppError> {
        let (key, at) = (request.key.as_slice(), request.at.unix_micros());
        let (status, headers, body) = (i64::from(answer.status), answer.headers_json()?, &answer.body[..]);
        let mut unit = self.begin_grouped().await?;
        let kept = query!(
            "update idempotency_keys set status = ?, headers = ?, body = ?, outcome = null
            where actor = ? and key_hash = ? and created_at = ? and status is null",
            status,
            headers,
            body,
            request.actor,
            key,
            at
        )
        .execute(&mut *unit)
        .await?;
        unit.commit().await?;
        Ok(kept.rows_affected() == 1)
    }

    async fn release_request(&self, request: &KeyedRequest) -> Result<(), AppError> {
        let (key, at) = (request.key.as_slice(), request.at.unix_micros());
        let mut unit = self.begin_grouped().await?;
        query!(
            "delete from idempotency_keys
            where actor = ? and key_hash = ? and created_at = ? and status is null and outcome is null",
            request.actor,
            key,
            at
        )
        .execute(&mut *unit)
        .await?;
        unit.commit().await
    }

    async fn prune_requests(&self, before: Timestamp, limit: u32) -> Result<u64, AppError> {
        let before = before.unix_micros();
        let pruned = query!(
            "delete from idempotency_keys where rowid in (
                select rowid from idempotency_keys where created_at < ? order by created_at limit ?
            )",
            before,
            limit
        )
        .execute(&self.writer)
        .await?;
        Ok(pruned.rows_affected())
    }
}

/// Returns whether the request still owns its key.
pub async fn save_outcome(
    connection: &mut SqliteConnection,
    request: &KeyedRequest,
    outcome: &str,
) -> Result<bool, AppError> {
    let (key, at) = (request.key.as_slice(), request.at.unix_micros());
    let kept = query!(
        "update idempotency_keys set outcome = ?
        where actor = ? and key_hash = ? and created_at = ? and status is null and outcome is null",
        outcome,
        request.actor,
        key,
        at
    )
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}
