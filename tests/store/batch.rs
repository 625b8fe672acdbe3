//! Operations of the service: many as a batch, and many concurrent ones.

use std::sync::Arc;

use rollcall::{
    domain::{Action, AppError, ProfileField, UserPatch},
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{
            identity::Actor,
            users::{ExpectedVersion, Operation, Users},
        },
    },
};

use super::{actions, admin, changes::person, contract, create_token, delete, is_signed_in, sign_in, trail};
use crate::support::{Fresh, id, new_user};

contract! {
    a_batch_is_atomic,
    every_operation_is_attempted_after_a_failed_one,
    deleting_in_a_batch_also_deletes_dependent_rows,
    no_batch_removes_the_last_admin,
    concurrent_batches_do_not_deadlock,
    fifty_concurrent_writers_lose_no_update,
}

fn service(database: &Fresh) -> Users {
    Users::new(database.store.clone(), Arc::new(SystemClock), Arc::new(UuidV7))
}

fn create_operation(email: &str) -> Operation {
    Operation::Create(new_user("Somebody", email))
}

fn version(version: i64) -> ExpectedVersion {
    ExpectedVersion::from(version)
}

fn update_operation(n: u32, expected: ExpectedVersion, name: &str) -> Operation {
    Operation::Update { id: id(n), expected, patch: UserPatch::parse(&[(ProfileField::Name, name)]).unwrap() }
}

fn delete_operation(n: u32) -> Operation {
    Operation::Delete { id: id(n), expected: ExpectedVersion::Any }
}

/// The error of each operation that could not be applied.
async fn batch(database: &Fresh, operations: Vec<Operation>) -> Vec<&'static str> {
    let operations: Vec<_> = operations.into_iter().map(Ok).collect();
    let outcomes = service(database).batch(&Actor::operator(), &operations).await.unwrap();
    let outcomes = outcomes.into_iter().map(|outcome| match outcome {
        Ok(_) => "",
        Err(AppError::Conflict(errors)) if errors.0[0].code == "last_admin" => "last admin",
        Err(AppError::Conflict(errors)) if errors.0[0].code == "taken" => "taken",
        Err(AppError::Stale) => "stale",
        Err(AppError::NotFound(_)) => "not found",
        Err(error) => panic!("{error:?}"),
    });
    outcomes.collect()
}

async fn a_batch_is_atomic(database: Fresh) {
    for n in [1, 2] {
        person(&database, n).await;
    }
    let before = trail(&database, "").await;
    let renamed = || update_operation(1, version(1), "Renamed");
    let some =
        vec![renamed(), delete_operation(2), create_operation("2@example.org"), create_operation("2@example.org")];
    assert_eq!(batch(&database, some).await, ["", "", "", "taken"]);
    assert_eq!(trail(&database, "").await, before);
    assert_eq!(database.store.get(id(1)).await.unwrap().unwrap().version, 1);
    let all = vec![renamed(), delete_operation(2), create_operation("2@example.org")];
    assert_eq!(batch(&database, all).await, [""; 3]);
    let recorded = actions(&database, "").await;
    assert_eq!(recorded[..3], [Action::UserCreated, Action::UserDeleted, Action::UserUpdated]);
    assert_eq!(recorded.len(), 5);
}

async fn every_operation_is_attempted_after_a_failed_one(database: Fresh) {
    for n in [1, 3] {
        person(&database, n).await;
    }
    delete(&database, 3).await.unwrap();
    let operations = vec![
        create_operation("1@EXAMPLE.org"),
        update_operation(1, version(2), "Stale"),
        update_operation(1, version(1), "Renamed"),
        update_operation(1, version(2), "Renamed again"),
        update_operation(1, version(1), "Stale"),
        update_operation(3, ExpectedVersion::Any, "Deleted"),
        create_operation("3@example.org"),
        Operation::Restore { id: id(3), expected: ExpectedVersion::Any },
        delete_operation(9),
        create_operation("new@example.org"),
        create_operation("NEW@example.org"),
    ];
    let expected = ["taken", "stale", "", "", "stale", "not found", "", "taken", "not found", "", "taken"];
    assert_eq!(batch(&database, operations).await, expected);
    assert_eq!(actions(&database, "").await.len(), 3, "what was tried did not happen");
}

