use leptos::server;
use server_fn::codec::{GetUrl, PostUrl};

use super::postcard::PostcardBody;
use crate::domain::{AppError, Invitation, OwnAccount};

/// The signed-in user and their sessions.
#[server(prefix = "/rpc", endpoint = "get_own_account", input = GetUrl, output = PostcardBody)]
pub async fn get_own_account() -> Result<OwnAccount, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.accounts.own(&context.actor).await)
}

/// The person whose invitation or reset link has this token. A POST, so that the token is not in an address.
#[server(prefix = "/rpc", endpoint = "get_invitation", input = PostUrl, output = PostcardBody)]
pub async fn get_invitation(token: String) -> Result<Invitation, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.accounts.invitation(&token.into()).await)
}

/// Checks that the setup link with this token can still create the first admin.
#[server(prefix = "/rpc", endpoint = "check_setup", input = PostUrl, output = PostcardBody)]
pub async fn check_setup(token: String) -> Result<(), AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.accounts.check_setup(&token.into()).await)
}
