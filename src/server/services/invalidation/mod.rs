//! Cache invalidation by epochs: counters of changes. A cached value stores the epoch that was read before its data; it
//! is valid while the counter still has that value. Epochs are not part of the cache key.

pub mod trail_watcher;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::domain::UserId;

/// The number of counters that all users share: a change of a user also invalidates others on the same counter.
const STRIPES: usize = 4_096;

/// Counts changes of each user and of everything. Cheap to clone: clones share the counters.
#[derive(Clone)]
pub struct Epochs(Arc<Counters>);

struct Counters {
    /// Changes that may affect any user.
    unknown: AtomicU64,
    /// All changes that may affect a page or a permission.
    all: AtomicU64,
    users: AtomicU64,
    user: Box<[AtomicU64]>,
}

/// Invalidation of a change in progress: dropping the guard starts a new epoch even if the change failed, because a
/// change that reports an error may have been committed.
#[must_use]
#[derive(Debug)]
pub struct InvalidationGuard<'a> {
    epochs: &'a Epochs,
    /// `None`: any user.
    users: Option<Vec<UserId>>,
}

impl Default for Epochs {
    fn default() -> Self {
        let user = (0..STRIPES).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Counters { unknown: 0.into(), all: 0.into(), users: 0.into(), user }))
    }
}

impl Epochs {
    /// The epoch of everything: of pages and permissions.
    #[must_use]
    pub fn of_all(&self) -> u64 {
        self.0.all.load(Ordering::Acquire)
    }

    /// The epoch of lists of users.
    #[must_use]
    pub fn of_users(&self) -> u64 {
        // Counters only grow, so the sum changes whenever one of them does.
        self.0.users.load(Ordering::Acquire).wrapping_add(self.0.unknown.load(Ordering::Acquire))
    }

    #[must_use]
    pub fn of_user(&self, id: UserId) -> u64 {
        self.stripe(id).load(Ordering::Acquire).wrapping_add(self.0.unknown.load(Ordering::Acquire))
    }

    /// A change of no user, for example of a session or token, that may affect pages and permissions.
    pub fn access_changed(&self) {
        self.0.all.fetch_add(1, Ordering::AcqRel);
    }

    pub fn users_changed(&self, ids: &[UserId]) {
        for id in ids {
            self.stripe(*id).fetch_add(1, Ordering::AcqRel);
        }
        self.0.users.fetch_add(1, Ordering::AcqRel);
        self.access_changed();
    }

    pub fn all_users_changed(&self) {
        self.0.unknown.fetch_add(1, Ordering::AcqRel);
        self.access_changed();
    }

    /// Invalidates these users when the guard is dropped. A user who is being created has no id yet.
    pub fn changing(&self, users: Vec<UserId>) -> InvalidationGuard<'_> {
        InvalidationGuard { epochs: self, users: Some(users) }
    }

    /// Invalidates all users when the guard is dropped.
    pub fn changing_all_users(&self) -> InvalidationGuard<'_> {
        InvalidationGuard { epochs: self, users: None }
    }

    fn stripe(&self, id: UserId) -> &AtomicU64 {
        // The last bytes of an id are random.
        let [.., high, low] = *id.0.as_bytes();
        &self.0.user[usize::from(u16::from_be_bytes([high, low])) % STRIPES]
    }
}

impl Drop for InvalidationGuard<'_> {
    fn drop(&mut self) {
        match &self.users {
            Some(ids) => self.epochs.users_changed(ids),
            None => self.epochs.all_users_changed(),
        }
    }
}

impl fmt::Debug for Epochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epochs").field("all", &self.of_all()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: u128) -> UserId {
        UserId(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_change_of_one_user_invalidates_that_user_and_every_list() {
        let epochs = Epochs::default();
        let before = [epochs.of_user(user(1)), epochs.of_user(user(2)), epochs.of_users()];
        drop(epochs.changing(vec![user(1)]));
        let after = [epochs.of_user(user(1)), epochs.of_user(user(2)), epochs.of_users()];
        assert_eq!([before[0] == after[0], before[1] == after[1], before[2] == after[2]], [false, true, false]);
    }

    #[test]
    fn a_change_of_unknown_users_invalidates_every_user() {
        let epochs = Epochs::default();
        let of = |epochs: &Epochs| [epochs.of_user(user(1)), epochs.of_users(), epochs.of_all()];
        let before = of(&epochs);
        drop(epochs.changing_all_users());
        assert!(of(&epochs).iter().zip(before).all(|(after, before)| *after > before));
        let before = of(&epochs);
        epochs.access_changed();
        assert_eq!(of(&epochs), [before[0], before[1], before[2] + 1]);
    }
}
