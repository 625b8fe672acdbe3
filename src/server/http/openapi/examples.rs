//! Examples, which `tests/openapi.rs` validates against their schemas.

use serde_json::{Value, json};

use crate::{
    domain::{FileKind, Profile, ProfileField},
    user_file::Writer,
};

pub const REQUEST_ID: &str = "7c6d2dd7-0a83-4acf-bfa9-7dd7c4b38274";
const USER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

pub fn user() -> Value {
    with_profile(json!({
        "id": USER,
        "version": 1,
        "created_at": "2026-01-02T03:04:05.678Z",
        "updated_at": "2026-01-02T03:04:05.678Z",
        "deleted_at": null,
    }))
}

/// Adds the fields of a profile to an object.
fn with_profile(mut object: Value) -> Value {
    let profile = Profile::new("Ada Lovelace", "ada@example.org");
    for field in ProfileField::ALL {
        object[field.as_str()] = profile.get(*field).into();
    }
    object
}

/// The example user in a text format.
pub fn file(kind: FileKind) -> Value {
    let (mut writer, mut file) = (Writer::new(kind), Vec::new());
    if let Ok(user) = serde_json::from_value(user()) {
        writer.write(&user, &mut file);
    }
    String::from_utf8_lossy(&file).into()
}

pub fn form() -> Value {
    with_profile(json!({}))
}

pub fn patch() -> Value {
    json!({"name": "Ada Lovelace"})
}

pub fn batch() -> Value {
    json!({
        "operations": [
            {"op": "create", "body": form()},
            {"op": "update", "id": USER, "if_match": 1, "body": patch()},
            {"op": "delete", "id": USER},
        ],
    })
}

pub fn batch_done() -> Value {
    json!({
        "results": [
            {"index": 0, "status": 201, "user": user()},
            {"index": 1, "status": 200, "user": user()},
            {"index": 2, "status": 204, "user": null},
        ],
    })
}

pub fn event() -> Value {
    json!({
        "seq": 42,
        "at": "2026-01-02T03:04:05.678Z",
        "actor": {"kind": "token", "id": "01890a5d-b3c4-7d8e-9f00-112233445566", "name": "Payroll"},
        "address": null,
        "request_id": null,
        "action": "user.updated",
        "subject": {"kind": "user", "id": USER},
        "user": {"id": USER, "name": "Ada Lovelace"},
        "changes": [{"field": "name", "from": "Ada Byron", "to": "Ada Lovelace"}],
        "import": null,
    })
}

pub fn import() -> Value {
    json!({
        "id": "01890a5d-b8c0-7f31-a2f4-5566778899aa",
        "file": "people.csv",
        "size": 61_442,
        "received": 61_442,
        "part_size": 8_388_608,
        "parts": 1,
        "state": "checked",
        "progress": null,
        "problem": null,
        "format": {"kind": "csv", "encoding": "utf-8", "delimiter": ","},
        "columns": [
            {"heading": "Full name", "field": "name"},
            {"heading": "E-mail", "field": "email"},
            {"heading": "Team", "field": null},
        ],
        "counts": {"new": 970, "changed": 4, "unchanged": 1, "invalid": 1, "duplicate": 0, "taken": 0},
        "mode": null,
        "created_by": {"kind": "token", "id": "01890a5d-b3c4-7d8e-9f00-112233445566", "name": "Payroll"},
        "created_at": "2026-01-02T03:04:05.678Z",
        "applied_at": null,
        "undone_at": null,
        "longest_wait_ms": null,
        "kept": null,
    })
}

pub fn import_row() -> Value {
    with_profile(json!({
        "line": 7,
        "outcome": "changed",
        "user": USER,
        "changes": [{"field": "name", "from": "Ada Byron", "to": "Ada Lovelace"}],
        "errors": [],
        "duplicate_of": null,
    }))
}

pub fn new_import() -> Value {
    json!({"file": "people.csv", "size": 61_442, "columns": {"name": "Full name"}})
}

pub fn import_patch() -> Value {
    json!({"columns": {"name": "Full name"}})
}

pub fn apply_import() -> Value {
    json!({"mode": "update", "skip_invalid": true})
}

pub fn part() -> Value {
    json!("Full name,E-mail,Team\r\nAda Lovelace,ada@example.org,Engines\r\n")
}
