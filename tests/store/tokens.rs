use rollcall::domain::{Action, ApiToken, Change, Role, TokenId};

use super::{LATER, NOW, actions, admin, contract, create_token, delete, erase, member, set_role, token, trail};
use crate::support::{Fresh, at, event, id};

contract! {
    a_token_is_found_by_its_hash,
    the_latest_token_comes_first,
    a_token_is_revoked_once,
    a_token_knows_when_it_was_used_last,
    a_token_has_the_name_of_its_owner,
    demoting_an_admin_revokes_their_tokens,
    deleting_a_user_revokes_their_tokens,
    a_token_of_an_erased_owner_stays_revoked,
}

async fn read(database: &Fresh, n: u8) -> ApiToken {
    database.store.token(&[n; 32]).await.unwrap().unwrap()
}

async fn revoke(database: &Fresh, n: u8, moment: &str) -> bool {
    let revoked = event(Action::TokenRevoked, None);
    database.store.revoke_token(token(n, None).id, at(moment), &revoked).await.unwrap()
}

/// The tokens that the audit trail records as revoked, sorted.
async fn revoked_tokens(database: &Fresh) -> Vec<String> {
    let revoked = trail(database, "action=token.revoked").await;
    let mut names: Vec<_> = revoked.into_iter().map(|event| event.changes[0].from.clone().unwrap()).collect();
    names.sort();
    names
}

async fn a_token_is_found_by_its_hash(database: Fresh) {
    let made = token(1, None);
    create_token(&database, 1, None).await;
    let found = ApiToken {
        id: made.id,
        name: "Token 1".to_owned(),
        scopes: made.scopes,
        owner: None,
        created_at: at(NOW),
        expires_at: Some(at(LATER)),
        last_used_at: None,
        revoked_at: None,
    };
    assert_eq!(database.store.token(&[1; 32]).await.unwrap(), Some(found));
    assert_eq!(database.store.token(&[2; 32]).await.unwrap(), None);
    assert_eq!(actions(&database, "").await, [Action::TokenCreated]);
}

async fn the_latest_token_comes_first(database: Fresh) {
    for n in [2, 1, 3] {
        create_token(&database, n, None).await;
    }
    revoke(&database, 2, NOW).await;
    let names: Vec<_> = database.store.tokens().await.unwrap().into_iter().map(|token| token.name).collect();
    assert_eq!(names, ["Token 3", "Token 2", "Token 1"]);
}

async fn a_token_is_revoked_once(database: Fresh) {
    create_token(&database, 1, None).await;
    create_token(&database, 2, None).await;
    assert!(revoke(&database, 1, NOW).await);
    assert!(revoke(&database, 1, LATER).await, "it is there");
    assert_eq!(read(&database, 1).await.revoked_at, Some(at(NOW)), "and as it was");
    assert_eq!(read(&database, 2).await.revoked_at, None);
    assert!(!revoke(&database, 9, NOW).await);
    let recorded = trail(&database, "action=token.revoked").await;
    let change = Change { field: "token".to_owned(), from: Some("Token 1".to_owned()), to: None };
    assert_eq!(recorded.into_iter().map(|event| event.changes).collect::<Vec<_>>(), [[change]]);
}

async fn a_token_knows_when_it_was_used_last(database: Fresh) {
    create_token(&database, 1, None).await;
    create_token(&database, 2, None).await;
    for moment in [NOW, "2026-01-02T00:00:00Z"] {
        database.store.touch_token(TokenId(id(1).0), at(moment)).await.unwrap();
        assert_eq!(read(&database, 1).await.last_used_at, Some(at(moment)));
    }
    assert_eq!(read(&database, 2).await.last_used_at, None);
}

async fn a_token_has_the_name_of_its_owner(database: Fresh) {
    admin(&database, 1).await;
    create_token(&database, 1, Some(1)).await;
    create_token(&database, 2, None).await;
    assert_eq!(read(&database, 1).await.owner.as_deref(), Some("Person 1"));
    let owners: Vec<_> = database.store.tokens().await.unwrap().into_iter().map(|token| token.owner).collect();
    assert_eq!(owners, [None, Some("Person 1".to_owned())]);
}

async fn demoting_an_admin_revokes_their_tokens(database: Fresh) {
    admin(&database, 1).await;
    admin(&database, 2).await;
    for (n, owner) in [(1, Some(2)), (2, Some(2)), (3, Some(2)), (4, Some(1)), (5, None)] {
        create_token(&database, n, owner).await;
    }
    revoke(&database, 3, LATER).await;
    set_role(&database, 2, Some(Role::Admin)).await.unwrap();
    assert_eq!(revoked_tokens(&database).await, ["Token 3"], "an admin keeps their tokens");
    set_role(&database, 2, Some(Role::Editor)).await.unwrap();
    for (n, revoked_at) in [(1, Some(NOW)), (2, Some(NOW)), (3, Some(LATER)), (4, None), (5, None)] {
        assert_eq!(read(&database, n).await.revoked_at, revoked_at.map(at), "Token {n}");
    }
    assert_eq!(revoked_tokens(&database).await, ["Token 1", "Token 2", "Token 3"]);
}

async fn deleting_a_user_revokes_their_tokens(database: Fresh) {
    admin(&database, 1).await;
    admin(&database, 2).await;
    create_token(&database, 1, Some(1)).await;
    create_token(&database, 2, Some(2)).await;
    assert!(delete(&database, 2).await.unwrap());
    assert_eq!(read(&database, 2).await.revoked_at, Some(at(NOW)));
    assert_eq!(read(&database, 1).await.revoked_at, None);
    assert_eq!(revoked_tokens(&database).await, ["Token 2"]);
}

async fn a_token_of_an_erased_owner_stays_revoked(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Admin).await;
    create_token(&database, 1, Some(2)).await;
    assert!(erase(&database, 2).await.unwrap());
    let left = read(&database, 1).await;
    assert_eq!((left.revoked_at, left.owner), (Some(at(NOW)), None));
    assert_eq!(actions(&database, "action=token.revoked").await.len(), 1);
}
