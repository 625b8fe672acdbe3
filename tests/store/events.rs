use rollcall::{
    domain::{Action, ActorKind, ImportId, ListEvents, Role},
    server::store::{EventRecord, Position},
};

use super::{LATER, admin, contract, create_token, delete, erase, member, restore, token, trail};
use crate::support::{Fresh, at, delete_user, event, id, record, stream::settled, update_user};

contract! {
    the_latest_deletion_of_each_user_is_returned,
    an_event_round_trips,
    an_event_names_the_record_that_it_happened_to,
    every_kind_of_actor_and_action_round_trips,
    filters_of_the_trail_are_combined,
    the_trail_is_paginated_without_gap_or_overlap,
    a_history_holds_only_changes_of_the_user,
    names_are_current,
    old_events_are_pruned_in_batches_the_oldest_first,
    sequence_numbers_are_never_reused,
}

/// An event on a day of January 2026, identified by its request.
fn happened(request: u32, day: u32, action: Action, user: Option<u32>, actor: Option<u32>) -> EventRecord {
    EventRecord {
        at: at(&format!("2026-01-{day:02}T12:00:00Z")),
        actor_kind: if actor.is_some() { ActorKind::User } else { ActorKind::Operator },
        actor_id: actor.map(|actor| id(actor).0),
        request_id: Some(request.to_string()),
        ..event(action, user.map(id))
    }
}

async fn record_event(database: &Fresh, event: &EventRecord) {
    database.store.record_event(event).await.unwrap();
}

/// The request ids that a query finds, newest first.
async fn requests(database: &Fresh, query: &str) -> Vec<u32> {
    let found = trail(database, query).await;
    found.into_iter().filter_map(|event| event.request_id).map(|request| request.parse().unwrap()).collect()
}

async fn an_event_round_trips(database: Fresh) {
    member(&database, 1, Role::Viewer).await;
    let recorded = EventRecord {
        at: at("2026-01-02T03:04:05.678901Z"),
        address: Some("2001:db8::1".to_owned()),
        ..happened(7, 1, Action::UserUpdated, Some(1), Some(1))
    };
    let recorded =
        recorded.changing("name", Some("\"Ä\\"), Some("🎉 [null]")).changing("email", Some("a@b.example"), None);
    record_event(&database, &recorded).await;
    let read = trail(&database, "").await.remove(0);
    assert_eq!((read.at, read.action), (recorded.at, Action::UserUpdated));
    assert_eq!((read.actor.kind, read.actor.id), (ActorKind::User, Some(id(1).0)));
    assert_eq!((read.address.as_deref(), read.request_id.as_deref()), (Some("2001:db8::1"), Some("7")));
    assert_eq!((read.subject, read.user.map(|user| user.id)), (Some(id(1).into()), Some(id(1))));
    assert_eq!(read.changes, recorded.changes);
}

async fn an_event_names_the_record_that_it_happened_to(database: Fresh) {
    let import = ImportId(id(7).0);
    for recorded in [
        event(Action::SignInFailed, None),
        event(Action::UserCreated, Some(id(1))),
        event(Action::TokenCreated, None).about_token(token(2, None).id),
        event(Action::ImportApplied, None).about_import(import),
        event(Action::ImportApplied, None).about_import(import).and(Action::UserUpdated).about(id(3)),
    ] {
        record_event(&database, &recorded).await;
    }
    admin(&database, 4).await;
    member(&database, 5, Role::Admin).await;
    for n in [5, 6] {
        create_token(&database, n, Some(5)).await;
    }
    delete(&database, 5).await.unwrap();

    let read = trail(&database, "per_page=100").await;
    let of = |action| {
        let events = read.iter().rev().filter(move |event| event.action == action);
        events.map(|event| (event.subject, event.user.as_ref().map(|user| user.id))).collect::<Vec<_>>()
    };
    assert_eq!(of(Action::SignInFailed), [(None, None)]);
    assert_eq!(of(Action::UserCreated)[0], (Some(id(1).into()), Some(id(1))));
    assert_eq!(of(Action::TokenCreated)[0], (Some(token(2, None).id.into()), None));
    assert_eq!(of(Action::ImportApplied), [(Some(import.into()), None)]);
    assert_eq!(of(Action::UserUpdated), [(Some(id(3).into()), Some(id(3)))]);
    // They are part of their owner's history, too.
    let mut revoked = of(Action::TokenRevoked);
    revoked.sort_by_key(|(subject, _)| subject.map(|subject| subject.id));
    assert_eq!(revoked, [5, 6].map(|n| (Some(token(n, None).id.into()), Some(id(5)))));
    settled(&database).await;
    let recorded = database.store.trail_after(Position::default(), 100).await.unwrap();
    let recorded: Vec<_> = recorded.into_iter().map(|event| event.subject).collect();
    assert_eq!(recorded, read.iter().rev().map(|event| event.subject).collect::<Vec<_>>());
}

