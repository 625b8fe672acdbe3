//! The search terms of a list in each folding under which users may be stored.

use super::DerivedColumns;
use crate::domain::{AppError, ListUsers, email_keys, needles, outdated};

/// The needles and the address key that a row must match.
#[derive(Debug, Clone, Default)]
pub struct SearchTerms {
    pub needles: Option<Vec<String>>,
    pub email: Option<String>,
}

/// The search terms of a list in both foldings. A user is in the list if it matches either set of needles and has one
/// of the address keys.
#[derive(Debug)]
pub struct SearchForms {
    needles: Option<Vec<String>>,
    /// The needles for rows of an earlier folding, if they differ.
    earlier_needles: Option<Vec<String>>,
    emails: Vec<Option<String>>,
}

impl SearchForms {
    /// The search terms for the users as they are stored: those of the earlier folding only while there are outdated
    /// users.
    pub async fn stored(store: &impl DerivedColumns, list: &ListUsers) -> Result<Self, AppError> {
        let forms = Self::of(list);
        if forms.earlier_needles.is_none() || store.has_outdated().await? {
            return Ok(forms);
        }
        Ok(Self { earlier_needles: None, ..forms })
    }

    fn of(list: &ListUsers) -> Self {
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

    /// The searches whose union is the list.
    pub fn union(&self) -> Vec<SearchTerms> {
        let earlier = self.earlier_needles.as_deref().map(Some);
        let all = std::iter::once(self.needles.as_deref()).chain(earlier);
        all.flat_map(|needles| self.with_each_key(needles)).collect()
    }

    /// The searches for users that the union counts twice: address keys exclude each other, needles do not.
    pub fn overlap(&self) -> Vec<SearchTerms> {
        match (&self.needles, &self.earlier_needles) {
            (Some(needles), Some(earlier)) => self.with_each_key(Some(&[needles.as_slice(), earlier].concat())),
            _ => Vec::new(),
        }
    }

    fn with_each_key(&self, needles: Option<&[String]>) -> Vec<SearchTerms> {
        let terms =
            |email: &Option<String>| SearchTerms { needles: needles.map(<[String]>::to_vec), email: email.clone() };
        self.emails.iter().map(terms).collect()
    }
}
