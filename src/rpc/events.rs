use leptos::server;
use server_fn::codec::GetUrl;

use super::wire::Answer;
use crate::domain::{AppError, Trail};

/// The part of the audit trail that `query` asks for, in the grammar of `ListEvents`.
#[server(prefix = "/rpc", endpoint = "list_events", input = GetUrl, output = Answer)]
pub async fn list_events(query: String) -> Result<Trail, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.audit.list(&door.actor, &query.parse()?).await)
}

/// How the user with this id came to be as they are; of `query`, `before` and `per_page` count.
#[server(prefix = "/rpc", endpoint = "get_history", input = GetUrl, output = Answer)]
pub async fn get_history(id: String, query: String) -> Result<Trail, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.audit.history(&door.actor, id.parse()?, &query.parse()?).await)
}
