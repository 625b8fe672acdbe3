//! The health probes (draft-inadarei-api-health-check-06). They are outside the middleware stack: no session, no
//! rate limit, no access log.

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};

use super::{
    middleware::options_method,
    paths::{LIVE, READY},
};
use crate::server::services::health::{Health, Report, Status};

const MEDIA_TYPE: &str = "application/health+json";

/// The liveness and the readiness probe.
pub fn routes(health: Health) -> Router {
    let live = || async { Report::of(Status::Pass, None) };
    let ready = |State(health): State<Health>| async move { health.ready().await };
    let routes = Router::new().route(LIVE, get(live)).route(READY, get(ready)).with_state(health);
    routes.layer(from_fn(options_method::answer))
}

impl IntoResponse for Report {
    fn into_response(self) -> Response {
        let status = if self.status == Status::Fail { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        let headers = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
        (status, headers, Json(self)).into_response()
    }
}
