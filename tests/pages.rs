//! Pages as rendered for a browser without JavaScript.

use axum::{body::Body, http::Request};
use rollcall::{
    domain::UserForm,
    server::services::identity::{Actor, Identity},
};

use crate::support::{App, id};

#[tokio::test]
async fn the_server_renders_the_people() {
    let app = App::with_people(Identity::AnonymousReader, 25).await;
    let page = app.get("/").await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-store");
    let html = page.text();
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\" data-theme=\"system\">"), "{html:.100}");
    assert!(html.contains("<title>People · Rollcall</title>"));
    assert!(html.contains("Person 025") && !html.contains("Person 005"));
    assert!(html.contains(&format!("href=\"/users/{}\"", id(25))));
    assert!(html.contains("href=\"/?page=2\""));
    let second = app.get("/?page=2").await.text();
    assert!(second.contains("Person 005") && !second.contains("Person 025"));
}

#[tokio::test]
async fn an_empty_list_offers_the_permitted_actions() {
    let editor = App::new(Identity::Operator).await.get("/").await.text();
    assert!(editor.contains("Add a person, or import people from a file."), "{editor}");
    assert!(editor.contains("href=\"/imports\"") && editor.contains("href=\"/users/new\""));
    let reader = App::new(Identity::AnonymousReader).await.get("/").await.text();
    assert!(reader.contains("People appear here once an editor has added them."), "{reader}");
    for page in [editor, reader] {
        assert!(!page.contains("rollcall import"), "{page}");
    }
}

#[tokio::test]
async fn each_user_has_a_page() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let page = app.get(&format!("/users/{}", id(1))).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("<title>Person 001 · Rollcall</title>"));
    assert!(page.text().contains("mailto:person1@example.org"));
}

#[tokio::test]
async fn error_pages_have_the_status_of_the_error() {
    let open = App::with_people(Identity::AnonymousReader, 1).await;
    for (app, path, status, text) in [
        (&open, "/nothing", 404, "There is no page at this address"),
        (&open, "/users/1", 404, "There is no user with this id."),
        (&open, "/users/01890a5d-ac96-774b-bcce-b302099a8057", 404, "There is no user with this id."),
        (&open, "/?per_page=0", 422, "must be a whole number from 1 to 100"),
        (&open, "/?colour=red", 422, "allowed are q, status, email"),
    ] {
        let page = app.get(path).await;
        assert_eq!(page.status, status, "{path}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8", "{path}");
        assert!(page.text().contains(text), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn anonymous_requests_are_redirected_to_sign_in_and_back() {
    let closed = App::with_people(Identity::Anonymous, 1).await;
    for (path, to) in [("/", "%2F"), ("/?q=a+b&page=2", "%2F%3Fq%3Da%2Bb%26page%3D2"), ("/audit", "%2Faudit")] {
        let answer = closed.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (303, String::new()), "{path}");
        assert_eq!(answer.header("location"), format!("/sign-in?to={to}"));
    }
    assert_eq!(closed.get("/sign-in").await.status, 200);
}

#[tokio::test]
async fn pages_reject_other_methods_and_unknown_paths_any_method() {
    let app = App::new(Identity::AnonymousReader).await;
    for (path, status, allow) in [("/audit", 405, "GET,HEAD"), ("/nothing", 404, "")] {
        let answer = app.post(path, "text/plain", "").await;
        let html = "text/html; charset=utf-8";
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (status, html), "{path}");
        assert_eq!(answer.header("allow"), allow, "{path}");
    }
}

#[tokio::test]
async fn names_are_escaped_in_html() {
    let app = App::new(Identity::AnonymousReader).await;
    let form = UserForm::new("</script><script>alert(1)</script><b>", "a&b@example.org");
    app.users.create(&Actor::operator(), &form).await.unwrap();
    for path in
        ["/".to_owned(), format!("/users/{}", id(1)), "/?q=%3C/script%3E%3Cscript%3Ealert(1)%3C/script%3E".to_owned()]
    {
        let html = app.get(&path).await.text();
        assert!(html.contains("&lt;"), "{path}");
        assert!(!html.contains("<script>alert") && !html.contains("<b>"), "{path}");
    }
}

#[tokio::test]
async fn the_content_security_policy_allows_only_own_scripts() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let page = app.get("/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "), "{policy}");
    assert!(!policy.contains("unsafe-inline") && !policy.contains("ws:"), "{policy}");
    assert!(!page.text().contains("<script>") && page.text().ends_with("</html>"));
    assert!(!page.text().contains("nonce"));
    assert_eq!(page.body, app.get("/").await.body, "the same page is the same bytes");
}

#[tokio::test]
async fn head_has_the_headers_of_get() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let head = app.send(Request::head("/").body(Body::empty()).unwrap()).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
}

#[tokio::test]
async fn a_page_is_rendered_in_the_chosen_theme() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    for (cookie, theme, scheme, papers) in [
        ("", "system", "light dark", 2),
        ("rollcall_theme=dark", "dark", "dark", 1),
        ("a=b; rollcall_theme=light", "light", "light", 1),
        ("rollcall_theme=%22%3E%3Cscript%3E", "system", "light dark", 2),
    ] {
        for path in ["/", "/nothing"] {
            let request = Request::builder().uri(path).header("cookie", cookie).body(Body::empty()).unwrap();
            let html = app.send(request).await.text();
            assert!(html.contains(&format!("<html lang=\"en\" data-theme=\"{theme}\">")), "{path} {html:.200}");
            assert!(html.contains(&format!("<meta name=\"color-scheme\" content=\"{scheme}\">")), "{html:.400}");
            assert_eq!(html.matches("name=\"theme-color\"").count(), papers, "{cookie}");
        }
    }
}

#[tokio::test]
async fn choosing_a_theme_redirects_only_within_this_site() {
    let app = App::new(Identity::AnonymousReader).await;
    for (to, location) in
        [("/audit?user=1", "/audit?user=1"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("", "/")]
    {
        let answer = app.post_form("/theme", &[("theme", "dark"), ("to", to)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, location), "{to}");
        assert_eq!(answer.header("set-cookie"), "rollcall_theme=dark; SameSite=Lax; Path=/; Max-Age=31536000");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    let refused = app.post_form("/theme", &[("theme", "pink"), ("to", "/")]).await;
    assert_eq!((refused.status.as_u16(), refused.header("set-cookie")), (422, ""));
}

#[tokio::test]
async fn link_previews_name_no_user_and_no_page_is_indexed() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    let page = app.get(&format!("/users/{}", id(1))).await.text();
    let (head, _) = page.split_once("</head>").unwrap();
    assert!(head.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(head.contains("property=\"og:title\" content=\"Rollcall\""), "{head}");
    let named: Vec<_> = head.split('<').filter(|tag| tag.contains("Person 001")).collect();
    assert_eq!(named, ["title>Person 001 · Rollcall"]);
}

#[tokio::test]
async fn the_palette_offers_the_permitted_actions() {
    let open = App::with_people(Identity::AnonymousReader, 1).await;
    let page = open.get("/").await.text();
    assert!(page.contains("id=\"palette\"") && page.contains("id=\"palette-in\""));
    for kept in ["palette-new", "palette-tokens", "palette-out"] {
        assert!(!page.contains(kept), "{kept}");
    }
    let closed = App::with_people(Identity::Anonymous, 1).await;
    assert!(!closed.get("/sign-in").await.text().contains("id=\"palette\""));
}
