//! The forms of the pages of a person.

use axum::{extract::Path, response::Response};
use secrecy::ExposeSecret;

use super::{
    no_such_form,
    post::{Post, Reply},
};
use crate::{
    domain::{AppError, FieldErrors, Role, UserId},
    server::http::paths::local_path,
    ui::{flash::FlashKind, form::CreatedSecret},
};

/// `/users/new`: creates a user from the fields of a profile.
pub async fn create(post: Post) -> Response {
    let created = post.state.users.create(&post.actor, &post.user_form()).await;
    post.respond(created.map(|user| redirect(user.id, FlashKind::Created))).await
}

/// `/users/{id}/edit`: changes the fields of a profile, by optimistic concurrency on the `version` that was read. With
/// `restore`, restores a user who was deleted in the meantime.
pub async fn edit(Path(id): Path<String>, post: Post) -> Response {
    let result = async {
        let id: UserId = id.parse()?;
        if post.text("restore") == "yes" {
            post.state.users.restore_as(&post.actor, id, &post.user_form()).await?;
            return Ok(redirect(id, FlashKind::Restored));
        }
        let version = post.text("version").parse().map_err(|_| AppError::Stale)?;
        post.state.users.update(&post.actor, id, version, &post.user_form()).await?;
        Ok(redirect(id, FlashKind::Edited))
    };
    let result = result.await;
    post.respond(result).await
}

/// `/users/{id}`: the other actions on a user, by `action`.
pub async fn change(Path(id): Path<String>, post: Post) -> Response {
    let result = act(&post, &id).await;
    post.respond(result).await
}

async fn act(post: &Post, id: &str) -> Result<Reply, AppError> {
    let (id, actor) = (id.parse::<UserId>()?, &post.actor);
    match post.text("action") {
        "delete" => {
            post.state.users.delete(actor, id).await?;
            Ok(Reply::RedirectWithFlash("/".to_owned(), FlashKind::Deleted, Some(id)))
        }
        "restore" => {
            post.state.users.restore(actor, id).await?;
            let back = local_path(post.text("back")).unwrap_or_else(|| person(id));
            Ok(Reply::RedirectWithFlash(back, FlashKind::Restored, Some(id)))
        }
        "erase" if post.text("sure") != "yes" => {
            Err(FieldErrors::one("sure", "required", "must be ticked to erase a person permanently").into())
        }
        "erase" => {
            post.state.users.erase(actor, id).await?;
            Ok(Reply::RedirectWithFlash("/".to_owned(), FlashKind::Erased, None))
        }
        "role" => {
            post.state.accounts.set_role(actor, id, role(post.text("role"))?).await?;
            Ok(redirect(id, FlashKind::Role))
        }
        "link" => {
            let link = post.state.accounts.invite(actor, id).await?;
            Ok(Reply::Render(CreatedSecret::Link(link.expose_secret().to_owned())))
        }
        _ => Err(no_such_form()),
    }
}

/// Redirects to the page of a user, which shows what was done.
fn redirect(id: UserId, kind: FlashKind) -> Reply {
    Reply::RedirectWithFlash(person(id), kind, Some(id))
}

fn person(id: UserId) -> String {
    format!("/users/{id}")
}

/// Parses a role; an empty text means none.
fn role(text: &str) -> Result<Option<Role>, FieldErrors> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}
