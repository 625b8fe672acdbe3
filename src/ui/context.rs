//! Request-scoped values that the server provides through Leptos' context, and their equivalents in the browser.

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

/// The query string of the page without `?`: from the request on the server, from the address bar in the browser.
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

/// The HTTP status of the page; a component that shows an error sets it.
#[derive(Debug, Clone)]
pub struct PageStatus(Arc<AtomicU16>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new(AtomicU16::new(200)))
    }
}

impl PageStatus {
    /// Sets the status to that of `error`. Does nothing in the browser.
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
    /// Small independent modules, in execution order.
    pub scripts: Vec<String>,
    /// The script that must run before the first paint.
    pub transitions: String,
    /// The module that loads the WebAssembly.
    pub boot: String,
    /// The module behind copy buttons.
    pub copy: String,
    /// The module that shows changes by others in the list.
    pub live: String,
    /// The module that follows the progress of an import.
    pub import: String,
    pub module: String,
    pub wasm: String,
    pub icon: String,
    pub touch_icon: String,
    pub manifest: String,
    pub font: String,
}
