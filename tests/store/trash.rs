use rollcall::domain::Action;

use super::{contract, restore};
use crate::support::{Fresh, at, create_user, delete_user, event, id, record};

contract! {
    deleted_users_are_found_oldest_deletion_first,
}

async fn deleted_users_are_found_oldest_deletion_first(database: Fresh) {
    for (n, day) in [(1, 3), (2, 1), (3, 2), (4, 4), (5, 1)] {
        let person = record(n, "Somebody", &format!("{n}@example.org"), "2025-01-01T00:00:00Z");
        create_user(&*database.store, &person, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
        let deleted = event(Action::UserDeleted, Some(id(n)));
        assert!(
            delete_user(&*database.store, id(n), at(&format!("2026-01-{day:02}T12:00:00Z")), &deleted).await.unwrap()
        );
    }
    restore(&database, 5).await.unwrap();
    let before = async |moment, limit| database.store.deleted_before(at(moment), limit).await.unwrap();
    assert_eq!(before("2026-01-04T12:00:00Z", 10).await, [id(2), id(3), id(1)]);
    assert_eq!(before("2026-01-04T12:00:00Z", 2).await, [id(2), id(3)]);
    assert!(before("2026-01-01T12:00:00Z", 10).await.is_empty());
}
