//! Response cache: its size limit, and how often a response is rendered.

use std::{sync::Arc, time::Duration};

use rollcall::server::{
    http::state::Settings,
    services::identity::{Actor, Identity},
};

use super::{USERS, execute_without_event, warm, with_people};
use crate::support::{App, form, id, settings, sqlite};

/// With a thread for the watcher of the audit trail, without which nothing is cached: these requests never wait, so a
/// single thread would not get to it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cache_stays_within_its_size() {
    let app = with_people(sqlite().await, Identity::AnonymousReader).await;
    warm(&app, USERS, "").await;
    for n in 0..3_000 {
        app.get(&format!("{USERS}?q=person&name=&created_after=2020-01-01T00:00:00.{n:06}Z")).await;
        app.get(&format!("{USERS}?q={n:0300}")).await;
        assert!(app.state.cache.bytes() <= 1 << 20);
    }
    assert!(app.state.cache.bytes() > 1 << 19, "{}", app.state.cache.bytes());
}

#[tokio::test]
async fn stale_entries_are_evicted_first() {
    let app = with_people(sqlite().await, Identity::AnonymousReader).await;
    let ask_all = async || {
        for n in 0..100 {
            app.get(&format!("{USERS}?q=person{n}")).await;
        }
        app.state.cache.bytes()
    };
    warm(&app, USERS, "").await;
    let once = ask_all().await;
    for version in 1..=5 {
        let form = form(&format!("Ada {version}"), "ada@example.org");
        app.users.update(&Actor::operator(), id(1), version, &form).await.unwrap();
        let again = ask_all().await;
        assert!(again <= once, "{again} bytes, {once} before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_misses_compute_the_response_once() {
    let app = Arc::new(with_people(sqlite().await, Identity::AnonymousReader).await);
    warm(&app, USERS, "").await;
    for round in 0..20 {
        let made = app.state.cache.misses();
        let path = format!("/?q=person{round}");
        let asking: Vec<_> = (0..50)
            .map(|_| {
                let (app, path) = (app.clone(), path.clone());
                tokio::spawn(async move { app.get(&path).await.status })
            })
            .collect();
        for asked in asking {
            assert_eq!(asked.await.unwrap(), 200);
        }
        assert!(app.state.cache.misses() <= made + 2, "{} times", app.state.cache.misses() - made);
    }
}

#[tokio::test]
async fn a_cache_of_size_zero_stores_nothing() {
    let settings = Settings { cache_bytes: 0, ..settings(Identity::AnonymousReader, "http://localhost:3000") };
    let app = App::with_settings(settings).await;
    app.users.create(&Actor::operator(), &form("Ada", "ada@example.org")).await.unwrap();
    for _ in 0..20 {
        assert_eq!(app.get(USERS).await.status, 200);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    execute_without_event(&app.database, "update users set name = 'Changed by hand'").await;
    assert!(app.get(USERS).await.text().contains("Changed by hand"));
    assert_eq!((app.state.cache.bytes(), app.state.cache.misses()), (0, 0));
}
