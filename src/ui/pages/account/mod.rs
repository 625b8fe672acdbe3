mod sessions;

use leptos::prelude::*;
use leptos_meta::Title;

use self::sessions::Sessions;
use crate::{
    domain::{Member, Name, OwnAccount},
    rpc::account::get_own_account,
    ui::{
        components::{
            avatar::Avatar,
            error_panel::loaded,
            field::{Field, Kind, NewPassword},
            layout::Part,
            notice::Done,
            post_form::PostForm,
            values::{EmailText, role_line},
        },
        text,
    },
};

const DONE: &[(&str, &str)] = &[
    ("name", text::account::NAME_CHANGED),
    ("password", text::account::PASSWORD_CHANGED),
    ("session", text::account::SESSION_ENDED),
];

/// `/account`: the signed-in user's own account.
#[component]
pub fn AccountPage() -> impl IntoView {
    let own = Resource::new_blocking(|| (), |()| get_own_account());
    loaded(own, account)
}

fn account(own: OwnAccount) -> impl IntoView {
    let OwnAccount { member: Member { id, name, email, role }, sessions } = own;
    view! {
        <Title text=text::account::YOUR_ACCOUNT/>
        <h1>{text::account::YOUR_ACCOUNT}</h1>
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
            <Part title=text::fields::NAME>
                <PostForm action="name" fields=&["name"]>
                    <Field
                        form="name"
                        name="name"
                        label=text::fields::NAME
                        autocomplete="name"
                        maxlength=Name::MAX_CHARS
                        value=name
                    />
                    <button type="submit">{text::account::CHANGE_NAME}</button>
                </PostForm>
            </Part>
            <Part title=text::fields::PASSWORD>
                <PostForm action="password" fields=&["current_password", "password"]>
                    // Lets password managers match the account.
                    <input type="text" autocomplete="username" value=email readonly=true hidden=true/>
                    <Field
                        form="password"
                        name="current_password"
                        label=text::account::CURRENT_PASSWORD
                        kind=Kind::Password
                        autocomplete="current-password"
                    />
                    <NewPassword form="password"/>
                    <button type="submit">{text::account::CHANGE_PASSWORD}</button>
                </PostForm>
            </Part>
            <Part title=text::account::SIGNED_IN>
                <Sessions sessions/>
            </Part>
        </article>
    }
}
