//! Requests to the server. With the feature `split` this code is loaded with the first request, so that readers who
//! make none do not download it.

use crate::domain::{AppError, Listing};

#[cfg(not(feature = "split"))]
pub use crate::rpc::users::list_users as ask_server;
#[cfg(feature = "split")]
pub use split::ask_server;

/// The list, or an error.
pub type Answer = Result<Listing, AppError>;

/// Preloads that code when a request is likely.
pub fn prepare() {
    #[cfg(feature = "split")]
    leptos::task::spawn_local(async {
        // A failed preload is retried with the request.
        let _ = split::fetch().await;
    });
}

#[cfg(feature = "split")]
mod split {
    use std::pin::Pin;

    use leptos::wasm_split::wasm_split;

    use super::Answer;
    use crate::{domain::AppError, rpc::users::list_users};

    type Asked = Pin<Box<dyn Future<Output = Answer>>>;

    #[wasm_split(ask, wasm_split_path = leptos::wasm_split, fallible, preload(fetch), return_wrapper(let asked = _; { asked?.await } -> Answer))]
    pub fn ask_server(query: String) -> Result<Asked, AppError> {
        Ok(Box::pin(list_users(query)))
    }
}
