use rollcall::domain::{Action, AppError, Role, UserId};
use secrecy::{ExposeSecret, SecretString};

use super::{
    LATER, NOW, actions, admin, contract, create_link, delete, erase, is_signed_in, member, restore, set_role, sign_in,
    trail,
};
use crate::support::{Fresh, at, event, id, record};

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
    a_password_is_hashed_again_only_while_it_is_the_same,
    a_link_is_used_once,
    a_link_works_once_under_concurrent_use,
    a_link_expires,
    a_new_link_replaces_the_previous_one,
    a_link_needs_an_account,
    the_setup_link_creates_the_first_admin_once,
    two_concurrent_setup_links_create_one_admin,
    setup_makes_an_existing_user_admin_and_renames_them,
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

async fn password(database: &Fresh, n: u32) -> Option<String> {
    let account = database.store.account(id(n)).await.unwrap().unwrap();
    account.password_hash.map(|hash| hash.expose_secret().to_owned())
}

async fn set_password(database: &Fresh, n: u32, password: &str, keep: Option<u8>) -> Result<(), AppError> {
    let changed = event(Action::PasswordChanged, Some(id(n)));
    database.store.set_password(id(n), &secret(password), keep.map(|n| [n; 32]).as_ref(), &changed).await
}

async fn redeem(database: &Fresh, link: u8, n: u32, password: &str, now: &str) -> bool {
    let changed = event(Action::PasswordChanged, Some(id(n)));
    database.store.redeem_link(&[link; 32], id(n), &secret(password), at(now), &changed).await.unwrap()
}

async fn create_admin(database: &Fresh, n: u32, name: &str, email: &str, link: Option<u8>) -> Option<UserId> {
    let link = link.map(|n| [n; 32]);
    let user = record(n, name, email, NOW);
    database
        .store
        .create_admin(&user, &secret("first"), link.as_ref(), &event(Action::UserCreated, None))
        .await
        .unwrap()
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
    set_password(&database, 1, "first", None).await.unwrap();
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
    set_password(&database, 2, "first", None).await.unwrap();
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
    for (n, user) in [(1, 1), (2, 1), (3, 1), (4, 2)] {
        sign_in(&database, n, user).await;
    }
    set_password(&database, 1, "second", Some(2)).await.unwrap();
    assert_eq!(password(&database, 1).await.as_deref(), Some("second"));
    for (n, stays) in [(1, false), (2, true), (3, false), (4, true)] {
        assert_eq!(is_signed_in(&database, n).await, stays, "session {n}");
    }
    set_password(&database, 1, "third", None).await.unwrap();
    assert!(!is_signed_in(&database, 2).await);
    assert!(matches!(set_password(&database, 3, "third", None).await, Err(AppError::NotFound(_))));
    assert_eq!(actions(&database, "action=password.changed").await.len(), 2);
}

async fn a_password_is_hashed_again_only_while_it_is_the_same(database: Fresh) {
    admin(&database, 1).await;
    database.store.rehash_password(id(1), &secret("first"), &secret("first, again")).await.unwrap();
    assert_eq!(password(&database, 1).await.as_deref(), Some("first, again"));
    database.store.rehash_password(id(1), &secret("first"), &secret("too late")).await.unwrap();
    assert_eq!(password(&database, 1).await.as_deref(), Some("first, again"));
}

async fn a_link_is_used_once(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    create_link(&database, 1, Some(1)).await.unwrap();
    let link = database.store.link(&[1; 32]).await.unwrap().unwrap();
    assert_eq!((link.user, link.expires_at, link.used), (Some(id(1)), at(LATER), false));
    assert!(redeem(&database, 1, 1, "first", NOW).await);
    assert!(!redeem(&database, 1, 1, "second", NOW).await);
    assert_eq!(password(&database, 1).await.as_deref(), Some("first"));
    assert!(!is_signed_in(&database, 1).await);
    assert!(database.store.link(&[1; 32]).await.unwrap().unwrap().used);
    assert_eq!(actions(&database, "action=password.changed").await.len(), 1);
}

