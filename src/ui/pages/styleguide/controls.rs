use leptos::prelude::*;

use super::Specimen;
use crate::{
    domain::{AppError, FieldErrors},
    ui::{
        components::{
            copy::Secret,
            field::{Field, Kind},
            layout::ThemeSwitch,
            post_form::ActionButton,
            select::Select,
        },
        form::Submitted,
        text,
    },
};

/// Buttons and inputs.
#[component]
pub fn Controls() -> impl IntoView {
    view! {
        <Specimen title="Buttons">
            <div class="form-actions">
                <button class="primary" type="button">"Primary"</button>
                <button type="button">"Plain"</button>
                <a class="button" href="#main">"A link"</a>
                <button class="danger" type="button">"Danger"</button>
                <a class="button" role="link" aria-disabled="true">"Nowhere to go"</a>
                <ActionButton action="nothing" text="A form of its own"/>
            </div>
            <ThemeSwitch/>
        </Specimen>
        <Specimen title="Fields">
            <div class="form">
                <Field name="sg-name" label="Name" value="Ada Lovelace"/>
                <Field name="sg-email" label="E-mail" kind=Kind::Email hint="Only for mail about the account."/>
                <Field name="sg-fixed" label="Fixed" value="Cannot be changed" readonly=true/>
                <Field name="sg-password" label="Password" kind=Kind::Password hint=text::fields::NEW_PASSWORD_HINT/>
                <Field name="sg-day" label="Day" kind=Kind::Day/>
                <Select name="sg-role" label="Role" options=roles() value="editor"/>
                <label class="choice"><input type="checkbox" checked=true/><span>"A choice"</span></label>
            </div>
        </Specimen>
        <Specimen title="Fields with errors"><Refused/></Specimen>
        <Specimen title="A secret, shown once">
            <Secret id="sg-secret" label="New token" value="rc_example".to_owned() hint="Copy it now: it is not shown again."/>
        </Specimen>
    }
}

/// Fields of a rejected form.
#[component]
fn Refused() -> impl IntoView {
    let mut errors = FieldErrors::one("name", "empty", "must not be empty");
    errors.push("email", "invalid", "must have an @ with something on both sides");
    let values = vec![("name".to_owned(), " ".to_owned()), ("email".to_owned(), "ada.example.org".to_owned())];
    // The context applies only to these fields.
    Owner::new().with(|| {
        let error = Some(AppError::Invalid(errors));
        provide_context(Submitted { action: "refused".to_owned(), values, error, secret: None });
        view! {
            <div class="form">
                <Field form="refused" name="name" label="Name"/>
                <Field form="refused" name="email" label="E-mail" kind=Kind::Email/>
            </div>
        }
    })
}

fn roles() -> Vec<(String, String)> {
    ["viewer", "editor", "admin"].map(|role| (role.to_owned(), role.to_owned())).into()
}
