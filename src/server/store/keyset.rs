//! Keyset pagination: which rows of a sorted list a page reads, the same for both databases.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sqlx::types::Uuid;

use crate::{
    domain::{AppError, Cursor, Email, FieldErrors, ListUsers, Page, SortField, Timestamp, User, fold},
    server::foundation::secret::hash,
};

/// Times are stored in microseconds.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// The rows behind a start, excluded, up to a sort key, included, in the direction they are read.
#[derive(Debug, Clone)]
pub struct KeysetRange {
    /// The direction of reading, which is the opposite of the list's for a previous page.
    pub descending: bool,
    /// A previous page: read from its end, and then reversed.
    backwards: bool,
    pub start: Key,
    pub start_id: Uuid,
    pub end: Key,
    /// How many rows to skip, for pages by number.
    pub offset: i64,
    /// One more than a page has, to know whether there is another page.
    pub limit: i64,
}

/// The sort key of a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Time(Timestamp),
    Text(String),
}

impl Key {
    /// # Errors
    /// `Internal` for a time.
    pub fn text(&self) -> Result<&str, AppError> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Time(_) => Err(AppError::internal("the sort key is a time, not a text")),
        }
    }

    /// # Errors
    /// `Internal` for a text.
    pub fn time(&self) -> Result<Timestamp, AppError> {
        match self {
            Self::Time(time) => Ok(*time),
            Self::Text(_) => Err(AppError::internal("the sort key is a text, not a time")),
        }
    }
}

impl KeysetRange {
    /// # Errors
    /// On `cursor`, if it was not made for this list.
    pub fn of(list: &ListUsers) -> Result<Self, FieldErrors> {
        let position = list.cursor.as_ref().map(|cursor| Position::decode(cursor, list)).transpose()?;
        let backwards = position.as_ref().is_some_and(|position| position.backwards);
        let descending = list.sort.descending != backwards;
        let (low, high) = bounds(list);
        let (first, end) = if descending { (high, low) } else { (low, high) };
        // The least and the greatest id exclude no row at the edge.
        let edge = if descending { Uuid::max() } else { Uuid::nil() };
        let (start, start_id) = match position {
            Some(Position { key, id, .. }) => (key, id),
            None => (first, edge),
        };
        let offset = if list.cursor.is_some() { 0 } else { list.offset() };
        let limit = i64::from(list.per_page) + 1;
        Ok(Self { descending, backwards, start, start_id, end, offset: offset.into(), limit })
    }

    /// The page of the rows that were read, which may be one more than it holds.
    ///
    /// # Errors
    /// None in practice: an encoded cursor parses.
    pub fn page(&self, list: &ListUsers, mut users: Vec<User>) -> Result<Page<User>, AppError> {
        let more = users.len() > list.per_page as usize;
        users.truncate(list.per_page as usize);
        if self.backwards {
            users.reverse();
        }
        let came_from = list.cursor.is_some() || list.page > 1;
        // The page that linked here exists, or did a moment ago.
        let (has_next, has_previous) = if self.backwards { (true, more) } else { (more, came_from) };
        let cursor = |user: Option<&User>, backwards: bool| {
            user.map(|user| Position::at(user, list, backwards).encode(list)).transpose()
        };
        Ok(Page {
            next: cursor(users.last().filter(|_| has_next), false)?,
            previous: cursor(users.first().filter(|_| has_previous), true)?,
            offset: list.cursor.is_none().then(|| list.offset()),
            total: None,
            items: users,
        })
    }

    /// The users that are in this range, sorted.
    pub fn within(&self, list: &ListUsers, mut users: Vec<User>) -> Vec<User> {
        let start = (&self.start, self.start_id);
        users.retain(|user| {
            let key = key_of(user, list.sort.field);
            let row = (&key, user.id.0);
            if self.descending { row < start && key >= self.end } else { row > start && key <= self.end }
        });
        self.merge(list, users, Vec::new())
    }

    /// The range for each of two lists that are to be merged: from the first row.
    #[must_use]
    pub fn to_merge(&self) -> Self {
        Self { offset: 0, limit: self.offset + self.limit, ..self.clone() }
    }