async fn a_link_works_once_under_concurrent_use(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    create_link(&database, 1, Some(1)).await.unwrap();
    let passwords = ["a", "b", "c", "d"];
    let tries = passwords.map(|password| redeem(&database, 1, 1, password, NOW));
    let used = futures::future::join_all(tries).await;
    assert_eq!(used.iter().filter(|used| **used).count(), 1);
    let winner = used.iter().position(|used| *used).unwrap();
    assert_eq!(password(&database, 1).await.as_deref(), Some(passwords[winner]));
}

async fn a_link_expires(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    create_link(&database, 1, Some(1)).await.unwrap();
    assert!(!redeem(&database, 1, 1, "first", LATER).await);
    assert!(redeem(&database, 1, 1, "first", "2026-01-07T23:59:59Z").await);
}

async fn a_new_link_replaces_the_previous_one(database: Fresh) {
    for n in [1, 2] {
        member(&database, n, Role::Viewer).await;
    }
    for (n, user) in [(1, 1), (2, 2), (3, 1)] {
        create_link(&database, n, Some(user)).await.unwrap();
    }
    assert!(!redeem(&database, 1, 1, "first", NOW).await);
    assert!(redeem(&database, 3, 1, "first", NOW).await);
    assert!(redeem(&database, 2, 2, "first", NOW).await, "the link of another user stays valid");
}

async fn a_link_needs_an_account(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    set_role(&database, 1, None).await.unwrap();
    for n in [1, 2] {
        assert!(matches!(create_link(&database, 1, Some(n)).await, Err(AppError::NotFound(_))), "{n}");
    }
    assert!(database.store.link(&[1; 32]).await.unwrap().is_none());
}

async fn the_setup_link_creates_the_first_admin_once(database: Fresh) {
    for n in [1, 2] {
        create_link(&database, n, None).await.unwrap();
    }
    assert_eq!(create_admin(&database, 1, "Eve", "eve@example.org", Some(9)).await, None, "no such link");
    assert_eq!(create_admin(&database, 2, "Ada", "ada@example.org", Some(1)).await, Some(id(2)));
    assert_eq!(actions(&database, "user=01900000-0000-7000-8000-000000000002").await.len(), 3);
    assert_eq!(password(&database, 2).await.as_deref(), Some("first"));
    for link in [1, 2] {
        assert_eq!(create_admin(&database, 3, "Eve", "eve@example.org", Some(link)).await, None, "link {link}");
    }
    assert_eq!(database.store.get(id(3)).await.unwrap(), None);
    assert_eq!(create_admin(&database, 4, "Bob", "bob@example.org", None).await, Some(id(4)), "the operator may");
}

async fn two_concurrent_setup_links_create_one_admin(database: Fresh) {
    for n in [1, 2] {
        create_link(&database, n, None).await.unwrap();
    }
    let (one, other) = tokio::join!(
        create_admin(&database, 1, "Ada", "ada@example.org", Some(1)),
        create_admin(&database, 2, "Bob", "bob@example.org", Some(2))
    );
    assert_ne!(one.is_some(), other.is_some(), "{one:?} {other:?}");
    assert_eq!(actions(&database, "").await, [Action::PasswordChanged, Action::RoleChanged, Action::UserCreated]);
}

async fn setup_makes_an_existing_user_admin_and_renames_them(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    assert_eq!(create_admin(&database, 2, "Ada", "1@EXAMPLE.org", None).await, Some(id(1)));
    assert_eq!(database.store.get(id(2)).await.unwrap(), None);
    let user = database.store.get(id(1)).await.unwrap().unwrap();
    assert_eq!((user.profile.name.as_str(), user.profile.email.as_str(), user.version), ("Ada", "1@example.org", 2));
    assert_eq!(database.store.list(&"q=ada+example".parse().unwrap()).await.unwrap().items, [user]);
    assert_eq!(database.store.account(id(1)).await.unwrap().unwrap().member.role, Role::Admin);
    assert!(!is_signed_in(&database, 1).await);
    let recorded = trail(&database, "user=01900000-0000-7000-8000-000000000001").await;
    let recorded: Vec<_> = recorded.iter().map(|event| event.action).collect();
    assert_eq!(recorded[..3], [Action::PasswordChanged, Action::RoleChanged, Action::UserUpdated]);
    assert_eq!(create_admin(&database, 3, "Ada", "1@example.org", None).await, Some(id(1)));
    assert_eq!(database.store.get(id(1)).await.unwrap().unwrap().version, 2, "they are called so already");
}
