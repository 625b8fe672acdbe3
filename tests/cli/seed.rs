use super::run;
use crate::support;

#[tokio::test]
async fn the_same_seed_creates_the_same_people_in_every_database() {
    let postgres = support::postgres().await;
    let sqlite = support::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    for url in [&sqlite.url, &postgres.url] {
        let (code, out, err) = run(folder.path(), &["seed", "--count", "2500", "--seed", "7", "--database-url", url]);
        assert_eq!((code, out.as_str(), err.as_str()), (0, "Seeded people: 2500 created, 0 unchanged\n", ""));
        let (_, again, _) = run(folder.path(), &["seed", "--count", "2500", "--seed", "7", "--database-url", url]);
        assert_eq!(again, "Seeded people: 0 created, 2500 unchanged\n");
    }
    for query in ["per_page=100&page=25", "sort=name&per_page=100", "q=maria", "sort=-email"] {
        let list = query.parse().unwrap();
        let page = sqlite.store.list(&list).await.unwrap();
        assert_eq!(page, postgres.store.list(&list).await.unwrap(), "{query}");
        assert!(!page.items.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn seeded_people_have_names_of_many_scripts() {
    let database = support::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["seed", "--count", "2000", "--database-url", &database.url]);
    let mut names = String::new();
    for page in 1..=20 {
        let page = database.store.list(&format!("per_page=100&page={page}").parse().unwrap()).await.unwrap();
        names.extend(page.items.into_iter().map(|user| user.profile.name));
    }
    for (script, range) in [
        ("Latin", 'a'..='z'),
        ("Cyrillic", 'а'..='я'),
        ("Greek", 'α'..='ω'),
        ("Arabic", 'ا'..='ي'),
        ("Hebrew", 'א'..='ת'),
        ("Devanagari", 'अ'..='ह'),
        ("Thai", 'ก'..='ฮ'),
        ("Hangul", '가'..='힣'),
        ("Han", '一'..='龥'),
    ] {
        assert!(names.chars().any(|c| range.contains(&c)), "{script}");
    }
}