async fn every_kind_of_actor_and_action_round_trips(database: Fresh) {
    for actor_kind in ActorKind::ALL {
        for action in Action::ALL {
            record_event(&database, &EventRecord { actor_kind: *actor_kind, ..event(*action, None) }).await;
        }
    }
    let read = trail(&database, "per_page=100").await;
    let read: Vec<_> = read.iter().rev().map(|event| (event.actor.kind, event.action)).collect();
    let recorded: Vec<_> =
        ActorKind::ALL.iter().flat_map(|kind| Action::ALL.iter().map(move |action| (*kind, *action))).collect();
    assert_eq!(read, recorded);
}

async fn filters_of_the_trail_are_combined(database: Fresh) {
    for recorded in [
        happened(1, 1, Action::UserCreated, Some(1), None),
        happened(2, 2, Action::UserCreated, Some(2), Some(1)),
        happened(3, 3, Action::UserUpdated, Some(2), Some(1)),
        happened(4, 3, Action::UserUpdated, Some(1), Some(2)),
        happened(5, 4, Action::SignedIn, Some(1), Some(1)),
        happened(6, 5, Action::SignInFailed, None, None),
    ] {
        record_event(&database, &recorded).await;
    }
    let (one, two, unknown) = (id(1), id(2), id(9));
    for (query, expected) in [
        (String::new(), &[6, 5, 4, 3, 2, 1][..]),
        (format!("user={one}"), &[5, 4, 1]),
        (format!("actor={one}"), &[5, 3, 2]),
        ("action=user.updated".to_owned(), &[4, 3]),
        ("since=2026-01-03".to_owned(), &[6, 5, 4, 3]),
        ("until=2026-01-03".to_owned(), &[4, 3, 2, 1]),
        ("since=2026-01-02&until=2026-01-03".to_owned(), &[4, 3, 2]),
        (format!("user={two}&actor={one}"), &[3, 2]),
        (format!("user={one}&action=user.updated&since=2026-01-03"), &[4]),
        (format!("actor={one}&action=user.created&until=2026-01-02"), &[2]),
        (format!("user={one}&actor={one}&action=session.started"), &[5]),
        ("action=user.created&since=2026-01-03".to_owned(), &[]),
        (format!("user={unknown}"), &[]),
        (format!("actor={unknown}"), &[]),
        ("action=token.created".to_owned(), &[]),
    ] {
        assert_eq!(requests(&database, &query).await, expected, "{query}");
    }
}

async fn the_trail_is_paginated_without_gap_or_overlap(database: Fresh) {
    for request in 1..=7 {
        record_event(&database, &happened(request, 1, Action::UserUpdated, Some(1), Some(1))).await;
    }
    let (one, actor) = (format!("user={}", id(1)), format!("actor={}", id(1)));
    for filter in ["", &one, &actor, "action=user.updated"] {
        let mut list: ListEvents = format!("per_page=3&{filter}").parse().unwrap();
        let mut seen = Vec::new();
        loop {
            let found = database.store.events(&list, false).await.unwrap();
            seen.extend(found.iter().take(3).map(|event| event.request_id.clone().unwrap()));
            if found.len() <= 3 {
                break;
            }
            assert_eq!(found.len(), 4, "one more says that there is more");
            list = list.after(found[2].seq);
        }
        assert_eq!(seen, ["7", "6", "5", "4", "3", "2", "1"], "{filter:?}");
    }
}

async fn a_history_holds_only_changes_of_the_user(database: Fresh) {
    for (request, action) in (1..).zip(Action::ALL) {
        record_event(&database, &happened(request, 1, *action, Some(1), None)).await;
        record_event(&database, &happened(request + 100, 1, *action, Some(2), None)).await;
    }
    let history = database.store.events(&ListEvents::of(id(1)), true).await.unwrap();
    let recorded: Vec<_> = history.iter().rev().map(|event| event.action).collect();
    let changes =
        [Action::UserCreated, Action::UserUpdated, Action::UserDeleted, Action::UserRestored, Action::UserErased];
    assert_eq!(recorded, changes);
    assert!(history.iter().all(|event| event.user.as_ref().is_some_and(|user| user.id == id(1))));
}

