use std::{borrow::Cow, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// Every error of a request, shared by pages, server functions and REST. It is serialised to the browser, without the
/// cause of an internal error.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum AppError {
    /// The request cannot be parsed.
    Malformed(String),
    /// Authentication is required.
    Unauthorized,
    /// The caller's role or scopes do not allow this, for the reason given.
    Forbidden(String),
    /// The resource does not exist, or the caller may not know that it does.
    NotFound(String),
    /// The path exists, but does not support this method.
    MethodNotAllowed,
    /// No available representation matches the `Accept` header.
    NotAcceptable,
    /// The body did not arrive in time.
    TooSlow,
    /// The request conflicts with another record, or with the state of its own: a taken address, an applied import.
    Conflict(FieldErrors),
    /// The resource existed once and will not return, for the reason given.
    Gone(String),
    /// Optimistic concurrency: the resource has changed since the caller read it.
    Stale,
    /// `If-Match` holds only weak entity tags, which match nothing (RFC 9110 section 13.1.1).
    WeakTag,
    /// The body is larger than the limit in bytes.
    TooLarge(usize),
    /// The body is not of the content type named here.
    UnsupportedMediaType(String),
    /// The body has a `Content-Encoding`; no request body may.
    EncodedBody,
    /// The request was parsed, but some fields have invalid values.
    Invalid(FieldErrors),
    /// Optimistic concurrency: a change must name the version it is based on, and this one does not.
    PreconditionRequired,
    /// Some operations of a batch failed, so none was applied: the representative error, and the errors of each
    /// operation.
    Batch(Box<AppError>, FieldErrors),
    /// Rate limit exceeded; retry after this many seconds.
    TooManyRequests(u32),
    /// Overloaded or disconnected from the database; a retry may succeed.
    Unavailable(Cause),
    /// A bug or a failure of the machine.
    Internal(Cause),
}

impl AppError {
    /// The invalid fields, if any.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Conflict(errors) | Self::Invalid(errors) | Self::Batch(_, errors) => &errors.0,
            _ => &[],
        }
    }

    /// The cause of an error that is not the caller's fault: for the log only.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        match self {
            Self::Internal(cause) | Self::Unavailable(cause) => cause.0.as_deref(),
            _ => None,
        }
    }

    #[must_use]
    pub fn no_such_user() -> Self {
        Self::NotFound("There is no user with this id.".to_owned())
    }

    #[must_use]
    pub fn no_such_token() -> Self {
        Self::NotFound("There is no token with this id.".to_owned())
    }

    #[must_use]
    pub fn no_such_import() -> Self {
        Self::NotFound("There is no import with this id.".to_owned())
    }

    /// The caller's role or scopes are insufficient.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::Forbidden("Your role or token does not allow this.".to_owned())
    }

    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Cause::new(cause))
    }
}

/// One sentence for people, which reveals nothing about an internal error.
impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(message) | Self::Forbidden(message) | Self::NotFound(message) | Self::Gone(message) => {
                f.write_str(message)
            }
            Self::Unauthorized => f.write_str("Sign in, or send an API token."),
            Self::MethodNotAllowed => {
                f.write_str("This address does not support this method. The Allow header lists those that it does.")
            }
            Self::NotAcceptable => {
                f.write_str("The Accept header must allow application/json, or text/event-stream for event streams; ")?;
                f.write_str("errors are application/problem+json.")
            }
            Self::TooSlow => f.write_str("The request body arrived too slowly. Try again."),
            Self::Conflict(errors) | Self::Invalid(errors) => errors.fmt(f),
            Self::PreconditionRequired => {
                f.write_str("Send If-Match with the ETag of the version that you read, or * for any version.")
            }
            Self::Batch(_, errors) => match errors.0.as_slice() {
                [] => f.write_str("Nothing was changed."),
                [only] => write!(f, "Nothing was changed: {} {}.", only.field, only.message),
                [first, more @ ..] => {
                    write!(f, "Nothing was changed: {} {}; and {} more.", first.field, first.message, more.len())
                }
            },
            Self::WeakTag => {
                f.write_str("If-Match needs a strong entity tag, and this one is weak (W/). Send the ETag without W/.")
            }
            Self::Stale => f.write_str("This user has changed since you read it. Read it again before you change it."),
            Self::TooManyRequests(seconds) => write!(f, "Too many attempts. Try again in {}.", duration(*seconds)),
            Self::TooLarge(limit) => write!(f, "The request body must have at most {limit} bytes."),
            Self::UnsupportedMediaType(expected) => write!(f, "The request body must be {expected}."),
            Self::EncodedBody => f.write_str("The request body must not have a Content-Encoding."),
            Self::Unavailable(_) => f.write_str("Rollcall cannot answer right now. Try again in a moment."),
            Self::Internal(_) => f.write_str("Internal server error"),
        }
    }
}

impl std::error::Error for AppError {}

fn duration(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl From<FieldErrors> for AppError {
    fn from(errors: FieldErrors) -> Self {
        Self::Invalid(errors)
    }
}

/// The cause of a failure. It never leaves this process: it is serialised as a unit.
#[derive(Clone, Default)]
pub struct Cause(Option<Arc<dyn std::error::Error + Send + Sync>>);

impl Cause {
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Some(Arc::from(cause.into())))
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(cause) => write!(f, "Cause({cause})"),
            None => f.write_str("Cause"),
        }
    }
}

impl Serialize for Cause {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <()>::deserialize(deserializer).map(|()| Self(None))
    }
}

/// One invalid field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field name as the caller wrote it: `name`, `per_page`, ….
    pub field: Cow<'static, str>,
    /// Machine-readable: `required`, `too_long`, `unknown`, `taken`, ….
    pub code: Cow<'static, str>,
    /// Human-readable: says what is allowed. Follows the field's name in a sentence.
    pub message: String,
}

/// All errors of a request, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    pub fn one(field: impl Into<Cow<'static, str>>, code: &'static str, message: impl Into<String>) -> Self {
        let mut errors = Self::default();
        errors.push(field, code, message);
        errors
    }

    pub fn push(&mut self, field: impl Into<Cow<'static, str>>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.into(), code: code.into(), message: message.into() });
    }

    /// Returns the value, or collects the errors and returns `None`.
    pub fn take<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(errors) => {
                self.0.extend(errors.0);
                None
            }
        }
    }

    /// The same errors for a caller that sent these fields nested in another: `name` within `body` becomes `body.name`,
    /// and an error without a field is reported for the whole.
    #[must_use]
    pub fn within(mut self, whole: &str) -> Self {
        for error in &mut self.0 {
            let field = if error.field.is_empty() { whole.to_owned() } else { format!("{whole}.{}", error.field) };
            error.field = field.into();
        }
        self
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for FieldErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{} {}", error.field, error.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for FieldErrors {}
