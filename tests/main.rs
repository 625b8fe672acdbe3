//! Integration tests: one module for each area of behaviour.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test needs is there, or it fails")]

mod access;
mod accounts;
mod api_docs;
mod api_examples;
mod audit;
mod cache;
mod cli;
mod contrast;
mod dependencies;
mod docs;
mod instances;
mod layers;
mod maintenance;
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
mod unused_texts;
