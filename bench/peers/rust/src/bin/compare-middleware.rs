//! The processor time of Rollcall's own middleware beside the standard part, in one process:
//! `cargo run --release --manifest-path bench/peers/rust/Cargo.toml --bin compare-middleware`.
//!
//! Prints one Markdown table: the median of `ROUNDS` alternating rounds of both, a request.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    BoxError, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, from_fn_with_state},
    response::Response,
    routing::get,
};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer,
    csrf::CsrfLayer,
    limit::RequestBodyLimitLayer,
    map_request_body::MapRequestBodyLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};

use boxed::layer_fn;
use load_shed::{Load, shed_load};

#[allow(dead_code)]
#[path = "../../../../../src/server/http/middleware/boxed.rs"]
mod boxed;
#[allow(dead_code)]
#[path = "../../../../../src/server/http/middleware/load_shed.rs"]
mod load_shed;

/// What `load_shed` uses of Rollcall.
mod domain {
    use axum::response::{IntoResponse, Response};

    #[derive(Clone, Debug)]
    pub enum AppError {
        Unavailable(Cause),
        TooSlow,
    }

    #[derive(Clone, Debug, Default)]
    pub struct Cause;

    impl Cause {
        pub fn new(_: &str) -> Self {
            Self
        }
    }

    impl std::fmt::Display for AppError {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{self:?}")
        }
    }

    impl std::error::Error for AppError {}

    impl IntoResponse for AppError {
        fn into_response(self) -> Response {
            axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

mod server {
    pub mod foundation {
        pub mod limits {
            pub const BODIES_IN_TRANSIT: usize = 256 * 1024 * 1024;
        }
        pub mod telemetry {
            pub fn shed() {}
        }
    }
}

const ROUNDS: usize = 101;
const REQUESTS: u32 = 5_000;
/// As `--max-in-flight` has it by default.
const IN_FLIGHT: usize = 512;

/// The stack of Rollcall's router, where each function passes a request on: ten functions with a shared state, between
/// the same layers of tower and tower-http.
macro_rules! stack {
    ($function:expr) => {
        ServiceBuilder::new()
            .map_response(|response: Response| response)
            .map_request(|request: Request| request)
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer($function)
            .layer($function)
            .map_response(|response: Response| response)
            .map_request(|request: Request| request)
            .layer($function)
            .map_request(|request: Request| request)
            .layer($function)
            .layer($function)
            .layer($function)
            .layer(CatchPanicLayer::new())
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(30)))
            .layer(RequestBodyLimitLayer::new(10 * 1024 * 1024))
            .layer(MapRequestBodyLayer::new(Body::new))
            .map_request(|request: Request| request)
            .layer(CsrfLayer::new())
            .layer($function)
            .layer($function)
            .layer($function)
            .layer($function)
    };
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| | own | standard | difference |\n|---|--:|--:|--:|");
    let own = route().layer(stack!(layer_fn(Arc::new(()), pass_on)));
    let standard = route().layer(stack!(from_fn_with_state(Arc::new(()), pass_on_axum)));
    compare("the stack with ten functions: `boxed` : `from_fn_with_state`", own, standard).await;
    let own = route().layer(layer_fn(Load::new(IN_FLIGHT), shed_load));
    let standard = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(|_: BoxError| async { StatusCode::SERVICE_UNAVAILABLE }))
        .load_shed()
        .concurrency_limit(IN_FLIGHT);
    compare("`shed_load` : tower's `load_shed` with `concurrency_limit`", own, route().layer(standard)).await;
}

fn route() -> Router {
    Router::new().route("/", get(|| async { "{}" }))
}

async fn pass_on(_: Arc<()>, request: Request, next: boxed::Next) -> Response {
    next.run(request).await
}

async fn pass_on_axum(_: State<Arc<()>>, request: Request, next: middleware::Next) -> Response {
    next.run(request).await
}

async fn compare(what: &str, own: Router, standard: Router) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(time_of_request(&own).await);
        theirs.push(time_of_request(&standard).await);
    }
    let (own, standard) = (median(ours), median(theirs));
    println!("| {what} | {own} ns | {standard} ns | {} ns |", i128::from(standard) - i128::from(own));
}

async fn time_of_request(router: &Router) -> Duration {
    let start = Instant::now();
    for _ in 0..REQUESTS {
        let response = router.clone().oneshot(Request::new(Body::empty())).await.expect("a response");
        assert_eq!(response.status(), StatusCode::OK);
    }
    start.elapsed() / REQUESTS
}

fn median(mut times: Vec<Duration>) -> u64 {
    times.sort_unstable();
    times[times.len() / 2].as_nanos() as u64
}
