//! The rows of a file: their outcomes, and the file of rejected rows.

use rollcall::{
    domain::{Change, ImportMode, RowOutcome},
    server::services::identity::Actor,
};

use super::{Text, counts, desk, lines};
use crate::{
    store::{contract, create, delete},
    support::{Fresh, id},
};

contract! {
    each_row_has_an_outcome,
    rejected_rows_can_be_corrected_and_imported,
    the_same_person_twice_is_a_duplicate,
}

async fn each_row_has_an_outcome(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    create(
        &database,
        &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z"), (2, "Bob", "bob@example.org", "2020-01-01T00:00:00Z")],
    )
    .await;
    let file = format!(
        "id,name,email,created_at\n\
         ,Ada,ada@example.org,2020-01-01T00:00:00Z\n\
         ,Robert,BOB@example.org,\n\
         ,Cyd,cyd@example.org,\n\
         ,,nonsense,soon\n\
         ,Carl,cyd@EXAMPLE.org,\n\
         {},Dora,dora@example.org,\n\
         short\n",
        id(1)
    );
    let checked = desk.check(&file).await;
    assert_eq!(checked.counts, Some(counts([1, 1, 1, 2, 1, 1])));
    let changed = desk.rows(&checked, RowOutcome::Changed).await;
    let change = |field: &str, from: &str, to: &str| Change {
        field: field.into(),
        from: Some(from.into()),
        to: Some(to.into()),
    };
    assert_eq!((changed[0].line, changed[0].user), (3, Some(id(2))));
    assert_eq!(
        changed[0].changes,
        [change("name", "Bob", "Robert"), change("email", "bob@example.org", "BOB@example.org")]
    );
    let invalid = desk.rows(&checked, RowOutcome::Invalid).await;
    assert_eq!(invalid.iter().map(|row| row.line).collect::<Vec<_>>(), [5, 8]);
    let wrong: Vec<_> = invalid[0].errors.iter().map(|error| (&*error.column, &*error.value)).collect();
    assert_eq!(wrong, [("name", ""), ("email", "nonsense"), ("created_at", "soon")]);
    let duplicate = desk.rows(&checked, RowOutcome::Duplicate).await;
    assert_eq!((duplicate[0].line, duplicate[0].duplicate_of), (6, Some(4)));
    let taken = desk.rows(&checked, RowOutcome::Taken).await;
    assert_eq!((taken[0].line, taken[0].errors[0].column.as_str()), (7, "id"));
}

async fn rejected_rows_can_be_corrected_and_imported(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    create(&database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    let good = lines(3_000, |n| format!("P {n},p{n}@example.org,kept\n"));
    let file = format!(
        "name,email,team\nEve,ada@example.org,red\n{good}\"X, Y\",nonsense,blue\nZed,p1@example.org,green\nGood,g@example.org,\n"
    );
    let source = || Box::new(Text(file.as_bytes().chunks(10_000).map(<[u8]>::to_vec).collect()));
    let checked = desk.check(&file).await;
    let mut text = String::new();
    let mut rejected =
        desk.imports.rejected(&desk.actor, checked.id, ImportMode::Insert, Some(source())).await.unwrap();
    while let Some(piece) = rejected.next().await.unwrap() {
        text.push_str(&piece);
    }
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert_eq!(lines[0], "name,email,team,problem");
    assert!(
        lines[1].starts_with("Eve,ada@example.org,red,is already in the directory with different values"),
        "{text}"
    );
    assert!(lines[2].starts_with("\"X, Y\",nonsense,blue,email must be"), "{text}");
    assert!(lines[3].starts_with("Zed,p1@example.org,green,line 4 has"), "{text}");
    let mended = text.replace("nonsense", "xy@example.org").replace("p1@", "zed@");
    let again = desk.check(&mended).await;
    assert_eq!(again.counts, Some(counts([2, 1, 0, 0, 0, 0])), "{again:?}");
}

async fn the_same_person_twice_is_a_duplicate(database: Fresh) {
    let desk = desk(&database, Actor::operator());
    delete_and_recreate(&database).await;
    let rows = "Ada,ada@example.org\n".repeat(9_000);
    let checked = desk.check(&format!("name,email\n{rows}")).await;
    assert_eq!(checked.counts, Some(counts([1, 0, 0, 0, 8_999, 0])));
    let duplicates = desk.rows(&checked, RowOutcome::Duplicate).await;
    assert!(duplicates.iter().all(|row| row.duplicate_of == Some(2)), "all of the first");
    assert_eq!((duplicates[0].line, duplicates.len()), (3, 1_000));
}

/// Creates and deletes a person, whose e-mail address becomes available again.
async fn delete_and_recreate(database: &Fresh) {
    create(database, &[(1, "Ada", "ada@example.org", "2020-01-01T00:00:00Z")]).await;
    delete(database, 1).await.unwrap();
}
