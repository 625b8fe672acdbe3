use axum::{body::Body, http::Request};
use rollcall::server::services::identity::Identity;
use serde_json::{Value, json};

use super::{IMPORTS, JSON, PART, announce, apps, counts, file, people, put, send, settled, upload};
use crate::support::App;

#[tokio::test]
async fn parts_may_arrive_out_of_order_and_the_check_starts_with_the_last() {
    for app in apps().await {
        let file = file(3_000).into_bytes();
        let parts: Vec<_> = file.chunks(PART).collect();
        assert_eq!(parts.len(), 3);
        let path = announce(&app, file.len(), &json!({})).await;
        assert_eq!(put(&app, &path, 3, parts[2]).await.json()["received"], json!(parts[2].len()));
        // A part sent again replaces the earlier one.
        assert_eq!(put(&app, &path, 1, &vec![b'?'; PART]).await.status, 200);
        let again = put(&app, &path, 1, parts[0]).await.json();
        assert_eq!((&again["received"], &again["state"]), (&json!(PART + parts[2].len()), &json!("receiving")));
        assert_eq!(put(&app, &path, 2, parts[1]).await.status, 200);
        let import = settled(&app, &path).await;
        assert_eq!((&import["state"], &import["counts"]), (&json!("checked"), &counts(&[("new", 3_000)])), "{import}");
        assert_eq!(import["format"], json!({"kind": "csv", "encoding": "utf-8", "delimiter": ","}));
        assert_eq!(import["columns"][2], json!({"heading": "remark", "field": null}));
        assert_eq!(app.get(IMPORTS).await.json(), json!([import]));
        assert_eq!(people(&app).await, 0);
        let late = put(&app, &path, 1, parts[0]).await;
        assert_eq!((late.status.as_u16(), late.fields()), (409, vec!["import".to_owned()]));
    }
}

