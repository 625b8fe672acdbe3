//! Posted forms, and the responses to them.

use std::fmt;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{Uri, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;

use crate::{
    domain::{AppError, Profile, UserForm, UserId},
    server::{
        foundation::limits::USER_AGENT_CHARS,
        http::{body, cookies::chosen_theme, flash, middleware::session::RequestSession, pages, state::AppState},
        services::{accounts::Authenticated, identity::Actor},
    },
    ui::{
        flash::FlashKind,
        form::{CreatedSecret, Submitted},
        theme::Theme,
    },
};

/// The result of a successful form.
pub enum Reply {
    /// Redirects to a path.
    Redirect(String),
    /// Redirects to a path with a flash message about a user.
    RedirectWithFlash(String, FlashKind, Option<UserId>),
    /// Renders the page again with a secret that is shown once.
    Render(CreatedSecret),
}

/// A posted form (`application/x-www-form-urlencoded`) and its actor.
pub struct Post {
    pub state: AppState,
    pub actor: Actor,
    pub session: RequestSession,
    address: Uri,
    agent: Option<String>,
    theme: Theme,
    fields: Vec<(String, String)>,
}

impl Post {
    /// A form without its fields.
    pub async fn empty(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let Ok(actor) = Actor::from_request_parts(parts, state).await;
        let session = RequestSession::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let agent = agent.map(|agent| agent.chars().take(USER_AGENT_CHARS).collect());
        let theme = chosen_theme(&parts.headers);
        let address = parts.uri.clone();
        Ok(Self { state: state.clone(), actor, session, address, agent, theme, fields: Vec::new() })
    }

    /// The value of a field; empty if there is no such field.
    pub fn text(&self, field: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// The submitted fields of a profile, not validated.
    pub fn user_form(&self) -> UserForm {
        Profile::from_fn(|field| self.text(field.as_str()).to_owned()).into()
    }

    pub fn secret(&self, field: &str) -> SecretString {
        SecretString::from(self.text(field).to_owned())
    }

    /// All values of a field, such as a group of checkboxes.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// A query parameter of the page's address.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.address.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
    }

    /// The page's address, with its query.
    pub fn address(&self) -> &str {
        self.address.path_and_query().map_or("/", PathAndQuery::as_str)
    }

    /// Starts a session of a member in the browser that sent this form. `false` if the password was changed, or the user
    /// deleted, in the meantime.
    ///
    /// # Errors
    /// `Internal`, `Unavailable`.
    pub async fn start_session(&self, authenticated: &Authenticated) -> Result<bool, AppError> {
        let (id, now) = (self.state.ids.next(), self.state.clock.now()?);
        self.session.start(id, authenticated, &self.actor, self.agent.clone(), now).await
    }

    /// The response: a redirect, or the page again.
    pub async fn respond(self, result: Result<Reply, AppError>) -> Response {
        let (error, secret) = match result {
            Ok(Reply::Redirect(path)) => return pages::see_other(&path),
            Ok(Reply::RedirectWithFlash(path, kind, user_id)) => {
                let cookie = [(header::SET_COOKIE, flash::cookie(&self.state.public_url, kind, user_id))];
                return (cookie, pages::see_other(&path)).into_response();
            }
            Ok(Reply::Render(secret)) => (None, Some(secret)),
            Err(AppError::Unauthorized) => return pages::to_sign_in(self.address.path()),
            // The `errors` middleware logs the cause.
            Err(error @ (AppError::Internal(_) | AppError::Unavailable(_))) => return error.into_response(),
            Err(error) => (Some(error), None),
        };
        let retry_after = match &error {
            Some(AppError::TooManyRequests(seconds)) => Some((header::RETRY_AFTER, (*seconds).into())),
            _ => None,
        };
        let action = self.text("action").to_owned();
        let mut values = self.fields;
        values.retain(|(name, _)| !name.contains("password"));
        let submitted = Submitted { action, values, error, secret };
        let mut page = pages::render_again(&self.state, self.actor, self.address, self.theme, submitted).await;
        page.headers_mut().extend(retry_after);
        page
    }
}

impl FromRequest<AppState> for Post {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AppError> {
        let (mut parts, body) = request.into_parts();
        let post = Self::empty(&mut parts, state).await?;
        let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|value| value.split(';').next());
        if !media_type.is_some_and(|value| value.trim().eq_ignore_ascii_case(FORM)) {
            return Err(AppError::UnsupportedMediaType(FORM.to_owned()));
        }
        let body = body::bytes(Request::from_parts(parts, body)).await?;
        Ok(Self { fields: form_urlencoded::parse(&body).into_owned().collect(), ..post })
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Hides the fields, which may be secret.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}
