//! Changes by others in the open list.

use leptos::prelude::*;

use crate::{
    domain::UserStatus,
    ui::{
        context::{FeedPosition, SiteFiles},
        text,
    },
};

/// The elements in which `public/live.js` announces changes by others while the list is open, with its texts.
#[component]
pub fn Live(status: UserStatus) -> impl IntoView {
    let script = use_context::<SiteFiles>().map(|files| files.live);
    let after = use_context::<FeedPosition>().map(|position| position.0);
    script.map(|script| {
        view! {
            <div
                id="live"
                data-stream="/events/users"
                data-after=after
                data-status=status.as_str()
                data-one=text::people::ONE_NEW
                data-many=text::people::MANY_NEW
                data-changed=text::people::CHANGED
                data-gone=text::people::GONE
                data-back=text::people::BACK
                data-several=text::people::SEVERAL
                data-stale=text::people::STALE
            >
                <button type="button" class="news" hidden></button>
                <p class="visually-hidden" role="status"></p>
            </div>
            <script r#type="module" src=script></script>
        }
    })
}
