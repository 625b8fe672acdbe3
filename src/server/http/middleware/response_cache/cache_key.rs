//! Cache keys, and which requests are cacheable.

use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, Method, Request, header};

use super::Shared;
use crate::{
    domain::{ActorKind, Scope, UserId},
    server::{
        foundation::secret,
        http::{
            cookies::{FLASH, cookies, has_cookie},
            middleware::load_shed::OverCapacity,
            paths::USERS,
        },
        services::identity::Identity,
    },
    ui::theme::Theme,
};

/// The cache key: permission, path with query, and negotiation headers.
pub type CacheKey = Vec<u8>;

/// Requests with longer keys are not cached, so that a key is small compared with its response.
const MAX_KEY: usize = 1_024;

/// Headers that make a request uncacheable.
const UNCACHEABLE: [HeaderName; 3] = [header::ORIGIN, header::RANGE, header::IF_MATCH];

/// A request whose response may be cached.
pub struct CacheLookup {
    /// When the request arrived.
    pub at: Instant,
    pub key: CacheKey,
    /// The epoch of the resource. Responses of another epoch are stale.
    pub epoch: u64,
    pub actor: ActorKind,
    /// The route, as a path template.
    pub route: &'static str,
}

/// The resource of a cacheable request.
enum Resource {
    ListPage,
    PersonPage,
    UserList,
    User(UserId),
}

impl Shared {
    /// `None` for an uncacheable request, and while changes by other processes cannot be seen.
    pub fn lookup<B>(&self, request: &Request<B>) -> Option<CacheLookup> {
        let resource = Resource::of(request)?;
        let headers = request.headers();
        if request.extensions().get::<OverCapacity>().is_some()
            || UNCACHEABLE.iter().any(|name| headers.contains_key(name))
        {
            return None;
        }
        let (permission, actor) = self.permission(headers, &resource)?;
        let epoch = self.epoch(&resource);
        let mut key = Vec::with_capacity(192);
        key.push(permission);
        key.extend(request.uri().path_and_query()?.as_str().as_bytes());
        for name in [header::ACCEPT, header::ACCEPT_ENCODING, header::IF_NONE_MATCH] {
            key.push(0);
            for value in headers.get_all(name) {
                key.extend(value.as_bytes());
                key.push(b',');
            }
        }
        if resource.is_page() {
            key.push(0);
            add_cookies(headers, &mut key)?;
        }
        (key.len() <= MAX_KEY).then(|| CacheLookup { at: Instant::now(), key, epoch, actor, route: resource.route() })
    }

    /// The permission of the client, as a number that it shares with all clients of the same permission. A token is
    /// cached only while changes by other processes can be seen.
    fn permission(&self, headers: &HeaderMap, resource: &Resource) -> Option<(u8, ActorKind)> {
        if let Some(credentials) = headers.get(header::AUTHORIZATION) {
            let token = credentials.to_str().ok()?.strip_prefix("Bearer ")?;
            let scopes = self.tokens.scopes(&secret::hash(token.as_bytes()))?;
            let may_be_kept = scopes.has(Scope::UsersRead) && !resource.is_page();
            return may_be_kept.then_some((1 + scopes.bits(), ActorKind::Token));
        }
        let is_visitor = self.anonymous == Identity::AnonymousReader && !has_cookie(headers, self.session_cookie);
        (is_visitor && self.cached_tokens.is_fresh()).then_some((0, ActorKind::Anonymous))
    }

    fn epoch(&self, resource: &Resource) -> u64 {
        match resource {
            Resource::ListPage | Resource::PersonPage => self.epochs.of_all(),
            Resource::UserList => self.epochs.of_users(),
            Resource::User(id) => self.epochs.of_user(*id),
        }
    }
}

impl Resource {
    fn of<B>(request: &Request<B>) -> Option<Self> {
        if *request.method() != Method::GET {
            return None;
        }
        let path = request.uri().path();
        match path.strip_prefix(USERS) {
            Some("") => Some(Self::UserList),
            // Only the canonical form of an id is cached.
            Some(rest) => Some(Self::User(rest.strip_prefix('/').filter(|id| id.len() == 36)?.parse().ok()?)),
            None if path == "/" => Some(Self::ListPage),
            None => path.strip_prefix("/users/").filter(|id| id.len() == 36).map(|_| Self::PersonPage),
        }
    }

    fn is_page(&self) -> bool {
        matches!(self, Self::ListPage | Self::PersonPage)
    }

    /// The route, as the router names it.
    fn route(&self) -> &'static str {
        match self {
            Self::ListPage => "/",
            Self::PersonPage => "/users/{id}",
            Self::UserList => "/api/v1/users",
            Self::User(_) => "/api/v1/users/{id}",
        }
    }
}

/// Adds the cookies that change how a page looks; `None` for a request with a flash cookie, which is shown once.
fn add_cookies(headers: &HeaderMap, key: &mut CacheKey) -> Option<()> {
    for (name, value) in cookies(headers) {
        if name.ends_with(FLASH) {
            return None;
        }
        if name == Theme::COOKIE {
            key.extend(value.as_bytes());
            key.push(b';');
        }
    }
    Some(())
}
