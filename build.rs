//! Tells the program the name of its build profile: cargo names the folder of `OUT_DIR` after it, and sets that variable
//! only if there is a build script.

use std::{env, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR").unwrap_or_default();
    println!("cargo::rustc-env=ROLLCALL_PROFILE={}", profile(Path::new(&out)).unwrap_or("unknown"));
}

/// `quick` of `target/quick/build/rollcall-0123456789abcdef/out`. The folder of the profile `dev` is `debug`.
fn profile(out: &Path) -> Option<&str> {
    out.ancestors().find(|folder| folder.ends_with("build"))?.parent()?.file_name()?.to_str()
}
