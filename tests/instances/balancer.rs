//! Two instances behind Caddy, with the deployed configuration file: clients of Caddy are unaffected while an instance
//! is stopped, killed or started.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering,
    time::Duration,
};

use axum::http::Request;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::{SILENCE, clients::Clients, fixture::create};
use crate::{
    cli::{
        run,
        server::{Server, send},
    },
    support::{
        Fresh, postgres,
        stream::{EventStream, PATIENCE},
    },
};

/// Caddy as a load balancer for two addresses at which instances can be started.
struct Front {
    url: String,
    token: String,
    addresses: [String; 2],
    folders: [TempDir; 3],
    database: Fresh,
    caddy: Child,
}

impl Front {
    async fn new() -> Self {
        let (database, folders) = (postgres().await, [(); 3].map(|()| tempfile::tempdir().unwrap()));
        let create = ["token", "create", "--name", "Front", "--scope", "users:read", "--scope", "users:write"];
        let create = [&create[..], &["--database-url", &database.url]].concat();
        let token = format!("Bearer {}", run(folders[0].path(), &create).1.trim());
        let [address, one, other] = free_addresses();
        let (url, addresses) = (format!("http://{address}"), [one, other]);
        let caddy = caddy(&folders[2], &url, &addresses);
        while TcpStream::connect(&address).is_err() {
            sleep(Duration::from_millis(10)).await;
        }
        Self { url, token, addresses, folders, database, caddy }
    }

    fn start(&self, n: usize) -> Server {
        let address = &self.addresses[n];
        let arguments = ["--listen", address, "--database-url", &self.database.url, "--anonymous", "read"];
        let arguments = [&arguments[..], &["--trusted-proxy", "127.0.0.1", "--shutdown-delay", "2"]].concat();
        Server::start(self.folders[n].path(), &arguments)
    }

    async fn start_both(&self) -> [Server; 2] {
        let servers = [self.start(0), self.start(1)];
        for n in [0, 1] {
            self.asks(n).await;
        }
        servers
    }

    /// Waits until Caddy routes requests to an instance that has just started.
    async fn asks(&self, n: usize) {
        let asked = async {
            let log = self.folders[n].path().join("log");
            while !std::fs::read_to_string(&log).unwrap().contains("/api/v1/users") {
                let users = format!("{}/api/v1/users?per_page=1", self.url);
                assert_eq!(send(&users, Request::get("/"), String::new()).await.status, 200);
            }
        };
        timeout(PATIENCE, asked).await.expect("it is asked");
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.caddy.kill();
        let _ = self.caddy.wait();
    }
}

/// Caddy with Rollcall's own configuration file; only the addresses differ.
fn caddy(folder: &TempDir, url: &str, [one, other]: &[String; 2]) -> Child {
    let deployed =
        include_str!("../../deploy/Caddyfile").replace("rollcall-1:3000", one).replace("rollcall-2:3000", other);
    let file = folder.path().join("Caddyfile");
    std::fs::write(&file, format!("{{\n\tadmin off\n}}\n{deployed}")).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).env("ROLLCALL_DOMAIN", url);
    command.env("HOME", folder.path()).stdout(Stdio::null());
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    command.stderr(log).spawn().expect("caddy is missing: run scripts/setup fast")
}

/// Addresses that were free a moment ago.
fn free_addresses<const N: usize>() -> [String; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_through_a_load_balancer_fails_during_a_restart() {
    let front = Front::new().await;
    let mut servers = front.start_both().await;
    let (clients, tasks) = Clients::begin(&front.url, &front.token);
    clients.wait_for_requests(100).await;
    for n in [0, 1] {
        servers[n].signal("TERM");
        assert_eq!(servers[n].wait(), Some(0));
        clients.wait_for_requests(50).await;
        servers[n] = front.start(n);
        front.asks(n).await;
    }
    clients.stop.store(true, Ordering::Relaxed);
    tasks.join_all().await;
    assert_eq!(clients.again.load(Ordering::Relaxed), 0);
    clients.settle(&front.database.url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_every_request_through_a_load_balancer_succeeds_on_retry() {
    let front = Front::new().await;
    let mut servers = front.start_both().await;
    let (clients, tasks) = Clients::begin(&front.url, &front.token);
    clients.wait_for_requests(100).await;
    clients.may_lose.store(true, Ordering::Relaxed);
    servers[0].kill();
    servers[0].wait();
    clients.wait_for_requests(200).await;
    servers[0] = front.start(0);
    front.asks(0).await;
    clients.stop.store(true, Ordering::Relaxed);
    tasks.join_all().await;
    clients.settle(&front.database.url).await;
}

#[tokio::test]
async fn a_stream_resumes_at_the_other_instance_with_every_change_once() {
    let front = Front::new().await;
    let one = front.start(0);
    let mut stream = timeout(PATIENCE, opened(&front)).await.unwrap();
    let other = front.start(1);
    for n in 0..20 {
        create(&one, &front.token, &format!("person{n:02}")).await;
    }
    let mut received: Vec<_> = stream.names(10).await;
    one.kill();
    for n in 20..40 {
        create(&other, &front.token, &format!("person{n:02}")).await;
    }
    while let Some(message) = stream.next().await {
        received.push((message.data["user"]["name"].as_str().unwrap().to_owned(), 1));
    }
    let resumed = EventStream::open(&front.url, &[("last-event-id", &stream.last_id)]).await;
    let mut resumed = resumed.greeted().await;
    received.extend(resumed.names(40 - received.len()).await);
    let names: Vec<_> = received.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, (0..40).map(|n| format!("person{n:02}")).collect::<Vec<_>>());
    assert!(resumed.is_silent(SILENCE).await);
}

/// Opens a stream through Caddy, retrying until an instance is available.
async fn opened(front: &Front) -> EventStream {
    loop {
        let stream = EventStream::open(&front.url, &[]).await;
        if stream.status == 200 {
            return stream.greeted().await;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
