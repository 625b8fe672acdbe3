//! The forms of the account page.

use axum::response::Response;
use uuid::Uuid;

use super::{
    no_such_form,
    post::{Post, Reply},
};
use crate::domain::AppError;

/// `/account`: changes the user's own name, password or sessions, by `action`.
pub async fn change(post: Post) -> Response {
    let result = match post.text("action") {
        "name" => rename(&post).await,
        "password" => change_password(&post).await,
        "end-session" => end_session(&post).await,
        _ => Err(no_such_form()),
    };
    let result = result.map(|done| Reply::Redirect(format!("/account?done={done}")));
    post.respond(result).await
}

async fn rename(post: &Post) -> Result<&'static str, AppError> {
    post.state.users.rename_self(&post.actor, post.text("name")).await?;
    Ok("name")
}

async fn change_password(post: &Post) -> Result<&'static str, AppError> {
    let (current, new) = (post.secret("current_password"), post.secret("password"));
    post.state.accounts.change_password(&post.actor, current, new).await?;
    post.session.renew(post.state.clock.now()?).await?;
    Ok("password")
}

async fn end_session(post: &Post) -> Result<&'static str, AppError> {
    let id = Uuid::try_parse(post.text("session"));
    let id = id.map_err(|_| AppError::NotFound("There is no such session.".to_owned()))?;
    post.state.accounts.end_sessions(&post.actor, Some(id)).await?;
    Ok("session")
}
