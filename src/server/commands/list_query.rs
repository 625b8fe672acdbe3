//! The list of users as flags of the command line: one for each parameter of `ListUsers`.

use clap::Args;
use form_urlencoded::Serializer;

use crate::domain::{FieldErrors, ListUsers};

/// Which people, in which order.
#[derive(Debug, Clone, Default, Args)]
pub struct ListQuery {
    /// Only who has all these words in name or e-mail
    #[arg(long, value_name = "WORDS", value_parser = |text: &str| taken("q", text))]
    q: Option<String>,
    /// Whom: active, deleted or all; active if left out
    #[arg(long, value_parser = |text: &str| taken("status", text))]
    status: Option<String>,
    /// Only who has this address
    #[arg(long, value_name = "ADDRESS", value_parser = |text: &str| taken("email", text))]
    email: Option<String>,
    /// Only who joined later than this, as in 2024-05-31T14:30:00Z
    #[arg(long, value_name = "MOMENT", value_parser = |text: &str| taken("created_after", text))]
    created_after: Option<String>,
    /// Only who joined earlier than this
    #[arg(long, value_name = "MOMENT", value_parser = |text: &str| taken("created_before", text))]
    created_before: Option<String>,
    /// By what: name, email, created_at or updated_at, - before it for descending; -created_at if left out
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = |text: &str| taken("sort", text))]
    sort: Option<String>,
}

/// Which part of the list.
#[derive(Debug, Clone, Default, Args)]
pub struct Paging {
    /// How many, 1 to 100; 20 if left out
    #[arg(long, value_name = "COUNT", value_parser = |text: &str| taken("per_page", text))]
    per_page: Option<String>,
    /// Which page, from 1
    #[arg(long, value_name = "NUMBER", conflicts_with = "cursor", value_parser = |text: &str| taken("page", text))]
    page: Option<String>,
    /// Where an earlier page ended
    #[arg(long, allow_hyphen_values = true, value_parser = |text: &str| taken("cursor", text))]
    cursor: Option<String>,
    /// Count all of them
    #[arg(long)]
    count: bool,
}

impl ListQuery {
    /// The list from its beginning.
    ///
    /// # Errors
    /// None for what the command line took.
    pub fn list(&self) -> Result<ListUsers, FieldErrors> {
        self.page(&Paging::default())
    }

    /// A page of the list.
    ///
    /// # Errors
    /// When there is no such page.
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

/// The text, if the list takes it for this parameter.
fn taken(name: &'static str, text: &str) -> Result<String, FieldErrors> {
    parse([(name, text)]).map(|_| text.to_owned())
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
        assert_eq!(list("--cursor -_A1").unwrap().to_string(), "cursor=-_A1");
        assert_eq!(list("").unwrap(), ListUsers::default());
    }

    #[test]
    fn a_wrong_value_is_named_with_what_is_allowed() {
        let error = list("--sort colour").unwrap_err();
        assert!(error.contains("--sort") && error.contains("must be one of name, email, created_at"), "{error}");
        assert!(list("--per-page 0").unwrap_err().contains("a whole number from 1 to 100"));
        assert!(list("--status x").unwrap_err().contains("must be one of active, deleted, all"));
        assert!(list("--page 2 --cursor abc").unwrap_err().contains("cannot be used with"));
        assert!(list("--page 101 --per-page 100").unwrap_err().contains("pages go 10000 rows deep"));
    }
}
