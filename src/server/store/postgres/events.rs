use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::{query, query_as, types::Uuid};

use super::{Postgres, connection::Connection};
use crate::{
    domain::{AppError, Event, ListEvents, Timestamp, UserId},
    server::store::{EventRecord, Events, events::EventRow},
};

type Row = EventRow<DateTime<Utc>>;

/// A statement over the audit trail whose first filter uses an index.
macro_rules! events_where {
    ($store:expr, $query:expr, $users_only:expr, $filter:literal, $value:expr) => {{
        let (since, until) = $query.range();
        let (since, until) = (since.map(Timestamp::utc), until.map(Timestamp::utc));
        let (before, limit) = ($query.before, i64::from($query.per_page) + 1);
        let (actor, action) = ($query.actor, $query.action.map(|action| action.as_str()));
        let value = $value;
        query_as!(
            Row,
            r#"select events.seq as "seq!", at as "at!", actor_kind as "actor_kind!", actor_id,
                coalesce(actors.name, tokens.name) as "actor_name?", address, request_id, action as "action!",
                subject_kind, subject_id, events.user_id, users.name as "user_name?", changes as "changes!", import_id
            from public.events
            left join public.users as actors on actors.id = actor_id
            left join public.tokens on tokens.id = actor_id
            left join public.users on users.id = events.user_id
            where "#
                + $filter
                + " and events.seq < coalesce($2::bigint, 9223372036854775807)
                    and ($3::timestamptz is null or at >= $3)
                    and ($4::timestamptz is null or at < $4)
                    and ($5::uuid is null or actor_id = $5)
                    and ($6::text is null or action = $6)
                    and (not $7::boolean or starts_with(action, 'user.'))
                order by events.seq desc
                limit $8",
            value,
            before,
            since,
            until,
            actor,
            action,
            $users_only,
            limit
        )
        .fetch_all(&$store.pool)
        .await?
    }};
}

#[async_trait]
impl Events for Postgres {
    async fn events(&self, query: &ListEvents, users_only: bool) -> Result<Vec<Event>, AppError> {
        let rows = match (query.user, query.actor, query.action) {
            (Some(user), ..) => events_where!(self, query, users_only, "events.user_id = $1", user.0),
            (None, Some(actor), _) => events_where!(self, query, users_only, "actor_id = $1", actor),
            (None, None, Some(action)) => events_where!(self, query, users_only, "action = $1", action.as_str()),
            (None, None, None) => events_where!(self, query, users_only, "$1::bigint is null", None::<i64>),
        };
        rows.into_iter().map(Event::try_from).collect()
    }

    async fn deletions(&self, of: &[UserId]) -> Result<Vec<Event>, AppError> {
        let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
        let rows = query_as!(
            Row,
            r#"select events.seq as "seq!", at as "at!", actor_kind as "actor_kind!", actor_id,
                coalesce(actors.name, tokens.name) as "actor_name?", address, request_id, action as "action!",
                subject_kind, subject_id, events.user_id, users.name as "user_name?", changes as "changes!", import_id
            from unnest($1::uuid[]) as ids (id)
            cross join lateral (
                select * from public.events
                where user_id = ids.id and action = 'user.deleted'
                order by seq desc
                limit 1
            ) as events
            left join public.users as actors on actors.id = actor_id
            left join public.tokens on tokens.id = actor_id
            left join public.users on users.id = events.user_id"#,
            &ids
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Event::try_from).collect()
    }

    async fn prune_events(&self, before: Timestamp, limit: u32) -> Result<u64, AppError> {
        let pruned = query!(
            "delete from public.events
            where seq in (select seq from public.events where at < $1 order by at limit $2)",
            before.utc(),
            i64::from(limit)
        )
        .execute(&self.pool)
        .await?;
        Ok(pruned.rows_affected())
    }
}

/// Inserts events in one statement, as arrays.
pub async fn insert_events(connection: &mut Connection, events: &[EventRecord]) -> Result<(), AppError> {
    if events.is_empty() {
        return Ok(());
    }
    let moments: Vec<DateTime<Utc>> = events.iter().map(|event| event.at.utc()).collect();
    let actor_kinds: Vec<&str> = events.iter().map(|event| event.actor_kind.as_str()).collect();
    let actor_ids: Vec<Option<Uuid>> = events.iter().map(|event| event.actor_id).collect();
    let addresses: Vec<Option<&str>> = events.iter().map(|event| event.address.as_deref()).collect();
    let request_ids: Vec<Option<&str>> = events.iter().map(|event| event.request_id.as_deref()).collect();
    let actions: Vec<&str> = events.iter().map(|event| event.action.as_str()).collect();
    let subject_kinds: Vec<Option<&str>> =
        events.iter().map(|event| event.subject.map(|subject| subject.kind.as_str())).collect();
    let subject_ids: Vec<Option<Uuid>> = events.iter().map(|event| event.subject.map(|subject| subject.id)).collect();
    let user_ids: Vec<Option<Uuid>> = events.iter().map(|event| event.user.map(|user| user.0)).collect();
    let changes: Vec<String> = events.iter().map(EventRecord::changes_json).collect();
    let imports: Vec<Option<Uuid>> = events.iter().map(|event| event.import.map(|import| import.0)).collect();
    query!(
        "insert into public.events (at, actor_kind, actor_id, address, request_id, action, subject_kind, subject_id,
            user_id, changes, import_id)
        select * from unnest($1::timestamptz[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::uuid[], $9::uuid[], $10::text[], $11::uuid[])",
        &moments,
        &actor_kinds as &[&str],
        &actor_ids as &[Option<Uuid>],
        &addresses as &[Option<&str>],
        &request_ids as &[Option<&str>],
        &actions as &[&str],
        &subject_kinds as &[Option<&str>],
        &subject_ids as &[Option<Uuid>],
        &user_ids as &[Option<Uuid>],
        &changes,
        &imports as &[Option<Uuid>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps only which fields changed in the events about a user, and removes the addresses of their requests.
pub async fn redact_events(connection: &mut Connection, user: UserId) -> Result<(), AppError> {
    query!(
        "update public.events
        set changes = (
            select coalesce(jsonb_agg(jsonb_build_array(change -> 0, null, null)), '[]'::jsonb)
            from jsonb_array_elements(changes::jsonb) as change
        )::text
        where user_id = $1",
        user.0
    )
    .execute(&mut *connection)
    .await?;
    query!(
        "update public.events set address = null where actor_id = $1 or (user_id = $1 and actor_kind = 'anonymous')",
        user.0
    )
    .execute(connection)
    .await?;
    Ok(())
}
