//! `rollcall users` with a server: permissions, and responses that are not Rollcall's.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    process::{Command, Stdio},
};

use super::token;
use crate::cli::{outcome, rollcall, run, server::Server};

#[test]
fn server_and_token_can_come_from_the_environment_and_limit_the_commands() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, server) = (token(folder.path(), &["users:read"]), Server::start(folder.path(), &[]));
    let users = |token: &str, arguments: &[&str]| {
        let mut command = rollcall(folder.path(), &[&["users"], arguments].concat());
        command.env("ROLLCALL_SERVER", &server.url).env("ROLLCALL_TOKEN", token);
        outcome(command.output().unwrap())
    };
    assert_eq!(users(&reader, &["list"]).0, 0);
    let (code, _, err) = users(&reader, &["create", "--name", "Ada", "--email", "ada@example.org"]);
    assert_eq!((code, err.contains("Your role or token does not allow this")), (5, true), "{err}");
    let wrong = "rc_nosuchtokennosuchtokennosuchtokennosuchtoken00";
    let (code, _, err) = users(wrong, &["list"]);
    assert_eq!((code, err.contains("--token"), err.contains(wrong)), (5, true, false), "{err}");
    let (code, _, err) = users("a\nb", &["list"]);
    assert_eq!((code, err.contains("--token"), err.contains("a\nb")), (2, true, false), "{err}");
    let (code, out, _) = users(&reader, &["--help"]);
    assert_eq!((code, out.contains(&reader)), (0, false));
}

#[test]
fn an_unreachable_server_is_reported_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    for url in ["http://127.0.0.1:1", "https://127.0.0.1:1"] {
        let (code, out, err) = run(folder.path(), &["users", "list", "--server", url, "--token", "x"]);
        assert_eq!((code, out.as_str(), err.lines().count()), (6, "", 1), "{err}");
        assert!(err.starts_with(&format!("rollcall: {url} cannot be reached: ")), "{err}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "no database is made");
}

#[test]
fn a_server_that_is_not_rollcall_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    for (answer, code, reason) in [
        ("502 Bad Gateway\r\ncontent-length: 0", 6, "responded with 502 Bad Gateway, and not as Rollcall does"),
        ("404 Not Found\r\ncontent-length: 0", 1, "responded with 404 Not Found, and not as Rollcall does"),
        ("308 x\r\nlocation: https://b.example/\r\ncontent-length: 0", 1, "redirects to https://b.example/"),
        ("200 OK\r\ncontent-length: 2", 1, "not from Rollcall"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let head = BufReader::new(&stream).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
            assert!(head.count() > 1);
            write!(stream, "HTTP/1.1 {answer}\r\nconnection: close\r\n\r\nhi").unwrap();
        });
        let (got, _, err) = run(folder.path(), &["users", "list", "--server", &url]);
        server.join().unwrap();
        assert_eq!((got, err.lines().count(), err.contains(reason)), (code, 1, true), "{err}");
    }
}

#[test]
fn a_token_is_sent_unencrypted_only_to_loopback() {
    let folder = tempfile::tempdir().unwrap();
    let list = ["users", "list", "--server", "http://192.0.2.1", "--token", "rc_secret"];
    let (code, _, err) = run(folder.path(), &list);
    assert_eq!((code, err.contains("--allow-http"), err.contains("rc_secret")), (2, true, false), "{err}");
}

/// An HTTPS server for 127.0.0.1 with a certificate that is not trusted.
const TLS: &str = r#"
import http.server, ssl, subprocess
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    "-keyout", "key.pem", "-out", "cert.pem", "-days", "1", "-subj", "/CN=rollcall", "-addext", "subjectAltName=IP:127.0.0.1",
    "-addext", "basicConstraints=critical,CA:FALSE"], check=True, stderr=subprocess.DEVNULL)
class Nobody(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.headers["authorization"] == "Bearer rc_x" else 401)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"[]")
    def log_message(self, *_): pass
class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_): pass
server = Server(("127.0.0.1", 0), Nobody)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("cert.pem", "key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[test]
fn a_server_must_have_a_trusted_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new("python3");
    let mut server = command.current_dir(folder.path()).args(["-c", TLS]).stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let list = |trusted: Option<&str>| {
        let url = format!("https://127.0.0.1:{}", port.trim());
        let mut command = rollcall(folder.path(), &["users", "list", "--json", "--server", &url, "--token", "rc_x"]);
        outcome(command.envs(trusted.map(|file| ("SSL_CERT_FILE", file))).output().unwrap())
    };
    let (unknown, trusted) = (list(None), list(Some("cert.pem")));
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!((unknown.0, unknown.2.contains("certificate")), (6, true), "{}", unknown.2);
    assert_eq!((trusted.0, trusted.1.as_str()), (0, "[]\n"), "{}", trusted.2);
}
