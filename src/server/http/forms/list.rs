//! The list's own forms: what is asked of it, and what is done to many.

use axum::{
    extract::{Request, State},
    response::Response,
};
use form_urlencoded::Serializer;

use super::post::{Post, Reply};
use crate::{
    domain::{AppError, BulkAction, FieldErrors, ListUsers, UserId},
    server::{
        http::{pages, state::AppState},
        services::{identity::Actor, users::Users},
    },
    ui::{flash::Deed, text},
};

/// `/`: what its form asks, with empty fields and days, becomes an address in the grammar of the list.
pub async fn look(state: State<AppState>, actor: Actor, request: Request) -> Response {
    match request.uri().query().and_then(address_asked) {
        Some(address) => pages::see_other(&address),
        None => pages::render(state, actor, request).await,
    }
}

/// `/`: deletes or restores those selected (`id`, as often as needed), by `action`.
pub async fn change(post: Post) -> Response {
    let result = change_each(&post).await;
    post.answer(result).await
}

async fn change_each(post: &Post) -> Result<Reply, AppError> {
    let action = match post.text("action") {
        "delete" => BulkAction::Delete,
        "restore" => BulkAction::Restore,
        _ => return Err(AppError::Malformed("There is no such form on this page.".to_owned())),
    };
    let ids = post.all("id").map(str::parse).collect::<Result<Vec<UserId>, _>>()?;
    let mut refused = FieldErrors::default();
    for ids in ids.chunks(Users::MAX_EACH) {
        for refusal in post.state.users.change_each(&post.actor, action, ids).await?.refused {
            let name = refusal.name.unwrap_or_else(|| text::people::SOMEBODY_UNKNOWN.to_owned());
            refused.push(format!("{name}:"), "refused", refusal.why);
        }
    }
    if !refused.is_empty() {
        return Err(AppError::Conflict(refused));
    }
    let (deed, whom) = match (action, &ids[..]) {
        (_, []) => return Ok(Reply::Go(post.address().to_owned())),
        (BulkAction::Delete, [one]) => (Deed::Deleted, Some(*one)),
        (BulkAction::Restore, [one]) => (Deed::Restored, Some(*one)),
        (BulkAction::Delete, _) => (Deed::ManyDeleted, None),
        (BulkAction::Restore, _) => (Deed::ManyRestored, None),
    };
    Ok(Reply::Tell(post.address().to_owned(), deed, whom))
}

/// `None` for what stands in that grammar already.
fn address_asked(query: &str) -> Option<String> {
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
    // What is wrong with it, the page says.
    let asked = match list {
        Ok(list) => list.to_string(),
        Err(_) if rest.is_empty() => query.to_owned(),
        Err(_) => rest,
    };
    let address = if asked.is_empty() { "/".to_owned() } else { format!("/?{asked}") };
    (asked != query).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::address_asked;

    #[test]
    fn what_a_form_asks_becomes_an_address_of_the_list() {
        for (query, address) in [
            ("q=&status=active&joined_from=&joined_to=&sort=&per_page=", "/"),
            (
                "q=ada&joined_from=2024-05-30&sort=name",
                "/?q=ada&created_after=2024-05-29T23%3A59%3A59.999999Z&sort=name",
            ),
            ("joined_to=2024-05-31", "/?created_before=2024-06-01T00%3A00%3A00Z"),
            ("q=ada&colour=red&joined_to=", "/?q=ada&colour=red"),
        ] {
            assert_eq!(address_asked(query).as_deref(), Some(address), "{query}");
        }
        for query in ["", "q=ada", "sort=name&page=2", "colour=red", "joined_from=soon"] {
            assert_eq!(address_asked(query), None, "{query}");
        }
    }
}
