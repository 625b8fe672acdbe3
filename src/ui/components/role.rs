use crate::{domain::Role, ui::text};

/// A role and what it may do, in a line.
#[must_use]
pub fn role_line(role: Role) -> String {
    let name = match role {
        Role::Viewer => text::person::VIEWER,
        Role::Editor => text::person::EDITOR,
        Role::Admin => text::person::ADMIN,
    };
    text::person::role(name, role.summary())
}
