//! Query plans of the list: no statement scans a table, and only search candidates are sorted.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use crate::support::{Fresh, bring_in, postgres, record, sqlite};

/// The SQL statements of the list that `.sqlx` records for a database: those that walk an index, those that sort
/// candidates, and those that find candidates.
struct Statements {
    walks: Vec<String>,
    sorts: Vec<String>,
    finds: Vec<String>,
}

impl Statements {
    fn of(database: &str) -> Self {
        let texts = texts(database);
        let with = |marks: &[&str], without: &[&str]| -> Vec<String> {
            let wanted = |text: &&String| {
                marks.iter().all(|mark| text.contains(mark)) && !without.iter().any(|mark| text.contains(mark))
            };
            texts.iter().filter(wanted).cloned().collect()
        };
        let candidates = if database == "SQLite" { "candidates" } else { "seq = any(" };
        Self {
            walks: with(&["created_at between", "order by", "offset"], &[candidates]),
            sorts: with(&["created_at between", "order by", "offset", candidates], &[]),
            finds: [
                with(&["select seq from", "users where deleted_at", "limit"], &[]),
                with(&["users_search match", "limit ?"], &["count(", "order by"]),
                with(&["search like $1 and search like $2", "limit $4"], &[]),
                with(&["search ~ ", "limit $2"], &[]),
                with(&["and email_key = ", "created_at between", "limit"], &["order by", "count("]),
            ]
            .concat(),
        }
    }

    /// Two statuses, four sort keys, two directions.
    fn assert_complete(&self, finds: usize) {
        assert_eq!((self.walks.len(), self.sorts.len(), self.finds.len()), (16, 16, finds));
    }
}

/// Every SQL statement that `.sqlx` records for a database.
fn texts(database: &str) -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/.sqlx");
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let files: Vec<Value> = files.map(|file| serde_json::from_slice(&file).unwrap()).collect();
    let texts = files.iter().filter(|file| file["db_name"] == database);
    texts.map(|file| file["query"].as_str().unwrap().to_owned()).collect()
}

async fn fill(database: &Fresh, people: u32) {
    let user = |n| {
        let day = format!("20{:02}-01-{:02}T00:00:00Z", n % 90, 1 + n % 28);
        record(n, &format!("Person {n:06}"), &format!("p{n}@example.org"), &day)
    };
    bring_in(database.store.as_ref(), &(1..=people).map(user).collect::<Vec<_>>()).await;
}

async fn sqlite_plan(connection: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("explain query plan {statement}"));
    let rows = sqlx::query(explain).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect()
}

#[tokio::test]
async fn sqlite_reads_lists_from_indexes() {
    let database = sqlite().await;
    fill(&database, 1_000).await;
    let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
    let statements = Statements::of("SQLite");
    // Phrase search; e-mail address twice and time of creation, each by status.
    statements.assert_complete(7);
    for statement in &statements.walks {
        let plan = sqlite_plan(&mut connection, statement).await.join("\n");
        assert!(plan.starts_with("SEARCH users USING INDEX users_"), "{statement}\n{plan}");
        assert!(!plan.contains("SCAN users ") && !plan.contains("ORDER BY"), "{statement}\n{plan}");
        // Keyset pagination: the search starts at the cursor's row, not at a key that many rows may share. E-mail
        // addresses are unique.
        assert!(plan.contains(",id)") || plan.contains("users_active_email"), "{statement}\n{plan}");
    }
    for statement in &statements.sorts {
        let plan = sqlite_plan(&mut connection, statement).await;
        assert!(plan[0].starts_with("SCAN candidates VIRTUAL TABLE"), "{statement}\n{plan:?}");
        assert!(plan[1].starts_with("SEARCH users USING INTEGER PRIMARY KEY (rowid=?)"), "{statement}\n{plan:?}");
    }
    for statement in &statements.finds {
        let plan = sqlite_plan(&mut connection, statement).await.join("\n");
        assert!(
            plan.starts_with("SEARCH users USING") || plan.contains("VIRTUAL TABLE INDEX 0:M"),
            "{statement}\n{plan}"
        );
    }
}

