use leptos::server;
use server_fn::codec::{GetUrl, PostUrl};

use super::wire::Answer;
use crate::domain::{AppError, Invitation, OwnAccount};

/// Who is signed in, and where.
#[server(prefix = "/rpc", endpoint = "get_own_account", input = GetUrl, output = Answer)]
pub async fn get_own_account() -> Result<OwnAccount, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.accounts.own(&door.actor).await)
}

/// For whom the link with this secret is. A POST, so that the secret stands in no address.
#[server(prefix = "/rpc", endpoint = "get_invitation", input = PostUrl, output = Answer)]
pub async fn get_invitation(token: String) -> Result<Invitation, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.accounts.invitation(&token.into()).await)
}

/// Whether the link with this secret still makes the first admin.
#[server(prefix = "/rpc", endpoint = "check_setup", input = PostUrl, output = Answer)]
pub async fn check_setup(token: String) -> Result<(), AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.accounts.check_setup(&token.into()).await)
}
