use leptos::server;
use server_fn::codec::GetUrl;

use super::postcard::PostcardBody;
use crate::domain::{AppError, Trail};

/// The audit trail, filtered by `query` in the grammar of `ListEvents`.
#[server(prefix = "/rpc", endpoint = "list_events", input = GetUrl, output = PostcardBody)]
pub async fn list_events(query: String) -> Result<Trail, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.audit.list(&context.actor, &query.parse()?).await)
}

/// The history of a user. Only `before` and `per_page` of `query` apply.
#[server(prefix = "/rpc", endpoint = "get_history", input = GetUrl, output = PostcardBody)]
pub async fn get_history(id: String, query: String) -> Result<Trail, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.audit.history(&context.actor, id.parse()?, &query.parse()?).await)
}
