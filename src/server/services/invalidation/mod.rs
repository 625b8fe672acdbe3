//! Cache invalidation: counters of changes, which cached responses and tokens are compared with.

pub mod trail_watcher;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::domain::UserId;

/// Users share so many counters: one who shares it with somebody changed is only read once more.
const STRIPES: usize = 4_096;

/// Counts the changes of each user and of all. Cheap to clone: all clones count together.
#[derive(Clone)]
pub struct Epochs(Arc<Counters>);

struct Counters {
    /// Changes of which is not known whom they concern.
    unknown: AtomicU64,
    /// All that may change what a page tells, or who may do what.
    all: AtomicU64,
    users: AtomicU64,
    user: Box<[AtomicU64]>,
}

/// A change under way. Its end begins a new epoch, whichever end it is: what seems to have failed
/// may have been done.
#[must_use]
#[derive(Debug)]
pub struct InvalidationGuard<'a> {
    epochs: &'a Epochs,
    /// `None`: whoever it may be.
    users: Option<Vec<UserId>>,
}

impl Default for Epochs {
    fn default() -> Self {
        let user = (0..STRIPES).map(|_| AtomicU64::new(0)).collect();
        Self(Arc::new(Counters { unknown: 0.into(), all: 0.into(), users: 0.into(), user }))
    }
}

impl Epochs {
    /// That of everything that there is: of pages, and of who may do what.
    #[must_use]
    pub fn of_all(&self) -> u64 {
        self.0.all.load(Ordering::Acquire)
    }

    /// That of lists of users.
    #[must_use]
    pub fn of_users(&self) -> u64 {
        // Counters only grow, so the sum tells whether one of them has.
        self.0.users.load(Ordering::Acquire).wrapping_add(self.0.unknown.load(Ordering::Acquire))
    }

    #[must_use]
    pub fn of_user(&self, id: UserId) -> u64 {
        self.stripe(id).load(Ordering::Acquire).wrapping_add(self.0.unknown.load(Ordering::Acquire))
    }

    /// Something happened that changes no user: somebody may have another right now.
    pub fn something_happened(&self) {
        self.0.all.fetch_add(1, Ordering::AcqRel);
    }

    pub fn users_changed(&self, ids: &[UserId]) {
        for id in ids {
            self.stripe(*id).fetch_add(1, Ordering::AcqRel);
        }
        self.0.users.fetch_add(1, Ordering::AcqRel);
        self.something_happened();
    }

    pub fn anybody_changed(&self) {
        self.0.unknown.fetch_add(1, Ordering::AcqRel);
        self.something_happened();
    }

    /// Until this is dropped these are being changed; somebody new has no id yet.
    pub fn changing(&self, users: Vec<UserId>) -> InvalidationGuard<'_> {
        InvalidationGuard { epochs: self, users: Some(users) }
    }

    /// Until this is dropped anybody may be changed.
    pub fn changing_anybody(&self) -> InvalidationGuard<'_> {
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
            None => self.epochs.anybody_changed(),
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
    fn a_change_of_one_leaves_the_others_as_they_are_and_no_list() {
        let epochs = Epochs::default();
        let before = [epochs.of_user(user(1)), epochs.of_user(user(2)), epochs.of_users()];
        drop(epochs.changing(vec![user(1)]));
        let after = [epochs.of_user(user(1)), epochs.of_user(user(2)), epochs.of_users()];
        assert_eq!([before[0] == after[0], before[1] == after[1], before[2] == after[2]], [false, true, false]);
    }

    #[test]
    fn what_happens_to_nobody_known_may_concern_anybody() {
        let epochs = Epochs::default();
        let of = |epochs: &Epochs| [epochs.of_user(user(1)), epochs.of_users(), epochs.of_all()];
        let before = of(&epochs);
        drop(epochs.changing_anybody());
        assert!(of(&epochs).iter().zip(before).all(|(after, before)| *after > before));
        let before = of(&epochs);
        epochs.something_happened();
        assert_eq!(of(&epochs), [before[0], before[1], before[2] + 1]);
    }
}
