use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// Set up by `.cargo/config.toml`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    rollcall::server::cli::run()
}
