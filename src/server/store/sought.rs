//! What a list looks for, in each form under which users may be stored.

use crate::domain::{ListUsers, email_keys, needles, outdated};

/// Needles and the key of an address that a user must have.
#[derive(Debug, Clone, Default)]
pub struct Sought {
    pub needles: Option<Vec<String>>,
    pub email: Option<String>,
}

/// The forms of a list's words and address. A user is in the list who is found by either needles and has
/// one of the keys.
#[derive(Debug)]
pub struct Forms {
    needles: Option<Vec<String>>,
    /// Those that find what an earlier folding stored, where they are others.
    earlier_needles: Option<Vec<String>>,
    emails: Vec<Option<String>>,
}

impl Forms {
    pub fn of(list: &ListUsers) -> Self {
        let needles = list.q.as_deref().map(needles).filter(|needles| !needles.is_empty());
        let emails = match &list.email {
            Some(email) => email_keys(email).into_iter().map(Some).collect(),
            None => vec![None],
        };
        Self {
            earlier_needles: list.q.as_deref().and_then(outdated::needles_of).filter(|_| needles.is_some()),
            needles,
            emails,
        }
    }

    /// Whether what is looked for depends on whether anybody is stored as an earlier folding made it.
    pub fn may_have_earlier(&self) -> bool {
        self.earlier_needles.is_some()
    }

    /// Without those needles that only find what an earlier folding stored.
    #[must_use]
    pub fn current(self) -> Self {
        Self { earlier_needles: None, ..self }
    }

    /// The lists whose union is the list.
    pub fn union(&self) -> Vec<Sought> {
        let earlier = self.earlier_needles.as_deref().map(Some);
        let all = std::iter::once(self.needles.as_deref()).chain(earlier);
        all.flat_map(|needles| self.with_each_key(needles)).collect()
    }

    /// The lists that have users in common, as often as they are counted too often by the union: keys
    /// exclude each other, needles do not.
    pub fn overlap(&self) -> Vec<Sought> {
        match (&self.needles, &self.earlier_needles) {
            (Some(needles), Some(earlier)) => self.with_each_key(Some(&[needles.as_slice(), earlier].concat())),
            _ => Vec::new(),
        }
    }

    fn with_each_key(&self, needles: Option<&[String]>) -> Vec<Sought> {
        let sought = |email: &Option<String>| Sought { needles: needles.map(<[String]>::to_vec), email: email.clone() };
        self.emails.iter().map(sought).collect()
    }
}
