//! Which part of an order a list looks at: keyset pagination, the same for both databases.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sqlx::types::Uuid;

use crate::{
    domain::{AppError, Cursor, Email, FieldErrors, ListUsers, Page, SortField, Timestamp, User, fold},
    server::foundation::secret::hash,
};

/// A step of a microsecond, by which times are told apart.
const STEP: TimeDelta = TimeDelta::microseconds(1);

/// From a row that is not part of it to a value that is, in the direction it is read.
#[derive(Debug, Clone)]
pub struct Span {
    /// Reads down, whatever the list itself does.
    pub descending: bool,
    /// Was read from its end: to be turned round.
    backwards: bool,
    pub start: Key,
    pub start_id: Uuid,
    pub end: Key,
    /// How many rows to pass over: pages by number.
    pub offset: i64,
    /// One more than a page has: it says that there is more.
    pub limit: i64,
}

/// What a row is sorted by.
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
            Self::Time(_) => Err(AppError::internal("a time where a text is sorted by")),
        }
    }

    /// # Errors
    /// `Internal` for a text.
    pub fn time(&self) -> Result<Timestamp, AppError> {
        match self {
            Self::Time(time) => Ok(*time),
            Self::Text(_) => Err(AppError::internal("a text where a time is sorted by")),
        }
    }
}

impl Span {
    /// # Errors
    /// `Invalid` on `cursor` for one that was not made for this list.
    pub fn of(list: &ListUsers) -> Result<Self, FieldErrors> {
        let place = list.cursor.as_ref().map(|cursor| Place::decode(cursor, list)).transpose()?;
        let backwards = place.as_ref().is_some_and(|place| place.backwards);
        let descending = list.sort.descending != backwards;
        let (low, high) = bounds(list);
        let (first, end) = if descending { (high, low) } else { (low, high) };
        // Before the first row and behind the last there is nobody.
        let edge = if descending { Uuid::max() } else { Uuid::nil() };
        let (start, start_id) = match place {
            Some(Place { key, id, .. }) => (key, id),
            None => (first, edge),
        };
        let offset = if list.cursor.is_some() { 0 } else { list.offset() };
        let limit = i64::from(list.per_page) + 1;
        Ok(Self { descending, backwards, start, start_id, end, offset: offset.into(), limit })
    }

    /// The page that these rows are, of which there may be one more than it holds.
    ///
    /// # Errors
    /// None: a cursor of ours is one.
    pub fn page(&self, list: &ListUsers, mut users: Vec<User>) -> Result<Page<User>, AppError> {
        let more = users.len() > list.per_page as usize;
        users.truncate(list.per_page as usize);
        if self.backwards {
            users.reverse();
        }
        let came_from = list.cursor.is_some() || list.page > 1;
        // Where one came from there is somebody, or was a moment ago.
        let (has_next, has_previous) = if self.backwards { (true, more) } else { (more, came_from) };
        let place = |user: Option<&User>, backwards: bool| {
            user.map(|user| Place::at(user, list, backwards).encode(list)).transpose()
        };
        Ok(Page {
            next: place(users.last().filter(|_| has_next), false)?,
            previous: place(users.first().filter(|_| has_previous), true)?,
            offset: list.cursor.is_none().then(|| list.offset()),
            total: None,
            items: users,
        })
    }

    /// The part of these users, in any order, that the span looks at, in its order.
    pub fn within(&self, list: &ListUsers, mut users: Vec<User>) -> Vec<User> {
        let start = (&self.start, self.start_id);
        users.retain(|user| {
            let key = key_of(user, list.sort.field);
            let place = (&key, user.id.0);
            if self.descending { place < start && key >= self.end } else { place > start && key <= self.end }
        });
        self.merge(list, users, Vec::new())
    }

    /// The same span for two lists that are merged: each from its first row.
    #[must_use]
    pub fn to_merge(&self) -> Self {
        Self { offset: 0, limit: self.offset + self.limit, ..self.clone() }
    }

    /// One list of two, of which each has this span's order.
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

/// The moments between which users were created, both included.
pub fn created_between(list: &ListUsers) -> (Timestamp, Timestamp) {
    let after = list.created_after.map_or(Timestamp::MIN, |after| after.plus(STEP));
    let before = list.created_before.map_or(Timestamp::MAX, |before| before.minus(STEP));
    (after, before)
}

/// The least and the greatest key there may be in a list.
fn bounds(list: &ListUsers) -> (Key, Key) {
    match list.sort.field {
        SortField::CreatedAt => {
            let (after, before) = created_between(list);
            (Key::Time(after), Key::Time(before))
        }
        SortField::UpdatedAt => (Key::Time(Timestamp::MIN), Key::Time(Timestamp::MAX)),
        // Nothing is greater than a row of the greatest characters, longer than any name or address.
        SortField::Name | SortField::Email => (Key::Text(String::new()), Key::Text(char::MAX.to_string().repeat(400))),
    }
}

fn key_of(user: &User, field: SortField) -> Key {
    match field {
        SortField::Name => Key::Text(fold(&user.name)),
        SortField::Email => Key::Text(Email::key_of(&user.email)),
        SortField::CreatedAt => Key::Time(user.created_at),
        SortField::UpdatedAt => Key::Time(user.updated_at),
    }
}

/// What a cursor says: beside which row, on which side.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    backwards: bool,
    key: Key,
    id: Uuid,
}

impl Place {
    /// Of the sort and the filters it was made for, and of itself.
    const CHECKS: usize = 4 + 4;

    fn at(user: &User, list: &ListUsers, backwards: bool) -> Self {
        Self { backwards, key: key_of(user, list.sort.field), id: user.id.0 }
    }

    /// Direction, id and key, behind the checks that tell a cursor of another list, and one that
    /// was altered: it gives nothing that the list does not, so neither is a secret.
    fn encode(&self, list: &ListUsers) -> Result<Cursor, FieldErrors> {
        let mut place = vec![u8::from(self.backwards)];
        place.extend(self.id.as_bytes());
        match &self.key {
            Key::Time(time) => place.extend(time.unix_micros().to_be_bytes()),
            Key::Text(text) => place.extend(text.as_bytes()),
        }
        let bytes = [&check(list.whole().to_string().as_bytes()), &check(&place), place.as_slice()].concat();
        BASE64_URL_SAFE_NO_PAD.encode(bytes).parse()
    }

    fn decode(cursor: &Cursor, list: &ListUsers) -> Result<Self, FieldErrors> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor.as_str()).map_err(|_| Cursor::invalid())?;
        let (checks, place) = bytes.split_at_checked(Self::CHECKS).ok_or_else(Cursor::invalid)?;
        if checks[4..] != check(place) {
            return Err(Cursor::invalid());
        }
        if checks[..4] != check(list.whole().to_string().as_bytes()) {
            let message = "belongs to a list with another sort or other filters";
            return Err(FieldErrors::one("cursor", "mismatch", message));
        }
        Self::read(place, list.sort.field).ok_or_else(Cursor::invalid)
    }

    fn read(place: &[u8], field: SortField) -> Option<Self> {
        let (backwards, rest) = place.split_first()?;
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
