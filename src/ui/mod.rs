//! What a person sees. Pages are rendered on the server; the islands among them come alive in the
//! browser. Data comes through `rpc` alone.

pub mod app;
pub mod components;
pub mod context;
pub mod flash;
pub mod form;
pub mod islands;
pub mod pages;
pub mod shell;
pub mod text;
pub mod theme;
