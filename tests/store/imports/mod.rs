//! The import service with a real database, from upload to undo.

mod lifecycle;
mod permissions;
mod rows;

use std::sync::Arc;

use async_trait::async_trait;
use rollcall::{
    domain::{
        Action, AppError, ApplyImport, ChosenColumns, Import, ImportCounts, ImportId, ImportMode, ImportRow,
        ImportState, ListImportRows, NewImport, RowOutcome, User,
    },
    server::{
        foundation::clock::{SystemClock, UuidV7},
        services::{
            identity::Actor,
            imports::{Chunk, Imports, Source},
            users::Users,
        },
    },
};

use super::{actions, contract, create, names, trail};
use crate::support::{Fresh, at, form, id};

contract! {
    an_import_is_checked_applied_and_undone,
    update_mode_changes_existing_users_and_insert_mode_refuses_them,
    an_undo_reverts_changes_and_keeps_users_changed_since,
}

/// The service, and the actor who uses it.
struct Desk {
    imports: Imports,
    users: Users,
    actor: Actor,
}

fn desk(database: &Fresh, actor: Actor) -> Desk {
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(UuidV7));
    let imports = Imports::new(database.store.clone(), clock.clone(), ids.clone());
    Desk { imports, users: Users::new(database.store.clone(), clock, ids), actor }
}

/// A file in memory, as a stream of chunks.
struct Text(Vec<Vec<u8>>);

#[async_trait]
impl Source for Text {
    async fn next(&mut self) -> Result<Option<Chunk>, AppError> {
        Ok((!self.0.is_empty()).then(|| self.0.remove(0).into()))
    }
}

impl Desk {
    async fn check(&self, file: &str) -> Import {
        let columns = ChosenColumns::default();
        let new = NewImport { file: "people.csv".into(), size: file.len() as u64, part_size: 65_536, columns };
        let source = Text(file.as_bytes().chunks(10_000).map(<[u8]>::to_vec).collect());
        let begun = self.imports.check_file(&self.actor, &new, source).await.unwrap();
        self.end(begun.id).await
    }

    /// Polls until the import is idle.
    async fn end(&self, id: ImportId) -> Import {
        self.imports.watch(id, |_| {}).await;
        self.imports.get(&self.actor, id).await.unwrap()
    }

    async fn apply(&self, import: &Import, mode: ImportMode) -> Import {
        self.imports.apply(&self.actor, import.id, ApplyImport { mode, skip_invalid: true }).await.unwrap();
        self.end(import.id).await
    }

    async fn bring_in(&self, file: &str) -> Import {
        let applied = self.apply(&self.check(file).await, ImportMode::Update).await;
        assert_eq!(applied.state, ImportState::Applied, "{applied:?}");
        applied
    }

    async fn undo(&self, id: ImportId) -> Import {
        self.imports.undo(&self.actor, id).await.unwrap();
        self.end(id).await
    }

    async fn rows(&self, import: &Import, outcome: RowOutcome) -> Vec<ImportRow> {
        self.imports.rows(&self.actor, import.id, ListImportRows { outcome, after: 0, per_page: 1_000 }).await.unwrap()
    }
}

/// New, changed, unchanged, invalid, duplicate, taken.
fn counts([new, changed, unchanged, invalid, duplicate, taken]: [u64; 6]) -> ImportCounts {
    ImportCounts { new, changed, unchanged, invalid, duplicate, taken }
}

