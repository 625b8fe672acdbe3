use std::num::NonZeroU32;

use axum::{body::Body, http::Request};
use rollcall::server::{foundation::client_ip::Peer, http::state::Settings, services::identity::Identity};

use crate::{
    cli::server::Server,
    support::{Answer, App, redis::OwnRedis, settings},
};

/// An instance with this rate limit per minute and client, shared with other instances through Redis.
async fn instance(redis: &OwnRedis, a_minute: u32) -> App {
    let settings = settings(Identity::AnonymousReader, "http://localhost:3000");
    let redis = Some(redis.url().parse().unwrap());
    App::with_settings(Settings { rate_limit: NonZeroU32::new(a_minute), redis, ..settings }).await
}

async fn get(app: &App, client: &str) -> Answer {
    let peer = Peer((client.parse::<std::net::IpAddr>().unwrap(), 1234).into());
    app.send(Request::get("/api/v1/users").extension(peer).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn instances_share_the_rate_limit() {
    let redis = OwnRedis::start();
    let (one, other) = (instance(&redis, 3).await, instance(&redis, 3).await);
    for (app, left) in [(&one, 2), (&other, 1), (&one, 0)] {
        let answer = get(app, "192.0.2.1").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=3;w=60");
        assert_eq!(answer.header("ratelimit"), format!("\"default\";r={left};t=20"));
    }
    for app in [&one, &other] {
        let refused = get(app, "192.0.2.1").await;
        assert_eq!(refused.status, 429);
        let wait = refused.header("retry-after");
        assert!((10..=20).contains(&wait.parse::<u32>().unwrap()), "{wait}");
        assert_eq!(refused.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    }
    assert_eq!(get(&other, "192.0.2.2").await.status, 200, "another client");
}

#[tokio::test]
async fn the_highest_and_the_lowest_limit_are_exact() {
    let redis = OwnRedis::start();
    for (a_minute, left, more_in) in [(1_000_000, 999_999, 1), (7, 6, 9), (1, 0, 60)] {
        let answer = get(&instance(&redis, a_minute).await, &format!("192.0.2.{}", a_minute % 251)).await;
        assert_eq!(answer.header("ratelimit"), format!("\"default\";r={left};t={more_in}"));
    }
}

#[tokio::test]
async fn without_redis_each_instance_counts_alone_and_logs_it_once() {
    let mut redis = OwnRedis::start();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--anonymous", "read", "--rate-limit", "2", "--redis-url", &redis.url()];
    let server = Server::start(folder.path(), &arguments);
    assert_eq!(server.get("/api/v1/users").await.0, 200);
    redis.stop();
    // The counters are lost with Redis: requests are allowed again, and none fails.
    for status in [200, 200, 429, 429] {
        assert_eq!(server.get("/api/v1/users").await.0, status);
    }
    redis.start_again();
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
    while !log().contains("Redis responds again") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    for status in [200, 200, 429] {
        assert_eq!(server.get("/api/v1/users").await.0, status, "counted together again");
    }
    let (code, log) = server.stop(folder.path());
    assert_eq!((code, log.matches("Redis does not respond").count()), (Some(0), 1), "{log}");
}

#[tokio::test]
async fn a_redis_that_is_unreachable_at_the_start_is_tolerated() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--anonymous", "read", "--rate-limit", "1", "--redis-url", "redis://someone:hunter2@127.0.0.1:1"];
    let server = Server::start(folder.path(), &arguments);
    for status in [200, 429] {
        assert_eq!(server.get("/api/v1/users").await.0, status);
    }
    let (code, log) = server.stop(folder.path());
    assert_eq!(
        (code, log.contains("Redis does not respond"), log.contains("hunter2")),
        (Some(0), true, false),
        "{log}"
    );
}
