//! Search: which people match, and that every query strategy gives the same result.

use rollcall::domain::{ListUsers, Total};

use super::{contract, create, estimate, names};
use crate::support::{Fresh, bring_in, record};

contract! {
    every_word_of_a_search_must_match,
    query_syntax_is_matched_literally,
    symbols_are_found_in_any_script,
    searching_keeps_sort_and_page,
    many_matches_are_walked_and_few_are_sorted_with_the_same_result,
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

async fn query_syntax_is_matched_literally(database: Fresh) {
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

/// PostgreSQL's trigrams contain only letters and digits, so symbols have a separate index.
async fn symbols_are_found_in_any_script(database: Fresh) {
    let people = ["Ada — 🙂🙃 Lovelace", "C3PO (R2-D2)", "a--b", "Plain Person", "Mr. %_% \\\\"];
    for (n, name) in (1..).zip(people) {
        create(&database, &[(n, name, &format!("p{n}@example.org"), "2020-01-01T00:00:00Z")]).await;
    }
    let list = |q: &str| ListUsers { q: Some(q.to_owned()), ..ListUsers::default() };
    for (q, expected) in [
        ("🙂🙃", Some(0)),
        ("🙂", Some(0)),
        ("🙂🙃🙂", None),
        ("—", Some(0)),
        ("(", Some(1)),
        ("a--", Some(2)),
        ("--", None),
        ("--b", Some(2)),
        ("%_%", Some(4)),
        ("%%%", None),
        ("\\\\", Some(4)),
        ("\\\\ %_", Some(4)),
        ("...", None),
    ] {
        let found = database.store.list(&list(q)).await.unwrap().items;
        let found: Vec<_> = found.into_iter().map(|user| user.profile.name).collect();
        assert_eq!(found, expected.map(|n: usize| people[n]).into_iter().collect::<Vec<_>>(), "{q}");
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

async fn many_matches_are_walked_and_few_are_sorted_with_the_same_result(database: Fresh) {
    let people: Vec<_> = (1..=10_020)
        .map(|n| {
            let name = if n % 2 == 0 { format!("Anna {n:05}") } else { format!("Bert {n:05}") };
            record(n, &name, &format!("p{n}@example.org"), &format!("2020-01-{:02}T00:00:00Z", 1 + n % 28))
        })
        .collect();
    bring_in(database.store.as_ref(), &people).await;
    assert_eq!(names(&database, "q=anna&sort=name&per_page=2").await, ["Anna 00002", "Anna 00004"]);
    assert_eq!(names(&database, "q=anna&sort=-name&per_page=2&page=2").await, ["Anna 10016", "Anna 10014"]);
    assert_eq!(names(&database, "q=anna+0001&sort=name&per_page=3").await, ["Anna 00010", "Anna 00012", "Anna 00014"]);
    let all = "q=anna+example+org+p+exa&per_page=2";
    assert_eq!(names(&database, &format!("{all}&sort=-name")).await, ["Anna 10020", "Anna 10018"]);
    assert_eq!(
        names(&database, &format!("{all}&sort=name&created_after=2020-01-26T00:00:00Z")).await,
        ["Anna 00026", "Anna 00054"]
    );
    assert_eq!(names(&database, "q=example&sort=-name&per_page=2").await, ["Bert 10019", "Bert 10017"]);
    let total = estimate(&database, &"q=anna".parse().unwrap()).await;
    assert_eq!(total, Total::Exactly(5_010), "exact below 10,000");
    let total = estimate(&database, &ListUsers::default()).await;
    assert!(matches!(total, Total::About(10_000) | Total::AtLeast(10_000)), "{total:?}");
}
