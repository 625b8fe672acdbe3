//! A PostgreSQL server of a single test, which can stop it, kill it and exhaust its resources.

use std::{
    fs,
    io::{Read, Seek},
    net::TcpListener,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use sqlx::{Connection, PgConnection};
use tempfile::TempDir;

/// A server with the default settings, including fsync; killed and deleted on drop.
pub struct PostgresServer {
    /// The folder with all files of the server, writable by the user that runs it.
    pub folder: TempDir,
    data: PathBuf,
    port: u16,
    environment: Vec<(&'static str, String)>,
}

/// The shutdown modes of `pg_ctl stop`.
#[derive(Debug, Clone, Copy)]
pub enum Stop {
    /// Terminates all connections.
    Fast,
    /// Skips the clean shutdown, like a crash.
    Immediate,
}

impl PostgresServer {
    /// Creates and starts a server with settings in the format of postgresql.conf.
    pub fn new(settings: &str) -> Self {
        Self::with_environment(settings, Vec::new())
    }

    /// The same, with environment variables.
    pub fn with_environment(settings: &str, environment: Vec<(&'static str, String)>) -> Self {
        let mut server = Self::of(|data| {
            let options = ["--no-sync", "--username=rollcall", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
            succeed(postgres("initdb").args(options).arg(data));
        });
        server.environment = environment;
        server.set(settings);
        server.start();
        server
    }

    /// A server with a data folder that `fill` populates. PostgreSQL requires its permissions to be 0700.
    pub fn of(fill: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        give_away(folder.path());
        let data = folder.path().join("data");
        fill(&data);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { folder, data, port, environment: Vec::new() };
        let sockets = server.folder.path().display();
        server.set(&format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{sockets}'\nshared_buffers = 32MB\n"
        ));
        server
    }

    /// Appends lines to postgresql.conf. The last value of a setting applies, from the next start on.
    pub fn set(&self, settings: &str) {
        let file = self.data.join("postgresql.conf");
        fs::write(&file, fs::read_to_string(&file).unwrap() + "\n" + settings + "\n").unwrap();
    }

    pub fn start(&self) {
        let log = self.folder.path().join("log");
        let (data, log) = (self.data.to_str().unwrap(), log.to_str().unwrap());
        let mut start = postgres("pg_ctl");
        start.args(["start", "--wait", "--silent", "--pgdata", data, "--log", log]);
        succeed(start.envs(self.environment.iter().map(|(name, value)| (name, value))));
    }

    pub fn stop(&self, how: Stop) {
        let mode = if matches!(how, Stop::Fast) { "fast" } else { "immediate" };
        succeed(postgres("pg_ctl").args([
            "stop",
            "--wait",
            "--silent",
            "--mode",
            mode,
            "--pgdata",
            self.data.to_str().unwrap(),
        ]));
    }

    /// The URL of the default database, `postgres`.
    pub fn url(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.port)
    }

    pub async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        PgConnection::connect(&self.url()).await
    }

    pub async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&mut self.connect().await.unwrap()).await.unwrap();
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let data = self.data.to_str().unwrap();
        let _ = postgres("pg_ctl").args(["stop", "--silent", "--mode", "immediate", "--pgdata", data]).output();
    }
}

/// A PostgreSQL program, run as the user that runs the server, because PostgreSQL refuses to run as root.
pub fn postgres(program: &str) -> Command {
    let mut command = Command::new(bin().join(program));
    as_postgres(command.current_dir("/"));
    command
}

/// Runs any command as the user that runs the server.
pub fn as_postgres(command: &mut Command) -> &mut Command {
    if is_root() {
        let (user, group) = postgres_ids();
        command.uid(user).gid(group);
    }
    command
}

/// Makes the user that runs the server the owner of a file or folder.
pub fn give_away(path: &Path) {
    if is_root() {
        let (user, group) = postgres_ids();
        chown(path, Some(user), Some(group)).unwrap();
    }
}

/// The programs of the newest installed version.
pub fn bin() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path());
    let newest = versions.max_by_key(|path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()));
    let elsewhere = || {
        let initdb = Command::new("sh").args(["-c", "command -v initdb"]).output().unwrap().stdout;
        Path::new(String::from_utf8(initdb).unwrap().trim()).parent().expect("PostgreSQL is not installed").to_owned()
    };
    newest.map_or_else(elsewhere, |path| path.join("bin"))
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

fn postgres_ids() -> (u32, u32) {
    let users = fs::read_to_string("/etc/passwd").unwrap();
    let line = users.lines().find(|line| line.starts_with("postgres:")).expect("there is no user postgres");
    let fields: Vec<&str> = line.split(':').collect();
    (fields[2].parse().unwrap(), fields[3].parse().unwrap())
}

/// Runs a command, which must succeed; returns its output.
pub fn succeed(command: &mut Command) -> String {
    // A file instead of a pipe, which a server started by the command would keep open.
    let mut told = tempfile::tempfile().unwrap();
    let output = command.stderr(told.try_clone().unwrap()).stdout(told.try_clone().unwrap()).output().unwrap();
    told.rewind().unwrap();
    let mut text = String::new();
    told.read_to_string(&mut text).unwrap();
    assert!(output.status.success(), "{command:?}: {text}");
    text
}
