use leptos::server;
use server_fn::codec::{GetUrl, PostUrl};

use super::postcard::PostcardBody;
use crate::domain::{AppError, BulkAction, BulkReport, Listing, Person, User, UserId};

/// A page of users, selected by `query` in the grammar of `ListUsers`.
#[server(prefix = "/rpc", endpoint = "list_users", input = GetUrl, output = PostcardBody)]
pub async fn list_users(query: String) -> Result<Listing, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.users.browse(&context.actor, &query.parse()?).await)
}

/// Deletes or restores up to 100 users; those that cannot be changed are reported.
#[server(prefix = "/rpc", endpoint = "change_users", input = PostUrl, output = PostcardBody)]
pub async fn change_users(action: BulkAction, ids: Vec<UserId>) -> Result<BulkReport, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.users.change_each(&context.actor, action, &ids).await)
}

/// The same for a page of a list; the result contains the cursor of the next page.
#[server(prefix = "/rpc", endpoint = "change_page", input = PostUrl, output = PostcardBody)]
pub async fn change_page(action: BulkAction, query: String) -> Result<BulkReport, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.users.change_page(&context.actor, action, &query.parse()?).await)
}

/// The user with this id; if deleted, their deletion; for admins, their sign-in state.
#[server(prefix = "/rpc", endpoint = "get_person", input = GetUrl, output = PostcardBody)]
pub async fn get_person(id: String) -> Result<Person, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.accounts.person(&context.actor, id.parse()?).await)
}

/// The user with this id.
#[server(prefix = "/rpc", endpoint = "get_user", input = GetUrl, output = PostcardBody)]
pub async fn get_user(id: String) -> Result<User, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.users.get(&context.actor, id.parse()?).await)
}
