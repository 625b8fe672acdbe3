//! The metrics of requests, by route and method.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use axum::http::{Method, StatusCode};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use super::{DURATION, IN_FLIGHT, REQUESTS};

/// The statuses that Rollcall responds with, in ascending order. Others are counted together.
const STATUSES: [u16; 27] = [
    200, 201, 202, 204, 207, 303, 304, 400, 401, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 422, 428, 429, 431,
    499, 500, 503, 504,
];

/// The metrics of each route and method, registered once. Routes and methods are closed sets, so their number is
/// bounded whatever clients send.
#[derive(Debug, Default)]
pub struct RequestSeries {
    cached: RwLock<HashMap<String, [OnceLock<Arc<Series>>; METHODS.len()]>>,
}

/// The metrics of one route and method.
#[derive(Debug)]
pub struct Series {
    route: Arc<str>,
    method: &'static str,
    in_flight: Gauge,
    duration: Histogram,
    answers: [OnceLock<Counter>; STATUSES.len() + 1],
}

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "other"];

impl RequestSeries {
    /// The series of a route and a method. Unknown methods share one.
    pub fn of(&self, route: &str, method: &Method) -> Arc<Series> {
        let index = METHODS.iter().position(|name| *name == method.as_str()).unwrap_or(METHODS.len() - 1);
        let make = || Arc::new(Series::new(route, METHODS[index]));
        if let Some(methods) = self.cached.read().unwrap_or_else(PoisonError::into_inner).get(route) {
            return methods[index].get_or_init(make).clone();
        }
        let mut cached = self.cached.write().unwrap_or_else(PoisonError::into_inner);
        cached.entry(route.to_owned()).or_default()[index].get_or_init(make).clone()
    }
}

impl Series {
    fn new(route: &str, method: &'static str) -> Self {
        let route: Arc<str> = route.into();
        Self {
            in_flight: gauge!(IN_FLIGHT),
            duration: histogram!(DURATION, "method" => method, "route" => route.clone()),
            answers: Default::default(),
            method,
            route,
        }
    }

    pub fn method(&self) -> &'static str {
        self.method
    }

    pub fn begin(&self) {
        self.in_flight.increment(1);
    }

    pub fn answered(&self, status: StatusCode, duration: Duration) {
        self.duration.record(duration);
        self.counter(status.as_u16()).increment(1);
    }

    pub fn end(&self) {
        self.in_flight.decrement(1);
    }

    fn counter(&self, status: u16) -> &Counter {
        let index = STATUSES.binary_search(&status);
        self.answers[index.unwrap_or(STATUSES.len())].get_or_init(|| {
            let status = index.map_or_else(|_| "other".to_owned(), |_| status.to_string());
            counter!(REQUESTS, "method" => self.method, "route" => self.route.clone(), "status" => status)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::STATUSES;

    #[test]
    fn statuses_are_in_ascending_order() {
        assert!(STATUSES.is_sorted());
    }
}
