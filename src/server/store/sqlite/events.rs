use async_trait::async_trait;
use serde_json::json;
use sqlx::{SqliteConnection, query, query_as, types::Uuid};

use super::Sqlite;
use crate::{
    domain::{AppError, Event, ListEvents, Timestamp, UserId},
    server::store::{EventRecord, Events, events::EventRow},
};

type Row = EventRow<i64>;

/// A statement over the audit trail whose first filter uses an index.
macro_rules! events_where {
    ($store:expr, $query:expr, $users_only:expr, $filter:literal, $value:expr) => {{
        let (since, until) = $query.range();
        let (since, until) = (since.map(Timestamp::unix_micros), until.map(Timestamp::unix_micros));
        let (before, limit) = ($query.before, i64::from($query.per_page) + 1);
        let (actor, action) = ($query.actor, $query.action.map(|action| action.as_str()));
        let value = $value;
        query_as!(
            Row,
            r#"select events.seq as "seq!", at, actor_kind, actor_id as "actor_id: Uuid",
                coalesce(actors.name, tokens.name) as "actor_name: _", address, request_id, action,
                subject_kind, subject_id as "subject_id: Uuid", events.user_id as "user_id: Uuid",
                users.name as "user_name?", changes, import_id as "import_id: Uuid"
            from events
            left join users actors on actors.id = actor_id
            left join tokens on tokens.id = actor_id
            left join users on users.id = events.user_id
            where "#
                + $filter
                + " and events.seq < coalesce(?, 9223372036854775807)
                    and at >= coalesce(?, at)
                    and at < coalesce(?, at + 1)
                    and actor_id is coalesce(?, actor_id)
                    and action = coalesce(?, action)
                    and (not ? or substr(action, 1, 5) = 'user.')
                order by events.seq desc
                limit ?",
            value,
            before,
            since,
            until,
            actor,
            action,
            $users_only,
            limit
        )
        .fetch_all(&$store.readers)
        .await?
    }};
}

#[async_trait]
impl Events for Sqlite {
    async fn events(&self, query: &ListEvents, users_only: bool) -> Result<Vec<Event>, AppError> {
        let rows = match (query.user, query.actor, query.action) {
            (Some(user), ..) => events_where!(self, query, users_only, "events.user_id = ?", user.0),
            (None, Some(actor), _) => events_where!(self, query, users_only, "actor_id = ?", actor),
            (None, None, Some(action)) => events_where!(self, query, users_only, "action = ?", action.as_str()),
            (None, None, None) => events_where!(self, query, users_only, "? is null", None::<i64>),
        };
        rows.into_iter().map(Event::try_from).collect()
    }

    async fn deletions(&self, of: &[UserId]) -> Result<Vec<Event>, AppError> {
        let ids = json!(of.iter().map(|id| id.0.simple()).collect::<Vec<_>>()).to_string();
        let rows = query_as!(
            Row,
            r#"select events.seq as "seq!", at, actor_kind, actor_id as "actor_id: Uuid",
                coalesce(actors.name, tokens.name) as "actor_name: _", address, request_id, action,
                subject_kind, subject_id as "subject_id: Uuid", events.user_id as "user_id: Uuid",
                users.name as "user_name?", changes, import_id as "import_id: Uuid"
            from json_each(?) as ids
            cross join events on events.seq = (
                select max(seq) from events where user_id = unhex(ids.value) and action = 'user.deleted'
            )
            left join users actors on actors.id = actor_id
            left join tokens on tokens.id = actor_id
            left join users on users.id = events.user_id"#,
            ids
        )
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Event::try_from).collect()
    }

    async fn prune_events(&self, before: Timestamp, limit: u32) -> Result<u64, AppError> {
        let before = before.unix_micros();
        let pruned = query!(
            "delete from events where seq in (select seq from events where at < ? order by at limit ?)",
            before,
            limit
        )
        .execute(&self.writer)
        .await?;
        Ok(pruned.rows_affected())
    }
}

/// Inserts events in one statement, as a JSON array.
pub async fn insert_events(connection: &mut SqliteConnection, events: &[EventRecord]) -> Result<(), AppError> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = json!(events.iter().map(as_json).collect::<Vec<_>>()).to_string();
    query!(
        "insert into events (at, actor_kind, actor_id, address, request_id, action, subject_kind, subject_id, user_id,
            changes, import_id)
        select value ->> 0, value ->> 1, unhex(value ->> 2), value ->> 3, value ->> 4, value ->> 5, value ->> 6,
            unhex(value ->> 7), unhex(value ->> 8), value ->> 9, unhex(value ->> 10)
        from json_each(?)",
        rows
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps only which fields changed in the events about a user, and removes the addresses of their requests.
pub async fn redact_events(connection: &mut SqliteConnection, user: UserId) -> Result<(), AppError> {
    query!(
        "update events
        set changes = (select coalesce(json_group_array(json_array(value ->> 0, null, null)), '[]') from json_each(changes))
        where user_id = ?",
        user.0
    )
    .execute(&mut *connection)
    .await?;
    query!(
        "update events set address = null where actor_id = ? or (user_id = ? and actor_kind = 'anonymous')",
        user.0,
        user.0
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn as_json(event: &EventRecord) -> serde_json::Value {
    json!([
        event.at.unix_micros(),
        event.actor_kind.as_str(),
        event.actor_id.map(Uuid::simple),
        event.address,
        event.request_id,
        event.action.as_str(),
        event.subject.map(|subject| subject.kind.as_str()),
        event.subject.map(|subject| subject.id.simple()),
        event.user.map(|user| user.0.simple()),
        event.changes_json(),
        event.import.map(|import| import.0.simple()),
    ])
}
