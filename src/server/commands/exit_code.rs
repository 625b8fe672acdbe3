//! Failed commands: the exit code, and the line with the reason.

use std::{fmt, io, process::ExitCode};

use clap::{
    Arg, Command,
    error::{ContextKind, ContextValue},
};
use serde_json::{Value, json};

use super::terminal::ReaderGone;
use crate::{
    domain::AppError,
    rpc::status::status,
    server::{http::problem, store},
};

/// The exit codes in `--help`. The table in docs/cli.md has the same texts.
pub const EXIT_CODES: &str = "\
Exit codes:
  0  success
  1  failed, or a check found a problem
  2  invalid argument or setting
  3  not found
  4  rejected: invalid input, a conflict, or changed in the meantime
  5  not allowed: no token, or one without the permission
  6  server or database unreachable or temporarily unavailable";

/// An invalid combination of arguments, found after parsing.
#[derive(Debug)]
pub struct InvalidArgument(pub String);

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidArgument {}

/// The error of an invalid command line in one line. The values of secret settings are left out.
#[must_use]
pub fn describe(command: &Command, error: &clap::Error) -> String {
    let text = error.to_string();
    let lines =
        text.lines().map(str::trim).take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let line = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let line = line.strip_prefix("error: ").unwrap_or(&line);
    match error.get(ContextKind::InvalidValue) {
        Some(ContextValue::String(value)) if !value.is_empty() && is_secret(command, error) => line.replace(value, "…"),
        _ => line.to_owned(),
    }
}

fn is_secret(command: &Command, error: &clap::Error) -> bool {
    setting(command, error).is_some_and(Arg::is_hide_env_values_set)
}

/// The setting that an error is about.
#[must_use]
pub fn setting<'a>(command: &'a Command, error: &clap::Error) -> Option<&'a Arg> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else { return None };
    let flag = argument.split([' ', '=']).next()?.strip_prefix("--")?;
    command.get_arguments().find(|argument| argument.get_long() == Some(flag))
}

/// The exit code of an error, as `EXIT_CODES` explains it.
#[must_use]
pub fn code(error: &anyhow::Error) -> u8 {
    if error.is::<InvalidArgument>() {
        return 2;
    }
    match error.downcast_ref::<AppError>().map(status) {
        Some(404) => 3,
        Some(400 | 409 | 410 | 412 | 413 | 415 | 422 | 428) => 4,
        Some(401 | 403) => 5,
        Some(408 | 429 | 503) => 6,
        None if store::is_unreachable(error) => 6,
        _ => 1,
    }
}

/// Whether the only fault is that the reader of standard output closed the pipe. A broken connection to a database is of
/// the same `io::ErrorKind`.
fn is_reader_gone(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()?.get_ref());
    causes.any(<dyn std::error::Error + Send + Sync>::is::<ReaderGone>)
}

/// The message of an error in one line. Includes internal causes, because the reader is the operator.
fn message(error: &anyhow::Error) -> String {
    let cause = error.downcast_ref().and_then(AppError::cause);
    let message = match error.downcast_ref() {
        Some(AppError::Unauthorized) => format!("{} (--token or ROLLCALL_TOKEN)", with_causes(error)),
        _ => cause.map_or_else(|| with_causes(error), ToString::to_string),
    };
    message.lines().collect::<Vec<_>>().join(" ")
}

/// The error and its causes, like `{error:#}`, but without causes that an error already ends with, as those of the
/// database driver do.
#[must_use]
pub fn with_causes(error: &anyhow::Error) -> String {
    let mut causes = error.chain().map(ToString::to_string);
    let mut text = causes.next().unwrap_or_default();
    for cause in causes {
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// Prints an error to standard error and returns the exit code.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    if is_reader_gone(error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("rollcall: {}", message(error));
    ExitCode::from(code(error))
}

/// Prints an error as problem details (RFC 9457), as in the API, and returns the exit code.
pub fn fail_as_json(error: &anyhow::Error) -> ExitCode {
    if is_reader_gone(error) {
        return ExitCode::SUCCESS;
    }
    eprintln!("{}", problem(error));
    ExitCode::from(code(error))
}

fn problem(error: &anyhow::Error) -> Value {
    let detail = message(error);
    let Some(error) = error.downcast_ref::<AppError>() else {
        return json!({"title": "Failed", "detail": detail, "errors": []});
    };
    json!({"status": status(error), "title": problem::title(error), "detail": detail, "errors": error.fields()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Cause, FieldErrors};

    #[test]
    fn each_kind_of_error_has_its_exit_code() {
        let taken = || FieldErrors::one("email", "taken", "already belongs to another user");
        for (error, expected) in [
            (AppError::no_such_user(), 3),
            (AppError::Invalid(taken()), 4),
            (AppError::Conflict(taken()), 4),
            (AppError::Stale, 4),
            (AppError::Unauthorized, 5),
            (AppError::forbidden(), 5),
            (AppError::Unavailable(Cause::new("away")), 6),
            (AppError::TooManyRequests(3), 6),
            (AppError::internal("a fault"), 1),
        ] {
            assert_eq!(code(&anyhow::Error::from(error.clone()).context("while it was done")), expected, "{error}");
        }
        assert_eq!(code(&anyhow::anyhow!("whatever")), 1);
        assert_eq!(code(&InvalidArgument("--server".into()).into()), 2);
    }

    #[test]
    fn only_a_closed_standard_output_is_no_failure() {
        let broken = |cause: Box<dyn std::error::Error + Send + Sync>| io::Error::new(io::ErrorKind::BrokenPipe, cause);
        let shown = anyhow::Error::from(broken(ReaderGone.into())).context("cannot list users");
        let connection = anyhow::Error::from(broken("connection lost".into())).context("cannot open the database");
        assert_eq!((is_reader_gone(&shown), is_reader_gone(&connection)), (true, false));
    }

    #[test]
    fn a_cause_is_not_repeated() {
        let cause = anyhow::anyhow!("(code: 26) file is not a database");
        let error = cause.context("error returned from database: (code: 26) file is not a database");
        let expected = "cannot open a.db: error returned from database: (code: 26) file is not a database";
        assert_eq!(message(&error.context("cannot open a.db")), expected);
        assert_eq!(message(&anyhow::anyhow!("timed out").context("timed out")), "timed out");
        assert_eq!(message(&anyhow::anyhow!("it is full").context("cannot write a")), "cannot write a: it is full");
    }

    #[test]
    fn the_cause_is_printed_in_one_line() {
        let error = AppError::internal("no such table: users\nin line 1").into();
        assert_eq!(message(&error), "no such table: users in line 1");
    }
}
