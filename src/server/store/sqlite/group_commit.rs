//! Group commit: queued writers share one fsync, which takes longer than most changes.
//!
//! The queue is a fair lock around a group: an open transaction in which each unit of work but the first is a
//! savepoint. The unit that opens a group also queues the group's commit, behind all units that are waiting by then.
//! These join the group; without any, the commit follows at once.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use futures::{
    FutureExt,
    future::{Shared, poll_immediate},
};
use sqlx::{
    SqlStr, Sqlite as Database, SqliteConnection, pool::PoolConnection, sqlite::SqliteTransactionManager as Manager,
};
use sqlx_core::transaction::TransactionManager;
use tokio::{
    sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard, oneshot},
    time::{Instant, timeout},
};
use tracing::Instrument;

use super::{BEGIN, Sqlite};
use crate::domain::{AppError, Cause};

/// The maximum number of units in a group, because its first unit waits for its last.
const MAX_UNITS: u32 = 32;
/// The age at which a group is closed to more units.
const MAX_AGE: Duration = Duration::from_millis(50);

/// The queue of writers. The lock guards the open group, if there is one.
pub type Queue = Arc<Mutex<Option<Group>>>;

type QueueGuard = OwnedMutexGuard<Option<Group>>;

/// Whether the group was committed: the same for all its units.
type Outcome = Result<(), AppError>;

/// An open transaction that units of work can join.
#[derive(Debug)]
pub struct Group {
    connection: PoolConnection<Database>,
    begun: Instant,
    units: u32,
    /// A unit was dropped before its end, perhaps because SQLite rolled back the whole transaction:
    /// a savepoint begun now might begin another transaction.
    is_unclear: bool,
    sender: oneshot::Sender<Outcome>,
    outcome: Shared<oneshot::Receiver<Outcome>>,
}

/// A unit of work in a group; dropped without a commit, it is rolled back. It holds the write lock from its beginning,
/// so nothing it read changes; but its reads are not durable until its group is committed.
pub struct Unit {
    group: OwnedMappedMutexGuard<Option<Group>, Group>,
    is_first: bool,
    is_open: bool,
}

impl Sqlite {
    /// Begins a short unit of work. It ends with `commit`, or with `rollback` if the answer depends on
    /// what it read.
    pub async fn begin_grouped(&self) -> Result<Unit, AppError> {
        self.waits.measure(self.join_group()).await
    }

    async fn join_group(&self) -> Result<Unit, AppError> {
        let waited = timeout(Self::ACQUIRE_TIMEOUT, self.queue.clone().lock_owned()).await;
        let mut guard = waited.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if guard.as_ref().is_some_and(Group::is_full) {
            guard = tokio::spawn(commit_group(guard)).await.map_err(AppError::internal)?;
        }
        match OwnedMutexGuard::try_map(guard, Option::as_mut) {
            Ok(group) => Unit::begin_savepoint(group).await,
            Err(guard) => self.begin_group(guard).await,
        }
    }

    async fn begin_group(&self, guard: QueueGuard) -> Result<Unit, AppError> {
        self.ensure_writable_again().await?;
        let mut connection = self.writer.acquire().await?;
        Manager::begin(&mut connection, Some(SqlStr::from_static(BEGIN))).await?;
        let group = OwnedMutexGuard::map(guard, |group| group.insert(Group::new(connection)));
        // Polling the commit once reserves its place in the queue. Spawning it makes it independent of the first unit.
        let mut last = self.queue.clone().lock_owned().boxed();
        let _ = poll_immediate(&mut last).await;
        tokio::spawn(async { commit_group(last.await).await });
        Ok(Unit { group, is_first: true, is_open: true })
    }
}

/// Commits the open group, if there is one, and sends its outcome to all its units. The caller spawns
/// it, so that a cancelled request does not interrupt it.
async fn commit_group(mut guard: QueueGuard) -> QueueGuard {
    if let Some(Group { connection, sender, .. }) = guard.take() {
        let _ = sender.send(commit(connection).await);
    }
    guard
}

/// The pool does not reuse a connection whose transaction has not ended.
async fn commit(mut connection: PoolConnection<Database>) -> Outcome {
    match Manager::commit(&mut connection).await {
        Ok(()) if Manager::get_transaction_depth(&connection) == 0 => Ok(()),
        Ok(()) => Err(AppError::Unavailable(Cause::new("a savepoint was left in the transaction"))),
        Err(error) => Err(AppError::Unavailable(Cause::new(error))),
    }
}

/// Begins or ends a savepoint even if the request is cancelled in the meantime: otherwise the depth of the transaction
/// would be unknown, and ending another savepoint might end the whole transaction.
async fn uninterrupted<T: Send + 'static>(
    work: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Result<T, AppError> {
    tokio::spawn(work.in_current_span()).await.map_err(AppError::internal)?
}

async fn received(outcome: Shared<oneshot::Receiver<Outcome>>) -> Outcome {
    outcome.await.unwrap_or_else(|error| Err(AppError::Unavailable(Cause::new(error))))
}

impl Group {
    fn new(connection: PoolConnection<Database>) -> Self {
        let (sender, receiver) = oneshot::channel();
        let (begun, outcome) = (Instant::now(), receiver.shared());
        Self { connection, begun, units: 0, is_unclear: false, sender, outcome }
    }

    fn is_full(&self) -> bool {
        self.is_unclear || self.units >= MAX_UNITS || self.begun.elapsed() >= MAX_AGE
    }
}

impl Unit {
    async fn begin_savepoint(mut group: OwnedMappedMutexGuard<Option<Group>, Group>) -> Result<Self, AppError> {
        uninterrupted(async move {
            group.is_unclear = true;
            Manager::begin(&mut group.connection, None).await?;
            group.is_unclear = false;
            Ok(Self { group, is_first: false, is_open: true })
        })
        .await
    }

    /// Returns once the group is on the disk.
    ///
    /// # Errors
    /// `Unavailable`: the whole group was rolled back.
    pub async fn commit(mut self) -> Result<(), AppError> {
        if self.is_first {
            return received(self.close()).await;
        }
        let end = async move {
            Manager::commit(&mut self).await?;
            Ok(self.close())
        };
        received(uninterrupted(end).await?).await
    }

    /// Rolls the unit back, and returns once what it read is on the disk.
    ///
    /// # Errors
    /// `Unavailable`: what it read was rolled back.
    pub async fn rollback(mut self) -> Result<(), AppError> {
        if self.is_first {
            // It has read committed data only.
            return Ok(());
        }
        let end = async move {
            Manager::rollback(&mut self).await?;
            Ok(self.close())
        };
        received(uninterrupted(end).await?).await
    }

    /// Ends the unit, which releases the queue, and returns the future outcome of its group.
    fn close(mut self) -> Shared<oneshot::Receiver<Outcome>> {
        self.is_open = false;
        self.group.units += 1;
        self.group.outcome.clone()
    }
}

impl Deref for Unit {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.group.connection
    }
}

impl DerefMut for Unit {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.group.connection
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        if self.is_open {
            self.group.is_unclear = true;
            Manager::start_rollback(self);
        }
    }
}
