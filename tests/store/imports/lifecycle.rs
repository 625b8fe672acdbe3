//! The lifecycle of an import: upload in parts, a new check after other changes, cancellation and expiry.

use rollcall::{
    domain::{AppError, ApplyImport, ChosenColumns, FileField, ImportMode, ImportState, NewImport, ProfileField},
    server::services::identity::Actor,
};

use super::{counts, desk, lines};
use crate::{
    store::{contract, names, trail},
    support::{Fresh, form},
};

contract! {
    a_changed_directory_is_checked_again,
    a_cancelled_import_leaves_nothing,
    a_large_file_is_imported_and_searchable,
    parts_are_read_as_one_file,
    abandoned_imports_are_deleted,
}

async fn a_changed_directory_is_checked_again(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let checked = desk.check("name,email\nAda,ada@example.org\nBob,bob@example.org\n").await;
    desk.users.create(&desk.actor, &form("Other", "ada@example.org")).await.unwrap();
    let stopped = desk.apply(&checked, ImportMode::Insert).await;
    assert_eq!((stopped.state, stopped.counts), (ImportState::Checked, Some(counts([1, 1, 0, 0, 0, 0]))));
    assert!(stopped.problem.as_deref().is_some_and(|problem| problem.contains("has changed")), "{stopped:?}");
    assert_eq!(names(&database, "").await, ["Other"]);

    desk.users.create(&desk.actor, &form("Cyd", "cyd@example.org")).await.unwrap();
    let applied = desk.apply(&stopped, ImportMode::Insert).await;
    assert_eq!((applied.state, applied.problem), (ImportState::Applied, None), "what does not matter stops nothing");
}

async fn a_cancelled_import_leaves_nothing(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let rows = lines(20_000, |n| format!("Person {n},p{n}@example.org\n"));
    let checked = desk.check(&format!("name,email\n{rows}")).await;
    assert_eq!(checked.counts, Some(counts([20_000, 0, 0, 0, 0, 0])));
    let all = ApplyImport { mode: ImportMode::Insert, skip_invalid: false };
    desk.imports.apply(&desk.actor, checked.id, all).await.unwrap();
    let cancelled = desk.imports.cancel(&desk.actor, checked.id).await.unwrap();
    assert_eq!(cancelled.state, ImportState::Cancelled);
    assert!(database.store.is_empty().await.unwrap() && trail(&database, "").await.is_empty());
    assert!(matches!(desk.imports.apply(&desk.actor, checked.id, all).await, Err(AppError::Conflict(_))));
    desk.imports.prune().await.unwrap();
    assert!(matches!(desk.imports.get(&desk.actor, checked.id).await, Err(AppError::NotFound(_))));

    let applied = desk.bring_in("name,email\nAda,ada@example.org\n").await;
    let late = desk.imports.cancel(&desk.actor, applied.id).await;
    assert!(matches!(late, Err(AppError::Conflict(_))), "what is applied can be undone, not cancelled");
}

async fn a_large_file_is_imported_and_searchable(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let rows = lines(12_000, |n| format!("\"Ça va \"\"\\ 🎉 {n:05}\",p{n}@example.org\r\n"));
    let applied = desk.bring_in(&format!("name,email\r\n{rows}")).await;
    assert_eq!(applied.counts, Some(counts([12_000, 0, 0, 0, 0, 0])));
    assert_eq!(names(&database, "q=va+11999").await, ["Ça va \"\\ 🎉 11999"]);
    let recorded = trail(&database, "per_page=100&action=user.created").await;
    assert_eq!(
        recorded[0].user.as_ref().unwrap().name.as_deref(),
        Some("Ça va \"\\ 🎉 11999"),
        "in the order of the file"
    );
    assert_eq!(desk.undo(applied.id).await.state, ImportState::Undone);
    assert!(names(&database, "").await.is_empty());
}

async fn parts_are_read_as_one_file(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let rows = lines(6_000, |n| format!("Þóra {n},p{n}@example.org\n"));
    let file = format!("name,email\n{rows}");
    let columns = ChosenColumns::default();
    let new = NewImport { file: "p.csv".into(), size: file.len() as u64, part_size: 65_536, columns };
    let begun = desk.imports.begin(&desk.actor, &new).await.unwrap();
    let parts: Vec<_> = file.as_bytes().chunks(65_536).map(<[u8]>::to_vec).collect();
    assert_eq!((parts.len() as u64, begun.parts()), (3, 3));
    for part in [3, 1, 1, 2] {
        let bytes = parts[part as usize - 1].clone().into();
        desk.imports.put_part(&desk.actor, begun.id, part, bytes).await.unwrap();
    }
    let checked = desk.end(begun.id).await;
    assert_eq!((checked.state, checked.counts), (ImportState::Checked, Some(counts([6_000, 0, 0, 0, 0, 0]))));
    let late = desk.imports.put_part(&desk.actor, begun.id, 1, parts[0].clone().into()).await;
    assert!(matches!(late, Err(AppError::Conflict(_))), "{late:?}");

    let swapped = ChosenColumns(vec![(FileField::Profile(ProfileField::Name), "email".into())]);
    desk.imports.choose_columns(&desk.actor, begun.id, swapped).await.unwrap();
    let failed = desk.end(begun.id).await;
    assert_eq!(failed.state, ImportState::Failed);
    assert!(failed.problem.is_some() && failed.columns.len() == 2, "{failed:?}");
    desk.imports.choose_columns(&desk.actor, begun.id, ChosenColumns::default()).await.unwrap();
    assert_eq!(desk.end(begun.id).await.counts, Some(counts([6_000, 0, 0, 0, 0, 0])));
}

async fn abandoned_imports_are_deleted(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    let left = desk.check("name,email\nAda,ada@example.org\n").await;
    desk.imports.prune().await.unwrap();
    assert!(matches!(desk.imports.get(&desk.actor, left.id).await, Err(AppError::NotFound(_))), "its command has gone");
    let applied = desk.bring_in("name,email\nAda,ada@example.org\n,\n").await;
    desk.imports.prune().await.unwrap();
    assert_eq!(desk.undo(applied.id).await.state, ImportState::Undone, "what was applied can be undone later");
}
