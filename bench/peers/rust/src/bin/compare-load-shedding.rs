//! The processor time of Rollcall's load shedding beside that of tower, in one process:
//! `cargo run --release --manifest-path bench/peers/rust/Cargo.toml --bin compare-load-shedding`.
//!
//! Prints one Markdown table: the median of `ROUNDS` alternating rounds of both, a request.

use std::time::{Duration, Instant};

use axum::{
    BoxError, Router, body::Body, error_handling::HandleErrorLayer, extract::Request, http::StatusCode,
    middleware::from_fn_with_state, routing::get,
};
use tower::{ServiceBuilder, ServiceExt};

use load_shed::{Load, shed_load};

#[allow(dead_code)]
#[path = "../../../../../src/server/http/middleware/load_shed/mod.rs"]
mod load_shed;

/// The parts of Rollcall that `load_shed` uses, reduced to what it needs.
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
            use std::time::Duration;

            pub const BODIES_IN_TRANSIT: usize = 256 * 1024 * 1024;
            pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
            pub const BODY_TIMEOUT_MAX: Duration = Duration::from_secs(25);
            pub const BODY_BYTES_PER_SECOND: u64 = 64 * 1024;
        }
        pub mod telemetry {
            pub fn shed() {}
        }
    }
}

const ROUNDS: usize = 101;
const REQUESTS: u32 = 5_000;
/// The default of `--max-in-flight`.
const IN_FLIGHT: usize = 512;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("| | own | standard | difference |\n|---|--:|--:|--:|");
    let own = route().layer(from_fn_with_state(Load::new(IN_FLIGHT), shed_load));
    let standard = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(|_: BoxError| async { StatusCode::SERVICE_UNAVAILABLE }))
        .load_shed()
        .concurrency_limit(IN_FLIGHT);
    compare("`shed_load` : tower's `load_shed` with `concurrency_limit`", own, route().layer(standard)).await;
}

fn route() -> Router {
    Router::new().route("/", get(|| async { "{}" }))
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
