use bytes::Bytes;
use chrono::TimeDelta;
use futures::future::join_all;
use rollcall::{
    domain::{Action, Timestamp},
    server::store::{KeyedRequest, KnownRequest, StoredResponse},
};

use super::contract;
use crate::support::{Fresh, at, event, id, record};

contract! {
    a_response_round_trips,
    of_concurrent_requests_with_a_key_one_begins,
    a_key_belongs_to_one_actor,
    a_released_key_can_be_used_again_and_a_finished_one_cannot,
    an_abandoned_request_is_taken_over_and_its_late_response_dropped,
    the_outcome_is_stored_in_the_transaction_of_the_change,
    a_request_that_was_taken_over_cannot_commit,
    responses_expire,
    old_requests_are_pruned_in_batches_the_oldest_first,
}

/// This many seconds into 2026.
fn moment(second: u32) -> Timestamp {
    at(&format!("2026-01-01T00:00:{second:02}Z"))
}

fn request(actor: &str, key: u8, request: u8, second: u32) -> KeyedRequest {
    KeyedRequest { actor: actor.to_owned(), key: [key; 32], request: [request; 32], at: moment(second) }
}

fn answer(body: &'static str) -> StoredResponse {
    let headers = vec![("location".to_owned(), "/ä \"\\".to_owned()), ("etag".to_owned(), "\"1\"".to_owned())];
    StoredResponse { status: 201, headers, body: Bytes::from_static(body.as_bytes()) }
}

/// Begins a request, with a timeout of 10 seconds for keys in flight and of 30 seconds for all keys.
async fn begin(database: &Fresh, request: &KeyedRequest) -> Option<KnownRequest> {
    let ago = |seconds| request.at.minus(TimeDelta::seconds(seconds));
    database.store.begin_request(request, ago(10), ago(30)).await.unwrap()
}

async fn finish(database: &Fresh, request: &KeyedRequest, body: &'static str) -> bool {
    database.store.finish_request(request, &answer(body)).await.unwrap()
}

async fn a_response_round_trips(database: Fresh) {
    let first = request("user 1", 1, 1, 0);
    assert_eq!(begin(&database, &first).await, None);
    let in_flight = KnownRequest { request: [1; 32], answer: None, done: None };
    assert_eq!(begin(&database, &request("user 1", 1, 2, 1)).await, Some(in_flight));
    assert!(finish(&database, &first, "{\"name\":\"Ä\"}").await);
    let known = KnownRequest { request: [1; 32], answer: Some(answer("{\"name\":\"Ä\"}")), done: None };
    assert_eq!(begin(&database, &request("user 1", 1, 2, 2)).await, Some(known.clone()));
    assert!(!finish(&database, &first, "twice").await);
    assert_eq!(begin(&database, &first).await, Some(known));

    let empty = request("user 1", 2, 1, 0);
    begin(&database, &empty).await;
    let nothing = StoredResponse { status: 204, headers: Vec::new(), body: Bytes::new() };
    assert!(database.store.finish_request(&empty, &nothing).await.unwrap());
    assert_eq!(begin(&database, &empty).await.unwrap().answer, Some(nothing), "no body is an answer, too");
}

async fn of_concurrent_requests_with_a_key_one_begins(database: Fresh) {
    let answers = join_all((0..30).map(|n| {
        let database = &database;
        async move { begin(database, &request("user 1", 1, n, 0)).await }
    }));
    let answers = answers.await;
    assert_eq!(answers.iter().filter(|known| known.is_none()).count(), 1);
    let winner = u8::try_from(answers.iter().position(Option::is_none).unwrap()).unwrap();
    assert!(answers.iter().flatten().all(|known| known.request == [winner; 32] && known.answer.is_none()));
}

async fn a_key_belongs_to_one_actor(database: Fresh) {
    for (actor, key) in [("user 1", 1), ("token 1", 1), ("user 2", 1), ("user 1", 2)] {
        assert_eq!(begin(&database, &request(actor, key, 1, 0)).await, None, "{actor} {key}");
    }
    assert!(finish(&database, &request("user 1", 1, 1, 0), "theirs").await);
    assert_eq!(begin(&database, &request("user 2", 1, 1, 0)).await.unwrap().answer, None);
}

