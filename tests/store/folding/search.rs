//! Search results and their order before and after outdated users are rebuilt.

use rollcall::domain::{ListUsers, Total, UserId};

use super::{
    super::{NOW, contract, count, create, delete, estimate, names},
    PEOPLE, create_outdated, outdated_count, rebuild_all,
};
use crate::support::Fresh;

contract! {
    outdated_users_are_found_with_the_previous_folding,
    rebuilt_users_are_found_by_every_form,
    a_user_matched_in_both_foldings_is_listed_and_counted_once,
    pages_through_outdated_and_rebuilt_users_have_no_gap_or_overlap,
    typographic_names_sort_beside_their_ascii_forms,
}

async fn outdated_users_are_found_with_the_previous_folding(database: Fresh) {
    create_outdated(&database, &PEOPLE).await;
    assert_eq!(outdated_count(&database).await, 5);
    for (q, expected) in [
        ("o'neill", &["Ann O'Neill"][..]),
        ("o’neill", &["Bob O’Neill"]),
        ("anne-marie cole", &["Anne-Marie Cole"]),
        ("plain", &["Ada\u{200b}lbert Plain"]),
        ("ada\u{200b}lbert", &["Ada\u{200b}lbert Plain"]),
    ] {
        assert_eq!(names(&database, &format!("q={q}&sort=name")).await, expected, "{q}");
        let query = format!("q={q}").parse().unwrap();
        let total = Total::Exactly(expected.len() as u64);
        assert_eq!(count(&database, &query).await, total, "{q}");
        assert_eq!(estimate(&database, &query).await, total, "{q}");
    }
}

async fn rebuilt_users_are_found_by_every_form(database: Fresh) {
    create_outdated(&database, &PEOPLE).await;
    create(&database, &[(6, "Jean Pierre", "jp@example.org", NOW), (7, "Luc-Jean", "lj@example.org", NOW)]).await;
    rebuild_all(&database).await;
    for q in ["o'neill", "o’neill", "oneill", "O`NEILL"] {
        assert_eq!(names(&database, &format!("q={q}&sort=name")).await, ["Ann O'Neill", "Bob O’Neill"], "{q}");
    }
    for q in ["annemarie", "anne marie", "anne‑marie", "anne-marie", "anne–m"] {
        assert_eq!(names(&database, &format!("q={q}&sort=name")).await, ["Anne-Marie Cole", "Anne‑Marie Dahl"], "{q}");
    }
    for (q, expected) in
        [("jean-pierre", "Jean Pierre"), ("luc jean", "Luc-Jean"), ("adalbert", "Ada\u{200b}lbert Plain")]
    {
        assert_eq!(names(&database, &format!("q={q}")).await, [expected], "{q}");
    }
}

/// Each row is found by the needles of its own folding: some by both.
async fn a_user_matched_in_both_foldings_is_listed_and_counted_once(database: Fresh) {
    create_outdated(&database, &PEOPLE[..3]).await;
    create(&database, &[(8, "Anne-Marie New", "new@example.org", NOW), (9, "Cleo O’Neill", "cleo@example.org", NOW)])
        .await;
    delete(&database, 3).await.unwrap();
    for (query, expected) in [
        ("q=anne-marie", &["Anne-Marie New"][..]),
        ("q=anne-marie&status=all", &["Anne-Marie Cole", "Anne-Marie New"]),
        ("q=o'neill", &["Ann O'Neill", "Cleo O’Neill"]),
        ("q=o’neill", &["Bob O’Neill", "Cleo O’Neill"]),
        ("q=o’neill&status=all&email=bob@example.org", &["Bob O’Neill"]),
    ] {
        assert_eq!(names(&database, &format!("{query}&sort=name")).await, expected, "{query}");
        let total = count(&database, &query.parse().unwrap()).await;
        assert_eq!(total, Total::Exactly(expected.len() as u64), "{query}");
    }
}

async fn pages_through_outdated_and_rebuilt_users_have_no_gap_or_overlap(database: Fresh) {
    for n in 1..=24 {
        let mark = ["'", "’", "‑", "\u{ad}", " "][n as usize % 5];
        let (name, email) = (format!("Da{mark}n {:02}", n * 7 % 24), format!("ü{n}@bücher.example"));
        if n % 2 == 0 {
            create_outdated(&database, &[(n, &name, &email)]).await;
        } else {
            create(&database, &[(n, &name, &email, NOW)]).await;
        }
        if n % 3 == 0 {
            delete(&database, n).await.unwrap();
        }
    }
    let follow = async |query: &str, forward: bool| -> Vec<UserId> {
        let mut list: ListUsers = query.parse().unwrap();
        let mut ids = Vec::new();
        loop {
            let page = database.store.list(&list).await.unwrap();
            ids.extend(page.items.iter().map(|user| user.id));
            assert!(ids.len() <= 24, "{query} goes round in circles");
            let Some(cursor) = (if forward { page.next } else { page.previous }) else { return ids };
            list = list.at_cursor(&cursor);
        }
    };
    for query in ["sort=name", "sort=-name", "sort=email", "sort=-email&q=dan", "sort=name&q=da’n"] {
        for status in ["active", "deleted", "all"] {
            let all = format!("{query}&status={status}&per_page=100");
            let all: Vec<_> = database.store.list(&all.parse().unwrap()).await.unwrap().items;
            let all: Vec<_> = all.into_iter().map(|user| user.id).collect();
            assert_eq!(follow(&format!("{query}&status={status}&per_page=3"), true).await, all, "{query} {status}");
        }
    }
}

async fn typographic_names_sort_beside_their_ascii_forms(database: Fresh) {
    let people = [
        (1, "D’Angelo B"),
        (2, "D'Angelo C"),
        (3, "Dz"),
        (4, "D´Angelo A"),
        (5, "\u{200b}D'Angelo D"),
        (6, "D'\u{ad}Angelo E"),
    ];
    for (n, name) in people {
        create_outdated(&database, &[(n, name, &format!("{n}@example.org"))]).await;
    }
    rebuild_all(&database).await;
    let sorted = names(&database, "sort=name").await;
    assert_eq!(sorted, ["D´Angelo A", "D’Angelo B", "D'Angelo C", "\u{200b}D'Angelo D", "D'\u{ad}Angelo E", "Dz"]);
}
