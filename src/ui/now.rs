use leptos::prelude::use_context;

use crate::domain::Timestamp;

/// The moment a page is rendered at, by the server's clock.
#[derive(Debug, Clone, Copy)]
pub struct Now(pub Timestamp);

impl Now {
    /// `None` where nobody said: in the browser.
    #[must_use]
    pub fn get() -> Option<Timestamp> {
        use_context::<Self>().map(|Self(now)| now)
    }
}
