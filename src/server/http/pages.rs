//! The pages: rendered by Leptos, with status and headers added here.

use axum::{
    body::Body,
    extract::{Request, State},
    http::{Method, StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse, Response},
};
use form_urlencoded::Serializer;
use http_body_util::BodyExt;
use leptos::prelude::provide_context;
use tracing::Span;

use super::{cookies::chosen_theme, flash, html, paths::not_found, state::AppState};
use crate::{
    domain::AppError,
    rpc,
    server::services::identity::Actor,
    ui::{
        self,
        context::{FeedPosition, PageAddress, PageStatus, RenderedAt},
        flash::Flash,
        form::Submitted,
        pages::{api_docs::ApiDocument, audit::choices::Choices},
        theme::Theme,
    },
};

/// Renders the requested page, or redirects to the sign-in page.
pub async fn render(State(state): State<AppState>, actor: Actor, request: Request) -> Response {
    let here = request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
    let theme = chosen_theme(request.headers());
    let flash = flash::read(&state, &actor, request.headers(), &here).await;
    let has_flash = flash.is_some();
    let mut page = rendered(&state, actor, request, theme, None, flash).await;
    if page.status() == StatusCode::UNAUTHORIZED {
        return to_sign_in(&here);
    }
    // Only a page that is shown consumes the message, not a 404 for a browser's own request such as an icon.
    if has_flash && page.status() == StatusCode::OK {
        page.headers_mut().append(header::SET_COOKIE, flash::removal(&state.public_url));
    }
    page
}

/// Renders the page of a form again, with the result of the submission.
pub async fn render_again(
    state: &AppState,
    actor: Actor,
    address: Uri,
    theme: Theme,
    submitted: Submitted,
) -> Response {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = address;
    rendered(state, actor, request, theme, Some(submitted), None).await
}

/// Redirects to the sign-in page, which leads back to `here`.
pub fn to_sign_in(here: &str) -> Response {
    let to = Serializer::new(String::new()).append_pair("to", here).finish();
    see_other(&format!("/sign-in?{to}"))
}

/// Redirects to another page (303 See Other, RFC 9110 section 15.4.4).
pub fn see_other(location: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), (header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn rendered(
    state: &AppState,
    actor: Actor,
    request: Request,
    theme: Theme,
    submitted: Option<Submitted>,
    flash: Option<Flash>,
) -> Response {
    let status = PageStatus::default();
    let error = submitted.as_ref().and_then(|submitted| submitted.error.clone());
    let now = state.clock.now().ok();
    let files = state.site.files.clone();
    // Read before the list, so that the page receives every later change.
    let position = match request.uri().path() {
        "/" => state.feed.position().await.ok().map(|position| FeedPosition(position.to_string())),
        _ => None,
    };
    let document = request.extensions().get::<ApiDocument>().cloned();
    let choices = request.extensions().get::<Choices>().cloned();
    let here = PageAddress(request.uri().path_and_query().map_or("/", PathAndQuery::as_str).to_owned());
    let context = {
        let (state, status, span) = (state.clone(), status.clone(), Span::current());
        move || {
            provide_context(span.clone());
            provide_context(state.clone());
            provide_context(actor.access());
            provide_context(actor.clone());
            provide_context(status.clone());
            provide_context(theme);
            provide_context(here.clone());
            if let Some(document) = document.clone() {
                provide_context(document);
            }
            if let Some(choices) = choices.clone() {
                provide_context(choices);
            }
            if let Some(now) = now {
                provide_context(RenderedAt(now));
            }
            if let Some(position) = position.clone() {
                provide_context(position);
            }
            if let Some(submitted) = submitted.clone() {
                provide_context(submitted);
            }
            if let Some(flash) = flash.clone() {
                provide_context(flash);
            }
        }
    };
    let handler = leptos_axum::render_app_async_with_context(context, move || ui::shell::document(&files));
    match handler(request).await.into_body().collect().await {
        Ok(body) => html::response(error.map_or(status.get(), |error| rpc::status::status(&error)), body.to_bytes()),
        Err(error) => AppError::internal(error).into_response(),
    }
}

/// The fallback of the router: a static file, or the page for 404.
pub async fn file_or_not_found(state: State<AppState>, actor: Actor, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return if state.site.has(request.uri().path()) {
            ([(header::ALLOW, "GET, HEAD")], AppError::MethodNotAllowed).into_response()
        } else {
            not_found().await.into_response()
        };
    }
    match state.site.get(request.uri().path(), request.headers()) {
        Some(file) => file,
        None => render(state, actor, request).await,
    }
}
