//! Every route, and the tower stack around them, from the outside in.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderName, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::{CsrfLayer, ProtectionError},
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer,
};

use super::{
    access_log,
    auth::{self, session},
    cache, compression, cors,
    cors::CorsDomain,
    errors, export, feed, forms,
    function::function,
    health, load, options, pages, rate_limit, request_id, rest, rpc,
    state::AppState,
};
use crate::domain::AppError;

/// The largest body of a request, in bytes.
pub const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Two years, this host and those below it.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// What a browser may do with an answer: nothing but show it, and of what it could offer the clipboard
/// alone, to copy a link or a token.
static STANDING: [(HeaderName, HeaderValue); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), gyroscope=(), \
             magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
        ),
    ),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// The longest that a request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

pub fn router(state: AppState, cors_domains: Vec<CorsDomain>) -> Router {
    let routes = Router::new()
        .merge(forms::routes())
        .merge(export::routes())
        .route(feed::PATH, get(feed::users))
        .merge(rest::routes(&state))
        .route("/api", any(nothing_here))
        .route("/api/", any(nothing_here))
        .route("/api/{*path}", any(nothing_here))
        .route("/rpc/{*function}", any(rpc::handle))
        .fallback(pages::file_or_not_found)
        .method_not_allowed_fallback(|| async { AppError::MethodNotAllowed })
        .with_state(state.clone());
    #[cfg(feature = "bench")]
    let routes = routes.route("/_bench", get(super::bench::table));
    with_stack(routes, &state, cors_domains).merge(health::routes(state.health.clone()))
}

/// Puts the tower stack around all routes, so that it sees what the router itself refuses, too.
pub fn with_stack(routes: Router, state: &AppState, cors_domains: Vec<CorsDomain>) -> Router {
    // What Leptos spawns while it renders runs on this runtime; a second router finds it set.
    let _ = any_spawner::Executor::init_tokio();
    let rate_limit = state.rate_limit.clone().map(|limit| function(limit, rate_limit::enforce));
    routes.layer(
        ServiceBuilder::new()
            .map_response(lighten)
            .map_request(request_id::drop_unfit)
            .layer(SetRequestIdLayer::x_request_id(request_id::RandomId))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(function(state.access_log.clone(), access_log::watch))
            .layer(function(state.cache.clone(), cache::answer))
            .map_response(with_standing_headers)
            .layer(option_layer(state.public_url.is_https().then(strict_transport)))
            .map_request(options::disguise)
            .layer(function(Arc::new(cors::layer(cors_domains)), cors::share))
            .map_request(options::undisguise)
            .layer(function((), compression::compress))
            .layer(function(state.clone(), errors::speak))
            .layer(function(state.load.clone(), load::admit))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
            .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
            .layer(MapRequestBodyLayer::new(Body::new))
            .map_request(vouch_for_credentials)
            .layer(same_origin(state))
            .layer(function(Arc::new(session::layer(state.sessions.clone(), &state.public_url)), session::open))
            .layer(option_layer(rate_limit))
            .layer(function(state.clone(), auth::identify))
            .layer(function(state.generations.clone(), cache::forget_after))
            .layer(function(state.feed.clone(), feed::ring_after)),
    )
}

/// Refuses what another site made a browser send (Fetch metadata, else `Origin`).
fn same_origin(state: &AppState) -> CsrfLayer<impl Fn(ProtectionError) -> Response + Clone + use<>> {
    let refused = |_| AppError::Forbidden("This request came from another site.".to_owned()).into_response();
    let layer = CsrfLayer::new().add_trusted_origin(state.public_url.origin()).unwrap_or_default();
    layer.with_rejection_response(refused)
}

/// A browser never adds `Authorization` by itself: who sends it means it, from whatever origin.
fn vouch_for_credentials<B>(mut request: Request<B>) -> Request<B> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        request.headers_mut().remove(header::ORIGIN);
        request.headers_mut().remove("sec-fetch-site");
    }
    request
}

pub async fn nothing_here() -> AppError {
    AppError::NotFound("There is nothing at this address.".to_owned())
}

/// What only documents heed, and callers of the API, is not sent with the files that pages are made of,
/// of which there are many.
fn lighten<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    if headers.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes().ends_with(b"immutable")) {
        for name in [header::CONTENT_SECURITY_POLICY, header::REFERRER_POLICY, header::ACCESS_CONTROL_EXPOSE_HEADERS] {
            headers.remove(name);
        }
        // Whoever asks gets the same.
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        for name in ["permissions-policy", "cross-origin-opener-policy", "x-request-id"] {
            headers.remove(name);
        }
    }
    response
}

/// Adds what every answer says, where its handler says nothing else.
fn with_standing_headers<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    headers.reserve(STANDING.len());
    for (name, value) in &STANDING {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

fn strict_transport() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS))
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    AppError::internal(format!("panicked: {}", message.unwrap_or("?"))).into_response()
}
