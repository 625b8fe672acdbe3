//! The forms of the list: its filters, and bulk actions.

use axum::{
    extract::{Request, State},
    response::Response,
};
use form_urlencoded::Serializer;

use super::{
    no_such_form,
    post::{Post, Reply},
};
use crate::{
    domain::{AppError, BulkAction, FieldErrors, ListUsers, UserId},
    server::{
        http::{pages, state::AppState},
        services::identity::Actor,
    },
    ui::{flash::FlashKind, text},
};

/// `/`: shows the list. A submitted filter form, with empty fields and days, redirects to the list's canonical query.
pub async fn show(state: State<AppState>, actor: Actor, request: Request) -> Response {
    match request.uri().query().and_then(canonical_address) {
        Some(address) => pages::see_other(&address),
        None => pages::render(state, actor, request).await,
    }
}

/// `/`: deletes or restores the selected users, named by `id` fields, by `action`.
pub async fn change(post: Post) -> Response {
    let result = change_each(&post).await;
    post.respond(result).await
}

async fn change_each(post: &Post) -> Result<Reply, AppError> {
    let action = match post.text("action") {
        "delete" => BulkAction::Delete,
        "restore" => BulkAction::Restore,
        _ => return Err(no_such_form()),
    };
    let ids = post.all("id").map(str::parse).collect::<Result<Vec<UserId>, _>>()?;
    let mut refused = FieldErrors::default();
    for ids in ids.chunks(BulkAction::MAX_USERS) {
        for refusal in post.state.users.change_each(&post.actor, action, ids).await?.refused {
            let name = refusal.name.unwrap_or_else(|| text::people::UNKNOWN_PERSON.to_owned());
            refused.push(format!("{name}:"), "refused", refusal.reason);
        }
    }
    if !refused.is_empty() {
        return Err(AppError::Conflict(refused));
    }
    let (kind, user_id) = match (action, &ids[..]) {
        (_, []) => return Ok(Reply::Redirect(post.address().to_owned())),
        (BulkAction::Delete, [one]) => (FlashKind::Deleted, Some(*one)),
        (BulkAction::Restore, [one]) => (FlashKind::Restored, Some(*one)),
        (BulkAction::Delete, _) => (FlashKind::ManyDeleted, None),
        (BulkAction::Restore, _) => (FlashKind::ManyRestored, None),
    };
    Ok(Reply::RedirectWithFlash(post.address().to_owned(), kind, user_id))
}

/// The address with the canonical query; `None` if the query is canonical already.
fn canonical_address(query: &str) -> Option<String> {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let value = |wanted: &str| pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_ref());
    let is_day = |name: &str| matches!(name, "joined_from" | "joined_to");
    if !pairs.iter().any(|(name, value)| is_day(name) || value.is_empty()) {
        return None;
    }
    let rest = pairs.iter().filter(|(name, value)| !is_day(name) && !value.is_empty());
    let rest = Serializer::new(String::new()).extend_pairs(rest).finish();
    let list = rest.parse::<ListUsers>().and_then(|list| {
        let list = value("joined_from").map_or(Ok(list.clone()), |day| list.with_joined_from(day))?;
        value("joined_to").map_or(Ok(list.clone()), |day| list.with_joined_to(day))
    });
    // The page shows the errors of an invalid query.
    let canonical = match list {
        Ok(list) => list.to_string(),
        Err(_) if rest.is_empty() => query.to_owned(),
        Err(_) => rest,
    };
    let address = if canonical.is_empty() { "/".to_owned() } else { format!("/?{canonical}") };
    (canonical != query).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::canonical_address;

    #[test]
    fn a_filter_form_becomes_a_canonical_query() {
        for (query, address) in [
            ("q=&status=active&joined_from=&joined_to=&sort=&per_page=", "/"),
            (
                "q=ada&joined_from=2024-05-30&sort=name",
                "/?q=ada&created_after=2024-05-29T23%3A59%3A59.999999Z&sort=name",
            ),
            ("joined_to=2024-05-31", "/?created_before=2024-06-01T00%3A00%3A00Z"),
            ("q=ada&colour=red&joined_to=", "/?q=ada&colour=red"),
        ] {
            assert_eq!(canonical_address(query).as_deref(), Some(address), "{query}");
        }
        for query in ["", "q=ada", "sort=name&page=2", "colour=red", "joined_from=soon"] {
            assert_eq!(canonical_address(query), None, "{query}");
        }
    }
}
