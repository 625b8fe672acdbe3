//! Load generator with a constant request rate: `rate ADDRESS PATH REQUESTS-A-SECOND CONNECTIONS SECONDS [HEADER…]`
//! prints latency quantiles as JSON, in milliseconds.
//!
//! The load is open-loop: a request is due by the clock even if its connection still waits for the previous response,
//! and its latency counts from the due time, which avoids coordinated omission. The schedule busy-waits, because timers
//! are too coarse: this program needs a core of its own.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Empty};
use hyper::{Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use peers::argument;
use tokio::{
    net::TcpStream,
    sync::mpsc,
    task::{LocalSet, spawn_local, yield_now},
};

/// Responses during the warm-up do not count.
const WARM_UP: Duration = Duration::from_secs(1);

struct Asked {
    address: String,
    path: String,
    headers: Vec<(String, String)>,
}

impl Asked {
    fn request(&self) -> Request<Empty<Bytes>> {
        let request = Request::get(&self.path).header("host", &self.address);
        let with = |request: hyper::http::request::Builder, (name, value)| request.header(name, value);
        self.headers
            .iter()
            .map(|(name, value)| (name, value))
            .fold(request, with)
            .body(Empty::new())
            .expect("a request")
    }
}

/// Sends a request on one connection whenever one is due, and returns the latencies.
async fn converse(asked: Rc<Asked>, mut due: mpsc::UnboundedReceiver<Instant>) -> Vec<Duration> {
    let stream = TcpStream::connect(&asked.address).await.expect("the server is there");
    let _ = stream.set_nodelay(true);
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
    spawn_local(connection);
    let mut took = Vec::new();
    while let Some(due) = due.recv().await {
        let response = sender.send_request(asked.request()).await.expect("an answer");
        assert!(response.status().is_success(), "the answer was {}", response.status());
        response.into_body().collect().await.expect("the answer ends");
        took.push(due.elapsed());
    }
    took
}

async fn measure() {
    let headers = std::env::args().skip(6).map(|header| {
        let (name, value) = header.split_once(": ").expect("a header is NAME: VALUE");
        (name.to_owned(), value.to_owned())
    });
    let asked = Rc::new(Asked { address: argument(1), path: argument(2), headers: headers.collect() });
    let number = |place| argument(place).parse::<f64>().expect("a number");
    let (rate, connections, seconds) = (number(3), number(4) as usize, number(5));
    let (senders, tasks): (Vec<_>, Vec<_>) = (0..connections)
        .map(|_| {
            let (sender, due) = mpsc::unbounded_channel();
            (sender, spawn_local(converse(asked.clone(), due)))
        })
        .unzip();
    let start = Instant::now() + Duration::from_millis(200);
    let warm = (rate * WARM_UP.as_secs_f64()) as usize;
    for number in 0..warm + (rate * seconds) as usize {
        let due = start + Duration::from_secs_f64(number as f64 / rate);
        while Instant::now() < due {
            yield_now().await;
        }
        let _ = senders[number % connections].send(due);
    }
    drop(senders);
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.expect("the connection held").into_iter().skip(warm / connections));
    }
    all.sort_unstable();
    let quantile = |part: f64| all[((all.len() - 1) as f64 * part) as usize].as_secs_f64() * 1000.0;
    let (p50, p99, p999) = (quantile(0.5), quantile(0.99), quantile(0.999));
    println!(r#"{{"requests":{},"p50":{p50:.3},"p99":{p99:.3},"p999":{p999:.3}}}"#, all.len());
}

fn main() {
    peers::run(LocalSet::new().run_until(measure()));
}
