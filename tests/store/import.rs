use rollcall::{
    domain::{Action, User},
    server::store::{Import, UserRecord},
};

use super::{contract, trail};
use crate::support::{Fresh, event, id, record};

contract! {
    an_import_is_there_when_committed_and_not_before,
    a_dropped_import_leaves_nothing,
    taken_addresses_come_back_with_their_holders,
    the_first_of_two_with_one_address_wins,
    only_who_was_inserted_is_in_the_trail,
    a_large_batch_goes_in_whole,
}

fn ada(n: u32, name: &str) -> UserRecord {
    record(n, name, "ada@example.org", "2020-01-01T00:00:00Z")
}

fn bob(n: u32) -> UserRecord {
    record(n, "Bob", "bob@example.org", "2020-01-01T00:00:00Z")
}

/// Hands a batch over, with an event for each.
async fn add(import: &mut dyn Import, batch: &[UserRecord]) -> Vec<Option<User>> {
    let events: Vec<_> = batch.iter().map(|user| event(Action::UserCreated, Some(user.id))).collect();
    import.add(batch, &events).await.unwrap()
}

async fn an_import_is_there_when_committed_and_not_before(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    assert_eq!(add(&mut *import, &[ada(1, "Ada")]).await, [None]);
    assert_eq!(database.store.get(id(1)).await.unwrap(), None, "others do not see it yet");
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(1)).await.unwrap(), Some(ada(1, "Ada").to_user()));
}

async fn a_dropped_import_leaves_nothing(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    add(&mut *import, &[ada(1, "Ada")]).await;
    drop(import);
    assert!(database.store.is_empty().await.unwrap());
    assert!(trail(&database, "").await.is_empty());
    database.store.create(&ada(2, "Ada"), &event(Action::UserCreated, Some(id(2)))).await.unwrap();
}

async fn taken_addresses_come_back_with_their_holders(database: Fresh) {
    database.store.create(&ada(1, "Ada"), &event(Action::UserCreated, Some(id(1)))).await.unwrap();
    let mut import = database.store.begin_import().await.unwrap();
    let holders = add(&mut *import, &[ada(2, "Other"), bob(3)]).await;
    assert_eq!(holders, [Some(ada(1, "Ada").to_user()), None]);
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(2)).await.unwrap(), None);
}

async fn the_first_of_two_with_one_address_wins(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    let holders = add(&mut *import, &[ada(1, "First"), ada(2, "Second")]).await;
    assert_eq!(holders, [None, Some(ada(1, "First").to_user())]);
    assert_eq!(add(&mut *import, &[ada(3, "Third")]).await, [Some(ada(1, "First").to_user())]);
}

async fn only_who_was_inserted_is_in_the_trail(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    add(&mut *import, &[ada(1, "First"), ada(2, "Second"), bob(3)]).await;
    add(&mut *import, &[bob(4)]).await;
    import.commit().await.unwrap();
    let told: Vec<_> = trail(&database, "").await.into_iter().map(|event| event.user.unwrap().id).collect();
    assert_eq!(told, [id(3), id(1)]);
}

async fn a_large_batch_goes_in_whole(database: Fresh) {
    let people: Vec<_> =
        (0..1_000).map(|n| record(n, "Ça va \"\\ 🎉", &format!("{n}@example.org"), "1901-12-10T12:00:00Z")).collect();
    let mut import = database.store.begin_import().await.unwrap();
    assert!(add(&mut *import, &people).await.iter().all(Option::is_none));
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(999)).await.unwrap(), Some(people[999].to_user()));
    let told = trail(&database, "per_page=100").await;
    let expected: Vec<_> = (899..1_000).rev().map(id).collect();
    assert_eq!(told.into_iter().map(|event| event.user.unwrap().id).collect::<Vec<_>>(), expected);
}
