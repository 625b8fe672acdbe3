//! Forms that post to the page they are on.

use leptos::prelude::*;
use leptos_meta::Title;

use super::notice::FormAlert;

/// A form that posts to its own page, which shows the errors.
#[component]
pub fn PostForm(
    /// The name of the form; omitted if it is the only one of its page.
    #[prop(optional)]
    action: &'static str,
    /// The fields that show their own errors.
    #[prop(optional)]
    fields: &'static [&'static str],
    children: Children,
) -> impl IntoView {
    view! {
        <form class="form" method="post">
            <FormAlert form=action fields/>
            {action_field(action)}
            {children()}
        </form>
    }
}

/// A page that is one card with one form: heading, introduction, fields, and the button that posts them.
#[component]
pub fn FormCard(
    #[prop(into)] title: String,
    #[prop(optional)] lead: Option<&'static str>,
    /// The fields that show their own errors.
    fields: &'static [&'static str],
    button: &'static str,
    /// A remark below the form.
    #[prop(optional)]
    hint: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=title.clone()/>
        <section class="sheet card">
            <h1 dir="auto">{title}</h1>
            {lead.map(|lead| view! { <p>{lead}</p> })}
            <PostForm fields>
                {children()}
                <button class="primary" type="submit">{button}</button>
            </PostForm>
            {hint.map(|hint| view! { <p class="hint">{hint}</p> })}
        </section>
    }
}

/// A button that is a form of its own. A `FormAlert` elsewhere on the page shows its errors.
#[component]
pub fn ActionButton(
    /// The name of the form.
    action: &'static str,
    text: &'static str,
    /// The label for screen readers, if the text depends on the visual context.
    #[prop(optional, into)]
    label: Option<String>,
    /// The name and value of the hidden field that identifies the target.
    #[prop(optional)]
    to: Option<(&'static str, String)>,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    view! {
        <form method="post">
            {action_field(action)}
            {to.map(|(name, value)| view! { <input type="hidden" name=name value=value/> })}
            <button type="submit" class=class aria-label=label>{text}</button>
        </form>
    }
}

fn action_field(action: &'static str) -> impl IntoView {
    (!action.is_empty()).then(|| view! { <input type="hidden" name="action" value=action/> })
}
