use rollcall::server::store::UserRecord;

use super::contract;
use crate::support::{Fresh, id, record};

contract! {
    an_import_is_there_when_committed_and_not_before,
    a_dropped_import_leaves_nothing,
    taken_addresses_come_back_with_their_holders,
    the_first_of_two_with_one_address_wins,
    a_large_batch_goes_in_whole,
}

fn ada(n: u32, name: &str) -> UserRecord {
    record(n, name, "ada@example.org", "2020-01-01T00:00:00Z")
}

async fn an_import_is_there_when_committed_and_not_before(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    assert_eq!(import.add(&[ada(1, "Ada")]).await.unwrap(), [None]);
    assert_eq!(database.store.get(id(1)).await.unwrap(), None, "others do not see it yet");
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(1)).await.unwrap(), Some(ada(1, "Ada").to_user()));
}

async fn a_dropped_import_leaves_nothing(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    import.add(&[ada(1, "Ada")]).await.unwrap();
    drop(import);
    assert!(database.store.is_empty().await.unwrap());
    database.store.create(&ada(2, "Ada")).await.unwrap();
}

async fn taken_addresses_come_back_with_their_holders(database: Fresh) {
    database.store.create(&ada(1, "Ada")).await.unwrap();
    let mut import = database.store.begin_import().await.unwrap();
    let bob = record(3, "Bob", "bob@example.org", "2020-01-01T00:00:00Z");
    let holders = import.add(&[ada(2, "Other"), bob]).await.unwrap();
    assert_eq!(holders, [Some(ada(1, "Ada").to_user()), None]);
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(2)).await.unwrap(), None);
}

async fn the_first_of_two_with_one_address_wins(database: Fresh) {
    let mut import = database.store.begin_import().await.unwrap();
    let holders = import.add(&[ada(1, "First"), ada(2, "Second")]).await.unwrap();
    assert_eq!(holders, [None, Some(ada(1, "First").to_user())]);
    assert_eq!(import.add(&[ada(3, "Third")]).await.unwrap(), [Some(ada(1, "First").to_user())]);
}

async fn a_large_batch_goes_in_whole(database: Fresh) {
    let people: Vec<_> =
        (0..1_000).map(|n| record(n, "Ça va \"\\ 🎉", &format!("{n}@example.org"), "1901-12-10T12:00:00Z")).collect();
    let mut import = database.store.begin_import().await.unwrap();
    assert!(import.add(&people).await.unwrap().iter().all(Option::is_none));
    import.commit().await.unwrap();
    assert_eq!(database.store.get(id(999)).await.unwrap(), Some(people[999].to_user()));
}
