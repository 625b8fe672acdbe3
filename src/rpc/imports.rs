use leptos::server;
use server_fn::codec::GetUrl;

use super::wire::Answer;
use crate::domain::{AppError, Import, ImportRow, RowOutcome};

/// The latest imports, newest first.
#[server(prefix = "/rpc", endpoint = "list_imports", input = GetUrl, output = Answer)]
pub async fn list_imports() -> Result<Vec<Import>, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.imports.list(&door.actor).await)
}

/// The import with this id.
#[server(prefix = "/rpc", endpoint = "get_import", input = GetUrl, output = Answer)]
pub async fn get_import(id: String) -> Result<Import, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    door.answer(door.imports.get(&door.actor, id.parse()?).await)
}

/// The rows of an import with this outcome, after a line.
#[server(prefix = "/rpc", endpoint = "read_import_rows", input = GetUrl, output = Answer)]
pub async fn read_import_rows(
    id: String,
    outcome: RowOutcome,
    after: u64,
    per_page: u32,
) -> Result<Vec<ImportRow>, AppError> {
    let door = crate::server::http::rpc::Door::open()?;
    let list = crate::domain::ListImportRows { outcome, after, per_page };
    door.answer(door.imports.rows(&door.actor, id.parse()?, list).await)
}
