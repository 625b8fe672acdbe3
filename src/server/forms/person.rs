use axum::{extract::Path, response::Response};
use secrecy::ExposeSecret;

use super::post::{Post, Reply};
use crate::{
    domain::{AppError, FieldErrors, Role, UserForm, UserId},
    ui::form::Outcome,
};

/// `/users/new`: `name` and `email`.
pub async fn create(post: Post) -> Response {
    let created = post.state.users.create(&post.actor, &user_form(&post)).await;
    post.answer(created.map(|user| Reply::Go(format!("/users/{}?done=created", user.id)))).await
}

/// `/users/{id}/edit`: `name`, `email` and the `version` they were read in.
pub async fn edit(Path(id): Path<String>, post: Post) -> Response {
    let result = async {
        let id: UserId = id.parse()?;
        let version = post.text("version").parse().map_err(|_| AppError::Stale)?;
        post.state.users.update(&post.actor, id, version, &user_form(&post)).await?;
        Ok(Reply::Go(format!("/users/{id}?done=edited")))
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
    let done = |what: &str| Ok(Reply::Go(format!("/users/{id}?done={what}")));
    match post.text("action") {
        "delete" => {
            post.state.users.delete(actor, id).await?;
            done("deleted")
        }
        "restore" => {
            post.state.users.restore(actor, id).await?;
            done("restored")
        }
        "erase" if post.text("sure") != "yes" => {
            Err(FieldErrors::one("sure", "required", "must be ticked to erase somebody for good").into())
        }
        "erase" => {
            post.state.users.erase(actor, id).await?;
            Ok(Reply::Go("/".to_owned()))
        }
        "role" => {
            post.state.accounts.set_role(actor, id, role(post.text("role"))?).await?;
            done("role")
        }
        "link" => {
            let link = post.state.accounts.invite(actor, id).await?;
            Ok(Reply::Show(Outcome::Link(link.expose_secret().to_owned())))
        }
        _ => Err(AppError::Malformed("There is no such form on this page.".to_owned())),
    }
}

/// Nothing chosen means no role.
fn role(text: &str) -> Result<Option<Role>, FieldErrors> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn user_form(post: &Post) -> UserForm {
    UserForm { name: post.text("name").to_owned(), email: post.text("email").to_owned() }
}