    /// Merges two lists that were read by `to_merge`.
    pub fn merge(&self, list: &ListUsers, one: Vec<User>, other: Vec<User>) -> Vec<User> {
        let mut users = [one, other].concat();
        users.sort_by_cached_key(|user| (key_of(user, list.sort.field), user.id.0));
        if self.descending {
            users.reverse();
        }
        let rows = |count: i64| usize::try_from(count).unwrap_or_default();
        users.into_iter().skip(rows(self.offset)).take(rows(self.limit)).collect()
    }
}

/// The first and the last time of creation that the list includes.
pub fn created_between(list: &ListUsers) -> (Timestamp, Timestamp) {
    let after = list.created_after.map_or(Timestamp::MIN, |after| after.plus(STEP));
    let before = list.created_before.map_or(Timestamp::MAX, |before| before.minus(STEP));
    (after, before)
}

/// The least and the greatest sort key that the list can include.
fn bounds(list: &ListUsers) -> (Key, Key) {
    match list.sort.field {
        SortField::CreatedAt => {
            let (after, before) = created_between(list);
            (Key::Time(after), Key::Time(before))
        }
        SortField::UpdatedAt => (Key::Time(Timestamp::MIN), Key::Time(Timestamp::MAX)),
        // Longer than any name or address, and of the greatest character.
        SortField::Name | SortField::Email => (Key::Text(String::new()), Key::Text(char::MAX.to_string().repeat(400))),
    }
}

fn key_of(user: &User, field: SortField) -> Key {
    match field {
        SortField::Name => Key::Text(fold(&user.profile.name)),
        SortField::Email => Key::Text(Email::key_of(&user.profile.email)),
        SortField::CreatedAt => Key::Time(user.created_at),
        SortField::UpdatedAt => Key::Time(user.updated_at),
    }
}

/// A decoded cursor: the row beside the page, and on which side.
#[derive(Debug, PartialEq, Eq)]
struct Position {
    backwards: bool,
    key: Key,
    id: Uuid,
}

impl Position {
    /// The length of two checksums: of the list's sort and filters, and of the position.
    const CHECKS: usize = 4 + 4;

    fn at(user: &User, list: &ListUsers, backwards: bool) -> Self {
        Self { backwards, key: key_of(user, list.sort.field), id: user.id.0 }
    }

    /// Direction, id and key, after the checksums that detect the cursor of another list and an altered
    /// one. They need no secret: a forged cursor reads nothing that the list would not.
    fn encode(&self, list: &ListUsers) -> Result<Cursor, FieldErrors> {
        let mut position = vec![u8::from(self.backwards)];
        position.extend(self.id.as_bytes());
        match &self.key {
            Key::Time(time) => position.extend(time.unix_micros().to_be_bytes()),
            Key::Text(text) => position.extend(text.as_bytes()),
        }
        let bytes = [&check(list.whole().to_string().as_bytes()), &check(&position), position.as_slice()].concat();
        BASE64_URL_SAFE_NO_PAD.encode(bytes).parse()
    }

    fn decode(cursor: &Cursor, list: &ListUsers) -> Result<Self, FieldErrors> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.as_str()).map_err(|_| Cursor::invalid())?;
        let (checks, position) = bytes.split_at_checked(Self::CHECKS).ok_or_else(Cursor::invalid)?;
        if checks[4..] != check(position) {
            return Err(Cursor::invalid());
        }
        if checks[..4] != check(list.whole().to_string().as_bytes()) {
            let message = "belongs to a list with another sort or other filters";
            return Err(FieldErrors::one("cursor", "mismatch", message));
        }
        Self::read(position, list.sort.field).ok_or_else(Cursor::invalid)
    }

    fn read(position: &[u8], field: SortField) -> Option<Self> {
        let (backwards, rest) = position.split_first()?;
        let (id, key) = rest.split_at_checked(16)?;
        let key = match field {
            SortField::Name | SortField::Email => Key::Text(String::from_utf8(key.to_vec()).ok()?),
            SortField::CreatedAt | SortField::UpdatedAt => {
                Key::Time(Timestamp::from_unix_micros(i64::from_be_bytes(key.try_into().ok()?))?)
            }
        };
        Some(Self { backwards: *backwards == 1, key, id: Uuid::from_slice(id).ok()? })
    }
}

fn check(bytes: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = hash(bytes);
    [a, b, c, d]
}