/// The plan with these values for the statement's parameters, in order.
async fn postgres_plan(connection: &mut PgConnection, statement: &str, values: &[&str]) -> String {
    let text =
        (1..=values.len()).rev().fold(statement.to_owned(), |text, n| text.replace(&format!("${n}"), values[n - 1]));
    let rows = sqlx::query(AssertSqlSafe(format!("explain {text}"))).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect::<Vec<_>>().join("\n")
}

/// The cursor before the first row of an order (key and id), and the greatest key of that order.
fn ends(statement: &str) -> [&'static str; 3] {
    let (least, greatest) = if statement.contains("_key, id)") {
        ("''", "repeat(chr(1114111), 400)")
    } else {
        ("'0001-01-01T00:00:00Z'::timestamptz", "'9999-12-31T23:59:59Z'::timestamptz")
    };
    if statement.contains(" desc, id desc") {
        [greatest, "'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid", least]
    } else {
        [least, "'00000000-0000-0000-0000-000000000000'::uuid", greatest]
    }
}

#[tokio::test]
async fn postgresql_reads_lists_from_indexes() {
    const EVER: [&str; 2] = ["'0001-01-01T00:00:00Z'::timestamptz", "'9999-12-31T23:59:59Z'::timestamptz"];
    let database = postgres().await;
    fill(&database, 20_000).await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    // Half of the people are deleted, so that an index is worthwhile for both statuses.
    sqlx::query("update public.users set deleted_at = now() where seq % 2 = 0").execute(&mut connection).await.unwrap();
    sqlx::query("vacuum analyze").execute(&mut connection).await.unwrap();
    let statements = Statements::of("PostgreSQL");
    // The same as on SQLite, and symbol search.
    statements.assert_complete(8);
    for statement in &statements.walks {
        let values = [&ends(statement)[..], &EVER, &["null"; 5], &["21", "0"]].concat();
        let plan = postgres_plan(&mut connection, statement, &values).await;
        assert!(plan.contains("Index Scan") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
        assert!(!plan.contains("Sort") || plan.contains("Presorted Key"), "{statement}\n{plan}");
    }
    for statement in &statements.sorts {
        let values =
            [&["array[1, 2, 3]::bigint[]"], &ends(statement)[..], &EVER, &["null", "null", "21", "0"]].concat();
        let plan = postgres_plan(&mut connection, statement, &values).await;
        assert!(plan.contains("users_pkey") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
    }
    for statement in &statements.finds {
        let day = "'2020-01-05T00:00:00Z'::timestamptz";
        let values = match statement {
            by if by.contains("like") => vec!["'%xaq%'", "'%xaq%'", "'%xaq%'", "5001"],
            by if by.contains("search ~") => vec!["'%%%'", "5001"],
            by if by.contains("created_at between $2") => vec!["'p1@example.org'", day, day, "null", "5001"],
            by if by.contains("email_key") => vec!["'p1@example.org'", "5001"],
            _ => vec![day, day, "5001"],
        };
        let plan = postgres_plan(&mut connection, statement, &values).await;
        assert!(plan.contains("Index") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
    }
}

#[tokio::test]
async fn postgresql_continues_the_trail_from_an_index() {
    let database = postgres().await;
    fill(&database, 5_000).await;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    sqlx::query("vacuum analyze").execute(&mut connection).await.unwrap();
    let texts = texts("PostgreSQL");
    let of_events = texts.iter().filter(|text| text.contains("public.events"));
    let statements: Vec<_> = of_events.filter(|text| text.contains("pg_snapshot_")).collect();
    assert_eq!(statements.len(), 3, "where it ends, what follows, what another cluster numbered");
    for statement in statements {
        let plan = postgres_plan(&mut connection, statement, &["7::bigint", "5::bigint", "100"]).await;
        assert!(plan.contains("events_position") && !plan.contains("Seq Scan"), "{statement}\n{plan}");
        assert!(!plan.contains("Sort"), "{statement}\n{plan}");
    }
    let since = texts.iter().find(|text| text.contains("where xid >= $1")).unwrap();
    let plan = postgres_plan(&mut connection, since, &["1000000000::bigint", "100"]).await;
    assert!(plan.contains("events_position") && !plan.contains("Seq Scan"), "{plan}");
}
