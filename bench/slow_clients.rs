//! Throughput and latency of a server under many slow and idle clients, compared with the same server without them:
//! `scripts/bench-slow`, which passes the address and the number of each as arguments.
//!
//! Prints one Markdown table. Each line comes from a single run.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends")]

use std::time::{Duration, Instant};

use axum::http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    task::{JoinHandle, JoinSet},
};

const BUSY: usize = 64;
const PATH: &str = "/api/v1/users";
const LONG: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [address, process, slow, idle] = arguments.as_slice() else { panic!("ADDRESS PROCESS SLOW IDLE") };
    let (slow, idle): (usize, usize) = (slow.parse().unwrap(), idle.parse().unwrap());
    rlimit::increase_nofile_limit(u64::MAX).unwrap();

    ask(address, BUSY).await;
    let alone = Figures::of(ask(address, BUSY).await, process);
    let idle_clients = connect_idle(address, idle).await;
    let beside_idle = memory(process);
    let clients: Vec<_> = (0..slow).map(|n| tokio::spawn(dribble(address.clone(), n))).collect();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let crowded = Figures::of(ask(address, BUSY).await, process);
    let again = Figures::of(ask(address, BUSY).await, process);
    clients.iter().for_each(JoinHandle::abort);
    drop(idle_clients);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let after = Figures::of(ask(address, BUSY).await, process);

    println!("| {BUSY} busy clients | requests a second | median | 99th percentile | memory |\n|---|---|---|---|---|");
    alone.print("alone");
    crowded.print(&format!("beside {slow} slow and {idle} idle ones"));
    again.print("the same, 10 seconds later");
    after.print("alone again");
    let each = (beside_idle - alone.memory) * 1_024 / idle as u64;
    println!("\nratio of requests a second: {:.2}; an idle client: {each} bytes", crowded.rate / alone.rate);
    many(address, process).await;
}

/// The measurement behind the default limit of requests in flight.
async fn many(address: &str, process: &str) {
    println!();
    for clients in [1, 8, 64, 256, 512] {
        Figures::of(ask(address, clients).await, process).print(&format!("{clients} at once"));
    }
}

struct Figures {
    rate: f64,
    median: Duration,
    p99: Duration,
    memory: u64,
}

impl Figures {
    fn of(mut times: Vec<Duration>, process: &str) -> Self {
        times.sort_unstable();
        let rate = f64::from(u32::try_from(times.len()).unwrap()) / LONG.as_secs_f64();
        let memory = memory(process);
        Self { rate, median: times[times.len() / 2], p99: times[times.len() * 99 / 100], memory }
    }

    fn print(&self, who: &str) {
        let Self { rate, median, p99, memory } = self;
        let millis = |time: &Duration| time.as_secs_f64() * 1_000.0;
        let mib = memory / 1_024;
        println!("| {who} | {rate:.0} | {:.1} ms | {:.1} ms | {mib} MiB |", millis(median), millis(p99));
    }
}

/// The latency of every response that this many clients received, each sending requests sequentially. Panics if a
/// request fails.
async fn ask(address: &str, clients: usize) -> Vec<Duration> {
    let mut asking = JoinSet::new();
    for _ in 0..clients {
        let stream = TcpStream::connect(address).await.unwrap();
        asking.spawn(async move {
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            let (start, mut times) = (Instant::now(), Vec::new());
            while start.elapsed() < LONG {
                let asked = Instant::now();
                let request = Request::get(PATH).header("host", "localhost").body(Empty::<Bytes>::new()).unwrap();
                let response = sender.send_request(request).await.unwrap();
                assert_eq!(response.status(), 200);
                response.into_body().collect().await.unwrap();
                times.push(asked.elapsed());
            }
            times
        });
    }
    asking.join_all().await.concat()
}

async fn connect_idle(address: &str, count: usize) -> Vec<TcpStream> {
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        clients.push(TcpStream::connect(address).await.unwrap());
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    clients
}

/// Sends one byte a second, of request heads and of bodies, and reconnects when the server closes the connection.
async fn dribble(address: String, n: usize) {
    let begun =
        ["GET / HTTP/1.1\r\nx-slow: ", "POST /sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9999\r\n\r\n"];
    loop {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let mut bytes = begun[n % 2].as_bytes();
        while stream.write_all(bytes).await.is_ok() {
            bytes = b"x";
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// The resident memory of a process, in KiB (proc_pid_status(5)).
fn memory(process: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
