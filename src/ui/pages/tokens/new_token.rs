use leptos::prelude::*;

use crate::{
    domain::{Name, Scope},
    ui::{
        components::{control::Control, field::Field, post_form::PostForm, select::Select},
        form::Submitted,
        text,
    },
};

const FIELDS: &[&str] = &["name", "scope", "expires"];

/// The offered lifetimes: days, as the form sends them, and labels.
const LIFETIMES: [(&str, &str); 4] = [
    ("30", text::tokens::AFTER_30_DAYS),
    ("90", text::tokens::AFTER_90_DAYS),
    ("365", text::tokens::AFTER_A_YEAR),
    ("", text::tokens::NEVER),
];

/// The form that creates a token.
#[component]
pub fn NewToken() -> impl IntoView {
    let lifetimes: Vec<_> = LIFETIMES.iter().map(|(days, title)| ((*days).to_owned(), (*title).to_owned())).collect();
    view! {
        <PostForm action="create" fields=FIELDS>
            <Field
                form="create"
                name="name"
                label=text::fields::NAME
                hint=text::tokens::NAME_HINT
                maxlength=Name::MAX_CHARS
            />
            <ScopeBoxes/>
            <Select form="create" name="expires" label=text::tokens::EXPIRES options=lifetimes value="90"/>
            <button class="primary" type="submit">{text::tokens::CREATE_TOKEN}</button>
        </PostForm>
    }
}

#[component]
fn ScopeBoxes() -> impl IntoView {
    let sent = Submitted::to("create");
    let control = Control::of("create", "scope", text::tokens::THE_SCOPE);
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
            <legend>{text::tokens::SCOPES}</legend>
            {boxes.collect_view()}
            {control.error_line()}
        </fieldset>
    }
}

fn allows(scope: Scope) -> &'static str {
    match scope {
        Scope::UsersRead => text::tokens::READS_PEOPLE,
        Scope::UsersWrite => text::tokens::WRITES_PEOPLE,
        Scope::Admin => text::tokens::ADMINISTERS,
    }
}
