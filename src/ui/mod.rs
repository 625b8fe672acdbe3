//! The user interface. Pages are rendered on the server; islands hydrate in the browser. Both read data only through
//! `rpc`.

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
