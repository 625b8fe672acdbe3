use std::fmt;

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{Uri, header, request::Parts, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use secrecy::SecretString;
use tower_sessions::Session;

use crate::{
    domain::{AppError, Member, Profile, UserForm, UserId},
    server::{
        http::{cookies::chosen_theme, flash, middleware::session, pages, state::AppState},
        services::identity::Actor,
    },
    ui::{
        flash::Deed,
        form::{Outcome, Submitted},
        theme::Theme,
    },
};

/// What a form that worked leads to.
pub enum Reply {
    /// Another page, at this path.
    Go(String),
    /// The same, which tells what was done, and to whom.
    Tell(String, Deed, Option<UserId>),
    /// The same page, which shows this once.
    Show(Outcome),
}

/// A form that was posted (`application/x-www-form-urlencoded`), and by whom.
pub struct Post {
    pub state: AppState,
    pub actor: Actor,
    pub session: Session,
    address: Uri,
    agent: Option<String>,
    theme: Theme,
    fields: Vec<(String, String)>,
}

impl Post {
    /// How much of what a browser calls itself is kept, in characters.
    const AGENT_CHARS: usize = 200;

    /// A form before its fields are read.
    pub async fn empty(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let Ok(actor) = Actor::from_request_parts(parts, state).await;
        let session = parts.extensions.get::<Session>().cloned();
        let session = session.ok_or_else(|| AppError::internal("there is no session layer"))?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let agent = agent.map(|agent| agent.chars().take(Self::AGENT_CHARS).collect());
        let theme = chosen_theme(&parts.headers);
        let address = parts.uri.clone();
        Ok(Self { state: state.clone(), actor, session, address, agent, theme, fields: Vec::new() })
    }

    /// What was typed into a field; nothing where there is no such field.
    pub fn text(&self, field: &str) -> &str {
        self.fields.iter().find(|(name, _)| name == field).map_or("", |(_, value)| value)
    }

    /// What was typed into the fields of a profile.
    pub fn user_form(&self) -> UserForm {
        Profile::from_fn(|field| self.text(field.as_str()).to_owned()).into()
    }

    pub fn secret(&self, field: &str) -> SecretString {
        SecretString::from(self.text(field).to_owned())
    }

    /// Every value of a field, as a group of boxes sends them.
    pub fn all(&self, field: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }

    /// A parameter of the page's address.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let query = self.address.query().unwrap_or_default();
        form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The page's address, with its query.
    pub fn address(&self) -> &str {
        self.address.path_and_query().map_or("/", PathAndQuery::as_str)
    }

    /// Signs a member in with the browser that sent this.
    pub async fn start_session(&self, member: &Member) -> Result<(), AppError> {
        session::start(&self.session, member, &self.actor, self.agent.clone(), self.state.clock.now()?).await
    }

    /// Leads on, or shows the page again.
    pub async fn answer(self, result: Result<Reply, AppError>) -> Response {
        let (error, outcome) = match result {
            Ok(Reply::Go(path)) => return pages::see_other(&path),
            Ok(Reply::Tell(path, deed, whom)) => {
                let cookie = [(header::SET_COOKIE, flash::cookie(&self.state.public_url, deed, whom))];
                return (cookie, pages::see_other(&path)).into_response();
            }
            Ok(Reply::Show(outcome)) => (None, Some(outcome)),
            Err(AppError::Unauthorized) => return pages::to_sign_in(self.address.path()),
            // The cause is logged where the error leaves.
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
        let submitted = Submitted { action, values, error, outcome };
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
        if !content_type.is_some_and(|value| value.starts_with(FORM)) {
            return Err(AppError::UnsupportedMediaType(FORM.to_owned()));
        }
        let body = Bytes::from_request(Request::from_parts(parts, body), state).await;
        let body = body.map_err(|_| AppError::Malformed("The form could not be read.".to_owned()))?;
        Ok(Self { fields: form_urlencoded::parse(&body).into_owned().collect(), ..post })
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// What was typed may be secret.
impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").finish_non_exhaustive()
    }
}
