//! Events of the audit trail.
#![expect(dead_code, reason = "these types only describe JSON")]

use utoipa::ToSchema;

use crate::domain::{Action, ActorKind, SubjectKind};

/// An event of the audit trail.
#[derive(ToSchema)]
pub struct Event {
    /// The sequence number: later events have greater ones.
    #[schema(minimum = 1)]
    seq: i64,
    /// The time of the event.
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
    /// The changed fields.
    changes: Vec<Change>,
    /// The import that it was part of.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    import: Option<String>,
}

/// The actor of an event.
#[derive(ToSchema)]
pub struct EventActor {
    #[schema(inline)]
    kind: ActorKind,
    /// The user or the token.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: Option<String>,
    /// The current name; null for an erased user.
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

/// The affected user.
#[derive(ToSchema)]
struct EventUser {
    /// The user.
    #[schema(format = "uuid", examples("01890a5d-ac96-774b-bcce-b302099a8057"))]
    id: String,
    /// The current name; null for an erased user.
    name: Option<String>,
}

/// A changed field; both values are null once the user has been erased.
#[derive(ToSchema)]
pub struct Change {
    /// The name of the field.
    field: String,
    /// The old value.
    from: Option<String>,
    /// The new value.
    to: Option<String>,
}
