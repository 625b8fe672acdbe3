use leptos::prelude::*;

use crate::{
    domain::{Name, Scope},
    ui::{
        components::{control::Control, field::Field, post_form::PostForm, select::Select},
        form::Submitted,
    },
};

const FIELDS: &[&str] = &["name", "scope", "expires"];

/// How long a token lasts: days, as the form sends them, and in words.
const LIFETIMES: [(&str, &str); 4] =
    [("30", "After 30 days"), ("90", "After 90 days"), ("365", "After a year"), ("", "Never")];

/// The form that makes a token.
#[component]
pub fn NewToken() -> impl IntoView {
    let lifetimes: Vec<_> = LIFETIMES.iter().map(|(days, text)| ((*days).to_owned(), (*text).to_owned())).collect();
    view! {
        <PostForm action="create" fields=FIELDS>
            <Field
                form="create"
                name="name"
                label="Name"
                hint="The service that will use it."
                maxlength=Name::MAX_CHARS
            />
            <ScopeBoxes/>
            <Select form="create" name="expires" label="Expires" options=lifetimes value="90"/>
            <button class="primary" type="submit">"Make a token"</button>
        </PostForm>
    }
}

#[component]
fn ScopeBoxes() -> impl IntoView {
    let sent = Submitted::to("create");
    let control = Control::of("create", "scope", "The scope");
    let (invalid, described_by) = (control.invalid(), control.described_by(&[]));
    let boxes = Scope::ALL.into_iter().map(|scope| {
        let again = sent.error.is_some();
        let ticked = if again { sent.ticked("scope", scope.as_str()) } else { scope == Scope::UsersRead };
        view! {
            <label class="choice">
                <input type="checkbox" name="scope" value=scope.as_str() checked=ticked aria-invalid=invalid/>
                <span><code>{scope.as_str()}</code>" "{allows(scope)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="field" aria-describedby=described_by>
            <legend>"What it may do"</legend>
            {boxes.collect_view()}
            {control.error_line()}
        </fieldset>
    }
}

fn allows(scope: Scope) -> &'static str {
    match scope {
        Scope::UsersRead => "reads active people",
        Scope::UsersWrite => "adds, edits, deletes and restores people; reads deleted ones and history",
        Scope::Admin => "reads the audit trail, and who may sign in as what",
    }
}
