//! Requests for the list. With the feature `split` this code is loaded with the first request, so that readers who
//! make none do not download it.

use crate::domain::{AppError, Listing};

#[cfg(not(feature = "split"))]
pub use crate::rpc::users::list_users as fetch_list;
#[cfg(feature = "split")]
pub use split::fetch_list;

/// A page of the list, or the error of its request.
pub type ListResult = Result<Listing, AppError>;

/// Preloads that code when a request is likely.
pub fn preload() {
    #[cfg(feature = "split")]
    leptos::task::spawn_local(async {
        // A failed preload is retried with the request.
        let _ = split::preload_code().await;
    });
}

#[cfg(feature = "split")]
mod split {
    use std::pin::Pin;

    use leptos::wasm_split::wasm_split;

    use super::ListResult;
    use crate::{domain::AppError, rpc::users::list_users};

    type ListFuture = Pin<Box<dyn Future<Output = ListResult>>>;

    #[wasm_split(fetch_list, wasm_split_path = leptos::wasm_split, fallible, preload(preload_code), return_wrapper(let request = _; { request?.await } -> ListResult))]
    pub fn fetch_list(query: String) -> Result<ListFuture, AppError> {
        Ok(Box::pin(list_users(query)))
    }
}
