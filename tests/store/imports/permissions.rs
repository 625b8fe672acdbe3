//! Permissions for imports.

use rollcall::{
    domain::{Action, AppError, ApplyImport, ImportMode, Role, RowOutcome, Scope, TokenId},
    server::services::identity::{Actor, Identity},
};

use super::{by_email, counts, desk};
use crate::{
    store::{NOW, admin, contract, names},
    support::{Fresh, at, event, id},
};

contract! {
    an_operator_imports_ids_times_and_versions,
    an_editor_imports_names_and_addresses_only,
    an_import_needs_the_permission_to_change_admins,
}

fn token(scopes: &[Scope]) -> Actor {
    Identity::Token { id: TokenId(id(99).0), scopes: scopes.iter().copied().collect() }.into()
}

async fn an_operator_imports_ids_times_and_versions(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let file = format!(
        "id,name,email,version,created_at,updated_at,deleted_at\n\
         {},Ada,ada@example.org,7,1815-12-10T00:00:00Z,2020-02-02T02:02:02.5Z,\n\
         {},Ada,ada@example.org,3,1815-12-10T00:00:00Z,2021-01-01T00:00:00Z,2021-01-01T00:00:00Z\n",
        id(1),
        id(2)
    );
    assert_eq!(desk.bring_in(&file).await.counts, Some(counts([2, 0, 0, 0, 0, 0])));
    let ada = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((ada.version, ada.created_at), (7, at("1815-12-10T00:00:00Z")));
    assert_eq!((ada.updated_at, ada.deleted_at), (at("2020-02-02T02:02:02.5Z"), None));
    let deleted = database.store.get(id(2)).await.unwrap().unwrap();
    assert_eq!(deleted.deleted_at, Some(at("2021-01-01T00:00:00Z")));
    assert_eq!(desk.check(&file).await.counts, Some(counts([0, 0, 2, 0, 0, 0])), "again, it changes nothing");
}

async fn an_editor_imports_names_and_addresses_only(database: Fresh) {
    let desk = desk(&database, token(&[Scope::UsersRead, Scope::UsersWrite]));
    let file = format!(
        "id,name,email,version,created_at,deleted_at\n\
         {},Ada,ada@example.org,7,1815-12-10T00:00:00Z,\n\
         ,Bob,bob@example.org,1,,2021-01-01T00:00:00Z\n",
        id(1)
    );
    let checked = desk.check(&file).await;
    assert_eq!(checked.counts, Some(counts([1, 0, 0, 1, 0, 0])));
    desk.apply(&checked, ImportMode::Insert).await;
    let ada = by_email(&database, "ada@example.org").await;
    assert!(ada.id != id(1) && ada.version == 1 && ada.created_at > at("2026-01-01T00:00:00Z"), "{ada:?}");

    let reader = super::desk(&database, token(&[Scope::UsersRead]));
    assert!(matches!(reader.imports.list(&reader.actor).await, Err(AppError::Forbidden(_))));
    let whole = super::desk(&database, Actor::operator()).check(&file).await;
    let all = ApplyImport { mode: ImportMode::Insert, skip_invalid: true };
    let lent = desk.imports.apply(&desk.actor, whole.id, all).await;
    assert!(matches!(lent, Err(AppError::Forbidden(_))), "nor by the import of an admin: {lent:?}");
}

async fn an_import_needs_the_permission_to_change_admins(database: Fresh) {
    admin(&database, 1).await;
    let desk = desk(&database, token(&[Scope::UsersRead, Scope::UsersWrite]));
    let checked = desk.check("name,email\nNobody,1@example.org\n").await;
    assert_eq!(checked.counts, Some(counts([0, 0, 0, 0, 0, 1])));
    assert_eq!(desk.rows(&checked, RowOutcome::Taken).await[0].errors[0].column, "email");
    desk.apply(&checked, ImportMode::Update).await;
    assert_eq!(names(&database, "").await, ["Person 1"]);

    let fresh = desk.bring_in("name,email\nEve,eve@example.org\n").await;
    let eve = by_email(&database, "eve@example.org").await;
    let recorded = event(Action::RoleChanged, Some(eve.id));
    database.store.set_role(eve.id, Some(Role::Admin), at(NOW), &recorded).await.unwrap();
    assert_eq!(desk.undo(fresh.id).await.kept, Some(1));
}
