//! What Rollcall promises, tried from outside: one file for each thing that is promised.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test needs is there, or it fails")]

mod access;
mod accounts;
mod api_walk;
mod cache;
mod cli;
mod contrast;
mod dependencies;
mod docs;
mod instances;
mod layers;
mod openapi;
mod operations;
mod pages;
mod people;
mod refusals;
mod rest;
mod rpc;
mod store;
mod support;
mod texts;
mod upkeep;
