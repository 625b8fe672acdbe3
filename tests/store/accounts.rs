use rollcall::domain::{Action, AppError, Role};
use secrecy::{ExposeSecret, SecretString};

use super::{
    actions, admin, contract, create_link, delete, erase, is_signed_in, member, restore, session, set_password,
    set_role, sign_in, trail,
};
use crate::support::{Fresh, event, id};

contract! {
    an_account_is_found_by_address_and_by_user,
    a_role_is_for_active_users,
    removing_a_role_removes_sessions_and_links,
    the_last_admin_can_be_neither_demoted_nor_deleted_nor_erased,
    an_invited_admin_without_a_password_does_not_count,
    a_deleted_admin_does_not_count,
    of_two_admins_demoted_at_once_one_stays,
    of_two_admins_deleted_at_once_one_stays,
    a_new_password_ends_all_sessions_but_the_one_kept,
    a_password_change_does_not_overwrite_a_reset,
    of_parallel_password_changes_one_applies_and_keeps_its_session,
    a_password_is_hashed_again_only_while_it_is_the_same,
}

pub(super) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(super) async fn password(database: &Fresh, n: u32) -> Option<String> {
    let account = database.store.account(id(n)).await.unwrap().unwrap();
    account.password_hash.map(|hash| hash.expose_secret().to_owned())
}

async fn change_password(database: &Fresh, n: u32, old: &str, new: &str, keep: Option<u8>) -> bool {
    let (keep, changed) = (keep.map(|n| [n; 32]), event(Action::PasswordChanged, Some(id(n))));
    database.store.change_password(id(n), &secret(old), &secret(new), keep.as_ref(), &changed).await.unwrap()
}

fn is_last_admin<T>(result: Result<T, AppError>) -> bool {
    matches!(result, Err(AppError::Conflict(errors)) if errors.0[0].code == "last_admin")
}

async fn an_account_is_found_by_address_and_by_user(database: Fresh) {
    member(&database, 1, Role::Editor).await;
    let store = &database.store;
    let by_user = store.account(id(1)).await.unwrap().unwrap();
    let by_email = store.account_by_email("1@example.org").await.unwrap().unwrap();
    assert_eq!(by_user.member, by_email.member);
    assert_eq!((by_user.member.name.as_str(), by_user.member.role), ("Person 1", Role::Editor));
    assert!(by_user.password_hash.is_none() && by_email.password_hash.is_none());
    set_password(&database, 1, "first").await.unwrap();
    assert_eq!(password(&database, 1).await.as_deref(), Some("first"));
    assert!(store.account_by_email("2@example.org").await.unwrap().is_none());
    assert!(store.account(id(2)).await.unwrap().is_none());
}

async fn a_role_is_for_active_users(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    set_role(&database, 1, Some(Role::Editor)).await.unwrap();
    assert_eq!(database.store.account(id(1)).await.unwrap().unwrap().member.role, Role::Editor);
    assert!(delete(&database, 1).await.unwrap());
    for n in [1, 2] {
        assert!(matches!(set_role(&database, n, Some(Role::Admin)).await, Err(AppError::NotFound(_))), "{n}");
    }
    assert_eq!(actions(&database, "action=role.changed").await.len(), 2);
}

async fn removing_a_role_removes_sessions_and_links(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Editor).await;
    sign_in(&database, 1, 1).await;
    sign_in(&database, 2, 2).await;
    create_link(&database, 2, Some(2)).await.unwrap();
    set_role(&database, 2, None).await.unwrap();
    assert!(database.store.account(id(2)).await.unwrap().is_none());
    assert!(!is_signed_in(&database, 2).await && is_signed_in(&database, 1).await);
    assert!(database.store.link(&[2; 32]).await.unwrap().is_none());
    assert!(database.store.get(id(2)).await.unwrap().unwrap().deleted_at.is_none(), "they stay in the directory");
}

async fn the_last_admin_can_be_neither_demoted_nor_deleted_nor_erased(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Editor).await;
    set_password(&database, 2, "first").await.unwrap();
    let before = trail(&database, "").await;
    for role in [None, Some(Role::Viewer), Some(Role::Editor)] {
        assert!(is_last_admin(set_role(&database, 1, role).await), "{role:?}");
    }
    assert!(is_last_admin(delete(&database, 1).await));
    assert!(is_last_admin(erase(&database, 1).await));
    assert!(database.store.has_admin().await.unwrap());
    assert_eq!(database.store.account(id(1)).await.unwrap().unwrap().member.role, Role::Admin);
    assert_eq!(trail(&database, "").await, before);
    admin(&database, 3).await;
    assert!(delete(&database, 1).await.unwrap(), "now there is another");
}

async fn an_invited_admin_without_a_password_does_not_count(database: Fresh) {
    member(&database, 1, Role::Admin).await;
    assert!(!database.store.has_admin().await.unwrap());
    admin(&database, 2).await;
    assert!(database.store.has_admin().await.unwrap());
    assert!(is_last_admin(set_role(&database, 2, None).await));
    set_role(&database, 1, Some(Role::Viewer)).await.unwrap();
}

