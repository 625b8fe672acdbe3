use leptos::prelude::*;

use super::notice::FormAlert;

/// A form that posts to the page it stands on, which then says what is wrong with it.
#[component]
pub fn PostForm(
    /// Which of the page's forms it is; left out where there is one.
    #[prop(optional)]
    action: &'static str,
    /// The fields that say themselves what is wrong with them.
    #[prop(optional)]
    fields: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    view! {
        <form class="form" method="post">
            <FormAlert form=action fields/>
            {which(action)}
            {children()}
        </form>
    }
}

/// A button that is a form of its own. What goes wrong with it is for a `FormAlert` of its page.
#[component]
pub fn ActionButton(
    /// Which of the page's forms it is.
    action: &'static str,
    text: &'static str,
    /// What it is for a screen reader, which does not see what the button stands beside.
    #[prop(optional, into)]
    label: Option<String>,
    /// A field that says to what it is done, and its value.
    #[prop(optional)]
    to: Option<(&'static str, String)>,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    view! {
        <form method="post">
            {which(action)}
            {to.map(|(name, value)| view! { <input type="hidden" name=name value=value/> })}
            <button type="submit" class=class aria-label=label>{text}</button>
        </form>
    }
}

fn which(action: &'static str) -> impl IntoView {
    (!action.is_empty()).then(|| view! { <input type="hidden" name="action" value=action/> })
}
