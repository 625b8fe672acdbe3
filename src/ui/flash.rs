//! Flash messages: the result of a form, shown once on the page that it redirects to.

use crate::domain::User;

/// The kinds of flash messages: actions on a person that a form can take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlashKind {
    Created,
    Edited,
    Deleted,
    Restored,
    /// Several people at once.
    ManyDeleted,
    ManyRestored,
    /// Permanently.
    Erased,
    /// The role changed.
    Role,
}

impl FlashKind {
    pub const ALL: [(Self, &str); 8] = [
        (Self::Created, "created"),
        (Self::Edited, "edited"),
        (Self::Deleted, "deleted"),
        (Self::Restored, "restored"),
        (Self::ManyDeleted, "many-deleted"),
        (Self::ManyRestored, "many-restored"),
        (Self::Erased, "erased"),
        (Self::Role, "role"),
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(kind, _)| kind)
    }
}

/// The flash message of the page being rendered.
#[derive(Debug, Clone)]
pub struct Flash {
    pub kind: FlashKind,
    /// The affected user, if the current user may see them.
    pub user: Option<User>,
    /// The address of the page itself, to return to after undo.
    pub here: String,
}
