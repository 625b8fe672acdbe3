use serde_json::json;
use sqlx::{query_as, types::Uuid};

use super::{Sqlite, users::Row};
use crate::domain::{AppError, ListUsers, Page, User, needles};

/// The two statements of a list of one status in one order: everybody, and those in whom every needle is found.
macro_rules! list {
    ($store:expr, $needles:expr, $limit:expr, $offset:expr, $filter:literal, $order:literal) => {
        match $needles {
            None => {
                query_as!(
                    Row,
                    r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                    from users
                    where "#
                        + $filter
                        + " order by "
                        + $order
                        + " limit ? offset ?",
                    $limit,
                    $offset
                )
                .fetch_all(&$store.readers)
                .await?
            }
            Some(needles) => {
                query_as!(
                    Row,
                    r#"select id as "id: Uuid", name, email, version, created_at, updated_at, deleted_at
                    from users
                    where "#
                        + $filter
                        + " and not exists (select 1 from json_each(?) where instr(users.search, value) = 0)
                    order by "
                        + $order
                        + " limit ? offset ?",
                    needles,
                    $limit,
                    $offset
                )
                .fetch_all(&$store.readers)
                .await?
            }
        }
    };
}

pub async fn list_users(store: &Sqlite, list: &ListUsers) -> Result<Page<User>, AppError> {
    let needles = list.q.as_deref().map(|q| json!(needles(q)).to_string());
    let (limit, offset) = (i64::from(list.per_page) + 1, i64::from(list.offset()));
    let rows = for_list!(list, list!(store, needles, limit, offset));
    let users = rows.into_iter().map(User::try_from).collect::<Result<_, _>>()?;
    Ok(Page::from_one_more(users, list.offset(), list.per_page))
}