async fn names_are_current(database: Fresh) {
    admin(&database, 1).await;
    member(&database, 2, Role::Viewer).await;
    create_token(&database, 3, None).await;
    record_event(&database, &happened(1, 2, Action::UserUpdated, Some(2), Some(1))).await;
    let by_token =
        EventRecord { actor_kind: ActorKind::Token, ..happened(2, 2, Action::UserUpdated, Some(1), Some(3)) };
    record_event(&database, &by_token).await;
    record_event(&database, &happened(3, 2, Action::UserUpdated, Some(1), Some(2))).await;
    record_event(&database, &happened(4, 2, Action::SignInFailed, None, None)).await;

    let names = async || {
        let found = trail(&database, "since=2026-01-02").await;
        let names = found.into_iter().map(|event| (event.actor.name, event.user.and_then(|user| user.name)));
        names.collect::<Vec<_>>()
    };
    let name = |text: &str| Some(text.to_owned());
    let (one, two, token) = (name("Person 1"), name("Person 2"), name("Token 3"));
    let pairs = |two: &Option<String>| {
        [(None, None), (two.clone(), one.clone()), (token.clone(), one.clone()), (one.clone(), two.clone())]
    };
    assert_eq!(names().await, pairs(&two));
    let renamed = record(2, "Renamed", "2@example.org", "2026-01-01T00:00:00Z");
    update_user(&*database.store, &renamed, 1, &event(Action::UserUpdated, Some(id(2)))).await.unwrap().unwrap();
    assert_eq!(names().await, pairs(&name("Renamed")));
    delete(&database, 2).await.unwrap();
    assert_eq!(names().await, pairs(&name("Renamed")), "the deleted keep theirs");
    erase(&database, 2).await.unwrap();
    assert_eq!(names().await, pairs(&None));
}

async fn old_events_are_pruned_in_batches_the_oldest_first(database: Fresh) {
    for (request, day) in [(1, 3), (2, 1), (3, 2), (4, 4), (5, 5)] {
        record_event(&database, &happened(request, day, Action::SignedIn, None, None)).await;
    }
    let before = at("2026-01-04T12:00:00Z");
    assert_eq!(database.store.prune_events(before, 2).await.unwrap(), 2);
    assert_eq!(requests(&database, "").await, [5, 4, 1]);
    assert_eq!(database.store.prune_events(before, 2).await.unwrap(), 1);
    assert_eq!(database.store.prune_events(before, 2).await.unwrap(), 0);
    assert_eq!(requests(&database, "").await, [5, 4]);
}

async fn sequence_numbers_are_never_reused(database: Fresh) {
    record_event(&database, &happened(1, 1, Action::SignedIn, None, None)).await;
    let last = trail(&database, "").await[0].seq;
    database.store.prune_events(at("2026-02-01T00:00:00Z"), 10).await.unwrap();
    assert!(trail(&database, "").await.is_empty());
    record_event(&database, &happened(2, 1, Action::SignedIn, None, None)).await;
    assert!(trail(&database, "").await[0].seq > last);
}

async fn the_latest_deletion_of_each_user_is_returned(database: Fresh) {
    for n in 1..=3 {
        member(&database, n, Role::Viewer).await;
        delete(&database, n).await.unwrap();
    }
    restore(&database, 1).await.unwrap();
    let again =
        EventRecord { actor_kind: ActorKind::User, actor_id: Some(id(3).0), ..event(Action::UserDeleted, Some(id(1))) };
    assert!(delete_user(&*database.store, id(1), at(LATER), &again).await.unwrap());
    let recorded = database.store.deletions(&[id(1), id(2), id(9)]).await.unwrap();
    let mut recorded: Vec<_> =
        recorded.into_iter().map(|event| (event.user.unwrap().id, event.actor.title())).collect();
    recorded.sort_by_key(|(id, _)| id.0);
    assert_eq!(recorded, [(id(1), "Person 3".to_owned()), (id(2), "the command line".to_owned())]);
    assert!(database.store.deletions(&[]).await.unwrap().is_empty());
}
