//! The list: filters, keyset pagination, counts.

use std::collections::BTreeSet;

use rollcall::domain::{Action, Cursor, ListUsers, Page, Total, User};

use super::{contract, count, erase, estimate, restore};
use crate::support::{Fresh, at, create_user, delete_user, event, id, record};

contract! {
    filters_select_the_matching_users,
    cursors_work_in_every_order_and_direction,
    concurrent_changes_neither_repeat_nor_skip_other_users,
    active_and_deleted_users_are_merged_in_one_list,
    counts_are_exact_on_request_and_fast_otherwise,
    every_page_has_the_total,
    the_total_is_correct_after_every_change,
    several_users_with_one_address_are_listed_like_any_others,
}

async fn create(database: &Fresh, n: u32, name: &str, created_at: &str) {
    let created = event(Action::UserCreated, Some(id(n)));
    create_user(&*database.store, &record(n, name, &format!("p{n}@example.org"), created_at), &created).await.unwrap();
}

async fn delete(database: &Fresh, n: u32) {
    let deleted = event(Action::UserDeleted, Some(id(n)));
    assert!(delete_user(&*database.store, id(n), at("2026-01-02T00:00:00Z"), &deleted).await.unwrap());
}

async fn page(database: &Fresh, list: &ListUsers) -> Page<User> {
    database.store.list(list).await.unwrap()
}

async fn names(database: &Fresh, query: &str) -> Vec<String> {
    page(database, &query.parse().unwrap()).await.items.into_iter().map(|user| user.profile.name).collect()
}

/// All people found by following cursors to the end.
async fn follow(database: &Fresh, list: &ListUsers, way: fn(&Page<User>) -> Option<&Cursor>) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut at = list.clone();
    loop {
        let page = page(database, &at).await;
        pages.push(page.items.iter().map(|user| user.profile.name.clone()).collect());
        let Some(cursor) = way(&page).filter(|_| !page.items.is_empty()) else { return pages };
        at = list.at_cursor(cursor);
        assert!(pages.len() < 50, "no end");
    }
}

async fn filters_select_the_matching_users(database: Fresh) {
    create(&database, 1, "Ada", "2020-01-01T00:00:00Z").await;
    create(&database, 2, "Bob", "2020-01-02T00:00:00Z").await;
    create(&database, 3, "Eve", "2020-01-03T00:00:00Z").await;
    delete(&database, 3).await;
    for (query, expected) in [
        ("email=P1@Example.ORG", &["Ada"][..]),
        ("email=p3@example.org", &[]),
        ("email=p3@example.org&status=deleted", &["Eve"]),
        ("email=p3@example.org&status=all&q=eve", &["Eve"]),
        ("email=p1@example.org&q=bob", &[]),
        ("created_after=2020-01-01T00:00:00Z", &["Bob"]),
        ("created_before=2020-01-02T00:00:00Z", &["Ada"]),
        ("created_after=2019-12-31T23:59:59.999999Z&sort=name", &["Ada", "Bob"]),
        ("created_after=2020-01-01T00:00:00Z&created_before=2020-01-02T00:00:00Z", &[]),
        ("created_after=2020-01-02T00:00:00Z&status=all&sort=-name", &["Eve"]),
        ("created_after=2020-01-01T00:00:00Z&q=b&sort=email", &["Bob"]),
        ("created_after=9999-12-31T23:59:59.999999Z", &[]),
        ("created_before=0001-01-01T00:00:00Z&sort=name", &[]),
    ] {
        assert_eq!(names(&database, query).await, expected, "{query}");
    }
}

