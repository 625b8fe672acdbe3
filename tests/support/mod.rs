//! The real router in process, and test data.

mod app;
mod changes;
pub mod contract;
mod databases;
pub mod postgres;
pub mod proxy;
pub mod redis;
pub mod stream;

pub use app::{Answer, App, PASSWORD, StillClock, settings};
pub use changes::{create_user, delete_user, restore_user, update_user};
pub use databases::{Fresh, empty_postgres, postgres, sqlite};

use rollcall::{
    domain::{Action, ActorKind, ImportId, ImportMode, ImportState, NewUser, Timestamp, UserForm, UserId},
    server::{
        services::identity::Actor,
        store::{ApplyOptions, EventRecord, ImportDetails, ImportRecord, StagedPerson, StagedRow, Store, UserRecord},
    },
};
use uuid::Uuid;

/// The `n`th of a sequence of ids that sort in numerical order.
pub fn id(n: u32) -> UserId {
    format!("01900000-0000-7000-8000-{n:012x}").parse().unwrap()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse("at", text).unwrap()
}

pub fn form(name: &str, email: &str) -> UserForm {
    UserForm::new(name, email)
}

pub fn new_user(name: &str, email: &str) -> NewUser {
    form(name, email).parse().unwrap()
}

pub fn record(n: u32, name: &str, email: &str, created_at: &str) -> UserRecord {
    let user = new_user(name, email).with_created_at(Some(at(created_at)));
    UserRecord::new(id(n), &user, at("2026-01-01T00:00:00Z"))
}

/// Inserts many people at once, as an import by the operator.
pub async fn bring_in(store: &dyn Store, people: &[UserRecord]) {
    let now = at("2026-01-01T00:00:00Z");
    let id = ImportId(Uuid::now_v7());
    let import = ImportRecord {
        id,
        file: "people".into(),
        size: 0,
        part_size: 0,
        details: ImportDetails::default(),
        actor_kind: ActorKind::Operator,
        actor_id: None,
        uses_all_fields: true,
        is_local: true,
        now,
        active_until: None,
    };
    store.create_import(&import).await.unwrap();
    let import = store.import(id).await.unwrap().unwrap().seq;
    let staged = |(line, user): (u64, &UserRecord)| StagedRow {
        line,
        person: Ok(StagedPerson {
            has_id: true,
            created_at: Some(user.created_at),
            updated_at: Some(user.updated_at),
            ..StagedPerson::new(user.id, &new_user(&user.profile().name, &user.profile().email))
        }),
    };
    let rows: Vec<StagedRow> = (1..).zip(people).map(staged).collect();
    for rows in rows.chunks(1_000) {
        store.stage(import, rows).await.unwrap();
    }
    let mut transaction = store.begin_import_transaction(import).await.unwrap();
    let how = ApplyOptions { import: id, mode: ImportMode::Insert, may_change_admins: true, now };
    let mut line = 0;
    while let Some(applied) = transaction.apply(line, &how, &event(Action::ImportApplied, None)).await.unwrap() {
        line = applied.line;
    }
    let (from, to) = (ImportState::Receiving, ImportState::Applied);
    let done =
        transaction.commit(from, to, &ImportDetails::default(), &event(Action::ImportApplied, None)).await.unwrap();
    assert!(done);
}

/// An event by the operator at the beginning of 2026.
pub fn event(action: Action, user: Option<UserId>) -> EventRecord {
    let event = Actor::operator().event(action, at("2026-01-01T00:00:00Z"));
    match user {
        Some(user) => event.about(user),
        None => event,
    }
}