#[tokio::test]
async fn parts_outside_the_file_are_refused() {
    let app = App::new(Identity::Operator).await;
    let path = announce(&app, PART + 3, &json!({})).await;
    let whole = vec![b'a'; PART];
    for (part, bytes, field) in
        [(1, &whole[1..], "body"), (2, &whole[..4], "body"), (2, &[], "body"), (0, &whole, "part"), (3, &whole, "part")]
    {
        let refused = put(&app, &path, part, bytes).await;
        assert_eq!((refused.status.as_u16(), refused.fields()), (422, vec![field.to_owned()]), "{part}");
    }
    let refused = send(&app, "PUT", &format!("{path}/parts/one"), &[], "aaa").await;
    assert_eq!((refused.status.as_u16(), refused.fields()), (422, vec!["part".to_owned()]));
    for id in ["01890a5d-b8c0-7f31-a2f4-5566778899aa", "nonsense"] {
        let path = format!("{IMPORTS}/{id}");
        assert_eq!(put(&app, &path, 1, &whole).await.status, 404);
        for (method, within) in
            [("GET", ""), ("DELETE", ""), ("GET", "/rows?outcome=new"), ("GET", "/rejected"), ("POST", "/undo")]
        {
            assert_eq!(send(&app, method, &format!("{path}{within}"), &[], "").await.status, 404, "{method} {within}");
        }
        assert_eq!(send(&app, "POST", &format!("{path}/apply"), &[JSON], r#"{"mode":"insert"}"#).await.status, 404);
    }
    assert_eq!(app.get(&path).await.json()["received"], json!(0));
}

#[tokio::test]
async fn a_part_is_not_decoded_and_has_a_maximum_size() {
    let app = App::new(Identity::Operator).await;
    let path = announce(&app, 3, &json!({})).await;
    let part = format!("{path}/parts/1");
    for coding in ["gzip", "br", "identity, deflate", "nonsense"] {
        let refused = send(&app, "PUT", &part, &[("content-encoding", coding)], "abc").await;
        assert_eq!((refused.status.as_u16(), refused.header("accept-encoding")), (415, "identity"), "{coding}");
        assert_eq!(refused.json()["detail"], "The request body must not have a Content-Encoding.");
    }
    let limit = 8 * 1024 * 1024;
    let streamed =
        Body::from_stream(futures::stream::iter((0..=8).map(move |_| Ok::<_, std::io::Error>(vec![0; limit / 8]))));
    for body in [Body::from(vec![0; limit + 1]), streamed] {
        let refused = app.send(Request::put(&part).body(body).unwrap()).await;
        assert_eq!(refused.status, 413);
        assert_eq!(refused.json()["detail"], format!("The request body must have at most {limit} bytes."));
    }
    let taken =
        send(&app, "PUT", &part, &[("content-encoding", "Identity"), ("content-type", "text/csv")], "abc").await;
    assert_eq!(taken.status, 200, "{}", taken.text());
}

#[tokio::test]
async fn creating_an_import_accepts_only_its_own_fields() {
    let app = App::new(Identity::Operator).await;
    let new = |body: &str| app.post(IMPORTS, JSON.1, body.to_owned());
    for (body, fields) in [
        ("{}", &["file", "size"][..]),
        (r#"{"file": null, "size": null}"#, &["file", "size"]),
        (r#"{"file": 7, "size": "7", "part_size": 1.5, "colour": "red"}"#, &["file", "size", "part_size", "colour"]),
        (r#"{"file": " ", "size": 0, "part_size": 1}"#, &["file", "part_size", "size"]),
        (r#"{"file": "a\u0000b", "size": 83886080001}"#, &["file", "size"]),
        (r#"{"file": "a", "size": 1, "part_size": 8388609}"#, &["part_size"]),
        (r#"{"file": "a", "size": 1, "columns": []}"#, &["columns"]),
        (r#"{"file": "a", "size": 1, "columns": {"name": 1, "colour": "red"}}"#, &["columns.colour", "columns.name"]),
    ] {
        let refused = new(body).await;
        assert_eq!(
            (refused.status.as_u16(), refused.fields()),
            (422, fields.iter().map(|f| (*f).to_owned()).collect()),
            "{body}"
        );
    }
    assert_eq!(new("[]").await.status, 400);
    assert_eq!(new("{").await.status, 400);
    assert_eq!(app.post(IMPORTS, "text/plain", "{}").await.status, 415);
    assert_eq!(app.get(&format!("{IMPORTS}?page=1")).await.fields(), ["page"]);
    assert_eq!(app.get(IMPORTS).await.json(), json!([]));
    let plain = new(r#"{"file": "a", "size": 80000000000}"#).await.json();
    assert_eq!((&plain["part_size"], &plain["parts"]), (&json!(8_388_608), &json!(9_537)));
    assert_eq!(plain["created_by"], json!({"kind": "operator", "id": null, "name": null}));
}

#[tokio::test]
async fn a_request_with_a_key_is_executed_once() {
    let app = App::new(Identity::Operator).await;
    let once = async |path: String, body: &str| {
        let headers = [JSON, ("idempotency-key", path.as_str())];
        let first = send(&app, "POST", &path, &headers, body).await;
        let again = send(&app, "POST", &path, &headers, body).await;
        assert_eq!((again.status, again.header("idempotency-replayed")), (first.status, "true"));
        assert_eq!((again.json(), again.header("location")), (first.json(), first.header("location")));
        first.status.as_u16()
    };
    assert_eq!(once(IMPORTS.to_owned(), r#"{"file": "a", "size": 1}"#).await, 201);
    assert_eq!(app.get(IMPORTS).await.json().as_array().map(Vec::len), Some(1));
    let (path, _): (String, Value) = upload(&app, file(3).as_bytes()).await;
    assert_eq!(once(format!("{path}/apply"), r#"{"mode":"insert"}"#).await, 202);
    assert_eq!(settled(&app, &path).await["state"], "applied");
    assert_eq!(once(format!("{path}/undo"), "").await, 202);
    assert_eq!(settled(&app, &path).await["state"], "undone");
}
