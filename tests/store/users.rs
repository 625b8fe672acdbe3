use rollcall::{
    domain::{AppError, ListUsers},
    server::store::{self, Store},
};

use super::contract;
use crate::support::{Fresh, at, id, record};

contract! {
    a_created_user_is_read_back_as_it_was,
    an_unknown_id_is_nobody,
    an_address_belongs_to_one_active_user_in_any_case,
    the_newest_come_first,
    every_sort_is_the_same_on_every_database,
    equals_are_ordered_by_id,
    pages_follow_each_other_without_gap_or_overlap,
    every_word_of_a_search_must_match,
    signs_of_query_languages_are_ordinary_characters,
    searching_keeps_sort_and_page,
    opening_again_keeps_what_is_there,
}

async fn names(database: &Fresh, query: &str) -> Vec<String> {
    let page = database.store.list(&query.parse().unwrap()).await.unwrap();
    page.items.into_iter().map(|user| user.name).collect()
}

async fn create(database: &Fresh, people: &[(u32, &str, &str, &str)]) {
    for (n, name, email, created_at) in people {
        database.store.create(&record(*n, name, email, created_at)).await.unwrap();
    }
}

async fn a_created_user_is_read_back_as_it_was(database: Fresh) {
    let born = record(1, "Wilhelm Conrad Röntgen", "W.Roentgen@Laureates.example", "1901-12-10T12:00:00.123456Z");
    database.store.create(&born).await.unwrap();
    let read = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!(read, born.to_user());
    assert_eq!(read.version, 1);
    assert_eq!(read.created_at, at("1901-12-10T12:00:00.123456Z"));
    assert_eq!(read.email, "W.Roentgen@Laureates.example");
    assert_eq!(read.deleted_at, None);
}

async fn an_unknown_id_is_nobody(database: Fresh) {
    assert_eq!(database.store.get(id(7)).await.unwrap(), None);
    assert!(database.store.is_empty().await.unwrap());
    assert!(database.store.list(&ListUsers::default()).await.unwrap().items.is_empty());
}

async fn an_address_belongs_to_one_active_user_in_any_case(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let error = database.store.create(&record(2, "Eve", "ADA@Example.org", "2020-01-01T00:00:00Z")).await.unwrap_err();
    assert!(
        matches!(&error, AppError::Conflict(errors) if errors.0[0].field == "email" && errors.0[0].code == "taken"),
        "{error:?}"
    );
    assert_eq!(names(&database, "").await, ["Ada"]);
    assert!(!database.store.is_empty().await.unwrap());
}

async fn the_newest_come_first(database: Fresh) {
    create(
        &database,
        &[
            (1, "Old", "old@example.org", "0001-01-01T00:00:00Z"),
            (2, "New", "new@example.org", "9999-12-31T23:59:59.999999Z"),
            (3, "Before 1970", "b@example.org", "1969-12-31T23:59:59Z"),
        ],
    )
    .await;
    assert_eq!(names(&database, "").await, ["New", "Before 1970", "Old"]);
}

async fn every_sort_is_the_same_on_every_database(database: Fresh) {
    create(
        &database,
        &[
            (1, "zoe", "b_b@example.org", "2020-01-04T00:00:00Z"),
            (2, "Ämilie", "b-b@example.org", "2020-01-03T00:00:00Z"),
            (3, "Zacharias", "B.b@example.org", "2020-01-02T00:00:00Z"),
            (4, "amadeus", "a@example.org", "2020-01-01T00:00:00Z"),
            (5, "Ørsted", "ø@example.org", "2020-01-05T00:00:00Z"),
            (6, "김철수", "c@example.org", "2020-01-06T00:00:00Z"),
            (7, "Van Dyke", "v@example.org", "2020-01-07T00:00:00Z"),
            (8, "Van 't Hoff", "w@example.org", "2020-01-08T00:00:00Z"),
        ],
    )
    .await;
    let by_name = ["amadeus", "Ämilie", "Ørsted", "Van 't Hoff", "Van Dyke", "Zacharias", "zoe", "김철수"];
    let by_email = ["amadeus", "Ämilie", "Zacharias", "zoe", "김철수", "Van Dyke", "Van 't Hoff", "Ørsted"];
    let by_age = ["amadeus", "Zacharias", "Ämilie", "zoe", "Ørsted", "김철수", "Van Dyke", "Van 't Hoff"];
    for (sort, mut expected) in [("name", by_name), ("email", by_email), ("created_at", by_age)] {
        assert_eq!(names(&database, &format!("sort={sort}")).await, expected, "{sort}");
        expected.reverse();
        assert_eq!(names(&database, &format!("sort=-{sort}")).await, expected, "-{sort}");
    }
}