async fn a_deleted_admin_does_not_count(database: Fresh) {
    admin(&database, 1).await;
    admin(&database, 2).await;
    assert!(delete(&database, 1).await.unwrap());
    assert!(is_last_admin(delete(&database, 2).await));
    assert!(restore(&database, 1).await.unwrap());
    assert!(delete(&database, 2).await.unwrap());
}

async fn of_two_admins_demoted_at_once_one_stays(database: Fresh) {
    admin(&database, 1).await;
    admin(&database, 2).await;
    let (one, other) = tokio::join!(set_role(&database, 1, None), set_role(&database, 2, Some(Role::Viewer)));
    assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
    assert!(is_last_admin(one.and(other)));
    assert!(database.store.has_admin().await.unwrap());
}

async fn of_two_admins_deleted_at_once_one_stays(database: Fresh) {
    admin(&database, 1).await;
    admin(&database, 2).await;
    let (one, other) = tokio::join!(delete(&database, 1), erase(&database, 2));
    assert_ne!(one.is_ok(), other.is_ok(), "{one:?} {other:?}");
    assert!(is_last_admin(one.and(other)));
    assert!(database.store.has_admin().await.unwrap());
}

async fn a_new_password_ends_all_sessions_but_the_one_kept(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    member(&database, 2, Role::Viewer).await;
    set_password(&database, 1, "first").await.unwrap();
    for (n, user) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
        sign_in(&database, n, user).await;
    }
    create_link(&database, 1, Some(1)).await.unwrap();
    assert!(change_password(&database, 1, "first", "second", Some(2)).await);
    assert_eq!(password(&database, 1).await.as_deref(), Some("second"));
    for (n, stays) in [(1, false), (2, true), (3, false), (4, true)] {
        assert_eq!(is_signed_in(&database, n).await, stays, "session {n}");
    }
    assert!(database.store.link(&[1; 32]).await.unwrap().is_none(), "an unused link is invalid now");
    assert!(database.store.renew_session(&[2; 32], &[5; 32], &session(2, 1), true).await.unwrap());
    assert!(change_password(&database, 1, "second", "third", Some(2)).await);
    assert!(is_signed_in(&database, 5).await, "it was renewed in the meantime");
    assert!(change_password(&database, 1, "third", "fourth", None).await);
    assert!(!is_signed_in(&database, 5).await);
    assert!(!change_password(&database, 3, "first", "third", None).await, "there is no such account");
    assert!(matches!(set_password(&database, 3, "third").await, Err(AppError::NotFound(_))));
    assert_eq!(actions(&database, "action=password.changed").await.len(), 4);
}

async fn a_password_change_does_not_overwrite_a_reset(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    assert!(!change_password(&database, 1, "first", "second", None).await, "there is no password yet");
    set_password(&database, 1, "first").await.unwrap();
    set_password(&database, 1, "reset").await.unwrap();
    sign_in(&database, 1, 1).await;
    create_link(&database, 1, Some(1)).await.unwrap();
    let before = trail(&database, "").await;
    assert!(!change_password(&database, 1, "first", "second", None).await);
    assert_eq!(password(&database, 1).await.as_deref(), Some("reset"));
    assert!(is_signed_in(&database, 1).await);
    assert!(database.store.link(&[1; 32]).await.unwrap().is_some());
    assert_eq!(trail(&database, "").await, before);
}

async fn of_parallel_password_changes_one_applies_and_keeps_its_session(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    set_password(&database, 1, "first").await.unwrap();
    for n in 1..=4 {
        sign_in(&database, n, 1).await;
    }
    let changes = [(1, "a"), (2, "b"), (3, "c"), (4, "d")];
    let tries = changes.map(|(n, new)| change_password(&database, 1, "first", new, Some(n)));
    let applied = futures::future::join_all(tries).await;
    assert_eq!(applied.iter().filter(|is_applied| **is_applied).count(), 1, "{applied:?}");
    for ((n, new), is_applied) in changes.into_iter().zip(applied) {
        assert_eq!(is_signed_in(&database, n).await, is_applied, "session {n}");
        assert_eq!(password(&database, 1).await.as_deref() == Some(new), is_applied, "{new}");
    }
    assert_eq!(actions(&database, "action=password.changed").await.len(), 2);
}

async fn a_password_is_hashed_again_only_while_it_is_the_same(database: Fresh) {
    admin(&database, 1).await;
    assert!(database.store.rehash_password(id(1), &secret("first"), &secret("first, again")).await.unwrap());
    assert_eq!(password(&database, 1).await.as_deref(), Some("first, again"));
    assert!(!database.store.rehash_password(id(1), &secret("first"), &secret("too late")).await.unwrap());
    assert_eq!(password(&database, 1).await.as_deref(), Some("first, again"));
}
