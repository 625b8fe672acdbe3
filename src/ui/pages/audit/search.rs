//! The query of the audit page as its form sends it: filters, and words for people and tokens whose ids are not known yet.

use form_urlencoded::Serializer;
use uuid::Uuid;

use crate::{
    domain::{FieldErrors, ListEvents, UserId},
    ui::text,
};

/// A filter that can be given in words: the person whom events are about, or their actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    Person,
    Actor,
}

impl Named {
    pub const ALL: [Self; 2] = [Self::Person, Self::Actor];

    /// The field of the words.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Actor => "by",
        }
    }

    /// The parameter of `ListEvents` for the id.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Person => "user",
            Self::Actor => "actor",
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Person => text::trail::AFFECTED_PERSON,
            Self::Actor => text::trail::ACTOR,
        }
    }

    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Person => text::trail::PERSON_HINT,
            Self::Actor => text::trail::ACTOR_HINT,
        }
    }

    /// The error for words that match nothing. Follows the label in a sentence.
    #[must_use]
    pub fn no_match(self, words: &str) -> String {
        match self {
            Self::Person => text::trail::no_person(words),
            Self::Actor => text::trail::no_actor(words),
        }
    }
}

/// The filters of the audit page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditSearch {
    pub list: ListEvents,
    person: String,
    actor: String,
}

impl AuditSearch {
    const PATH: &str = "/audit";

    /// # Errors
    /// Those of `ListEvents`.
    pub fn parse(query: &str) -> Result<Self, FieldErrors> {
        let words = |named: Named| {
            let mut pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
            let found = pairs.find(|(name, _)| name == named.field());
            found.map(|(_, words)| words.trim().to_owned()).unwrap_or_default()
        };
        let list = without_words(query).parse()?;
        Ok(Self { list, person: words(Named::Person), actor: words(Named::Actor) })
    }

    /// Whether a query has neither words nor empty values, which a submitted form has.
    #[must_use]
    pub fn is_canonical(query: &str) -> bool {
        form_urlencoded::parse(query.as_bytes()).all(|(name, value)| !value.is_empty() && !is_words(&name))
    }

    /// The address for a query without its words and empty values.
    #[must_use]
    pub fn address_without_words(query: &str) -> String {
        address(&without_words(query))
    }

    #[must_use]
    pub fn address(&self) -> String {
        let mut query = Serializer::new(self.list.to_string());
        for named in Named::ALL {
            let words = self.words(named);
            if !words.is_empty() {
                query.append_pair(named.field(), words);
            }
        }
        address(&query.finish())
    }

    /// Empty for none.
    #[must_use]
    pub fn words(&self, named: Named) -> &str {
        match named {
            Named::Person => &self.person,
            Named::Actor => &self.actor,
        }
    }

    #[must_use]
    pub fn id(&self, named: Named) -> Option<Uuid> {
        match named {
            Named::Person => self.list.user.map(|user| user.0),
            Named::Actor => self.list.actor,
        }
    }

    /// The same search with this id in place of an id or words; its latest events.
    #[must_use]
    pub fn with(&self, named: Named, id: Option<Uuid>) -> Self {
        let mut search = self.clone();
        search.list.before = None;
        match named {
            Named::Person => (search.list.user, search.person) = (id.map(UserId), String::new()),
            Named::Actor => (search.list.actor, search.actor) = (id, String::new()),
        }
        search
    }
}

fn is_words(name: &str) -> bool {
    Named::ALL.iter().any(|named| named.field() == name)
}

fn without_words(query: &str) -> String {
    let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let filters = pairs.filter(|(name, value)| !is_words(name) && !value.is_empty());
    Serializer::new(String::new()).extend_pairs(filters).finish()
}

fn address(query: &str) -> String {
    if query.is_empty() { AuditSearch::PATH.to_owned() } else { format!("{}?{query}", AuditSearch::PATH) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01900000-0000-7000-8000-000000000001";

    #[test]
    fn words_and_filters_survive_a_round_trip() {
        let query = format!("?user={ID}&action=user.created&by=Ada+%26+Co");
        let search = AuditSearch::parse(&query).unwrap();
        assert_eq!(search.address(), format!("/audit{query}"));
        assert_eq!((search.words(Named::Person), search.words(Named::Actor)), ("", "Ada & Co"));
        assert_eq!(AuditSearch::parse("person=+&by=&since=").unwrap(), AuditSearch::default());
        assert_eq!(AuditSearch::default().address(), "/audit");
        assert_eq!(AuditSearch::parse("person=ada&since=soon").unwrap_err().0[0].field, "since");
        assert_eq!(AuditSearch::address_without_words("person=ada&until=&since=soon"), "/audit?since=soon");
    }

    #[test]
    fn an_id_replaces_words_and_returns_to_the_latest_events() {
        let search = AuditSearch::parse("action=user.created&before=7&person=ada&by=grace").unwrap();
        let search = search.with(Named::Person, Some(ID.parse().unwrap()));
        assert_eq!(search.address(), format!("/audit?user={ID}&action=user.created&by=grace"));
        assert_eq!(search.id(Named::Person).unwrap().to_string(), ID);
        assert_eq!(search.with(Named::Person, None).address(), "/audit?action=user.created&by=grace");
    }

    #[test]
    fn a_submitted_form_is_not_canonical() {
        for (query, is_canonical) in [
            ("", true),
            ("user=7&since=soon", true),
            ("action=&since=", false),
            ("person=ada", false),
            ("action=user.created&by=ada", false),
        ] {
            assert_eq!(AuditSearch::is_canonical(query), is_canonical, "{query}");
        }
    }
}
