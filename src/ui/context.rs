//! What the server tells a page through Leptos' context, and what the browser knows by itself instead.

use std::sync::{
    Arc,
    atomic::{AtomicU16, Ordering},
};

use leptos::prelude::{is_server, use_context, window};
use leptos_router::location::RequestUrl;

use crate::{
    domain::{AppError, Timestamp},
    rpc::status::status,
};

/// The query part of the page's address, without its `?`: of the request on the server, of the address bar in the
/// browser.
#[must_use]
pub fn query() -> String {
    let of = |address: &str| address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    if is_server() {
        use_context::<RequestUrl>().map(|url| of(url.as_ref())).unwrap_or_default()
    } else {
        of(&window().location().search().unwrap_or_default())
    }
}

/// The path and query of the page being rendered.
#[derive(Debug, Clone)]
pub struct PageAddress(pub String);

impl PageAddress {
    #[must_use]
    pub fn get() -> String {
        use_context::<Self>().map_or_else(|| "/".to_owned(), |Self(address)| address)
    }
}

/// The time at which a page is rendered, by the server's clock.
#[derive(Debug, Clone, Copy)]
pub struct RenderedAt(pub Timestamp);

impl RenderedAt {
    /// `None` in the browser.
    #[must_use]
    pub fn get() -> Option<Timestamp> {
        use_context::<Self>().map(|Self(now)| now)
    }
}

/// The position in the change feed that a page's data is up to date with.
#[derive(Debug, Clone)]
pub struct FeedPosition(pub String);

/// The HTTP status that a page is answered with; a component that shows an error sets it.
#[derive(Debug, Clone)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    /// Sets the status of an error. Does nothing in the browser.
    pub fn set(error: &AppError) {
        if is_server()
            && let Some(page) = use_context::<Self>()
        {
            page.0.store(status(error), Ordering::Relaxed);
        }
    }

    #[must_use]
    pub fn get(&self) -> u16 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The addresses of the files that every page links to.
#[derive(Debug, Clone)]
pub struct SiteFiles {
    pub style: String,
    /// Small modules that need nothing of each other, in the order they are to run.
    pub scripts: Vec<String>,
    /// What must know of a page before it is first painted.
    pub transitions: String,
    /// The module that loads the WebAssembly.
    pub boot: String,
    /// The module that copies.
    pub copy: String,
    /// The module that follows what others change in the list.
    pub live: String,
    /// The module that follows an import.
    pub import: String,
    pub module: String,
    pub wasm: String,
    pub icon: String,
    pub touch_icon: String,
    pub manifest: String,
    pub font: String,
}