async fn equals_are_ordered_by_id(database: Fresh) {
    for n in [2, 3, 1] {
        create(&database, &[(n, "Same", &format!("{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
    }
    for sort in ["name", "created_at", "updated_at"] {
        let ids = |query: String| {
            let store = database.store.clone();
            async move {
                store.list(&query.parse().unwrap()).await.unwrap().items.into_iter().map(|u| u.id).collect::<Vec<_>>()
            }
        };
        assert_eq!(ids(format!("sort={sort}")).await, [id(1), id(2), id(3)], "{sort}");
        assert_eq!(ids(format!("sort=-{sort}")).await, [id(3), id(2), id(1)], "-{sort}");
    }
}

async fn pages_follow_each_other_without_gap_or_overlap(database: Fresh) {
    for n in 1..=7 {
        create(&database, &[(n, &format!("P{n}"), &format!("{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
    }
    let mut seen = Vec::new();
    for (number, more) in [(1, true), (2, true), (3, false), (4, false)] {
        let list: ListUsers = format!("sort=name&per_page=3&page={number}").parse().unwrap();
        let page = database.store.list(&list).await.unwrap();
        assert_eq!((page.offset, page.more), ((number - 1) * 3, more), "page {number}");
        seen.extend(page.items.into_iter().map(|user| user.name));
    }
    assert_eq!(seen, ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]);
}

async fn every_word_of_a_search_must_match(database: Fresh) {
    create(
        &database,
        &[
            (1, "Wilhelm Conrad Röntgen", "wcr@munich.example", "2020-01-01T00:00:00Z"),
            (2, "Bjørnstjerne Bjørnson", "bb@oslo.example", "2020-01-02T00:00:00Z"),
            (3, "Marie Curie", "marie@paris.example", "2020-01-03T00:00:00Z"),
            (4, "김철수", "kim@seoul.example", "2020-01-04T00:00:00Z"),
        ],
    )
    .await;
    for (q, expected) in [
        ("rontgen", "Wilhelm Conrad Röntgen"),
        ("BJORN", "Bjørnstjerne Bjørnson"),
        ("paris+cur", "Marie Curie"),
        ("cu", "Marie Curie"),
        ("%EC%B2%A0%EC%88%98", "김철수"),
    ] {
        assert_eq!(names(&database, &format!("q={q}")).await, [expected], "{q}");
    }
    for q in ["paris+oslo", "ri", "urie+x"] {
        assert!(names(&database, &format!("q={q}")).await.is_empty(), "{q}");
    }
}

async fn signs_of_query_languages_are_ordinary_characters(database: Fresh) {
    create(
        &database,
        &[
            (1, "Max 100% \"Quote\" O'Brien_\\", "max@example.org", "2020-01-01T00:00:00Z"),
            (2, "Plain", "plain@example.org", "2020-01-02T00:00:00Z"),
        ],
    )
    .await;
    for q in ["100%25", "%22quote%22", "o'brien_", "brien_%5C", "%22"] {
        assert_eq!(names(&database, &format!("q={q}")).await.len(), 1, "{q}");
    }
    for q in ["%25%25", "___", "*", "pl%25", "pl_in", "'", "%5B%22a%22%5D"] {
        assert!(names(&database, &format!("q={q}")).await.is_empty(), "{q}");
    }
}

async fn searching_keeps_sort_and_page(database: Fresh) {
    for n in 1..=5 {
        create(&database, &[(n, &format!("Anna {n}"), &format!("{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
        create(&database, &[(n + 10, &format!("Bert {n}"), &format!("b{n}@example.org"), "2020-01-01T00:00:00Z")])
            .await;
    }
    assert_eq!(names(&database, "q=anna&sort=-name&per_page=2&page=2").await, ["Anna 3", "Anna 2"]);
}

async fn opening_again_keeps_what_is_there(database: Fresh) {
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let again = store::open(&database.url.parse().unwrap()).await.unwrap();
    assert_eq!(again.list(&ListUsers::default()).await.unwrap().items.len(), 1);
    drop::<std::sync::Arc<dyn Store>>(again);
}
