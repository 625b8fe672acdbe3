//! Maintenance: periodic cleanup in the server.

use rollcall::{
    domain::{Action, ActorKind, ListEvents, Timestamp},
    server::{
        services::maintenance::{Retention, run_once},
        store::KeyedRequest,
    },
};

use crate::support::{
    Fresh, StillClock, at, create_user, delete_user, event, id, postgres, record, restore_user, sqlite,
};

const KEPT: Retention = Retention { audit_days: 365, trash_days: 30 };

#[tokio::test]
async fn only_old_events_are_pruned_in_small_batches() {
    let database = sqlite().await;
    let (store, clock) = (database.store.as_ref(), StillClock::default());
    let mut old = event(Action::SignInFailed, None);
    old.at = at("2025-02-03T04:05:06Z");
    for _ in 0..1_001 {
        store.record_event(&old).await.unwrap();
    }
    let mut kept = event(Action::SignedIn, None);
    kept.at = at("2025-02-03T04:05:07Z");
    store.record_event(&kept).await.unwrap();
    run_once(store, &clock, KEPT).await.unwrap();
    let left = store.events(&ListEvents::default(), false).await.unwrap();
    assert_eq!(left.iter().map(|event| event.action).collect::<Vec<_>>(), [Action::SignedIn]);
}

/// Creates the `n`th person and moves them to the trash.
async fn delete(database: &Fresh, n: u32, moment: Timestamp) {
    let person = record(n, &format!("Person {n}"), &format!("{n}@example.org"), "2025-01-01T00:00:00Z");
    let created = event(Action::UserCreated, Some(id(n))).creating(&person);
    create_user(&*database.store, &person, &created).await.unwrap();
    let deleted = event(Action::UserDeleted, Some(id(n)));
    assert!(delete_user(&*database.store, id(n), moment, &deleted).await.unwrap());
}

async fn is_there(database: &Fresh, n: u32) -> bool {
    database.store.get(id(n)).await.unwrap().is_some()
}

#[tokio::test]
async fn only_users_past_retention_are_erased_from_the_trash() {
    for database in [sqlite().await, postgres().await] {
        let long_ago = at("2026-01-04T04:05:06Z");
        for n in 1..=51 {
            delete(&database, n, long_ago).await;
        }
        delete(&database, 52, at("2026-01-04T04:05:07Z")).await;
        delete(&database, 53, long_ago).await;
        restore_user(&*database.store, id(53), long_ago, &event(Action::UserRestored, Some(id(53)))).await.unwrap();
        run_once(database.store.as_ref(), &StillClock::default(), KEPT).await.unwrap();
        for n in 1..=51 {
            assert!(!is_there(&database, n).await, "{n}");
        }
        assert!(is_there(&database, 52).await && is_there(&database, 53).await);

        let query = "action=user.erased&per_page=100".parse().unwrap();
        let recorded = database.store.events(&query, false).await.unwrap();
        assert_eq!(recorded.len(), 51);
        assert!(recorded.iter().all(|event| event.actor.kind == ActorKind::Operator && event.user.is_some()));
        let trail = database.store.events(&format!("user={}", id(51)).parse().unwrap(), false).await.unwrap();
        let actions: Vec<_> = trail.iter().map(|event| event.action).collect();
        assert_eq!(actions, [Action::UserErased, Action::UserDeleted, Action::UserCreated]);
        let mut values = trail.iter().flat_map(|event| &event.changes).flat_map(|change| [&change.from, &change.to]);
        assert!(values.all(Option::is_none), "what they were called is nowhere");
    }
}

#[tokio::test]
async fn idempotency_keys_are_pruned_after_a_day() {
    let database = sqlite().await;
    let begin = async |key, moment| {
        let request = KeyedRequest { actor: "user".to_owned(), key: [key; 32], request: [1; 32], at: at(moment) };
        let ever = at("2000-01-01T00:00:00Z");
        database.store.begin_request(&request, ever, ever).await.unwrap()
    };
    for key in 1..=51 {
        begin(key, "2026-02-02T04:05:06Z").await;
    }
    begin(52, "2026-02-02T04:05:07Z").await;
    run_once(database.store.as_ref(), &StillClock::default(), KEPT).await.unwrap();
    for key in 1..=51 {
        assert_eq!(begin(key, "2026-02-03T04:05:06Z").await, None, "{key}");
    }
    assert!(begin(52, "2026-02-03T04:05:06Z").await.is_some());
}
