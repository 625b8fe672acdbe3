use leptos::server;
use server_fn::codec::{GetUrl, Json};

use crate::domain::{ApiToken, AppError};

/// All API tokens.
#[server(prefix = "/rpc", endpoint = "list_tokens", input = GetUrl, output = Json)]
pub async fn list_tokens() -> Result<Vec<ApiToken>, AppError> {
    let door = crate::server::rpc::Door::open()?;
    door.answer(door.tokens.list(&door.actor).await)
}
