//! Exports: their query, and the users in pages.

use std::str::FromStr;

use form_urlencoded::Serializer;
use futures::{Stream, stream};

use super::Users;
use crate::{
    domain::{AppError, FieldErrors, FileKind, ListUsers, User},
    server::services::identity::Actor,
};

/// The users and the format of an export: the query of a list without pagination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportUsers {
    pub list: ListUsers,
    pub format: Option<FileKind>,
}

impl ExportUsers {
    pub const PARAMETERS: [&str; 7] = ["format", "q", "status", "email", "created_after", "created_before", "sort"];
}

/// Fails as parsing `ListUsers` does.
impl FromStr for ExportUsers {
    type Err = FieldErrors;

    fn from_str(query: &str) -> Result<Self, Self::Err> {
        let mut errors = FieldErrors::default();
        let (mut list, mut format) = (Serializer::new(String::new()), None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.as_ref() {
                "format" if format.is_some() => errors.push("format", "repeated", "must be given only once"),
                "format" => format = errors.take(value.parse()),
                known if Self::PARAMETERS.contains(&known) => {
                    list.append_pair(known, &value);
                }
                _ => {
                    let allowed = Self::PARAMETERS.join(", ");
                    let message = format!(
                        "is not a parameter of an export, which contains the whole list; allowed are {allowed}"
                    );
                    errors.push(name.into_owned(), "unknown", message);
                }
            }
        }
        match list.finish().parse() {
            Ok(list) if errors.is_empty() => Ok(Self { list, format }),
            Ok(_) => Err(errors),
            Err(FieldErrors(more)) => Err(FieldErrors([errors.0, more].concat())),
        }
    }
}

impl Users {
    /// The page size of an export: a search collects its matches anew for each page.
    const FILE_PAGE: u32 = 5_000;

    /// All users of a list, from its beginning, in pages. The next page is read while the current one is used. Each
    /// page is a transaction of its own, so a slow reader blocks nothing in the database.
    ///
    /// # Errors
    /// Those of `list`; the stream ends with the first.
    pub fn export_pages(
        &self,
        actor: Actor,
        query: &ListUsers,
    ) -> impl Stream<Item = Result<Vec<User>, AppError>> + Send + use<> {
        let users = self.clone();
        let read = move |list: ListUsers| {
            let (users, actor) = (users.clone(), actor.clone());
            tokio::spawn(async move { users.list(&actor, &list).await.map(|page| (page, list)) })
        };
        let first = read(ListUsers { per_page: Self::FILE_PAGE, ..query.whole() });
        stream::try_unfold((Some(first), read), |(next, read)| async move {
            let Some(next) = next else { return Ok(None) };
            let (page, list) = next.await.map_err(AppError::internal)??;
            let next = page.next.map(|cursor| read(list.at_cursor(&cursor)));
            Ok(Some((page.items, (next, read))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_accepts_the_parameters_of_the_list_except_paging() {
        let asked: ExportUsers = "q=ada&format=jsonl&sort=-name".parse().unwrap();
        assert_eq!(asked, ExportUsers { list: "q=ada&sort=-name".parse().unwrap(), format: Some(FileKind::JsonLines) });
        let errors = "page=2&format=xml&colour=red&sort=x&count=exact".parse::<ExportUsers>().unwrap_err();
        let named: Vec<_> = errors.0.iter().map(|error| (error.field.as_ref(), error.code.as_ref())).collect();
        let wrong = [
            ("page", "unknown"),
            ("format", "invalid"),
            ("colour", "unknown"),
            ("count", "unknown"),
            ("sort", "invalid"),
        ];
        assert_eq!(named, wrong);
        assert!(errors.to_string().contains("allowed are format, q, status"), "{errors}");
        assert!(errors.to_string().contains("format must be one of csv, jsonl, json"), "{errors}");
        let repeated = "format=csv&format=json&q=a&q=b".parse::<ExportUsers>().unwrap_err().to_string();
        assert_eq!(repeated, "format must be given only once; q must be given only once");
    }
}
