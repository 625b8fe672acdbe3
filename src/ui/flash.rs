//! What has just been done, told once by the page that it led to.

use crate::domain::User;

/// What can be done to a person in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Created,
    Edited,
    Deleted,
    Restored,
    /// Several at once.
    ManyDeleted,
    ManyRestored,
    /// For good.
    Erased,
    /// Given another role.
    Role,
}

impl Deed {
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
        Self::ALL.into_iter().find(|(deed, _)| *deed == self).map_or("", |(_, word)| word)
    }

    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(deed, _)| deed)
    }
}

/// A deed that the page being rendered tells of.
#[derive(Debug, Clone)]
pub struct Flash {
    pub deed: Deed,
    /// To whom, as far as whoever asks may know.
    pub user: Option<User>,
    /// The address of the page itself: where undoing leads back to.
    pub here: String,
}
