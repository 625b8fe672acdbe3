use rollcall::server::services::identity::Identity;
use serde_json::json;

use super::{announce, applied, apps, choose, counts, people, put, send, settled, upload};
use crate::support::App;

const FILE: &[u8] = "Vorname;Anschrift;email\nAda;ada@example.org;x\nEve;eve@example.org;y\n".as_bytes();

#[tokio::test]
async fn unrecognised_columns_can_be_chosen() {
    for app in apps().await {
        let (path, import) = upload(&app, FILE).await;
        assert_eq!(import["state"], "failed");
        assert!(import["problem"].as_str().unwrap().contains("name"), "{import}");
        assert_eq!(import["columns"][0], json!({"heading": "Vorname", "field": null}));
        assert_eq!(choose(&app, &path, &json!({"name": "Vorname"})).await.status, 200);
        let import = settled(&app, &path).await;
        assert_eq!((&import["state"], &import["counts"]["invalid"]), (&json!("checked"), &json!(2)), "{import}");
        assert_eq!(choose(&app, &path, &json!({"name": "Vorname", "email": "Anschrift"})).await.status, 200);
        let import = settled(&app, &path).await;
        assert_eq!((&import["counts"], &import["problem"]), (&counts(&[("new", 2)]), &json!(null)), "{import}");
        assert_eq!(import["columns"][1], json!({"heading": "Anschrift", "field": "email"}));
        applied(&app, &path, &json!({"mode": "insert"})).await;
        assert_eq!(people(&app).await, 2);
        assert_eq!(choose(&app, &path, &json!({})).await.status, 409, "it is applied");
    }
}

#[tokio::test]
async fn columns_can_be_chosen_in_advance_and_reset() {
    let app = App::new(Identity::Operator).await;
    let path = announce(&app, FILE.len(), &json!({"name": "Vorname", "email": "Anschrift", "created_at": null})).await;
    assert_eq!(choose(&app, &path, &json!({})).await.status, 409, "nothing was read yet");
    put(&app, &path, 1, FILE).await;
    assert_eq!(settled(&app, &path).await["counts"], counts(&[("new", 2)]));
    let change = |body: &'static str| send(&app, "PATCH", &path, &[super::MERGE_PATCH], body);
    assert_eq!(change("{}").await.json()["state"], "checked", "nothing is to change");
    assert_eq!(change(r#"{"columns": {"shoe": "x"}, "mode": "insert"}"#).await.fields(), ["columns.shoe", "mode"]);
    assert_eq!(change("[]").await.status, 400);
    assert_eq!(change(r#"{"columns": {"name": "Nobody"}}"#).await.status, 200);
    let import = settled(&app, &path).await;
    assert!(import["state"] == "failed" && import["problem"].as_str().unwrap().contains("Nobody"), "{import}");
    assert_eq!(change(r#"{"columns": null}"#).await.status, 200);
    assert_eq!(settled(&app, &path).await["state"], "failed", "nothing is chosen any more");
}
