//! The forms of the tokens page.

use axum::response::Response;
use secrecy::ExposeSecret;

use super::{
    no_such_form,
    post::{Post, Reply},
};
use crate::{
    domain::{AppError, Scope, Scopes},
    server::services::tokens::TokenForm,
    ui::form::CreatedSecret,
};

/// `/tokens`: creates or revokes a token, by `action`.
pub async fn change(post: Post) -> Response {
    let result = match post.text("action") {
        "create" => create(&post).await,
        "revoke" => revoke(&post).await,
        _ => Err(no_such_form()),
    };
    post.respond(result).await
}

async fn create(post: &Post) -> Result<Reply, AppError> {
    let scopes = post.all("scope").map(str::parse::<Scope>).collect::<Result<Scopes, _>>()?;
    // An invalid number becomes 0, which is out of range.
    let expires_in_days = Some(post.text("expires")).filter(|days| !days.is_empty());
    let expires_in_days = expires_in_days.map(|days| days.parse().unwrap_or(0));
    let form = TokenForm { name: post.text("name").to_owned(), scopes, expires_in_days };
    let token = post.state.tokens.create(&post.actor, &form).await?;
    Ok(Reply::Render(CreatedSecret::Token(token.expose_secret().to_owned())))
}

async fn revoke(post: &Post) -> Result<Reply, AppError> {
    post.state.tokens.revoke(&post.actor, post.text("token").parse()?).await?;
    Ok(Reply::Redirect("/tokens?done=revoked".to_owned()))
}
