//! What every database promises: each test runs on SQLite and on PostgreSQL.

mod import;
mod users;

/// `contract! { a_sentence, another_sentence }` makes a test of each function for each database.
macro_rules! contract {
    ($($test:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::sqlite().await).await; })+
        }
        mod on_postgres {
            $(#[tokio::test] async fn $test() { super::$test(crate::support::postgres().await).await; })+
        }
    };
}
use contract;
