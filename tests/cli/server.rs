use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use axum::http::{HeaderMap, Request, request::Builder};
use http_body_util::BodyExt;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::rollcall;

/// A server process, stopped on drop.
pub struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    pub url: String,
}

pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Server {
    pub fn start(folder: &Path, arguments: &[&str]) -> Self {
        Self::start_with_log(folder, arguments, "info")
    }

    pub fn start_with_log(folder: &Path, arguments: &[&str], log: &str) -> Self {
        Self::start_with(folder, arguments, &[("RUST_LOG", log)])
    }

    /// Starts a server with only these environment variables.
    pub fn start_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = rollcall(folder, &on_loopback(arguments));
        command.envs(environment.iter().copied());
        Self::of(command, folder)
    }

    /// Starts a server with a limit on open files.
    pub fn start_with_few_files(folder: &Path, files: u32, arguments: &[&str]) -> Self {
        let mut command = Command::new("sh");
        let limited = format!("ulimit -n {files}; exec \"$0\" \"$@\"");
        command.current_dir(folder).env_clear().args(["-c", &limited, env!("CARGO_BIN_EXE_rollcall")]);
        command.args(on_loopback(arguments));
        Self::of(command, folder)
    }

    fn of(mut command: Command, folder: &Path) -> Self {
        let log_file = std::fs::File::create(folder.join("log")).unwrap();
        let mut process = command.stdout(Stdio::piped()).stderr(log_file).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let mut server = Self { process, output, url: String::new() };
        let line = server.line();
        line.strip_prefix("Rollcall is at ").unwrap_or_else(|| panic!("{line:?}")).clone_into(&mut server.url);
        server
    }

    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    /// The path of the setup link that the server prints.
    pub fn setup_path(&mut self) -> String {
        let printed = self.line();
        let (text, link) = printed.split_once(": ").unwrap_or_else(|| panic!("{printed:?}"));
        assert_eq!(text, "There is no admin yet. Create one with this link, valid for 30 minutes");
        link.strip_prefix(&self.url).unwrap().to_owned()
    }

    pub async fn send(&self, path: &str, request: Builder, body: String) -> Reply {
        send(&format!("{}{path}", self.url), request, body).await
    }

    pub async fn get(&self, path: &str) -> (u16, String) {
        let reply = self.send(path, Request::get("/"), String::new()).await;
        (reply.status, reply.text)
    }

    pub async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request =
            Request::post("/").header("content-type", "application/x-www-form-urlencoded").header("cookie", cookie);
        self.send(path, request, body).await
    }

    /// The resident memory of the process, in bytes.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sends SIGKILL.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// The listening address, as 127.0.0.1:port.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends a signal, such as TERM.
    pub fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap();
    }

    /// Waits for the process to exit; returns its exit code.
    pub fn wait(&mut self) -> Option<i32> {
        self.process.wait().unwrap().code()
    }

    /// Stops the server with SIGTERM, as a service manager does; returns its exit code and log.
    pub fn stop(mut self, folder: &Path) -> (Option<i32>, String) {
        self.signal("TERM");
        let code = self.wait();
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (code, std::fs::read_to_string(folder.join("log")).unwrap())
    }
}

/// Adds a free port on the loopback interface, unless the arguments contain an address.
fn on_loopback<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    let loopback: &[&str] = if arguments.contains(&"--listen") { &[] } else { &["--listen", "127.0.0.1:0"] };
    [loopback, arguments].concat()
}

/// Sends a request to any server.
pub async fn send(url: &str, request: Builder, body: String) -> Reply {
    let client = Client::builder(TokioExecutor::new()).build_http::<String>();
    let request = request.uri(url).body(body).unwrap();
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    Reply { status: parts.status.as_u16(), headers: parts.headers, text }
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