async fn deleting_in_a_batch_also_deletes_dependent_rows(database: Fresh) {
    for n in [1, 2] {
        admin(&database, n).await;
    }
    sign_in(&database, 2, 2).await;
    create_token(&database, 2, Some(2)).await;
    assert_eq!(batch(&database, vec![delete_operation(2), delete_operation(2)]).await, [""; 2]);
    assert!(!is_signed_in(&database, 2).await);
    assert!(database.store.token(&[2; 32]).await.unwrap().unwrap().revoked_at.is_some());
    assert_eq!(actions(&database, "").await[..2], [Action::TokenRevoked, Action::UserDeleted]);
}

async fn no_batch_removes_the_last_admin(database: Fresh) {
    for n in [1, 2] {
        admin(&database, n).await;
    }
    assert_eq!(batch(&database, vec![delete_operation(1), delete_operation(2)]).await, ["", "last admin"]);
    let and_back = vec![delete_operation(1), Operation::Restore { id: id(1), expected: ExpectedVersion::Any }];
    assert_eq!(batch(&database, [and_back, vec![delete_operation(2)]].concat()).await, [""; 3]);
    assert!(database.store.has_admin().await.unwrap());
}

async fn concurrent_batches_do_not_deadlock(database: Fresh) {
    for n in [1, 2] {
        person(&database, n).await;
    }
    let emails = ["a@example.org", "b@example.org"];
    let tasks = (0..8).map(|n| {
        let (users, turned) = (service(&database), n % 2 == 1);
        let mut operations: Vec<_> = [1, 2].map(|n| Ok(update_operation(n, ExpectedVersion::Any, "Renamed"))).into();
        operations.extend(emails.map(|email| Ok(create_operation(email))));
        if turned {
            operations.reverse();
        }
        tokio::spawn(async move { users.batch(&Actor::operator(), &operations).await })
    });
    let mut done = 0;
    for task in tasks.collect::<Vec<_>>() {
        let outcomes = task.await.unwrap().unwrap();
        done += u32::from(outcomes.iter().all(Result::is_ok));
    }
    assert_eq!(done, 1, "the others found the addresses taken");
    assert_eq!(actions(&database, "").await.len(), 2 + 4);
}

async fn fifty_concurrent_writers_lose_no_update(database: Fresh) {
    const WRITERS: u32 = 50;
    person(&database, 1).await;
    let writer = |n: u32| {
        let users = service(&database);
        tokio::spawn(async move {
            let operator = Actor::operator();
            loop {
                let seen = users.get(&operator, id(1)).await.unwrap();
                let patch = update_operation(1, seen.version.into(), &format!("Writer {n}"));
                match users.apply(&operator, &patch).await {
                    Ok(user) => return user.version,
                    Err(AppError::Stale) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        })
    };
    let mut versions = Vec::new();
    for task in (0..WRITERS).map(writer).collect::<Vec<_>>() {
        versions.push(task.await.unwrap());
    }
    versions.sort_unstable();
    assert_eq!(versions, (2..=51).collect::<Vec<i64>>());
    assert_eq!(database.store.get(id(1)).await.unwrap().unwrap().version, 51);
    let recorded = trail(&database, &format!("per_page=100&action=user.updated&user={}", id(1))).await;
    let recorded: Vec<_> = recorded.iter().rev().map(|event| &event.changes[0]).collect();
    assert_eq!(recorded.len(), 50);
    for (before, after) in recorded.iter().zip(&recorded[1..]) {
        assert_eq!(before.to, after.from, "each changed what the one before had left");
    }
}
