//! The forms that sign in and out, also by setup link and invitation.

use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;

use super::post::{Post, Reply};
use crate::{
    domain::AppError,
    server::{
        http::{pages, paths::local_path},
        services::accounts::{Authenticated, wrong_password},
    },
};

/// `/sign-in`: signs in with `email` and `password`, and continues at the local path in the parameter `to`.
pub async fn sign_in(post: Post) -> Response {
    let signed_in = post.state.accounts.sign_in(&post.actor, post.text("email"), post.secret("password")).await;
    let to = post.parameter("to").and_then(|to| local_path(&to));
    enter(post, signed_in, to, Err(wrong_password())).await
}

/// `/sign-out`: ends this session, or with `everywhere` all sessions of the user.
pub async fn sign_out(post: Post) -> Response {
    let accounts = &post.state.accounts;
    let ended = match post.text("everywhere") {
        "" => accounts.sign_out(&post.actor).await,
        _ => accounts.end_sessions(&post.actor, None).await,
    };
    match ended {
        Ok(()) | Err(AppError::Unauthorized | AppError::Forbidden(_)) => {}
        Err(error) => return error.into_response(),
    }
    if let Err(error) = post.session.end().await {
        return error.into_response();
    }
    let mut response = pages::see_other("/sign-in");
    response.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

/// `/setup?token=…`: creates the first admin from `name`, `email` and `password`.
pub async fn set_up(post: Post) -> Response {
    let (form, password) = (post.user_form(), post.secret("password"));
    let signed_in = post.state.accounts.set_up(&post.actor, &link(&post), &form, password).await;
    enter(post, signed_in, None, Ok(Reply::Redirect("/sign-in".to_owned()))).await
}

/// `/invite?token=…`: accepts an invitation with a `password`.
pub async fn accept(post: Post) -> Response {
    let signed_in = post.state.accounts.accept(&post.actor, &link(&post), post.secret("password")).await;
    enter(post, signed_in, None, Ok(Reply::Redirect("/sign-in".to_owned()))).await
}

/// Starts a session of a member, and redirects to a path or the list. `too_late` is the result if the password was
/// changed, or the user deleted, in the meantime.
async fn enter(
    post: Post,
    signed_in: Result<Authenticated, AppError>,
    to: Option<String>,
    too_late: Result<Reply, AppError>,
) -> Response {
    let started = match signed_in {
        Ok(authenticated) => post.start_session(&authenticated).await,
        Err(error) => Err(error),
    };
    let result = match started {
        Ok(true) => Ok(Reply::Redirect(to.unwrap_or_else(|| "/".to_owned()))),
        Ok(false) => too_late,
        Err(error) => Err(error),
    };
    post.respond(result).await
}

fn link(post: &Post) -> SecretString {
    SecretString::from(post.parameter("token").unwrap_or_default())
}
