//! The server functions: how the page reaches the services, by name in the code and by HTTP under
//! `/rpc`. One file a resource.
//!
//! Each is a public endpoint, so a server function exists only if an island calls it or a page renders from it.

pub mod account;
pub mod audit;
pub mod imports;
pub mod postcard;
pub mod status;
pub mod tokens;
pub mod users;

use server_fn::error::{FromServerFnError, ServerFnErrorErr};

use self::postcard::Postcard;
use crate::domain::{AppError, Cause};

/// A WASM chunk that fails to load is treated like a failed request.
#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for AppError {
    fn from(error: leptos::wasm_split::SplitLoaderError) -> Self {
        Self::Unavailable(Cause::new(error.to_string()))
    }
}

/// Errors of the transport become `AppError`s.
impl FromServerFnError for AppError {
    type Encoder = Postcard;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed(error.to_string()),
            // On the server of a request, in the browser of a response.
            ServerFnErrorErr::Deserialization(_) if !cfg!(target_arch = "wasm32") => Self::Malformed(error.to_string()),
            ServerFnErrorErr::Request(_) => Self::Unavailable(Cause::new(error.to_string())),
            other => Self::internal(other.to_string()),
        }
    }
}
