//! Shared by the peers: a single-threaded runtime, a listener on a free port, and loading people from files.

use std::{fs, future::Future, net::Ipv4Addr};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use uuid::Uuid;

/// A person as represented by Rollcall's API.
#[derive(Clone, Serialize, Deserialize)]
pub struct User {
    pub id: Uuid,
    pub name: String,
    pub email: String,
    pub version: i64,
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339::option")]
    pub deleted_at: Option<OffsetDateTime>,
}

/// The command-line argument at this position.
pub fn argument(place: usize) -> String {
    std::env::args().nth(place).expect("an argument is missing")
}

/// Parses a JSON file.
pub fn json<T: DeserializeOwned>(path: &str) -> T {
    serde_json::from_slice(&fs::read(path).expect("the file can be read")).expect("the file is as expected")
}

/// Runs a task on a single-threaded runtime.
pub fn run<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there is a runtime").block_on(task)
}

/// Listens on a free port and prints the address.
pub async fn listen() -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port");
    println!("Listening at http://{}", listener.local_addr().expect("the port is known"));
    listener
}