async fn cursors_work_in_every_order_and_direction(database: Fresh) {
    // Many rows share a name and a time, so the id breaks the tie.
    for n in 1..=11 {
        create(&database, n, &format!("P{}", n % 3), &format!("2020-01-0{}T00:00:00Z", 1 + n % 2)).await;
    }
    for sort in ["name", "-name", "email", "-email", "created_at", "-created_at", "updated_at", "-updated_at"] {
        for q in ["", "&q=p"] {
            let list: ListUsers = format!("sort={sort}{q}&per_page=4").parse().unwrap();
            let whole = names(&database, &format!("sort={sort}{q}&per_page=100")).await;
            let forth = follow(&database, &list, |page| page.next.as_ref()).await;
            assert_eq!((forth.len(), forth.concat()), (3, whole.clone()), "{sort}");
            let third = page(&database, &list.at_page(3)).await;
            let mut back =
                follow(&database, &list.at_cursor(&third.previous.unwrap()), |page| page.previous.as_ref()).await;
            back.reverse();
            assert_eq!(back.concat(), whole[..8], "{sort}");
        }
    }
}

async fn concurrent_changes_neither_repeat_nor_skip_other_users(database: Fresh) {
    for n in 1..=40 {
        create(&database, n, &format!("P{n:03}"), "2020-01-01T00:00:00Z").await;
    }
    let writers = {
        let store = database.store.clone();
        tokio::spawn(async move {
            for n in 100..160 {
                let name = format!("P{:03}x", (n * 7) % 40);
                let user = record(n, &name, &format!("p{n}@example.org"), "2020-01-01T00:00:00Z");
                create_user(&*store, &user, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
                let deleted = event(Action::UserDeleted, Some(id(n)));
                delete_user(&*store, id(n), at("2026-01-02T00:00:00Z"), &deleted).await.unwrap();
            }
        })
    };
    while !writers.is_finished() {
        for sort in ["name", "-name"] {
            let list: ListUsers = format!("sort={sort}&per_page=3").parse().unwrap();
            let met = follow(&database, &list, |page| page.next.as_ref()).await.concat();
            let stayed: Vec<_> = met.iter().filter(|name| !name.ends_with('x')).collect();
            let once: BTreeSet<_> = stayed.iter().collect();
            assert_eq!((stayed.len(), once.len()), (40, 40), "{sort}");
        }
    }
    writers.await.unwrap();
}

async fn active_and_deleted_users_are_merged_in_one_list(database: Fresh) {
    for n in 1..=10 {
        create(&database, n, &format!("P{n:02}"), "2020-01-01T00:00:00Z").await;
    }
    for n in [2, 3, 7, 10] {
        delete(&database, n).await;
    }
    let expected: Vec<_> = (1..=10).map(|n| format!("P{n:02}")).collect();
    let list: ListUsers = "status=all&sort=name&per_page=3".parse().unwrap();
    assert_eq!(follow(&database, &list, |page| page.next.as_ref()).await.concat(), expected);
    assert_eq!(names(&database, "status=all&sort=name&per_page=3&page=3").await, expected[6..9]);
    assert_eq!(names(&database, "status=all&sort=-name&per_page=3&page=2").await, ["P07", "P06", "P05"]);
}

async fn counts_are_exact_on_request_and_fast_otherwise(database: Fresh) {
    for n in 1..=7 {
        create(&database, n, &format!("P{n}"), "2020-01-01T00:00:00Z").await;
    }
    delete(&database, 7).await;
    for (query, expected) in [
        ("", 6),
        ("per_page=2&page=2", 6),
        ("status=deleted", 1),
        ("status=all", 7),
        ("q=p3", 1),
        ("q=p", 6),
        ("q=p&status=all", 7),
        ("email=p1@example.org", 1),
        ("created_after=2020-01-01T00:00:00Z", 0),
        ("q=nobody", 0),
    ] {
        let list = query.parse().unwrap();
        assert_eq!(count(&database, &list).await, Total::Exactly(expected), "{query}");
        assert_eq!(estimate(&database, &list).await, Total::Exactly(expected), "{query}");
    }
}

async fn every_page_has_the_total(database: Fresh) {
    for n in 1..=9 {
        let user = record(n, &format!("P{n}"), "p@example.org", &format!("2020-01-0{n}T00:00:00Z"));
        create_user(&*database.store, &user, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
        if n < 9 {
            delete(&database, n).await;
        }
    }
    create(&database, 10, "P10", "2020-01-10T00:00:00Z").await;
    create(&database, 11, "Q", "2020-01-11T00:00:00Z").await;
    for filter in ["", "&q=p", "&q=p1", "&q=nobody", "&email=p@example.org", "&created_after=2020-01-03T00:00:00Z"] {
        for status in ["active", "deleted", "all"] {
            let list: ListUsers = format!("status={status}&sort=name&per_page=3{filter}").parse().unwrap();
            let expected = Some(count(&database, &list).await);
            for number in 1..=5 {
                let by_number = database.store.list_with_total(&list.at_page(number)).await.unwrap();
                assert_eq!(by_number.total, expected, "{list} {number}");
                assert_eq!(Page { total: None, ..by_number }, page(&database, &list.at_page(number)).await, "{list}");
            }
            let mut at = list.clone();
            while let Some(next) = page(&database, &at).await.next {
                at = list.at_cursor(&next);
                assert_eq!(database.store.list_with_total(&at).await.unwrap().total, expected, "{at}");
            }
        }
    }
}

async fn the_total_is_correct_after_every_change(database: Fresh) {
    let counts = async || {
        let mut counts = Vec::new();
        for status in ["active", "deleted", "all"] {
            let list: ListUsers = format!("status={status}").parse().unwrap();
            let count = count(&database, &list).await;
            assert_eq!(estimate(&database, &list).await, count, "{status}");
            counts.push(count);
        }
        counts
    };
    let are = |active, deleted| [active, deleted, active + deleted].map(Total::Exactly);
    assert_eq!(counts().await, are(0, 0));
    for n in 1..=3 {
        create(&database, n, &format!("P{n}"), "2020-01-01T00:00:00Z").await;
    }
    assert_eq!(counts().await, are(3, 0));
    delete(&database, 1).await;
    delete(&database, 2).await;
    assert_eq!(counts().await, are(1, 2));
    assert!(restore(&database, 1).await.unwrap());
    assert_eq!(counts().await, are(2, 1));
    assert!(erase(&database, 1).await.unwrap() && erase(&database, 2).await.unwrap());
    assert_eq!(counts().await, are(1, 0));
    // A failed operation is not counted.
    let created = event(Action::UserCreated, Some(id(4)));
    let taken = record(4, "P4", "p3@example.org", "2020-01-01T00:00:00Z");
    assert!(create_user(&*database.store, &taken, &created).await.is_err());
    assert_eq!(counts().await, are(1, 0));
}

async fn several_users_with_one_address_are_listed_like_any_others(database: Fresh) {
    for n in 1..=5 {
        let user = record(n, &format!("P{n}"), "Same@example.org", &format!("2020-01-0{n}T00:00:00Z"));
        create_user(&*database.store, &user, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
        if n < 5 {
            delete(&database, n).await;
        }
    }
    for (query, expected) in [
        ("sort=name", &["P5"][..]),
        ("status=deleted&sort=-name", &["P4", "P3", "P2", "P1"]),
        ("status=deleted&sort=name&per_page=2&page=2", &["P3", "P4"]),
        ("status=all&sort=-created_at&per_page=3", &["P5", "P4", "P3"]),
        ("status=deleted&created_after=2020-01-02T00:00:00Z&q=p3", &["P3"]),
    ] {
        assert_eq!(names(&database, &format!("email=same@EXAMPLE.org&{query}")).await, expected, "{query}");
    }
    let list: ListUsers = "email=same@example.org&status=all&sort=name&per_page=2".parse().unwrap();
    let met = follow(&database, &list, |page| page.next.as_ref()).await;
    assert_eq!(met.concat(), ["P1", "P2", "P3", "P4", "P5"]);
    let back = page(&database, &list.at_page(3)).await.previous.unwrap();
    assert_eq!(page(&database, &list.at_cursor(&back)).await.items.len(), 2);
}