/// A file with this many lines.
fn lines(count: u32, line: impl Fn(u32) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

async fn by_email(database: &Fresh, email: &str) -> User {
    let list = format!("status=all&email={}", email.replace('+', "%2B"));
    database.store.list(&list.parse().unwrap()).await.unwrap().items.remove(0)
}

async fn an_import_is_checked_applied_and_undone(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let checked = desk.check("name,email,team\nAda,ada@example.org,x\nBob,bob@example.org,y\n").await;
    assert_eq!((checked.state, checked.counts), (ImportState::Checked, Some(counts([2, 0, 0, 0, 0, 0]))));
    assert_eq!(checked.columns.last().map(|column| (column.heading.as_str(), column.field)), Some(("team", None)));
    assert!(database.store.is_empty().await.unwrap(), "nothing is written before it is applied");

    let applied = desk.apply(&checked, ImportMode::Insert).await;
    assert_eq!((applied.state, applied.mode), (ImportState::Applied, Some(ImportMode::Insert)));
    assert_eq!(names(&database, "sort=name").await, ["Ada", "Bob"]);
    let recorded = trail(&database, "").await;
    assert!(recorded.iter().all(|event| event.import == Some(applied.id)), "{recorded:?}");
    assert_eq!(
        recorded.iter().map(|event| event.action).collect::<Vec<_>>(),
        [Action::ImportApplied, Action::UserCreated, Action::UserCreated]
    );
    let again = desk.check("name,email\nAda,ada@example.org\nBob,bob@example.org\n").await;
    assert_eq!(again.counts, Some(counts([0, 0, 2, 0, 0, 0])));

    let undone = desk.undo(applied.id).await;
    assert_eq!((undone.state, undone.kept), (ImportState::Undone, Some(0)));
    assert!(names(&database, "").await.is_empty());
    assert_eq!(names(&database, "status=deleted&sort=name").await, ["Ada", "Bob"], "they can be restored");
    assert!(matches!(desk.imports.undo(&desk.actor, applied.id).await, Err(AppError::Conflict(_))));
    assert_eq!(desk.bring_in("name,email\nAda,ada@example.org\n").await.counts, Some(counts([1, 0, 0, 0, 0, 0])));
}

async fn update_mode_changes_existing_users_and_insert_mode_refuses_them(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let file = "name,email,created_at\nAda L.,ADA@example.org,1815-12-10T00:00:00Z\nBob,bob@example.org,\n";
    let checked = desk.check(file).await;
    let all = ApplyImport { mode: ImportMode::Insert, skip_invalid: false };
    let refused = desk.imports.apply(&desk.actor, checked.id, all).await.unwrap_err();
    assert!(matches!(&refused, AppError::Conflict(errors) if errors.0[0].field == "skip_invalid"), "{refused}");
    assert_eq!(names(&database, "").await, ["Ada"]);

    let inserted = desk.apply(&checked, ImportMode::Insert).await;
    assert_eq!(names(&database, "sort=name").await, ["Ada", "Bob"], "existing users are unchanged");
    let left_out = desk.rows(&inserted, RowOutcome::Changed).await;
    assert_eq!(left_out.iter().map(|row| row.line).collect::<Vec<_>>(), [2], "and is remembered");

    desk.bring_in(file).await;
    let ada = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((ada.profile.name.as_str(), ada.profile.email.as_str(), ada.version), ("Ada L.", "ADA@example.org", 2));
    assert_eq!(ada.created_at, at("1815-12-10T00:00:00Z"));
    assert_eq!(names(&database, "q=lovelace").await, Vec::<String>::new());
    assert_eq!(names(&database, "q=ada+l").await, ["Ada L."], "found by what they are called now");
    let recorded = &trail(&database, &format!("user={}", id(1))).await[0];
    let fields: Vec<_> = recorded.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((recorded.action, fields.as_slice()), (Action::UserUpdated, &["name", "email", "created_at"][..]));
}

async fn an_undo_reverts_changes_and_keeps_users_changed_since(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    create(
        &database,
        &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z"), (2, "Bob", "bob@example.org", "2020-01-01T00:00:00Z")],
    )
    .await;
    let applied = desk
        .bring_in(
            "name,email,created_at\nAda L.,ADA@example.org,1815-12-10T00:00:00Z\nRobert,bob@example.org,\n\
             Cyd,cyd@example.org,\nDora,dora@example.org,\n",
        )
        .await;
    let (bob, cyd) = (by_email(&database, "bob@example.org").await, by_email(&database, "cyd@example.org").await);
    desk.users.update(&desk.actor, bob.id, bob.version, &form("Bobby", "bob@example.org")).await.unwrap();
    desk.users.update(&desk.actor, cyd.id, cyd.version, &form("Cyd C.", "cyd@example.org")).await.unwrap();
    let before: Vec<_> =
        desk.rows(&applied, RowOutcome::Kept).await.into_iter().map(|row| row.profile.unwrap().name).collect();
    assert_eq!(before, ["Bobby", "Cyd C."], "the users that an undo would keep");

    let undone = desk.undo(applied.id).await;
    assert_eq!((undone.state, undone.kept), (ImportState::Undone, Some(2)));
    let ada = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((ada.profile.name.as_str(), ada.profile.email.as_str(), ada.version), ("Ada", "ada@example.org", 3));
    assert_eq!(ada.created_at, at("2020-01-01T00:00:00Z"));
    assert_eq!(names(&database, "sort=name").await, ["Ada", "Bobby", "Cyd C."]);
    let kept: Vec<_> =
        desk.rows(&undone, RowOutcome::Kept).await.into_iter().map(|row| row.profile.unwrap().name).collect();
    assert_eq!(kept, ["Bobby", "Cyd C."]);
    let ada = desk.users.get(&desk.actor, id(1)).await.unwrap();
    desk.users.update(&desk.actor, id(1), ada.version, &form("Ada again", "ada@example.org")).await.unwrap();
    assert_eq!(desk.rows(&undone, RowOutcome::Kept).await.len(), 2, "what happens later is no matter of the undo");
    assert_eq!(actions(&database, "").await[1], Action::ImportUndone);
}
