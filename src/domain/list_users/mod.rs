mod joined;
mod query;

use super::{Cursor, Timestamp, UserSort, UserStatus};

pub(super) use query::parse_number;

/// A query for users: filters, order and position. It is the one query grammar of page addresses, server functions,
/// REST and the command line. `FromStr` parses it and `Display` writes it without default values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListUsers {
    /// Words that must all occur in the name or e-mail address, those of one or two characters at the beginning of a
    /// word; `None` for no search.
    pub q: Option<String>,
    pub status: UserStatus,
    /// Only the user with this address, by address comparison key.
    pub email: Option<String>,
    /// Only users created later than this.
    pub created_after: Option<Timestamp>,
    /// Only users created earlier than this.
    pub created_before: Option<Timestamp>,
    pub sort: UserSort,
    /// From 1; ignored with a cursor.
    pub page: u32,
    /// Keyset pagination: the position where an earlier page ended or began.
    pub cursor: Option<Cursor>,
    /// Whether to count all matching users.
    pub count: bool,
    /// 1 to 100.
    pub per_page: u32,
}

impl ListUsers {
    pub const PARAMETERS: [&str; 10] =
        ["q", "status", "email", "created_after", "created_before", "sort", "per_page", "page", "cursor", "count"];
    pub const MAX_Q_CHARS: usize = 200;
    pub const MAX_PER_PAGE: u32 = 100;
    /// The maximum depth of numbered pages in rows: the database reads every row before a page.
    pub const MAX_ROWS: u32 = 10_000;
    const DEFAULT_PER_PAGE: u32 = 20;

    /// The number of rows before the page.
    #[must_use]
    pub fn offset(&self) -> u32 {
        (self.page - 1) * self.per_page
    }

    /// The same list at another page.
    #[must_use]
    pub fn at_page(&self, page: u32) -> Self {
        Self { page, cursor: None, ..self.clone() }
    }

    /// The same list at the position of a cursor.
    #[must_use]
    pub fn at_cursor(&self, cursor: &Cursor) -> Self {
        Self { page: 1, cursor: Some(cursor.clone()), ..self.clone() }
    }

    /// The first page with the default size and no count, whichever part of the list this query requests.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { per_page: Self::DEFAULT_PER_PAGE, count: false, ..self.at_page(1) }
    }

    /// Whether the list holds every user of its status.
    #[must_use]
    pub fn is_unfiltered(&self) -> bool {
        self.q.is_none() && self.email.is_none() && self.created_after.is_none() && self.created_before.is_none()
    }

    /// The next numbered page; `None` with a cursor or at the maximum depth.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        (self.cursor.is_none() && self.page < self.last_page()).then(|| self.at_page(self.page + 1))
    }

    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        (self.cursor.is_none() && self.page > 1).then(|| self.at_page(self.page - 1))
    }

    fn last_page(&self) -> u32 {
        Self::MAX_ROWS / self.per_page
    }
}

impl Default for ListUsers {
    fn default() -> Self {
        Self {
            q: None,
            status: UserStatus::default(),
            email: None,
            created_after: None,
            created_before: None,
            sort: UserSort::default(),
            page: 1,
            cursor: None,
            count: false,
            per_page: Self::DEFAULT_PER_PAGE,
        }
    }
}
