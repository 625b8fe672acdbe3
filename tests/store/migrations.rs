//! Migrations that fill rows older than themselves.

use rollcall::domain::{Action, EventSubject, ImportId, Role};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{NOW, admin, contract, create_token, delete, member, token, trail};
use crate::support::{Fresh, at, event, id};

contract! {
    the_migration_adds_subjects_to_old_events,
}

/// Runs statements on a connection of its own, without the store.
async fn run(database: &Fresh, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    if database.url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&database.url).await.unwrap();
        sqlx::raw_sql(statements).execute(&mut connection).await.unwrap();
    }
}

/// The statements of a migration that fill old rows.
fn updates(database: &Fresh) -> &'static str {
    let migration = if database.url.starts_with("sqlite") {
        include_str!("../../migrations/sqlite/0013_add_event_subjects.sql")
    } else {
        include_str!("../../migrations/postgres/0013_add_event_subjects.sql")
    };
    &migration[migration.find("update ").unwrap()..]
}

async fn subjects(database: &Fresh) -> Vec<(Action, Option<EventSubject>)> {
    let events = trail(database, "per_page=100").await;
    events.into_iter().map(|event| (event.action, event.subject)).collect()
}

async fn the_migration_adds_subjects_to_old_events(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Admin).await;
    for (n, owner) in [(1, None), (2, Some(2)), (3, Some(2)), (4, None)] {
        create_token(&database, n, owner).await;
    }
    let revoked = event(Action::TokenRevoked, None);
    database.store.revoke_token(token(1, None).id, at(NOW), &revoked).await.unwrap();
    delete(&database, 2).await.unwrap();
    let applied = event(Action::ImportApplied, None).about_import(ImportId(id(9).0));
    database.store.record_event(&applied.and(Action::UserUpdated).about(id(1))).await.unwrap();
    database.store.record_event(&applied).await.unwrap();
    database.store.record_event(&event(Action::SignInFailed, None)).await.unwrap();

    let recorded = subjects(&database).await;
    assert_eq!(recorded.iter().filter(|(_, subject)| subject.is_none()).count(), 1, "{recorded:?}");
    run(&database, "update events set subject_kind = null, subject_id = null").await;
    assert!(subjects(&database).await.iter().all(|(_, subject)| subject.is_none()));
    run(&database, updates(&database)).await;
    assert_eq!(subjects(&database).await, recorded);
}

/// Tokens with the same name that were revoked at the same moment get one event each.
#[tokio::test]
async fn events_are_assigned_to_tokens_of_the_same_name() {
    for database in [crate::support::sqlite().await, crate::support::postgres().await] {
        admin(&database, 1).await;
        member(&database, 2, Role::Admin).await;
        for n in [2, 3] {
            create_token(&database, n, Some(2)).await;
        }
        run(&database, "update tokens set name = 'Same'").await;
        delete(&database, 2).await.unwrap();
        run(&database, "update events set subject_kind = null, subject_id = null").await;
        run(&database, updates(&database)).await;
        let mut revoked: Vec<_> = subjects(&database).await;
        revoked.retain(|(action, _)| *action == Action::TokenRevoked);
        revoked.sort_by_key(|(_, subject)| subject.map(|subject| subject.id));
        assert_eq!(revoked, [2, 3].map(|n| (Action::TokenRevoked, Some(token(n, None).id.into()))));
    }
}
