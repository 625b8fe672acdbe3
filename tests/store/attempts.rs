use futures::future::join_all;
use rollcall::{
    domain::Timestamp,
    server::store::{Attempt, AttemptLimits},
};

use super::contract;
use crate::support::{Fresh, at};

contract! {
    attempts_on_an_account_are_limited_per_client,
    attempts_of_a_client_are_limited_over_all_accounts,
    attempts_expire_and_refused_ones_do_not_count,
    a_success_resets_the_attempts_on_that_account,
    concurrent_attempts_are_all_counted,
    old_attempts_are_pruned,
}

const LIMITS: AttemptLimits = AttemptLimits { on_one_account: 5, on_all_accounts: 8 };
const CLIENT: &str = "192.0.2.1";

/// This many seconds into 2026.
fn moment(second: u32) -> Timestamp {
    at(&format!("2026-01-01T00:00:{second:02}Z"))
}

/// Records a sign-in attempt, counting attempts since `since`. Returns the time at which the limit ends, if exceeded.
async fn try_since(database: &Fresh, since: u32, client: &str, account: u8, second: u32) -> Option<Timestamp> {
    let attempt = Attempt { client: client.to_owned(), account: [account; 32], at: moment(second) };
    database.store.begin_attempt(&attempt, moment(since), LIMITS).await.unwrap()
}

async fn try_account(database: &Fresh, client: &str, account: u8, second: u32) -> Option<Timestamp> {
    try_since(database, 0, client, account, second).await
}

async fn attempts_on_an_account_are_limited_per_client(database: Fresh) {
    for second in 1..=5 {
        assert_eq!(try_account(&database, CLIENT, 1, second).await, None, "attempt {second}");
    }
    assert_eq!(try_account(&database, CLIENT, 1, 6).await, Some(moment(1)));
    assert_eq!(try_account(&database, CLIENT, 2, 6).await, None, "another account");
    assert_eq!(try_account(&database, "192.0.2.2", 1, 6).await, None, "another client");
}

async fn attempts_of_a_client_are_limited_over_all_accounts(database: Fresh) {
    for account in 1..=8 {
        assert_eq!(try_account(&database, CLIENT, account, account.into()).await, None, "account {account}");
    }
    assert_eq!(try_account(&database, CLIENT, 9, 9).await, Some(moment(1)));
    assert_eq!(try_account(&database, "192.0.2.2", 9, 9).await, None, "another client");
}

async fn attempts_expire_and_refused_ones_do_not_count(database: Fresh) {
    for second in 1..=5 {
        try_account(&database, CLIENT, 1, second).await;
    }
    for second in 6..=9 {
        assert_eq!(try_account(&database, CLIENT, 1, second).await, Some(moment(1)));
    }
    assert_eq!(try_since(&database, 2, CLIENT, 1, 10).await, None);
    assert_eq!(try_since(&database, 2, CLIENT, 1, 11).await, None);
    assert_eq!(try_since(&database, 2, CLIENT, 1, 12).await, Some(moment(3)));
}

async fn a_success_resets_the_attempts_on_that_account(database: Fresh) {
    for second in 1..=5 {
        try_account(&database, CLIENT, 1, second).await;
        try_account(&database, "192.0.2.2", 1, second).await;
    }
    for second in 6..=8 {
        try_account(&database, CLIENT, 2, second).await;
    }
    database.store.forgive_attempts(CLIENT, &[1; 32]).await.unwrap();
    assert_eq!(try_account(&database, CLIENT, 1, 9).await, None);
    for second in 10..=11 {
        try_account(&database, CLIENT, 2, second).await;
    }
    assert_eq!(try_account(&database, CLIENT, 2, 12).await, Some(moment(6)), "the other account is as it was");
    assert_eq!(try_account(&database, "192.0.2.2", 1, 12).await, Some(moment(1)), "and so is the other client");
}

async fn concurrent_attempts_are_all_counted(database: Fresh) {
    let answers = join_all((0..50).map(|_| try_account(&database, CLIENT, 1, 1))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_none()).count(), 5);
}

async fn old_attempts_are_pruned(database: Fresh) {
    for second in 1..=5 {
        try_account(&database, CLIENT, 1, second).await;
    }
    database.store.prune_expired(moment(9), moment(4)).await.unwrap();
    for second in 6..=9 {
        assert_eq!(try_account(&database, CLIENT, 1, second).await, None, "attempt at {second}");
    }
    assert_eq!(try_account(&database, CLIENT, 1, 10).await, Some(moment(5)));
}
