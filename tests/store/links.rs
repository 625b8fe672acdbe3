//! Links that set a password, and the first admin.

use rollcall::domain::{Action, AppError, Role, UserId};

use super::{
    LATER, NOW,
    accounts::{password, secret},
    actions, contract, create_link, is_signed_in, member, set_role, sign_in, trail,
};
use crate::support::{Fresh, at, event, id, record};

contract! {
    a_link_is_used_once,
    a_link_works_once_under_concurrent_use,
    a_link_expires,
    a_new_link_replaces_the_previous_one,
    a_link_needs_an_account,
    the_setup_link_creates_the_first_admin_once,
    two_concurrent_setup_links_create_one_admin,
    setup_makes_an_existing_user_admin_and_renames_them,
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
