use rollcall::{
    domain::{Action, Role},
    server::store::SessionRecord,
};

use super::{
    LATER, NOW,
    accounts::{password, secret},
    actions, admin, contract, create_link, delete, is_signed_in, member, restore, session, set_password, set_role,
    sign_in, start,
};
use crate::support::{Fresh, at, event, id};

contract! {
    a_session_is_read_back_until_it_expires,
    a_session_is_read_with_its_current_member,
    saving_writes_only_what_changes,
    saving_does_not_bring_back_an_ended_session,
    a_session_starts_only_with_the_stored_password,
    a_sign_in_beside_a_reset_does_not_outlive_it,
    a_sign_in_beside_a_deletion_does_not_outlive_it,
    a_user_sees_their_own_sessions_the_latest_first,
    a_session_is_ended_only_for_its_own_user,
    ending_all_sessions_spares_those_of_others,
    a_deleted_user_is_signed_out_for_good,
    expired_sessions_are_pruned,
}

/// Ends one session of a user, or all of them.
async fn end(database: &Fresh, user: u32, which: Option<u8>) -> u64 {
    let ended = event(Action::SessionEnded, Some(id(user)));
    database.store.end_sessions(id(user), which.map(|n| id(n.into()).0), &ended).await.unwrap()
}

async fn a_session_is_read_back_until_it_expires(database: Fresh) {
    member(&database, 1, Role::Editor).await;
    let begun = SessionRecord {
        role: Role::Editor,
        signed_in_at: at("2026-01-01T00:00:00.123456Z"),
        seen_at: at("2026-01-02T00:00:00Z"),
        address: Some("2001:db8::1".to_owned()),
        agent: Some("Näktergal/1.0 (\"X\")".to_owned()),
        ..session(1, 1)
    };
    let store = &database.store;
    assert!(start(&database, &[1; 32], &begun).await);
    let (hash, found, _) = store.session(&[1; 32], at("2026-01-07T23:59:59Z")).await.unwrap().unwrap();
    assert_eq!((hash, &found), ([1; 32], &begun));
    assert_eq!(store.sessions_of(id(1), at(NOW)).await.unwrap(), [([1; 32], begun)]);
    assert_eq!(store.session(&[1; 32], at(LATER)).await.unwrap(), None);
    assert!(store.sessions_of(id(1), at(LATER)).await.unwrap().is_empty());
    assert_eq!(store.session(&[2; 32], at(NOW)).await.unwrap(), None);
}

async fn a_session_is_read_with_its_current_member(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    sign_in(&database, 2, 2).await;
    set_role(&database, 1, Some(Role::Admin)).await.unwrap();
    let (_, begun, now) = database.store.session(&[1; 32], at(NOW)).await.unwrap().unwrap();
    let account = database.store.account(id(1)).await.unwrap().unwrap();
    assert_eq!((begun.role, now.role, &now), (Role::Viewer, Role::Admin, &account.member));
    assert_eq!(database.store.session(&[2; 32], at(NOW)).await.unwrap().unwrap().2.id, id(2));
}

async fn saving_writes_only_what_changes(database: Fresh) {
    member(&database, 1, Role::Editor).await;
    sign_in(&database, 1, 1).await;
    let (seen_at, expires_at) = (at("2026-01-03T00:00:00Z"), at("2026-01-10T00:00:00Z"));
    let renewed = SessionRecord { role: Role::Editor, seen_at, expires_at, ..session(1, 1) };
    let sent = SessionRecord { signed_in_at: seen_at, address: Some("192.0.2.1".to_owned()), ..renewed.clone() };
    assert!(database.store.save_session(&[1; 32], &sent).await.unwrap());
    assert_eq!(database.store.session(&[1; 32], at(LATER)).await.unwrap().unwrap().1, renewed);
}

async fn saving_does_not_bring_back_an_ended_session(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    assert!(database.store.delete_session(&[1; 32]).await.unwrap());
    assert!(!database.store.delete_session(&[1; 32]).await.unwrap(), "it has ended already");
    assert!(!database.store.save_session(&[1; 32], &session(1, 1)).await.unwrap());
    assert!(!is_signed_in(&database, 1).await);
}

/// Whether a session with the hash `[n; 32]` could be created for the first user, who authenticated with a password.
async fn start_with(database: &Fresh, n: u8, password: Option<&str>) -> bool {
    let password = password.map(secret);
    database.store.create_session(&[n; 32], &session(n, 1), password.as_ref()).await.unwrap()
}

