//! Keyset pagination: a page starts after the sort key and id of a row instead of skipping rows. The ranges are the
//! same for both databases.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sqlx::types::Uuid;

pub use super::stored_keys::Key;
use super::stored_keys::StoredKeys;
use crate::{
    domain::{AppError, Cursor, FieldErrors, ListUsers, Page, SortField, Timestamp, User},
    server::foundation::secret::hash,
};

/// The precision of stored times.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// A range of rows in reading order, from a start (exclusive) to a sort key (inclusive).
#[derive(Debug, Clone)]
pub struct KeysetRange {
    /// The direction of reading: for a previous page the opposite of the list's.
    pub descending: bool,
    /// A previous page is read from its end and then reversed.
    backwards: bool,
    pub start: Key,
    pub start_id: Uuid,
    pub end: Key,
    /// The number of rows to skip, for numbered pages.
    pub offset: i64,
    /// One more than a page has, which shows whether there is another page.
    pub limit: i64,
}

impl KeysetRange {
    /// # Errors
    /// `Invalid` on `cursor`, if it belongs to another list.
    pub fn of(list: &ListUsers) -> Result<Self, FieldErrors> {
        let position = list.cursor.as_ref().map(|cursor| CursorPosition::decode(cursor, list)).transpose()?;
        let backwards = position.as_ref().is_some_and(|position| position.backwards);
        let descending = list.sort.descending != backwards;
        let (low, high) = bounds(list);
        let (first, end) = if descending { (high, low) } else { (low, high) };
        // The least and the greatest id exclude no row with the first sort key.
        let edge = if descending { Uuid::max() } else { Uuid::nil() };
        let (start, start_id) = match position {
            Some(CursorPosition { key, id, .. }) => (key, id),
            None => (first, edge),
        };
        let offset = if list.cursor.is_some() { 0 } else { list.offset() };
        let limit = i64::from(list.per_page) + 1;
        Ok(Self { descending, backwards, start, start_id, end, offset: offset.into(), limit })
    }

    /// Builds the page from the rows read, of which there may be one too many.
    ///
    /// # Errors
    /// None in practice: an encoded cursor parses.
    pub fn page(&self, list: &ListUsers, mut users: Vec<User>, keys: &StoredKeys) -> Result<Page<User>, AppError> {
        let more = users.len() > list.per_page as usize;
        users.truncate(list.per_page as usize);
        if self.backwards {
            users.reverse();
        }
        let came_from = list.cursor.is_some() || list.page > 1;
        // The page that linked here exists, or existed a moment ago.
        let (has_next, has_previous) = if self.backwards { (true, more) } else { (more, came_from) };
        let cursor = |user: Option<&User>, backwards: bool| {
            user.map(|user| CursorPosition::at(user, list, backwards, keys).encode(list)).transpose()
        };
        Ok(Page {
            next: cursor(users.last().filter(|_| has_next), false)?,
            previous: cursor(users.first().filter(|_| has_previous), true)?,
            offset: list.cursor.is_none().then(|| list.offset()),
            total: None,
            items: users,
        })
    }

    /// The first and the last user of a page, whose keys make the cursors.
    pub fn edges<'u>(list: &ListUsers, users: &'u [User]) -> Vec<&'u User> {
        let shown = &users[..users.len().min(list.per_page as usize)];
        shown.first().into_iter().chain(shown.last()).collect()
    }

    /// The users within this range, sorted.
    pub fn within(&self, list: &ListUsers, mut users: Vec<User>, keys: &StoredKeys) -> Vec<User> {
        let start = (&self.start, self.start_id);
        users.retain(|user| {
            let key = keys.key_of(user, list.sort.field);
            let row = (&key, user.id.0);
            if self.descending { row < start && key >= self.end } else { row > start && key <= self.end }
        });
        self.merge(list, users, keys)
    }

    /// The range to read from each of several lists that are merged: without an offset.
    #[must_use]
    pub fn to_merge(&self) -> Self {
        Self { offset: 0, limit: self.offset + self.limit, ..self.clone() }
    }

    /// Merges the users of lists that were read with `to_merge`. A user of more than one list is kept once.
    pub fn merge(&self, list: &ListUsers, mut users: Vec<User>, keys: &StoredKeys) -> Vec<User> {
        users.sort_by_cached_key(|user| (keys.key_of(user, list.sort.field), user.id.0));
        users.dedup_by_key(|user| user.id);
        if self.descending {
            users.reverse();
        }
        let rows = |count: i64| usize::try_from(count).unwrap_or_default();
        users.into_iter().skip(rows(self.offset)).take(rows(self.limit)).collect()
    }
}

/// The first and the last time of creation in the list.
pub fn created_between(list: &ListUsers) -> (Timestamp, Timestamp) {
    let after = list.created_after.map_or(Timestamp::MIN, |after| after.plus(STEP));
    let before = list.created_before.map_or(Timestamp::MAX, |before| before.minus(STEP));
    (after, before)
}

/// The least and the greatest sort key that the list may contain.
fn bounds(list: &ListUsers) -> (Key, Key) {
    match list.sort.field {
        SortField::CreatedAt => {
            let (after, before) = created_between(list);
            (Key::Time(after), Key::Time(before))
        }
        SortField::UpdatedAt => (Key::Time(Timestamp::MIN), Key::Time(Timestamp::MAX)),
        // Greater than every name and address.
        SortField::Name | SortField::Email => (Key::Text(String::new()), Key::Text(char::MAX.to_string().repeat(400))),
    }
}

/// A decoded cursor: the row next to the page, and on which side.
#[derive(Debug, PartialEq, Eq)]
struct CursorPosition {
    backwards: bool,
    key: Key,
    id: Uuid,
}

impl CursorPosition {
    /// The length of two checksums: of the list's sort and filters, and of the position.
    const CHECKS: usize = 4 + 4;

    fn at(user: &User, list: &ListUsers, backwards: bool, keys: &StoredKeys) -> Self {
        Self { backwards, key: keys.key_of(user, list.sort.field), id: user.id.0 }
    }

    /// Direction, id and key, after checksums that detect the cursor of another list and an altered one. They need no
    /// secret: a forged cursor reads only rows that are in the list anyway.
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
            let message = "belongs to a list with a different sort order or different filters";
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
