//! Changes of users in one transaction.

use std::time::Duration;

use rollcall::{
    domain::{Action, AppError, Role},
    server::store::Changes,
};

use super::{NOW, actions, admin, contract, delete, member};
use crate::support::{Fresh, create_user, event, id, record, update_user};

contract! {
    changes_are_visible_only_after_commit,
    a_dropped_savepoint_is_undone_and_the_transaction_continues,
    begin_changes_returns_the_locked_users,
    locked_users_cannot_be_changed_concurrently,
}

async fn create(changes: &mut dyn Changes, n: u32, email: &str) -> Result<(), AppError> {
    changes.create(&record(n, &format!("Person {n}"), email, NOW), &event(Action::UserCreated, Some(id(n)))).await
}

/// Creates the `n`th person.
pub(super) async fn person(database: &Fresh, n: u32) {
    let born = record(n, &format!("Person {n}"), &format!("{n}@example.org"), NOW);
    create_user(&*database.store, &born, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
}

async fn changes_are_visible_only_after_commit(database: Fresh) {
    for is_committed in [false, true] {
        let (mut changes, _) = database.store.begin_changes(&[], true).await.unwrap();
        create(&mut *changes, 1, "ada@example.org").await.unwrap();
        assert_eq!(database.store.get(id(1)).await.unwrap(), None);
        if is_committed {
            changes.commit().await.unwrap();
        } else {
            drop(changes);
        }
        assert_eq!(database.store.get(id(1)).await.unwrap().is_some(), is_committed);
    }
    assert_eq!(actions(&database, "").await, [Action::UserCreated]);
}

async fn a_dropped_savepoint_is_undone_and_the_transaction_continues(database: Fresh) {
    let (mut changes, _) = database.store.begin_changes(&[], true).await.unwrap();
    let mut step = changes.savepoint().await.unwrap();
    create(&mut *step, 1, "ada@example.org").await.unwrap();
    step.commit().await.unwrap();
    let mut step = changes.savepoint().await.unwrap();
    create(&mut *step, 2, "bob@example.org").await.unwrap();
    let taken = create(&mut *step, 3, "ADA@example.org").await;
    assert!(matches!(taken, Err(AppError::Conflict(_))), "{taken:?}");
    drop(step);
    let mut step = changes.savepoint().await.unwrap();
    create(&mut *step, 4, "bob@example.org").await.unwrap();
    step.commit().await.unwrap();
    create(&mut *changes, 5, "eve@example.org").await.unwrap();
    changes.commit().await.unwrap();
    for (n, is_there) in [(1, true), (2, false), (3, false), (4, true), (5, true)] {
        assert_eq!(database.store.get(id(n)).await.unwrap().is_some(), is_there, "{n}");
    }
    assert_eq!(actions(&database, "").await.len(), 3);
}

async fn begin_changes_returns_the_locked_users(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Editor).await;
    person(&database, 3).await;
    delete(&database, 2).await.unwrap();
    let of = [4, 3, 2, 1, 3].map(id);
    let (changes, mut subjects) = database.store.begin_changes(&of, true).await.unwrap();
    drop(changes);
    subjects.sort_by_key(|subject| subject.user.id.0);
    let recorded: Vec<_> =
        subjects.iter().map(|subject| (subject.user.id, subject.user.version, subject.role)).collect();
    assert_eq!(recorded, [(id(1), 1, Some(Role::Admin)), (id(2), 2, Some(Role::Editor)), (id(3), 1, None)]);
    assert_eq!(subjects[1].user, database.store.get(id(2)).await.unwrap().unwrap());
}

async fn locked_users_cannot_be_changed_concurrently(database: Fresh) {
    person(&database, 1).await;
    let rename = |name: &str| (record(1, name, "1@example.org", NOW), event(Action::UserUpdated, Some(id(1))));
    let (mut changes, _) = database.store.begin_changes(&[id(1)], false).await.unwrap();
    let (store, (other, recorded)) = (database.store.clone(), rename("Other"));
    let mut later = tokio::spawn(async move { update_user(&*store, &other, 1, &recorded).await });
    assert!(tokio::time::timeout(Duration::from_millis(200), &mut later).await.is_err(), "it waits");
    let (first, recorded) = rename("First");
    assert!(changes.update(&first, 1, &recorded).await.unwrap().is_some());
    changes.commit().await.unwrap();
    assert_eq!(later.await.unwrap().unwrap(), None, "it came too late");
    assert_eq!(database.store.get(id(1)).await.unwrap().unwrap().profile.name, "First");
}
