//! Events of the audit trail.
#![expect(dead_code, reason = "these types only describe JSON")]

use utoipa::ToSchema;

use crate::domain::{Action, ActorKind, SubjectKind};

/// A line of the audit trail.
#[derive(ToSchema)]
pub struct Event {
    /// Counted up; the later has the greater.
    #[schema(minimum = 1)]
    seq: i64,
    /// When it happened.
    #[schema(format = DateTime, examples("2026-01-02T03:04:05.678Z"))]
    at: String,
    actor: EventActor,
    /// The client’s network address; for admins only.
    address: Option<String>,
    /// The `X-Request-Id` of the request; for admins only.
    request_id: Option<String>,
    action: Action,
    /// The affected record.
    subject: Option<EventSubject>,
    /// The affected user.
    user: Option<EventUser>,
    /// Which fields it changed.
    changes: Vec<Change>,
    /// The import that it was part of.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    import: Option<String>,
}

/// Who did it.
#[derive(ToSchema)]
pub struct EventActor {
    #[schema(inline)]
    kind: ActorKind,
    /// The user or the token.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: Option<String>,
    /// What they are called now; null for those who were erased.
    name: Option<String>,
}

/// The record that an event is about.
#[derive(ToSchema)]
struct EventSubject {
    #[schema(inline)]
    kind: SubjectKind,
    /// The id of the record.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
}

/// Whom it happened to.
#[derive(ToSchema)]
struct EventUser {
    /// The user.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    /// What they are called now; null for those who were erased.
    name: Option<String>,
}

/// A field that changed; both values are null once its user was erased.
#[derive(ToSchema)]
pub struct Change {
    /// Its name.
    field: String,
    /// What it held.
    from: Option<String>,
    /// What it holds.
    to: Option<String>,
}
