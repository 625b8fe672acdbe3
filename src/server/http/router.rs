//! All routes, and the middleware stack around them, from the outside in.

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tower::{ServiceBuilder, util::option_layer};
use tower_http::{
    catch_panic::CatchPanicLayer,
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};

use super::{
    event_stream, export, forms, health,
    middleware::{
        access_log, authenticate, compression,
        cors::{self, CorsDomain},
        csrf, errors, load_shed, options_method, rate_limit, request_id, response_cache, security_headers, session,
    },
    pages,
    paths::{self, not_found},
    rest, rpc,
    state::AppState,
};
use crate::{
    domain::AppError,
    server::foundation::limits::{BODY_LIMIT, REQUEST_TIMEOUT},
};

/// The whole application; `more` are additional routes.
pub fn router(state: AppState, more: Router<AppState>, cors_domains: Vec<CorsDomain>) -> Router {
    let routes = Router::new()
        .merge(forms::routes())
        .merge(export::routes())
        .route(paths::EVENTS, get(event_stream::users))
        .merge(rest::routes(&state))
        .route("/api", any(not_found))
        .route("/api/", any(not_found))
        .route("/api/{*path}", any(not_found))
        .merge(more)
        .route("/rpc/{*function}", any(rpc::handle))
        .fallback(pages::file_or_not_found)
        .method_not_allowed_fallback(|| async { AppError::MethodNotAllowed })
        .with_state(state.clone());
    with_stack(routes, &state, cors_domains).merge(health::routes(state.health.clone()))
}

/// Wraps all routes in the middleware stack, including the router's own 404 and 405 responses.
pub fn with_stack(routes: Router, state: &AppState, cors_domains: Vec<CorsDomain>) -> Router {
    // Leptos spawns rendering tasks on this runtime. Fails for a second router in the process, where it is set already.
    let _ = any_spawner::Executor::init_tokio();
    let rate_limit = state.rate_limit.clone().map(|limit| from_fn_with_state(limit, rate_limit::enforce));
    routes.layer(
        ServiceBuilder::new()
            .map_response(security_headers::remove_from_static_files)
            .map_request(request_id::drop_invalid)
            .layer(SetRequestIdLayer::x_request_id(request_id::RandomId))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(from_fn_with_state(state.access_log.clone(), access_log::log_request))
            .layer(from_fn_with_state(state.cache.clone(), response_cache::serve))
            .map_response(security_headers::add)
            .layer(option_layer(state.public_url.is_https().then(security_headers::strict_transport)))
            .map_request(options_method::hide_method)
            .layer(from_fn_with_state(Arc::new(cors::layer(cors_domains)), cors::apply))
            .map_request(options_method::restore_method)
            .layer(from_fn(compression::compress))
            .layer(from_fn_with_state(state.site.clone(), errors::render_errors))
            .layer(from_fn_with_state(state.load.clone(), load_shed::shed_load))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, REQUEST_TIMEOUT))
            .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
            .layer(MapRequestBodyLayer::new(Body::new))
            .map_request(csrf::exempt_credentials)
            .layer(csrf::same_origin(&state.public_url))
            .layer(from_fn_with_state(state.sessions.clone(), session::load))
            .layer(option_layer(rate_limit))
            .layer(from_fn_with_state(Arc::new(state.authenticator()), authenticate::identify))
            .layer(from_fn_with_state(state.epochs.clone(), response_cache::invalidate))
            .layer(from_fn_with_state(state.feed.clone(), event_stream::notify_change_feed)),
    )
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    AppError::internal(format!("panicked: {}", message.unwrap_or("?"))).into_response()
}
