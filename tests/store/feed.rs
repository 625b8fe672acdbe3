use std::collections::BTreeSet;

use rollcall::{
    domain::{Action, Role},
    server::store::{self, Position},
};
use sqlx::{Connection, PgConnection};

use super::{contract, create, delete, erase, member, restore};
use crate::support::{Fresh, at, event, id, postgres, stream::settled};

contract! {
    the_feed_continues_without_gap_or_overlap,
    a_position_is_in_the_trail_until_its_event_is_pruned,
    only_active_users_are_returned,
}

async fn record_event(database: &Fresh, user: u32) {
    database.store.record_event(&event(Action::UserUpdated, Some(id(user)))).await.unwrap();
}

/// The users of the events after a position.
async fn users_after(database: &Fresh, position: Position) -> Vec<u32> {
    let events = database.store.trail_after(position, 100).await.unwrap();
    let number = |user: rollcall::domain::UserId| u32::try_from(user.0.as_u128() & 0xffff).unwrap();
    events.into_iter().map(|event| number(event.user.unwrap())).collect()
}

async fn the_feed_continues_without_gap_or_overlap(database: Fresh) {
    assert_eq!(database.store.end_of_trail().await.unwrap(), Position::default());
    for user in 1..=7 {
        record_event(&database, user).await;
    }
    let end = settled(&database).await;
    let (mut position, mut seen) = (Position::default(), Vec::new());
    loop {
        let events = database.store.trail_after(position, 3).await.unwrap();
        let Some(last) = events.last() else { break };
        assert!(events.iter().all(|event| event.position > position));
        assert!(events.is_sorted_by(|one, next| one.position < next.position));
        position = last.position;
        seen.extend(events.into_iter().map(|event| (event.action.unwrap(), event.user.unwrap())));
    }
    assert_eq!(seen, (1..=7).map(|user| (Action::UserUpdated, id(user))).collect::<Vec<_>>());
    assert_eq!(end, position);
    assert_eq!(position.to_string().parse::<Position>().unwrap(), position);
}

async fn a_position_is_in_the_trail_until_its_event_is_pruned(database: Fresh) {
    record_event(&database, 1).await;
    let old = settled(&database).await;
    assert!(database.store.is_in_trail(old).await.unwrap());
    assert!(!database.store.is_in_trail(Position { seq: old.seq + 1, ..old }).await.unwrap());
    assert!(!database.store.is_in_trail(Position { xid: old.xid + 1, ..old }).await.unwrap());
    database.store.prune_events(at("2026-02-01T00:00:00Z"), 10).await.unwrap();
    assert!(!database.store.is_in_trail(old).await.unwrap());
    record_event(&database, 2).await;
    assert!(settled(&database).await > old);
    assert_eq!(users_after(&database, old).await, [2], "what comes is still after it");
}

async fn only_active_users_are_returned(database: Fresh) {
    for n in 1..=4 {
        member(&database, n, Role::Viewer).await;
    }
    delete(&database, 2).await.unwrap();
    erase(&database, 3).await.unwrap();
    delete(&database, 4).await.unwrap();
    restore(&database, 4).await.unwrap();
    let users = database.store.active_users(&[id(1), id(2), id(3), id(4), id(9)]).await.unwrap();
    let recorded: BTreeSet<_> = users.into_iter().map(|user| (user.profile.name, user.version)).collect();
    assert_eq!(recorded, BTreeSet::from([("Person 1".to_owned(), 1), ("Person 4".to_owned(), 3)]));
    assert!(database.store.active_users(&[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn nothing_is_read_past_an_open_transaction() {
    let database = postgres().await;
    record_event(&database, 1).await;
    let start = settled(&database).await;
    let mut other = PgConnection::connect(&database.url).await.unwrap();
    let mut older = other.begin().await.unwrap();
    sqlx::query(
        "insert into public.events (at, actor_kind, action, user_id, changes)
        values (now(), 'operator', 'user.updated', '01900000-0000-7000-8000-000000000002', '[]')",
    )
    .execute(&mut *older)
    .await
    .unwrap();
    record_event(&database, 3).await;
    assert!(users_after(&database, start).await.is_empty());
    assert_eq!(database.store.end_of_trail().await.unwrap(), start, "no reader may start after it either");
    older.commit().await.unwrap();
    settled(&database).await;
    assert_eq!(users_after(&database, start).await, [2, 3]);
}

#[tokio::test]
async fn events_of_another_cluster_precede_new_ones() {
    let database = postgres().await;
    create(&database, &[(1, "Ada", "ada@example.org", "2026-01-01T00:00:00Z")]).await;
    let mut other = PgConnection::connect(&database.url).await.unwrap();
    // Transaction ids from a cluster that was further ahead, as restored from a dump.
    sqlx::query("update public.events set xid = xid + 1000000").execute(&mut other).await.unwrap();
    let again = store::open(&database.url.parse().unwrap(), store::Options::default()).await.unwrap();
    let end = again.end_of_trail().await.unwrap();
    assert_eq!((end.xid, end.seq > 0), (0, true));
    record_event(&database, 2).await;
    settled(&database).await;
    assert_eq!(users_after(&database, end).await, [2]);
}
