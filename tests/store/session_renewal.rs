//! Renewing a session replaces the hash of its secret.

use rollcall::{domain::Role, server::store::SessionRecord};

use super::{LATER, NOW, contract, is_signed_in, member, session, sign_in};
use crate::support::{Fresh, at, id};

contract! {
    renewing_a_session_gives_it_another_hash,
    a_previous_hash_stays_valid_for_a_moment,
    a_session_is_deleted_by_its_previous_hash,
    an_ended_session_cannot_be_renewed,
    of_parallel_renewals_one_succeeds,
}

async fn renewing_a_session_gives_it_another_hash(database: Fresh) {
    member(&database, 1, Role::Editor).await;
    sign_in(&database, 1, 1).await;
    sign_in(&database, 2, 1).await;
    let (seen_at, expires_at) = (at("2026-01-03T00:00:00Z"), at("2026-01-10T00:00:00Z"));
    let renewed = SessionRecord { role: Role::Editor, seen_at, expires_at, ..session(1, 1) };
    let sent = SessionRecord { signed_in_at: seen_at, address: Some("192.0.2.1".to_owned()), ..renewed.clone() };
    assert!(database.store.renew_session(&[1; 32], &[3; 32], &sent, false).await.unwrap());
    assert!(!is_signed_in(&database, 1).await && is_signed_in(&database, 2).await);
    assert_eq!(database.store.session(&[3; 32], at(LATER)).await.unwrap().unwrap().1, renewed);
    assert_eq!(database.store.sessions_of(id(1), at(NOW)).await.unwrap().len(), 2);
}

async fn a_previous_hash_stays_valid_for_a_moment(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    let store = &database.store;
    let renewed = SessionRecord { seen_at: at("2026-01-03T00:00:00Z"), ..session(1, 1) };
    assert!(store.renew_session(&[1; 32], &[2; 32], &renewed, true).await.unwrap());
    for hash in [[1; 32], [2; 32]] {
        let (current, found, _) = store.session(&hash, at("2026-01-03T00:00:29Z")).await.unwrap().unwrap();
        assert_eq!((current, found.id), ([2; 32], renewed.id));
    }
    assert_eq!(store.session(&[1; 32], at("2026-01-03T00:00:30Z")).await.unwrap(), None);
    assert!(!store.renew_session(&[1; 32], &[3; 32], &renewed, true).await.unwrap(), "it has another hash already");
    assert!(store.renew_session(&[2; 32], &[3; 32], &renewed, true).await.unwrap());
    assert_eq!(store.session(&[1; 32], at("2026-01-03T00:00:00Z")).await.unwrap(), None, "only the last one");
}

async fn a_session_is_deleted_by_its_previous_hash(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    assert!(database.store.renew_session(&[1; 32], &[2; 32], &session(1, 1), true).await.unwrap());
    assert!(database.store.delete_session(&[1; 32]).await.unwrap());
    assert!(!is_signed_in(&database, 2).await);
}

async fn an_ended_session_cannot_be_renewed(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    assert!(database.store.delete_session(&[1; 32]).await.unwrap());
    assert!(!database.store.renew_session(&[1; 32], &[2; 32], &session(1, 1), true).await.unwrap());
    assert!(database.store.sessions_of(id(1), at(NOW)).await.unwrap().is_empty());
}

async fn of_parallel_renewals_one_succeeds(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    sign_in(&database, 1, 1).await;
    let begun = session(1, 1);
    let hashes = [[2; 32], [3; 32], [4; 32]];
    let tries = hashes.each_ref().map(|hash| database.store.renew_session(&[1; 32], hash, &begun, true));
    let renewed: Vec<_> = futures::future::join_all(tries).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(renewed.iter().filter(|is_renewed| **is_renewed).count(), 1, "{renewed:?}");
    let winner = hashes[renewed.iter().position(|is_renewed| *is_renewed).unwrap()];
    assert_eq!(database.store.sessions_of(id(1), at(NOW)).await.unwrap(), [(winner, begun)]);
}
