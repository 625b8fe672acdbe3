//! What a server tidies up beside its work.

use rollcall::{
    domain::{Action, ListEvents},
    server::upkeep::tidy,
};

use crate::support::{StillClock, at, event, sqlite};

#[tokio::test]
async fn old_events_go_in_small_batches_and_the_rest_stays() {
    let database = sqlite().await;
    let (store, clock) = (database.store.as_ref(), StillClock::default());
    let mut old = event(Action::SignInFailed, None);
    old.at = at("2025-02-03T04:05:06Z");
    for _ in 0..1_001 {
        store.record_event(&old).await.unwrap();
    }
    let mut kept = event(Action::SignedIn, None);
    kept.at = at("2025-02-03T04:05:07Z");
    store.record_event(&kept).await.unwrap();
    tidy(store, &clock, 365).await.unwrap();
    let left = store.events(&ListEvents::default(), false).await.unwrap();
    assert_eq!(left.iter().map(|event| event.action).collect::<Vec<_>>(), [Action::SignedIn]);
}
