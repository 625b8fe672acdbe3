use leptos::server;
use server_fn::codec::GetUrl;

use super::postcard::PostcardBody;
use crate::domain::{ApiToken, AppError};

/// All API tokens.
#[server(prefix = "/rpc", endpoint = "list_tokens", input = GetUrl, output = PostcardBody)]
pub async fn list_tokens() -> Result<Vec<ApiToken>, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.tokens.list(&context.actor).await)
}
