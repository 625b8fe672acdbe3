//! The difference between two profiles, and its reversal.

use serde::{Deserialize, Serialize};

use super::{Profile, ProfileField};

/// A field with its old and new value; both are `None` once the user has been erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    pub from: Option<String>,
    pub to: Option<String>,
}

impl Change {
    /// `None` if the values are equal.
    #[must_use]
    pub fn between(field: &str, from: Option<&str>, to: Option<&str>) -> Option<Self> {
        let text = |value: Option<&str>| value.map(str::to_owned);
        (from != to).then(|| Self { field: field.to_owned(), from: text(from), to: text(to) })
    }
}

/// The fields that differ, in the order of `ProfileField::ALL`. An empty text counts as no value, so the creation of a user
/// is the difference from an empty profile.
#[must_use]
pub fn diff(old: &Profile, new: &Profile) -> Vec<Change> {
    let value = |text| Some(text).filter(|text: &&str| !text.is_empty());
    let change = |field: &ProfileField| Change::between(field.as_str(), value(old.get(*field)), value(new.get(*field)));
    ProfileField::ALL.iter().filter_map(change).collect()
}

/// The profile before these changes, which [`diff`] returned.
#[must_use]
pub fn revert(profile: &Profile, changes: &[Change]) -> Profile {
    let mut former = profile.clone();
    for change in changes {
        if let Ok(field) = change.field.parse() {
            *former.get_mut(field) = change.from.clone().unwrap_or_default();
        }
    }
    former
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn summary(changes: &[Change]) -> Vec<(&str, Option<&str>, Option<&str>)> {
        changes.iter().map(|change| (change.field.as_str(), change.from.as_deref(), change.to.as_deref())).collect()
    }

    #[test]
    fn only_fields_that_differ_are_changes() {
        let old = Profile::new("Ada Byron", "ada@example.org");
        assert_eq!(diff(&old, &old), []);
        let renamed = Profile::new("Ada Lovelace", "ada@example.org");
        assert_eq!(summary(&diff(&old, &renamed)), [("name", Some("Ada Byron"), Some("Ada Lovelace"))]);
        let moved = Profile::new("Ada Lovelace", "ADA@example.org");
        assert_eq!(
            summary(&diff(&old, &moved)),
            [
                ("name", Some("Ada Byron"), Some("Ada Lovelace")),
                ("email", Some("ada@example.org"), Some("ADA@example.org")),
            ],
            "in the order of the fields, in the case of the texts"
        );
    }

    #[test]
    fn a_new_profile_differs_from_an_empty_one_in_every_field() {
        let new = Profile::new("Ada", "ada@example.org");
        assert_eq!(
            summary(&diff(&Profile::default(), &new)),
            [("name", None, Some("Ada")), ("email", None, Some("ada@example.org"))]
        );
        assert_eq!(summary(&diff(&new, &Profile::new("Ada", ""))), [("email", Some("ada@example.org"), None)]);
    }

    proptest! {
        #[test]
        fn diff_and_revert_round_trip(texts: Vec<(String, String)>, seed: Vec<(String, String)>) {
            let profile = |texts: &[(String, String)], at: usize| {
                let mut texts = texts.iter().flat_map(|(one, other)| [one, other]).skip(at);
                Profile::from_fn(|_| texts.next().cloned().unwrap_or_default())
            };
            let (old, new) = (profile(&texts, 0), profile(&seed, 1));
            let changes = diff(&old, &new);
            prop_assert!(changes.iter().all(|change| change.from != change.to));
            prop_assert_eq!(&revert(&new, &changes), &old);
            prop_assert_eq!(revert(&old, &diff(&new, &old)), new);
        }
    }
}
