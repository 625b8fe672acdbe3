//! The order of a list and its numbered pages.

use rollcall::domain::{Action, ListUsers};

use super::{contract, create, names};
use crate::support::{Fresh, at, delete_user, event, id};

contract! {
    the_newest_come_first,
    every_sort_is_the_same_on_every_database,
    equal_keys_are_ordered_by_id,
    pages_have_no_gap_or_overlap,
    a_list_holds_active_deleted_or_all_users,
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

async fn equal_keys_are_ordered_by_id(database: Fresh) {
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

async fn pages_have_no_gap_or_overlap(database: Fresh) {
    for n in 1..=7 {
        create(&database, &[(n, &format!("P{n}"), &format!("{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
    }
    let mut seen = Vec::new();
    for (number, more) in [(1, true), (2, true), (3, false), (4, false)] {
        let list: ListUsers = format!("sort=name&per_page=3&page={number}").parse().unwrap();
        let page = database.store.list(&list).await.unwrap();
        assert_eq!((page.offset, page.next.is_some()), (Some((number - 1) * 3), more), "page {number}");
        seen.extend(page.items.into_iter().map(|user| user.profile.name));
    }
    assert_eq!(seen, ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]);
}

async fn a_list_holds_active_deleted_or_all_users(database: Fresh) {
    for n in 1..=4 {
        create(&database, &[(n, &format!("P{n}"), &format!("{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
    }
    for n in [2, 3] {
        let deleted = event(Action::UserDeleted, Some(id(n)));
        assert!(delete_user(&*database.store, id(n), at("2026-01-02T00:00:00Z"), &deleted).await.unwrap());
    }
    for (query, expected) in [
        ("sort=name", &["P1", "P4"][..]),
        ("sort=name&status=deleted", &["P2", "P3"]),
        ("sort=-name&status=deleted", &["P3", "P2"]),
        ("sort=name&status=all", &["P1", "P2", "P3", "P4"]),
        ("q=p3", &[]),
        ("q=p3&status=deleted", &["P3"]),
        ("q=p3&status=all", &["P3"]),
    ] {
        assert_eq!(names(&database, query).await, expected, "{query}");
    }
}
