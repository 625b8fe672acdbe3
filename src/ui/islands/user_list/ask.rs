//! The way to the server. Its code comes with the first question: who only reads is not sent it.

use crate::domain::{AppError, Listing};

#[cfg(not(feature = "split"))]
pub use crate::rpc::users::list_users as ask_server;
#[cfg(feature = "split")]
pub use split::ask_server;

/// The list, or why there is none.
pub type Answer = Result<Listing, AppError>;

/// Fetches that code for somebody who seems to be about to ask.
pub fn prepare() {
    #[cfg(feature = "split")]
    leptos::task::spawn_local(async {
        // What does not come now is tried again with the question.
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
