//! Who writes when, and what they share. A sync of the disk takes longer than most changes, so those
//! who wait for their turn during one are committed together, by the next.
//!
//! The turn is a fair lock around a group: a transaction in which each unit of work but the first is a
//! savepoint. Whoever opens a group queues its commit up behind all who wait by then. They join it;
//! where nobody waits, the commit is next.

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

/// So many units share a sync, or as many as are done in `LONG`: the first of them waits for the last.
const MOST: u32 = 32;
const LONG: Duration = Duration::from_millis(50);

/// The writers' queue. What it guards is the group that can be joined.
pub type Queue = Arc<Mutex<Option<Group>>>;

type Turn = OwnedMutexGuard<Option<Group>>;

/// Whether a group was committed: the same for all of it.
type Outcome = Result<(), AppError>;

/// An open transaction.
#[derive(Debug)]
pub struct Group {
    connection: PoolConnection<Database>,
    begun: Instant,
    units: u32,
    /// A unit went without a word, perhaps because SQLite took the whole transaction back by itself:
    /// what joined now might begin another one.
    is_doubtful: bool,
    tell: oneshot::Sender<Outcome>,
    outcome: Shared<oneshot::Receiver<Outcome>>,
}

/// A unit of work, in a group: dropped without a commit, it leaves nothing. It has the lock from its
/// beginning, so nothing it read changes; but that may come to nothing with its group.
pub struct Unit {
    group: OwnedMappedMutexGuard<Option<Group>, Group>,
    is_first: bool,
    is_open: bool,
}

impl Sqlite {
    /// Begins a short unit of work. It ends with `commit` or, if it answers by what it read,
    /// `rollback`.
    pub async fn join(&self) -> Result<Unit, AppError> {
        self.waits.during(self.turn()).await
    }

    async fn turn(&self) -> Result<Unit, AppError> {
        let waited = timeout(Self::WAIT_FOR_A_CONNECTION, self.queue.clone().lock_owned()).await;
        let mut turn = waited.map_err(|_| sqlx::Error::PoolTimedOut)?;
        if turn.as_ref().is_some_and(Group::is_over) {
            turn = tokio::spawn(settle(turn)).await.map_err(AppError::internal)?;
        }
        match OwnedMutexGuard::try_map(turn, Option::as_mut) {
            Ok(group) => Unit::within(group).await,
            Err(turn) => self.begin_group(turn).await,
        }
    }

    async fn begin_group(&self, turn: Turn) -> Result<Unit, AppError> {
        self.heal().await?;
        let mut connection = self.writer.acquire().await?;
        Manager::begin(&mut connection, Some(SqlStr::from_static(BEGIN))).await?;
        let group = OwnedMutexGuard::map(turn, |group| group.insert(Group::new(connection)));
        // Queued up at once, and not dropped with whoever happens to be first.
        let mut last = self.queue.clone().lock_owned().boxed();
        let _ = poll_immediate(&mut last).await;
        tokio::spawn(async { settle(last.await).await });
        Ok(Unit { group, is_first: true, is_open: true })
    }
}

/// Commits the group, if there is one, and tells all of it. To be spawned: whoever waits may go.
async fn settle(mut turn: Turn) -> Turn {
    if let Some(Group { connection, tell, .. }) = turn.take() {
        let _ = tell.send(commit(connection).await);
    }
    turn
}

/// The pool takes no connection back whose transaction has not ended.
async fn commit(mut connection: PoolConnection<Database>) -> Outcome {
    match Manager::commit(&mut connection).await {
        Ok(()) if Manager::get_transaction_depth(&connection) == 0 => Ok(()),
        Ok(()) => Err(AppError::Unavailable(Cause::new("a savepoint was left in the transaction"))),
        Err(error) => Err(AppError::Unavailable(Cause::new(error))),
    }
}

/// Begins or ends a savepoint, whole even if whoever asked goes: in the middle of that nobody is sure how deep
/// the transaction is, and what ends another savepoint might end all of it.
async fn whole<T: Send + 'static>(
    work: impl Future<Output = Result<T, AppError>> + Send + 'static,
) -> Result<T, AppError> {
    tokio::spawn(work.in_current_span()).await.map_err(AppError::internal)?
}

async fn told(outcome: Shared<oneshot::Receiver<Outcome>>) -> Outcome {
    outcome.await.unwrap_or_else(|error| Err(AppError::Unavailable(Cause::new(error))))
}

impl Group {
    fn new(connection: PoolConnection<Database>) -> Self {
        let (tell, told) = oneshot::channel();
        let (begun, outcome) = (Instant::now(), told.shared());
        Self { connection, begun, units: 0, is_doubtful: false, tell, outcome }
    }

    fn is_over(&self) -> bool {
        self.is_doubtful || self.units >= MOST || self.begun.elapsed() >= LONG
    }
}

impl Unit {
    async fn within(mut group: OwnedMappedMutexGuard<Option<Group>, Group>) -> Result<Self, AppError> {
        whole(async move {
            group.is_doubtful = true;
            Manager::begin(&mut group.connection, None).await?;
            group.is_doubtful = false;
            Ok(Self { group, is_first: false, is_open: true })
        })
        .await
    }

    /// Comes back when the group is on the disk.
    ///
    /// # Errors
    /// `Unavailable`: nothing of the group was done.
    pub async fn commit(mut self) -> Result<(), AppError> {
        if self.is_first {
            return told(self.close()).await;
        }
        let end = async move {
            Manager::commit(&mut self).await?;
            Ok(self.close())
        };
        told(whole(end).await?).await
    }

    /// Takes back what was done, and comes back when what was read is on the disk.
    ///
    /// # Errors
    /// `Unavailable`: what was read is not there.
    pub async fn rollback(mut self) -> Result<(), AppError> {
        if self.is_first {
            // It has read nothing but what was committed.
            return Ok(());
        }
        let end = async move {
            Manager::rollback(&mut self).await?;
            Ok(self.close())
        };
        told(whole(end).await?).await
    }

    /// It is done, and lets the next go on. Answers what will be told of its group.
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
            self.group.is_doubtful = true;
            Manager::start_rollback(self);
        }
    }
}