async fn a_released_key_can_be_used_again_and_a_finished_one_cannot(database: Fresh) {
    let first = request("user 1", 1, 1, 0);
    begin(&database, &first).await;
    database.store.release_request(&first).await.unwrap();
    assert!(!finish(&database, &first, "late").await);
    let second = request("user 1", 1, 2, 1);
    assert_eq!(begin(&database, &second).await, None);
    database.store.release_request(&first).await.unwrap();
    assert!(finish(&database, &second, "kept").await, "the first releases nothing but itself");
    database.store.release_request(&second).await.unwrap();
    assert_eq!(begin(&database, &second).await.unwrap().answer, Some(answer("kept")));
}

async fn an_abandoned_request_is_taken_over_and_its_late_response_dropped(database: Fresh) {
    let first = request("user 1", 1, 1, 0);
    begin(&database, &first).await;
    assert!(begin(&database, &request("user 1", 1, 1, 9)).await.is_some());
    let second = request("user 1", 1, 2, 10);
    assert_eq!(begin(&database, &second).await, None);
    assert!(begin(&database, &request("user 1", 1, 1, 11)).await.is_some(), "taken over once");
    assert!(!finish(&database, &first, "late").await);
    assert!(finish(&database, &second, "in time").await);
    let known = KnownRequest { request: [2; 32], answer: Some(answer("in time")), done: None };
    assert_eq!(begin(&database, &request("user 1", 1, 1, 25)).await, Some(known), "an answer is never taken over");
}

/// Creates the first person for a request; returns whether the request still held its key.
async fn create_for(database: &Fresh, request: &KeyedRequest) -> bool {
    let person = record(1, "Ada", "ada@example.org", "2026-01-01T00:00:00Z");
    let (mut changes, _) = database.store.begin_changes(&[], false).await.unwrap();
    changes.create(&person, &event(Action::UserCreated, Some(person.id))).await.unwrap();
    if !changes.save_outcome(request, &[person.to_user()]).await.unwrap() {
        return false;
    }
    changes.commit().await.unwrap();
    true
}

async fn the_outcome_is_stored_in_the_transaction_of_the_change(database: Fresh) {
    let first = request("user 1", 1, 1, 0);
    begin(&database, &first).await;
    assert!(create_for(&database, &first).await);
    database.store.release_request(&first).await.unwrap();
    let ada = database.store.get(id(1)).await.unwrap();
    for second in [1, 10, 29] {
        let known = begin(&database, &request("user 1", 1, 1, second)).await.unwrap();
        assert_eq!((known.answer, known.done), (None, ada.clone().map(|ada| vec![ada])), "after {second} seconds");
    }
    assert!(finish(&database, &first, "the answer").await);
    let known = begin(&database, &request("user 1", 1, 1, 29)).await.unwrap();
    assert_eq!((known.answer, known.done), (Some(answer("the answer")), None), "which is not kept twice");
}

async fn a_request_that_was_taken_over_cannot_commit(database: Fresh) {
    let (first, second) = (request("user 1", 1, 1, 0), request("user 1", 1, 1, 10));
    begin(&database, &first).await;
    assert_eq!(begin(&database, &second).await, None);
    assert!(!create_for(&database, &first).await);
    assert!(database.store.is_empty().await.unwrap());
    assert!(create_for(&database, &second).await);
}

async fn responses_expire(database: Fresh) {
    let first = request("user 1", 1, 1, 0);
    begin(&database, &first).await;
    finish(&database, &first, "old").await;
    assert!(begin(&database, &request("user 1", 1, 2, 29)).await.is_some());
    assert_eq!(begin(&database, &request("user 1", 1, 2, 30)).await, None);
    assert_eq!(
        begin(&database, &request("user 1", 1, 2, 31)).await.unwrap().answer,
        None,
        "nothing of the old is left"
    );
}

async fn old_requests_are_pruned_in_batches_the_oldest_first(database: Fresh) {
    for (key, second) in [(1, 3), (2, 1), (3, 2), (4, 4), (5, 5)] {
        begin(&database, &request("user 1", key, 1, second)).await;
    }
    finish(&database, &request("user 1", 2, 1, 1), "gone").await;
    let known = async |key| begin(&database, &request("user 1", key, 1, 6)).await.is_some();
    assert_eq!(database.store.prune_requests(moment(4), 2).await.unwrap(), 2);
    assert!(known(1).await && known(4).await);
    assert_eq!(database.store.prune_requests(moment(4), 2).await.unwrap(), 1);
    assert_eq!(database.store.prune_requests(moment(4), 2).await.unwrap(), 0);
    assert!(known(4).await && known(5).await);
    assert!(!known(1).await && !known(2).await && !known(3).await);
}
