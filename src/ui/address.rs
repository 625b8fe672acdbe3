use leptos::prelude::{is_server, use_context, window};
use leptos_router::location::RequestUrl;

/// The query part of the page's address, without its `?`: of the request on the server, of the
/// address bar in the browser, where there is no request.
#[must_use]
pub fn query() -> String {
    let of = |address: &str| address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
    if is_server() {
        use_context::<RequestUrl>().map(|url| of(url.as_ref())).unwrap_or_default()
    } else {
        of(&window().location().search().unwrap_or_default())
    }
}
