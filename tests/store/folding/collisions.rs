//! Addresses that collide under the current folding.

use rollcall::{
    domain::{Action, AppError, Total, User, email_keys},
    server::services::derived_columns::{Collision, collisions, rebuild},
};

use super::{
    super::{NOW, contract, count, create, delete, names},
    create_outdated, outdated_count, rebuild_all,
};
use crate::support::{Fresh, create_user, event, id, record, update_user};

contract! {
    colliding_addresses_are_kept_and_listed_until_resolved,
    two_outdated_users_with_one_address_both_stay,
    both_forms_of_an_address_find_the_user,
}

async fn user(database: &Fresh, n: u32) -> User {
    database.store.get(id(n)).await.unwrap().unwrap()
}

async fn update(database: &Fresh, n: u32, name: &str, email: &str) -> Result<Option<User>, AppError> {
    let recorded = event(Action::UserUpdated, Some(id(n)));
    update_user(&*database.store, &record(n, name, email, NOW), user(database, n).await.version, &recorded).await
}

async fn colliding_addresses_are_kept_and_listed_until_resolved(database: Fresh) {
    create_outdated(&database, &[(1, "Old O’Neill", "u1@bücher.example")]).await;
    create(&database, &[(2, "New", "u1@xn--bcher-kva.example", NOW)]).await;
    let collision = Collision {
        user: id(1),
        email: "u1@bücher.example".to_owned(),
        other: id(2),
        other_email: "u1@xn--bcher-kva.example".to_owned(),
    };
    for _ in 0..2 {
        assert_eq!(rebuild(database.store.as_ref()).await.unwrap().collisions, std::slice::from_ref(&collision));
        assert_eq!(collisions(database.store.as_ref(), 10).await.unwrap(), std::slice::from_ref(&collision));
    }
    assert_eq!(names(&database, "q=oneill").await, ["Old O’Neill"], "the rest of it is rebuilt");
    for query in ["email=u1@bücher.example", "email=u1@XN--bcher-kva.example", "q=u1@bücher.example", "q=xn--bcher-kva"]
    {
        assert_eq!(names(&database, &format!("{query}&sort=name")).await, ["New", "Old O’Neill"], "{query}");
        let total = count(&database, &query.parse().unwrap()).await;
        assert_eq!(total, Total::Exactly(2), "{query}");
    }
    let keys = email_keys("u1@bücher.example");
    let holders = [
        database.store.holder(&keys[0]).await.unwrap().unwrap().id,
        database.store.holder(&keys[1]).await.unwrap().unwrap().id,
    ];
    assert_eq!(holders, [id(1), id(2)], "each signs in by its own");

    let renamed = update(&database, 1, "Older O’Neill", "u1@bücher.example").await.unwrap().unwrap();
    assert_eq!(renamed.profile.name, "Older O’Neill", "an address that stays is no conflict");
    assert!(matches!(update(&database, 1, "Older", "U1@bücher.example").await, Err(AppError::Conflict(_))));
    assert_eq!(collisions(database.store.as_ref(), 10).await.unwrap(), [collision]);

    delete(&database, 2).await.unwrap();
    rebuild_all(&database).await;
    assert_eq!(collisions(database.store.as_ref(), 10).await.unwrap(), []);
    assert_eq!(database.store.holder(&keys[1]).await.unwrap().unwrap().id, id(1));
}

async fn two_outdated_users_with_one_address_both_stay(database: Fresh) {
    create_outdated(&database, &[(1, "First", "Straße@example.org"), (2, "Second", "strasse@example.org")]).await;
    let rebuilt = rebuild(database.store.as_ref()).await.unwrap();
    assert_eq!(rebuilt.collisions.len(), 1);
    assert_eq!(rebuilt.collisions[0].user, id(1), "the second has the key already");
    assert_eq!(outdated_count(&database).await, 1);
    assert_eq!(names(&database, "email=straße@example.org&sort=name").await, ["First", "Second"]);
}

async fn both_forms_of_an_address_find_the_user(database: Fresh) {
    create(&database, &[(1, "Unicode", "a@bücher.example", NOW), (2, "Ascii", "b@xn--bcher-kva.example", NOW)]).await;
    for (local, name) in [("a", "Unicode"), ("b", "Ascii")] {
        for host in ["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"] {
            for parameter in ["email", "q"] {
                let query = format!("{parameter}={local}@{host}");
                assert_eq!(names(&database, &query).await, [name], "{query}");
            }
        }
    }
    for (n, email) in [(3, "A@xn--bcher-kva.example"), (4, "b@bücher.example")] {
        let created =
            create_user(&*database.store, &record(n, "Eve", email, NOW), &event(Action::UserCreated, Some(id(n))))
                .await;
        assert!(matches!(created, Err(AppError::Conflict(_))), "{email}");
    }
}
