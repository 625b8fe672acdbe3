use leptos::server;
use server_fn::codec::GetUrl;

use super::wire::Answer;
use crate::domain::{ApiToken, AppError};

/// All API tokens.
#[server(prefix = "/rpc", endpoint = "list_tokens", input = GetUrl, output = Answer)]
pub async fn list_tokens() -> Result<Vec<ApiToken>, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.tokens.list(&door.actor).await)
}
