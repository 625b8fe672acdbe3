use std::process::ExitCode;

fn main() -> ExitCode {
    rollcall::server::cli::run()
}