async fn a_session_starts_only_with_the_stored_password(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    set_password(&database, 2, "of another user").await.unwrap();
    assert!(!start_with(&database, 1, Some("first")).await, "there is no password yet");
    set_password(&database, 1, "first").await.unwrap();
    assert!(start_with(&database, 1, Some("first")).await);
    set_password(&database, 1, "reset").await.unwrap();
    for password in [Some("first"), Some("of another user"), None] {
        assert!(!start_with(&database, 2, password).await, "{password:?}");
    }
    assert!(database.store.sessions_of(id(1), at(NOW)).await.unwrap().is_empty());
    assert!(database.store.rehash_password(id(1), &secret("reset"), &secret("reset, again")).await.unwrap());
    assert!(!start_with(&database, 2, Some("reset")).await);
    assert!(start_with(&database, 2, Some("reset, again")).await);
    set_role(&database, 1, None).await.unwrap();
    for password in [Some("reset, again"), None] {
        assert!(!start_with(&database, 3, password).await, "there is no account: {password:?}");
    }
}

async fn a_sign_in_beside_a_reset_does_not_outlive_it(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    set_password(&database, 1, "0").await.unwrap();
    for n in 1..=20 {
        let old = password(&database, 1).await;
        let new = n.to_string();
        let sign_in = start_with(&database, n, old.as_deref());
        let (is_started, reset) = tokio::join!(sign_in, set_password(&database, 1, &new));
        reset.unwrap();
        assert!(!is_signed_in(&database, n).await, "round {n}: {is_started}");
    }
}

async fn a_sign_in_beside_a_deletion_does_not_outlive_it(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Viewer).await;
    for n in 2..=20 {
        let begun = session(n, 2);
        let hash = [n; 32];
        let sign_in = database.store.create_session(&hash, &begun, None);
        let (is_started, is_deleted) = tokio::join!(sign_in, delete(&database, 2));
        assert!(is_deleted.unwrap());
        assert!(restore(&database, 2).await.unwrap());
        assert!(!is_signed_in(&database, n).await, "round {n}: {is_started:?}");
    }
    assert!(delete(&database, 2).await.unwrap());
    assert!(!database.store.create_session(&[21; 32], &session(21, 2), None).await.unwrap());
}

async fn a_user_sees_their_own_sessions_the_latest_first(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    for (n, user, day) in [(1, 1, 2), (2, 1, 3), (3, 2, 2), (4, 1, 1)] {
        let signed_in_at = at(&format!("2026-01-{day:02}T00:00:00Z"));
        let begun = SessionRecord { signed_in_at, ..session(n, user) };
        assert!(start(&database, &[n; 32], &begun).await);
    }
    let sessions = database.store.sessions_of(id(1), at(NOW)).await.unwrap();
    assert_eq!(sessions.into_iter().map(|(hash, _)| hash).collect::<Vec<_>>(), [[2; 32], [1; 32], [4; 32]]);
}

async fn a_session_is_ended_only_for_its_own_user(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    sign_in(&database, 2, 1).await;
    assert_eq!(end(&database, 2, Some(1)).await, 0);
    assert!(is_signed_in(&database, 1).await);
    assert!(actions(&database, "action=session.ended").await.is_empty());
    assert_eq!(end(&database, 1, Some(1)).await, 1);
    assert_eq!(end(&database, 1, Some(1)).await, 0, "it has ended already");
    assert!(!is_signed_in(&database, 1).await && is_signed_in(&database, 2).await);
    assert_eq!(actions(&database, "action=session.ended").await.len(), 1);
}

async fn ending_all_sessions_spares_those_of_others(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    for (n, user) in [(1, 1), (2, 1), (3, 2)] {
        sign_in(&database, n, user).await;
    }
    assert_eq!(end(&database, 1, None).await, 2);
    assert!(database.store.sessions_of(id(1), at(NOW)).await.unwrap().is_empty());
    assert!(is_signed_in(&database, 3).await);
}

async fn a_deleted_user_is_signed_out_for_good(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    sign_in(&database, 2, 2).await;
    assert!(delete(&database, 2).await.unwrap());
    assert!(!is_signed_in(&database, 2).await);
    assert!(database.store.account(id(2)).await.unwrap().is_none());
    assert!(restore(&database, 2).await.unwrap());
    assert!(!is_signed_in(&database, 2).await, "they must sign in again");
    assert_eq!(database.store.account(id(2)).await.unwrap().unwrap().member.role, Role::Viewer);
    assert!(is_signed_in(&database, 1).await);
}

async fn expired_sessions_are_pruned(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    create_link(&database, 1, Some(1)).await.unwrap();
    database.store.prune_expired(at("2026-01-07T23:59:59Z"), at(NOW)).await.unwrap();
    assert!(is_signed_in(&database, 1).await);
    assert!(database.store.link(&[1; 32]).await.unwrap().is_some());
    database.store.prune_expired(at(LATER), at(NOW)).await.unwrap();
    assert!(!is_signed_in(&database, 1).await);
    assert!(database.store.link(&[1; 32]).await.unwrap().is_none());
}
