use rollcall::{
    domain::{Action, ActorKind, AppError, Change, ListUsers, User},
    server::store::{self, EventRecord, Options, Store},
};

use super::{NOW, actions, contract, create, delete, erase, names, restore, trail};
use crate::support::{Fresh, at, create_user, event, id, record, update_user};

contract! {
    a_created_user_round_trips,
    an_unknown_id_is_not_found,
    an_address_belongs_to_one_active_user_in_any_case,
    reopening_a_database_keeps_its_users,
    an_update_increments_the_version,
    an_update_of_another_version_changes_nothing,
    an_update_into_a_taken_address_is_a_conflict,
    a_deleted_user_can_be_restored,
    the_address_of_a_deleted_user_is_free,
    an_erased_user_leaves_only_anonymous_events,
    a_deleted_user_can_be_erased,
}

async fn update(database: &Fresh, n: u32, name: &str, email: &str, version: i64) -> Result<Option<User>, AppError> {
    let recorded = event(Action::UserUpdated, Some(id(n)));
    update_user(&*database.store, &record(n, name, email, NOW), version, &recorded).await
}

fn is_taken<T>(result: Result<T, AppError>) -> bool {
    matches!(result, Err(AppError::Conflict(errors)) if errors.0[0].field == "email" && errors.0[0].code == "taken")
}

async fn a_created_user_round_trips(database: Fresh) {
    let born = record(1, "Wilhelm Conrad Röntgen", "W.Roentgen@Laureates.example", "1901-12-10T12:00:00.123456Z");
    create_user(&*database.store, &born, &event(Action::UserCreated, Some(id(1)))).await.unwrap();
    let read = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!(read, born.to_user());
    assert_eq!(read.version, 1);
    assert_eq!(read.created_at, at("1901-12-10T12:00:00.123456Z"));
    assert_eq!(read.profile.email, "W.Roentgen@Laureates.example");
    assert_eq!(read.deleted_at, None);
}

async fn an_unknown_id_is_not_found(database: Fresh) {
    assert_eq!(database.store.get(id(7)).await.unwrap(), None);
    assert!(database.store.is_empty().await.unwrap());
    assert!(database.store.list(&ListUsers::default()).await.unwrap().items.is_empty());
}

async fn an_address_belongs_to_one_active_user_in_any_case(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let eve = record(2, "Eve", "ADA@Example.org", NOW);
    assert!(is_taken(create_user(&*database.store, &eve, &event(Action::UserCreated, Some(id(2)))).await));
    assert_eq!(trail(&database, "").await.len(), 1, "what was refused did not happen");
    assert_eq!(names(&database, "").await, ["Ada"]);
    assert!(!database.store.is_empty().await.unwrap());
}

async fn reopening_a_database_keeps_its_users(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let again = store::open(&database.url.parse().unwrap(), Options::default()).await.unwrap();
    assert_eq!(again.list(&ListUsers::default()).await.unwrap().items.len(), 1);
    drop::<std::sync::Arc<dyn Store>>(again);
}

async fn an_update_increments_the_version(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let updated = update(&database, 1, "Countess", "Lovelace@example.org", 1).await.unwrap().unwrap();
    let expected =
        User { version: 2, ..record(1, "Countess", "Lovelace@example.org", "2020-01-01T00:00:00Z").to_user() };
    assert_eq!(updated, expected);
    assert_eq!(database.store.get(id(1)).await.unwrap(), Some(updated));
    assert_eq!(names(&database, "q=countess+lovelace").await, ["Countess"]);
    assert!(names(&database, "q=ada").await.is_empty());
    assert_eq!(update(&database, 1, "Ada", "ada@example.org", 2).await.unwrap().unwrap().version, 3);
    assert_eq!(actions(&database, "").await, [Action::UserUpdated, Action::UserUpdated, Action::UserCreated]);
}

