//! The parameters of `ListUsers` as command-line flags, one for each.

use clap::Args;
use form_urlencoded::Serializer;

use crate::domain::{FieldErrors, ListUsers};

/// Flags that filter and sort people.
#[derive(Debug, Clone, Default, Args)]
pub struct ListQuery {
    /// Only people whose name or e-mail address contains all these words; words of one or two characters match only at
    /// the beginning of a word
    #[arg(long, value_name = "WORDS", value_parser = |text: &str| validated("q", text))]
    q: Option<String>,
    /// Status: active, deleted or all [default: active]
    #[arg(long, value_parser = |text: &str| validated("status", text))]
    status: Option<String>,
    /// Only the person with this e-mail address
    #[arg(long, value_name = "ADDRESS", value_parser = |text: &str| validated("email", text))]
    email: Option<String>,
    /// Only people created after this time, for example 2024-05-31T14:30:00Z
    #[arg(long, value_name = "TIME", value_parser = |text: &str| validated("created_after", text))]
    created_after: Option<String>,
    /// Only people created before this time
    #[arg(long, value_name = "TIME", value_parser = |text: &str| validated("created_before", text))]
    created_before: Option<String>,
    /// Sort by name, email, created_at or updated_at; put - before it for descending order [default: -created_at]
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = |text: &str| validated("sort", text))]
    sort: Option<String>,
}

/// Flags that select a page of the list.
#[derive(Debug, Clone, Default, Args)]
pub struct Paging {
    /// People per page, 1 to 100 [default: 20]
    #[arg(long, value_name = "COUNT", value_parser = |text: &str| validated("per_page", text))]
    per_page: Option<String>,
    /// Number of the page, from 1
    #[arg(long, value_name = "NUMBER", conflicts_with = "cursor", value_parser = valid_page)]
    page: Option<String>,
    /// Cursor that was printed with an earlier page
    #[arg(long, allow_hyphen_values = true, value_parser = |text: &str| validated("cursor", text))]
    cursor: Option<String>,
    /// Print the total number of people
    #[arg(long)]
    count: bool,
}

impl ListQuery {
    /// The list from its beginning.
    ///
    /// # Errors
    /// None, because each flag was validated when it was parsed, and the list has no page.
    pub fn list(&self) -> Result<ListUsers, FieldErrors> {
        self.page(&Paging::default())
    }

    /// A page of the list.
    ///
    /// # Errors
    /// When the page is too deep for the number of people per page.
    pub fn page(&self, paging: &Paging) -> Result<ListUsers, FieldErrors> {
        let pairs = [
            ("q", self.q.as_deref()),
            ("status", self.status.as_deref()),
            ("email", self.email.as_deref()),
            ("created_after", self.created_after.as_deref()),
            ("created_before", self.created_before.as_deref()),
            ("sort", self.sort.as_deref()),
            ("per_page", paging.per_page.as_deref()),
            ("page", paging.page.as_deref()),
            ("cursor", paging.cursor.as_deref()),
            ("count", paging.count.then_some("exact")),
        ];
        parse(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))))
    }
}

/// The text, if it is valid for this parameter of the list.
fn validated(name: &'static str, text: &str) -> Result<String, FieldErrors> {
    parse([(name, text)]).map(|_| text.to_owned())
}

/// The number, if it is valid with some number of people per page. `ListQuery::page` checks it with the actual one.
fn valid_page(text: &str) -> Result<String, FieldErrors> {
    parse([("page", text), ("per_page", "1")]).map(|_| text.to_owned())
}

fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<ListUsers, FieldErrors> {
    Serializer::new(String::new()).extend_pairs(pairs).finish().parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Command {
        #[command(flatten)]
        query: ListQuery,
        #[command(flatten)]
        paging: Paging,
    }

    fn list(flags: &str) -> Result<ListUsers, String> {
        let words = std::iter::once("users").chain(flags.split_whitespace());
        let command = Command::try_parse_from(words).map_err(|error| error.to_string())?;
        command.query.page(&command.paging).map_err(|errors| errors.to_string())
    }

    #[test]
    fn every_parameter_of_the_list_is_a_flag() {
        let flags = "--q Böll --status all --email ada@example.org --created-after 2020-01-01T00:00:00Z \
                     --created-before 2024-05-31T16:30:00+02:00 --sort -name --per-page 50 --count";
        let query = "q=B%C3%B6ll&status=all&email=ada%40example.org&created_after=2020-01-01T00%3A00%3A00Z\
                     &created_before=2024-05-31T14%3A30%3A00Z&sort=-name&per_page=50&count=exact";
        assert_eq!(list(flags).unwrap().to_string(), query);
        assert_eq!(list("--page 3").unwrap(), "page=3".parse().unwrap());
        assert_eq!(list("--page 600 --per-page 10").unwrap(), "page=600&per_page=10".parse().unwrap());
        assert_eq!(list("--cursor -_A1").unwrap().to_string(), "cursor=-_A1");
        assert_eq!(list("").unwrap(), ListUsers::default());
    }

    #[test]
    fn an_invalid_value_is_reported_with_the_flag_and_what_is_allowed() {
        let error = list("--sort colour").unwrap_err();
        assert!(error.contains("--sort") && error.contains("must be one of name, email, created_at"), "{error}");
        assert!(list("--per-page 0").unwrap_err().contains("a whole number from 1 to 100"));
        assert!(list("--status x").unwrap_err().contains("must be one of active, deleted, all"));
        assert!(list("--page 2 --cursor abc").unwrap_err().contains("cannot be used with"));
        for (flags, said) in [
            ("--page 501", "must be at most 500 with per_page=20: numbered pages end after 10000 rows"),
            ("--page 101 --per-page 100", "must be at most 100 with per_page=100"),
            ("--per-page 100 --page 3000", "must be at most 100 with per_page=100"),
            ("--page 10001", "must be a whole number from 1 to 10000"),
        ] {
            let error = list(flags).unwrap_err();
            assert!(error.contains(said), "{flags}: {error}");
        }
    }
}
