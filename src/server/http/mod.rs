//! HTTP: [`router`] lists every route and the middleware stack around them.

mod body;
mod conditional;
pub mod cookies;
pub mod event_stream;
pub mod export;
mod flash;
pub mod forms;
pub mod health;
mod html;
pub mod middleware;
mod negotiation;
pub mod openapi;
mod pages;
pub mod paths;
pub mod problem;
pub mod rest;
pub mod router;
pub mod rpc;
pub mod state;
pub mod static_files;
