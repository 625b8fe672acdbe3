use leptos::server;
use server_fn::codec::{GetUrl, Json, PostUrl};

use crate::domain::{AppError, Page, Person, User, UserForm};

/// The users that `query` asks for, in the grammar of `ListUsers`.
#[server(prefix = "/rpc", endpoint = "list_users", input = GetUrl, output = Json)]
pub async fn list_users(query: String) -> Result<Page<User>, AppError> {
    let door = crate::server::rpc::Door::open()?;
    door.answer(door.users.look(&door.actor, &query.parse()?).await)
}

/// The user with this id; if deleted, what became of them; for admins, how they may sign in.
#[server(prefix = "/rpc", endpoint = "get_person", input = GetUrl, output = Json)]
pub async fn get_person(id: String) -> Result<Person, AppError> {
    let door = crate::server::rpc::Door::open()?;
    door.answer(door.accounts.person(&door.actor, id.parse()?, door.trash_days).await)
}

/// The user with this id.
#[server(prefix = "/rpc", endpoint = "get_user", input = GetUrl, output = Json)]
pub async fn get_user(id: String) -> Result<User, AppError> {
    let door = crate::server::rpc::Door::open()?;
    door.answer(door.users.get(&door.actor, id.parse()?).await)
}

/// Creates a user.
#[server(prefix = "/rpc", endpoint = "create_user", input = PostUrl, output = Json)]
pub async fn create_user(form: UserForm) -> Result<User, AppError> {
    let door = crate::server::rpc::Door::open()?;
    door.answer(door.users.create(&door.actor, &form).await)
}
