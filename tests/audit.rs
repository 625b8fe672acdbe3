//! The filters of the audit page, as a browser without JavaScript uses them.

use rollcall::{
    domain::{Scope, TokenId},
    server::services::{
        identity::{Actor, Identity},
        tokens::TokenForm,
    },
};

use crate::support::{Answer, App, form, id};

/// A directory with two people named Person, and Ada Lovelace.
async fn directory() -> App {
    let app = App::with_people(Identity::Operator, 2).await;
    app.users.create(&Actor::operator(), &form("Ada Lovelace", "ada@example.org")).await.unwrap();
    app
}

async fn audit(app: &App, query: &str) -> Answer {
    app.get(&format!("/audit?{query}")).await
}

/// The address to which a submitted form redirects.
async fn redirected(app: &App, query: &str) -> String {
    let answer = audit(app, query).await;
    assert_eq!(answer.status, 303, "{query}: {}", answer.text());
    answer.header("location").to_owned()
}

/// A page with its ampersands unescaped.
async fn page(app: &App, query: &str) -> String {
    let answer = audit(app, query).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    answer.text().replace("&amp;", "&")
}

async fn token(app: &App, name: &str) -> TokenId {
    let form = TokenForm { name: name.into(), scopes: [Scope::UsersRead].into_iter().collect(), expires_in_days: None };
    app.state.tokens.create(&Actor::operator(), &form).await.unwrap();
    app.state.tokens.list(&Actor::operator()).await.unwrap()[0].id
}

#[tokio::test]
async fn a_name_an_address_or_an_id_leads_to_the_events_of_a_person() {
    let app = directory().await;
    let (ada, unknown) = (id(3).to_string(), id(99).to_string());
    for words in ["lovelace", "ADA+lovelace", "+Ada+", "ada%40example.org", "ADA%40example.ORG", &ada] {
        let query = format!("action=&since=&until=&person={words}&by=");
        assert_eq!(redirected(&app, &query).await, format!("/audit?user={ada}"), "{words}");
    }
    let filtered = page(&app, &format!("user={ada}")).await;
    assert!(filtered.contains("aria-label=\"Affected person: Ada Lovelace: remove this filter\""), "{filtered}");
    assert!(filtered.contains(&format!("type=\"hidden\" name=\"user\" value=\"{ada}\"")), "{filtered}");
    assert_eq!(filtered.matches("<strong>").count(), 1, "the creation of Ada alone: {filtered}");
    // The events of an erased person keep their id.
    assert_eq!(redirected(&app, &format!("person={unknown}")).await, format!("/audit?user={unknown}"));
    assert!(page(&app, &format!("user={unknown}")).await.contains("No events match."));
}

#[tokio::test]
async fn other_filters_are_kept() {
    let app = directory().await;
    let (one, ada) = (id(1), id(3));
    let query = "action=user.created&since=2026-01-01&until=&person=lovelace&by=person+001";
    let address = format!("/audit?user={ada}&actor={one}&action=user.created&since=2026-01-01");
    assert_eq!(redirected(&app, query).await, address);
    let filtered = page(&app, &format!("user={ada}&actor={one}&action=user.created")).await;
    for without in [format!("/audit?actor={one}&action=user.created"), format!("/audit?user={ada}&action=user.created")]
    {
        assert!(filtered.contains(&format!("href=\"{without}\"")), "{without}: {filtered}");
    }
    assert_eq!(redirected(&app, "action=&since=&until=&person=&by=").await, "/audit");
    assert_eq!(redirected(&app, "person=lovelace&since=soon").await, "/audit?since=soon");
    assert_eq!(audit(&app, "since=soon").await.status, 422);
}

#[tokio::test]
async fn ambiguous_words_offer_the_matches_as_links() {
    let app = directory().await;
    app.users.delete(&Actor::operator(), id(2)).await.unwrap();
    let choices = page(&app, "action=user.created&person=person&by=lovelace").await;
    assert!(choices.contains("Several match “person”. Choose one."), "{choices}");
    for n in [1, 2] {
        let href = format!("href=\"/audit?user={}&action=user.created&by=lovelace\"", id(n));
        assert!(choices.contains(&href), "{href}: {choices}");
    }
    assert!(choices.contains("person2") && choices.contains("<span class=\"badge\">Deleted</span>"), "{choices}");
    assert!(choices.contains("value=\"person\"") && choices.contains("value=\"lovelace\""), "what was typed is kept");
    assert!(!choices.contains("<strong>"), "no events are shown before a choice: {choices}");
    let query = format!("user={}&action=user.created&by=lovelace", id(2));
    assert_eq!(redirected(&app, &query).await, format!("/audit?user={}&actor={}&action=user.created", id(2), id(3)));
}

#[tokio::test]
async fn an_actor_can_be_a_token() {
    let app = directory().await;
    let payroll = token(&app, "Payroll").await;
    assert_eq!(redirected(&app, "by=PAYROLL").await, format!("/audit?actor={payroll}"));
    let filtered = page(&app, &format!("actor={payroll}")).await;
    assert!(filtered.contains("aria-label=\"Actor: Payroll: remove this filter\""), "{filtered}");
    token(&app, "Adapter").await;
    let choices = page(&app, "by=ada").await;
    assert!(choices.contains(">Ada Lovelace</a>") && choices.contains(">Adapter</a>"), "{choices}");
    assert_eq!(audit(&app, "person=payroll").await.status, 422, "a token is not a person");
}

#[tokio::test]
async fn words_that_match_nothing_are_an_error_at_their_field() {
    let app = directory().await;
    for (field, label, words) in
        [("person", "Affected person", "zzz"), ("by", "Actor", "zzz"), ("by", "Actor", "nobody@example.org")]
    {
        let answer = audit(&app, &format!("action=user.created&{field}={words}")).await;
        let html = answer.text();
        assert_eq!(answer.status, 422, "{field}={words}: {html}");
        let (_, error) = html.split_once(&format!("id=\"{field}-error\"")).unwrap();
        let (error, _) = error.split_once("</p>").unwrap();
        assert!(
            error.contains(&format!("{label} must be the name, ")) && error.contains(&format!("“{words}”.")),
            "{error}"
        );
        assert!(html.contains(&format!("value=\"{words}\"")), "what was typed is kept: {html}");
        assert!(!html.contains("<strong>"), "no unfiltered events are shown: {html}");
    }
    let long = audit(&app, &format!("person={}", "x".repeat(201))).await;
    assert_eq!((long.status.as_u16(), long.text().contains("must have at most 200 characters")), (422, true));
}

#[tokio::test]
async fn visitors_are_sent_to_the_sign_in_page_before_anyone_is_searched() {
    let app = App::with_people(Identity::AnonymousReader, 1).await;
    assert_eq!(redirected(&app, "person=001").await, "/sign-in?to=%2Faudit%3Fperson%3D001");
}
