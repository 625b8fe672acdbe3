//! A running server as a directory, through its API.

use std::{error::Error, time::Duration};

use async_trait::async_trait;
use axum::{
    body::Bytes,
    http::{HeaderValue, Method, Request, Response, header, request::Builder},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{
    client::legacy::{Client, Error as ClientError, connect::HttpConnector},
    rt::TokioExecutor,
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tower::{ServiceExt, util::BoxCloneSyncService};

use super::{directory::Directory, response};
use crate::{
    domain::{AppError, Cause, ListEvents, ListUsers, Page, ProfileField, Trail, User, UserForm, UserId},
    server::{
        commands::exit_code::InvalidArgument,
        foundation::{limits::REQUEST_TIMEOUT, public_url::PublicUrl},
        services::users::ExpectedVersion,
    },
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const MAX_RESPONSE: usize = 16 * 1024 * 1024;

type Http = BoxCloneSyncService<Request<Full<Bytes>>, Response<Incoming>, ClientError>;

/// A server, used with the permissions of a token.
pub struct Remote {
    server: PublicUrl,
    authorization: Option<HeaderValue>,
    http: Http,
}

impl Remote {
    /// # Errors
    /// When the token is malformed or would be sent unencrypted, or the system has no trusted certificates.
    pub fn new(server: PublicUrl, token: Option<SecretString>, allow_http: bool) -> anyhow::Result<Self> {
        if token.is_some() && !allow_http && !server.is_https() && !server.is_loopback() {
            let reason = format!("the token would be sent to {server} unencrypted: use https, or --allow-http");
            return Err(InvalidArgument(reason).into());
        }
        let authorization = token.as_ref().map(bearer).transpose()?;
        let http = client(&server)?;
        Ok(Self { server, authorization, http })
    }

    /// Sends a request and returns its successful response.
    async fn send(
        &self,
        request: Builder,
        path: &str,
        body: Option<(&str, String)>,
    ) -> Result<Response<Bytes>, AppError> {
        let mut request = request.uri(self.server.join(path)).header(header::ACCEPT, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let (content_type, body) = body.unzip();
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let request = request.body(Full::from(body.unwrap_or_default())).map_err(AppError::internal)?;
        let late = |_| Err(format!("no response within {} seconds", REQUEST_TIMEOUT.as_secs()));
        let exchanged =
            tokio::time::timeout(REQUEST_TIMEOUT, exchange(self.http.clone(), request)).await.unwrap_or_else(late);
        let response = exchanged.map_err(|error| {
            AppError::Unavailable(Cause::new(format!("{} cannot be reached: {error}", self.server)))
        })?;
        response::ensure_success(&self.server, response)
    }

    async fn get_from(&self, path: &str) -> Result<Response<Bytes>, AppError> {
        self.send(Request::builder().method(Method::GET), path, None).await
    }
}

#[async_trait]
impl Directory for Remote {
    async fn list(&self, query: &ListUsers) -> Result<Page<User>, AppError> {
        response::page(&self.get_from(&format!("/api/v1/users?{query}")).await?)
    }

    async fn get(&self, id: UserId) -> Result<User, AppError> {
        response::read(&self.get_from(&path(id)).await?)
    }

    async fn create(&self, form: &UserForm) -> Result<User, AppError> {
        let body = serde_json::to_string(form).map_err(AppError::internal)?;
        let post = Request::builder().method(Method::POST);
        response::read(&self.send(post, "/api/v1/users", Some(("application/json", body))).await?)
    }

    async fn update(
        &self,
        id: UserId,
        expected: ExpectedVersion,
        changes: &[(ProfileField, String)],
    ) -> Result<User, AppError> {
        let fields = changes.iter().map(|(field, text)| (field.to_string(), json!(text)));
        let body = serde_json::Value::Object(fields.collect()).to_string();
        let request = Request::builder().method(Method::PATCH).header(header::IF_MATCH, if_match(&expected));
        response::read(&self.send(request, &path(id), Some(("application/merge-patch+json", body))).await?)
    }

    async fn delete(&self, id: UserId) -> Result<(), AppError> {
        self.send(Request::builder().method(Method::DELETE), &path(id), None).await?;
        Ok(())
    }

    async fn restore(&self, id: UserId) -> Result<User, AppError> {
        let post = Request::builder().method(Method::POST);
        response::read(&self.send(post, &format!("{}/restore", path(id)), None).await?)
    }

    async fn history(&self, id: UserId, query: &ListEvents) -> Result<Trail, AppError> {
        response::trail(&self.get_from(&format!("{}/history?{query}", path(id))).await?)
    }

    /// The API has no such operation.
    async fn erase(&self, _: UserId) -> anyhow::Result<()> {
        Err(InvalidArgument("erase works only on the local database, without --server".to_owned()).into())
    }

    async fn close(&self) {}
}

fn path(id: UserId) -> String {
    format!("/api/v1/users/{id}")
}

fn if_match(expected: &ExpectedVersion) -> String {
    match expected {
        ExpectedVersion::Any => "*".to_owned(),
        ExpectedVersion::OneOf(versions) => {
            versions.iter().map(|version| format!("\"{version}\"")).collect::<Vec<_>>().join(", ")
        }
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, InvalidArgument> {
    let value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret().trim()));
    let mut value =
        value.map_err(|_| InvalidArgument("--token contains characters that are not allowed in a token".to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The HTTP client. Certificates are loaded only for https.
fn client(server: &PublicUrl) -> std::io::Result<Http> {
    let mut tcp = HttpConnector::new();
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    tcp.enforce_http(false);
    let client = Client::builder(TokioExecutor::new());
    if !server.is_https() {
        return Ok(BoxCloneSyncService::new(client.build(tcp)));
    }
    let tls = HttpsConnectorBuilder::new().with_native_roots()?.https_only().enable_http1();
    Ok(BoxCloneSyncService::new(client.build(tls.wrap_connector(tcp))))
}

/// Sends a request and reads the whole response, or returns the reason of the failure.
async fn exchange(http: Http, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, String> {
    let (head, body) = http.oneshot(request).await.map_err(|error| innermost(&error))?.into_parts();
    let body = Limited::new(body, MAX_RESPONSE).collect().await.map_err(|error| innermost(&*error))?;
    Ok(Response::from_parts(head, body.to_bytes()))
}

/// The innermost cause: the outer ones only say that the request failed.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
