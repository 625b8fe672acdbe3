//! Throughput of one PostgreSQL behind one, two and four instances: `scripts/bench-instances`, which passes the binary
//! and the duration in seconds as arguments, and sets `DATABASE_URL` and `TOKEN`.
//!
//! Prints one Markdown table. All processes share the machine, so each line includes the CPU share of each.

#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made ends")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::http::{Request, request::Builder};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use sqlx::{Connection, PgConnection};
use tokio::{net::TcpStream, task::JoinSet};

const CLIENTS: usize = 64;
/// A multiple of the number of clients, so that no two clients ever write to the same person.
const PEOPLE: usize = 100 * CLIENTS;
const HEAD: &str = "\
| instances | request | requests a second | median | 99th percentile | PostgreSQL per request | PostgreSQL, of a core \
| instances, of a core | clients, of a core | connections |
|---|---|---|---|---|---|---|---|---|---|";
const WARM: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [binary, seconds] = arguments.as_slice() else { panic!("BINARY SECONDS") };
    let long = Duration::from_secs(seconds.parse().unwrap());
    let mut database = PgConnection::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap();
    sqlx::query("vacuum analyze").execute(&mut database).await.unwrap();
    let people = sqlx::query_scalar("select id::text from public.users order by random() limit $1");
    let people: Arc<Vec<String>> =
        Arc::new(people.bind(i64::try_from(PEOPLE).unwrap()).fetch_all(&mut database).await.unwrap());
    assert_eq!(people.len(), PEOPLE, "seed more people");

    println!("{HEAD}");
    for count in [1, 2, 4] {
        let instances: Vec<_> = (0..count).map(|_| Instance::start(binary)).collect();
        for work in [Work::List, Work::Get, Work::Mix] {
            ask(&instances, work, &people, WARM).await;
            let before = Shares::now(&mut database, &instances).await;
            let times = ask(&instances, work, &people, long).await;
            let after = Shares::now(&mut database, &instances).await;
            print(count, work, times, &before, &after);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Work {
    List,
    Get,
    Mix,
}

impl Work {
    fn request(self, turn: usize, id: &str) -> Request<Full<Bytes>> {
        let (list, get) = ("/api/v1/users".to_owned(), format!("/api/v1/users/{id}"));
        match self {
            Self::Mix if turn % 10 == 9 => {
                let body = format!(r#"{{"name":"Somebody {turn}"}}"#);
                let request = Request::patch(get).header("content-type", "application/merge-patch+json");
                with_token(request.header("if-match", "*"), body)
            }
            Self::Mix if turn.is_multiple_of(2) => with_token(Request::get(list), String::new()),
            Self::List => with_token(Request::get(list), String::new()),
            Self::Get | Self::Mix => with_token(Request::get(get), String::new()),
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::List => "the list, page 1",
            Self::Get => "one person by id",
            Self::Mix => "both, every tenth a change",
        }
    }
}

fn with_token(request: Builder, body: String) -> Request<Full<Bytes>> {
    let token = format!("Bearer {}", std::env::var("TOKEN").unwrap());
    request.header("host", "localhost").header("authorization", token).body(Full::from(body)).unwrap()
}

/// The latency of every response: each client sends its requests sequentially over a keep-alive connection. Panics if a
/// request fails.
async fn ask(instances: &[Instance], work: Work, people: &Arc<Vec<String>>, long: Duration) -> Vec<Duration> {
    let mut asking = JoinSet::new();
    for client in 0..CLIENTS {
        let stream = TcpStream::connect(&instances[client % instances.len()].address).await.unwrap();
        let people = people.clone();
        asking.spawn(async move {
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            let (start, mut times) = (Instant::now(), Vec::new());
            for turn in 0.. {
                let asked = Instant::now();
                if asked - start > long {
                    break;
                }
                let request = work.request(turn, &people[(client + turn * CLIENTS) % PEOPLE]);
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

fn print(count: usize, work: Work, mut times: Vec<Duration>, before: &Shares, after: &Shares) {
    times.sort_unstable();
    let seconds = (after.at - before.at).as_secs_f64();
    let requests = f64::from(u32::try_from(times.len()).unwrap());
    let rate = requests / seconds;
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (median, p99) = (millis(times[times.len() / 2]), millis(times[times.len() * 99 / 100]));
    let share = |before: f64, after: f64| (after - before) / seconds * 100.0;
    let each = (after.postgres - before.postgres) / requests * 1e6;
    println!(
        "| {count} | {} | {rate:.0} | {median:.1} ms | {p99:.1} ms | {each:.0} µs | {:.0} % | {:.0} % | {:.0} % | {} |",
        work.name(),
        share(before.postgres, after.postgres),
        share(before.instances, after.instances),
        share(before.clients, after.clients),
        after.connections
    );
}

/// CPU seconds used by each group of processes, and the number of open connections.
struct Shares {
    at: Instant,
    postgres: f64,
    instances: f64,
    clients: f64,
    connections: i64,
}

impl Shares {
    async fn now(database: &mut PgConnection, instances: &[Instance]) -> Self {
        let others = "select count(*) from pg_stat_activity
            where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()";
        let connections = sqlx::query_scalar(others).fetch_one(&mut *database).await.unwrap();
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(&mut *database).await.unwrap();
        let server = stat(&backend.to_string()).unwrap().parent;
        Self {
            at: Instant::now(),
            postgres: family(&server),
            instances: instances.iter().map(|instance| stat(&instance.process.id().to_string()).unwrap().seconds).sum(),
            clients: stat("self").unwrap().seconds,
            connections,
        }
    }
}

/// CPU seconds of a server and its child processes. The kernel adds those of exited children to the server's.
fn family(server: &str) -> f64 {
    let processes =
        std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
    let children = processes.filter_map(|id| stat(&id)).filter(|stat| stat.parent == server);
    let server = stat(server).unwrap();
    server.seconds + server.ended + children.map(|child| child.seconds).sum::<f64>()
}

struct Stat {
    parent: String,
    seconds: f64,
    /// CPU seconds of exited child processes.
    ended: f64,
}

/// Reads `/proc/PID/stat` (proc_pid_stat(5)), which counts in ticks of 10 ms.
fn stat(id: &str) -> Option<Stat> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let seconds = |n: usize| fields[n].parse::<f64>().unwrap() / 100.0;
    Some(Stat { parent: fields[1].to_owned(), seconds: seconds(11) + seconds(12), ended: seconds(13) + seconds(14) })
}

/// An instance on its own port, killed on drop.
struct Instance {
    process: Child,
    address: String,
    /// Kept open because the instance still prints a setup link.
    _output: BufReader<ChildStdout>,
}

impl Instance {
    fn start(binary: &str) -> Self {
        let mut command = Command::new(binary);
        command.args(["--listen", "127.0.0.1:0"]).env("RUST_LOG", "warn");
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let (mut line, mut output) = (String::new(), BufReader::new(process.stdout.take().unwrap()));
        output.read_line(&mut line).unwrap();
        let address = line.trim().rsplit_once('/').unwrap().1.to_owned();
        Self { process, address, _output: output }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
