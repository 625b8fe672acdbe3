//! The log of a command.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::server::config::LogFormat;

/// Starts logging to standard error; standard output is for results.
///
/// Slow statements are logged only by the server: other commands are expected to run long ones.
///
/// # Errors
/// When `RUST_LOG` is not a log filter.
pub fn start_log(format: LogFormat, serves: bool) -> anyhow::Result<()> {
    let directives = std::env::var("RUST_LOG").unwrap_or_default();
    let filter = match directives.as_str() {
        "" if serves => EnvFilter::new("info,sqlx=warn"),
        "" => EnvFilter::new("info,sqlx=error"),
        directives => {
            EnvFilter::try_new(directives).with_context(|| format!("RUST_LOG={directives} is not a log filter"))?
        }
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        // The outermost span, which comes first in the list, is that of the request.
        LogFormat::Json => log.json().flatten_event(true).with_current_span(false).init(),
    }
    // The default hook would write plain text between the JSON lines.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a thread panicked");
    }));
    Ok(())
}
