//! The event stream of one instance: its messages, authorization, resumption and end.

use axum::{body::Body, http::Request};
use rollcall::{
    domain::{UserForm, UserId},
    server::services::identity::{Actor, Identity},
};

use super::SILENCE;
use crate::support::{App, at, form, stream::EventStream};

async fn create(app: &App, name: &str) -> UserId {
    let form = UserForm::new(name, format!("{name}@example.org"));
    let id = app.users.create(&Actor::operator(), &form).await.unwrap().id;
    app.state.feed.notify();
    id
}

async fn rename(app: &App, id: UserId, name: &str) {
    let user = app.users.get(&Actor::operator(), id).await.unwrap();
    app.users.update(&Actor::operator(), id, user.version, &form(name, &user.profile.email)).await.unwrap();
    app.state.feed.notify();
}

#[tokio::test]
async fn a_stream_sends_the_current_state_of_users() {
    let app = App::new(Identity::AnonymousReader).await;
    let mut stream = EventStream::at(&app, &[]).await.greeted().await;
    let ada = create(&app, "ada").await;
    let (received, user) = stream.changed().await;
    assert_eq!(received, ada.to_string());
    let rest = app.get(&format!("/api/v1/users/{ada}")).await.json();
    assert_eq!(user, rest, "exactly as the API shows them");
    rename(&app, ada, "Ada Lovelace").await;
    assert_eq!(stream.names(1).await, [("Ada Lovelace".to_owned(), 2)]);
    let operator = Actor::operator();
    app.users.delete(&operator, ada).await.unwrap();
    assert_eq!(
        stream.changed().await,
        (ada.to_string(), serde_json::Value::Null),
        "changes without a notification are found by polling"
    );
    app.users.restore(&operator, ada).await.unwrap();
    assert_eq!(stream.names(1).await, [("Ada Lovelace".to_owned(), 4)]);
    app.users.erase(&operator, ada).await.unwrap();
    assert_eq!(stream.changed().await, (ada.to_string(), serde_json::Value::Null));
    assert!(stream.is_silent(SILENCE).await);
}

#[tokio::test]
async fn missed_changes_are_sent_once_on_reconnect() {
    let app = App::with_people(Identity::AnonymousReader, 2).await;
    let mut stream = EventStream::at(&app, &[]).await.greeted().await;
    create(&app, "first").await;
    assert_eq!(stream.names(1).await[0].0, "first");
    let last_id = stream.last_id.clone();
    drop(stream);
    let second = create(&app, "second").await;
    create(&app, "third").await;
    rename(&app, second, "second again").await;
    let mut stream = EventStream::at(&app, &[("last-event-id", &last_id)]).await.greeted().await;
    assert_eq!(stream.names(2).await, [("third".to_owned(), 1), ("second again".to_owned(), 2)]);
    create(&app, "fourth").await;
    assert_eq!(stream.names(1).await[0].0, "fourth");
    assert!(stream.is_silent(SILENCE).await);

    let mut beside = EventStream::at(&app, &[("last-event-id", &stream.last_id)]).await.greeted().await;
    assert!(beside.is_silent(SILENCE).await, "there is nothing new");
}

#[tokio::test]
async fn the_position_can_be_a_query_parameter() {
    let app = App::new(Identity::AnonymousReader).await;
    create(&app, "before").await;
    let position = app.state.feed.position().await.unwrap();
    create(&app, "between").await;
    let request = Request::get(format!("/events/users?after={position}")).body(Body::empty()).unwrap();
    let mut stream = EventStream::of(tower::ServiceExt::oneshot(app.router.clone(), request).await.unwrap());
    stream = stream.greeted().await;
    assert_eq!(stream.names(1).await[0].0, "between");
}

#[tokio::test]
async fn an_unknown_position_gets_a_reload_event_and_then_changes() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let ids = ["nonsense", "0-", "-1", "0-99", "7-1", "0-9999999999999999999999", "0-1-1", "ä"];
    for (n, last_id) in ids.into_iter().enumerate() {
        let mut stream = EventStream::at(&app, &[("last-event-id", last_id)]).await.greeted().await;
        assert_eq!(stream.next().await.unwrap().event, "reload", "{last_id}");
        create(&app, &format!("after{n}")).await;
        assert_eq!(stream.names(1).await[0].0, format!("after{n}"));
        let mut again = EventStream::at(&app, &[("last-event-id", &stream.last_id)]).await.greeted().await;
        create(&app, &format!("again{n}")).await;
        assert_eq!(again.names(1).await[0].0, format!("again{n}"), "{last_id}");
    }
}

#[tokio::test]
async fn too_many_or_pruned_changes_cause_a_reload_event() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let early = app.state.feed.position().await.unwrap().to_string();
    for n in 0..1_001 {
        create(&app, &format!("person-{n}")).await;
    }
    let late = app.state.feed.position().await.unwrap().to_string();
    let mut stream = EventStream::at(&app, &[("last-event-id", &early)]).await.greeted().await;
    let mut received = 0;
    let reload = loop {
        let message = stream.next().await.unwrap();
        match message.event.as_str() {
            "changed" => received += 1,
            other => break other.to_owned(),
        }
    };
    assert_eq!((reload.as_str(), received), ("reload", 1_000));
    assert_eq!(stream.last_id, late);

    let mut live = EventStream::at(&app, &[]).await.greeted().await;
    let pruned = app.database.store.prune_events(at("9999-01-01T00:00:00Z"), 10_000).await.unwrap();
    assert!(pruned > 1_000);
    create(&app, "last").await;
    assert_eq!(live.names(1).await[0].0, "last", "open streams are unaffected");
    let mut behind = EventStream::at(&app, &[("last-event-id", &late)]).await.greeted().await;
    assert_eq!(behind.next().await.unwrap().event, "reload");
}
