use sqlx::{query, query_scalar};

use super::{
    Postgres,
    candidates::{Candidates, Filters},
};
use crate::{
    domain::{AppError, ListUsers, Total, UserStatus},
    server::{
        foundation::limits::COUNTED,
        store::{
            list_users::{Part, count_parts},
            search_forms::SearchForms,
            total::Counted,
        },
    },
};

/// The number of users in a list, of the active or the deleted ones.
macro_rules! counts_where {
    ($store:expr, $filters:expr, $seqs:expr, $limit:expr, $status:literal) => {{
        let Filters { needles, email, created, .. } = $filters;
        match ($seqs, &needles.patterns()) {
            (Some(seqs), _) => {
                query_scalar!(
                    r#"select count(*) as "count!" from public.users
                    where seq = any($1::bigint[]) and "# + $status + " and created_at between $2 and $3
                        and ($4::text is null or email_key = $4)
                        and ($5::text[] is null
                            or not exists (select 1 from unnest($5::text[]) as needle where strpos(search, needle) = 0))",
                    &seqs, created.0, created.1, email.as_deref(), needles.all.as_deref()
                )
                .fetch_one(&$store.pool)
                .await?
                .into()
            }
            (None, Some([one, two, three])) => {
                let row = query!(
                    r#"select count(*) filter (where "# + $status + r#" and created_at between $1 and $2
                            and ($3::text is null or email_key = $3)
                            and not exists (select 1 from unnest($4::text[]) as needle where strpos(search, needle) = 0)
                        ) as "count!", count(*) as "looked!"
                    from (
                        select * from public.users where search like $5 and search like $6 and search like $7 limit $8
                    ) as found"#,
                    created.0, created.1, email.as_deref(), needles.all.as_deref(), one, two, three, $limit
                )
                .fetch_one(&$store.pool)
                .await?;
                Counted { count: row.count, rows_read: row.looked }
            }
            (None, None) => {
                query_scalar!(
                    r#"select count(*) as "count!" from (
                        select 1 from public.users
                        where "# + $status + " and created_at between $1 and $2 and ($3::text is null or email_key = $3)
                        limit $4
                    ) as found",
                    created.0, created.1, email.as_deref(), $limit
                )
                .fetch_one(&$store.pool)
                .await?
                .into()
            }
        }
    }};
}

/// The estimate for a list of all active users is that of PostgreSQL's statistics.
pub async fn total(
    store: &Postgres,
    list: &ListUsers,
    forms: &SearchForms,
    parts: Vec<Part<Postgres>>,
) -> Result<Total, AppError> {
    let counted = count_parts(store, list, forms, parts).await?;
    if list.count {
        return Ok(counted.exactly());
    }
    let is_whole = list.status == UserStatus::Active && list.is_unfiltered();
    let known = if is_whole && counted.rows_read >= COUNTED { known_active(store).await? } else { None };
    Ok(counted.total(known))
}

pub async fn count(
    store: &Postgres,
    filters: &Filters,
    candidates: Candidates,
    limit: Option<i64>,
    deleted: bool,
) -> Result<Counted, AppError> {
    Ok(if deleted {
        counts_where!(store, filters, candidates, limit, "deleted_at is not null")
    } else {
        counts_where!(store, filters, candidates, limit, "deleted_at is null")
    })
}

/// The number of active users according to PostgreSQL's statistics, as of the last `vacuum` or `analyze`.
async fn known_active(store: &Postgres) -> Result<Option<i64>, AppError> {
    let known = query_scalar!(
        r#"select reltuples::bigint as "known!" from pg_class where oid = 'public.users_active_created_at'::regclass"#
    );
    Ok(known.fetch_optional(&store.pool).await?)
}
