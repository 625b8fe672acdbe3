use std::{
    env,
    fs::{self, File},
    path::PathBuf,
    process::Command,
    sync::LazyLock,
};

use tempfile::TempDir;

use crate::support::postgres::give_away;

/// Compiled once per test run.
static LIBRARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (made, library) = (folder.join(format!("shim-{}.so", std::process::id())), folder.join("shim.so"));
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-w", "-o"])
        .arg(&made)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/operations/shim.c"))
        .arg("-ldl")
        .status();
    assert!(compiled.expect("a C compiler").success());
    fs::rename(made, &library).unwrap();
    library
});

/// The interposed library between a server and its files: see `shim.c`.
pub struct Shim {
    folder: TempDir,
    files: &'static str,
    delay: String,
}

impl Shim {
    /// Applies to files whose path contains this text.
    pub fn of(files: &'static str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        File::create(folder.path().join("log")).unwrap();
        fs::copy(&*LIBRARY, folder.path().join("shim.so")).unwrap();
        Self { folder, files, delay: "0".to_owned() }
    }

    /// Grants access to PostgreSQL, which runs as another user than the tests.
    pub fn shared(self) -> Self {
        give_away(self.folder.path());
        give_away(&self.folder.path().join("log"));
        self
    }

    /// Simulates a disk on which a sync takes this many microseconds.
    pub fn with_delay(self, micros: u32) -> Self {
        Self { delay: micros.to_string(), ..self }
    }

    /// The environment variables that load the shim into a process.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        vec![
            ("LD_PRELOAD", path("shim.so")),
            ("SHIM_FILES", self.files.to_owned()),
            ("SHIM_REFUSE", path("refuse")),
            ("SHIM_LOG", path("log")),
            ("SHIM_DELAY", self.delay.clone()),
        ]
    }

    /// Makes writes fail from now on, with `ENOSPC`, `EROFS` or `EIO`, after this many successful ones.
    pub fn refuse(&self, error: &str, after: u32) {
        let (file, made) = (self.folder.path().join("refuse"), self.folder.path().join("refuse.new"));
        fs::write(&made, format!("{error} {after}")).unwrap();
        fs::rename(made, file).unwrap();
    }

    /// Lets writes succeed again.
    pub fn allow(&self) {
        fs::remove_file(self.folder.path().join("refuse")).unwrap();
    }

    /// The logged operations in order, each with the marks found in its data.
    pub fn log(&self) -> Vec<(String, Vec<String>)> {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap();
        log.lines()
            .map(|line| {
                let mut words = line.split(' ').map(str::to_owned);
                (words.next().unwrap(), words.collect())
            })
            .collect()
    }
}
