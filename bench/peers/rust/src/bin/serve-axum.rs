//! axum and serde_json: `serve-axum PEOPLE LIST` serves single people from a JSON Lines file and the list from a JSON
//! file, serialised anew for each request.

use std::{collections::HashMap, fs};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use peers::User;
use uuid::Uuid;

struct People {
    by_id: HashMap<Uuid, User>,
    list: Vec<User>,
}

async fn person(
    State(people): State<&'static People>,
    Path(id): Path<Uuid>,
) -> Result<Json<&'static User>, StatusCode> {
    people.by_id.get(&id).map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn list(State(people): State<&'static People>) -> Json<&'static [User]> {
    Json(&people.list)
}

fn main() {
    let lines = fs::read_to_string(peers::argument(1)).expect("the people can be read");
    let people = lines.lines().map(|line| serde_json::from_str::<User>(line).expect("a line is a person"));
    let by_id = people.map(|user| (user.id, user)).collect();
    // Leaked, so that handlers borrow the data instead of copying it.
    let people: &'static People = Box::leak(Box::new(People { by_id, list: peers::json(&peers::argument(2)) }));
    let router = Router::new().route("/api/v1/users", get(list)).route("/api/v1/users/{id}", get(person));
    peers::run(async { axum::serve(peers::listen().await, router.with_state(people)).await }).expect("it serves");
}
