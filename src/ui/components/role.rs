use crate::domain::Role;

/// A role and what it may do, in a line.
#[must_use]
pub fn role_line(role: Role) -> String {
    let name = match role {
        Role::Viewer => "Viewer",
        Role::Editor => "Editor",
        Role::Admin => "Admin",
    };
    format!("{name}: {}", role.summary())
}
