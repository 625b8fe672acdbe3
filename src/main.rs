use std::process::ExitCode;

/// Set up by `.cargo/config.toml`.
#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    rollcall::server::cli::run(version())
}

/// Version, commit and build profile: `0.1.0 (1a2b3c4d, release)`.
///
/// The Makefile sets the commit. It is read here, and neither in the library nor in `build.rs`, because cargo recompiles
/// what reads a variable that has changed: after a commit that is this file alone.
fn version() -> String {
    let commit = option_env!("ROLLCALL_COMMIT").filter(|commit| !commit.is_empty()).unwrap_or("unknown");
    format!("{} ({commit}, {})", env!("CARGO_PKG_VERSION"), env!("ROLLCALL_PROFILE"))
}
