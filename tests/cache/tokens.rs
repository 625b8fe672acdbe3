//! Token cache: a token is cached only until it is revoked or expires.

use chrono::TimeDelta;
use rollcall::{
    domain::Scope,
    server::services::{
        identity::{Actor, Identity},
        tokens::TokenForm,
    },
};
use secrecy::ExposeSecret;

use super::{USERS, ask, execute_without_event, token, warm, with_people};
use crate::support::{postgres, sqlite};

#[tokio::test]
async fn a_revoked_or_expired_token_is_refused_at_once() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::Anonymous).await;
        let authorization = token(&app, &[Scope::UsersRead]).await;
        warm(&app, USERS, &authorization).await;
        let known = app.state.tokens.list(&Actor::operator()).await.unwrap();
        app.state.tokens.revoke(&Actor::operator(), known[0].id).await.unwrap();
        assert_eq!(ask(&app, USERS, &authorization).await.status, 401);
        let short = TokenForm {
            name: "Day".into(),
            scopes: [Scope::UsersRead].into_iter().collect(),
            expires_in_days: Some(1),
        };
        let short = app.state.tokens.create(&Actor::operator(), &short).await.unwrap();
        let short = format!("Bearer {}", short.expose_secret());
        warm(&app, USERS, &short).await;
        app.clock.advance(TimeDelta::days(1));
        assert_eq!(ask(&app, USERS, &short).await.status, 401);
    }
}

#[tokio::test]
async fn invalid_tokens_are_not_cached() {
    for database in [sqlite().await, postgres().await] {
        let app = with_people(database, Identity::Anonymous).await;
        let (known, late) = (token(&app, &[Scope::UsersRead]).await, token(&app, &[Scope::UsersRead]).await);
        warm(&app, USERS, &known).await;
        execute_without_event(&app.database, "update tokens set revoked_at = created_at").await;
        for _ in 0..2 {
            assert_eq!(ask(&app, USERS, &late).await.status, 401);
        }
        execute_without_event(&app.database, "update tokens set revoked_at = null").await;
        assert_eq!(ask(&app, USERS, &late).await.status, 200);
    }
}
