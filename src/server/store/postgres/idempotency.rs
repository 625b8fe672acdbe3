use async_trait::async_trait;
use sqlx::{query, query_as};

use super::{Postgres, connection::Connection};
use crate::{
    domain::{AppError, Timestamp},
    server::store::{IdempotencyKeys, KeyedRequest, KnownRequest, StoredResponse, idempotency::KeyRow},
};

#[async_trait]
impl IdempotencyKeys for Postgres {
    async fn begin_request(
        &self,
        request: &KeyedRequest,
        abandoned: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Option<KnownRequest>, AppError> {
        let mut transaction = self.begin().await?;
        let (key, hash) = (request.key.as_slice(), request.request.as_slice());
        // Locks an existing row even if it changes nothing, so that the next statement finds it.
        let begun = query!(
            "insert into public.idempotency_keys as known (actor, key_hash, request_hash, created_at)
            values ($1, $2, $3, $4)
            on conflict (actor, key_hash) do update
            set request_hash = excluded.request_hash, created_at = excluded.created_at, status = null, headers = null,
                body = null, outcome = null
            where known.created_at <= $5
                or (known.status is null and known.outcome is null and known.created_at <= $6)",
            request.actor,
            key,
            hash,
            request.at.utc(),
            forgotten.utc(),
            abandoned.utc()
        )
        .execute(&mut *transaction)
        .await?;
        if begun.rows_affected() == 1 {
            transaction.commit().await?;
            return Ok(None);
        }
        let known = query_as!(
            KeyRow,
            "select request_hash, status, headers, body, outcome
            from public.idempotency_keys
            where actor = $1 and key_hash = $2",
            request.actor,
            key
        )
        .fetch_one(&mut *transaction)
        .await?;
        KnownRequest::try_from(known).map(Some)
    }

    async fn finish_request(&self, request: &KeyedRequest, answer: &StoredResponse) -> Result<bool, AppError> {
        let (key, status) = (request.key.as_slice(), i64::from(answer.status));
        let (headers, body) = (answer.headers_json()?, &answer.body[..]);
        let kept = query!(
            "update public.idempotency_keys set status = $1, headers = $2, body = $3, outcome = null
            where actor = $4 and key_hash = $5 and created_at = $6 and status is null",
            status,
            headers,
            body,
            request.actor,
            key,
            request.at.utc()
        )
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected() == 1)
    }

    async fn release_request(&self, request: &KeyedRequest) -> Result<(), AppError> {
        let key = request.key.as_slice();
        query!(
            "delete from public.idempotency_keys
            where actor = $1 and key_hash = $2 and created_at = $3 and status is null and outcome is null",
            request.actor,
            key,
            request.at.utc()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn prune_requests(&self, before: Timestamp, limit: u32) -> Result<u64, AppError> {
        let pruned = query!(
            "delete from public.idempotency_keys where (actor, key_hash) in (
                select actor, key_hash from public.idempotency_keys where created_at < $1 order by created_at limit $2
            )",
            before.utc(),
            i64::from(limit)
        )
        .execute(&self.pool)
        .await?;
        Ok(pruned.rows_affected())
    }
}

/// Returns whether the request still owns its key.
pub async fn save_outcome(
    connection: &mut Connection,
    request: &KeyedRequest,
    outcome: &str,
) -> Result<bool, AppError> {
    let key = request.key.as_slice();
    let kept = query!(
        "update public.idempotency_keys set outcome = $1
        where actor = $2 and key_hash = $3 and created_at = $4 and status is null and outcome is null",
        outcome,
        request.actor,
        key,
        request.at.utc()
    )
    .execute(connection)
    .await?;
    Ok(kept.rows_affected() == 1)
}
