//! Databases of a single test.

use std::sync::Arc;

use rollcall::server::store::{self, Store};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A fresh database. A SQLite file is deleted on drop, a PostgreSQL database together with the whole server.
pub struct Fresh {
    pub store: Arc<dyn Store>,
    pub url: String,
    _folder: TempDir,
}

pub async fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("rollcall.db").display());
    open(url, folder).await
}

pub async fn postgres() -> Fresh {
    open(empty_postgres().await, tempfile::tempdir().unwrap()).await
}

/// Creates an empty database; returns its URL.
pub async fn empty_postgres() -> String {
    let server = std::env::var("ROLLCALL_TEST_POSTGRES")
        .expect("ROLLCALL_TEST_POSTGRES is not set: run the tests by `make test`, or under scripts/with-postgres");
    let name = format!("test_{}", Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

async fn open(url: String, folder: TempDir) -> Fresh {
    let store = store::open(&url.parse().unwrap(), store::Options::default()).await.unwrap();
    Fresh { store, url, _folder: folder }
}
