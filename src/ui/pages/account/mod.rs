mod sessions;

use leptos::prelude::*;
use leptos_meta::Title;

use self::sessions::Sessions;
use crate::{
    domain::{Member, Name, OwnAccount},
    rpc::account::get_own_account,
    ui::components::{
        avatar::Avatar,
        email::EmailText,
        field::{Field, Kind, NEW_PASSWORD_HINT},
        loaded::loaded,
        notice::Done,
        part::Part,
        post_form::PostForm,
        role::role_line,
    },
};

const DONE: &[(&str, &str)] = &[
    ("name", "Your name is changed."),
    ("password", "Your password is changed, and every other browser is signed out."),
    ("session", "That browser is signed out."),
];

/// `/account`: what somebody may see and change of themselves.
#[component]
pub fn AccountPage() -> impl IntoView {
    let own = Resource::new_blocking(|| (), |()| get_own_account());
    loaded(own, account)
}

fn account(own: OwnAccount) -> impl IntoView {
    let OwnAccount { member: Member { id, name, email, role }, sessions } = own;
    view! {
        <Title text="Your account"/>
        <h1>"Your account"</h1>
        <Done words=DONE/>
        <article class="sheet parts">
            <header class="person-head">
                <Avatar id name=name.clone()/>
                <div>
                    <p class="account-name" dir="auto">{name.clone()}</p>
                    <p><EmailText email=email.clone()/></p>
                    <p class="hint">{role_line(role)}</p>
                </div>
            </header>
            <Part title="Name">
                <PostForm action="name" fields=&["name"]>
                    <Field
                        form="name"
                        name="name"
                        label="Name"
                        autocomplete="name"
                        maxlength=Name::MAX_CHARS
                        value=name
                    />
                    <button type="submit">"Change name"</button>
                </PostForm>
            </Part>
            <Part title="Password">
                <PostForm action="password" fields=&["current_password", "password"]>
                    // Tells password managers whose password it is.
                    <input type="text" autocomplete="username" value=email readonly=true hidden=true/>
                    <Field
                        form="password"
                        name="current_password"
                        label="Current password"
                        kind=Kind::Password
                        autocomplete="current-password"
                    />
                    <Field
                        form="password"
                        name="password"
                        label="New password"
                        kind=Kind::Password
                        autocomplete="new-password"
                        hint=NEW_PASSWORD_HINT
                    />
                    <button type="submit">"Change password"</button>
                </PostForm>
            </Part>
            <Part title="Signed in">
                <Sessions sessions/>
            </Part>
        </article>
    }
}
