use leptos::server;
use server_fn::codec::GetUrl;

use super::postcard::PostcardBody;
use crate::domain::{AppError, Import, ImportRow, RowOutcome};

/// The latest imports, newest first.
#[server(prefix = "/rpc", endpoint = "list_imports", input = GetUrl, output = PostcardBody)]
pub async fn list_imports() -> Result<Vec<Import>, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.imports.list(&context.actor).await)
}

/// The import with this id.
#[server(prefix = "/rpc", endpoint = "get_import", input = GetUrl, output = PostcardBody)]
pub async fn get_import(id: String) -> Result<Import, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    context.log_error(context.imports.get(&context.actor, id.parse()?).await)
}

/// The rows of an import with this outcome, after a line.
#[server(prefix = "/rpc", endpoint = "read_import_rows", input = GetUrl, output = PostcardBody)]
pub async fn read_import_rows(
    id: String,
    outcome: RowOutcome,
    after: u64,
    per_page: u32,
) -> Result<Vec<ImportRow>, AppError> {
    let context = crate::server::http::rpc::RequestContext::current()?;
    let list = crate::domain::ListImportRows { outcome, after, per_page };
    context.log_error(context.imports.rows(&context.actor, id.parse()?, list).await)
}
