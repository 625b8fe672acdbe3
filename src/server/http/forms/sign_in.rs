//! The forms that sign in and out, also by setup link and invitation.

use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;

use super::post::{Post, Reply};
use crate::{
    domain::AppError,
    server::http::{pages, paths::local_path},
};

/// `/sign-in`: signs in with `email` and `password`.
pub async fn sign_in(post: Post) -> Response {
    let result = async {
        let accounts = &post.state.accounts;
        let member = accounts.sign_in(&post.actor, post.text("email"), post.secret("password")).await?;
        post.start_session(&member).await?;
        Ok(Reply::Redirect(post.parameter("to").and_then(|to| local_path(&to)).unwrap_or_else(|| "/".to_owned())))
    };
    let result = result.await;
    post.answer(result).await
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
    let result = async {
        let form = post.user_form();
        let accounts = &post.state.accounts;
        let member = accounts.set_up(&post.actor, &link(&post), &form, post.secret("password")).await?;
        post.start_session(&member).await?;
        Ok(Reply::Redirect("/".to_owned()))
    };
    let result = result.await;
    post.answer(result).await
}

/// `/invite?token=…`: accepts an invitation with a `password`.
pub async fn accept(post: Post) -> Response {
    let result = async {
        let member = post.state.accounts.accept(&post.actor, &link(&post), post.secret("password")).await?;
        post.start_session(&member).await?;
        Ok(Reply::Redirect("/".to_owned()))
    };
    let result = result.await;
    post.answer(result).await
}

fn link(post: &Post) -> SecretString {
    SecretString::from(post.parameter("token").unwrap_or_default())
}