async fn an_update_of_another_version_changes_nothing(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW), (2, "Bob", "bob@example.org", NOW)]).await;
    update(&database, 1, "Countess", "ada@example.org", 1).await.unwrap();
    delete(&database, 2).await.unwrap();
    let before = trail(&database, "").await;
    for (n, version, why) in [(1, 1, "stale"), (1, 3, "never there"), (2, 2, "deleted"), (3, 1, "unknown")] {
        assert_eq!(update(&database, n, "Eve", "eve@example.org", version).await.unwrap(), None, "{why}");
    }
    assert_eq!(names(&database, "").await, ["Countess"]);
    assert_eq!(trail(&database, "").await, before);
}

async fn an_update_into_a_taken_address_is_a_conflict(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW), (2, "Bob", "bob@example.org", NOW)]).await;
    assert!(is_taken(update(&database, 2, "Bob", "ADA@example.org", 1).await));
    let kept = update(&database, 2, "Robert", "BOB@example.org", 1).await.unwrap().unwrap();
    assert_eq!(
        (kept.profile.email.as_str(), kept.version),
        ("BOB@example.org", 2),
        "their own address in another case"
    );
}

async fn a_deleted_user_can_be_restored(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW)]).await;
    assert!(delete(&database, 1).await.unwrap());
    assert!(names(&database, "").await.is_empty());
    let deleted = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((deleted.deleted_at, deleted.version), (Some(at(NOW)), 2));
    assert!(!delete(&database, 1).await.unwrap(), "they are deleted already");
    assert!(restore(&database, 1).await.unwrap());
    let restored = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((restored.deleted_at, restored.version), (None, 3));
    assert!(!restore(&database, 1).await.unwrap(), "they are active already");
    assert!(!delete(&database, 2).await.unwrap() && !restore(&database, 2).await.unwrap(), "there is no such user");
    assert_eq!(names(&database, "").await, ["Ada"]);
    assert_eq!(actions(&database, "").await, [Action::UserRestored, Action::UserDeleted, Action::UserCreated]);
}

async fn the_address_of_a_deleted_user_is_free(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW)]).await;
    delete(&database, 1).await.unwrap();
    create(&database, &[(2, "Other", "Ada@example.org", NOW)]).await;
    assert!(is_taken(restore(&database, 1).await));
    assert_eq!(names(&database, "").await, ["Other"]);
    assert!(actions(&database, "action=user.restored").await.is_empty());
    delete(&database, 2).await.unwrap();
    assert!(restore(&database, 1).await.unwrap());
}

async fn an_erased_user_leaves_only_anonymous_events(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW), (2, "Bob", "bob@example.org", NOW)]).await;
    let renamed = |n| event(Action::UserUpdated, Some(id(n))).changing("name", Some("Old"), Some("\"New\""));
    let by_ada = EventRecord {
        actor_kind: ActorKind::User,
        actor_id: Some(id(1).0),
        address: Some("192.0.2.1".to_owned()),
        ..renamed(2)
    };
    for recorded in [renamed(1).changing("email", None, Some("a@example.org")), by_ada] {
        database.store.record_event(&recorded).await.unwrap();
    }
    assert!(erase(&database, 1).await.unwrap());
    assert_eq!(database.store.get(id(1)).await.unwrap(), None);
    assert!(!erase(&database, 1).await.unwrap(), "they are gone already");

    let about = trail(&database, &format!("user={}", id(1))).await;
    let recorded: Vec<_> = about.iter().map(|event| event.action).collect();
    assert_eq!(recorded, [Action::UserErased, Action::UserUpdated, Action::UserCreated]);
    let nothing = |field: &str| Change { field: field.to_owned(), from: None, to: None };
    assert_eq!(about[1].changes, [nothing("name"), nothing("email")]);
    let by = trail(&database, &format!("actor={}", id(1))).await;
    assert_eq!((by.len(), by[0].address.as_deref()), (1, None));
    assert_eq!(by[0].changes, renamed(2).changes, "their changes to other users are kept");
}

async fn a_deleted_user_can_be_erased(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", NOW)]).await;
    delete(&database, 1).await.unwrap();
    assert!(erase(&database, 1).await.unwrap());
    assert!(database.store.is_empty().await.unwrap());
    assert!(!restore(&database, 1).await.unwrap());
}
