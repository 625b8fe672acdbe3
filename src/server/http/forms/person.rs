use axum::{extract::Path, response::Response};
use secrecy::ExposeSecret;

use super::post::{Post, Reply};
use crate::{
    domain::{AppError, FieldErrors, Role, UserId},
    server::http::paths::path_here,
    ui::{flash::Deed, form::Outcome},
};

/// `/users/new`: the fields of a profile.
pub async fn create(post: Post) -> Response {
    let created = post.state.users.create(&post.actor, &post.user_form()).await;
    post.answer(created.map(|user| told(user.id, Deed::Created))).await
}

/// `/users/{id}/edit`: the fields of a profile and the `version` they were read in, or `restore` for somebody
/// who was deleted meanwhile.
pub async fn edit(Path(id): Path<String>, post: Post) -> Response {
    let result = async {
        let id: UserId = id.parse()?;
        if post.text("restore") == "yes" {
            post.state.users.restore_as(&post.actor, id, &post.user_form()).await?;
            return Ok(told(id, Deed::Restored));
        }
        let version = post.text("version").parse().map_err(|_| AppError::Stale)?;
        post.state.users.update(&post.actor, id, version, &post.user_form()).await?;
        Ok(told(id, Deed::Edited))
    };
    let result = result.await;
    post.answer(result).await
}

/// `/users/{id}`: whatever else can be done to a person, by `action`.
pub async fn change(Path(id): Path<String>, post: Post) -> Response {
    let result = act(&post, &id).await;
    post.answer(result).await
}

async fn act(post: &Post, id: &str) -> Result<Reply, AppError> {
    let (id, actor) = (id.parse::<UserId>()?, &post.actor);
    match post.text("action") {
        "delete" => {
            post.state.users.delete(actor, id).await?;
            Ok(Reply::Tell("/".to_owned(), Deed::Deleted, Some(id)))
        }
        "restore" => {
            post.state.users.restore(actor, id).await?;
            let back = path_here(post.text("back")).unwrap_or_else(|| person(id));
            Ok(Reply::Tell(back, Deed::Restored, Some(id)))
        }
        "erase" if post.text("sure") != "yes" => {
            Err(FieldErrors::one("sure", "required", "must be ticked to erase somebody for good").into())
        }
        "erase" => {
            post.state.users.erase(actor, id).await?;
            Ok(Reply::Tell("/".to_owned(), Deed::Erased, None))
        }
        "role" => {
            post.state.accounts.set_role(actor, id, role(post.text("role"))?).await?;
            Ok(told(id, Deed::Role))
        }
        "link" => {
            let link = post.state.accounts.invite(actor, id).await?;
            Ok(Reply::Show(Outcome::Link(link.expose_secret().to_owned())))
        }
        _ => Err(AppError::Malformed("There is no such form on this page.".to_owned())),
    }
}

/// To the page of a person, which tells what was done to them.
fn told(id: UserId, deed: Deed) -> Reply {
    Reply::Tell(person(id), deed, Some(id))
}

fn person(id: UserId) -> String {
    format!("/users/{id}")
}

/// Nothing chosen means no role.
fn role(text: &str) -> Result<Option<Role>, FieldErrors> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}
