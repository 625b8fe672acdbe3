//! The contract of the store: each test runs on SQLite and on PostgreSQL.

mod accounts;
mod attempts;
mod batch;
mod changes;
mod events;
mod feed;
mod folding;
mod idempotency;
mod imports;
mod links;
mod list_users;
mod migrations;
mod plans;
mod search;
mod session_renewal;
mod sessions;
mod sorting;
mod tokens;
mod trash;
mod users;

use rollcall::{
    domain::{Action, AppError, Event, ListUsers, Role, Scope, TokenId, Total},
    server::store::{LinkRecord, SessionRecord, TokenRecord},
};
use secrecy::SecretString;

use crate::support::{Fresh, at, create_user, delete_user, event, id, record, restore_user};

/// `contract! { a_sentence, another_sentence }` generates a test of each function for each database.
macro_rules! contract {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::sqlite().await).await; })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::postgres().await).await; })+
        }
    };
}
use contract;

const NOW: &str = "2026-01-01T00:00:00Z";
/// The expiry of everything created here.
const LATER: &str = "2026-01-08T00:00:00Z";

/// The total of a list, read with a page that is not the last one if the list has more than one user.
async fn estimate(database: &Fresh, list: &ListUsers) -> Total {
    let list = ListUsers { per_page: 1, page: 1, ..list.clone() };
    database.store.list_with_total(&list).await.unwrap().total.unwrap()
}

/// The exact total of a list.
async fn count(database: &Fresh, list: &ListUsers) -> Total {
    estimate(database, &ListUsers { count: true, ..list.clone() }).await
}

/// The names of the people that a query lists.
async fn names(database: &Fresh, query: &str) -> Vec<String> {
    let page = database.store.list(&query.parse().unwrap()).await.unwrap();
    page.items.into_iter().map(|user| user.profile.name).collect()
}

/// Creates people from number, name, e-mail address and time of creation.
async fn create(database: &Fresh, people: &[(u32, &str, &str, &str)]) {
    for (n, name, email, created_at) in people {
        let recorded = event(Action::UserCreated, Some(id(*n)));
        create_user(&*database.store, &record(*n, name, email, created_at), &recorded).await.unwrap();
    }
}

/// Creates the `n`th person, who can sign in once they have a password.
async fn member(database: &Fresh, n: u32, role: Role) {
    let person = record(n, &format!("Person {n}"), &format!("{n}@example.org"), NOW);
    create_user(&*database.store, &person, &event(Action::UserCreated, Some(id(n)))).await.unwrap();
    set_role(database, n, Some(role)).await.unwrap();
}

/// Creates the `n`th person as an admin with the password `first`.
async fn admin(database: &Fresh, n: u32) {
    member(database, n, Role::Admin).await;
    set_password(database, n, "first").await.unwrap();
}

/// Sets a password through a link, which ends the user's sessions.
async fn set_password(database: &Fresh, n: u32, password: &str) -> Result<(), AppError> {
    let link = u8::MAX - u8::try_from(n).unwrap();
    create_link(database, link, Some(n)).await?;
    let changed = event(Action::PasswordChanged, Some(id(n)));
    let password = SecretString::from(password);
    assert!(database.store.redeem_link(&[link; 32], id(n), &password, at(NOW), &changed).await?);
    Ok(())
}

async fn set_role(database: &Fresh, n: u32, role: Option<Role>) -> Result<(), AppError> {
    database.store.set_role(id(n), role, at(NOW), &event(Action::RoleChanged, Some(id(n)))).await
}

async fn delete(database: &Fresh, n: u32) -> Result<bool, AppError> {
    delete_user(&*database.store, id(n), at(NOW), &event(Action::UserDeleted, Some(id(n)))).await
}

async fn restore(database: &Fresh, n: u32) -> Result<bool, AppError> {
    restore_user(&*database.store, id(n), at(NOW), &event(Action::UserRestored, Some(id(n)))).await
}

async fn erase(database: &Fresh, n: u32) -> Result<bool, AppError> {
    database.store.erase(id(n), at(NOW), &event(Action::UserErased, Some(id(n)))).await
}

/// Creates a link with the hash `[n; 32]`.
async fn create_link(database: &Fresh, n: u8, user: Option<u32>) -> Result<(), AppError> {
    let link = LinkRecord { hash: [n; 32], user: user.map(id), created_at: at(NOW), expires_at: at(LATER) };
    database.store.create_link(&link, None).await
}

/// A session with the hash `[n; 32]`.
fn session(n: u8, user: u32) -> SessionRecord {
    SessionRecord {
        id: id(n.into()).0,
        user: id(user),
        role: Role::Viewer,
        signed_in_at: at(NOW),
        seen_at: at(NOW),
        expires_at: at(LATER),
        address: None,
        agent: None,
    }
}

async fn sign_in(database: &Fresh, n: u8, user: u32) {
    assert!(start(database, &[n; 32], &session(n, user)).await);
}

/// Creates a session of a user who authenticated with their stored password, or has none.
async fn start(database: &Fresh, hash: &[u8; 32], session: &SessionRecord) -> bool {
    let account = database.store.account(session.user).await.unwrap().unwrap();
    database.store.create_session(hash, session, account.password_hash.as_ref()).await.unwrap()
}

async fn is_signed_in(database: &Fresh, n: u8) -> bool {
    database.store.session(&[n; 32], at(NOW)).await.unwrap().is_some()
}

/// A token with the hash `[n; 32]`.
fn token(n: u8, owner: Option<u32>) -> TokenRecord {
    TokenRecord {
        id: TokenId(id(n.into()).0),
        hash: [n; 32],
        name: format!("Token {n}"),
        scopes: [Scope::UsersRead].into_iter().collect(),
        owner: owner.map(id),
        created_at: at(NOW),
        expires_at: Some(at(LATER)),
    }
}

async fn create_token(database: &Fresh, n: u8, owner: Option<u32>) {
    let token = token(n, owner);
    let created = event(Action::TokenCreated, None).about_token(token.id).changing("token", None, Some(&token.name));
    database.store.create_token(&token, &created).await.unwrap();
}

/// The events of the audit trail that a query finds, newest first.
async fn trail(database: &Fresh, query: &str) -> Vec<Event> {
    database.store.events(&query.parse().unwrap(), false).await.unwrap()
}

async fn actions(database: &Fresh, query: &str) -> Vec<Action> {
    trail(database, query).await.into_iter().map(|event| event.action).collect()
}
