//! The derive macros of utoipa, with the same names and attributes, that generate nothing: the browser's build has the
//! types of the API without their schemas, and without a `cfg_attr` at each of their fields.

use proc_macro::TokenStream;

#[proc_macro_derive(ToSchema, attributes(schema, serde))]
pub fn to_schema(_: TokenStream) -> TokenStream {
    TokenStream::new()
}

#[proc_macro_derive(IntoParams, attributes(into_params, param))]
pub fn into_params(_: TokenStream) -> TokenStream {
    TokenStream::new()
}
