use std::{
    collections::BTreeMap,
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::{client::eventually, file, help, metrics::Observed, tool, words};
use crate::{cli::run, support::stream::EventStream};

/// `compose.yaml` as Compose resolves it, with variables substituted.
fn compose() -> Value {
    let mut command = Command::new("docker-compose");
    command.args(["--file", "compose.yaml", "config"]);
    command.env("ROLLCALL_DOMAIN", "people.mycompany.com").env("POSTGRES_PASSWORD", "hunter2");
    let yaml = tool(&mut command, "");
    let to_json = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    // Debian's Python, because docker-compose depends on its YAML module.
    serde_json::from_str(&tool(Command::new("/usr/bin/python3").args(["-c", to_json]), &yaml)).unwrap()
}

/// Checks that Rollcall accepts these settings, without opening a database.
fn is_accepted(settings: &BTreeMap<String, String>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    let output =
        command.args(["completions", "bash"]).env_clear().envs(settings).stdout(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{settings:?}: {}", String::from_utf8_lossy(&output.stderr));
    let (known, help) = (help(), settings.keys());
    for name in help {
        assert!(words(&known, &["ROLLCALL_", "DATABASE_URL", "REDIS_URL"]).contains(name.as_str()), "{name}");
    }
}

#[test]
fn compose_runs_two_instances_behind_the_proxy_with_least_privilege() {
    let compose = compose();
    let services = compose["services"].as_object().unwrap();
    assert_eq!(services.keys().collect::<Vec<_>>(), ["caddy", "postgres", "redis", "rollcall-1", "rollcall-2"]);
    for (name, service) in services {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(service["cap_drop"][0], "ALL", "{name}");
        assert_eq!(service["security_opt"][0], "no-new-privileges:true", "{name}");
        assert!(service["ulimits"]["nofile"]["soft"].as_u64() >= Some(65_536), "{name}");
        assert!(service["mem_limit"].is_string(), "{name}");
        assert_eq!(service["ports"].is_null(), name != "caddy", "{name}: only Caddy is reached from outside");
        let (_, version) = service["image"].as_str().unwrap().split_once(':').unwrap();
        assert!(version.split('.').count() >= 2, "{name}: {version}");
        let is_watched = name.starts_with("rollcall") || service["healthcheck"]["test"].is_array();
        assert!(is_watched, "{name}");
    }
    for name in ["rollcall-1", "rollcall-2"] {
        let instance = &services[name];
        let environment: BTreeMap<String, String> = serde_json::from_value(instance["environment"].clone()).unwrap();
        is_accepted(&environment);
        assert_eq!(environment["ROLLCALL_PUBLIC_URL"], "https://people.mycompany.com");
        assert_eq!(
            environment["REDIS_URL"], "redis://redis:6379",
            "without Redis, changes at the other instance arrive late"
        );
        let network = &compose["networks"]["front"]["ipam"]["config"][0]["subnet"];
        assert_eq!(environment["ROLLCALL_TRUSTED_PROXY"].as_str(), network.as_str().unwrap());
        assert_eq!(instance["depends_on"]["postgres"]["condition"], "service_healthy");
        assert!(file("deploy/Caddyfile").contains(&format!("{name}:3000")));
        assert!(file("deploy/prometheus/prometheus.yaml").contains(&format!("{name}:9464")));
    }
}

#[test]
fn compose_requires_a_password() {
    let mut command = Command::new("docker-compose");
    command.args(["--file", "compose.yaml", "config"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.env("ROLLCALL_DOMAIN", "x.example").env_remove("POSTGRES_PASSWORD").output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("set it in .env"));
    assert_eq!(
        words(&file(".env.example"), &["POSTGRES_", "ROLLCALL_"]),
        words("POSTGRES_PASSWORD ROLLCALL_DOMAIN", &[""])
    );
}

#[test]
fn caddy_accepts_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let mut caddy = Command::new("caddy");
    caddy.args(["validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"]).env("HOME", folder.path());
    tool(&mut caddy, "");
    assert_eq!(tool(Command::new("caddy").args(["fmt", "-"]), &file("deploy/Caddyfile")), file("deploy/Caddyfile"));
}

/// Caddy, killed on drop.
struct Caddy(Child);

impl Drop for Caddy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn caddy_forwards_events_and_disconnects_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let observed = Observed::start(folder.path(), &[]);
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let rules = file("deploy/Caddyfile").replace("rollcall-1:3000 rollcall-2:3000", observed.server.address());
    std::fs::write(folder.path().join("Caddyfile"), format!("{{\n\tadmin off\n}}\n{rules}")).unwrap();
    let mut caddy = Command::new("caddy");
    caddy.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]).current_dir(folder.path());
    let url = format!("http://{address}");
    caddy.env("HOME", folder.path()).env("ROLLCALL_DOMAIN", &url).stderr(Stdio::null());
    let _caddy = Caddy(caddy.spawn().unwrap());
    eventually("Caddy", async || TcpStream::connect(&address).is_ok()).await;

    let mut stream = EventStream::open(&url, &[("accept-encoding", "gzip")]).await.greeted().await;
    assert_eq!(observed.value_after("rollcall_event_streams", "0").await, "1");
    run(folder.path(), &["seed", "--count", "1"]);
    stream.changed().await;
    drop(stream);
    assert_eq!(observed.value_after("rollcall_event_streams", "1").await, "0");
}

#[test]
fn the_image_uses_the_build_and_settings_of_the_project() {
    tool(Command::new("hadolint").arg("Dockerfile"), "");
    let (dockerfile, toolchain) = (file("Dockerfile"), file("rust-toolchain.toml"));
    let version = toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap().trim_matches('"');
    assert!(dockerfile.contains(&format!("\nFROM rust:{version}-slim-bookworm AS build\n")));
    let user = dockerfile.lines().find_map(|line| line.strip_prefix("USER ")).unwrap();
    assert!(user.chars().all(|c| c.is_ascii_digit() || c == ':') && !user.starts_with('0'), "{user}");
    let environment = dockerfile.split_once("\nENV ").unwrap().1.split_once("\nUSER").unwrap().0.replace('\\', "");
    let settings = environment.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    is_accepted(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
    assert!(dockerfile.contains("CMD [\"/usr/local/bin/rollcall\", \"healthcheck\"]"));
    assert!(help().contains("\n  healthcheck "), "the image asks for a command that is not there");
}

#[test]
fn systemd_accepts_the_unit_and_rates_it_as_sandboxed() {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("rollcall.service");
    let text = file("deploy/systemd/rollcall.service");
    // systemd-analyze checks that the executable exists.
    std::fs::write(&unit, text.replace("/usr/local/bin/rollcall", env!("CARGO_BIN_EXE_rollcall"))).unwrap();
    let said = tool(Command::new("systemd-analyze").arg("verify").arg(&unit), "");
    assert_eq!(said, "");
    // An exposure level of up to 2.0 on a scale of 10.
    let security = ["security", "--offline=yes", "--threshold=20", "--no-pager"];
    tool(Command::new("systemd-analyze").args(security).arg(&unit), "");
    let settings = text.lines().filter_map(|line| line.strip_prefix("Environment=")?.split_once('='));
    is_accepted(&settings.map(|(name, value)| (name.to_owned(), value.to_owned())).collect());
}
