//! Which requests an answer is kept for, and under what.

use std::time::Instant;

use axum::http::{HeaderMap, HeaderName, Method, Request, header};

use super::Shared;
use crate::{
    domain::{ActorKind, Scope, UserId},
    server::{
        foundation::secret,
        http::{
            cookies::{FLASH, cookies, has_cookie},
            middleware::load_shed::Surplus,
            paths::USERS,
        },
        services::identity::Identity,
    },
    ui::theme::Theme,
};

/// Who asks what in which way, in bytes.
pub type Key = Vec<u8>;

/// Longer ones are not kept, so that a key is small beside its answer.
const LONGEST_KEY: usize = 1_024;

/// Headers that make a request one of a kind.
const UNUSUAL: [HeaderName; 3] = [header::ORIGIN, header::RANGE, header::IF_MATCH];

/// A request whose answer may be kept.
pub struct Question {
    /// When it was asked.
    pub at: Instant,
    pub key: Key,
    /// That of what the answer tells of. Answers of another one are over.
    pub generation: u64,
    pub actor: ActorKind,
    /// The template of its path.
    pub route: &'static str,
}

/// What an answer tells of.
enum About {
    List,
    Person,
    Users,
    User(UserId),
}

impl Shared {
    /// `None` for what no answer is kept of, and while it is not known what other processes change.
    pub fn question<B>(&self, request: &Request<B>) -> Option<Question> {
        let about = About::of(request)?;
        let headers = request.headers();
        if request.extensions().get::<Surplus>().is_some() || UNUSUAL.iter().any(|name| headers.contains_key(name)) {
            return None;
        }
        let (right, actor) = self.right(headers, &about)?;
        let generation = self.generation(&about);
        let mut key = Vec::with_capacity(192);
        key.push(right);
        key.extend(request.uri().path_and_query()?.as_str().as_bytes());
        for name in [header::ACCEPT, header::ACCEPT_ENCODING, header::IF_NONE_MATCH] {
            key.push(0);
            for value in headers.get_all(name) {
                key.extend(value.as_bytes());
                key.push(b',');
            }
        }
        if about.is_page() {
            key.push(0);
            add_cookies(headers, &mut key)?;
        }
        (key.len() <= LONGEST_KEY).then(|| Question {
            at: Instant::now(),
            key,
            generation,
            actor,
            route: about.route(),
        })
    }

    /// What whoever asks may read, which they share with all of that number. A token is known only while
    /// all is known that other processes change.
    fn right(&self, headers: &HeaderMap, about: &About) -> Option<(u8, ActorKind)> {
        if let Some(credentials) = headers.get(header::AUTHORIZATION) {
            let token = credentials.to_str().ok()?.strip_prefix("Bearer ")?;
            let scopes = self.tokens.scopes(&secret::hash(token.as_bytes()))?;
            let may_be_kept = scopes.has(Scope::UsersRead) && !about.is_page();
            return may_be_kept.then_some((1 + scopes.bits(), ActorKind::Token));
        }
        let is_visitor = self.anonymous == Identity::Visitor && !has_cookie(headers, self.session_cookie);
        (is_visitor && self.known.is_fresh()).then_some((0, ActorKind::Anonymous))
    }

    fn generation(&self, about: &About) -> u64 {
        match about {
            About::List | About::Person => self.generations.of_all(),
            About::Users => self.generations.of_users(),
            About::User(id) => self.generations.of_user(*id),
        }
    }
}

impl About {
    fn of<B>(request: &Request<B>) -> Option<Self> {
        if *request.method() != Method::GET {
            return None;
        }
        let path = request.uri().path();
        match path.strip_prefix(USERS) {
            Some("") => Some(Self::Users),
            // As they are written by us; others are read anew.
            Some(rest) => Some(Self::User(rest.strip_prefix('/').filter(|id| id.len() == 36)?.parse().ok()?)),
            None if path == "/" => Some(Self::List),
            None => path.strip_prefix("/users/").filter(|id| id.len() == 36).map(|_| Self::Person),
        }
    }
}

impl About {
    fn is_page(&self) -> bool {
        matches!(self, Self::List | Self::Person)
    }

    /// As the router calls it.
    fn route(&self) -> &'static str {
        match self {
            Self::List => "/",
            Self::Person => "/users/{id}",
            Self::Users => "/api/v1/users",
            Self::User(_) => "/api/v1/users/{id}",
        }
    }
}

/// The cookies by which a page looks; `None` for one that is told something once.
fn add_cookies(headers: &HeaderMap, key: &mut Key) -> Option<()> {
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
