//! What a person sees. Pages are rendered on the server; the islands among them come alive in the
//! browser. Data comes through `rpc` alone.

pub mod address;
pub mod app;
pub mod components;
pub mod flash;
pub mod form;
pub mod here;
pub mod islands;
pub mod live;
pub mod now;
pub mod pages;
pub mod shell;
pub mod status;
pub mod text;
pub mod theme;
